"""The token of a comment: a repeated request is the same comment, and another text is another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from security_ir_jira.errors import OutcomeUnknown
from security_ir_jira.memory import Copy
from security_ir_jira.sinks.comments import Delivery
from tests.unit.things import CASE_ID

KEY = "COMMENT#jira#501"


@dataclass(slots=True)
class Service:
    """Comments of a case; for a token that it knows it answers with the comment that it made then.

    The first answer is lost, and the list of comments does not show what it made yet.
    """

    made: dict[str, str] = field(default_factory=dict)
    lost: bool = False

    def add(self, body: str, *, token: str) -> str:
        self.made.setdefault(token, body)
        if not self.lost:
            self.lost = True
            raise OutcomeUnknown("answer lost")
        return token

    def all(self) -> list[Any]:
        return []

    def as_read(self, body: str) -> str:
        return body


@dataclass(slots=True)
class Book:
    copies: list[Copy] = field(default_factory=list)

    def record(self, case_id: str, copy: Copy, notice: object = None) -> None:
        self.copies.append(copy)


def delivered(*wordings: str) -> list[str]:
    """What stands on the case after a comment was brought there, each try with the wording it had by then."""
    service: Any = Service()
    book: Any = Book([Copy(KEY, source="")])
    for wording in wordings:
        try:
            Delivery(book, CASE_ID, service).deliver(book.copies[-1], wording, [wording])
        except OutcomeUnknown:
            continue
    return list(service.made.values())


@pytest.mark.parametrize("wordings", [("one wording", "one wording"), ("one wording", "another wording")])
def test_a_text_that_was_edited_after_its_answer_was_lost_is_not_taken_for_the_earlier(wordings: list[str]) -> None:
    assert delivered(*wordings) == list(dict.fromkeys(wordings))
