"""The module, applied by the real Terraform, or OpenTofu, to the local AWS."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
_MODULE_FILE = "module.tf.json"
_PARALLEL = "-parallelism=40"


class TerraformFailed(RuntimeError):
    """Terraform ended with an error; the message holds what it said."""


@dataclass(frozen=True, slots=True)
class Terraform:
    """Terraform in a copy of this root below ``home``, where its data and state are too.

    The variable TERRAFORM may name another than the one on the PATH, OpenTofu too.
    ``settings`` are arguments of the module as they are: Terraform itself refuses one that the module does not have.
    ``token`` goes by the environment only, as in real life. ``say`` is called with each line worth showing.
    """

    home: Path
    endpoint: str
    region: str
    settings: Mapping[str, Any]
    token: str
    say: Callable[[str], None] = print

    def apply(self) -> dict[str, Any]:
        """Initialise, apply, and return the outputs."""
        self._root.mkdir(parents=True)
        for file in ROOT.glob("*.tf"):
            shutil.copy(file, self._root)
        written = json.loads((ROOT / _MODULE_FILE).read_text())
        source = os.path.relpath(ROOT.parents[1], self._root.resolve())
        written["module"]["security_ir_jira"] |= {"source": source, **_literal(self.settings)}
        (self._root / _MODULE_FILE).write_text(json.dumps(written, indent=2))
        self.run("init", "-input=false", "-no-color")
        self.run("apply", "-auto-approve", _PARALLEL, *self._inputs())
        return self.outputs()

    def plan(self) -> tuple[bool, bytes]:
        """Whether another plan finds anything to do, and everything in its file, unpacked."""
        path = self.home / "sandbox.tfplan"
        found = self._call("plan", "-detailed-exitcode", f"-out={path}", *self._inputs()).returncode == 2
        with zipfile.ZipFile(path) as plan:
            return found, b"\n".join(plan.read(name) for name in plan.namelist())

    def destroy(self) -> None:
        self.run("destroy", "-auto-approve", _PARALLEL, *self._inputs())

    def outputs(self) -> dict[str, Any]:
        answer = json.loads(self._call("output", "-json", f"-state={self._state}").stdout)
        return {name: output["value"] for name, output in answer.items()}

    @property
    def state(self) -> str:
        """The state, as text."""
        return self._state.read_text()

    @property
    def _root(self) -> Path:
        return self.home / "root"

    @property
    def _state(self) -> Path:
        return self.home / "terraform.tfstate"

    def _inputs(self) -> list[str]:
        return ["-input=false", "-no-color", f"-state={self._state}"]

    def run(self, *arguments: str) -> None:
        """Run one command, saying now and then how far it is. Raises ``TerraformFailed``."""
        command = [program(), f"-chdir={self._root}", *arguments]
        with subprocess.Popen(
            command, env=self._environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            said: list[str] = []
            done = 0
            for line in process.stdout or ():
                said.append(line)
                if " complete after" in line:
                    done += 1
                    if done % 10 == 0:
                        self.say(f"terraform {arguments[0]}: {done} resources done")
                elif line.startswith(("Apply complete", "Destroy complete")):
                    self.say(line.strip())
        if process.returncode:
            raise TerraformFailed(f"terraform {arguments[0]} failed:\n{''.join(said)}")

    def _call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [program(), f"-chdir={self._root}", *arguments]
        done = subprocess.run(command, env=self._environment(), capture_output=True, text=True, check=False)
        if done.returncode not in (0, 2):
            raise TerraformFailed(f"terraform {arguments[0]} failed:\n{done.stdout}{done.stderr}")
        return done

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "TF_DATA_DIR": str(self.home / "data"),
            "TF_IN_AUTOMATION": "1",
            "TF_VAR_jira_token": self.token,
            "TF_VAR_region": self.region,
        }


def _literal(value: Any) -> Any:
    """The value as Terraform's JSON has it: text that is no template."""
    if isinstance(value, str):
        return value.replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, Mapping):
        return {_literal(key): _literal(item) for key, item in value.items()}
    return [_literal(item) for item in value] if isinstance(value, list | tuple) else value


def program() -> str:
    """Terraform or OpenTofu: what TERRAFORM names, or the first that is here. Raises ``TerraformFailed``."""
    named = os.environ.get("TERRAFORM")
    for name in [named] if named else ["terraform", "tofu"]:
        found = shutil.which(name)
        if found:
            return found
    if named:
        raise TerraformFailed(f"TERRAFORM names {named}, which is no program that is here")
    raise TerraformFailed(
        "neither terraform nor tofu is on the PATH: https://developer.hashicorp.com/terraform/install "
        "or https://opentofu.org/docs/intro/install/"
    )
