"""From the command line to an exit code: 0 all is well, 1 it is not, 2 the line has no meaning, 130 interrupted."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from . import steps, webhook
from .talk import Interrupted, Stop
from .usage import PROGRAM, WantedWebhook, read

_GO_ON = "To go on, run the same command again: what is there is not made twice."


def main(given: Sequence[str]) -> int:
    """Do what the command line asks for, and return the exit code."""
    wanted = read(given)
    try:
        if isinstance(wanted, WantedWebhook):
            return webhook.webhook(wanted)
        if wanted.check:
            return steps.only_check(wanted)
        return steps.destroy(wanted) if wanted.destroy else steps.deploy(wanted)
    except Stop as reason:
        print(f"{PROGRAM}: {reason}", file=sys.stderr, flush=True)
        return 130 if isinstance(reason, Interrupted) else 1
    except KeyboardInterrupt:
        print(f"\n{PROGRAM}: stopped. {_GO_ON}", file=sys.stderr, flush=True)
        return 130
    except OSError as error:
        print(f"{PROGRAM}: {error}\n{_GO_ON}", file=sys.stderr, flush=True)
        return 1
