"""The server as its users see it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Self

from sandbox.security_ir.api.app import App, Authoriser
from sandbox.security_ir.people import Person
from sandbox.security_ir.rules.presigned import Presigner
from sandbox.security_ir.rules.service import Service
from sandbox.security_ir.state.model import Case, Comment
from sandbox.security_ir.state.store import SERVICE, Actor, Store
from sandbox.security_ir.state.switches import Switches
from sandbox.security_ir.state.vault import Vault
from sandbox.serving import Faults, Listener, Log, LoopbackServer, Request, Watch


class SecurityIrServer:
    """An AWS Security Incident Response service of one account in one Region, on loopback.

    ``clock`` gives epoch seconds; dates, expiries and scans follow it, and only it. Everything may be used
    from any thread. ``url`` is the endpoint for ``AWS_ENDPOINT_URL_SECURITY_IR``. ``switches`` holds what the real
    service leaves open, ``faults`` trouble on demand, and ``down`` closes every connection without an answer.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        region: str = "eu-central-1",
        account: str = "123456789012",
    ) -> None:
        self.switches = Switches()
        self.faults = Faults()
        self._log = Log()
        self._vault = Vault()
        self._store = Store(clock, region=region, account=account, switches=self.switches)
        self._service = Service(self._store, self.switches, self._vault, Presigner())
        self._app = App(self._service, self.faults, self._log)
        self._http = LoopbackServer(self._app.respond, "security-ir")
        self.url = self._service.presigner.base_url = self._http.url

    def start(self) -> Self:
        """Begin to serve."""
        self._http.start()
        return self

    def stop(self) -> None:
        """Serve no more and delete the files; cases and log can still be looked at."""
        self._http.stop()
        self._vault.clean_up()

    def watch(self, watch: Watch) -> None:
        """Let every request pass by ``watch``."""
        self._http.watch(watch)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def down(self) -> bool:
        """Whether nobody gets an answer."""
        return self.faults.down

    @down.setter
    def down(self, value: bool) -> None:
        self.faults.down = value

    @property
    def principals(self) -> dict[str, str]:
        """The principal (the model's PrincipalId) behind an access key id; others are an assumed role."""
        return self._app.principals

    @property
    def authorise(self) -> Authoriser | None:
        """Asked with access key id, IAM action and resource ARN or "*"; ``False`` is an AccessDenied."""
        return self._app.authorise

    @authorise.setter
    def authorise(self, value: Authoriser | None) -> None:
        self._app.authorise = value

    @property
    def on_change(self) -> list[Listener[dict[str, str]]]:
        """Called with the detail-type and detail of each native event, no lock held, before the answer."""
        return self._store.turns.on_change

    @property
    def aws_responder(self) -> Person:
        """AWS's own responders, under the one name they have."""
        return self._person(Actor("AWS Responder", "AWS Responder"))

    @property
    def service(self) -> Person:
        """The service itself, which opens cases of its own accord."""
        return self._person(SERVICE)

    def person(self, name: str) -> Person:
        """A user of the account, by IAM user name."""
        account = self._store.account
        return self._person(Actor(f"arn:aws:iam::{account}:user/{name}", account))

    def _person(self, actor: Actor) -> Person:
        return Person(self._store, self._vault, actor)

    def case(self, case_id: str) -> Case:
        """A case as it is now; ``Refused`` (404) where there is none."""
        with self._store.turn() as turn:
            return turn.case(case_id)

    def cases(self) -> list[Case]:
        """All cases in the order of their creation."""
        with self._store.turn():
            return list(self._store.cases.values())

    def cases_with_comments(self) -> list[tuple[Case, tuple[Comment, ...]]]:
        """All cases with their comments as they are at one moment; whose comments change is another case, too."""
        with self._store.turn() as turn:
            return [(case, tuple(turn.comments(case.case_id))) for case in self._store.cases.values()]

    def comments(self, case_id: str) -> list[Comment]:
        """A case's comments in the order of their creation."""
        with self._store.turn() as turn:
            return turn.comments(case_id)

    def content(self, case_id: str, attachment_id: str) -> bytes:
        """The bytes of a file."""
        with self._store.turn() as turn:
            return self._vault.path(turn.attachment(case_id, attachment_id).attachment_id).read_bytes()

    def expire_page_tokens(self) -> None:
        """Make every pagination token given out so far invalid."""
        self._service.pager.expire()

    @property
    def requests(self) -> list[Request]:
        """Every request since the start or ``reset_log``, in the order of their answers."""
        return list(self._log.requests)

    def writes(self) -> list[Request]:
        """The requests that would change something, whatever their answer was."""
        return [request for request in self.requests if request.is_write]

    def reset_log(self) -> None:
        """Forget the requests; violations stay."""
        self._log.requests.clear()

    @property
    def violations(self) -> list[str]:
        """What no correct client would have sent, in words."""
        return list(self._log.violations)
