"""Every request that our clients can make, held against what the vendors published.

A method that is added to a client and not to the calls below fails the first test of its side.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from rich_text import to_adf
from sandbox.jira import JiraServer, Workflow
from sandbox.security_ir import SecurityIrServer
from security_ir_jira.cases.calls import CaseCalls
from security_ir_jira.cases.client import CaseClient
from security_ir_jira.config import Config, StatusMapping
from security_ir_jira.jira.client import JiraClient
from security_ir_jira.jira.credentials import Credentials
from security_ir_jira.jira.http import JiraHttp
from security_ir_jira.model import LABEL, Case, File, case_label
from security_ir_jira.notices import copies_on_case, copies_on_issue
from security_ir_jira.plan.births import case_property, case_request, issue_request, sendable, without_labels
from security_ir_jira.plan.texts import case_description, issue_document
from security_ir_jira.transfer import Spool, spool
from tests.unit.things import a_case, a_comment, an_issue

CONFIG = Config(
    name="security-ir-jira",
    account_id="123456789012",
    status_mapping=StatusMapping({}, {}),
    jira_create_fields={"labels": ["soc"], "priority": {"name": "High"}},
)
TEXTS = {
    "plain": "Found in a public repository.",
    "rich": "# Finding\n\n- one\n  - *two*\n\n> quoted\n\n```sh\nls\n```",
    "table": "| a | b |\n| - | - |\n| 1 | [x](https://a.example) |",
    "long": "word " * 9_000,
    "emoji": "🔑" * 20_000,
    "markup": "<b>*_`[x](y)`_*</b> \\ | ~~ \u0000\u0007 \u2028",
    "lines": "\n\n\n".join("abc"),
}


def public_methods(client: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(client, inspect.isfunction) if not name.startswith("_")}


# Jira


@dataclass(slots=True)
class Site:
    """A Jira site that holds the contract, with an issue of ours and one of somebody else."""

    server: JiraServer
    client: JiraClient
    issue_id: str
    comment_id: str

    def issue(self) -> Any:
        return self.client.issue(self.issue_id)


def _ada(site: Site) -> str:
    return site.client.find_users("ada@example.com")[0].id


def _attach(site: Site) -> str:
    with spool(iter([b"evi", b"dence"]), 100) as file:
        return site.client.upload_attachment(site.issue_id, "evidence of \u00e4.txt", file)


def _attached(site: Site) -> File:
    attachment_id = _attach(site)
    return next(each for each in site.client.issue(site.issue_id).files if each.id == attachment_id)


def _resolve(site: Site) -> None:
    site.server.site.projects["SEC"].workflow = Workflow.strict()
    for name in ("In Progress", "In Review", "Done"):
        step = next(each for each in site.client.transitions(site.issue_id) if each.to.name == name)
        fields = {"resolution": {"name": "Done"}} if step.fields and "resolution" in step.fields else {}
        site.client.transition(site.issue_id, step.id, fields)


JIRA_CALLS: dict[str, list[Callable[[Site], object]]] = {
    "issue": [
        lambda site: site.client.issue(site.issue_id),
        lambda site: site.client.issue("SEC-1", with_property=True),
    ],
    "comments": [lambda site: site.client.comments(replace(site.issue(), comments=None))],
    "comment_document": [lambda site: site.client.comment_document(site.issue_id, site.comment_id)],
    "all_comments": [lambda site: site.client.all_comments(site.issue_id)],
    "workflow": [lambda site: site.client.workflow(site.issue())],
    "transitions": [lambda site: site.client.transitions(site.issue_id)],
    "issues_labelled": [lambda site: site.client.issues_labelled(case_label("1000000001"))],
    "issues_created": [lambda site: site.client.issues_created(30)],
    "issues_updated": [lambda site: site.client.issues_updated(30, label=LABEL)],
    "issues_older": [
        lambda site: list(site.client.issues_older(0, None)),
        lambda site: list(site.client.issues_older(0, 30)),
    ],
    "create_issue": [lambda site: site.client.create_issue(issue_request(a_case(), CONFIG, "SEC"))],
    "set_fields": [
        lambda site: site.client.set_fields(site.issue_id, summary="New"),
        lambda site: site.client.set_fields(site.issue_id, description=to_adf("New")),
        lambda site: site.client.set_fields(site.issue_id, summary="Both", description=to_adf("**new**")),
    ],
    "add_labels": [lambda site: site.client.add_labels(site.issue_id, [LABEL, case_label("1000000001")])],
    "mark": [
        lambda site: site.client.mark(site.issue_id, [LABEL, "aws-sir-1000000001"], case_property(a_case(), CONFIG))
    ],
    "set_case_property": [lambda site: site.client.set_case_property(site.issue_id, case_property(a_case(), CONFIG))],
    "link": [
        lambda site: site.client.link(
            site.issue_id, global_id=a_case().arn, url=a_case().url, title="AWS Security Incident Response case"
        )
    ],
    "transition": [
        lambda site: site.client.transition(site.issue_id, site.client.transitions(site.issue_id)[0].id, {}),
        lambda site: _resolve(site),
    ],
    "place_of": [lambda site: site.client.place_of(site.issue_id)],
    "make_sure_readable": [lambda site: site.client.make_sure_readable("SEC")],
    "make_sure_permitted": [lambda site: site.client.make_sure_permitted("SEC-1", "EDIT_ISSUES")],
    "paragraph_fields": [lambda site: site.client.paragraph_fields()],
    "set_custom_fields": [
        lambda site: site.client.set_custom_fields(site.issue_id, {"customfield_10050": "x", "customfield_10051": "y"}),
        lambda site: site.client.set_custom_fields(site.issue_id, {"customfield_10050": "", "customfield_10051": ""}),
    ],
    "delete_issue": [lambda site: site.client.delete_issue(site.issue_id)],
    "watchers": [lambda site: site.client.watchers(site.issue_id)],
    "find_users": [lambda site: site.client.find_users("ada@example.com")],
    "myself": [lambda site: site.client.myself()],
    "add_watcher": [lambda site: site.client.add_watcher(site.issue_id, _ada(site))],
    "remove_watcher": [lambda site: site.client.remove_watcher(site.issue_id, _ada(site))],
    "upload_limit": [lambda site: site.client.upload_limit()],
    "upload_attachment": [lambda site: _attach(site)],
    "download_attachment": [lambda site: site.client.download_attachment(_attached(site), 100)],
    "add_comment": [
        lambda site: site.client.add_comment(site.issue_id, to_adf("hello"), internal=False),
        lambda site: site.client.add_comment(site.issue_id, to_adf("hello"), internal=True),
    ],
    "edit_comment": [lambda site: site.client.edit_comment(site.issue_id, site.comment_id, to_adf("edited"))],
}


@pytest.fixture
def site(contracts: Path) -> Iterator[Site]:
    with JiraServer(contract=contracts) as server:
        server.add_project("SEC")
        server.add_field("customfield_10050", "Case ARN")
        server.add_field("customfield_10051", "Regions", "textarea")
        server.switches.page_cap = server.switches.search_page_cap = 2
        ada = server.person(server.add_user("Ada Lovelace", "ada@example.com"))
        issue = ada.create_issue("SEC", "Leaked key")
        ada.create_issue("SEC", "Another")
        ada.create_issue("SEC", "A third")
        for number in range(5):
            ada.comment(issue.key, f"comment {number}")
        client = JiraClient(JiraHttp(lambda _: Credentials(server.url, server.email, "SEC", server.token, 1)))
        yield Site(server, client, issue.id, client.add_comment(issue.id, to_adf("ours"), internal=False))
        assert server.violations == []
        assert {request.status for request in server.requests} <= {200, 201, 204, 303}


def test_every_method_of_the_jira_client_is_called_here() -> None:
    assert public_methods(JiraClient) == set(JIRA_CALLS)


@pytest.mark.parametrize("method", JIRA_CALLS)
def test_a_request_to_jira_keeps_its_contract(site: Site, method: str) -> None:
    for call in JIRA_CALLS[method]:
        call(site)
    assert site.server.requests


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_whatever_people_write_on_a_case_makes_a_request_jira_takes(site: Site, text: str) -> None:
    case = a_case(title=text[:300], description=text[:8_000])
    issue_id, _ = site.client.create_issue(issue_request(case, CONFIG, "SEC"))
    site.client.set_fields(issue_id, description=issue_document(text[:8_000]))
    for part in copies_on_issue(a_comment(1, text)):
        site.client.edit_comment(issue_id, site.client.add_comment(issue_id, part, internal=False), part)


def test_an_issue_may_be_created_without_labels(site: Site) -> None:
    site.server.site.projects["SEC"].hidden_on_create = frozenset({"labels"})
    request = without_labels(issue_request(a_case(), CONFIG, "SEC"))
    assert site.client.create_issue(request)


# security-ir


@dataclass(slots=True)
class Service:
    """A security-ir service with a self-managed case that has three pages of comments."""

    server: SecurityIrServer
    client: CaseClient
    calls: CaseCalls
    case_id: str
    comment_id: str

    def case(self) -> Case:
        return self.client.case(self.case_id)


def a_request(summary: str = "Phishing mail", description: str = "Somebody clicked.") -> dict[str, Any]:
    issue = an_issue(summary=summary, description=description)
    return sendable(case_request(issue, CONFIG, "https://example.atlassian.net/browse/SEC-1"))


def _download(service: Service) -> Spool:
    attachment_id = service.server.person("grace").attach(service.case_id, "logs.txt", b"abc")
    file = next(each for each in service.case().files if each.id == attachment_id)
    return service.client.download_attachment(service.case_id, file, 100)


SECURITY_IR_CALLS: dict[str, list[Callable[[Service], object]]] = {
    "case": [lambda service: service.case()],
    "comments": [lambda service: service.client.comments(service.case_id)],
    "tags": [lambda service: service.client.tags(service.case().arn)],
    "create_case": [lambda service: service.client.create_case(a_request())],
    "set_fields": [
        lambda service: service.client.set_fields(service.case_id, title="New"),
        lambda service: service.client.set_fields(service.case_id, description="New"),
        lambda service: service.client.set_fields(service.case_id, title="Both", description="new"),
    ],
    "make_sure_readable": [lambda service: service.client.make_sure_readable()],
    "ids": [lambda service: service.client.ids()],
    "set_watchers": [
        lambda service: service.client.set_watchers(service.case_id, ["ada@example.com"], []),
        lambda service: service.client.set_watchers(service.case_id, [], ["ada@example.com"]),
    ],
    "upload_url": [lambda service: service.client.upload_url(service.case_id, "logs.txt", 3, token="1")],
    "download_attachment": [lambda service: _download(service)],
    "set_status": [lambda service: service.client.set_status(service.case_id, "Detection and Analysis")],
    "close": [lambda service: service.client.close(service.case_id)],
    "add_comment": [lambda service: service.client.add_comment(service.case_id, "hello", token="0" * 64)],
    "edit_comment": [lambda service: service.client.edit_comment(service.case_id, service.comment_id, "edited")],
}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with SecurityIrServer() as server:
        for name, value in (
            ("AWS_ACCESS_KEY_ID", "AKIATESTING"),
            ("AWS_SECRET_ACCESS_KEY", "testing"),
            ("AWS_DEFAULT_REGION", "eu-central-1"),
            ("AWS_ENDPOINT_URL_SECURITY_IR", server.url),
        ):
            monkeypatch.setenv(name, value)
        calls = CaseCalls.connect()
        client = CaseClient(calls)
        case_id = client.create_case(a_request("First"))
        comments = [client.add_comment(case_id, f"comment {number}", token=str(number)) for number in range(60)]
        yield Service(server, client, calls, case_id, comments[0])
        assert server.violations == []
        assert {record.status for record in server.requests} <= {200, 201, 204}


def test_every_method_of_the_security_ir_client_is_called_here() -> None:
    assert public_methods(CaseClient) == set(SECURITY_IR_CALLS)


@pytest.mark.parametrize("method", SECURITY_IR_CALLS)
def test_a_request_to_security_ir_keeps_its_contract(service: Service, method: str) -> None:
    for call in SECURITY_IR_CALLS[method]:
        call(service)


def test_the_list_of_cases_keeps_its_contract(service: Service) -> None:
    assert [case.id for case in service.calls.listed()] == [service.case_id]


def test_fault_22_nothing_that_is_sent_at_birth_is_invented(service: Service) -> None:
    request = a_request()
    assert request["impactedAccounts"] == ["123456789012"]
    assert request["watchers"] == []
    assert set(request) == {
        "resolverType",
        "title",
        "description",
        "engagementType",
        "reportedIncidentStartDate",
        "impactedAccounts",
        "watchers",
        "tags",
        "clientToken",
    }
    service.client.create_case(request)


def test_a_repeated_birth_is_the_same_case(service: Service) -> None:
    assert service.client.create_case(a_request()) == service.client.create_case(a_request())


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_whatever_people_write_in_jira_makes_a_request_security_ir_takes(service: Service, text: str) -> None:
    case_id = service.client.create_case(a_request(text[:250], text))
    cut, _ = case_description(text, "https://example.atlassian.net/browse/SEC-1")
    service.client.set_fields(case_id, description=cut)
    for number, part in enumerate(copies_on_case(a_comment(1, text))):
        service.client.add_comment(case_id, part, token=str(number))


def test_an_issue_without_any_words_makes_a_case(service: Service) -> None:
    assert service.client.create_case(a_request(" ", ""))
