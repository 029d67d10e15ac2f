"""The operations on comments, of which there is no deletion."""

from __future__ import annotations

from sandbox.security_ir.errors import conflict
from sandbox.security_ir.service import Service
from sandbox.security_ir.store import Turn
from sandbox.security_ir.views import comment_item
from sandbox.security_ir.wire import Params, Result


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


def list_comments(service: Service, turn: Turn, params: Params) -> Result:
    """A page of a case's comments, oldest first."""
    case_id = params["caseId"]
    ranked = [(int(comment.comment_id), comment) for comment in turn.comments(case_id)]
    size = service.page_size(params)
    page, token = service.pager.page(f"ListComments {case_id}", ranked, params.get("nextToken"), size)
    return {"items": [comment_item(comment) for comment in page], "nextToken": token, "total": len(ranked)}


def _refuse_closed(service: Service, turn: Turn, case_id: str) -> None:
    if turn.case(case_id).status == "Closed" and not service.switches.comments_on_closed:
        raise conflict("A closed case takes no comments", case_id)
