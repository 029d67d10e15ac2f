#!/usr/bin/env python3
"""Deploys the integration without a Terraform configuration of one's own: see docs/deploy-script.md.

It has to be read by Pythons too old for it, so that they can say so: nothing here is newer than Python 3.6, and what
it does is in scripts/deploy.
"""

import os
import shutil
import sys

LEAST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
RETRIED = "DEPLOY_INTEGRATIONS_SOLUTION_RETRIED"


def with_newer_python() -> None:
    """Go on in the same process as a Python that is new enough, where one is on the PATH."""
    found = next(filter(None, map(shutil.which, NEWER)), None)
    if found and RETRIED not in os.environ:
        os.environ[RETRIED] = "1"
        os.execv(found, [found, os.path.abspath(__file__), *sys.argv[1:]])  # noqa: PTH100
    sys.exit(
        f"deploy-integrations-solution: Python 3.11 or later is needed, and this is {sys.version.split()[0]}.\n"
        "Install one (Amazon Linux, CloudShell: sudo dnf install -y python3.11 python3.11-pip; Debian, Ubuntu:\n"
        "sudo apt install python3.11; macOS: brew install python), then run the same command again."
    )


if __name__ == "__main__":
    if sys.version_info < LEAST:
        with_newer_python()
    os.environ.pop(RETRIED, None)
    # Also where Python is told to leave a script's own folder out (PYTHONSAFEPATH), or is called by a link.
    sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))  # noqa: PTH120
    from scripts.deploy.main import main

    sys.exit(main(sys.argv[1:]))
