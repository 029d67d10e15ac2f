"""What Jira's documents become on a case."""

from __future__ import annotations

import pytest

from rich_text import plain, to_adf, to_text
from tests.unit.rich_text.adf import BREAK, Node, code, doc, h, li, node, ol, p, quote, row, t, table, ul
from tests.unit.rich_text.samples import SAMPLES


@pytest.mark.parametrize("name", SAMPLES)
def test_every_node_has_its_text(name: str) -> None:
    document, text = SAMPLES[name]
    assert to_text(document) == text
    assert to_text(to_adf(text)) == text


def test_nothing_is_an_empty_text() -> None:
    assert to_text(None) == ""
    assert to_text({}) == ""
    assert to_text(doc()) == ""
    assert to_text(doc(p(), h(1), ul(), quote(), table())) == ""


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (doc(node("holographicBlock", p("kept"))), "kept"),
        (doc(p("a ", node("holographicInline", text="kept"))), "a kept"),
        (doc(t("loose ", "strong"), t("text"), p("b")), "**loose** text\n\nb"),
        (doc(ul(p("not an item"))), "- not an item"),
        (doc(ul(li(quote(p("deep")), p("down")))), "- deep\n  down"),
        (doc(quote(table(row("a", "b")))), "> a | b"),
    ],
    ids=["block", "inline", "loose text", "list", "item", "quote"],
)
def test_what_the_schema_does_not_know_keeps_its_text(document: Node, text: str) -> None:
    assert to_text(document) == text


@pytest.mark.parametrize(
    "typed",
    [
        r"arn:aws:s3:::*_prod_*, C:\Windows\Temp\*.exe, __init__.py, **not bold**, [x](y)",
        "# cat /etc/shadow",
        "* * * * * root x",
        "1. one",
        ">>> import os",
        "a  b\tc",
        "    indented",
        "| a | b |",
        "&amp; <b> \\_ `x`",
    ],
)
def test_a_paragraph_reads_as_it_was_typed_in_jira(typed: str) -> None:
    assert to_text(doc(p(typed))) == typed
    assert to_text(doc(p("before", BREAK, typed, BREAK, "after"))) == f"before\n{typed}\nafter"


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([t("all", "strong")], "**all**"),
        (["in", t("side", "strong")], "inside"),
        ([t(" spaced ", "strong"), "x"], " **spaced** x"),
        ([t("/var/**", "strong")], "/var/**"),
        (['"', t("quoted", "strong"), '"'], '"quoted"'),
        (["x=", t("whoami", "code")], "x=whoami"),
        ([t("a`b", "code"), " ", t("`c`", "code")], "``a`b`` `` `c` ``"),
        ([t("a ", "strong"), t("b", "code"), t(" c", "strong")], "**a `b` c**"),
        ([t("strong link", "strong", href="https://x.example")], "**[strong link](https://x.example)**"),
        ([t("a[0]", href="https://x.example")], "a[0] (https://x.example)"),
        ([t("https://x.example/a.", href="https://x.example/a.")], "https://x.example/a."),
        ([t("setup.sh", href="http://setup.sh")], "setup.sh"),
        ([t("ada@x.example", href="mailto:ada@x.example")], "ada@x.example"),
        ([t("x", href="https://x.example/a b")], "[x](https://x.example/a%20b)"),
        ([t("x", href="https://x.example/a)b")], "[x](https://x.example/a%29b)"),
        ([t("me", "strong", href="javascript:alert(1)"), " now"], "**me** (javascript:alert(1)) now"),
        (["not ", t("evil", "strike"), "!"], "not ~~evil~~!"),
        ([t("underlined", "underline"), t(" and slanted", "em")], "underlined and slanted"),
    ],
)
def test_a_mark_has_delimiters_only_where_they_are_read_as_such(parts: list[str | Node], text: str) -> None:
    assert to_text(doc(p(*parts))) == text
    assert to_text(to_adf(text)) == text


@pytest.mark.parametrize(
    ("before", "raised", "kind", "text"),
    [("2", "10", "sup", "2^10"), ("H", "2", "sub", "H_2"), ("x", "a b", "sup", "x^(a b)"), ("x", "", "sup", "x")],
)
def test_a_raised_number_never_becomes_another_number(before: str, raised: str, kind: str, text: str) -> None:
    mark = node("subsup", type=kind)
    assert to_text(doc(p(before, {"type": "text", "text": raised, "marks": [mark]}))) == text


def test_a_link_over_several_looks_is_one_link() -> None:
    href = "https://x.example"
    document = doc(p(t("a ", href=href), t("b", "strong", href=href), t(" c", "code", href=href)))
    assert to_text(document) == "[a **b** `c`](https://x.example)"


def test_a_numbered_list_keeps_its_numbers_and_an_empty_bullet_is_none() -> None:
    assert to_text(doc(ol(3, li(p("a")), li(p()), li(p("c"))))) == "3. a\n4.\n5. c"
    assert to_text(doc(ul(li(p("a")), li(p()), li(p("c"))))) == "- a\n- c"


def test_code_with_fences_gets_longer_ones() -> None:
    text = to_text(doc(code("```\nx\n```"), p("```sh"), code("y")))
    assert text == "````\n```\nx\n```\n````\n\n```sh\n\n````\ny\n````"
    assert to_text(to_adf(text)) == text


def test_a_document_nested_without_end_keeps_its_text() -> None:
    inner = p("deep")
    for _ in range(400):
        inner = node("expand", inner)
    assert to_text(doc(inner)) == "deep"


def test_a_table_with_absurd_spans_stays_small() -> None:
    wide = table(row("a", colspan=10**9, rowspan=10**9), row("b"))
    assert len(to_text(doc(wide))) < 2_000


def test_plain_text_has_no_markup() -> None:
    document = doc(
        h(1, "Findings"),
        p(t("two", "strong"), " roles, ", t("one key", href="https://example.com")),
        ul(li(p("a"), ul(li(p("b"))))),
        table(row("x", "y")),
        code("z\n  y"),
    )
    assert plain(document) == "Findings\ntwo roles, one key\na\nb\nx | y\nz\n  y"
    assert plain(None) == ""


def test_an_empty_text_between_two_parts_of_a_mark_parts_nothing() -> None:
    href = "https://x.example"
    assert to_text(doc(p(t("a", href=href), t(""), t("b", href=href)))) == "[ab](https://x.example)"
    assert to_text(doc(p(t("a", "strike"), t(""), t("b", "strike")))) == "~~ab~~"
