"""What the text of a case becomes in Jira."""

from __future__ import annotations

import pytest

from security_ir_jira.text import plain, to_adf
from tests.unit.text.adf import BREAK, RULE, Node, code, doc, h, li, ol, p, panel, quote, row, t, table, ul, url


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("# One\n\n###### Six", [h(1, "One"), h(6, "Six")]),
        ("One\n===\nTwo\n---\nthree", [h(1, "One"), h(2, "Two"), p("three")]),
        ("one\ntwo\n---", [p("one", BREAK, "two"), RULE]),
        ("####### seven\n#none", [p("####### seven", BREAK, "#none")]),
        ("***\n- - -\n_____", [RULE, RULE, RULE]),
        ("> a\n> b\n\n> c", [quote(p("a", BREAK, "b")), quote(p("c"))]),
        ("> a\nb", [quote(p("a")), p("b")]),
        ("> > a\n>\n> # b", [quote(p("> a"), p("# b"))]),
        (">100 logins\n>", [p(">100 logins"), p(">")]),
        ("> [!CAUTION]\n> a\n> - b", [panel("error", p("a"), ul(li(p("b"))))]),
        ("> [!note]\n> a", [panel("note", p("a"))]),
        ("> [!NOTE]", [quote(p("[!NOTE]"))]),
    ],
)
def test_blocks(text: str, content: list[Node]) -> None:
    assert to_adf(text) == doc(*content)


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("- a\n- b", [ul(li(p("a")), li(p("b")))]),
        ("Steps:\n* a\n* b\nthen", [p("Steps:"), ul(li(p("a")), li(p("b"))), p("then")]),
        ("- a\n  b\n\n  c\n- d", [ul(li(p("a", BREAK, "b"), p("c")), li(p("d")))]),
        ("- a\n  - b\n    - c\n- d", [ul(li(p("a"), ul(li(p("b"), ul(li(p("c")))))), li(p("d")))]),
        ("1. a\n  - b\n2. c", [ol(1, li(p("a"), ul(li(p("b")))), li(p("c")))]),
        ("7) a\n8) b", [ol(7, li(p("a")), li(p("b")))]),
        ("1. a\n1. b", [ol(1, li(p("a")), li(p("b")))]),
        ("1. a\n3. b", [ol(1, li(p("a"))), ol(3, li(p("b")))]),
        ("- a\n+ b", [ul(li(p("a"))), ul(li(p("b")))]),
        ("- [ ] a\n- [x] b", [ul(li(p("[ ] a")), li(p("[x] b")))]),
        ("-\n- a", [ul(li(p()), li(p("a")))]),
        ("-\n  ```\n  x\n  ```", [ul(li(p(), code("x")))]),
        ("text\n2. text", [p("text", BREAK, "2. text")]),
        ("-5\n1.5", [p("-5", BREAK, "1.5")]),
        ("- # a\n- > b", [ul(li(p("# a")), li(p("> b")))]),
        ("1.      far", [ol(1, li(p("far")))]),
    ],
)
def test_lists(text: str, content: list[Node]) -> None:
    assert to_adf(text) == doc(*content)


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("```python title\nx = 1\n\n\ty\n```\nafter", [code("x = 1\n\n\ty", "python"), p("after")]),
        ("~~~\n```\n~~~", [code("```")]),
        ("a\n```\nunclosed", [p("a"), code("unclosed")]),
        ("```\n```", [code("")]),
        ("a\n\n    b\n\n      c\nd", [p("a"), code("b\n\n  c"), p("d")]),
        ("a\n    b", [p("a", BREAK, "    b")]),
        ("  a\n    b\n c", [p("a", BREAK, "  b", BREAK, "c")]),
        ("- a\n\n  ```sh\n  ls\n  ```", [ul(li(p("a"), code("ls", "sh")))]),
        ("```not code```", [p(t("not code", "code"))]),
    ],
)
def test_code(text: str, content: list[Node]) -> None:
    assert to_adf(text) == doc(*content)


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("| a | b |\n|---|:-:|\n| c |", [table(row("a", "b", header=True), row("c", ""))]),
        ("a | b\n--- | ---\nc | d\ne", [table(row("a", "b", header=True), row("c", "d")), p("e")]),
        ("text\n| a |\n|---|", [p("text"), table(row("a", header=True))]),
        ("| a |\n|---|\n| b | c |", [table(row("a", header=True), row("b | c"))]),
        ("|  |\n|---|\n| b |", [table(row("b"))]),
        ("| a |\n|---|\n| b<br>`c\\|d` |", [table(row("a", header=True), row(p("b", BREAK, t("c|d", "code"))))]),
        ("a | b\n--- | --- | ---", [p("a | b", BREAK, "--- | --- | ---")]),
        ("> | a |\n> |---|", [quote(p("| a |", BREAK, "|---|"))]),
    ],
)
def test_tables(text: str, content: list[Node]) -> None:
    assert to_adf(text) == doc(*content)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "**a** *b* _c_ ~~d~~ `e`",
            [t("a", "strong"), " ", t("b", "em"), " ", t("c", "em"), " ", t("d", "strike"), " ", t("e", "code")],
        ),
        ("***a***", [t("a", "em", "strong")]),
        ("***a** b*", [t("a", "em", "strong"), t(" b", "em")]),
        ("***a* b**", [t("a", "em", "strong"), t(" b", "strong")]),
        ("**a *b* `c`**", [t("a ", "strong"), t("b", "em", "strong"), " ", t("c", "code")]),
        ("**a", ["**a"]),
        ("** a **", ["** a **"]),
        ("**a\nb**", ["**a", BREAK, "b**"]),
        ("これは**「重要」**です", ["これは", t("「重要」", "strong"), "です"]),
        ("`` a`b ``", [t("a`b", "code")]),
        ("`**a**`", [t("**a**", "code")]),
        (r"\*a\* \# 1\. \a", [r"*a* \# 1\. \a"]),
        ("a  \nb\\\nc", ["a", BREAK, "b\\", BREAK, "c"]),
        ("&amp; <b>a</b> <!-- b -->", ["&amp; <b>a</b> <!-- b -->"]),
    ],
)
def test_marks(text: str, parts: list[str | Node]) -> None:
    assert to_adf(text) == doc(p(*parts))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "[a **b**](https://example.com)",
            [t("a ", href="https://example.com"), t("b", "strong", href="https://example.com")],
        ),
        ("**[a](/b)**", [t("a", "strong", href="/b")]),
        ("[`a`](/b)", [t("a", "code", href="/b")]),
        ('[a](https://example.com/(x) "title")', [t("a", href="https://example.com/(x)")]),
        ("[a](<https://example.com/x y>)", [t("a", href="https://example.com/x%20y")]),
        ("[a](mailto:a@b.example)", [t("a", href="mailto:a@b.example")]),
        ("![a](/b.png)", ["!", t("a", href="/b.png")]),
        ("[[a](/b)](/c)", ["[", t("a", href="/b"), "](/c)"]),
        ("[a](javascript:x) [b](c) [](/d) a[0](1)", ["[a](javascript:x) [b](c) [](/d) a[0](1)"]),
        ("<https://example.com/a.>", [url("https://example.com/a.")]),
        ("<soap:Body> <a@b.example>", ["<soap:Body> <a@b.example>"]),
        ("(see https://example.com/a_b_(c)).", ["(see ", url("https://example.com/a_b_(c)"), ")."]),
        ("**https://example.com**", [t("https://example.com", "strong", href="https://example.com")]),
        ("https://example.com/ですか。", [url("https://example.com/"), "ですか。"]),
        ("xhttps://a https:// ftp://b", ["xhttps://a https:// ftp://b"]),
        ("https://x.aws/#logs~(a~'fields*20*40m)", [url("https://x.aws/#logs~(a~'fields*20*40m)")]),
    ],
)
def test_links(text: str, parts: list[str | Node]) -> None:
    assert to_adf(text) == doc(p(*parts))


def test_a_blank_text_is_a_document_without_content() -> None:
    assert to_adf("") == doc()
    assert to_adf(" \n\t\r\n") == doc()


def test_every_kind_of_line_end_is_one() -> None:
    assert to_adf("a\r\nb\rc\u2028d\x0be") == doc(p("a", BREAK, "b", BREAK, "c", BREAK, "d", BREAK, "e"))


def test_characters_that_jira_refuses_leave_a_trace() -> None:
    assert plain(to_adf("a\x00b \x1b[31mred \x7f\x9b\ud800\uffff")) == "a␀b ␛[31mred ␡\ufffd\ufffd\ufffd"
    assert plain(to_adf("\ud83d\ude00")) == "😀"


def test_a_large_table_stays_within_bounds() -> None:
    columns = 5_000
    text = f"|{'a|' * columns}\n|{'-|' * columns}\n" + "|\n" * 5_000
    first = to_adf(text)["content"]
    assert isinstance(first, list)
    assert len(first[0]["content"]) == 2
