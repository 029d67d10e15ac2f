"""Bringing a file to the other side exactly once, through the function's disk, one file a checkpoint.

A copy is written down with its name before it is sent, and again once it has arrived. Where the second is missing,
the answer was lost: the other side is looked at before anything is sent again. What cannot go is named there instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from aws_lambda_powertools import Logger

from .delivery import Voice
from .errors import JiraUnauthorized, NotFound, Refused, RetryLater, Unavailable
from .files import (
    CASE_FILES,
    DESCRIPTION,
    FILE_LIMIT,
    FileCopy,
    FileWork,
    arrived,
    case_file_name,
    key_of,
    plan_files,
    rejected,
)
from .ledger import Facts
from .links import case_url
from .model import Case, Issue, Notice, Pair
from .sides import Sides
from .text import to_markdown
from .transfer import Spool, TooLarge, UrlRefused, download, fetch, put, spool

logger = Logger(child=True)

_BUDGET_SECONDS = 120.0
"""No file is begun later than this: the next invocation goes on from there."""
_URLS = 2
_CHECK_SECONDS = 86_400.0
"""How long the check of a file is waited for on a case that is closed."""
_CHECK_DELAY = 300.0

_Work = TypeVar("_Work")


@dataclass(frozen=True, slots=True)
class _Memory:
    """What the ledger knows of one pair's files, kept up to date as they are brought."""

    sides: Sides
    pair: Pair
    known: dict[str, FileCopy]

    @classmethod
    def of(cls, sides: Sides, pair: Pair, facts: Facts) -> _Memory:
        return cls(sides, pair, dict(facts.files))

    def record(self, copy: FileCopy) -> None:
        self.sides.ledger.record_file(self.pair.case_id, copy)
        self.known[copy.key] = copy

    def bind_arrived(self, case: Case) -> None:
        """An upload to a case tells no id: it is found by its name, which was unique there."""
        for file_id, copy in arrived("security_ir", case.files, self.known).items():
            self.record(replace(copy, state="there", copy=file_id))

    def one_by_one(self, works: Iterable[_Work], carry: Callable[[_Work], None]) -> None:
        """Carry each; one that fails for now does not hold up the others, but is raised in the end."""
        began, trouble = self.sides.clock(), None
        for work in works:
            if self.sides.clock() - began > _BUDGET_SECONDS:
                raise trouble or RetryLater("there are more files to copy", delay=1.0)
            try:
                carry(work)
            except JiraUnauthorized:
                raise
            except RetryLater as failure:
                logger.warning("a file has to wait", case_id=self.pair.case_id, reason=str(failure))
                trouble = trouble or failure
        if trouble is not None:
            raise trouble


@dataclass(frozen=True, slots=True)
class FilesToIssue:
    """A case's files on their way to its issue. ``limit`` in bytes."""

    memory: _Memory
    voice: Voice
    limit: int

    @classmethod
    def of(cls, sides: Sides, pair: Pair, facts: Facts, voice: Voice) -> FilesToIssue:
        return cls(_Memory.of(sides, pair, facts), voice, FILE_LIMIT)

    def bring(self, case: Case) -> None:
        """Attach what the issue has not got. Raises ``RetryLater`` where some of it has to wait."""
        if not self.memory.sides.config.sync_attachments:
            return
        self.memory.bind_arrived(case)
        for copy in rejected(case.files, self.memory.known):
            self._say("file-rejected", case, copy.name, copy.key)
            self.memory.record(replace(copy, state="rejected"))
        works = plan_files("security_ir", case.files, self.memory.known, self.limit)
        self.memory.one_by_one(works, lambda work: self._carry(case, work))

    def wait_for_checks(self, case: Case) -> None:
        """Raise ``RetryLater`` where a closed case has files to be checked yet: no sweep looks at it again."""
        if not case.closed or not self.memory.sides.config.sync_attachments:
            return
        ours = {copy.copy for copy in self.memory.known.values()}
        since = self.memory.sides.clock() - _CHECK_SECONDS
        if any(
            file.state == "Pending" and file.id not in ours and file.created.timestamp() > since for file in case.files
        ):
            raise RetryLater("a file of a closed case is being checked", delay=_CHECK_DELAY)

    def _carry(self, case: Case, work: FileWork) -> None:
        file, key = work.file, key_of("security_ir", work.file.id)
        if work.obstacle is not None:
            self._tell(f"file-{work.obstacle}", case, work)
            return
        copy = self.memory.known.get(key)
        if copy is not None:
            landed = self._landed(copy)
            if landed is not None:
                self.memory.record(replace(copy, state="there", copy=landed))
                return
            if copy.size > self.memory.sides.jira.upload_limit():
                # Jira may hang up on a file that is too large instead of saying so.
                self._tell("file-too-large", case, work)
                return
        api = self.memory.sides.security_ir
        try:
            source = download(lambda: fetch(api.download_url(case.id, file.id)), self.limit)
        except TooLarge:
            self._tell("file-too-large", case, work)
            return
        except (NotFound, Refused) as reason:
            # Deleted, or no longer Verified: deep checks will look at it again.
            logger.warning("a file cannot be fetched now", case_id=case.id, reason=str(reason))
            return
        with source:
            self._send(case, work, source)

    def _send(self, case: Case, work: FileWork, source: Spool) -> None:
        copy = FileCopy(key_of("security_ir", work.file.id), work.file.name, "reserved", source.size, source.content)
        self.memory.record(copy)
        try:
            landed = self.memory.sides.jira.upload_attachment(self.memory.pair.issue_id, copy.name, source)
        except Refused as refusal:
            logger.warning("a file was refused", case_id=case.id, reason=str(refusal))
            self._tell("file-too-large" if refusal.status == 413 else "file-refused", case, work)
            return
        except NotFound as reason:
            # Attachments are switched off, or the issue is gone: reading it tells.
            self.memory.sides.jira.issue(self.memory.pair.issue_id)
            logger.warning("the issue takes no files", case_id=case.id, reason=str(reason))
            self._tell("file-refused", case, work)
            return
        self.memory.record(replace(copy, state="there", copy=landed))

    def _landed(self, copy: FileCopy) -> str | None:
        """The id of a copy whose answer was lost, if it arrived: its name, its size and its very content."""
        sides, pair = self.memory.sides, self.memory.pair
        bound = {each.copy for each in self.memory.known.values()}
        alike = [
            file.id
            for file in sides.jira.issue(pair.issue_id).files
            if (file.name, file.size) == (copy.name, copy.size)
            and file.id not in bound
            and key_of("jira", file.id) not in self.memory.known
        ]
        for file_id in alike:
            try:
                with sides.jira.download_attachment(file_id, copy.size) as found:
                    if found.content == copy.content:
                        return file_id
            except NotFound:
                continue  # deleted just now
        if alike:
            # Somebody's own file: the other sink held it for ours.
            sides.ring(pair, "IssueUpdated", ("issue",))
        return None

    def _tell(self, kind: str, case: Case, work: FileWork) -> None:
        key = key_of("security_ir", work.file.id)
        self._say(kind, case, work.file.name, key)
        self.memory.record(FileCopy(key, work.file.name, "told"))

    def _say(self, kind: str, case: Case, name: str, key: str) -> None:
        self.voice.say(Notice("jira", kind, {"name": _escaped(name), "url": case_url(case), "file": key}))


@dataclass(frozen=True, slots=True)
class _Source:
    """Something to be uploaded to a case: a file of the issue, or a text."""

    key: str
    name: str
    open: Callable[[], Spool]
    obstacle: str | None = None


@dataclass(frozen=True, slots=True)
class FilesToCase:
    """An issue's files on their way to its case. ``limit`` in bytes."""

    memory: _Memory
    voice: Voice
    limit: int

    @classmethod
    def of(cls, sides: Sides, pair: Pair, facts: Facts, voice: Voice) -> FilesToCase:
        return cls(_Memory.of(sides, pair, facts), voice, FILE_LIMIT)

    def bring(self, issue: Issue, case: Case | None, *, cut: bool) -> None:
        """Attach what the case has not got; ``cut`` says that its description is not the whole of the issue's.

        ``case`` is read where it is needed and was not given. Raises ``RetryLater`` where some of it has to wait.
        """
        sides = self.memory.sides
        if not sides.config.sync_attachments or not self._sources(issue, cut):
            return
        try:
            case = case or sides.security_ir.case(self.memory.pair.case_id)
        except NotFound:
            logger.warning("a paired case is gone", case_id=self.memory.pair.case_id)
            return
        self.memory.bind_arrived(case)
        present = [file.name for file in case.files]
        mine = _CaseShelf(case, issue, present)
        self.memory.one_by_one(self._sources(issue, cut), lambda source: self._carry(mine, source))

    def _sources(self, issue: Issue, cut: bool) -> list[_Source]:
        jira = self.memory.sides.jira
        sources = [
            _Source(
                key_of("jira", work.file.id),
                work.file.name,
                partial(jira.download_attachment, work.file.id, self.limit),
                work.obstacle,
            )
            for work in plan_files("jira", issue.files, self.memory.known, self.limit)
        ]
        full = self.memory.known.get(DESCRIPTION)
        if cut and (full is None or full.state == "reserved"):
            text = issue.description.encode()
            sources.insert(
                0, _Source(DESCRIPTION, f"{issue.key}-description.md", lambda: spool(iter([text]), self.limit))
            )
        return sources

    def _carry(self, shelf: _CaseShelf, source: _Source) -> None:
        if source.obstacle is not None:
            self._tell(f"file-{source.obstacle}", shelf, source)
            return
        if len(shelf.names) >= CASE_FILES:
            self._tell("file-full", shelf, source)
            return
        try:
            content = source.open()
        except TooLarge:
            self._tell("file-too-large", shelf, source)
            return
        except (NotFound, Refused) as reason:
            logger.warning("a file cannot be fetched", issue_key=shelf.issue.key, reason=str(reason))
            return
        with content:
            self._send(shelf, source, content)

    def _send(self, shelf: _CaseShelf, source: _Source, content: Spool) -> None:
        before = self.memory.known.get(source.key)
        taken = [copy.name for copy in self.memory.known.values() if copy.key != source.key and copy.state != "told"]
        copy = FileCopy(
            source.key,
            before.name if before else case_file_name(source.name, [*shelf.names, *taken]),
            "reserved",
            content.size,
            content.content,
            attempt=before.attempt if before else 0,
        )
        self.memory.record(copy)
        try:
            self._upload(copy, content)
        except Refused as refusal:
            logger.warning("a file was refused", case_id=shelf.case.id, reason=str(refusal))
            self._tell("file-full" if refusal.status == 402 else "file-refused", shelf, source)
            return
        shelf.names.append(copy.name)

    def _upload(self, copy: FileCopy, content: Spool) -> None:
        for _ in range(_URLS):
            url = self.memory.sides.security_ir.upload_url(
                self.memory.pair.case_id, copy.name, copy.size, token=self._token(copy)
            )
            try:
                put(url, content)
            except UrlRefused:
                # A token may bring back the very URL that has expired: nothing was uploaded, so the next is another.
                copy = replace(copy, attempt=copy.attempt + 1)
                self.memory.record(copy)
                continue
            self.memory.record(replace(copy, state="there"))
            return
        raise Unavailable("upload URLs are refused")

    def _token(self, copy: FileCopy) -> str:
        """The same for the same upload: the service then makes one file of it."""
        named = "\n".join((self.memory.pair.case_id, copy.key, copy.name, str(copy.size), str(copy.attempt)))
        return hashlib.sha256(named.encode()).hexdigest()

    def _tell(self, kind: str, shelf: _CaseShelf, source: _Source) -> None:
        sides, pair = self.memory.sides, self.memory.pair
        url = sides.issue_url(shelf.issue.key)
        if shelf.case.closed:
            # It may take no comments either.
            told = {"name": _escaped(source.name), "url": url, "file": source.key}
            sides.leave(pair, Notice("jira", kind, told), "CaseUpdated")
        else:
            self.voice.say(Notice("security_ir", kind, {"name": source.name, "url": url, "file": source.key}))
        self.memory.record(FileCopy(source.key, source.name, "told"))


@dataclass(frozen=True, slots=True)
class _CaseShelf:
    """A case and its issue, with the names of the files the case holds by now."""

    case: Case
    issue: Issue
    names: list[str]


def _escaped(name: str) -> str:
    """A file's name as Markdown that shows it letter by letter."""
    text = {"type": "paragraph", "content": [{"type": "text", "text": name}]}
    return to_markdown({"type": "doc", "version": 1, "content": [text]})
