"""What Jira's documents become in a case."""

from __future__ import annotations

import pytest

from rich_text import plain, to_adf, to_text
from tests.unit.rich_text.adf import Node, code, doc, h, li, node, p, quote, row, t, table, ul
from tests.unit.rich_text.samples import SAMPLES


@pytest.mark.parametrize("name", SAMPLES)
def test_every_node_has_its_markdown(name: str) -> None:
    document, markdown = SAMPLES[name]
    assert to_text(document) == markdown
    assert to_text(to_adf(markdown)) == markdown


def test_nothing_is_an_empty_text() -> None:
    assert to_text(None) == ""
    assert to_text({}) == ""
    assert to_text(doc()) == ""
    assert to_text(doc(p(), h(1), ul(), quote(), table())) == ""


@pytest.mark.parametrize(
    ("document", "markdown"),
    [
        (doc(node("holographicBlock", p("kept"))), "kept"),
        (doc(p("a ", node("holographicInline", text="kept"))), "a kept"),
        (doc(t("loose ", "strong"), t("text"), p("b")), "**loose** text\n\nb"),
        (doc(ul(p("not an item"))), "- not an item"),
        (doc(ul(li(quote(h(1, "deep"))))), "- deep"),
        (doc(quote(table(row("a", "b")))), "> a | b"),
    ],
    ids=["block", "inline", "loose text", "list", "item", "quote"],
)
def test_what_the_schema_does_not_know_keeps_its_text(document: Node, markdown: str) -> None:
    assert to_text(document) == markdown


def test_a_link_that_must_not_be_one_keeps_its_address() -> None:
    document = doc(p(t("click ", href="javascript:alert(1)"), t("me", "strong", href="javascript:alert(1)"), " now"))
    assert to_text(document) == "click **me** (javascript:alert(1)) now"


@pytest.mark.parametrize(
    ("address", "markdown"),
    [
        ("https://example.com/a b", "[x](https://example.com/a%20b)"),
        ("https://example.com/a(b)", "[x](https://example.com/a(b))"),
        ("https://example.com/a)b", "[x](https://example.com/a%29b)"),
        ("/browse/SEC-1", "[x](/browse/SEC-1)"),
        ("notes.md", "x (notes.md)"),
    ],
)
def test_the_address_of_a_link_is_made_to_fit(address: str, markdown: str) -> None:
    assert to_text(doc(p(t("x", href=address)))) == markdown


def test_lists_nested_deeper_than_an_editor_allows_become_lines() -> None:
    inner = p("8")
    for depth in range(7, 0, -1):
        inner = ul(li(p(str(depth)), inner)) if inner["type"] == "bulletList" else ul(li(p(str(depth))), li(inner))
    lines = to_text(doc(inner)).split("\n")
    assert [line.strip() for line in lines if line] == ["- 1", "- 2", "- 3", "- 4", "- 5", "- 6", "- 7", "- 8"]


def test_a_document_nested_without_end_keeps_its_text() -> None:
    inner = p("deep")
    for _ in range(400):
        inner = node("expand", inner)
    assert to_text(doc(inner)) == "deep"


def test_a_table_with_absurd_spans_stays_small() -> None:
    wide = table(row("a", colspan=10**9, rowspan=10**9), row("b"))
    assert len(to_text(doc(wide))) < 2_000


def test_a_table_of_many_rows_becomes_several() -> None:
    rows = [row("Host", "State", header=True), *(row(f"h{number}", "up") for number in range(5_000))]
    markdown = to_text(doc(table(*rows)))
    assert markdown.count("| --- | --- |") == 3
    assert to_text(to_adf(markdown)) == markdown


def test_plain_text_has_no_markup() -> None:
    document = doc(
        h(1, "Findings"),
        p(t("two", "strong"), " roles, ", t("one key", href="https://example.com")),
        ul(li(p("a"), ul(li(p("b"))))),
        table(row("x", "y")),
        code("z"),
    )
    assert plain(document) == "Findings\ntwo roles, one key\na\nb\nx | y\nz"
    assert plain(None) == ""
