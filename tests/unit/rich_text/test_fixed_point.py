"""Whatever one starts with, converting it again changes nothing after the first step."""

from __future__ import annotations

import copy
import re

from hypothesis import assume, given
from hypothesis import strategies as st

from rich_text import plain, same_words, to_adf, to_text
from tests.unit.rich_text import incidents
from tests.unit.rich_text.adf import Node
from tests.unit.rich_text.laws import costly_law, law
from tests.unit.rich_text.strategies import documents, rubbish, texts, wordy_documents

anything = st.one_of(incidents.texts, texts)


@law
@given(anything)
def test_a_document_made_from_text_comes_back_as_it_is(text: str) -> None:
    document = to_adf(text)
    assert to_adf(to_text(document)) == document


@costly_law
@given(documents)
def test_a_document_is_stable_after_one_trip(document: Node) -> None:
    once = to_adf(to_text(document))
    assert to_adf(to_text(once)) == once


@costly_law
@given(wordy_documents)
def test_a_document_whose_words_are_no_markup_reads_the_same_for_ever(document: Node) -> None:
    text = to_text(document)
    # A numbered item without text is none on a case: its number stands there as text.
    assume(not re.search(r"^[> ]*(?:(?:-|\d+\.) )*\d+\.$", text, re.MULTILINE))
    assert to_text(to_adf(text)) == text


@costly_law
@given(documents)
def test_no_word_is_lost_on_the_way_there_and_back(document: Node) -> None:
    text = to_text(document)
    assert same_words(to_text(to_adf(text)), text)


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


@costly_law
@given(documents)
def test_what_jira_does_to_a_document_is_not_seen(document: Node) -> None:
    assert to_text(_as_jira_stores_it(document)) == to_text(document)


@costly_law
@given(anything, st.integers(0, 50))
def test_text_nodes_may_be_split_anywhere(text: str, at: int) -> None:
    assume(not any(each == "\r" or "\ud800" <= each <= "\udfff" for each in text))
    whole: Node = {"type": "text", "text": text}
    parts: list[Node] = [{"type": "text", "text": text[:at]}, {"type": "text", "text": text[at:]}]
    assert to_text(_paragraph(*parts)) == to_text(_paragraph(whole))


def _paragraph(*content: Node) -> Node:
    return {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": list(content)}]}


@costly_law
@given(rubbish)
def test_no_document_is_refused(document: object) -> None:
    # The annotation forbids what the test is about.
    text = to_text(document)  # type: ignore[arg-type]
    plain(document)  # type: ignore[arg-type]
    assert to_adf(to_text(to_adf(text))) == to_adf(text)
