"""Letters are evidence: what one side shows is what was typed on the other, but for the delimiters of real marks."""

from __future__ import annotations

import re
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rich_text import plain, to_adf, to_text
from rich_text.chars import clean
from tests.unit.rich_text.adf import BREAK, Node, code, doc, h, li, ol, p, t, ul
from tests.unit.rich_text.incidents import one_line, texts
from tests.unit.rich_text.laws import costly_law, law
from tests.unit.rich_text.letters import is_told, letters


@law
@given(texts)
def test_jira_shows_every_letter_of_a_case(text: str) -> None:
    document = to_adf(text)
    assert is_told(document, clean(text))
    assert _letters(plain(document)) == _letters(letters(document))


def _letters(text: str) -> str:
    """Without blanks, and without the pipes between the cells of a table."""
    return "".join(text.replace("|", "").split())


@law
@given(texts)
def test_a_case_reads_as_was_typed_in_jira(text: str) -> None:
    lines = clean(text).split("\n")
    document = doc(p(*chain.from_iterable([t(line), BREAK] if line else [BREAK] for line in lines)))
    assert _stretches(to_text(document)) == _stretches("\n".join(lines))


def _stretches(text: str) -> list[str]:
    """What stands between blank lines; how many of these there are does not count."""
    lines = ["" if not line.strip() else line for line in text.split("\n")]
    return [stretch for stretch in re.split("\n\n+", "\n".join(lines).strip("\n")) if stretch]


_MARKS: list[list[Node]] = [
    [],
    [{"type": "strong"}],
    [{"type": "code"}],
    [{"type": "em"}],
    [{"type": "link", "attrs": {"href": "https://a.example/b"}}],
    [{"type": "link", "attrs": {"href": "https://a.example/b"}}, {"type": "strong"}],
]
_runs = st.lists(
    st.builds(
        lambda text, marks: {"type": "text", "text": clean(text), "marks": marks}, one_line, st.sampled_from(_MARKS)
    ),
    min_size=1,
    max_size=6,
)


_ADDRESS = re.escape("https://a.example/b")
_SIGNS = [re.compile(sign) for sign in (r"\*\*", "`+", "`+ ", " `+", r"\[", rf"\]\({_ADDRESS}\)", rf" \({_ADDRESS}\)")]


@costly_law
@given(_runs)
def test_a_marked_line_keeps_its_letters_on_the_case(runs: list[Node]) -> None:
    typed = "".join(str(run["text"]) for run in runs)
    written = to_text(doc(p(*runs)))
    assert _holds(written, typed if typed.strip() else "")


def _holds(written: str, typed: str) -> bool:
    """Whether `written` is `typed` with delimiters between its letters."""
    places = _behind_signs(written, {0})
    for character in typed:
        places = _behind_signs(written, {at + 1 for at in places if written[at : at + 1] == character})
    return len(written) in places


def _behind_signs(written: str, places: set[int]) -> set[int]:
    waiting, found = list(places), set(places)
    while waiting:
        at = waiting.pop()
        for sign in _SIGNS:
            match = sign.match(written, at)
            if match and match.end() not in found:
                found.add(match.end())
                waiting.append(match.end())
    return found


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (doc(p("C:*.exe")), r"C:\*.exe"),
        (doc(p("a_b")), "a_b_"),
        (doc(p("a ", t("b", "em"), " c")), "a *b* c"),
        (doc(p("one", BREAK, "three")), "one\ntwo\nthree"),
        (doc(p("one", BREAK, "two")), "one\n  two"),
        (doc(p("one two")), "one  two"),
        (doc(p("plain")), "**plain**"),
        (doc(p(t("x", "strong"))), "***x***"),
        (doc(code("a")), "```\na\n\n```"),
        (doc(ul(li(p("a")))), "+ a"),
        (doc(ul(li(p("a")))), "- a\n-"),
        (doc(ol(2, li(p("a")))), "1. a"),
        (doc(h(2, "a")), "## a ##"),
        (doc(), "\\"),
    ],
)
def test_a_letter_that_vanished_is_noticed(document: Node, text: str) -> None:
    assert not is_told(document, text)


@pytest.mark.parametrize(("written", "typed"), [("a*.exe", r"a\*.exe"), ("x", "x_"), ("**x", "*x*"), ("a b", "a  b")])
def test_a_letter_that_vanished_from_a_marked_line_is_noticed(written: str, typed: str) -> None:
    assert not _holds(written, typed)
