"""What the tests of the cases share besides their fixture."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.security_ir import SecurityIrServer
from security_ir_jira.cases.calls import CaseCalls
from security_ir_jira.cases.client import CaseClient


@dataclass(slots=True)
class Stage:
    service: SecurityIrServer
    waits: list[float] = field(default_factory=list)

    @property
    def client(self) -> CaseClient:
        return CaseClient(self.talk)

    @property
    def talk(self) -> CaseCalls:
        return CaseCalls.connect(self.waits.append)

    @property
    def calls(self) -> list[str]:
        return [record.operation for record in self.service.requests]
