"""The sandbox's one clock: queues, schedules, servers and functions all read the same time.

A visibility timeout or a lease is minutes long. In *virtual* mode the clock jumps over the waiting: never while a
function runs, and always for everybody at once, so that every absolute time stays true.
"""

from __future__ import annotations

import mmap
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import weakref
from pathlib import Path

_SOURCE = Path(__file__).with_name("clock_shift.c")
_OFFSET = struct.Struct("=q")


class ClockUnavailable(RuntimeError):
    """Virtual time was asked for and cannot be had here; the message says what is missing."""


class Clock:
    """Seconds since the epoch, as ``time.time()`` counts them, plus the jumps made so far.

    ``virtual=False``: time passes by itself and `jump_to` is refused. ``virtual=True``: time still passes by itself,
    and `jump_to` adds to it; processes started with `environment` see the same time.
    """

    def __init__(self, *, virtual: bool = False) -> None:
        self._offset_ns = 0
        self._shared: mmap.mmap | None = None
        self._environment: dict[str, str] = {}
        if virtual:
            directory = Path(tempfile.mkdtemp(prefix="sandbox-clock-"))
            weakref.finalize(self, shutil.rmtree, directory, ignore_errors=True)
            self._environment = {
                "LD_PRELOAD": str(_compile(directory)),
                "SANDBOX_CLOCK_OFFSET": str(directory / "offset"),
            }
            self._shared = _shared_offset(directory / "offset")

    @property
    def virtual(self) -> bool:
        """Whether this clock can jump."""
        return self._shared is not None

    @property
    def offset(self) -> float:
        """Seconds jumped so far; 0.0 on a real clock."""
        return self._offset_ns / 1e9

    def time(self) -> float:
        """Seconds since the epoch."""
        return (time.time_ns() + self._offset_ns) / 1e9

    def jump_to(self, when: float) -> None:
        """Move on to `when` (seconds since the epoch); a moment in the past changes nothing.

        Raises `ClockUnavailable` on a real clock.
        """
        if self._shared is None:
            raise ClockUnavailable("this clock is real: only Clock(virtual=True) jumps")
        self._offset_ns = max(self._offset_ns, round(when * 1e9) - time.time_ns())
        self._shared[: _OFFSET.size] = _OFFSET.pack(self._offset_ns)

    def environment(self) -> dict[str, str]:
        """What a child process needs in its environment to see this clock; nothing on a real one."""
        return dict(self._environment)


def can_jump() -> bool:
    """Whether virtual time can be had here."""
    return sys.platform == "linux" and _compiler() is not None


def _compiler() -> str | None:
    return os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def _shared_offset(path: Path) -> mmap.mmap:
    path.write_bytes(_OFFSET.pack(0))
    with path.open("r+b") as file:
        return mmap.mmap(file.fileno(), _OFFSET.size)


def _compile(directory: Path) -> Path:
    if sys.platform != "linux":
        raise ClockUnavailable("virtual time needs Linux: only its loader preloads a library into every process")
    compiler = _compiler()
    if compiler is None:
        raise ClockUnavailable("virtual time needs a C compiler (cc) once, and none is installed")
    library = directory / "clock_shift.so"
    command = [compiler, "-O2", "-fPIC", "-shared", "-o", str(library), str(_SOURCE), "-ldl"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ClockUnavailable(f"virtual time: {compiler} could not compile {_SOURCE.name}: {done.stderr.strip()}")
    return library
