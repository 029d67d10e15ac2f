"""The operations that write comments, of which there is no deletion."""

from __future__ import annotations

from sandbox.security_ir.refusals import conflict
from sandbox.security_ir.rules.service import Params, Result, Service
from sandbox.security_ir.state.store import Turn


def create_case_comment(service: Service, turn: Turn, params: Params) -> Result:
    """Add a comment; a known client token has its comment even where the case no longer takes any."""
    case_id = turn.case(params["caseId"]).case_id

    def act() -> str:
        _refuse_closed(service, turn, case_id)
        return turn.add_comment(case_id, params["body"]).comment_id

    return {"commentId": service.once("CreateCaseComment", turn, params, act)}


def update_case_comment(service: Service, turn: Turn, params: Params) -> Result:
    """Give a comment a new text."""
    case_id, comment_id = params["caseId"], params["commentId"]
    turn.comment(case_id, comment_id)
    _refuse_closed(service, turn, case_id)
    comment = turn.edit_comment(case_id, comment_id, params["body"])
    return {"commentId": comment.comment_id, "body": comment.body}


def _refuse_closed(service: Service, turn: Turn, case_id: str) -> None:
    if turn.case(case_id).status == "Closed" and not service.switches.comments_on_closed:
        raise conflict("A closed case takes no comments", case_id)
