"""EventBridge Scheduler: fires ``rate(…)`` schedules into queues. moto stores schedules and never fires them."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from . import dead_letters, policy
from .backends import Backends, Schedule
from .clock import Clock
from .dead_letters import Refusal, Undelivered

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}

# (role ARN, action, resource ARN) → whether that role may do it.
MayRole = Callable[[str, policy.Ask], bool]


class UnknownSchedule(LookupError):
    """No schedule of that name; the message lists those there are."""


class Schedules:
    """The account's schedules and when each is due next.

    A ``rate`` schedule is first due one period after its creation or change. ``cron`` and ``at`` schedules are never
    due by themselves: `fire` them.
    """

    def __init__(self, backends: Backends, clock: Clock, may: MayRole, report: Callable[[Undelivered], None]) -> None:
        self._backends = backends
        self._clock = clock
        self._may = may
        self._report = report
        self._due: dict[str, tuple[str, float]] = {}

    def next_due(self) -> float | None:
        """When the next enabled schedule is due, in seconds since the epoch; None where none is."""
        return min((due for _, due in self._plan()), default=None)

    def due(self) -> dict[str, float]:
        """When each enabled schedule is due, by its name."""
        return {schedule.name: due for schedule, due in self._plan()}

    def fire_due(self) -> None:
        """Fire whatever is due by now."""
        now = self._clock.time()
        for schedule, due in self._plan():
            if due > now:
                continue
            period = period_seconds(schedule.schedule_expression) or 0.0
            # Late by several periods (a laptop that slept): fired once, as a sweep needs no second time.
            late = (now - due) // period
            self._due[schedule.arn] = (_version(schedule), due + (late + 1) * period)
            self._send(schedule)

    def fire(self, name: str) -> None:
        """Fire one schedule now, due or not, whatever its state. Raises `UnknownSchedule`."""
        self._send(self.find(name))

    def find(self, part: str) -> Schedule:
        """The one schedule whose name is, or contains, `part`. Raises `UnknownSchedule`."""
        schedules = self._backends.schedules()
        found = [s for s in schedules if s.name == part] or [s for s in schedules if part in s.name]
        if len(found) != 1:
            raise UnknownSchedule(f"{part!r} names {len(found)} of {sorted(s.name for s in schedules)}")
        return found[0]

    def _plan(self) -> list[tuple[Schedule, float]]:
        plan = []
        for schedule in self._backends.schedules():
            period = period_seconds(schedule.schedule_expression)
            if schedule.state == "DISABLED" or period is None:
                continue
            version, due = self._due.get(schedule.arn, ("", 0.0))
            if version != _version(schedule):
                due = self._clock.time() + period
                self._due[schedule.arn] = (_version(schedule), due)
            plan.append((schedule, due))
        return sorted(plan, key=lambda planned: planned[1])

    def _send(self, schedule: Schedule) -> None:
        arn = str(schedule.target["Arn"])
        refusal = self._refusal(schedule, arn)
        if refusal is None:
            self._backends.sqs.send_message(arn.rsplit(":", 1)[-1], _input(schedule))
        else:
            self._dead_letter(schedule, arn, refusal)

    def _refusal(self, schedule: Schedule, queue_arn: str) -> Refusal | None:
        """Why the schedule cannot send to a queue; None where it can."""
        role = str(schedule.target.get("RoleArn"))
        if self._backends.queue_by_arn(queue_arn) is None:
            return Refusal("AWS.SimpleQueueService.NonExistentQueue", "no such queue")
        if not self._may(role, policy.Ask("sqs:SendMessage", queue_arn)):
            return Refusal("AccessDenied", f"{role} may not send to it")
        return None

    def _dead_letter(self, schedule: Schedule, target: str, refusal: Refusal) -> None:
        """Dead-letter the call that was not taken, with what Scheduler says of it.

        Scheduler's page calls the body the details of the call and shows one of SendMessage; whether another kind of
        target's is its input alone, it does not say: https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
        """
        arn = schedule.target.get("DeadLetterConfig", {}).get("Arn")
        queue = self._backends.queue_by_arn(arn) if arn and self._refusal(schedule, arn) is None else None
        if queue is None:
            self._report(Undelivered(schedule.arn, target, refusal.message))
            return
        attributes = {
            "SCHEDULE_ARN": schedule.arn,
            "TARGET_ARN": target,
            "ERROR_CODE": refusal.code,
            "ERROR_MESSAGE": refusal.message,
            "EXECUTION_ID": str(uuid.uuid4()),
            "IS_PAYLOAD_TRUNCATED": "false",
            "RETRY_ATTEMPTS": "0",
            "SCHEDULED_TIME": datetime.fromtimestamp(self._clock.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        url = f"https://sqs.{self._backends.region}.amazonaws.com/{'/'.join(target.split(':')[-2:])}"
        call = json.dumps({"MessageBody": _input(schedule), "QueueUrl": url})
        dead_letters.take(self._backends, queue, call, attributes)


def _input(schedule: Schedule) -> str:
    return schedule.target.get("Input") or json.dumps({})


def period_seconds(expression: str) -> float | None:
    """``rate(5 minutes)`` → 300.0; None for other kinds of expression."""
    found = _RATE.fullmatch(expression)
    return float(int(found.group(1)) * _SECONDS[found.group(2)]) if found else None


def _version(schedule: Schedule) -> str:
    return f"{schedule.schedule_expression}|{schedule.state}|{schedule.creation_date}"
