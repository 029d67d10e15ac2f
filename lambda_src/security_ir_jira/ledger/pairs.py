"""Pairs, their births, their copies and what is to be said of them: what the sinks remember."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace

from ..errors import AlreadyPaired
from ..memory import Agreed, Base, Copy, Facts, FileCopy, IssueEntry, Notice, Pair, Watched
from ..model import Facet, Issue, Side
from . import items
from .backfills import Backfills
from .table import ConditionFailed, Table, pack_put, pack_update

_TRANSACTION = 100
"""Most writes that DynamoDB takes in one transaction."""


def _case_key(case_id: str) -> str:
    return f"CASE#{case_id}"


def _issue_key(id_or_key: str) -> str:
    return f"ISSUE#{id_or_key}"


class PairLedger:
    """What is known of cases, issues and the pairs they make."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def lease_case(self, case_id: str, seconds: float) -> AbstractContextManager[None]:
        """Work on a case and its pair alone; see ``Table.lease``."""
        return self._table.lease(_case_key(case_id), seconds)

    def lease_issue(self, issue_id: str, seconds: float) -> AbstractContextManager[None]:
        """Work on an issue without a pair alone; see ``Table.lease``."""
        return self._table.lease(_issue_key(issue_id), seconds)

    def load(self, case_id: str) -> Facts:
        """All that is known of a case: one strongly consistent Query."""
        facts = Facts()
        copies: dict[str, Copy] = {}
        pending: list[Notice] = []
        files: dict[str, FileCopy] = {}
        for item in self._table.query(_case_key(case_id), consistent=True):
            sort_key: str = item["SK"]
            if sort_key == "PAIR":
                facts = replace(facts, pair=items.read_pair(case_id, item), reservation=items.read_reservation(item))
            elif sort_key.startswith(("COMMENT#", "NOTICE#")):
                copies[sort_key] = items.read_copy(item)
                notice = items.read_notice(item)
                pending += [notice] if notice else []
            elif sort_key.startswith("ATTACHMENT#"):
                files[sort_key] = items.read_file(item)
            elif sort_key == "WATCHERS":
                facts = replace(facts, watched=items.read_watched(item))
        return replace(facts, copies=copies, pending=tuple(pending), files=files)

    def entry_of_issue(self, id_or_key: str) -> IssueEntry | None:
        """What is known of an issue, by its id or by any key it was ever met under."""
        item = self._table.get(_issue_key(id_or_key), "PAIR")
        return None if item is None else items.read_issue_entry(item)

    def backfill_asked_for(self, side: Side) -> bool:
        """Whether what the sweeps of a side leave alone is to be born now."""
        return Backfills(self._table).asked_for(side)

    def created_at(self) -> float:
        """When the module was first applied (epoch)."""
        return self._table.created_at()

    # Births

    def reserve_issue(self, case_id: str, request: Mapping[str, object], base: Base) -> None:
        """Reserve the creation of a case's issue: the exact request, about to be sent. Raises ``AlreadyPaired``."""
        self._reserve(_case_key(case_id), {}, request, base)

    def reserve_case(self, issue_id: str, request: Mapping[str, object], base: Base) -> None:
        """Reserve the creation of an issue's case: the exact request, about to be sent. Raises ``AlreadyPaired``."""
        self._reserve(_issue_key(issue_id), {"issue_id": issue_id}, request, base)

    def _reserve(self, partition: str, entry: Mapping[str, object], request: Mapping[str, object], base: Base) -> None:
        attributes = {**entry, **items.write_reservation(request, base, self._table.clock())}
        try:
            self._table.put(partition, "PAIR", attributes, "attribute_not_exists(PK)")
        except ConditionFailed as error:
            raise AlreadyPaired(partition) from error

    def drop_issue_reservation(self, case_id: str) -> None:
        """Forget a reservation whose request surely was not carried out; the next is made of the case as it is then."""
        self._table.delete(_case_key(case_id), "PAIR", "attribute_exists(creation)")

    def drop_case_reservation(self, issue_id: str) -> None:
        """Forget a reservation whose request surely was not carried out."""
        self._table.delete(_issue_key(issue_id), "PAIR", "attribute_exists(creation)")

    def bind(self, pair: Pair) -> None:
        """Make a case and an issue a pair, in one transaction; binding the same two again changes nothing.

        Raises ``AlreadyPaired`` where either belongs to another.
        """
        entry = {"case_id": pair.case_id, "issue_id": pair.issue_id}
        bound = {
            ":issue": pair.issue_id,
            ":key": pair.issue_key,
            ":arn": pair.case_arn,
            ":jsm": pair.service_project,
            ":base": items.write_base(pair.base),
        }
        writes = [
            pack_update(
                _case_key(pair.case_id),
                "PAIR",
                "SET issue_id = :issue, issue_key = :key, case_arn = :arn, service_project = :jsm, "
                "agreed = if_not_exists(agreed, :base) REMOVE creation, attempted_at",
                "attribute_not_exists(issue_id) OR issue_id = :issue",
                bound,
            ),
            pack_put(
                _issue_key(pair.issue_id),
                "PAIR",
                entry,
                "attribute_not_exists(case_id) OR case_id = :case",
                {":case": pair.case_id},
            ),
            pack_put(_issue_key(pair.issue_key), "PAIR", entry),
        ]
        try:
            self._table.transact(writes)
        except ConditionFailed as error:
            raise AlreadyPaired(f"case {pair.case_id} or issue {pair.issue_key}") from error

    # Pairs

    def located(self, pair: Pair, issue: Issue) -> Pair:
        """The pair with its issue's present key and kind of project, remembered if they changed.

        An issue that was moved is known under its old and its new key.
        """
        if (pair.issue_key, pair.service_project) == (issue.key, issue.service_project):
            return pair
        entry = {"case_id": pair.case_id, "issue_id": pair.issue_id}
        self._table.put(_issue_key(issue.key), "PAIR", entry)
        values = {":key": issue.key, ":jsm": issue.service_project}
        self._update(pair.case_id, "SET issue_key = :key, service_project = :jsm", values)
        return replace(pair, issue_key=issue.key, service_project=issue.service_project)

    def dressed(self, case_id: str, *, unproven: bool = False) -> None:
        """The issue was given the labels, property and link that name its case; ``unproven``: in a way that nobody has
        seen yet to be taken.
        """
        changes = "SET dressed = :yes, unproven = :yes" if unproven else "SET dressed = :yes REMOVE unproven"
        self._update(case_id, changes, {":yes": True})

    def undressed(self, case_id: str) -> None:
        """Jira did not take all that names the issue's case."""
        self._update(case_id, "REMOVE dressed", {})

    def missing(self, case_id: str, side: Side) -> None:
        """One side of a pair could not be found, from now on."""
        self._update(case_id, f"SET {items.missing_name(side)} = :now", {":now": int(self._table.clock())})

    def found(self, case_id: str, side: Side) -> None:
        """What was missing was found again."""
        self._update(case_id, f"REMOVE {items.missing_name(side)}, missing_side, missing_since", {})

    def gone(self, case_id: str, side: Side) -> None:
        """One side of a pair was deleted: the pair is over."""
        self._update(case_id, "SET gone_side = :side", {":side": side})

    def advance(self, case_id: str, agreed: Mapping[Facet, Agreed]) -> None:
        """Move the base on for the facets given."""
        names = {f"#{facet}": facet for facet in agreed}
        values = {f":{facet}": items.write_agreed(value) for facet, value in agreed.items()}
        changes = ", ".join(f"agreed.#{facet} = :{facet}" for facet in agreed)
        self._update(case_id, f"SET {changes}", values, names)

    def _update(
        self, case_id: str, expression: str, values: Mapping[str, object], names: Mapping[str, str] | None = None
    ) -> None:
        self._table.update(_case_key(case_id), "PAIR", expression, values, names)

    # Copies, notices, watchers

    def record(self, case_id: str, copy: Copy, notice: Notice | None = None) -> None:
        """Write down what is known of one copy: before a part is sent, and again once its id is known."""
        self._table.put(_case_key(case_id), copy.key, items.write_copy(copy, notice))

    def record_documents(self, case_id: str, copies: Sequence[Copy]) -> None:
        """Write down which documents copies were read from, and nothing else of them; a hundred in one request."""
        writes = [
            pack_update(
                _case_key(case_id),
                copy.key,
                "SET document = :document",
                "attribute_exists(PK)",
                {":document": copy.document},
            )
            for copy in {copy.key: copy for copy in copies}.values()  # DynamoDB takes none twice
        ]
        for start in range(0, len(writes), _TRANSACTION):
            with suppress(ConditionFailed):  # what is not known is read again, and no harm done
                self._table.transact(writes[start : start + _TRANSACTION])

    def record_file(self, case_id: str, copy: FileCopy) -> None:
        """Write down what is known of a file's copy: before it is sent, and again once it has arrived."""
        self._table.put(_case_key(case_id), copy.key, items.write_file(copy))

    def watch(self, case_id: str, watched: Watched) -> None:
        """Write down what is known of a pair's watchers."""
        self._table.put(_case_key(case_id), "WATCHERS", items.write_watched(watched))

    def watch_first(self, case_id: str, watched: Watched) -> None:
        """Write down what is known of a pair's watchers, unless somebody knows of them already."""
        try:
            self._table.put(_case_key(case_id), "WATCHERS", items.write_watched(watched), "attribute_not_exists(PK)")
        except ConditionFailed:
            return

    def leave(self, case_id: str, notice: Notice) -> None:
        """Leave something to be said on a side, unless it was left before."""
        unsaid = items.write_copy(Copy(notice.key, source=""), notice)
        try:
            self._table.put(_case_key(case_id), notice.key, unsaid, "attribute_not_exists(PK)")
        except ConditionFailed:
            return
