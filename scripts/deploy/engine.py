"""Terraform or OpenTofu: which is here, whether it is new enough, and how it is run."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from .talk import Interrupted, Stop, say
from .token_source import FOR_TERRAFORM, Token, without

NAMES = {"terraform": "Terraform", "tofu": "OpenTofu"}
LEAST = (1, 11, 4)
"""Of both: what ``versions.tf`` requires."""
_FOREIGN = re.compile(r"TF_(WORKSPACE|VAR_.*|CLI_ARGS(_.*)?)")
"""What is meant for another configuration, and would lead astray here."""
_ARN = re.compile(r"arn:[\w-]+:[\w-]+:[\w-]*:(\d{12}):")
_INSTALL = {
    "terraform": "https://developer.hashicorp.com/terraform/install",
    "tofu": "https://opentofu.org/docs/intro/install/",
}


@dataclass(frozen=True, slots=True)
class Engine:
    """One of the two, at a path."""

    name: str
    path: str
    version: tuple[int, ...]

    @property
    def brand(self) -> str:
        return NAMES[self.name]

    @property
    def called(self) -> str:
        return f"{self.brand} {'.'.join(map(str, self.version))}"


def find(preferred: str = "") -> Engine:
    """The one that was used before, else Terraform, else OpenTofu. Raises ``Stop``."""
    unfit: list[str] = []
    for name in sorted(NAMES, key=lambda name: name != preferred):
        try:
            engine = _looked_up(name)
        except Stop as reason:
            # A version manager's shim without a version is like this, and the other one may do.
            unfit.append(str(reason))
            continue
        if engine is not None and engine.version >= LEAST:
            return engine
        if engine is not None:
            unfit.append(f"{engine.called} ({engine.path}): too old. {_needed()}: {_INSTALL[name]}")
    raise Stop("\n".join(unfit) or _nothing_here())


def _needed() -> str:
    return f"Terraform or OpenTofu {'.'.join(map(str, LEAST))} is needed, or a later one"


def _nothing_here() -> str:
    return f"Neither Terraform nor OpenTofu is on the PATH. {_needed()}: {_INSTALL['terraform']} or {_INSTALL['tofu']}"


def _looked_up(name: str) -> Engine | None:
    path = shutil.which(name)
    if path is None:
        return None
    try:
        told = subprocess.run(
            [path, "version", "-json"],
            env=_kept(os.environ) | {"CHECKPOINT_DISABLE": "1"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise Stop(f"{path} does not tell its version ({type(error).__name__}): is it {NAMES[name]}?") from None
    # Not the whole answer: OpenTofu writes its warnings before it.
    found = re.search(r'"terraform_version": *"(\d+)\.(\d+)\.(\d+)', told)
    if found is None:
        raise Stop(f"{path} does not tell its version: is it {NAMES[name]}?")
    return Engine(name, path, tuple(map(int, found.groups())))


@dataclass(frozen=True, slots=True)
class Terraform:
    """An engine at work in a folder. The ``token`` goes by its environment, and to plan and apply alone."""

    engine: Engine
    folder: Path
    token: Token | None

    def run(self, *arguments: str, token: bool = False) -> int:
        """Run one command, its words on the screen, and return its exit code. Raises ``Stop``."""
        try:
            process = subprocess.Popen(
                [self.engine.path, f"-chdir={self.folder}", *arguments[:1], *_plain(), *arguments[1:]],
                env=self._environment(token=token),
                stdin=subprocess.DEVNULL,
            )
        except OSError as error:
            raise Stop(f"{self.engine.path} cannot be started: {error.strerror}") from None
        with process:
            code, interrupted = _wait(process, self.engine.brand)
        if interrupted:
            raise Interrupted("Stopped.")
        return code

    def asked(self, *arguments: str) -> str | None:
        """What a command that only reads prints; ``None`` where it fails."""
        done = subprocess.run(
            [self.engine.path, f"-chdir={self.folder}", *arguments],
            env=self._environment(token=False),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout if done.returncode == 0 else None

    def resources(self) -> list[str] | None:
        """The addresses of what is in the state, data sources left out; ``None`` where no state can be read."""
        told = self.asked("state", "list")
        if told is None:
            return None
        listed = (each for each in told.splitlines() if re.match(r"module\.\S+$", each))
        return [each for each in listed if not re.search(r"\.data\.", each)]

    def account(self) -> str:
        """The AWS account that holds what is in the state; empty where nothing tells it."""
        found: Counter[str] = Counter()
        for resource in _document(self.asked("state", "pull")).get("resources", []):
            if resource.get("mode") == "managed":
                arns = (str((each.get("attributes") or {}).get("arn")) for each in resource.get("instances", []))
                found.update(arn[1] for arn in map(_ARN.match, arns) if arn)
        return found.most_common(1)[0][0] if found else ""

    def outputs(self) -> dict[str, object]:
        return {name: each["value"] for name, each in _document(self.asked("output", "-json")).items()}

    def _environment(self, *, token: bool) -> dict[str, str]:
        kept = _kept(os.environ)
        if token and self.token:
            # A log has what goes to AWS, and with it the token.
            kept = {name: value for name, value in kept.items() if not name.startswith("TF_LOG")}
        secret = {FOR_TERRAFORM: self.token.value if self.token else "unused"} if token else {}
        return kept | _room(kept, self.folder) | {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0"} | secret


def _kept(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in without(environment).items() if not _FOREIGN.fullmatch(name)}


def _document(answer: str | None) -> dict[str, Any]:
    """The JSON of an answer; OpenTofu writes its warnings before it."""
    begin = re.search(r"^\{", answer or "", re.MULTILINE)
    if answer is None or begin is None:
        return {}
    try:
        told = json.loads(answer[begin.start() :])
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _plain() -> list[str]:
    """Colours are for screens only."""
    return [] if sys.stdout.isatty() else ["-no-color"]


def _room(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """CloudShell's home has room for 1 GB, and a provider takes most of it.

    https://docs.aws.amazon.com/cloudshell/latest/userguide/limits.html
    """
    if environment.get("AWS_EXECUTION_ENV") != "CloudShell" or "TF_DATA_DIR" in environment:
        return {}
    # Two folders of one name are two deployments.
    whole = hashlib.sha256(str(folder).encode()).hexdigest()[:8]
    return {"TF_DATA_DIR": f"/tmp/{folder.name}-{whole}-terraform"}


def _wait(process: subprocess.Popen[bytes], brand: str) -> tuple[int, bool]:
    """A Ctrl-C reaches Terraform as well: it ends what it has begun and writes that down, which is waited for."""
    interrupted = False
    with _passed_on(process):
        while True:
            try:
                return process.wait(), interrupted
            except KeyboardInterrupt:
                if not interrupted:
                    say(f"\nStopping: {brand} ends what it has begun, and writes down what it made. Please wait.")
                interrupted = True


@contextmanager
def _passed_on(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """A request to end goes to this process alone; Terraform is asked to stop in good order, too."""

    def stop(_: int, __: FrameType | None) -> None:
        process.send_signal(signal.SIGINT)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
