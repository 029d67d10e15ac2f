"""A root, such as an example, with which the real Terraform makes and takes away things in the local AWS."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.cloud import Cloud
from sandbox.terraform import program
from tests.conftest import REPOSITORY

TOKEN = "a-token-that-nobody-else-has"


class TerraformSaid(RuntimeError):
    """Terraform refused or failed; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Root:
    """A copy of an example in a folder of its own, where its state is too, applied to a cloud with some inputs.

    `access_key`: the key id that Terraform signs with, which tells the cloud who applies.
    """

    folder: Path
    cloud: Cloud
    access_key: str
    inputs: Mapping[str, Any]

    @classmethod
    def of_example(cls, name: str, folder: Path, cloud: Cloud, access_key: str, inputs: Mapping[str, Any]) -> Root:
        """The example as its readers find it, but for where the module is."""
        root = cls(folder, cloud, access_key, inputs)
        for file in (REPOSITORY / "examples" / name).glob("*.tf"):
            root.write(file.name, file.read_text().replace('"../.."', json.dumps(os.path.relpath(REPOSITORY, folder))))
        root.init()
        return root

    def write(self, file: str, text: str) -> None:
        (self.folder / file).write_text(text)

    def set(self, **arguments: Any) -> None:
        """Give the module further arguments, as its reader would write them into the block."""
        self.write("arguments_override.tf.json", json.dumps({"module": {"security_ir_jira": arguments}}))

    def init(self) -> None:
        self._run("init", "-input=false")

    def apply(self, **inputs: Any) -> dict[str, Any]:
        """Apply, with further inputs, and return the outputs."""
        self._run("apply", "-auto-approve", "-input=false", "-parallelism=40", **inputs)
        written = json.loads(self._run("output", "-json").stdout)
        return {name: output["value"] for name, output in written.items()}

    def changes(self, **inputs: Any) -> list[str]:
        """What another plan would do: the addresses of resources, each with its action."""
        # One line of JSON each: https://developer.hashicorp.com/terraform/internals/machine-readable-ui
        said = self._run("plan", "-input=false", "-out=plan", "-json", **inputs).stdout.splitlines()
        changes = [line["change"] for line in map(json.loads, said) if line["type"] == "planned_change"]
        return [f"{change['action']} {change['resource']['addr']}" for change in changes if change["action"] != "read"]

    def destroy(self, **inputs: Any) -> None:
        self._run("destroy", "-auto-approve", "-input=false", "-parallelism=40", "-refresh=false", **inputs)

    @property
    def everything_written(self) -> bytes:
        """All that Terraform left in the folder, its plans and its state among it."""
        return b"\n".join(file.read_bytes() for file in self.folder.iterdir() if file.is_file())

    def _run(self, *arguments: str, **inputs: Any) -> subprocess.CompletedProcess[str]:
        given = {**self.inputs, **inputs}
        written = {
            f"TF_VAR_{name}": value if isinstance(value, str) else json.dumps(value) for name, value in given.items()
        }
        surroundings = {
            "AWS_ENDPOINT_URL": self.cloud.url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": "deployer",
            "AWS_EC2_METADATA_DISABLED": "true",
            "TF_IN_AUTOMATION": "1",
        }
        command = [program(), f"-chdir={self.folder}", *arguments, *(["-no-color"] if arguments[0] != "output" else [])]
        done = subprocess.run(
            command, env=os.environ | surroundings | written, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise TerraformSaid(f"terraform {arguments[0]}:\n{done.stdout}{done.stderr}")
        return done
