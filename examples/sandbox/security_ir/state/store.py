"""The cases, and the one lock that everybody who reads or changes them holds."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sandbox.security_ir.refusals import case_not_found, not_found
from sandbox.security_ir.state.model import Attachment, Case, Comment
from sandbox.security_ir.state.switches import Switches
from sandbox.serving import Turns

_FIRST_CASE = 1_000_000_001
_FIRST_COMMENT = 100_001


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the principal that cases and comments show, and the coarser name that events carry.

    https://docs.aws.amazon.com/security-ir/latest/userguide/events-detail-reference-full.html
    """

    principal: str
    event_name: str


SERVICE = Actor("security-ir.amazonaws.com", "security-ir.amazonaws.com")


class Store:
    """Every case with its comments; all access is by :meth:`turn`."""

    def __init__(self, clock: Callable[[], float], *, region: str, account: str, switches: Switches) -> None:
        self.clock = clock
        self.region = region
        self.account = account
        self.switches = switches
        self.turns: Turns[dict[str, str]] = Turns()
        self.cases: dict[str, Case] = {}
        self.comments: dict[str, dict[str, Comment]] = {}
        self.scans: list[tuple[float, str, str]] = []
        self.next_case = _FIRST_CASE

    @contextmanager
    def turn(self, actor: Actor = SERVICE) -> Iterator[Turn]:
        """Hold the lock for one action; its events go out once the lock is free."""
        with self.turns.turn():
            turn = Turn(self, actor, self.clock())
            turn.finish_scans()
            yield turn

    def arn(self, case_id: str) -> str:
        """The ARN of a case, of the one partition that the service's own patterns know."""
        return f"arn:aws:security-ir:{self.region}:{self.account}:case/{case_id}"


@dataclass(slots=True)
class Turn:
    """One actor's action at one moment. ``now`` is in epoch seconds; nothing here asks who may do what."""

    store: Store
    actor: Actor
    now: float
    replayed: bool = False

    @property
    def date(self) -> datetime:
        """Now, as the service shows it."""
        return as_date(self.now)

    def case(self, case_id: str) -> Case:
        """The case as it is now.

        Raises:
            Refused: 404.
        """
        found = self.store.cases.get(case_id)
        if found is None:
            raise case_not_found(case_id)
        return found

    def new_case(self, draft: Case) -> Case:
        """Take in a case whose id, ARN, creator and dates are filled in here."""
        case_id = str(self.store.next_case)
        self.store.next_case += 1
        case = replace(
            draft,
            case_id=case_id,
            arn=self.store.arn(case_id),
            creator=self.actor.principal,
            created=self.date,
            last_updated=self.date,
        )
        self.store.cases[case_id] = case
        self.store.comments[case_id] = {}
        self._event("Case Created", case_id, "createdBy")
        return case

    def save(self, case: Case) -> Case:
        """Put a changed case in the place of the old one, and tell of it."""
        saved = self.keep(case)
        self._event("Case Updated", case.case_id, "updatedBy")
        return saved

    def close(self, case: Case, code: str | None) -> Case:
        """Close a case for good."""
        closed = replace(case, status="Closed", closed=self.date, closure_code=code, pending_action="None")
        # The documented example of this event names no actor.
        self.store.turns.ring("Case Closed", {"caseId": case.case_id})
        return self.keep(closed)

    def keep(self, case: Case, *, moves_date: bool = True) -> Case:
        """Put a changed case in the place of the old one, but tell nobody."""
        updated = max(self.date, case.last_updated) if moves_date else case.last_updated
        saved = replace(case, last_updated=updated)
        self.store.cases[case.case_id] = saved
        return saved

    def delete(self, case_id: str) -> None:
        """Let a case vanish, as if it had never been."""
        del self.store.cases[self.case(case_id).case_id]
        del self.store.comments[case_id]

    def comments(self, case_id: str) -> list[Comment]:
        """The comments of a case in the order of their creation."""
        return list(self.store.comments[self.case(case_id).case_id].values())

    def comment(self, case_id: str, comment_id: str) -> Comment:
        """One comment.

        Raises:
            Refused: 404.
        """
        found = self.store.comments[self.case(case_id).case_id].get(comment_id)
        if found is None:
            raise not_found(f"Comment {comment_id} of case {case_id}")
        return found

    def add_comment(self, case_id: str, body: str) -> Comment:
        """Write a comment in the actor's name."""
        case = self.case(case_id)
        comments = self.store.comments[case_id]
        comment_id = str(_FIRST_COMMENT + len(comments))
        who = self.actor.principal
        comment = Comment(comment_id, body, who, self.date, self.date, who)
        comments[comment_id] = comment
        self.keep(case, moves_date=self.store.switches.comment_moves_date)
        self._event("Case Comment Added", case_id, "createdBy")
        return comment

    def edit_comment(self, case_id: str, comment_id: str, body: str) -> Comment:
        """Give a comment a new text; it keeps its creator."""
        case = self.case(case_id)
        comment = replace(
            self.comment(case_id, comment_id),
            body=body,
            last_updated=self.date,
            last_updated_by=self.actor.principal,
        )
        self.store.comments[case_id][comment_id] = comment
        self.keep(case, moves_date=self.store.switches.comment_moves_date)
        self._event("Case Comment Updated", case_id, "updatedBy")
        return comment

    def put_attachment(self, case_id: str, attachment: Attachment) -> None:
        """Add a file to a case, or put it in the place of the one with its id. No event tells of files."""
        case = self.case(case_id)
        kept = {old.attachment_id: old for old in case.attachments} | {attachment.attachment_id: attachment}
        self.keep(
            replace(case, attachments=tuple(kept.values())),
            moves_date=self.store.switches.attachment_moves_date,
        )

    def attachment(self, case_id: str, attachment_id: str) -> Attachment:
        """One file of a case.

        Raises:
            Refused: 404.
        """
        for attachment in self.case(case_id).attachments:
            if attachment.attachment_id == attachment_id.lower():
                return attachment
        raise not_found(f"Attachment {attachment_id} of case {case_id}")

    def schedule_scan(self, case_id: str, attachment_id: str) -> None:
        """Let a Pending file become Verified or Failed when its time has come."""
        delay = self.store.switches.scan_seconds
        if delay is not None:
            self.store.scans.append((self.now + delay, case_id, attachment_id))

    def finish_scans(self) -> None:
        """Settle the files whose scan is over; asked at every turn, so no thread has to wait for it."""
        due = [scan for scan in self.store.scans if scan[0] <= self.now]
        self.store.scans = [scan for scan in self.store.scans if scan[0] > self.now]
        for at, case_id, attachment_id in due:
            if case_id not in self.store.cases:
                continue
            attachment = self.attachment(case_id, attachment_id)
            if attachment.status == "Pending":
                verdict = replace(attachment, status=self.store.switches.scan_verdict)
                Turn(self.store, SERVICE, at).put_attachment(case_id, verdict)

    def _event(self, detail_type: str, case_id: str, actor_key: str) -> None:
        self.store.turns.ring(detail_type, {"caseId": case_id, actor_key: self.actor.event_name})


def as_date(epoch_seconds: float) -> datetime:
    """The moment as the service shows it: in UTC, cut to milliseconds."""
    return datetime.fromtimestamp(int(epoch_seconds * 1000) / 1000, UTC)


def new_attachment_id() -> str:
    """An id as the model's pattern has it."""
    return str(uuid.uuid4())
