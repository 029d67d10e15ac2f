"""Bringing a file to the other side exactly once, through the function's disk, one file a checkpoint.

A copy is written down with its name before it is sent, and again once it has arrived. Where the second is missing,
the answer was lost: what is on the other side is compared, by its very content, before anything is sent again. What
cannot go is named there instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from aws_lambda_powertools import Logger

from ..errors import NotFound, Refused, RetryLater, SideDown
from ..ledger.pairs import PairLedger
from ..memory import FileCopy, Notice, Pair, file_key
from ..model import File, Side, other
from ..plan.files import FILE_LIMIT, FileWork, fitting
from ..transfer import Spool, TooLarge
from .hand import FileHand
from .surroundings import Surroundings

logger = Logger(child=True)

CHECK_SECONDS = 86_400.0
"""How long the check of a file is waited for, where nothing but that tells what it is."""
_BUDGET_SECONDS = 120.0
"""No file is begun later than this: the next invocation goes on from there."""


Content = Callable[[File, int], Spool]
"""Brings a file of one side to the disk, given the most bytes it may have. Raises ``NotFound``, ``TooLarge``."""


@dataclass(frozen=True, slots=True)
class Source:
    """Something that is to be a file on the other side: a file of this one, or a text. ``url`` is where it stands."""

    key: str
    name: str
    url: str
    open: Callable[[], Spool]
    obstacle: str | None = None

    @classmethod
    def of(cls, side: Side, work: FileWork, url: str, content: Content) -> Source:
        """A file of the side that is read."""
        obstacle = f"file-{work.obstacle}" if work.obstacle else None
        key = file_key(side, work.file.id)
        return cls(key, work.file.name, url, lambda: content(work.file, FILE_LIMIT), obstacle)


@dataclass(eq=False, repr=False, slots=True)
class FileMemory:
    """What the ledger knows of one pair's files, kept up to date as they are brought."""

    ledger: PairLedger
    case_id: str
    known: dict[str, FileCopy]

    def record(self, copy: FileCopy) -> None:
        self.ledger.record_file(self.case_id, copy)
        self.known[copy.key] = copy

    def names(self) -> list[str]:
        """What copies of ours are called."""
        return [copy.name for copy in self.known.values() if copy.state not in ("perhaps", "told")]

    def forget_lost(self, side: Side, files: Sequence[File]) -> None:
        """A file that may have a copy, and was deleted before anybody could compare the two, waits for nothing more."""
        present = {file_key(side, file.id) for file in files}
        for copy in list(self.known.values()):
            if copy.state == "perhaps" and copy.key.startswith(file_key(side, "")) and copy.key not in present:
                self.record(replace(copy, state="told"))

    def bind_arrived(self, files: Sequence[File], content: Content) -> None:
        """An upload to a case tells no id: it is found by its name and, where several have it, by its ``content``."""
        source = file_key("jira", "")
        for copy in list(self.known.values()):
            if copy.key.startswith(source) and copy.state == "there" and copy.copy is None:
                self._bind(copy, fitting(copy, "security_ir", files, self.known), content)

    def _bind(self, copy: FileCopy, files: Sequence[File], content: Content) -> None:
        try:
            file = files[0] if len(files) == 1 else same_content(copy, files, content)
        except RetryLater as failure:
            logger.warning("a copy cannot be told from its namesakes now", case_id=self.case_id, reason=str(failure))
            return
        if file is not None:
            self.record(replace(copy, copy=file.id))


def same_content(copy: FileCopy, files: Sequence[File], content: Content) -> File | None:
    """The file that holds what a copy holds."""
    for file in files:
        try:
            with content(file, FILE_LIMIT) as found:
                if found.content == copy.content:
                    return file
        except NotFound:
            continue  # deleted just now, or not yet to be had
    return None


@dataclass(eq=False, repr=False, slots=True)
class Files:
    """One pair's files on their way to one side. ``tell`` says what cannot go."""

    surroundings: Surroundings
    pair: Pair
    hand: FileHand
    memory: FileMemory
    tell: Callable[[Notice], None]

    def bring(self, sources: Sequence[Source]) -> None:
        """Put there what is not there. One that fails for now does not hold up the others, but is raised in the end."""
        began, trouble = self.surroundings.clock(), None
        for source in sources:
            if self.surroundings.clock() - began > _BUDGET_SECONDS:
                raise trouble or RetryLater("there are more files to copy", delay=1.0)
            try:
                self._carry(source)
            except SideDown:
                raise
            except RetryLater as failure:
                logger.warning("a file has to wait", case_id=self.pair.case_id, reason=str(failure))
                trouble = trouble or failure
        if trouble is not None:
            raise trouble

    def cannot_go(self, kind: str, source: Source, *, refused: str | None = None) -> None:
        """Name a file where it is missing; ``refused``: under which configuration that side did not take it."""
        self.tell(Notice(self.hand.side, kind, {"name": source.name, "url": source.url, "file": source.key}))
        self.memory.record(FileCopy(source.key, source.name, "told", refused=refused))

    def _before(self, source: Source) -> FileCopy | None:
        """What was sent of it before; nothing is there of what was refused."""
        known = self.memory.known.get(source.key)
        return None if known is None or known.state == "told" else known

    def _carry(self, source: Source) -> None:
        before = self._before(source)
        perhaps, mistaken = before is not None and before.state == "perhaps", False
        if before is not None and not perhaps:
            landed, mistaken = self._landed(before)
            if landed:
                return
        obstacle = source.obstacle or (None if perhaps else self.hand.obstacle(before))
        if obstacle is not None:
            self.cannot_go(obstacle, source)
            return
        try:
            content = source.open()
        except TooLarge:
            self.cannot_go("file-too-large", source)
            return
        except (NotFound, Refused) as reason:
            # Deleted, or not yet to be had: deep checks will look at it again.
            logger.warning("a file cannot be fetched now", case_id=self.pair.case_id, reason=str(reason))
            return
        with content:
            if before is not None and perhaps:
                mistaken = self._compare_or_send(source, before, content)
            else:
                self._send(source, content)
        if mistaken:
            # The sink of the other side took somebody's own file for this copy, and waited.
            self.surroundings.ring(self.pair, other(self.hand.side), ("deep",))

    def _compare_or_send(self, source: Source, before: FileCopy, content: Spool) -> bool:
        """Find out whether a file has a copy there, and send it if it has none. Returns whether that is known now."""
        copy = replace(before, size=content.size, content=content.content)
        candidates = fitting(before, self.hand.side, self.hand.files(), self.memory.known)
        file = same_content(copy, [each for each in candidates if each.size in (None, content.size)], self.hand.content)
        if file is not None:
            self.memory.record(replace(copy, name=file.name, state="there", copy=file.id))
            return True
        since = self.surroundings.clock() - CHECK_SECONDS
        if any(each.state == "Pending" and each.created.timestamp() > since for each in candidates):
            logger.info("a copy may be there, and is being checked", case_id=self.pair.case_id)
            return False
        obstacle = self.hand.obstacle(None)
        if obstacle is not None:
            self.cannot_go(obstacle, source)
        else:
            self._send(source, content)
        return True

    def _send(self, source: Source, content: Spool) -> None:
        before = self._before(source)
        if before is not None and before.state == "perhaps":
            before = None
        copy = FileCopy(
            source.key,
            before.name if before else self.hand.name_for(source.name, self.memory.names()),
            "reserved",
            content.size,
            content.content,
            attempt=before.attempt if before else 0,
        )
        self.memory.record(copy)
        try:
            landed = self.hand.put(copy, content, self.memory.record)
        except Refused as refusal:
            logger.warning("a file was refused", case_id=self.pair.case_id, reason=str(refusal))
            kind = {413: "file-too-large", 402: "file-full"}.get(refusal.status, "file-refused")
            self.cannot_go(kind, source, refused=self.surroundings.config.digest or None)
            self.surroundings.count("Refused")
            return
        self.memory.record(replace(self.memory.known[copy.key], state="there", copy=landed))

    def _landed(self, copy: FileCopy) -> tuple[bool, bool]:
        """Whether a copy whose answer was lost has arrived, and whether somebody's own file could be taken for it."""
        candidates = fitting(copy, self.hand.side, self.hand.files(), self.memory.known)
        file = same_content(copy, candidates, self.hand.content)
        if file is not None:
            self.memory.record(replace(copy, state="there", copy=file.id))
            return True, False
        mistaken = any(each.state == "Verified" for each in candidates)
        if mistaken:
            self.memory.record(replace(copy, name=self.hand.name_for(copy.name, self.memory.names())))
        return False, mistaken
