"""Each run of a function as one who watches would tell it: what it was handed, what it asked of whom, what it said."""

from __future__ import annotations

from dataclasses import dataclass, field

from .runtime import Outcome


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request of a run: to which service, what was asked, when (epoch), and how long it took (real seconds).

    ``status`` is that of the answer, None where it got none; ``error`` what a refusal calls itself.
    """

    service: str
    operation: str
    at: float
    seconds: float
    status: int | None
    error: str = ""


@dataclass(slots=True)
class Run:
    """One invocation, filled in while it is under way: ``at`` is epoch, ``outcome`` None until it ended."""

    request_id: str
    function: str
    at: float
    payload: bytes
    lines: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    outcome: Outcome | None = None
