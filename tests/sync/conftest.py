"""One loop a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.jira import Person
from security_ir_jira.config import Config
from tests.conftest import published
from tests.defaults import MAPPING

from .loop import ACCOUNT, Loop, looped, open_case


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
        ("AWS_REGION", "eu-central-1"),
    ):
        monkeypatch.setenv(name, value)


@pytest.fixture
def config() -> Config:
    return Config(name="security-ir-jira", account_id=ACCOUNT, status_mapping=MAPPING)


@pytest.fixture
def loop(config: Config) -> Iterator[Loop]:
    with looped(config, published()) as running:
        running.jira.add_project("SEC")
        yield running
        assert running.jira.violations == []
        assert running.service.violations == []
        assert running.overreaches == []


@pytest.fixture
def ada(loop: Loop) -> Person:
    """Somebody who works in Jira."""
    return loop.jira.person(loop.jira.add_user("Ada Lovelace", "ada@example.com"))


@pytest.fixture
def case_id(loop: Loop) -> str:
    """An AWS-managed case in step with its issue."""
    case = open_case(loop)
    loop.settle()
    return case


@pytest.fixture
def own_case(loop: Loop) -> str:
    """A self-managed case in step with its issue."""
    case = loop.service.person("grace").open_case("Leaked key", "Found in a public repository.", resolver_type="Self")
    loop.settle()
    return case
