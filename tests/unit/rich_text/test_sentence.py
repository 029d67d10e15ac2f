"""Our own sentences: the letters of names, titles and files stand there as they are."""

from __future__ import annotations

import pytest
from hypothesis import given

from rich_text import Strong, document, plain, sentence, to_text
from rich_text.chars import clean
from tests.unit.rich_text.adf import BREAK, doc, p, t, url
from tests.unit.rich_text.incidents import texts
from tests.unit.rich_text.laws import costly_law


@pytest.mark.parametrize(
    "author", ["svc_soc_bot", "jane_doe", "*_[x](https://a.example)<b>", "`a` **b**", "- a", r"a\*b"]
)
def test_an_author_keeps_every_letter_of_the_name(author: str) -> None:
    node = sentence("{author} on the AWS case, {when}", author=Strong(author), when="2026-11-27 00:11 UTC")
    assert node == p(t(author, "strong"), " on the AWS case, 2026-11-27 00:11 UTC")


def test_a_value_that_is_an_address_is_a_link() -> None:
    assert sentence("See {url}.", url="https://x.example/a_b") == p("See ", url("https://x.example/a_b"), ".")
    assert sentence("{a}", a="see https://x.example") == p("see https://x.example")
    assert sentence("{a}", a="javascript:alert(1)") == p("javascript:alert(1)")


def test_the_lines_of_a_value_and_of_the_wording_are_lines() -> None:
    assert sentence("It is now:\n{text}", text="one\r\n\ntwo") == p("It is now:", BREAK, "one", BREAK, BREAK, "two")


def test_our_wording_is_no_markup_either() -> None:
    assert sentence('set "{{{name}}}" of status_mapping', name="*x*") == p('set "{*x*}" of status_mapping')


def test_a_name_that_is_not_given_is_an_error() -> None:
    with pytest.raises(KeyError):
        sentence("{name}")


def test_parts_stand_one_after_another() -> None:
    assert document(p("a"), doc(p("b"), p("c")), p("d")) == doc(p("a"), p("b"), p("c"), p("d"))
    assert document() == doc()


@costly_law
@given(texts)
def test_the_letters_of_any_value_stand_there(value: str) -> None:
    wanted = [line for line in clean(f"<{value}>").split("\n") if line.strip()]
    assert plain(doc(sentence("<{value}>", value=value))).split("\n") == wanted
    shown = to_text(doc(sentence("<{value}>", value=Strong(value))))
    assert "".join(shown.replace("**", "").split()) == "".join(f"<{clean(value)}>".replace("**", "").split())
