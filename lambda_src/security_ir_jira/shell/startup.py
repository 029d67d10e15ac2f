"""How a function starts: all it needs is imported and made before the first event, as cheaply as that can be done."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def without_looking_for_garbage() -> Iterator[None]:
    """What a start makes stays: looking for garbage in it, again and again while it grows, takes a tenth of a cold
    start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def handler_of(function: str) -> Callable[[dict[str, Any], Any], Any]:
    """The handler of one of the four workers, by the name of what makes it in ``runtime``."""
    with without_looking_for_garbage():
        from . import runtime
        from .worker import entry_point

        return entry_point(getattr(runtime, function))
