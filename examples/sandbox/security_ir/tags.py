"""The operations on tags, of cases only. They neither move a case's date nor ring a bell."""

from __future__ import annotations

from dataclasses import replace

from sandbox.security_ir.errors import Breach, invalid, not_found
from sandbox.security_ir.model import Case
from sandbox.security_ir.service import Service
from sandbox.security_ir.store import Turn
from sandbox.security_ir.wire import Params, Result

_MOST_TAGS = 200


def list_tags_for_resource(_: Service, turn: Turn, params: Params) -> Result:
    """All tags of a case."""
    return {"tags": dict(_case(turn, params).tags)}


def tag_resource(_: Service, turn: Turn, params: Params) -> Result:
    """Add tags, or give them new values."""
    case = _case(turn, params)
    _save(turn, case, dict(case.tags) | params["tags"])
    return {}


def untag_resource(_: Service, turn: Turn, params: Params) -> Result:
    """Take tags away, whether they are there or not."""
    if not params["tagKeys"]:
        raise invalid([Breach("tagKeys", "at least one key is required")])
    case = _case(turn, params)
    _save(turn, case, {key: value for key, value in case.tags if key not in params["tagKeys"]})
    return {}


def _save(turn: Turn, case: Case, tags: dict[str, str]) -> None:
    if len(tags) > _MOST_TAGS:
        raise invalid([Breach("tags", f"a case has at most {_MOST_TAGS} tags")])
    tagged = replace(case, tags=tuple(tags.items()))
    turn.record(tagged, "Tags Updated", "The tags were changed", moves_date=False)


def _case(turn: Turn, params: Params) -> Case:
    arn: str = params["resourceArn"]
    prefix, _, case_id = arn.rpartition("/")
    if f"{prefix}/{case_id}" != turn.store.arn(case_id):
        raise not_found(f"Resource {arn}")
    return turn.case(case_id)
