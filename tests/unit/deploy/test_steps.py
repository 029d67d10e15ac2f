"""Deploying and taking down, with a stand-in for Terraform: what is told to whom, and what is said at each end."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import certifi
import pytest

from sandbox.jira import JiraServer
from scripts.deploy import engine, record, root, steps
from scripts.deploy.inputs import Inputs
from scripts.deploy.main import main
from scripts.deploy.settings import Settings
from scripts.deploy.talk import Stop
from tests.conftest import REPOSITORY, hear_ctrl_c

SCRIPT = REPOSITORY / "deploy-integrations-solution.py"
FAKE = Path(__file__).with_name("fake_terraform.py")
TOKEN = "s3cret-of-jira"
OPTIONS = ("--email", "bot@example.com", "--url", "https://acme.atlassian.net", "--project-key", "SEC", "--no-check")
TAKEN = ("--region", "eu-central-1", "--yes")


@dataclass(slots=True)
class Desk:
    """Somebody's machine: a folder, a PATH with the stand-in, and a token in the environment."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.home / "of the deployment"

    def engine(self, name: str) -> None:
        program = self.home / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{FAKE}" "$@"\n')
        program.chmod(0o755)

    def started(self, *arguments: str, **more: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, SCRIPT, "jira", "--directory", self.folder, *arguments],
            env={
                "PATH": f"{self.home / 'bin'}:/usr/bin:/bin",
                "HOME": str(self.home),
                "FAKE_SEEN": str(self.home / "seen"),
                **self.environment,
            },
            stdin=more.pop("stdin", subprocess.DEVNULL),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=hear_ctrl_c,
            **more,
        )

    def run(self, *arguments: str, code: int = 0, **environment: str) -> str:
        """All that is said by a run that ends with a code."""
        before = dict(self.environment)
        self.environment |= environment
        process = self.started(*arguments)
        said, complaint = process.communicate(timeout=60)
        self.environment = before
        assert process.returncode == code, said + complaint
        return said + complaint

    def deploy(self, *more: str, code: int = 0, **environment: str) -> str:
        return self.run(*OPTIONS, *TAKEN, *more, code=code, **environment)

    def seen(self) -> list[Mapping[str, Any]]:
        file = self.home / "seen"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def commands(self) -> list[str]:
        """What the stand-in was told, version apart."""
        return [each["argv"][1] for each in self.seen() if each["argv"][0] != "version"]

    def changing(self) -> list[str]:
        return [command for command in self.commands() if command in ("apply", "destroy")]

    def remembered(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((self.folder / "deployment.json").read_text())
        return told

    def main_tf(self) -> str:
        return (self.folder / "main.tf").read_text()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, {"JIRA_TOKEN": TOKEN})
    desk.engine("terraform")
    desk.folder.mkdir()
    (desk.folder / "settings.tfvars").write_text(f'lambda_packages = {{ directory = "{tmp_path}" }}\n')
    return desk


# What is told to whom


def test_a_deployment_plans_shows_applies_and_says_what_to_do_in_jira(desk: Desk) -> None:
    said = desk.deploy()
    assert [each for each in desk.commands() if each not in ("state", "output")] == ["init", "plan", "apply"]
    assert "arn:aws:sns:eu-central-1:111122223333:topic" in said
    for click in ("Create from scratch", "Send message to Amazon SNS topic", "{{issue.key}}", "Turn on rule"):
        assert click in said
    assert "docs/guide.md" in said
    assert "alarm_emails" in said
    assert str(desk.folder) in said


def test_what_is_applied_is_the_plan_that_was_shown_and_no_plan_stays(desk: Desk) -> None:
    desk.deploy()
    (apply,) = [each["argv"] for each in desk.seen() if each["argv"][1:2] == ["apply"]]
    assert apply[-1] == "deployment.tfplan"
    assert not (desk.folder / "deployment.tfplan").exists()


@pytest.mark.parametrize("given", ["by the environment", "by the option"])
def test_the_token_is_on_no_command_line_and_in_no_file_and_only_plan_and_apply_get_it(desk: Desk, given: str) -> None:
    if given == "by the option":
        desk.environment = {}
        said = desk.deploy("--token", TOKEN)
    else:
        said = desk.deploy()
    assert TOKEN not in said
    for each in desk.seen():
        assert TOKEN not in " ".join(each["argv"])
        holding = {name for name, value in each["environment"].items() if TOKEN in value}
        assert holding == ({"TF_VAR_jira_token"} if each["argv"][1:2] in (["plan"], ["apply"]) else set())
    (desk.home / "seen").unlink()
    files = [file for file in desk.home.rglob("*") if file.is_file()]
    assert len(files) > 3
    assert [file for file in files if TOKEN.encode() in file.read_bytes()] == []


def test_the_folder_holds_a_root_that_can_become_ones_own(desk: Desk) -> None:
    (desk.folder / "settings.tfvars").write_text(
        'alarm_emails = ["soc@example.com"]\n'
        f'lambda_packages = {{ directory = "{desk.home}" }}\n'
        'jira_create_fields = { customfield_1 = "${x}" }\n'.replace("${", "$${")
    )
    desk.deploy("--log-level", "debug")
    text = desk.main_tf()
    source = text.split('source = "')[1].split('"')[0]
    assert (desk.folder / source).resolve() == REPOSITORY
    for line in (
        'jira_url         = "https://acme.atlassian.net"',
        'log_level        = "debug"',
        'alarm_emails = ["soc@example.com"]',
        'customfield_1 = "$${x}"',
        "jira_token         = var.jira_token",
        "ephemeral   = true",
        'output "doctor_command" {',
    ):
        assert line in text
    assert desk.folder.stat().st_mode & 0o077 == 0


def test_a_token_of_somebody_else_s_parameter_is_not_asked_for(desk: Desk) -> None:
    arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/jira"
    with (desk.folder / "settings.tfvars").open("a") as file:
        file.write(f'jira_token_parameter = {{ arn = "{arn}" }}\n')
    desk.environment = {}
    desk.deploy()
    assert arn in desk.main_tf()
    assert "var.jira_token" not in desk.main_tf()


def test_an_input_of_another_configuration_leads_nobody_astray(desk: Desk) -> None:
    foreign = {"TF_WORKSPACE": "other", "TF_VAR_region": "mars-1", "TF_CLI_ARGS": "-x", "TF_CLI_ARGS_plan": "-destroy"}
    desk.environment |= foreign
    desk.deploy(TF_VAR_jira_token="foreign")
    for each in desk.seen():
        assert not foreign.keys() & each["environment"].keys()
        assert each["environment"].get("TF_VAR_jira_token") in (None, TOKEN)


def test_a_log_of_terraform_never_has_the_token(desk: Desk) -> None:
    desk.deploy(TF_LOG="trace", TF_LOG_PATH=str(desk.home / "log"), TF_LOG_PROVIDER="trace")
    logging = {each["argv"][1]: "TF_LOG" in "".join(each["environment"]) for each in desk.seen()}
    assert logging["init"]
    assert not logging["plan"]
    assert not logging["apply"]


def test_in_cloudshell_the_provider_lies_where_there_is_room(desk: Desk) -> None:
    desk.deploy(AWS_EXECUTION_ENV="CloudShell")
    init = next(each for each in desk.seen() if each["argv"][1:2] == ["init"])
    assert init["environment"]["TF_DATA_DIR"].startswith("/tmp/")
    desk.deploy(AWS_EXECUTION_ENV="CloudShell", TF_DATA_DIR="/mine")
    assert desk.seen()[-1]["environment"]["TF_DATA_DIR"] == "/mine"


def test_in_cloudshell_two_folders_of_one_name_share_nothing() -> None:
    around = {"AWS_EXECUTION_ENV": "CloudShell"}
    assert engine._room(around, Path("/a/soc")) != engine._room(around, Path("/b/soc"))
    assert engine._room(around, Path("/a/soc")) == engine._room(around, Path("/a/soc"))


# A second run


def test_a_second_run_goes_on_with_the_first_one_s_region_and_holds_to_its_account(desk: Desk) -> None:
    desk.deploy()
    assert 'allowed_account_ids = ["111122223333"]' in desk.main_tf()
    desk.run(*OPTIONS, "--yes", FAKE_PLAN="0", AWS_REGION="us-east-1")
    assert 'region              = "eu-central-1"' in desk.main_tf()
    said = desk.run(*OPTIONS, "--yes", "--region", "us-east-1", code=1)
    assert "this folder's deployment is in eu-central-1" in said


def test_a_second_run_that_finds_nothing_to_do_applies_nothing(desk: Desk) -> None:
    desk.deploy()
    before = desk.main_tf()
    said = desk.deploy(FAKE_PLAN="0")
    assert "Nothing has to be changed." in said
    assert desk.changing() == ["apply"]
    assert desk.main_tf() == before


def test_after_a_half_made_deployment_the_account_is_held_to_already(desk: Desk) -> None:
    desk.deploy(FAKE_APPLY="1", code=1)
    assert 'allowed_account_ids = ["111122223333"]' in desk.main_tf()
    assert desk.remembered()["account_id"] == "111122223333"


@pytest.mark.parametrize("doing", ["deploy", "destroy"])
def test_an_account_that_a_killed_run_left_unsaid_is_held_to_before_anything_else(desk: Desk, doing: str) -> None:
    desk.deploy()
    (desk.folder / "deployment.json").write_text(json.dumps(desk.remembered() | {"account_id": ""}))
    if doing == "deploy":
        desk.deploy(FAKE_PLAN="1", code=1)
    else:
        desk.run("--destroy", code=1)
    assert desk.remembered()["account_id"] == "111122223333"
    assert 'allowed_account_ids = ["111122223333"]' in desk.main_tf()


def test_settings_that_were_named_once_are_used_again(desk: Desk) -> None:
    named = desk.home / "mine.tfvars"
    named.write_text((desk.folder / "settings.tfvars").read_text() + "log_retention_days = 7\n")
    desk.deploy("--settings", str(named))
    said = desk.deploy()
    assert f"The settings are those of {named}, as last time" in said
    assert "log_retention_days = 7" in desk.main_tf()
    assert f"The settings are those of {named}" in desk.run("--destroy", code=1)
    assert "log_retention_days = 7" in desk.main_tf()
    desk.deploy("--settings", str(desk.folder / "settings.tfvars"))
    assert "as last time" not in desk.deploy()
    assert "log_retention_days" not in desk.main_tf()


def test_another_token_is_written_anew_and_the_same_one_is_not(desk: Desk) -> None:
    desk.deploy()
    desk.deploy()
    assert "jira_token_version = 1\n" in desk.main_tf()
    said = desk.deploy(JIRA_TOKEN="another")
    assert "The token is another one than last time" in said
    assert "jira_token_version = 2\n" in desk.main_tf()


def test_a_token_whose_apply_failed_is_still_to_be_written(desk: Desk) -> None:
    desk.deploy()
    desk.deploy(JIRA_TOKEN="another", FAKE_APPLY="1", code=1)
    desk.deploy(JIRA_TOKEN="another")
    assert "jira_token_version = 2\n" in desk.main_tf()


def test_a_third_token_after_an_apply_that_failed_is_not_taken_for_the_second(desk: Desk) -> None:
    desk.deploy()
    desk.deploy(JIRA_TOKEN="another", FAKE_APPLY="1", code=1)
    desk.deploy(JIRA_TOKEN="third")
    assert "jira_token_version = 3\n" in desk.main_tf()


# Ends that are not good ones


def test_without_an_answer_nothing_is_applied(desk: Desk) -> None:
    said = desk.run(*OPTIONS, "--region", "eu-central-1", code=1)
    assert "--yes" in said
    assert desk.changing() == []


@pytest.mark.parametrize(("answer", "applied"), [("y\n", True), ("\n", False), ("no\n", False)])
def test_in_a_terminal_the_plan_is_asked_about(desk: Desk, answer: str, applied: bool) -> None:
    controller, terminal = pty.openpty()
    process = desk.started(*OPTIONS, "--region", "eu-central-1", stdin=terminal)
    os.close(terminal)
    os.write(controller, answer.encode())
    said, complaint = process.communicate(timeout=60)
    os.close(controller)
    assert "Apply this plan? [y/N]" in said
    assert (desk.changing() == ["apply"]) is applied
    assert ("Nothing was changed." in complaint) is not applied


def test_a_plan_that_fails_changes_nothing_and_says_how_to_go_on(desk: Desk) -> None:
    said = desk.deploy(FAKE_PLAN="1", code=1)
    assert "There is no plan" in said
    assert "What is in AWS cannot be told" in said
    assert "run the same command again" in said
    assert desk.changing() == []


def test_an_apply_that_fails_says_what_is_there_and_how_to_go_on(desk: Desk) -> None:
    said = desk.deploy(FAKE_APPLY="1", code=1)
    assert "not carried out in full" in said
    assert "1 resources are there" in said
    assert "run the same command again" in said
    assert "--destroy" in said
    assert "Deployed" not in said


def test_what_cannot_be_listed_is_not_taken_for_nothing(desk: Desk) -> None:
    said = desk.deploy(FAKE_APPLY="1", FAKE_LIST="1", code=1)
    assert "What is in AWS cannot be told" in said


def test_a_ctrl_c_while_it_is_looked_up_what_is_there_hides_nothing(desk: Desk) -> None:
    desk.environment |= {"FAKE_APPLY": "1", "FAKE_LIST_SLEEP": "30"}
    process = desk.started(*OPTIONS, *TAKEN)
    end = time.monotonic() + 25
    while not any(each["argv"][1:] == ["state", "list"] for each in desk.seen()) and time.monotonic() < end:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=25)
    assert "not carried out in full" in complaint
    assert "What is there was not looked up" in complaint
    assert "run the same command again" in complaint


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_file_that_cannot_be_written_is_said_with_how_to_go_on(desk: Desk, when: str) -> None:
    in_the_way = desk.folder / "deployment.json.new"
    if when == "before":
        in_the_way.mkdir()
        said = desk.deploy(code=1)
        assert desk.commands() == []
    else:
        said = desk.deploy(FAKE_BLOCK=str(in_the_way), code=1)
        assert "1 resources are there" in said
        assert "run the same command again" in said
    assert f"{in_the_way} cannot be written: Is a directory" in said
    assert "Traceback" not in said


def test_a_root_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    known = record.Record(Inputs("bot@example.com", "https://acme.atlassian.net", "SEC"), "eu-central-1")
    with pytest.raises(Stop, match=r"main.tf cannot be written: No space left on device"):
        root.write(tmp_path, known, Settings(tmp_path / "settings.tfvars"))


def test_any_other_trouble_of_this_machine_is_said_with_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_: object) -> int:
        raise OSError(28, "No space left on device", "/x")

    monkeypatch.setattr(steps, "deploy", full)
    assert main(["jira"]) == 1
    said = capsys.readouterr().err
    assert "No space left on device: '/x'" in said
    assert "run the same command again" in said


def test_a_ctrl_c_anywhere_else_claims_nothing_of_what_was_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(steps, "deploy", stopped)
    assert main(["jira"]) == 130
    said = capsys.readouterr().err
    assert "before anything" not in said
    assert "run the same command again" in said


@pytest.mark.parametrize("how", ["Ctrl-C", "a request to end"])
def test_whoever_stops_it_is_told_what_is_there_once_terraform_has_stopped(desk: Desk, how: str) -> None:
    desk.environment["FAKE_SLEEP"] = "30"
    process = desk.started(*OPTIONS, *TAKEN, start_new_session=True)
    assert process.stdout
    for line in process.stdout:
        if line == "applying\n":
            break
    began = time.monotonic()
    if how == "Ctrl-C":
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.terminate()
    said, complaint = process.communicate(timeout=25)
    assert time.monotonic() - began < 20
    assert process.returncode == 130
    assert "Please wait" in said
    assert "1 resources are there" in complaint
    assert "run the same command again" in complaint


def test_a_folder_with_a_configuration_of_others_is_left_alone(desk: Desk) -> None:
    (desk.folder / "main.tf").write_text("# mine\n")
    said = desk.deploy(code=1)
    assert "holds another Terraform configuration (main.tf)" in said
    assert desk.main_tf() == "# mine\n"
    assert desk.commands() == []


def test_a_folder_that_others_use_is_neither_closed_to_them_nor_written_to(desk: Desk) -> None:
    (desk.folder / "settings.tfvars").rename(desk.home / "mine.tfvars")
    (desk.folder / "of others").write_text("theirs")
    desk.folder.chmod(0o755)
    said = desk.deploy("--settings", str(desk.home / "mine.tfvars"), code=1)
    assert "holds other things" in said
    assert desk.folder.stat().st_mode & 0o777 == 0o755
    assert [each.name for each in desk.folder.iterdir()] == ["of others"]
    assert desk.commands() == []


def test_a_backend_of_one_s_own_beside_the_script_s_root_is_welcome(desk: Desk) -> None:
    desk.deploy()
    (desk.folder / "backend.tf").write_text('terraform {\n  backend "s3" {}\n}\n')
    assert "Nothing has to be changed." in desk.deploy(FAKE_PLAN="0")
    assert (desk.folder / "backend.tf").exists()


# Which Terraform


def test_opentofu_does_as_well(desk: Desk) -> None:
    (desk.home / "bin" / "terraform").unlink()
    desk.engine("tofu")
    assert "OpenTofu 1.11.4 works in" in desk.deploy()


@pytest.mark.parametrize(
    ("engine", "version", "said"),
    [
        ("terraform", "1.11.3", "Terraform 1.11.3"),
        ("terraform", "1.5.7", "Terraform 1.5.7"),
        ("tofu", "1.10.6", "OpenTofu 1.10.6"),
    ],
)
def test_a_version_that_is_too_old_is_named_with_the_one_that_is_needed(
    desk: Desk, engine: str, version: str, said: str
) -> None:
    (desk.home / "bin" / "terraform").unlink()
    desk.engine(engine)
    told = desk.deploy(FAKE_VERSION=version, code=1)
    assert said in told
    assert "too old" in told
    assert "1.11.4" in told
    assert desk.commands() == []


def test_one_that_does_not_start_does_not_stand_in_the_way_of_the_other(desk: Desk) -> None:
    (desk.home / "bin" / "terraform").write_text("#!/bin/sh\nexit 126\n")
    told = desk.deploy(code=1)
    assert f"{desk.home / 'bin' / 'terraform'} does not tell its version" in told
    desk.engine("tofu")
    assert "OpenTofu 1.11.4 works in" in desk.deploy()


def test_where_there_is_neither_both_are_named(desk: Desk) -> None:
    (desk.home / "bin" / "terraform").unlink()
    told = desk.deploy(code=1)
    assert "Neither Terraform nor OpenTofu is on the PATH" in told
    assert "https://developer.hashicorp.com/terraform/install" in told


# Taking down


def test_destroy_says_what_will_be_lost_lifts_the_protection_of_the_ledger_alone_and_destroys(desk: Desk) -> None:
    desk.deploy()
    (desk.home / "seen").unlink()
    desk.environment = {}
    said = desk.run("--destroy", "--yes")
    assert "the ledger" in said
    assert "What stays: all cases" in said
    assert desk.changing() == ["apply", "destroy"]
    apply = next(each["argv"] for each in desk.seen() if each["argv"][1:2] == ["apply"])
    assert "-target=module.security_ir_jira.module.ledger" in apply
    assert "deletion_protection = false" in desk.main_tf()
    assert "Destroyed." in said
    assert "Nothing was deployed from" in desk.run("--destroy", "--yes", code=1)


def test_destroy_asks_first_and_leaves_everything_as_it_was(desk: Desk) -> None:
    desk.deploy()
    before = desk.main_tf()
    said = desk.run("--destroy", code=1)
    assert "--yes" in said
    assert desk.changing() == ["apply"]
    assert desk.main_tf() == before


@pytest.mark.parametrize("lost", ["the state is gone", "it is another one", "it cannot be listed"])
def test_without_the_state_of_the_deployment_nothing_is_destroyed_or_forgotten(desk: Desk, lost: str) -> None:
    desk.deploy()
    state = desk.folder / "terraform.tfstate"
    if lost == "the state is gone":
        state.unlink()
    elif lost == "it is another one":
        state.write_text("")
    said = desk.run("--destroy", "--yes", code=1, FAKE_LIST="1" if lost == "it cannot be listed" else "0")
    assert "Nothing was destroyed." in said
    assert "from a backup" in said
    assert "Destroyed." not in said
    assert desk.remembered()["account_id"] == "111122223333"
    assert desk.changing() == ["apply"]


def test_what_was_never_deployed_cannot_be_destroyed(desk: Desk) -> None:
    said = desk.run("--destroy", "--yes", code=1)
    assert "Nothing was deployed from" in said
    assert "--directory" in said
    assert desk.commands() == []


# Jira is asked first


def test_what_jira_is_asked_with_stays_out_of_terraform_s_environment(desk: Desk) -> None:
    with JiraServer(token=TOKEN) as jira:
        jira.add_project("SEC")
        options = ["--email", jira.email, "--url", jira.url, "--project-key", "SEC"]
        said = desk.run(*options, *TAKEN, SSL_CERT_FILE=certifi.where())
    assert "No problem found" in said
    assert "Deployed." in said
    assert all("CA_BUNDLE" not in each["environment"] for each in desk.seen())


def test_a_problem_in_jira_ends_the_run_before_anything_is_made(desk: Desk) -> None:
    options = [*OPTIONS[:-1]]
    options[options.index("--url") + 1] = "http://127.0.0.1:9"
    said = desk.run(*options, *TAKEN, code=1)
    assert "PROBLEM  site" in said
    assert "Nothing was made." in said
    assert "--no-check" in said
    assert desk.commands() == []
    assert not (desk.folder / "main.tf").exists()
