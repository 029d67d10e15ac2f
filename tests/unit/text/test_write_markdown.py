"""Plain text from Jira reads as it was typed, and is not turned into markup when it comes back."""

from __future__ import annotations

import pytest

from security_ir_jira.text import plain, to_adf, to_markdown
from tests.unit.text.adf import BREAK, Node, doc, h, li, p, quote, row, t, table, ul, url

UNCHANGED = [
    "A plain sentence (with brackets), 3*4=12, x**2 + y**2, and a 50 % chance: #1!",
    "arn:aws:iam::123456789012:role/* and arn:aws:s3:::bucket/*",
    "10.0.0.1, 192.168.0.0/16, 2001:db8::1, 00:1a:2b:3c:4d:5e",
    "snake_case_words, __init__.py, trailing_ and _private",
    "/var/log/*.log, src/**/*.py, ~/.ssh, **/node_modules/** and *.txt",
    r"C:\Windows\System32\cmd.exe and \\10.0.0.5\share\x.exe",
    '{"Version": "2012-10-17", "Statement": [{"Action": "*", "Resource": ["*"], "a_b": "_c_"}]}',
    '2026-01-31T10:00:00Z [ERROR] [pid 3] GET /v1/users?id=1&x=~5 "Mozilla/5.0 (X11; Linux)" <script>alert(1)</script>',
    "cron(0/15 * * * ? *) or */5 * * * *",
    "SELECT * FROM t WHERE a='*' AND b LIKE '%_x_%'",
    "Ada <ada@example.com>, see [1] and [2](ref)",
    "hxxps://evil[.]example and https://good.example/path_with_(brackets)?a=*b*&c=~d",
    "a ` b, 100 ~ 200, ~5 min, a | b, &lt;tag&gt;",
    "+1 for it",
    "-5 degrees",
    "#hashtag",
    ">100 logins",
    "1.5 times",
    "| a | b |",
    "=====",
    "f(*args, **kwargs) and g(*args, **kwargs)",
]


@pytest.mark.parametrize("text", UNCHANGED)
def test_text_that_is_no_markup_reads_as_it_was_typed(text: str) -> None:
    assert to_markdown(doc(p(text))) == text
    assert plain(to_adf(text)) == text


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("*em* **strong** _em_ ~~strike~~", r"\*em\* \*\*strong\*\* \_em\_ \~\~strike\~\~"),
        ("run `rm` now", r"run \`rm\` now"),
        ("[x](https://example.com)", r"\[x](https://example.com)"),
        ("<https://example.com>", r"\<https://example.com>"),
        ("- no list", r"\- no list"),
        ("* no list", r"\* no list"),
        ("12. no list", r"12\. no list"),
        ("1) no list", r"1\) no list"),
        ("# no heading", r"\# no heading"),
        ("> no quote", r"\> no quote"),
        ("---", r"\---"),
        ("```", r"\```"),
        (r"\*", r"\\*"),
        (r"\[x\]", r"\\[x\\]"),
        (r"C:\_vti", r"C:\\_vti"),
        ("日本語*強調*です", r"日本語\*強調\*です"),
    ],
)
def test_only_what_would_be_markup_is_escaped(text: str, markdown: str) -> None:
    assert to_markdown(doc(p(text))) == markdown
    assert plain(to_adf(markdown)) == text


@pytest.mark.parametrize(
    ("document", "markdown"),
    [
        (doc(p("a", BREAK, "- b")), "a\n\\- b"),
        (doc(p("a", BREAK, "2. b")), "a\n2. b"),
        (doc(p("a", BREAK, "---")), "a\n\\---"),
        (doc(p("a | b", BREAK, "--- | ---")), "a | b\n\\--- | ---"),
        (doc(p("a", BREAK, "    - b")), "a\n    - b"),
        (doc(h(1, "1. a")), "# 1. a"),
        (doc(quote(p("# a", BREAK, "> b"))), "> # a\n> > b"),
        (doc(quote(p("[!NOTE]"))), "> \\[!NOTE]"),
        (doc(ul(li(p("--")), li(p("# a")))), "- \\--\n- # a"),
        (doc(table(row("a|b", "<br>"))), "|  |  |\n| --- | --- |\n| a\\|b | \\<br> |"),
    ],
)
def test_text_is_escaped_only_where_it_stands_in_a_place_for_markup(document: Node, markdown: str) -> None:
    assert to_markdown(document) == markdown
    assert plain(to_adf(markdown)) == plain(document)


@pytest.mark.parametrize(
    ("document", "markdown"),
    [
        (doc(p(t("bold ", "strong"), "text")), "**bold** text"),
        (doc(p(t("a", "em"), t("b", "strong"))), "ab"),
        (doc(p(t("bold", "strong"), "er")), "**bold**er"),
        (doc(p("un", t("bold", "strong"))), "unbold"),
        (doc(p("これは", t("「重要」", "strong"), "です")), "これは**「重要」**です"),
        (doc(p(t("a*b", "strong"))), r"**a*b**"),
        (doc(p(t("*", "strong"))), r"**\***"),
        (doc(p(t("a`b", "code"), " ", t("`", "code"))), "``a`b`` `` ` ``"),
        (doc(p(t("a]b", href="/x"))), r"[a\]b](/x)"),
        (doc(p(url("https://example.com/a."), " b")), "<https://example.com/a.> b"),
        (doc(p("x", url("https://example.com"))), "x<https://example.com>"),
        (doc(p(url("https://example.com"), "です")), "https://example.comです"),
        (doc(p("see https://example.com.")), "see https://example.com."),
    ],
)
def test_marks_and_links_are_written_so_that_they_are_read_again(document: Node, markdown: str) -> None:
    assert to_markdown(document) == markdown
    assert to_markdown(to_adf(markdown)) == markdown
