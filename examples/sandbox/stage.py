"""Everything at once: the local AWS with the module applied, a Jira and a security-ir server, joined by their bells."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from . import security_ir
from .bells import Bells
from .cloud import Cloud
from .cloud.clock import Clock
from .cloud.traffic import Named
from .jira import RINGING, JiraServer, Workflow
from .security_ir import SecurityIrServer
from .terraform import Terraform

REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Servers to use instead of the sandbox's own; ``jira_email`` and ``jira_token`` sign in to that Jira."""

    jira_url: str | None = None
    jira_email: str = ""
    jira_token: str = ""
    security_ir_url: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """``packages`` holds the zips, ``runtime_python`` a venv with awslambdaric and boto3 only.

    ``contract`` is the folder of the vendors' specifications, if there is one. ``virtual`` time jumps to what is due
    next. ``module`` holds further settings of the module, by their names. ``automation_delay`` is what a Jira
    automation rule takes, in seconds of real time, and ``rules`` whether there are any: Jira's own webhooks may be
    the only bell.
    """

    packages: Path
    runtime_python: Path
    contract: Path | None = None
    project: str = "SEC"
    virtual: bool = False
    automation_delay: float = 0.0
    rules: bool = True
    elsewhere: Elsewhere = Elsewhere()
    module: Mapping[str, Any] = field(default_factory=dict)
    workflow: Callable[[], Workflow] = Workflow.simple


class Stage:
    """The sandbox, from start to end. Use as a context manager; ``raise_curtain`` applies the module."""

    def __init__(self, settings: Settings, say: Callable[[str], None] = print) -> None:
        self.settings = settings
        self.clock = Clock(virtual=settings.virtual)
        self.jira = JiraServer(clock=self.clock.time, contract=settings.contract)
        self.security_ir = SecurityIrServer(clock=self.clock.time, region=REGION)
        elsewhere = settings.elsewhere
        self.jira_url = elsewhere.jira_url or self.jira.url
        self.security_ir_url = elsewhere.security_ir_url or self.security_ir.url
        self.cloud = Cloud(
            runtime_python=settings.runtime_python,
            region=REGION,
            function_environment={"AWS_ENDPOINT_URL_SECURITY_IR": self.security_ir_url},
            clock=self.clock,
        )
        self.jira.watch(self.cloud.traffic.watch(lambda asked: Named("jira", f"{asked.method} {asked.path}")))
        self.security_ir.watch(self.cloud.traffic.watch(lambda asked: Named("security-ir", security_ir.named(asked))))
        self.bells = Bells(self.clock.time)
        self.outputs: dict[str, Any] = {}
        self._say = say
        self._open = ExitStack()
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            home = Path(opening.enter_context(tempfile.TemporaryDirectory(prefix="security-ir-jira-")))
            opening.enter_context(self.cloud)
            opening.enter_context(self.jira)
            opening.enter_context(self.security_ir)
            self.security_ir.authorise = self.cloud.authorise
            self.terraform = Terraform(
                home=home,
                endpoint=self.cloud.url,
                region=REGION,
                settings=self._module_settings(),
                token=self.settings.elsewhere.jira_token or self.jira.token,
                say=self._say,
            )
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._open.close()

    def _module_settings(self) -> dict[str, Any]:
        return {
            "lambda_packages": {"directory": str(self.settings.packages)},
            "jira_url": self.jira_url,
            "jira_email": self.settings.elsewhere.jira_email or self.jira.email,
            "jira_project_key": self.settings.project,
            **self.settings.module,
        }

    def raise_curtain(self) -> None:
        """Apply the module, add the project, and let both systems ring from now on."""
        self.outputs = self.terraform.apply()
        if self.settings.elsewhere.jira_url is None:
            self.jira.add_project(self.settings.project, workflow=self.settings.workflow())
            if self.settings.rules:
                self.jira.on_change.append(self._automation_rule)
            if not self.settings.virtual:
                threading.Thread(target=self._send_webhooks_again, name="jira-webhooks", daemon=True).start()
        if self.settings.elsewhere.security_ir_url is None:
            self.security_ir.on_change.append(self._native_event)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """No rule of Jira's rings meanwhile: what happens there is told by nobody."""
        bells = list(self.jira.on_change)
        self.jira.on_change.clear()
        try:
            yield
        finally:
            self.jira.on_change.extend(bells)

    def _send_webhooks_again(self) -> None:
        """What Jira could not deliver; on virtual time whoever lets it pass says when."""
        while not self._ended.wait(1.0):
            self.jira.webhooks.send_due()

    def _automation_rule(self, kind: str, key: str) -> None:
        """What the rules of the guide do in Jira: tell the topic which issue changed."""
        if kind in RINGING and self.outputs:
            self.bells.ring("Jira", kind, key, lambda: self._tell_the_topic(key))

    def _tell_the_topic(self, key: str) -> None:
        topic, message = self.outputs["jira_notifications_topic_arn"], {"automationData": {"IssueId": key}}
        rule = threading.Timer(self.settings.automation_delay, self.cloud.publish, (topic, message))
        rule.daemon = True
        rule.start()
        if not self.settings.automation_delay:
            rule.join()

    def _native_event(self, kind: str, detail: dict[str, str]) -> None:
        self.bells.ring("security-ir", kind, detail["caseId"], lambda: self._put_event(kind, detail))

    def _put_event(self, kind: str, detail: dict[str, str]) -> None:
        self.cloud.put_native_event(kind, dict(detail))
