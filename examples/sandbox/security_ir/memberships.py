"""The one membership of the account, enough to tell a lost case from a lost permission."""

from __future__ import annotations

from sandbox.security_ir.errors import not_found
from sandbox.security_ir.service import Service
from sandbox.security_ir.store import Turn
from sandbox.security_ir.wire import Params, Result

MEMBERSHIP_ID = "m-0sandbox0001"


def list_memberships(_: Service, turn: Turn, params: Params) -> Result:
    """The active membership."""
    return {"items": [_membership(turn)]}


def get_membership(_: Service, turn: Turn, params: Params) -> Result:
    """The active membership, if it is the one asked for."""
    if params["membershipId"] != MEMBERSHIP_ID:
        raise not_found(f"Membership {params['membershipId']}")
    return {**_membership(turn), "membershipName": "sandbox", "customerType": "Standalone"}


def _membership(turn: Turn) -> Result:
    store = turn.store
    arn = f"arn:aws:security-ir:{store.region}:{store.account}:membership/{MEMBERSHIP_ID}"
    return {
        "membershipId": MEMBERSHIP_ID,
        "accountId": store.account,
        "region": store.region,
        "membershipArn": arn,
        "membershipStatus": "Active",
    }
