"""OpenTofu validates the module, applies it, finds nothing more to do, and takes it away again."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.stage import Settings, Stage
from tests import opentofu
from tests.conftest import REPOSITORY, published

from .cloud_stage import runtime_python
from .play import Play


@pytest.fixture
def with_opentofu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERRAFORM", str(opentofu.program()))
    for name, value in opentofu.configuration().items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def play(with_opentofu: None) -> Iterator[Play]:
    settings = Settings(
        packages=REPOSITORY / "dist",
        runtime_python=runtime_python(),
        contract=published(),
        virtual=True,
        module={"case_sweep_schedule": None, "issue_sweep_schedule": None},
    )
    with Stage(settings) as stage:
        stage.raise_curtain()
        yield Play(stage)


def test_it_is_the_version_that_is_named() -> None:
    said = subprocess.run([opentofu.program(), "version"], capture_output=True, text=True, check=True).stdout
    assert f"OpenTofu v{opentofu.version()}" in said.splitlines()


@pytest.mark.usefixtures("with_opentofu")
@pytest.mark.parametrize("root", ["examples/basic", "examples/complete"])
def test_it_validates_what_users_write(root: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_DATA_DIR", str(tmp_path))
    for command in (["init", "-backend=false", "-input=false"], ["validate"]):
        done = subprocess.run(
            [opentofu.program(), f"-chdir={REPOSITORY / root}", *command, "-no-color"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_a_pair_that_opentofu_set_up_is_in_step(play: Play) -> None:
    stage = play.stage
    case_id = play.open_case("Applied by OpenTofu")
    play.rest()
    assert stage.jira.issue(play.key_of(case_id)).summary == "Applied by OpenTofu"
    assert stage.jira.token not in stage.terraform.state
    assert stage.terraform.plan_changes() is False
    stage.terraform.destroy()
    assert stage.cloud.boto3("sqs").list_queues().get("QueueUrls", []) == []
