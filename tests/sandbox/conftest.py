"""The whole product on one machine, applied once for all tests that use it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.stage import Settings, Stage
from tests.conftest import REPOSITORY, published

from .cloud_stage import runtime_python
from .play import Play


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The module applied by Terraform to the local AWS, with both servers, on virtual time; tests sweep by hand."""
    settings = Settings(
        packages=REPOSITORY / "dist",
        runtime_python=runtime_python(),
        contract=published(),
        virtual=True,
        module={
            "case_sweep_schedule": "rate(30 days)",
            "issue_sweep_schedule": "rate(30 days)",
            "log_level": "debug",
        },
    )
    with Stage(settings) as running:
        running.raise_curtain()
        yield running


@pytest.fixture
def play(stage: Stage) -> Iterator[Play]:
    """The stage at rest, with logs of requests emptied; nothing may be broken at the end."""
    playing = Play(stage)
    playing.rest()
    playing.forget()
    yield playing
    assert stage.jira.violations == []
    assert stage.security_ir.violations == []
    assert stage.cloud.unauthorised_calls() == []
    assert stage.cloud.undelivered == []
    stage.jira.faults.clear()
    stage.security_ir.faults.clear()
