"""Two sides, the people on them, and sweeps that come as scheduled."""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch

from sandbox.jira import Person, User
from sandbox.jira.state.workflow import Workflow
from sandbox.security_ir import Person as CasePerson
from security_ir_jira.config import Config
from tests.defaults import MAPPING
from tests.sync.loop import ACCOUNT, REGION, Loop, key_of, looped

CASE_SWEEP_SECONDS = 300
ISSUE_SWEEP_SECONDS = 900
"""The defaults of ``case_sweep_schedule`` and ``issue_sweep_schedule``."""
RESOLUTION = {"Done": {"resolution": {"name": "Done"}}}


@dataclass(slots=True)
class Stage:
    """``ada`` and ``bob`` work in Jira, ``grace`` on cases, ``amazon`` for AWS."""

    loop: Loop
    config: Config
    ada: Person
    bob: User
    _swept: float = 0.0

    @property
    def grace(self) -> CasePerson:
        return self.loop.service.person("grace")

    @property
    def amazon(self) -> CasePerson:
        return self.loop.service.aws_responder

    def own_case(self) -> str:
        """A self-managed case in step with its issue."""
        case_id = self.grace.open_case("Leaked key", "Found in a public repository.", resolver_type="Self")
        self.loop.settle()
        return case_id

    def key(self, case_id: str) -> str:
        return key_of(self.loop, case_id)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, with the sweeps that fall due."""
        end = self.loop.clock.now + seconds
        while self.loop.clock.now < end:
            self.loop.sweep_cases()
            if self.loop.clock.now - self._swept >= ISSUE_SWEEP_SECONDS:
                self._swept = self.loop.clock.now
                self.loop.sweep_issues()
            self.loop.advance(min(CASE_SWEEP_SECONDS, end - self.loop.clock.now))


@contextmanager
def staged(*, seed: int = 0, strict: bool = False, **settings: object) -> Iterator[Stage]:
    """A stage with an empty project; ``strict`` has a workflow of single steps whose end demands a resolution."""
    environment = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": REGION}
    chosen = {**({"transition_fields": RESOLUTION} if strict else {}), **settings}
    config = Config(name="security-ir-jira", account_id=ACCOUNT, status_mapping=MAPPING, **chosen)  # type: ignore[arg-type]  # what a test names
    # Waits have a jitter, and ids decide in which order things are listed: the same history is to have the same.
    random.seed(seed)
    ids = random.Random(seed)
    drawn = patch.object(uuid, "uuid4", lambda: uuid.UUID(int=ids.getrandbits(128), version=4))
    with patch.dict(os.environ, environment), drawn, looped(config) as loop:
        loop.jira.add_project("SEC", Workflow.strict() if strict else None)
        ada = loop.jira.person(loop.jira.add_user("Ada Lovelace", "ada@example.com"))
        yield Stage(loop, config, ada, loop.jira.add_user("Bob Kahn", "bob@example.com"))
