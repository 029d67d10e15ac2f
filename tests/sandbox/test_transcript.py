"""What the demonstration writes can be read in 80 columns, in a terminal and in a file."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len

from sandbox.transcript import Transcript

WIDE = "不審なログインを検出しました。担当者は至急確認してください。" * 3


def written(*, left: str = "", right: str = "") -> list[str]:
    out = io.StringIO()
    transcript = Transcript(out)
    transcript.heading()
    transcript.act(left)
    transcript.both(left, right)
    with transcript.waiting("something"):
        transcript.note("on the way")
    return out.getvalue().splitlines()


@pytest.mark.parametrize("text", ["plain words " * 20, WIDE, "🙂" * 90, "x" * 200, "one\n\ntwo"])
def test_nothing_is_wider_than_eighty_columns_and_nothing_is_lost(text: str) -> None:
    lines = written(left=text, right=text)
    assert max(map(cell_len, lines)) <= 80
    rows = [line.split("│") for line in lines if "│" in line][1:]
    for column in zip(*rows, strict=True):
        assert "".join("".join(column).split()) == "".join(text.split())


def test_both_columns_begin_where_they_began_whatever_stands_in_them() -> None:
    rows = [line for line in written(left=WIDE, right="Jira") if "│" in line]
    assert len({cell_len(row.partition("│")[0]) for row in rows}) == 1


def test_a_file_gets_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    text = "[bold]not bold[/bold] :smile: https://example.com"
    lines = written(left=text, right=text)
    assert "\x1b" not in "".join(lines)
    assert f"▶ {text}" in lines
    assert lines == [line.rstrip() for line in lines]
    assert "[bold]not bold[/bold]" in lines[-3]
    assert capsys.readouterr().out == ""


def test_an_address_in_a_note_is_not_broken() -> None:
    out, address = io.StringIO(), "http://127.0.0.1:1/" + "path/" * 40
    Transcript(out).note(address)
    assert address in out.getvalue()


def test_what_is_to_be_found_stands_between_empty_lines() -> None:
    out = io.StringIO()
    Transcript(out).apart("http://127.0.0.1:1/")
    assert [line.partition("] ")[2] for line in out.getvalue().splitlines()] == ["", "http://127.0.0.1:1/", ""]
