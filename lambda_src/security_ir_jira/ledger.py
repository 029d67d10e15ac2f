"""The DynamoDB table that remembers every pair, and for every comment which one on the other side is its copy.

One item a fact, keys ``PK``/``SK``; one Query on ``CASE#<id>`` loads all that is known of a pair, lookups are
GetItem, nothing is ever scanned. Items hold ids, digests and short values, never bodies; only a reservation keeps the
exact request it stands for, until it is bound.

====================================  ===================================================================
``CASE#<caseId>`` / ``PAIR``          reservation or pair: issue, base, what was dressed
``CASE#<caseId>`` / ``COMMENT#<side>#<id>``  the copy of that side's comment on the other side
``CASE#<caseId>`` / ``ATTACHMENT#<side>#<id>``  the copy of that side's file on the other side
``CASE#<caseId>`` / ``NOTICE#<side>#…``      something to say, or said, on that side
``CASE#<caseId>`` / ``WATCHERS``      who was seen watching on each side, and whom the integration added
``CASE#<caseId>`` / ``LEASE``         who works on the pair, and until when
``ISSUE#<issueId or key>`` / ``PAIR``  reservation of a case, or → case id
``CURSOR#<source>`` / ``…``            what a sweep announced
====================================  ===================================================================
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from .errors import AlreadyPaired, PairBusy
from .files import FileCopy
from .model import Agreed, Base, Copy, Facet, Issue, Notice, Pair, Side
from .planner import Known
from .watchers import Watched

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]

_BUSY_DELAY = 3.0
_serialise = TypeSerializer().serialize
_deserialise = TypeDeserializer().deserialize


@dataclass(frozen=True, slots=True)
class Reservation:
    """A birth under way: the exact request, the base the pair will have, and when it may have been sent (epoch)."""

    request: Mapping[str, Any]
    base: Base
    attempted_at: float


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one case: its pair or its reservation, copies of comments and files, notices."""

    pair: Pair | None = None
    reservation: Reservation | None = None
    copies: Mapping[str, Copy] = field(default_factory=dict)
    pending: tuple[Notice, ...] = ()
    files: Mapping[str, FileCopy] = field(default_factory=dict)
    watched: Watched | None = None

    def unsaid(self, side: Side) -> bool:
        """Whether something waits to be said on a side: a notice, or on a case the name of its issue."""
        linked = any(key.startswith("NOTICE#security_ir#link#") for key in self.copies)
        return any(notice.side == side for notice in self.pending) or (side == "security_ir" and not linked)

    def known(self, side: Side) -> Known:
        """What is known of the comments on one side: copies made from them, and which of them are ours."""
        source, ours = f"COMMENT#{side}#", (f"COMMENT#{_other(side)}#", f"NOTICE#{side}#")
        here = [copy for key, copy in self.copies.items() if key.startswith(ours)]
        return Known(
            copies={key.removeprefix(source): copy for key, copy in self.copies.items() if key.startswith(source)},
            ours=frozenset(part for copy in here for part in copy.parts),
            sent=frozenset(copy.sending for copy in here if copy.sending),
        )


@dataclass(frozen=True, slots=True)
class IssueEntry:
    """What is known of an issue by its id or key: the case it is paired with, or the reservation of one."""

    issue_id: str
    case_id: str | None = None
    reservation: Reservation | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """What the case sweep announced of one case; times in epoch seconds, ``announced`` as the service wrote it.

    ``missing_since`` is when a sweep first did not find the case listed.
    """

    case_id: str
    announced: str | None = None
    status: str | None = None
    moved_at: float = 0.0
    checked_at: float = 0.0
    missing_since: float | None = None


def _other(side: Side) -> Side:
    return "jira" if side == "security_ir" else "security_ir"


def _pack(item: Mapping[str, object]) -> dict[str, Any]:
    return {name: _serialise(value) for name, value in item.items() if value is not None}


def _unpack(item: Mapping[str, Any]) -> Item:
    return {name: _deserialise(value) for name, value in item.items()}


def _refused_by_condition(error: ClientError) -> bool:
    return error.response["Error"]["Code"] in ("ConditionalCheckFailedException", "TransactionCanceledException")


def _case_key(case_id: str) -> str:
    return f"CASE#{case_id}"


def _issue_key(id_or_key: str) -> str:
    return f"ISSUE#{id_or_key}"


class Ledger:
    """The table, in the terms of this package. ``clock`` gives the epoch in seconds."""

    def __init__(self, client: DynamoDBClient, table: str, clock: Callable[[], float] = time.time) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    # Leases

    @contextmanager
    def lease(self, partition: str, seconds: float) -> Iterator[None]:
        """Hold a pair (``case_partition``) or an unpaired issue (``issue_partition``) alone.

        Raises ``PairBusy`` where another holder's lease has not ended. ``seconds`` must outlast the invocation, so
        that a lease never ends under a holder that is still at work.
        """
        owner, now = uuid.uuid4().hex, self._clock()
        key = _pack({"PK": partition, "SK": "LEASE"})
        try:
            self._client.put_item(
                TableName=self._table,
                Item=key
                | _pack({"owner": owner, "ends_at": int(now + seconds), "expires_at": int(now + seconds + 86_400)}),
                # Its own owner: botocore repeats a put whose answer was lost.
                ConditionExpression="attribute_not_exists(PK) OR ends_at < :now OR #owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues=_pack({":now": int(now), ":owner": owner}),
            )
        except ClientError as error:
            if _refused_by_condition(error):
                raise PairBusy(f"{partition} is being worked on", delay=_BUSY_DELAY) from error
            raise
        try:
            yield
        finally:
            self._release(key, owner)

    def _release(self, key: dict[str, Any], owner: str) -> None:
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=key,
                ConditionExpression="#owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues=_pack({":owner": owner}),
            )
        except ClientError as error:
            if not _refused_by_condition(error):
                raise

    @staticmethod
    def case_partition(case_id: str) -> str:
        return _case_key(case_id)

    @staticmethod
    def issue_partition(issue_id: str) -> str:
        return _issue_key(issue_id)

    # Pairs

    def load(self, case_id: str) -> Facts:
        """All that is known of a case: one strongly consistent Query."""
        pair: Pair | None = None
        reservation: Reservation | None = None
        copies: dict[str, Copy] = {}
        pending: list[Notice] = []
        files: dict[str, FileCopy] = {}
        watched: Watched | None = None
        for item in self._query(_case_key(case_id), consistent=True):
            sort_key = item["SK"]
            if sort_key == "PAIR":
                pair, reservation = _read_pair(case_id, item)
            elif sort_key.startswith(("COMMENT#", "NOTICE#")):
                copy = _read_copy(item)
                copies[sort_key] = copy
                if "kind" in item and not copy.complete:
                    pending.append(Notice(sort_key.split("#")[1], item["kind"], item.get("values", {})))
            elif sort_key.startswith("ATTACHMENT#"):
                files[sort_key] = _read_file(item)
            elif sort_key == "WATCHERS":
                watched = _read_watched(item)
        return Facts(pair, reservation, copies, tuple(pending), files, watched)

    def entry_of_issue(self, id_or_key: str) -> IssueEntry | None:
        """What is known of an issue, by its id or by any key it was ever met under."""
        answer = self._client.get_item(
            TableName=self._table, Key=_pack({"PK": _issue_key(id_or_key), "SK": "PAIR"}), ConsistentRead=True
        )
        if "Item" not in answer:
            return None
        item = _unpack(answer["Item"])
        return IssueEntry(item["issue_id"], item.get("case_id"), _read_reservation(item))

    def reserve_issue(self, case_id: str, request: Mapping[str, object], base: Base) -> None:
        """Reserve the creation of a case's issue: the exact request, about to be sent. Raises ``AlreadyPaired``."""
        self._reserve(_case_key(case_id), {}, request, base)

    def reserve_case(self, issue_id: str, request: Mapping[str, object], base: Base) -> None:
        """Reserve the creation of an issue's case: the exact request, about to be sent. Raises ``AlreadyPaired``."""
        self._reserve(_issue_key(issue_id), {"issue_id": issue_id}, request, base)

    def _reserve(self, partition: str, fields: Mapping[str, object], request: Mapping[str, object], base: Base) -> None:
        item = {
            "PK": partition,
            "SK": "PAIR",
            **fields,
            "creation": json.dumps(request),
            "agreed": _write_base(base),
            "attempted_at": int(self._clock()),
        }
        try:
            self._client.put_item(
                TableName=self._table, Item=_pack(item), ConditionExpression="attribute_not_exists(PK)"
            )
        except ClientError as error:
            if _refused_by_condition(error):
                raise AlreadyPaired(partition) from error
            raise

    def drop_issue_reservation(self, case_id: str) -> None:
        """Forget a reservation whose request surely was not carried out; the next is made of the case as it is then."""
        self._drop_reservation(_case_key(case_id))

    def drop_case_reservation(self, issue_id: str) -> None:
        """Forget a reservation whose request surely was not carried out."""
        self._drop_reservation(_issue_key(issue_id))

    def _drop_reservation(self, partition: str) -> None:
        self._client.delete_item(
            TableName=self._table,
            Key=_pack({"PK": partition, "SK": "PAIR"}),
            ConditionExpression="attribute_exists(creation)",
        )

    def bind(self, pair: Pair) -> None:
        """Make a case and an issue a pair, in one transaction; binding the same two again changes nothing.

        Raises ``AlreadyPaired`` where either belongs to another.
        """
        case_key, base = _case_key(pair.case_id), _write_base(pair.base)
        entry = {"case_id": pair.case_id, "issue_id": pair.issue_id}
        unowned = {
            "ConditionExpression": "attribute_not_exists(case_id) OR case_id = :case",
            "ExpressionAttributeValues": _pack({":case": pair.case_id}),
        }
        operations: list[Any] = [
            {
                "Update": {
                    "TableName": self._table,
                    "Key": _pack({"PK": case_key, "SK": "PAIR"}),
                    "UpdateExpression": (
                        "SET issue_id = :issue, issue_key = :key, case_arn = :arn, service_project = :jsm, "
                        "agreed = if_not_exists(agreed, :base) REMOVE creation, attempted_at"
                    ),
                    "ConditionExpression": "attribute_not_exists(issue_id) OR issue_id = :issue",
                    "ExpressionAttributeValues": _pack(
                        {
                            ":issue": pair.issue_id,
                            ":key": pair.issue_key,
                            ":arn": pair.case_arn,
                            ":jsm": pair.service_project,
                            ":base": base,
                        }
                    ),
                }
            },
            {
                "Put": {
                    "TableName": self._table,
                    "Item": _pack({"PK": _issue_key(pair.issue_id), "SK": "PAIR", **entry}),
                    **unowned,
                }
            },
            {
                "Put": {
                    "TableName": self._table,
                    "Item": _pack({"PK": _issue_key(pair.issue_key), "SK": "PAIR", **entry}),
                }
            },
        ]
        try:
            self._client.transact_write_items(TransactItems=operations)
        except ClientError as error:
            if _refused_by_condition(error):
                raise AlreadyPaired(f"case {pair.case_id} or issue {pair.issue_key}") from error
            raise

    def located(self, pair: Pair, issue: Issue) -> Pair:
        """The pair with its issue's present key and kind of project, remembered if they changed.

        An issue that was moved is known under its old and its new key.
        """
        if (pair.issue_key, pair.service_project) == (issue.key, issue.service_project):
            return pair
        entry = {"case_id": pair.case_id, "issue_id": pair.issue_id}
        self._client.put_item(TableName=self._table, Item=_pack({"PK": _issue_key(issue.key), "SK": "PAIR", **entry}))
        self._update(
            _case_key(pair.case_id),
            "PAIR",
            "SET issue_key = :key, service_project = :jsm",
            {":key": issue.key, ":jsm": issue.service_project},
        )
        return replace(pair, issue_key=issue.key, service_project=issue.service_project)

    def dressed(self, case_id: str) -> None:
        """The issue now carries the labels, property and link that name its case."""
        self._update(_case_key(case_id), "PAIR", "SET dressed = :yes", {":yes": True})

    def missing(self, case_id: str, side: Side) -> None:
        """One side of a pair could not be found, from now on."""
        values = {":side": side, ":now": int(self._clock())}
        self._update(_case_key(case_id), "PAIR", "SET missing_side = :side, missing_since = :now", values)

    def found(self, case_id: str) -> None:
        """What was missing was found again."""
        self._update(_case_key(case_id), "PAIR", "REMOVE missing_side, missing_since", {})

    def gone(self, case_id: str, side: Side) -> None:
        """One side of a pair was deleted: the pair is over."""
        self._update(_case_key(case_id), "PAIR", "SET gone_side = :side", {":side": side})

    def advance(self, case_id: str, agreed: Mapping[Facet, Agreed]) -> None:
        """Move the base on for the facets given."""
        names = {f"#{facet}": facet for facet in agreed}
        values: dict[str, object] = {f":{facet}": _write_agreed(value) for facet, value in agreed.items()}
        changes = ", ".join(f"agreed.#{facet} = :{facet}" for facet in agreed)
        self._update(_case_key(case_id), "PAIR", f"SET {changes}", values, names)

    # Copies and notices

    def record(self, case_id: str, copy: Copy, notice: Notice | None = None) -> None:
        """Write down what is known of one copy: before a part is sent, and again once its id is known."""
        item: Item = {
            "PK": _case_key(case_id),
            "SK": copy.key,
            "source": copy.source,
            "parts": list(copy.parts),
            "sending": copy.sending,
            "total": copy.total,
        }
        if notice is not None:
            item |= {"kind": notice.kind, "values": dict(notice.values)}
        self._client.put_item(TableName=self._table, Item=_pack(item))

    def record_file(self, case_id: str, copy: FileCopy) -> None:
        """Write down what is known of a file's copy: before it is sent, and again once it has arrived."""
        item: Item = {
            "PK": _case_key(case_id),
            "SK": copy.key,
            "file_name": copy.name,
            "state": copy.state,
            "size": copy.size,
            "content": copy.content,
            "copy": copy.copy,
            "attempt": copy.attempt,
        }
        self._client.put_item(TableName=self._table, Item=_pack(item))

    def watch(self, case_id: str, watched: Watched) -> None:
        """Write down what is known of a pair's watchers."""
        item: Item = {
            "PK": _case_key(case_id),
            "SK": "WATCHERS",
            "case": sorted(watched.case),
            "issue": sorted(watched.issue),
            "watch_count": watched.count,
            "accounts": dict(watched.accounts),
            "refused": sorted(watched.refused),
            "asked_at": int(watched.asked_at),
            "added_to_issue": dict(watched.added_to_issue),
            "added_to_case": dict(watched.added_to_case),
        }
        self._client.put_item(TableName=self._table, Item=_pack(item))

    def leave(self, case_id: str, notice: Notice) -> None:
        """Leave something to be said on a side, unless it was left before."""
        item = {"PK": _case_key(case_id), "SK": notice.key, "source": "", "parts": [], "total": 1}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=_pack({**item, "kind": notice.kind, "values": dict(notice.values)}),
                ConditionExpression="attribute_not_exists(PK)",
            )
        except ClientError as error:
            if not _refused_by_condition(error):
                raise

    # Cursors of the sweeps

    def case_cursors(self) -> dict[str, Cursor]:
        """What the case sweep announced, by case id: one Query (a page per MB)."""
        return {
            item["SK"].removeprefix("CASE#"): Cursor(
                case_id=item["SK"].removeprefix("CASE#"),
                announced=item.get("announced"),
                status=item.get("status"),
                moved_at=float(item.get("moved_at", 0)),
                checked_at=float(item.get("checked_at", 0)),
                missing_since=float(item["missing_since"]) if "missing_since" in item else None,
            )
            for item in self._query("CURSOR#security_ir")
        }

    def advance_case(self, cursor: Cursor) -> None:
        """Remember what was announced of a case. To be called once the announcement was accepted."""
        self._client.put_item(
            TableName=self._table,
            Item=_pack(
                {
                    "PK": "CURSOR#security_ir",
                    "SK": f"CASE#{cursor.case_id}",
                    "announced": cursor.announced,
                    "status": cursor.status,
                    "moved_at": int(cursor.moved_at),
                    "checked_at": int(cursor.checked_at),
                    "missing_since": None if cursor.missing_since is None else int(cursor.missing_since),
                }
            ),
        )

    def case_seen_moving(self, case_id: str) -> None:
        """A native event told of a case: the sweeps of the next hour are to look into it."""
        self._update("CURSOR#security_ir", f"CASE#{case_id}", "SET moved_at = :now", {":now": int(self._clock())})

    def forget_case(self, case_id: str) -> None:
        """The absence of a case was announced."""
        self._client.delete_item(
            TableName=self._table, Key=_pack({"PK": "CURSOR#security_ir", "SK": f"CASE#{case_id}"})
        )

    def issue_cursors(self) -> tuple[float | None, dict[str, str]]:
        """When the last issue sweep began (epoch), and the ``updated`` it announced by issue id."""
        last: float | None = None
        announced: dict[str, str] = {}
        for item in self._query("CURSOR#jira"):
            if item["SK"] == "SWEEP":
                last = float(item["began_at"])
            else:
                announced[item["SK"].removeprefix("ISSUE#")] = item["announced"]
        return last, announced

    def advance_issue(self, issue_id: str, updated: str, *, keep_for: float) -> None:
        """Remember for ``keep_for`` seconds what was announced of an issue, once the announcement was accepted."""
        item = {
            "PK": "CURSOR#jira",
            "SK": f"ISSUE#{issue_id}",
            "announced": updated,
            "expires_at": int(self._clock() + keep_for),
        }
        self._client.put_item(TableName=self._table, Item=_pack(item))

    def issues_swept(self, began_at: float) -> None:
        """An issue sweep that began then went through to its end."""
        item = {"PK": "CURSOR#jira", "SK": "SWEEP", "began_at": int(began_at)}
        self._client.put_item(TableName=self._table, Item=_pack(item))

    def created_at(self) -> float:
        """When the table was made, which is when the module was first applied (epoch)."""
        return self._client.describe_table(TableName=self._table)["Table"]["CreationDateTime"].timestamp()

    # DynamoDB

    def _query(self, partition: str, *, consistent: bool = False) -> Iterator[Item]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="PK = :partition",
            ExpressionAttributeValues=_pack({":partition": partition}),
            ConsistentRead=consistent,
        )
        for page in pages:
            for item in page["Items"]:
                yield _unpack(item)

    def _update(
        self,
        partition: str,
        sort_key: str,
        expression: str,
        values: Mapping[str, object],
        names: Mapping[str, str] | None = None,
    ) -> None:
        arguments: dict[str, Any] = {}
        if values:
            arguments["ExpressionAttributeValues"] = _pack(values)
        if names:
            arguments["ExpressionAttributeNames"] = dict(names)
        self._client.update_item(
            TableName=self._table,
            Key=_pack({"PK": partition, "SK": sort_key}),
            UpdateExpression=expression,
            **arguments,
        )


def _read_pair(case_id: str, item: Item) -> tuple[Pair | None, Reservation | None]:
    if "issue_id" not in item:
        return None, _read_reservation(item)
    pair = Pair(
        case_id=case_id,
        case_arn=item.get("case_arn", ""),
        issue_id=item["issue_id"],
        issue_key=item["issue_key"],
        service_project=bool(item.get("service_project", False)),
        dressed=bool(item.get("dressed", False)),
        missing=item.get("missing_side"),
        missing_since=float(item.get("missing_since", 0)),
        gone=item.get("gone_side"),
        base=_read_base(item.get("agreed", {})),
    )
    return pair, None


def _read_reservation(item: Item) -> Reservation | None:
    if "creation" not in item:
        return None
    return Reservation(json.loads(item["creation"]), _read_base(item["agreed"]), float(item["attempted_at"]))


def _read_copy(item: Item) -> Copy:
    return Copy(
        key=item["SK"],
        source=item["source"],
        parts=tuple(item["parts"]),
        sending=item.get("sending"),
        total=int(item["total"]),
    )


def _read_file(item: Item) -> FileCopy:
    return FileCopy(
        key=item["SK"],
        name=item["file_name"],
        state=item["state"],
        size=int(item["size"]),
        content=item["content"],
        copy=item.get("copy"),
        attempt=int(item["attempt"]),
    )


def _read_watched(item: Item) -> Watched:
    return Watched(
        case=frozenset(item["case"]),
        issue=frozenset(item["issue"]),
        count=int(item["watch_count"]) if "watch_count" in item else None,
        accounts=item["accounts"],
        refused=frozenset(item["refused"]),
        asked_at=float(item["asked_at"]),
        added_to_issue=item["added_to_issue"],
        added_to_case=item["added_to_case"],
    )


def _write_agreed(agreed: Agreed) -> Item:
    values: Item = {
        "case": agreed.case,
        "issue": agreed.issue,
        "refused": agreed.refused,
        "cut": agreed.cut,
        "walking": list(agreed.walking),
    }
    return {name: value for name, value in values.items() if value}


def _write_base(base: Base) -> Item:
    return {
        "title": _write_agreed(base.title),
        "description": _write_agreed(base.description),
        "status": _write_agreed(base.status),
        "fields": _write_agreed(base.fields),
    }


def _read_base(item: Mapping[str, Any]) -> Base:
    return Base(*(_read_agreed(item.get(facet, {})) for facet in ("title", "description", "status", "fields")))


def _read_agreed(item: Mapping[str, Any]) -> Agreed:
    return Agreed(
        case=item.get("case"),
        issue=item.get("issue"),
        refused=bool(item.get("refused", False)),
        cut=bool(item.get("cut", False)),
        walking=tuple(item.get("walking", ())),
    )
