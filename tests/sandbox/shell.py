"""The commands that the module's outputs print, run as people run them: by a shell, with the AWS CLI."""

from __future__ import annotations

import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.stage import Stage


def sh(stage: Stage, command: str, *, shell: str = "sh") -> subprocess.CompletedProcess[str]:
    """Run a command line with the CLI of this Python's environment, else with the one on the PATH.

    Version 1 of the CLI heeds AWS_ENDPOINT_URL for every service but SQS; so it is told by its argument.
    """
    with aws_cli(stage) as environment:
        return subprocess.run(
            [shell, "-c", command], env=environment, capture_output=True, text=True, check=False, timeout=600
        )


@contextmanager
def aws_cli(stage: Stage) -> Iterator[dict[str, str]]:
    """An environment in which `aws` asks the stage's cloud."""
    # Not its script: that cannot start where the environment's path has a blank.
    ours = [sys.executable, "-m", "awscli"] if importlib.util.find_spec("awscli") else [shutil.which("aws") or "aws"]
    with tempfile.TemporaryDirectory() as folder:
        aws = Path(folder) / "aws"
        aws.write_text(f'#!/bin/sh\nexec {shlex.join(ours)} --endpoint-url "$AWS_ENDPOINT_URL" "$@"\n')
        aws.chmod(0o755)
        yield {
            "PATH": f"{folder}:{os.environ['PATH']}",
            "HOME": os.environ.get("HOME", "/"),
            "AWS_ENDPOINT_URL": stage.cloud.url,
            "AWS_ACCESS_KEY_ID": "sandbox",
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }


def asked(stage: Stage, output: str, *arguments: str) -> Any:
    """What the command of an output answers, with words added to it."""
    done = sh(stage, " ".join([stage.outputs[output], *arguments]))
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout)
