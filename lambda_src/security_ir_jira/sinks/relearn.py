"""A pair found again after the ledger was lost: which comments and files on either side are ours is told by what people
read in them, the fall-back for this only.

All of it is written down before the pair is bound, so that an interrupted try is simply made again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from rich_text import to_text, utf16_length

from ..ledger.pairs import PairLedger
from ..memory import (
    DESCRIPTION,
    DETAILS,
    MANAGED,
    Copy,
    FileCopy,
    Notice,
    comment_key,
    digest,
    file_key,
    notice_key,
)
from ..model import Case, Comment, File, Issue, Side, other
from ..notices import CASE_COMMENT_LIMIT, QUOTING, copies_on_case, copies_on_issue, name_of, when_of
from ..plan.comments import source_of
from ..plan.details import DETAILS_HEADING
from ..plan.files import could_be_called, perhaps_copies
from ..recognition import head_of, is_another_instances, is_rest_of_a_copy, notice_in


def relearn(
    ledger: PairLedger,
    case: Case,
    issue: Issue,
    on_case: Sequence[Comment],
    on_issue: Sequence[Comment],
    *,
    instance: str,
) -> None:
    """Write down what on the two sides is a copy of what, and what was said in our own name.

    What another ``instance`` than this one wrote on the case is none of that.
    """
    theirs = frozenset(each.id for each in on_case if is_another_instances(each, instance))
    found = _Relearning(ledger, case, issue, {"security_ir": on_case, "jira": on_issue}, theirs)
    found.copies("jira", copies_on_case)
    found.copies("security_ir", lambda comment: map(to_text, copies_on_issue(comment)))
    found.older_copies("jira")
    found.older_copies("security_ir")
    found.own_words("security_ir")
    found.own_words("jira")
    found.copied_files()


@dataclass(eq=False, repr=False, slots=True)
class _Relearning:
    """``theirs`` are the comments of other instances on the case, by id; ``ours`` those that are accounted for, by side
    and id.
    """

    ledger: PairLedger
    case: Case
    issue: Issue
    comments: dict[Side, Sequence[Comment]]
    theirs: frozenset[str]
    ours: set[tuple[Side, str]] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    files: dict[str, FileCopy] = field(default_factory=dict)

    def copies(self, side: Side, texts_of: Callable[[Comment], Iterable[str]]) -> None:
        """Comments of a side whose copies stand on the other as they would be written now."""
        standing: defaultdict[str, list[str]] = defaultdict(list)
        for comment in self._perhaps_ours(other(side)):
            standing[digest(comment.body)].append(comment.id)
        for source in self._open(side):
            wanted = [digest(text) for text in texts_of(source)]
            if all(standing[each] for each in wanted):
                self._record_copy(side, source, source_of(side, source), [standing[each].pop(0) for each in wanted])

    def older_copies(self, side: Side) -> None:
        """Comments of a side that were edited meanwhile: their copies have the same head and are brought up to date."""
        standing: defaultdict[tuple[str, str], list[tuple[Comment, int]]] = defaultdict(list)
        for comment in self._perhaps_ours(other(side)):
            head = head_of(other(side), comment.body)
            if head is not None:
                standing[head.author, head.when].append((comment, head.total))
        for source in self._open(side):
            waiting = standing[name_of(source), when_of(source)]
            if waiting and head_of(side, source.body) is None:
                parts = [comment.id for comment, _ in waiting[: waiting[0][1]]]
                del waiting[: len(parts)]
                self._record_copy(side, source, "", parts)

    def own_words(self, side: Side) -> None:
        """Notices, and whatever else only this integration writes."""
        continued = ""
        for comment in self._perhaps_ours(side):
            notice = notice_in(side, comment.body)
            if notice is not None:
                self._record_notice(comment, notice)
            elif side == "jira" and comment.body.startswith(f"**{DETAILS_HEADING}**"):
                self._record(Copy(DETAILS, digest(comment.body), (comment.id,)), side)
            elif is_rest_of_a_copy(side, comment.body) or continued == _author(comment):
                self._record(Copy(notice_key(side, "found", comment.id), "said", (comment.id,)), side)
            else:
                continue
            quotes = notice is not None and notice.kind in QUOTING
            goes_on = (quotes or continued == _author(comment)) and utf16_length(comment.body) > CASE_COMMENT_LIMIT // 2
            continued = _author(comment) if goes_on else ""

    def copied_files(self) -> None:
        """What may be a copy is compared, byte for byte, before it is sent again; what was told is told."""
        for file in self.case.files:
            if could_be_called(f"{self.issue.key}-description.md", file.name):
                self._record_file(FileCopy(DESCRIPTION, file.name, "there", copy=file.id))
        for copy in perhaps_copies(self.case.files, self.issue.files, self.files):
            self._record_file(copy)

    def _open(self, side: Side) -> list[Comment]:
        """Comments of a side that are not accounted for, in their order of creation."""
        left = (comment for comment in self.comments[side] if (side, comment.id) not in self.ours)
        return sorted(left, key=lambda comment: (comment.created, len(comment.id), comment.id))

    def _perhaps_ours(self, side: Side) -> list[Comment]:
        """Those of them that this instance may have written."""
        return [each for each in self._open(side) if side == "jira" or each.id not in self.theirs]

    def _record_copy(self, side: Side, source: Comment, as_read: str, parts: Sequence[str]) -> None:
        self.ours.add((side, source.id))
        document = source.document if as_read else None
        copy = Copy(comment_key(side, source.id), as_read, tuple(parts), total=len(parts), document=document)
        self._record(copy, other(side))

    def _record_notice(self, comment: Comment, notice: Notice) -> None:
        if notice.kind.startswith("file-"):
            notice = self._about_its_file(notice)
        managed = MANAGED.get(notice.kind)
        if managed is not None:
            self._record(Copy(managed, digest(comment.body), (comment.id,)), notice.side)
        else:
            self._record(Copy(notice.key, "said", (comment.id,)), notice.side, notice)

    def _about_its_file(self, notice: Notice) -> Notice:
        """A notice about a file, which it names by a key that nobody reads: the name tells which file that is."""
        name = notice.values["name"]
        if notice.kind == "file-rejected":
            copy = self._rejected_copy(name)
        else:
            # What a closed case does not take is said on the issue the file is of.
            sides: tuple[Side, ...] = ("security_ir", "jira") if notice.side == "jira" else ("jira",)
            keys = (file_key(side, file.id) for side in sides for file in self._files(side) if file.name == name)
            copy = next((FileCopy(key, name, "told") for key in keys if key not in self.files), None)
        if copy is None:
            return notice
        self._record_file(copy)
        return Notice(notice.side, notice.kind, {**notice.values, "file": copy.key})

    def _rejected_copy(self, name: str) -> FileCopy | None:
        """The copy of that name that failed the case's check, and of which people were told."""
        failed = next((file for file in self.case.files if file.name == name and file.state == "Failed"), None)
        for file in self.issue.files:
            key = file_key("jira", file.id)
            if failed is not None and key not in self.files and could_be_called(file.name, name):
                return FileCopy(key, name, "rejected", file.size or 0, copy=failed.id)
        return None

    def _files(self, side: Side) -> Sequence[File]:
        return self.case.files if side == "security_ir" else self.issue.files

    def _record(self, copy: Copy, side: Side, notice: Notice | None = None) -> None:
        """Write down a copy or notice that stands on a side; the first of its key is the one."""
        self.ours.update((side, part) for part in copy.parts)
        if copy.key in self.keys:
            copy = replace(copy, key=notice_key(side, "found", copy.parts[0]))
        self.keys.add(copy.key)
        self.ledger.record(self.case.id, copy, notice)

    def _record_file(self, copy: FileCopy) -> None:
        self.files[copy.key] = copy
        self.ledger.record_file(self.case.id, copy)


def _author(comment: Comment) -> str:
    return comment.author_id or comment.author
