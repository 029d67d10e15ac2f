"""A local AWS that runs this module for real: Terraform applies to it, and it runs the module's zips.

`Cloud` is the door; `Clock` is the time it tells.
"""

from __future__ import annotations

from .clock import Clock, ClockUnavailable
from .cloud import Cloud, CloudBusy, DeadLetter
from .dead_letters import Undelivered
from .functions import NoRuntime, UnknownFunction
from .guard import Call, Permission
from .runtime import Failure, Outcome
from .schedules import UnknownSchedule

__all__ = [
    "Call",
    "Clock",
    "ClockUnavailable",
    "Cloud",
    "CloudBusy",
    "DeadLetter",
    "Failure",
    "NoRuntime",
    "Outcome",
    "Permission",
    "Undelivered",
    "UnknownFunction",
    "UnknownSchedule",
]
