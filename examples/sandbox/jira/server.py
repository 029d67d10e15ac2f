"""The simulated Jira Cloud site: its HTTP face, and the face for tests and for the people of a story.

server = JiraServer(contract=Path("../shared/contracts"))
server.start()
server.add_project("SEC", workflow=Workflow.strict())
alice = server.person(server.add_user("Alice", "alice@example.com"))
issue = alice.create_issue("SEC", "Suspicious login")
... the system under test works against server.url ...
assert server.comments(issue.key)[-1].text == "…"
assert not server.violations
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self

from sandbox.jira.api.app import GATEWAY, App
from sandbox.jira.people import Person
from sandbox.jira.rules.permissions import PERMISSIONS
from sandbox.jira.state.model import Comment, Field, Issue, Project, User
from sandbox.jira.state.site import Site
from sandbox.jira.state.store import Store
from sandbox.jira.state.switches import Switches
from sandbox.jira.state.workflow import Workflow
from sandbox.jira.webhooks import Webhooks
from sandbox.serving import Faults, Listener, Log, LoopbackServer, Request, Watch

INTEGRATION = "712020:00000000-5b10-4284-8c20-165700ede21f"


class JiraServer:
    """A site with one integration account, reached by Basic ``email:token`` or by ``Bearer token``.

    ``clock`` gives epoch seconds, ``port`` 0 takes any that is free. ``contract`` is the folder of the published
    specifications; with it every request and every answer is held against them, and breaches are listed in
    ``violations``. ``valid_tokens`` are those that are accepted, ``switches`` what differs from site to site, and
    ``faults`` trouble on demand.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        contract: Path | None = None,
        email: str = "integration@example.com",
        token: str = "jira-token",
        time_zone: str = "UTC",
        port: int = 0,
    ) -> None:
        self.email = email
        self.token = token
        self.integration = User(INTEGRATION, "Security integration", email, time_zone=time_zone)
        self.site = Site(self.integration, [self.integration])
        self.site.denied |= {name for name, granted in PERMISSIONS.items() if not granted}
        self.switches = Switches()
        self.faults = Faults()
        self.valid_tokens = {token}
        self._log = Log()
        self._folder = tempfile.TemporaryDirectory(prefix="jira-", ignore_cleanup_errors=True)
        self.store = Store(self.site, self.switches, clock, Path(self._folder.name))
        app = App(self.store, self.faults, self._log, self.valid_tokens, contract)
        self._http = LoopbackServer(app.respond, "jira", port)
        app.url = self.url = self._http.url
        self.webhooks = Webhooks(self.store, lambda: self.url)
        self.on_change.append(self.webhooks.on_change)

    def start(self) -> Self:
        self._http.start()
        return self

    def stop(self) -> None:
        """Close every connection and delete the attachments' files."""
        self._http.stop()
        self._folder.cleanup()

    def watch(self, watch: Watch) -> None:
        """Let every request pass by ``watch``."""
        self._http.watch(watch)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def gateway_url(self) -> str:
        """The same site as behind ``https://api.atlassian.com/ex/jira/{cloudId}``."""
        return f"{self.url}{GATEWAY}"

    @property
    def down(self) -> bool:
        """Whether every request is answered 503."""
        return self.faults.down

    @down.setter
    def down(self, down: bool) -> None:
        self.faults.down = down

    @property
    def on_change(self) -> list[Listener[str]]:
        """Called with (kind, issue key) after each change, whoever made it, while no lock is held.

        A change by request is told before its answer is sent: Jira's own automation is often faster than the answer.

        The kinds for which Jira Automation has triggers are in ``RINGING``.
        """
        return self.store.turns.on_change

    # The site and its people

    def add_user(self, name: str, email: str, *, email_visible: bool = True, kind: str = "atlassian") -> User:
        """``kind`` is ``atlassian``, ``app`` or ``customer``."""
        with self.store.turn():
            return self.site.add_user(name, email, email_visible=email_visible, kind=kind)

    def add_administrator(self, name: str, email: str, token: str) -> User:
        """Somebody who may register webhooks, signing in with this address and token."""
        user = self.add_user(name, email)
        self.site.administrators[email, token] = user
        return user

    def person(self, user: User) -> Person:
        return Person(self.store, user)

    def person_named(self, name: str, email: str) -> Person:
        """The one of that name, who gets an account the first time."""
        with self.store.turn():
            known = next((user for user in self.site.users if user.name == name), None)
            return self.person(known or self.add_user(name, email))

    def add_field(self, field_id: str, name: str, kind: str = "text", options: Iterable[str] = ()) -> Field:
        """A custom field on every screen; the kinds are those of ``Field``."""
        field = Field(field_id, name, kind, tuple(options))
        with self.store.turn():
            self.site.custom_fields[field_id] = field
        return field

    def add_project(
        self,
        key: str,
        workflow: Workflow | None = None,
        kind: str = "software",
        issue_types: Iterable[str] = ("Task", "Bug", "Sub-task"),
        required_fields: Iterable[str] = (),
        hidden_on_create: Iterable[str] = (),
    ) -> Project:
        """``required_fields`` are demanded at creation; ``hidden_on_create``, such as labels, refused there."""
        with self.store.turn():
            project = self.site.add_project(key, workflow or Workflow.simple(), kind, issue_types, required_fields)
            project.hidden_on_create = frozenset(hidden_on_create)
            return project

    def withdraw(self, project: str | None, *permissions: str) -> None:
        """Take permissions (by default to browse) from the integration, in a project or on the whole site."""
        with self.store.turn():
            self._denied(project).update(permissions or ("BROWSE_PROJECTS",))

    def grant(self, project: str | None, *permissions: str) -> None:
        """Give back what ``withdraw`` took; by default to browse."""
        with self.store.turn():
            self._denied(project).difference_update(permissions or ("BROWSE_PROJECTS",))

    def _denied(self, project: str | None) -> set[str]:
        return self.site.denied if project is None else self.site.projects[project].denied

    # What can be observed

    def issue(self, key: str) -> Issue:
        """The issue as it is now, by id, key or former key; KeyError where there is none."""
        with self.store.turn():
            found = self.store.peek(key)
        if found is None:
            raise KeyError(key)
        return found

    def issues(self, project: str | None = None) -> list[Issue]:
        """The issues of a project, or all, in the order of their creation."""
        with self.store.turn():
            return [issue for issue in self.store.all() if project in (None, issue.project)]

    def comments(self, key: str) -> tuple[Comment, ...]:
        """Every comment, oldest first, restricted and internal ones too."""
        return self.issue(key).comments

    @property
    def requests(self) -> list[Request]:
        """Every request since the start or ``reset_log``, in the order of their answers."""
        return list(self._log.requests)

    def writes(self) -> list[Request]:
        """The requests that changed something, whatever became of their answers."""
        return [request for request in self.requests if request.is_write]

    def reset_log(self) -> None:
        """Forget the requests; violations stay."""
        self._log.requests.clear()

    @property
    def violations(self) -> list[str]:
        """Breaches of the contract, each as ``METHOD path: what is wrong``."""
        return list(self._log.violations)
