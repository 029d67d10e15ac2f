"""A security-ir service that holds its contract."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.security_ir import SecurityIrServer
from tests.unit.cases.service import Stage


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with SecurityIrServer() as service:
        for name, value in (
            ("AWS_ACCESS_KEY_ID", "AKIATESTING"),
            ("AWS_SECRET_ACCESS_KEY", "testing"),
            ("AWS_DEFAULT_REGION", "eu-central-1"),
            ("AWS_ENDPOINT_URL_SECURITY_IR", service.url),
        ):
            monkeypatch.setenv(name, value)
        yield Stage(service)
        assert service.violations == []
