"""Who watches what: the planner alone."""

from __future__ import annotations

import pytest

from security_ir_jira.memory import Watched
from security_ir_jira.model import Account, IssueWatchers
from security_ir_jira.plan.watchers import (
    MOST_ON_A_CASE,
    acceptable,
    by_commenting,
    fingerprint,
    fitting,
    for_case,
    for_issue,
)

CASE = "1000000001"
ADA = Account("ada", "ada@example.com")
BOB = Account("bob", "Bob@example.com")
HIDDEN = Account("eve")


def fingerprints(*accounts: Account) -> frozenset[str]:
    return frozenset(fingerprint(CASE, account.email or "") for account in accounts)


def watching(*accounts: Account, shown: bool = True) -> IssueWatchers:
    return IssueWatchers(accounts, len(accounts), shown)


def test_a_fingerprint_tells_cases_apart_and_capitals_not() -> None:
    assert fingerprint(CASE, "Ada@Example.com ") == fingerprint(CASE, "ada@example.com")
    assert fingerprint(CASE, "ada@example.com") != fingerprint("1000000002", "ada@example.com")


@pytest.mark.parametrize(
    ("email", "taken"),
    [
        ("ada@example.com", True),
        ("o'hara+x@sub.example.com", True),
        ("a@b.c", False),
        (f"{'x' * 242}@example.com", True),
        (f"{'x' * 243}@example.com", False),
        ("ada@exämple.com", False),
        ("ada@example.com\n", False),
        ("ada lovelace@example.com", False),
        ("", False),
        (None, False),
    ],
)
def test_addresses_that_the_service_takes(email: str | None, taken: bool) -> None:
    assert acceptable(email) is taken


@pytest.mark.parametrize(
    ("hits", "fits"),
    [
        ([], None),
        ([ADA], ADA),
        ([HIDDEN, ADA], ADA),
        ([HIDDEN], HIDDEN),
        ([HIDDEN, BOB], None),
        ([BOB], None),
        ([Account("ada", "ada@example.com", active=False)], None),
        ([Account("eve", active=False)], None),
    ],
)
def test_the_account_that_an_address_belongs_to(hits: list[Account], fits: Account | None) -> None:
    assert fitting("ADA@example.com", hits) == fits


def test_the_issue_gets_who_is_new_on_the_case() -> None:
    plan = for_issue(Watched(case=fingerprints(ADA)), fingerprints(ADA, BOB))
    assert plan.wanted == tuple(fingerprints(BOB))
    assert not plan.gone


def test_the_issue_gets_nobody_whom_we_added_to_the_case() -> None:
    (own,) = fingerprints(BOB)
    assert not for_issue(Watched(added_to_case={"bob": own}), {own})


def test_only_whom_we_added_leaves_the_issue() -> None:
    (ours,) = fingerprints(BOB)
    plan = for_issue(Watched(case=fingerprints(ADA, BOB), added_to_issue={ours: "bob"}), ())
    assert plan.gone == {ours: "bob"}


def test_the_case_gets_who_is_new_on_the_issue_and_shows_an_address() -> None:
    inactive = Account("old", "old@example.com", active=False)
    plan = for_case(Watched(issue=frozenset({"ada"})), CASE, watching(ADA, BOB, HIDDEN, inactive), ())
    assert plan.add == {"bob": "Bob@example.com"}


def test_the_case_gets_nobody_whom_we_added_to_the_issue() -> None:
    assert not for_case(Watched(added_to_issue={"x": "bob"}), CASE, watching(BOB), ())


def test_who_is_on_the_case_already_is_not_added() -> None:
    plan = for_case(Watched(), CASE, watching(BOB), fingerprints(BOB))
    assert not plan
    assert plan.there == {"bob"}


def test_two_accounts_with_one_address_are_one_watcher() -> None:
    plan = for_case(Watched(), CASE, watching(BOB, Account("bob2", "bob@example.com")), ())
    assert plan.add == {"bob": "Bob@example.com"}
    assert plan.there == {"bob2"}


def test_who_leaves_makes_room() -> None:
    listed = {fingerprint(CASE, f"p{number}@example.com") for number in range(MOST_ON_A_CASE)}
    assert not for_case(Watched(), CASE, watching(ADA, BOB), listed)
    plan = for_case(
        Watched(added_to_case={"p0": fingerprint(CASE, "p0@example.com")}), CASE, watching(ADA, BOB), listed
    )
    assert plan.add == {"ada": "ada@example.com"}
    assert set(plan.remove) == {"p0"}


def test_watchers_that_jira_does_not_show_have_not_left() -> None:
    assert not for_case(Watched(added_to_case={"bob": "x"}), CASE, watching(shown=False), {"x"})


def test_a_commenter_explains_one_watcher_more() -> None:
    known = Watched(issue=frozenset({"bob"}), count=1)
    explained = by_commenting(known, 2, {"ada"})
    assert explained == Watched(issue=frozenset({"bob", "ada"}), count=2)
    for count in (0, 1, 3):
        assert by_commenting(known, count, {"ada"}) is None
    assert by_commenting(known, 2, {"bob"}) is None
    assert by_commenting(Watched(), 1, {"ada"}) is None
