"""Two columns, as somebody would see both systems side by side."""

from __future__ import annotations

import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

_WIDTH = 56
_GAP = " │ "


@dataclass(slots=True)
class Transcript:
    """Writes what happens: AWS on the left, Jira on the right."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    started: float = field(default_factory=time.monotonic)

    def note(self, text: str) -> None:
        """A line of progress, with the seconds since the start."""
        print(f"[{time.monotonic() - self.started:5.1f} s] {text}", file=self.out, flush=True)

    def heading(self) -> None:
        print(file=self.out)
        self._row("AWS Security Incident Response", "Jira")
        print("─" * _WIDTH + "─┼─" + "─" * _WIDTH, file=self.out, flush=True)

    def act(self, text: str) -> None:
        """What a person does."""
        print(file=self.out)
        print(f"▶ {text}", file=self.out, flush=True)

    def both(self, left: str, right: str) -> None:
        """What is to be seen on both sides."""
        self._row(left, right)

    def _row(self, left: str, right: str) -> None:
        lefts, rights = _lines(left), _lines(right)
        for number in range(max(len(lefts), len(rights))):
            one = lefts[number] if number < len(lefts) else ""
            other = rights[number] if number < len(rights) else ""
            print(f"{one:<{_WIDTH}}{_GAP}{other}".rstrip(), file=self.out, flush=True)


def _lines(text: str) -> list[str]:
    return [piece for line in text.splitlines() for piece in textwrap.wrap(line, _WIDTH) or [""]]


def wait_for(seen: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Wait until something is to be seen. Raises ``TimeoutError`` that says what was not."""
    end = time.monotonic() + seconds
    while not seen():
        if time.monotonic() > end:
            raise TimeoutError(f"not seen within {seconds:.0f} s: {what}")
        time.sleep(0.1)
