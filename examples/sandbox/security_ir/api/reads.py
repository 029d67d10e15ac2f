"""The operations that only read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from sandbox.security_ir.api.views import case_view, comment_item, list_item
from sandbox.security_ir.refusals import not_found
from sandbox.security_ir.rules.service import Params, Result, Service
from sandbox.security_ir.state.store import Turn
from sandbox.security_ir.state.switches import ListOrder

MEMBERSHIP_ID = "m-0123456789abcd"


def get_case(_: Service, turn: Turn, params: Params) -> Result:
    """Everything about a case, save its id, its comments and its tags."""
    return case_view(turn.case(params["caseId"]))


def list_cases(service: Service, turn: Turn, params: Params) -> Result:
    """A page of all cases, in whatever order the switch says."""
    order = service.switches.list_order
    rank = _RANKS[order]
    cases = sorted(turn.store.cases.values(), key=lambda case: rank(case.case_id))
    ranked = [(rank(case.case_id), case) for case in cases]
    size = service.page_size(params)
    page, token = service.pager.page(f"ListCases {order}", ranked, params.get("nextToken"), size)
    return {"items": [list_item(case) for case in page], "nextToken": token, "total": len(ranked)}


def list_memberships(service: Service, turn: Turn, params: Params) -> Result:
    """The one membership there is, whatever its status."""
    store, switches = turn.store, service.switches
    item = {
        "membershipId": MEMBERSHIP_ID,
        "accountId": store.account,
        "region": store.region,
        "membershipArn": f"arn:aws:security-ir:{store.region}:{store.account}:membership/{MEMBERSHIP_ID}",
        "membershipStatus": "Cancelled" if switches.access == "not_active" else "Active",
    }
    return {"items": [item]}


def list_comments(service: Service, turn: Turn, params: Params) -> Result:
    """A page of a case's comments, oldest first."""
    case_id = params["caseId"]
    ranked = [(int(comment.comment_id), comment) for comment in turn.comments(case_id)]
    size = service.page_size(params)
    page, token = service.pager.page(f"ListComments {case_id}", ranked, params.get("nextToken"), size)
    return {"items": [comment_item(comment) for comment in page], "nextToken": token, "total": len(ranked)}


def list_tags_for_resource(_: Service, turn: Turn, params: Params) -> Result:
    """All tags of a case; nothing else has any here."""
    arn: str = params["resourceArn"]
    case_id = arn.rpartition("/")[2]
    if arn != turn.store.arn(case_id):
        raise not_found(f"Resource {arn}")
    return {"tags": dict(turn.case(case_id).tags)}


def _scattered(case_id: str) -> int:
    return int.from_bytes(hashlib.sha256(case_id.encode()).digest()[:8], "big")


_RANKS: dict[ListOrder, Callable[[str], int]] = {
    "created": int,
    "newest": lambda case_id: -int(case_id),
    "scattered": _scattered,
}
