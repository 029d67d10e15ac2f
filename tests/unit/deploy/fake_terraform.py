"""A stand-in for Terraform: writes down how it was called, and does what its environment tells it.

``FAKE_VERSION``, ``FAKE_PLAN`` (exit code of `plan`), ``FAKE_APPLY`` (exit code of `apply`), ``FAKE_SLEEP`` (seconds
that `apply` takes). The state is a list of addresses, which `apply` writes even where it fails.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

ADDRESSES = [
    "module.security_ir_jira.module.ledger.aws_dynamodb_table.this",
    "module.security_ir_jira.data.aws_region.x",
]


def main() -> int:
    arguments = sys.argv[1:]
    seen = {"argv": arguments, "environment": dict(os.environ)}
    with Path(os.environ["FAKE_SEEN"]).open("a") as log:
        log.write(json.dumps(seen) + "\n")
    # As OpenTofu does, before the answer and in the same stream.
    print("\nWarning: Unable to open CLI configuration file\n")
    if arguments[0] == "version":
        print(json.dumps({"terraform_version": os.environ.get("FAKE_VERSION", "1.11.4")}))
        return 0
    folder = Path(arguments[0].removeprefix("-chdir="))
    state = folder / "terraform.tfstate"
    match arguments[1]:
        case "plan":
            (folder / "deployment.tfplan").write_text("a plan")
            return int(os.environ.get("FAKE_PLAN", "2"))
        case "apply":
            return _apply(state)
        case "destroy":
            state.write_text("")
        case "state":
            print(state.read_text() if state.exists() else "", end="")
        case "output":
            topic = "arn:aws:sns:eu-central-1:111122223333:topic"
            values = {"jira_notifications_topic_arn": topic, "doctor_command": "doctor"}
            print(json.dumps({name: {"value": value} for name, value in values.items()}))
    return 0


def _apply(state: Path) -> int:
    stopped: list[int] = []
    signal.signal(signal.SIGINT, lambda *_: stopped.append(1))
    state.write_text("\n".join(ADDRESSES) + "\n")
    print("applying", flush=True)
    end = time.monotonic() + float(os.environ.get("FAKE_SLEEP", "0"))
    while time.monotonic() < end and not stopped:
        time.sleep(0.02)
    return 1 if stopped else int(os.environ.get("FAKE_APPLY", "0"))


if __name__ == "__main__":
    sys.exit(main())
