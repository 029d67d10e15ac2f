"""What births and changes call, and how long a first apply to thousands of open cases takes in virtual time."""

from __future__ import annotations

from collections import Counter, defaultdict

from .stage import Bench, Run, bench

SECONDS = {"security-ir": 0.1, "dynamodb": 0.006, "events": 0.015, "jira": 0.15}
"""What a call takes, from within a Region."""
AT_ONCE = {"security_ir_poller": 2, "jira_notifications_handler": 2, "jira_client": 10, "security_ir_client": 10}
"""Runs of a function at one time: `maximum_concurrency` in main.tf."""
CASES = 100
SCALED_TO = 2_000


def called(run: Run) -> list[str]:
    """The service of each call of a run."""
    services = (call.split(" ")[0] for call in run.calls)
    return [service if service in SECONDS else "jira" for service in services]


def told(what: str, runs: list[Run]) -> None:
    services = Counter(service for run in runs for service in called(run))
    external = services["jira"] + services["security-ir"]
    print(f"{what:36} {external:3} requests, {len(runs):2} runs, {services['dynamodb']:3} calls to the ledger")


def changes(stage: Bench) -> None:
    """A birth and a comment each way."""
    told("case -> issue", stage.of(lambda: stage.loop.service.aws_responder.open_case("Another", "Some text")))
    told("issue -> case", stage.of(lambda: stage.ada.create_issue("SEC", "Another, too", "Some text")))
    case_id, key = next(iter(stage.loop.pairs().items()))
    told("a comment on a case", stage.of(lambda: stage.loop.service.aws_responder.comment(case_id, "News.")))
    told("a comment on an issue", stage.of(lambda: stage.ada.comment(key, "News.")))


def first_apply(stage: Bench) -> None:
    """Open cases that are met for the first time: the busiest function decides when the last of them has its issue."""
    stage.loop.native = stage.loop.automation = False
    for number in range(CASES):
        stage.loop.service.aws_responder.open_case(f"Case {number}", "Some text")
    stage.loop.advance(7_200)
    stage.loop.native = stage.loop.automation = True
    stage.loop.jira.reset_log()
    runs = stage.of(stage.loop.sweep_cases)
    seconds: dict[str, float] = defaultdict(float)
    for run in runs:
        seconds[run.queue] += sum(SECONDS[service] for service in called(run)) + run.cpu_seconds
    busiest = max(seconds[queue] / at_once for queue, at_once in AT_ONCE.items())
    scale = SCALED_TO / CASES
    print(
        f"first apply, {SCALED_TO} open cases: {len(stage.loop.jira.requests) * scale:.0f} requests to Jira, ", end=""
    )
    print(f"{busiest * scale / 60:.1f} minutes")


def main() -> None:
    with bench() as stage:
        changes(stage)
        first_apply(stage)


if __name__ == "__main__":
    main()
