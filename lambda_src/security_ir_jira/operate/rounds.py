"""What the doctor writes down while it goes round: findings, what is sound, and what could not be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from ..errors import NotFound, Refused, RetryLater

Severity = Literal["error", "warning"]
RUNBOOK = "docs/doctor.md"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it has to be, and the command or setting that mends it."""

    check: str
    severity: Severity
    what: str
    mend: str

    @property
    def runbook(self) -> str:
        """Where the repository's documentation says more."""
        return f"{RUNBOOK}#{self.check}"


@dataclass(slots=True)
class Look:
    """One check as it goes on."""

    check: str
    findings: list[Finding] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    obstacle: str | None = None

    def found(self, what: str, mend: str, severity: Severity = "error") -> None:
        self.findings.append(Finding(self.check, severity, what, mend))

    def fact(self, what: str) -> None:
        """Worth knowing, and nothing wrong."""
        self.facts.append(what)

    def cannot(self, why: str) -> None:
        """The check, or a part of it, cannot be made: nothing is said of what was not seen."""
        self.obstacle = why


@dataclass(slots=True)
class Rounds:
    """All checks, in the order in which they were made."""

    looks: list[Look] = field(default_factory=list)

    @contextmanager
    def look(self, check: str) -> Iterator[Look]:
        """Make one check. Whatever goes wrong in it is written down and ends no other."""
        look = Look(check)
        self.looks.append(look)
        try:
            yield look
        except Exception as error:
            look.cannot(reason(error))

    def skip(self, checks: Iterable[str], why: str) -> None:
        """Checks that make no sense before another finding is mended."""
        self.looks += [Look(check, obstacle=why) for check in checks]

    @property
    def findings(self) -> list[Finding]:
        return [finding for look in self.looks for finding in look.findings]

    def answer(self) -> dict[str, Any]:
        """The report: a count and lists for machines, ``report`` in lines for people."""
        unseen = [look for look in self.looks if look.obstacle is not None]
        sound = [look.check for look in self.looks if look.obstacle is None and not look.findings]
        return {
            "finding_count": len(self.findings),
            "findings": [
                {
                    "check": each.check,
                    "severity": each.severity,
                    "what": each.what,
                    "mend": each.mend,
                    "runbook": each.runbook,
                }
                for each in self.findings
            ],
            "not_checked": [{"check": look.check, "why": look.obstacle} for look in unseen],
            "sound": sound,
            "facts": {look.check: look.facts for look in self.looks if look.facts},
            "report": self._report(unseen, sound),
        }

    def _report(self, unseen: list[Look], sound: list[str]) -> list[str]:
        findings = self.findings
        lines = [f"{_count(len(findings), 'finding')}; {len(sound)} checks sound; {len(unseen)} not made in full."]
        for number, finding in enumerate(findings, start=1):
            lines.append(f"{number}. [{finding.severity}] {finding.check}: {finding.what}")
            lines.append(f"   mend: {finding.mend}")
            lines.append(f"   more: {finding.runbook}")
        lines += [f"not checked: {look.check}: {look.obstacle}" for look in unseen]
        lines += [f"{look.check}: {fact}" for look in self.looks for fact in look.facts]
        return [*lines, f"sound: {', '.join(sound) or 'nothing'}"]


def reason(error: Exception) -> str:
    """What may be said of a failure: its kind, and what our own errors say of themselves, which holds no content."""
    refused = getattr(error, "operation_name", None)
    if refused:  # botocore's ClientError, by its looks: Jira is also checked where there is no boto3
        return f"{refused}: {getattr(error, 'response', {}).get('Error', {}).get('Code', '')}"
    if isinstance(error, Refused):
        return f"refused with {error.status}"
    said = str(error)[:200] if isinstance(error, RetryLater | NotFound) else ""
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def span(seconds: float) -> str:
    """A length of time as people say it: ``40 s``, ``12 min``, ``5 h``, ``3 days``."""
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def utc(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
