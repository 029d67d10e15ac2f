"""A stand-in for Terraform: writes down how it was called, and does what its environment tells it.

``FAKE_VERSION``, ``FAKE_PLAN`` (exit code of `plan`), ``FAKE_APPLY`` (exit code of `apply`), ``FAKE_SLEEP`` (seconds
that `apply` takes), ``FAKE_LIST`` (exit code of `state list`), ``FAKE_LIST_SLEEP`` (seconds that it takes),
``FAKE_BLOCK`` (a folder that `apply` makes). The state is a list of addresses, which `apply` writes even where it
fails; without one, `state list` fails as the real one's does.
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
            return _state(arguments[2], state)
        case "output":
            topic = "arn:aws:sns:eu-central-1:111122223333:topic"
            values = {"jira_notifications_topic_arn": topic, "doctor_command": "doctor"}
            print(json.dumps({name: {"value": value} for name, value in values.items()}))
    return 0


def _state(command: str, state: Path) -> int:
    if command == "pull":
        print(json.dumps(_pulled(state.read_text().split())) if state.exists() else "")
        return 0
    time.sleep(float(os.environ.get("FAKE_LIST_SLEEP", "0")))
    if not state.exists():
        print("No state file was found!", file=sys.stderr)
        return 1
    print(state.read_text(), end="")
    return int(os.environ.get("FAKE_LIST", "0"))


def _pulled(addresses: list[str]) -> dict[str, object]:
    made = {"arn": "arn:aws:dynamodb:eu-central-1:111122223333:table/security-ir-jira-ledger"}
    seen = {"arn": "arn:aws:ssm:eu-central-1:444455556666:parameter/of-others"}
    return {
        "version": 4,
        "resources": [
            {
                "mode": "data" if ".data." in address else "managed",
                "instances": [{"attributes": seen if ".data." in address else made}],
            }
            for address in addresses
        ],
    }


def _apply(state: Path) -> int:
    if "FAKE_BLOCK" in os.environ:
        Path(os.environ["FAKE_BLOCK"]).mkdir()
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
