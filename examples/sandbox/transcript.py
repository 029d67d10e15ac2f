"""Two columns, as somebody would see both systems side by side, in 80 columns of a terminal or as plain lines."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDTH = 80
_COLUMN = 38


class Transcript:
    """Writes what happens: AWS on the left, Jira on the right. Texts stand letter for letter."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._console = Console(file=out or sys.stdout, width=_WIDTH, highlight=False, markup=False, emoji=False)
        self._started = time.monotonic()

    def note(self, text: str) -> None:
        """A line of progress, with the seconds since the start; never broken, for addresses are copied from it."""
        self._console.print(f"[{time.monotonic() - self._started:5.1f} s] {text}", soft_wrap=True)

    def apart(self, text: str) -> None:
        """A note that is to be found among many: between empty lines."""
        self._console.print()
        self.note(text)
        self._console.print()

    def heading(self) -> None:
        """What stands on which side."""
        self._console.print()
        self.both("AWS Security Incident Response", "Jira")
        self._console.rule(characters="─")

    def act(self, text: str) -> None:
        """What a person does."""
        self._console.print()
        self._console.print(f"▶ {text}", style="bold")

    def both(self, left: str, right: str) -> None:
        """What is to be seen on both sides."""
        row = Table(box=box.MINIMAL, show_header=False, show_edge=False, pad_edge=False)
        row.add_column(width=_COLUMN, overflow="fold")
        row.add_column(width=_COLUMN, overflow="fold")
        row.add_row(Text(left), Text(right))
        with self._console.capture() as drawn:
            self._console.print(row)
        for line in drawn.get().splitlines():
            self._console.print(line.rstrip(), soft_wrap=True)

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Show what is being waited for, where somebody looks."""
        with self._console.status(Text(what)):
            yield

    def wait_for(self, seen: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
        """Wait until something is to be seen. Raises ``TimeoutError`` that says what was not."""
        end = time.monotonic() + seconds
        with self.waiting(what):
            while not seen():
                if time.monotonic() > end:
                    raise TimeoutError(f"not seen within {seconds:.0f} s: {what}")
                time.sleep(0.1)
