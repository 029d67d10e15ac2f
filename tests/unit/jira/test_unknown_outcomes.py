"""A creation without a clear answer: 503 alone does not say that Jira did not carry it out."""

from __future__ import annotations

import pytest

from sandbox.jira import JiraServer
from security_ir_jira.errors import OutcomeUnknown
from security_ir_jira.jira.credentials import Credentials
from security_ir_jira.jira.http import JiraHttp

ISSUE = {"fields": {"project": {"key": "SEC"}, "issuetype": {"name": "Task"}, "summary": "Leaked key"}}


def test_fault_6_a_creation_that_is_answered_503_and_no_more_is_not_sent_again() -> None:
    with JiraServer() as jira:
        jira.add_project("SEC")
        jira.faults.add("POST .*", status=503, after=True)
        http = JiraHttp(lambda _: Credentials(jira.url, jira.email, "SEC", jira.token, 1), sleep=lambda _: None)
        with pytest.raises(OutcomeUnknown):
            http.call("POST", "/issue", body=ISSUE, repeatable=False)
        assert len(jira.issues()) == 1
