"""Cases, issues and what the ledger knows of them, put together: which belong to each other, and what is whose copy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sandbox import jira, security_ir
from sandbox.cloud.looks import Item

OURS = ":assumed-role/"
"""What the principal of a function has in it, whichever role it has."""


@dataclass(frozen=True, slots=True)
class Couple:
    """A case and its issue, or one of them alone; ``items`` are the ledger's.

    A side that the ledger names and that is not there was deleted.
    """

    case_id: str | None
    issue_id: str | None
    case: security_ir.Case | None
    issue: jira.Issue | None
    items: tuple[Item, ...] = ()
    on_case: tuple[security_ir.Comment, ...] = ()

    @property
    def name(self) -> str:
        """What the page calls it: by its case once there is one."""
        return f"case-{self.case_id}" if self.case_id else f"issue-{self.issue_id}"

    @property
    def also(self) -> str:
        """What it was called before it had a case."""
        return f"issue-{self.issue_id}"

    @property
    def known(self) -> Item:
        """What the ledger says of the pair as such."""
        return next((item for item in self.items if item["SK"] == "PAIR" and item["PK"].startswith("CASE#")), {})

    @property
    def title(self) -> str:
        """The case's or the issue's; of a pair whose sides are both gone, what the ledger calls it."""
        if self.case or self.issue:
            return self.case.title if self.case else self.issue.summary if self.issue else ""
        return f"{self.known.get('issue_key') or self.case_id} (deleted)"

    def item(self, sort_key: str) -> Item | None:
        return next((item for item in self.items if item["SK"] == sort_key), None)

    @property
    def marks(self) -> tuple[str, ...]:
        """By what a message speaks of it."""
        key = self.issue.key if self.issue else self.known.get("issue_key")
        return tuple(mark for mark in (self.case_id, self.issue_id, key) if mark)


def couples(
    cases: Iterable[tuple[security_ir.Case, tuple[security_ir.Comment, ...]]],
    issues: Iterable[jira.Issue],
    items: Iterable[Item],
) -> list[Couple]:
    """Every pair, and every case and issue without the other; what was born last comes first."""
    by_case, by_issue = {case.case_id: (case, said) for case, said in cases}, {issue.id: issue for issue in issues}
    ledger: dict[str, list[Item]] = {}
    items = tuple(items)
    for item in items:
        ledger.setdefault(item["PK"], []).append(item)
    bound = dict(_bound(ledger))
    names: list[tuple[str | None, str | None]] = [*bound.items()]
    names += [(case_id, None) for case_id in by_case if case_id not in bound]
    names += [(None, issue_id) for issue_id in by_issue if issue_id not in bound.values()]
    found = []
    for case_id, issue_id in names:
        case, on_case = by_case.get(case_id or "", (None, ()))
        issue = by_issue.get(issue_id or "")
        found.append(Couple(case_id, issue_id, case, issue, _items(case_id, issue_id, issue, ledger), on_case))
    since = {item["SK"].partition("#")[2]: float(item["known_since"]) for item in items if "known_since" in item}
    return sorted(found, key=lambda couple: _born(couple, since), reverse=True)


def _bound(ledger: Mapping[str, list[Item]]) -> Iterator[tuple[str, str]]:
    for key, items in ledger.items():
        for item in items:
            if key.startswith("CASE#") and item["SK"] == "PAIR" and item.get("issue_id"):
                yield key.removeprefix("CASE#"), str(item["issue_id"])


def _items(
    case_id: str | None, issue_id: str | None, issue: jira.Issue | None, ledger: Mapping[str, list[Item]]
) -> tuple[Item, ...]:
    keys = (f"CASE#{case_id}", f"ISSUE#{issue_id}", *(f"ISSUE#{key}" for key in _keys(issue)))
    return tuple(item for key in keys for item in ledger.get(key, ()))


def _keys(issue: jira.Issue | None) -> tuple[str, ...]:
    return () if issue is None else (issue.key, *issue.old_keys)


def _born(couple: Couple, since: Mapping[str, float]) -> float:
    """When it was; of what is gone, since when a sweep knew the case (``since``, by its id)."""
    times = [couple.case.created.timestamp()] if couple.case else []
    times += [couple.issue.created] if couple.issue else []
    return min(times, default=since.get(couple.case_id or "", 0.0))


# Comments and files: what is whose copy


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands in one row of both sides: an original and its copies, by their ids.

    ``origin``: the side it was made on, ``integration`` for what the product says of its own accord. ``key`` is the
    ledger's, if it knows, and ``refused`` whether it says that the other side did not take the copy. ``settled``: it
    says that the end of the original was told on the copy, as far as that side took it. ``gone``: there was a copy.
    """

    origin: str
    at: float
    case: tuple[str, ...] = ()
    issue: tuple[str, ...] = ()
    key: str | None = None
    refused: bool = False
    settled: bool = False
    gone: bool = False


def comments(couple: Couple) -> list[Beside]:
    """The comments of both sides in the order in which they were written, each copy beside its original."""
    case = {comment.comment_id: comment.created.timestamp() for comment in couple.on_case}
    issue = {comment.id: comment.created for comment in couple.issue.comments} if couple.issue else {}
    told = [(item, _parts(item)) for item in couple.items if item["SK"].startswith(("COMMENT#", "NOTICE#"))]
    return _rows(told, case, issue)


def files(couple: Couple) -> list[Beside]:
    """The files of both sides, each copy beside its original."""
    case = {file.attachment_id: file.created.timestamp() for file in couple.case.attachments} if couple.case else {}
    issue = {file.id: file.created for file in couple.issue.attachments} if couple.issue else {}
    # An upload to a case returns no id: until the file is seen there, the ledger knows its copy by the name.
    names = {file.file_name: file.attachment_id for file in couple.case.attachments} if couple.case else {}
    told = []
    for item in couple.items:
        if item["SK"].startswith("ATTACHMENT#"):
            copy = str(item.get("copy") or item.get("file_name", ""))
            told.append((item, (names.get(copy, copy) if "#jira#" in item["SK"] else copy,)))
    return _rows(told, case, issue)


def _parts(item: Item) -> tuple[str, ...]:
    return tuple(str(part) for part in item.get("parts", ()))


Times = Mapping[str, float]
"""When each thing on a side was made, by its id."""


def _rows(told: Iterable[tuple[Item, tuple[str, ...]]], case: Times, issue: Times) -> list[Beside]:
    """A row for all that the ledger tells of, and one for each thing that it does not know yet."""
    rows = [row for item, parts in told for row in _row(item, parts, case, issue)]
    on_case = {each for row in rows for each in row.case}
    on_issue = {each for row in rows for each in row.issue}
    rows += [Beside("case", at, case=(one,)) for one, at in case.items() if one not in on_case]
    rows += [Beside("issue", at, issue=(one,)) for one, at in issue.items() if one not in on_issue]
    return sorted(rows, key=lambda row: row.at)


def _row(item: Item, parts: tuple[str, ...], case: Times, issue: Times) -> Iterator[Beside]:
    """The row of an item ``KIND#side#id``; none where nothing of it is left."""
    kind, side, one = item["SK"].split("#", 2)
    here, there = (case, issue) if side == "security_ir" else (issue, case)
    is_notice = kind == "NOTICE"
    originals = tuple(each for each in (parts if is_notice else (one,)) if each in here)
    copies = () if is_notice else tuple(each for each in parts if each in there)
    times = [here[each] for each in originals] or [there[each] for each in copies]
    if times:
        origin = "integration" if is_notice else "case" if side == "security_ir" else "issue"
        on_case, on_issue = (originals, copies) if side == "security_ir" else (copies, originals)
        yield Beside(
            origin,
            min(times),
            on_case,
            on_issue,
            item["SK"],
            refused=bool(item.get("refused")),
            settled=item.get("source") in ("deleted", "withdrawn"),
            gone=bool(parts) and not copies,
        )
