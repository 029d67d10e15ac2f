"""Pairs that an earlier version put in step are in step for this one: nothing is rewritten, or called changed."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from sandbox.jira import Person

from .loop import EVIDENCE, REGION, Loop, a_day_of_sweeps, key_of, open_case, texts

DAMAGED = r"C:\Users_svc\run.ps1, C:\Windows\Temp*.exe; arn:aws:s3:::*prod*"
"""What the first version made of the evidence in Jira."""


def paragraph(text: str) -> dict[str, Any]:
    return {"type": "paragraph", "content": [{"type": "text", "text": text}]}


def document(*texts: str) -> dict[str, Any]:
    return {"version": 1, "type": "doc", "content": [paragraph(text) for text in texts]}


def forget_readings(loop: Loop) -> None:
    """Make all digests of what was read in Jira those of the first version, without prefix and documents."""
    client = boto3.client("dynamodb", region_name=REGION)
    for item in client.scan(TableName="ledger")["Items"]:
        item.pop("document", None)
        described: Any = item.get("agreed", {}).get("M", {}).get("description", {}).get("M", {})
        for holder, name in ((described, "issue"), (item, "source")):
            remembered = holder.get(name, {}).get("S", "")
            if remembered.startswith("2:"):
                holder[name] = {"S": remembered.removeprefix("2:")[::-1]}
        client.put_item(TableName="ledger", Item=item)


def as_the_first_version_left_it(loop: Loop) -> str:
    """A pair with the evidence, and its damaged copy in Jira."""
    case = open_case(loop, "Evidence", f"{EVIDENCE}\n\nTwo hosts.")
    loop.settle()
    loop.automation = False
    integration = loop.jira.person(loop.jira.integration)
    integration.edit(key_of(loop, case), description=document(DAMAGED, "Two hosts."))
    loop.automation = True
    forget_readings(loop)
    return case


@pytest.fixture
def case_id(loop: Loop) -> str:
    return as_the_first_version_left_it(loop)


def test_a_damaged_copy_is_nobodys_edit(loop: Loop, case_id: str) -> None:
    quiet = loop.quiet()
    a_day_of_sweeps(loop)
    assert quiet.writes == []
    assert loop.service.case(case_id).description == f"{EVIDENCE}\n\nTwo hosts."


def test_a_sentence_added_in_jira_later_leaves_the_evidence_alone(loop: Loop, case_id: str, ada: Person) -> None:
    a_day_of_sweeps(loop)
    ada.edit(key_of(loop, case_id), description=document(DAMAGED, "Two hosts.", "Seen by Ada."))
    loop.settle()
    assert loop.service.case(case_id).description == f"{EVIDENCE}\n\nTwo hosts.\n\nSeen by Ada."


def test_a_sentence_added_in_jira_just_then_leaves_the_evidence_alone(loop: Loop, case_id: str, ada: Person) -> None:
    ada.edit(key_of(loop, case_id), description=document(DAMAGED, "Two hosts.", "Seen by Ada."))
    loop.settle()
    assert loop.service.case(case_id).description == f"{EVIDENCE}\n\nTwo hosts.\n\nSeen by Ada."
    assert "both sides" not in "".join(texts(loop, case_id))


def test_a_paragraph_added_on_the_case_just_then_leaves_the_rest_of_the_issue_alone(loop: Loop, case_id: str) -> None:
    before = loop.jira.issue(key_of(loop, case_id)).description
    loop.service.person("grace").edit(case_id, description=f"{EVIDENCE}\n\nTwo hosts.\n\nIsolated.")
    loop.settle()
    after = loop.jira.issue(key_of(loop, case_id)).description
    assert before is not None
    assert after is not None
    assert after["content"][:2] == before["content"]
    assert loop.jira.issue(key_of(loop, case_id)).description_text.endswith("Isolated.")
    assert "both sides" not in "".join(texts(loop, case_id))


def test_comments_are_not_written_again_and_their_next_edit_arrives(loop: Loop, case_id: str, ada: Person) -> None:
    key = key_of(loop, case_id)
    plain, edited = ada.comment(key, "Look at __init__.py"), ada.comment(key, "first wording")
    ada.edit_comment(key, edited.id, "second wording of C:\\Temp\\*.exe")
    loop.settle()
    forget_readings(loop)
    quiet = loop.quiet()
    a_day_of_sweeps(loop)
    assert quiet.writes == []
    ada.edit_comment(key, plain.id, "Look at __main__.py")
    ada.edit_comment(key, edited.id, "third wording")
    loop.settle()
    case = texts(loop, case_id)[0]
    assert ("__main__.py" in case, "third wording" in case) == (True, True)
    assert ("__init__.py" in case, "second wording" in case) == (False, False)
