"""Each thing that is remembered as the attributes of an item: how it is written, and beside it how it is read."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any, get_args

from ..memory import Agreed, Base, Copy, FileCopy, IssueEntry, Notice, Pair, Reservation, Watched, Writing
from ..model import Side
from .table import Item


def write_reservation(request: Mapping[str, object], base: Base, now: float) -> Item:
    """Packed: a document of many short lines is fifty times as long as its text, and an item has 400 KB."""
    packed = base64.b64encode(zlib.compress(json.dumps(request).encode())).decode()
    return {"creation": packed, "agreed": write_base(base), "attempted_at": int(now)}


def read_reservation(item: Item) -> Reservation | None:
    packed = item.get("creation")
    if packed is None:
        return None
    # The first version wrote plain JSON.
    request = json.loads(packed if packed.startswith("{") else zlib.decompress(base64.b64decode(packed)))
    return Reservation(request, read_base(item["agreed"]), float(item["attempted_at"]))


def read_issue_entry(item: Item) -> IssueEntry:
    return IssueEntry(item["issue_id"], item.get("case_id"), read_reservation(item))


def read_pair(case_id: str, item: Item) -> Pair | None:
    if "issue_id" not in item:
        return None
    return Pair(
        case_id=case_id,
        case_arn=item.get("case_arn", ""),
        issue_id=item["issue_id"],
        issue_key=item["issue_key"],
        service_project=bool(item.get("service_project", False)),
        dressed=bool(item.get("dressed", False)),
        unproven=bool(item.get("unproven", False)),
        missing=_read_missing(item),
        gone=item.get("gone_side"),
        base=read_base(item.get("agreed", {})),
    )


def missing_name(side: Side) -> str:
    """The attribute that says since when a side cannot be found."""
    return f"{side}_missing_since"


def _read_missing(item: Item) -> dict[Side, float]:
    names: dict[Side, str] = {side: missing_name(side) for side in get_args(Side)}
    missing = {side: float(item[name]) for side, name in names.items() if name in item}
    # The first version remembered one side only.
    before = {item["missing_side"]: float(item.get("missing_since", 0))} if "missing_side" in item else {}
    return {**before, **missing}


def write_base(base: Base) -> Item:
    return {
        "title": write_agreed(base.title),
        "description": write_agreed(base.description),
        "status": write_agreed(base.status),
        "fields": write_agreed(base.fields),
    }


def read_base(item: Mapping[str, Any]) -> Base:
    return Base(*(read_agreed(item.get(facet, {})) for facet in ("title", "description", "status", "fields")))


def write_agreed(agreed: Agreed) -> Item:
    values: Item = {
        "case": agreed.case,
        "issue": agreed.issue,
        "refused": agreed.refused,
        "under": agreed.under,
        "cut": agreed.cut,
        "walking": list(agreed.walking),
        "alike": sorted(agreed.alike),
        "writing": None if agreed.writing is None else _write_writing(agreed.writing),
        "contested_since": None if agreed.contested_since is None else int(agreed.contested_since),
    }
    return {name: value for name, value in values.items() if value}


def read_agreed(item: Mapping[str, Any]) -> Agreed:
    refused = item.get("refused")
    return Agreed(
        case=item.get("case"),
        # The first version wrote true, and in place of what the issue held what it should have held.
        issue=None if refused is True else item.get("issue"),
        refused="jira" if refused is True else refused,
        under=item.get("under"),
        cut=bool(item.get("cut", False)),
        walking=tuple(item.get("walking", ())),
        alike=frozenset(item.get("alike", ())),
        writing=_read_writing(item["writing"]) if "writing" in item else None,
        contested_since=float(item["contested_since"]) if "contested_since" in item else None,
    )


def _write_writing(writing: Writing) -> Item:
    values: Item = {"side": writing.side, "case": writing.case, "issue": writing.issue, "cut": writing.cut}
    return {name: value for name, value in values.items() if value}


def _read_writing(item: Mapping[str, Any]) -> Writing:
    return Writing(item["side"], item.get("case"), item.get("issue"), bool(item.get("cut", False)))


def write_copy(copy: Copy, notice: Notice | None = None) -> Item:
    item: Item = {
        "source": copy.source,
        "parts": list(copy.parts),
        "sending": copy.sending,
        "total": copy.total,
        "refused": copy.refused,
        "document": copy.document,
    }
    # Names of people and a service's own words are needed until it is said, and by nobody afterwards.
    return item if notice is None or copy.complete else item | {"kind": notice.kind, "values": dict(notice.values)}


def read_copy(item: Item) -> Copy:
    return Copy(
        key=item["SK"],
        source=item["source"],
        parts=tuple(item["parts"]),
        sending=item.get("sending"),
        total=int(item["total"]),
        refused=item.get("refused"),
        document=item.get("document"),
    )


def read_notice(item: Item) -> Notice | None:
    """What waits to be said by the item of a copy, if it is one of a notice."""
    if "kind" not in item or read_copy(item).complete:
        return None
    return Notice(item["SK"].split("#")[1], item["kind"], item.get("values", {}))


def write_file(copy: FileCopy) -> Item:
    return {
        "file_name": copy.name,
        "state": copy.state,
        "size": copy.size,
        "content": copy.content,
        "copy": copy.copy,
        "attempt": copy.attempt,
        "refused": copy.refused,
    }


def read_file(item: Item) -> FileCopy:
    return FileCopy(
        key=item["SK"],
        name=item["file_name"],
        state=item["state"],
        size=int(item["size"]),
        content=item["content"],
        copy=item.get("copy"),
        attempt=int(item["attempt"]),
        refused=item.get("refused"),
    )


def write_watched(watched: Watched) -> Item:
    return {
        "case": sorted(watched.case),
        "issue": sorted(watched.issue),
        "watch_count": watched.count,
        "accounts": dict(watched.accounts),
        "refused": sorted(watched.refused),
        "asked_at": int(watched.asked_at),
        "added_to_issue": dict(watched.added_to_issue),
        "added_to_case": dict(watched.added_to_case),
    }


def read_watched(item: Item) -> Watched:
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
