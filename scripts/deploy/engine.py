"""Terraform or OpenTofu: which is here, whether it is new enough, and how it is run."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from .talk import Interrupted, Stop, say
from .token_source import FOR_TERRAFORM, Token, without

NAMES = {"terraform": "Terraform", "tofu": "OpenTofu"}
LEAST = {"terraform": (1, 11, 4), "tofu": (1, 11, 4)}
"""The first that plan a token both ephemeral and sensitive, and OpenTofu's first with ephemeral values."""
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
    order = sorted(NAMES, key=lambda name: name != preferred)
    here = [engine for engine in map(_looked_up, order) if engine is not None]
    for engine in here:
        if engine.version >= LEAST[engine.name]:
            return engine
    least = {name: ".".join(map(str, version)) for name, version in LEAST.items()}
    if here:
        said = " and ".join(f"{engine.called} ({engine.path})" for engine in here)
        raise Stop(
            f"{said}: too old. Terraform {least['terraform']} or OpenTofu {least['tofu']} is needed, or a later one: "
            f"{_INSTALL[here[0].name]}"
        )
    raise Stop(
        f"Neither Terraform nor OpenTofu is on the PATH. Install one: Terraform {least['terraform']} or later, "
        f"{_INSTALL['terraform']}; or OpenTofu {least['tofu']} or later, {_INSTALL['tofu']}"
    )


def _looked_up(name: str) -> Engine | None:
    path = shutil.which(name)
    if path is None:
        return None
    try:
        told = subprocess.run(
            [path, "version", "-json"],
            env=without(os.environ) | {"CHECKPOINT_DISABLE": "1"},
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

    def asked(self, *arguments: str) -> str:
        """What a command that only reads prints; empty where it fails."""
        done = subprocess.run(
            [self.engine.path, f"-chdir={self.folder}", *arguments],
            env=self._environment(token=False),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout if done.returncode == 0 else ""

    def resources(self) -> list[str]:
        """The addresses of what is in the state, data sources left out."""
        listed = self.asked("state", "list").splitlines()
        return [each for each in listed if re.match(r"module\.\S+$", each) and not re.search(r"\.data\.", each)]

    def outputs(self) -> dict[str, object]:
        answer = self.asked("output", "-json")
        told = json.loads(answer[answer.find("{") :] if "{" in answer else "{}")
        return {name: each["value"] for name, each in told.items()}

    def _environment(self, *, token: bool) -> dict[str, str]:
        # A workspace, or inputs of another configuration, would lead astray.
        foreign = re.compile(r"TF_(WORKSPACE|VAR_.*)")
        kept = {name: value for name, value in without(os.environ).items() if not foreign.fullmatch(name)}
        secret = {FOR_TERRAFORM: self.token.value if self.token else "unused"} if token else {}
        return kept | _room(kept, self.folder) | {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0"} | secret


def _plain() -> list[str]:
    """Colours are for screens only."""
    return [] if sys.stdout.isatty() else ["-no-color"]


def _room(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """CloudShell's home has room for 1 GB, and a provider takes most of it.

    https://docs.aws.amazon.com/cloudshell/latest/userguide/limits.html
    """
    if environment.get("AWS_EXECUTION_ENV") != "CloudShell" or "TF_DATA_DIR" in environment:
        return {}
    return {"TF_DATA_DIR": f"/tmp/{folder.name}-terraform"}


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
