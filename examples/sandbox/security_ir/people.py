"""People who work on cases in the console, free of some rules that bind an API client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sandbox.security_ir.api.views import case_view
from sandbox.security_ir.api.wire import check_value
from sandbox.security_ir.state.model import Attachment, Case, ThreatActorIp, Watcher
from sandbox.security_ir.state.store import Actor, Store, new_attachment_id
from sandbox.security_ir.state.vault import Vault


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a name on cases and comments.

    Values must fit the service's model (``ValueError``), and cases must exist (``Refused``, 404).
    """

    store: Store
    vault: Vault
    actor: Actor

    def open_case(
        self,
        title: str,
        description: str = "Opened in the sandbox.",
        *,
        resolver_type: str = "AWS",
        status: str = "Submitted",
        engagement_type: str = "Security Incident",
        watchers: Sequence[Watcher | str] = (),
        impacted_accounts: Sequence[str] | None = None,
        regions: Sequence[str] = (),
        services: Sequence[str] = (),
        threat_actor_ips: Sequence[ThreatActorIp | str] = (),
        reported_start: datetime | None = None,
        tags: Mapping[str, str] | None = None,
        pending_action: str = "None",
    ) -> str:
        """Open a case and return its id. Without ``impacted_accounts`` it is the server's own account."""
        if status == "Closed":
            raise ValueError("Open the case first, then close it")
        accounts = (self.store.account,) if impacted_accounts is None else tuple(impacted_accounts)
        with self.store.turn(self.actor) as turn:
            draft = Case(
                case_id="",
                arn="",
                title=title,
                description=description,
                status=status,
                resolver_type=resolver_type,
                engagement_type=engagement_type,
                creator="",
                created=turn.date,
                last_updated=turn.date,
                reported_start=reported_start or turn.date,
                impacted_accounts=accounts,
                regions=tuple(regions),
                services=tuple(services),
                threat_actor_ips=_addresses(threat_actor_ips),
                watchers=_watchers(watchers),
                tags=tuple((tags or {}).items()),
                pending_action=pending_action,
            )
            _check(draft)
            return turn.new_case(draft).case_id

    def edit(
        self,
        case_id: str,
        *,
        title: str | None = None,
        description: str | None = None,
        engagement_type: str | None = None,
        reported_start: datetime | None = None,
        actual_start: datetime | None = None,
        pending_action: str | None = None,
        resolver_type: str | None = None,
        impacted_accounts: Sequence[str] | None = None,
        regions: Sequence[str] | None = None,
        services: Sequence[str] | None = None,
        threat_actor_ips: Sequence[ThreatActorIp | str] | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        """Give some attributes new values; lists are replaced as a whole."""
        with self.store.turn(self.actor) as turn:
            case = turn.case(case_id)
            addresses = case.threat_actor_ips if threat_actor_ips is None else threat_actor_ips
            changed = replace(
                case,
                title=case.title if title is None else title,
                description=case.description if description is None else description,
                engagement_type=engagement_type or case.engagement_type,
                reported_start=reported_start or case.reported_start,
                actual_start=actual_start or case.actual_start,
                pending_action=pending_action or case.pending_action,
                resolver_type=resolver_type or case.resolver_type,
                impacted_accounts=case.impacted_accounts if impacted_accounts is None else tuple(impacted_accounts),
                regions=case.regions if regions is None else tuple(regions),
                services=case.services if services is None else tuple(services),
                threat_actor_ips=_addresses(addresses),
                metadata=case.metadata if metadata is None else tuple(metadata.items()),
            )
            _check(changed)
            turn.save(changed)

    def tag(self, case_id: str, tags: Mapping[str, str]) -> None:
        """Give a case tags. No document says that this moves its date or has an event: it does neither here."""
        with self.store.turn(self.actor) as turn:
            case = turn.case(case_id)
            turn.keep(replace(case, tags=tuple((dict(case.tags) | dict(tags)).items())), moves_date=False)

    def set_status(self, case_id: str, status: str) -> None:
        """Move an open case to any status; :meth:`close` closes it."""
        check_value("CaseStatus", status)
        with self.store.turn(self.actor) as turn:
            case = turn.case(case_id)
            if "Closed" in (case.status, status):
                raise ValueError("A closed case stays closed, and close() is the way there")
            turn.save(replace(case, status=status))

    def close(self, case_id: str, code: str | None = None) -> None:
        """Close an open case, with one of the service's closure codes or without."""
        if code is not None:
            check_value("ClosureCode", code)
        with self.store.turn(self.actor) as turn:
            case = turn.case(case_id)
            if case.status == "Closed":
                raise ValueError("The case is closed already")
            turn.close(case, code)

    def delete(self, case_id: str) -> None:
        """Let a case vanish without an event: 404 afterwards."""
        with self.store.turn(self.actor) as turn:
            turn.delete(case_id)

    def add_watcher(self, case_id: str, watcher: Watcher | str) -> None:
        """Let somebody watch the case, or give a watcher new details."""
        added = _watchers([watcher])[0]
        with self.store.turn(self.actor) as turn:
            case = turn.case(case_id)
            others = [item for item in case.watchers if item.email.lower() != added.email.lower()]
            changed = replace(case, watchers=(*others, added))
            _check(changed)
            turn.save(changed)

    def remove_watcher(self, case_id: str, email: str) -> None:
        """Let somebody no longer watch the case."""
        with self.store.turn(self.actor) as turn:
            case = turn.case(case_id)
            others = tuple(item for item in case.watchers if item.email.lower() != email.lower())
            turn.save(replace(case, watchers=others))

    def comment(self, case_id: str, body: str) -> str:
        """Write a comment, also on a closed case, and return its id."""
        check_value("CommentBody", body)
        with self.store.turn(self.actor) as turn:
            return turn.add_comment(case_id, body).comment_id

    def edit_comment(self, case_id: str, comment_id: str, body: str) -> None:
        """Give any comment, whoever wrote it, a new text."""
        check_value("CommentBody", body)
        with self.store.turn(self.actor) as turn:
            turn.edit_comment(case_id, comment_id, body)

    def attach(self, case_id: str, name: str, content: bytes, status: str = "Verified") -> str:
        """Attach a file and return its id; a Pending one stays so until :meth:`set_attachment_status`."""
        check_value("FileName", name)
        check_value("CaseAttachmentStatus", status)
        check_value("ContentLength", len(content))
        attachment_id = new_attachment_id()
        self.vault.path(attachment_id).write_bytes(content)
        with self.store.turn(self.actor) as turn:
            attachment = Attachment(attachment_id, name, status, self.actor.principal, turn.date, len(content))
            turn.put_attachment(case_id, attachment)
        return attachment_id

    def set_attachment_status(self, case_id: str, attachment_id: str, status: str) -> None:
        """Settle a file by hand, ahead of the scan or instead of it."""
        check_value("CaseAttachmentStatus", status)
        with self.store.turn(self.actor) as turn:
            attachment = turn.attachment(case_id, attachment_id)
            turn.put_attachment(case_id, replace(attachment, status=status))


def _watchers(given: Sequence[Watcher | str]) -> tuple[Watcher, ...]:
    return tuple(Watcher(item) if isinstance(item, str) else item for item in given)


def _addresses(given: Sequence[ThreatActorIp | str]) -> tuple[ThreatActorIp, ...]:
    return tuple(ThreatActorIp(item) if isinstance(item, str) else item for item in given)


def _check(case: Case) -> None:
    shown = {name: value for name, value in case_view(case).items() if name != "caseArn"}
    check_value("GetCaseResponse", shown)
