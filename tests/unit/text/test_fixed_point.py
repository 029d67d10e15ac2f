"""Whatever one starts with, converting it again changes nothing after the first step."""

from __future__ import annotations

import copy

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from security_ir_jira.text import plain, to_adf, to_markdown
from security_ir_jira.text.read_adf import read_adf
from security_ir_jira.text.read_markdown import read_markdown
from security_ir_jira.text.write_adf import write_adf
from tests.unit.text.adf import Node
from tests.unit.text.strategies import documents, rubbish, texts

laws = settings(max_examples=250, deadline=None)


@laws
@given(texts)
def test_text_is_stable_after_one_trip(text: str) -> None:
    once = to_markdown(to_adf(text))
    assert to_markdown(to_adf(once)) == once


@laws
@given(documents)
def test_a_document_is_stable_after_one_trip(document: Node) -> None:
    once = to_adf(to_markdown(document))
    assert to_adf(to_markdown(once)) == once


@laws
@given(texts)
def test_a_document_made_from_text_comes_back_as_it_is(text: str) -> None:
    document = to_adf(text)
    assert to_adf(to_markdown(document)) == document


@laws
@given(documents)
def test_both_formats_hold_the_same_blocks(document: Node) -> None:
    blocks = read_adf(document)
    assert read_adf(write_adf(blocks)) == blocks
    assert read_markdown(to_markdown(document)) == blocks


@laws
@given(documents)
def test_no_text_is_lost_on_the_way_to_markdown(document: Node) -> None:
    assert plain(to_adf(to_markdown(document))) == plain(document)


def _as_jira_stores_it(node: Node, number: int = 0) -> Node:
    """With ids, empty text nodes dropped, and equal neighbours joined."""
    stored = copy.copy(node)
    if node["type"] not in ("text", "doc"):
        attrs = node.get("attrs")
        stored["attrs"] = {**(attrs if isinstance(attrs, dict) else {}), "localId": f"id-{number}"}
    content = node.get("content")
    if not isinstance(content, list):
        return stored
    joined: list[Node] = []
    for child in content:
        last = joined[-1] if joined else {}
        if child["type"] == "text" and not child["text"]:
            continue
        if child["type"] == last.get("type") == "text" and child.get("marks") == last.get("marks"):
            joined[-1] = {**last, "text": f"{last['text']}{child['text']}"}
        else:
            joined.append(_as_jira_stores_it(child, number + 1))
    stored["content"] = joined
    return stored


@laws
@given(documents)
def test_what_jira_does_to_a_document_is_not_seen(document: Node) -> None:
    assert to_markdown(_as_jira_stores_it(document)) == to_markdown(document)


@laws
@given(texts, st.integers(0, 50))
def test_text_nodes_may_be_split_anywhere(text: str, at: int) -> None:
    assume(not any(each == "\r" or "\ud800" <= each <= "\udfff" for each in text))
    whole: Node = {"type": "text", "text": text}
    parts: list[Node] = [{"type": "text", "text": text[:at]}, {"type": "text", "text": text[at:]}]
    assert to_markdown(_paragraph(*parts)) == to_markdown(_paragraph(whole))


def _paragraph(*content: Node) -> Node:
    return {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": list(content)}]}


@settings(max_examples=250, deadline=None)
@given(rubbish)
def test_no_document_is_refused(document: object) -> None:
    # The annotation forbids what the test is about.
    text = to_markdown(document)  # type: ignore[arg-type]
    assert to_markdown(to_adf(text)) == text
