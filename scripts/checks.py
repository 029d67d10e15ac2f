"""All checks, each by `make`: ``python -m scripts.checks BESIDE SHOWN``, two lists of them in the order of their runs.

Those BESIDE run while the SHOWN do, since Terraform leaves processors idle: of them is said what failed, at the end.
Every check runs, whatever becomes of another. Exit code 1 if any failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

# What they have in common is made before.
MAKE = (os.environ.get("MAKE", "make"), "--no-print-directory", "--assume-old=build", "--assume-old=terraform-config")
_HEARD_BY = 2.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a check; ``said`` is what nobody saw yet."""

    check: str
    passed: bool
    seconds: float
    said: str = ""

    def __str__(self) -> str:
        return f"  {self.check:16} {'ok' if self.passed else 'FAILED':7} {self.seconds:4.0f} s"


def verdict(check: str, *, shown: bool) -> Verdict:
    """Run a check; what it says is shown as it comes, or kept."""
    to, errors = (None, None) if shown else (subprocess.PIPE, subprocess.STDOUT)
    begin = time.monotonic()
    done = subprocess.run([*MAKE, check], stdout=to, stderr=errors, text=True, check=False)
    return Verdict(check, done.returncode == 0, time.monotonic() - begin, done.stdout or "")


def lane(checks: Sequence[str], stopped: Event, *, shown: bool) -> Iterator[Verdict]:
    """One check after the other, until somebody stops them."""
    for check in checks:
        found = verdict(check, shown=shown)
        print(f"\n==> {str(found).strip()}", flush=True)
        yield found
        # Ctrl-C ends a check before we have heard of it.
        if not found.passed and stopped.wait(_HEARD_BY):
            return


def main(beside: str, shown: str) -> int:
    stopped = Event()
    with ThreadPoolExecutor() as threads:
        others = threads.submit(lambda: list(lane(beside.split(), stopped, shown=False)))
        try:
            seen = list(lane(shown.split(), stopped, shown=True))
            verdicts = [*others.result(), *seen]
        except KeyboardInterrupt:
            stopped.set()
            return 130
    failed = [each for each in verdicts if not each.passed]
    for each in failed:
        if each.said:
            print(f"\n==> {each.check}\n{each.said}")
    print("\n==> summary", *verdicts, sep="\n", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
