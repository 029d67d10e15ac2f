"""Pairs that an earlier version put in step differ in form; that is no edit, and stays none when one side moves."""

from __future__ import annotations

import pytest

from rich_text import alike, same_words, to_adf, to_text, update_adf, update_text
from tests.unit.rich_text.adf import BREAK, RULE, Node, content, doc, h, li, p, row, t, table, ul

CASE = "\n\n".join(
    [
        r"Delete C:\Windows\Temp\*.exe",
        "# crontab -l",
        "Steps:\n- isolate **db-1**\n- rotate",
        "* * * * *",
        "arn:aws:s3:::*_prod_*",
        "untouched",
    ]
)
ISSUE = [
    p(r"Delete C:\Windows\Temp*.exe"),
    h(1, "crontab -l"),
    p("Steps:"),
    ul(li(p("isolate ", t("db-1", "strong"))), li(p("rotate"))),
    p("arn:aws:s3:::", t("_prod_", "em")),
    p("untouched"),
]
ENTRIES = alike(CASE, doc(*ISSUE))


def _same(one: list[Node], other: list[Node]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


def test_a_damaged_pair_has_the_same_words() -> None:
    assert same_words(CASE, to_text(doc(*ISSUE)))


def test_a_sentence_added_in_jira_does_not_bring_the_damage_to_the_case() -> None:
    document = doc(*ISSUE, p("Seen by Ada."))
    assert update_text(document, CASE, ENTRIES) == f"{CASE}\n\nSeen by Ada."


def test_a_sentence_put_between_in_jira_leaves_the_others_as_they_are() -> None:
    document = doc(*ISSUE[:2], p("Seen by Ada."), *ISSUE[2:])
    assert update_text(document, CASE, ENTRIES) == CASE.replace("Steps:", "Seen by Ada.\n\nSteps:")


def test_a_paragraph_added_on_the_case_leaves_the_nodes_in_jira() -> None:
    case = CASE.replace("\n\n* * * * *", "")
    updated = content(update_adf(f"{case}\n\nSeen by Ada.", doc(*ISSUE), alike(case, doc(*ISSUE))))
    assert _same(updated[:-1], ISSUE)
    assert updated[-1] == p("Seen by Ada.")


def test_a_line_of_signs_that_was_lost_in_jira_comes_back_with_the_next_edit() -> None:
    updated = content(update_adf(f"{CASE}\n\nSeen by Ada.", doc(*ISSUE), ENTRIES))
    assert updated == [*ISSUE[:4], p("* * * * *"), *ISSUE[4:], p("Seen by Ada.")]


def test_a_damaged_block_that_is_edited_in_jira_is_carried_over() -> None:
    document = doc(p(r"Delete D:\Windows\Temp*.exe"), *ISSUE[1:])
    assert update_text(document, CASE, ENTRIES) == CASE.replace(r"C:\Windows\Temp\*", r"D:\Windows\Temp*")


def test_a_damaged_block_that_is_edited_on_the_case_is_mended_in_jira() -> None:
    updated = content(update_adf(CASE.replace("Delete", "Remove"), doc(*ISSUE), ENTRIES))
    assert updated[0] == p(r"Remove C:\Windows\Temp\*.exe")
    assert _same(updated[1:4], ISSUE[1:4])


def test_without_entries_a_damaged_block_is_an_edit() -> None:
    assert update_text(doc(*ISSUE), CASE) == to_text(doc(*ISSUE))


def test_what_reads_the_same_has_no_entry() -> None:
    assert alike(CASE, to_adf(CASE)) == frozenset()
    assert alike("", None) == frozenset()
    assert alike("* * *", doc(RULE)) != frozenset()


def test_other_words_are_never_alike() -> None:
    assert alike("one\n\ntwo", doc(p("one"), p("three"))) == frozenset()


def test_entries_are_short_and_not_too_many() -> None:
    entries = alike("\n\n".join(f"{number} *a*" for number in range(2_000)), doc(*(p(f"{n} a") for n in range(2_000))))
    assert len(entries) == 500
    assert {len(entry) for entry in entries} == {25}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (r"C:\*.exe, a_b", "C:*.exe, ab", True),
        ("**a** [b](https://c.example)", "a b (https://c.example)", True),
        ("[a@b.example](mailto:a@b.example)", "a@b.example", True),
        ("a<br>b", "a b", True),
        ("a", "A", False),
        ("a1", "a", False),
        ("日本", "日", False),
    ],
)
def test_words_are_letters_and_digits(one: str, other: str, expected: bool) -> None:
    assert same_words(one, other) is expected


def test_rows_and_breaks_are_told_by_their_words_too() -> None:
    document = doc(table(row("a", "b", header=True), row(p("c", BREAK, "d"), "e")))
    old = "| a | b |\n| --- | --- |\n| c<br>d | e |"
    assert update_text(doc(*content(document), p("new")), old, alike(old, document)) == f"{old}\n\nnew"
