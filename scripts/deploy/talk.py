"""What is said to people, and asked of them."""

from __future__ import annotations

import sys


class Stop(Exception):
    """Nothing further can be done; the message says why, and how to go on."""


class Interrupted(Stop):
    """Somebody asked to stop, by Ctrl-C or a signal."""


def say(text: str = "") -> None:
    """A line or several, at once: Terraform writes to the same screen."""
    print(text, flush=True)


def somebody_is_here() -> bool:
    """Whether questions can be answered."""
    return sys.stdin.isatty()


def ask(question: str, *, yes: bool) -> bool:
    """Whether people agree; ``yes`` answers for them. Raises ``Stop`` where nobody is there to be asked."""
    if yes:
        return True
    if not somebody_is_here():
        raise Stop(f"{question}\nNobody is here to answer that. Run it in a terminal, or agree beforehand: --yes")
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
