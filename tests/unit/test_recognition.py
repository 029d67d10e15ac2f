"""Our own words are known again on either side, and nobody else's are taken for ours."""

from __future__ import annotations

from dataclasses import replace
from string import Formatter

import pytest

from rich_text import to_text
from security_ir_jira.memory import Notice
from security_ir_jira.model import Side
from security_ir_jira.notices import (
    DELETED_NOTE,
    NO_LONGER_NEEDED,
    QUOTING,
    WITHDRAWN_TEXT,
    WORDING,
    copies_on_case,
    copies_on_issue,
    documents_on_issue,
    text_of,
)
from security_ir_jira.recognition import (
    Head,
    head_of,
    is_another_instances,
    is_notice_of_another_instance,
    is_rest_of_a_copy,
    notice_in,
)
from tests.unit.things import a_comment

ROLE = "arn:aws:sts::123456789012:assumed-role/security-ir-jira-security-ir-client/session"


SOME = {"key": "SEC-1", "url": "https://example.atlassian.net/browse/SEC-1", "fields": "customfield_10050, duedate"}
"""Values that are no free texts."""


def a_notice(side: Side, kind: str) -> Notice:
    names = [name for _, name, _, _ in Formatter().parse(WORDING[kind]) if name]
    values = {name: SOME.get(name, f'a *{name}* of: "{kind}"') for name in names}
    return Notice(side, kind, values | ({"text": "What was quoted."} if kind in QUOTING else {}))


@pytest.mark.parametrize("kind", WORDING)
def test_every_notice_is_known_again_with_what_it_mentions_on_both_sides(kind: str) -> None:
    on_case, on_issue = a_notice("security_ir", kind), a_notice("jira", kind)
    (document,) = documents_on_issue(on_issue)
    assert notice_in("security_ir", text_of(on_case)) == on_case
    assert notice_in("jira", to_text(document)) == on_issue


@pytest.mark.parametrize("kind", WORDING)
def test_a_notice_with_something_said_around_it_is_no_notice(kind: str) -> None:
    said = text_of(a_notice("security_ir", kind))
    assert notice_in("security_ir", f"> {said}") is None
    open_ended = kind in QUOTING or "{reason}" in WORDING[kind]
    assert open_ended or notice_in("security_ir", f"{said}\n\nIs that so?") is None


@pytest.mark.parametrize("body", ["Seen.", "word " * 9_000, " "])
def test_a_copy_is_known_by_its_head_on_both_sides(body: str) -> None:
    comment = a_comment(5, body, author="Ada Lovelace, in Jira")
    on_case = copies_on_case(comment)
    on_issue = [to_text(document) for document in copies_on_issue(comment)]
    sides: list[tuple[Side, list[str]]] = [("security_ir", list(on_case)), ("jira", on_issue)]
    for side, parts in sides:
        expected = [Head("Ada Lovelace, in Jira", "2026-01-01 12:05 UTC", n + 1, len(parts)) for n in range(len(parts))]
        assert [head_of(side, part) for part in parts] == expected


@pytest.mark.parametrize(
    "text", ["Ada in Jira: hello", "I met Ada in Jira, 2026-01-01 12:05 UTC, or later", "", "Ada in Jira,"]
)
def test_what_people_type_has_no_head(text: str) -> None:
    assert head_of("security_ir", text) is None
    assert not is_rest_of_a_copy("security_ir", text)


@pytest.mark.parametrize("text", [WITHDRAWN_TEXT, NO_LONGER_NEEDED, f"{DELETED_NOTE}\n\nanything"])
def test_what_remains_of_a_copy_is_ours(text: str) -> None:
    assert is_rest_of_a_copy("security_ir", text)


def test_a_notice_is_another_instances_only_in_the_name_of_a_role() -> None:
    link = text_of(Notice("security_ir", "link", {"key": "OPS-1", "url": "https://example.atlassian.net/browse/OPS-1"}))
    comment = a_comment(1, link, author_id=ROLE)
    assert is_notice_of_another_instance(comment)
    assert not is_notice_of_another_instance(replace(comment, author_id="arn:aws:iam::123456789012:user/grace"))
    assert not is_notice_of_another_instance(replace(comment, written="It is mirrored, as I said."))


@pytest.mark.parametrize(
    ("author", "another"),
    [
        (f"{ROLE.rpartition('/')[0]}/ops-security-ir-client", True),
        (f"{ROLE.rpartition('/')[0]}/security-ir-jira-security-ir-client", False),
        ("arn:aws-us-gov:sts::123456789012:assumed-role/a+role=1/ops-security-ir-client", True),
        (ROLE, False),
        (f"{ROLE.rpartition('/')[0]}/ops-jira-client", False),
        ("arn:aws:iam::123456789012:user/ops-security-ir-client", False),
        ("", False),
    ],
)
def test_the_author_of_a_comment_on_a_case_tells_whether_another_instance_wrote_it(author: str, another: bool) -> None:
    assert is_another_instances(a_comment(1, "Seen.", author_id=author), "security-ir-jira") is another
