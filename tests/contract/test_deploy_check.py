"""`--check` against the simulated Jira: what it finds, what it suggests, and that it only asks."""

from __future__ import annotations

import http.server
import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.jira import JiraServer, Workflow
from sandbox.jira.state.workflow import DONE, IN_PROGRESS, TO_DO, Transition
from scripts.deploy import hcl
from scripts.deploy.inputs import Inputs
from scripts.deploy.jira_check import Answer, examine
from scripts.deploy.settings import Settings, settings
from scripts.deploy.talk import Stop
from scripts.deploy.token_source import Token
from security_ir_jira.trust import CA_BUNDLE, context
from tests.certificates import a_certificate
from tests.conftest import REPOSITORY, published


@pytest.fixture
def jira() -> Iterator[JiraServer]:
    with JiraServer(contract=published()) as server:
        yield server
        assert server.violations == []
        assert server.writes() == []


def asked(jira: JiraServer, *, token: str = "", project: str = "SEC", given: Settings | None = None) -> Answer:
    inputs = Inputs(jira.email, jira.url, project)
    return examine(inputs, Token(token or jira.token), given or Settings(Path("settings.tfvars")))


def said(answer: Answer) -> str:
    return "\n".join(answer.lines)


def problems(answer: Answer) -> set[str]:
    return {finding.check for finding in answer.errors}


def with_settings(folder: Path, text: str) -> Settings:
    (folder / "settings.tfvars").write_text(text)
    return settings(folder / "settings.tfvars")


def suggested(answer: Answer) -> dict[str, hcl.Value]:
    """The HCL at the end, read as Terraform reads it."""
    text = said(answer)
    return hcl.parse_object(text[text.index("status_mapping = {") :])


def issue_in(jira: JiraServer, status: str) -> None:
    ada = jira.person(jira.add_user("Ada", "ada@example.com"))
    key = ada.create_issue("SEC", "One").key
    if status != jira.issue(key).status.name:
        ada.transition(key, status)


def test_a_good_project_has_no_problem_and_every_status_can_be_reached(jira: JiraServer) -> None:
    jira.add_project("SEC")
    ada = jira.person(jira.add_user("Ada", "ada@example.com"))
    for status in ("To Do", "In Progress", "In Review"):
        key = ada.create_issue("SEC", status).key
        if status != "To Do":
            ada.transition(key, status)
    jira.reset_log()
    answer = asked(jira)
    assert answer.errors == ()
    assert "No problem found." in said(answer)
    assert said(answer).count(" reachable") == 6
    assert suggested(answer)["to_case"] == {
        "To Do": "",
        "In Progress": "Detection and Analysis",
        "In Review": "Post-incident Activities",
        "Done": "Closed",
    }


def test_a_wrong_token_is_the_only_problem_and_the_mend_is_one_for_who_has_options(jira: JiraServer) -> None:
    jira.add_project("SEC")
    answer = asked(jira, token="stale-token")
    assert problems(answer) == {"jira-credentials"}
    assert "in the account of --email, at https://id.atlassian.com/" in said(answer)
    assert "stale-token" not in said(answer)
    assert "terraform apply" not in said(answer)


def test_a_site_that_does_not_answer_is_named_by_its_option(jira: JiraServer) -> None:
    jira.down = True
    answer = asked(jira)
    jira.down = False
    assert problems(answer) == {"jira-reachable"}
    assert "or correct --url\n" in said(answer)
    assert "terraform apply" not in said(answer)
    assert "  ok " not in said(answer), "of a site that does not answer nothing is known"


def test_a_missing_project_is_named_by_its_option(jira: JiraServer) -> None:
    jira.add_project("OPS")
    answer = asked(jira)
    assert problems(answer) == {"jira-project"}
    assert "The project SEC cannot be read" in said(answer)
    assert "--project-key" in said(answer)


def test_each_missing_permission_is_named_with_what_will_not_work(jira: JiraServer) -> None:
    jira.add_project("SEC")
    jira.withdraw("SEC", "ADD_COMMENTS", "TRANSITION_ISSUES")
    answer = asked(jira)
    assert problems(answer) == {"jira-permissions"}
    assert "Add Comments: no comment reaches an issue" in said(answer)
    assert "Transition Issues: issues keep their status" in said(answer)
    assert "whether it can be reached is not known" in said(answer)


def test_permissions_that_the_settings_do_not_need_are_not_missed(jira: JiraServer, tmp_path: Path) -> None:
    jira.add_project("SEC")
    jira.withdraw("SEC", "CREATE_ATTACHMENTS")
    assert problems(asked(jira)) == {"jira-permissions"}
    assert asked(jira, given=with_settings(tmp_path, "sync_attachments = false\n")).errors == ()


def test_an_issue_type_that_the_project_lacks_is_named_with_those_it_has(jira: JiraServer, tmp_path: Path) -> None:
    jira.add_project("SEC", issue_types=["Incident", "Sub-task"])
    answer = asked(jira)
    assert problems(answer) == {"jira-issue-type"}
    assert "set jira_issue_type to one of: Incident" in said(answer)
    assert asked(jira, given=with_settings(tmp_path, 'jira_issue_type = "Incident"\n')).errors == ()


def test_fields_that_the_create_screen_demands_are_written_out_to_be_filled(jira: JiraServer, tmp_path: Path) -> None:
    jira.add_field("customfield_10099", "Impact")
    jira.add_project("SEC", required_fields=["customfield_10099"])
    answer = asked(jira)
    assert problems(answer) == {"jira-create-fields"}
    assert "jira_create_fields = {\n  customfield_10099 = … # Impact\n}" in said(answer)
    given = with_settings(tmp_path, 'jira_create_fields = { customfield_10099 = "high" }\n')
    assert asked(jira, given=given).errors == ()


def test_for_another_workflow_a_mapping_is_suggested_that_leaves_no_problem(jira: JiraServer, tmp_path: Path) -> None:
    jira.add_project("SEC", workflow=Workflow.localised())
    answer = asked(jira)
    assert problems(answer) == {"jira-statuses"}
    mapping = suggested(answer)
    assert mapping["to_jira"] == {
        "Submitted": ["Zu erledigen"],
        "Acknowledged": ["In Arbeit"],
        "Detection and Analysis": ["In Arbeit"],
        "Containment, Eradication and Recovery": ["In Arbeit"],
        "Post-incident Activities": ["In Prüfung"],
        "Ready to Close": ["In Prüfung"],
        "Closed": ["Erledigt"],
    }
    second = asked(jira, given=with_settings(tmp_path, f"status_mapping = {hcl.render(mapping)}\n"))
    assert second.errors == ()
    assert "nothing has to be set" in said(second)


def test_a_suggestion_keeps_what_the_settings_say_already(jira: JiraServer, tmp_path: Path) -> None:
    jira.add_project("SEC", workflow=Workflow.localised())
    given = with_settings(tmp_path, 'status_mapping = { to_jira = { Acknowledged = ["In Prüfung"] } }\n')
    to_jira = suggested(asked(jira, given=given))["to_jira"]
    assert isinstance(to_jira, dict)
    assert to_jira["Acknowledged"] == ["In Prüfung"]
    assert to_jira["Closed"] == ["Erledigt"]


def test_a_status_that_no_way_leads_to_is_said_to_be_out_of_reach(jira: JiraServer) -> None:
    ways = (Transition("1", "Start", IN_PROGRESS, (TO_DO,)), Transition("2", "Stop", TO_DO, (IN_PROGRESS,)))
    jira.add_project("SEC", workflow=Workflow("one way", (TO_DO, IN_PROGRESS, DONE), ways))
    issue_in(jira, "To Do")
    issue_in(jira, "In Progress")
    jira.reset_log()
    answer = asked(jira)
    assert problems(answer) == {"jira-transitions"}
    closed = next(line for line in answer.lines if line.startswith("  Closed "))
    assert "NOT reachable" in closed
    acknowledged = next(line for line in answer.lines if line.startswith("  Acknowledged "))
    assert acknowledged.endswith("  reachable")


def started(*arguments: str, home: Path, code: int = 1, **environment: str) -> str:
    """What the script says that ends with a code, with a PATH that holds neither Terraform nor the AWS CLI."""
    done = subprocess.run(
        [sys.executable, "-S", str(REPOSITORY / "deploy-integrations-solution.py"), "jira", *arguments],
        env={"PATH": str(home), "HOME": str(home), "JIRA_TOKEN": "stale-token", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_command_needs_neither_terraform_nor_aws_and_makes_nothing(jira: JiraServer, tmp_path: Path) -> None:
    jira.add_project("SEC")
    options = ("--check", "--email", jira.email, "--url", jira.url, "--project-key", "SEC")
    assert "status_mapping = {" in started(*options, home=tmp_path, code=0, JIRA_TOKEN=jira.token)
    bad = started(*options, home=tmp_path)
    assert "1 problem to mend first." in bad
    assert "stale-token" not in bad
    assert list(tmp_path.iterdir()) == []


def test_a_proxy_s_root_is_trusted_where_it_is_named_and_asked_for_where_it_is_not(tmp_path: Path) -> None:
    pem, chain = a_certificate(tmp_path)
    (tmp_path / "root.pem").write_text(f"# The root of the company's proxy, naïvely\n{pem}")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Unauthorised)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        options = [
            "--email",
            "bot@example.com",
            "--project-key",
            "SEC",
            "--url",
            f"https://127.0.0.1:{server.server_port}",
        ]
        refused = started("--check", *options, home=tmp_path)
        taken = started("--check", *options, home=tmp_path, REQUESTS_CA_BUNDLE=str(tmp_path / "root.pem"))
    finally:
        server.shutdown()
        server.server_close()
    assert "PROBLEM  site" in refused
    assert "export REQUESTS_CA_BUNDLE=" in refused
    assert "PROBLEM  token" in taken, "it got through, and was told that the token is nobody's"


class Unauthorised(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_a_certificate_that_cannot_be_read_is_said_by_the_name_of_its_file(
    jira: JiraServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "proxy.pem"
    file.write_text("-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    context.cache_clear()
    try:
        with pytest.raises(Stop, match=r"certificate cannot be read") as refused:
            asked(jira)
    finally:
        context.cache_clear()
    assert f"REQUESTS_CA_BUNDLE ({file})" in str(refused.value)
    assert CA_BUNDLE not in os.environ
