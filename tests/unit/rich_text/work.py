"""Counts what a piece of code does, where its time would depend on the machine and what else runs on it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest


class CountedPattern:
    """A pattern that counts the characters it goes over: up to its match, or to the end where it finds none."""

    def __init__(self, pattern: re.Pattern[str], went_over: Callable[[int], None]) -> None:
        self._pattern = pattern
        self._went_over = went_over

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._pattern, name)

        def counted(*values: Any) -> Any:
            if name in ("sub", "split", "findall", "finditer"):
                self._went_over(len(values[-1]))
                return method(*values)
            text, begin, *_ = *values, 0
            match = method(*values)
            if match:
                self._went_over(match.end() - begin)
            elif name == "search":
                self._went_over(len(text) - begin)
            return match

        return counted


def counted_work(package: str, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> int:
    """Calls of Python's and of C's functions, and characters that the package's patterns went over."""
    work = 0

    def went_over(characters: int) -> None:
        nonlocal work
        work += characters

    def called(_: FrameType, event: str, __: object) -> None:
        nonlocal work
        work += event in ("call", "c_call")

    with monkeypatch.context() as patched:
        for name, module in list(sys.modules.items()):
            if name == package or name.startswith(f"{package}."):
                for attribute, value in list(vars(module).items()):
                    if isinstance(value, re.Pattern):
                        patched.setattr(module, attribute, CountedPattern(value, went_over))
        sys.setprofile(called)
        try:
            act()
        finally:
            sys.setprofile(None)
    return work
