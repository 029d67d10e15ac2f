"""What every test may ask for, and the rule that CI leaves no check out.

`SHARED_CONTRACTS` names the folder of the vendors' published specifications, `../shared/contracts` unless
set. It is not part of this repository: without it the tests that need it are skipped and named at the end of
the run. With `REQUIRE_CONTRACTS=1` they fail instead, and with `CI=true` every skip is a failure, whatever
its reason.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

REPOSITORY = Path(__file__).resolve().parents[1]
LEFT_OUT = "check left out"
"""What the reason of a skip has in it that is told at the end of the run: "<kind> check left out: why"."""


# CI answers the same for the same commit; elsewhere every run looks for new counter-examples.
settings.register_profile("ci", derandomize=True)
# `make soak`: laws that say so are tried with as many examples.
settings.register_profile("soak", max_examples=100_000)


def _is_on(variable: str) -> bool:
    return os.environ.get(variable, "").lower() in {"1", "true"}


if _is_on("CI"):
    settings.load_profile("ci")


CONTRACTS = Path(os.environ.get("SHARED_CONTRACTS") or REPOSITORY.parent / "shared" / "contracts")


def published() -> Path | None:
    """The folder of the vendors' published specifications where it is here: with it the simulated Jira is stricter."""
    return CONTRACTS if CONTRACTS.is_dir() else None


def hear_ctrl_c() -> None:
    """For `preexec_fn`: whoever runs the tests in the background has the signal ignored, and children inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The folder of the vendors' published specifications."""
    folder = published()
    if folder is not None:
        return folder
    if _is_on("REQUIRE_CONTRACTS"):
        pytest.fail(f"REQUIRE_CONTRACTS is set, and {CONTRACTS} is not here", pytrace=False)
    pytest.skip(f"contract {LEFT_OUT}: {CONTRACTS} is not here (SHARED_CONTRACTS names another place)")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _fail_if_skipped_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_if_skipped_in_ci(report)
    return report


def _fail_if_skipped_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    if _is_on("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"CI leaves no check out. {_reason(report)}"


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    left_out: dict[str, list[str]] = {}
    for report in terminalreporter.getreports("skipped"):
        reason = _reason(report).removeprefix("Skipped: ")
        if LEFT_OUT in reason:
            left_out.setdefault(reason, []).append(report.nodeid)
    for reason, checks in left_out.items():
        terminalreporter.section(f"{reason.partition(LEFT_OUT)[0]}{LEFT_OUT.replace('check', 'checks')}")
        terminalreporter.line(reason)
        for check in checks:
            terminalreporter.line(f"  {check}")
