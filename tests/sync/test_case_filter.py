"""Cases that find their Jira: which of them are born into it, when, and what is told of the others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sandbox.jira import Person
from security_ir_jira.config import CaseFilter, Config
from security_ir_jira.events import EventBus
from security_ir_jira.ledger.backfills import Backfill, Backfills
from security_ir_jira.operate.resync import Resync
from security_ir_jira.sinks import births_of_issues
from security_ir_jira.sources import cases as source

from .installed import install
from .loop import ACCOUNT, Loop, a_day_of_sweeps, set_up

CUSTOMER = "210987654321"
OF_CLOUD = CaseFilter(
    resolver_types=("AWS",),
    impacted_accounts=(CUSTOMER, "333333333333"),
    engagement_types=("Security Incident",),
    tags={"team": "cloud", "tier": "1"},
)
FITS: dict[str, Any] = {
    "resolver_type": "AWS",
    "impacted_accounts": [ACCOUNT, CUSTOMER],
    "engagement_type": "Security Incident",
    "tags": {"team": "cloud", "tier": "1", "owner": "ada"},
}


def opened(loop: Loop, title: str = "A secret title", **traits: Any) -> str:
    return loop.service.person("grace").open_case(title, "Text.", **traits)


def swept(loop: Loop) -> None:
    """The next sweep of either side."""
    loop.sweep_cases()
    loop.sweep_issues()
    loop.settle()


@pytest.mark.parametrize(
    ("differs", "born"),
    [
        ({}, True),
        ({"resolver_type": "Self"}, False),
        ({"impacted_accounts": [ACCOUNT]}, False),
        ({"impacted_accounts": []}, False),
        ({"engagement_type": "Investigation"}, False),
        ({"tags": {"team": "cloud"}}, False),
        ({"tags": {"team": "cloud", "tier": "2"}}, False),
        ({"tags": None}, False),
    ],
)
@pytest.mark.parametrize("told", ["event", "sweep"])
def test_a_case_is_born_where_all_that_is_asked_for_holds(
    loop: Loop, config: Config, told: str, differs: dict[str, Any], born: bool
) -> None:
    set_up(loop, config, case_filter=OF_CLOUD)
    loop.native = told == "event"
    case_id = opened(loop, **FITS | differs)
    swept(loop)
    assert list(loop.pairs()) == ([case_id] if born else [])


def test_an_empty_filter_lets_every_case_be_born_and_asks_for_no_tags(loop: Loop, config: Config) -> None:
    swept(loop)
    loop.advance(60)
    set_up(loop, config, case_filter=CaseFilter())
    loop.quiet()
    case_id = loop.service.aws_responder.open_case("By AWS", "Text.", tags={"team": "cloud"})
    loop.settle()
    assert list(loop.pairs()) == [case_id]
    assert "ListTagsForResource" not in reads(loop)


def test_a_pair_stays_a_pair_whatever_its_case_becomes(loop: Loop, config: Config) -> None:
    set_up(loop, config, case_filter=CaseFilter(resolver_types=("AWS",), tags={"team": "cloud"}))
    case_id = opened(loop, tags={"team": "cloud"})
    loop.settle()
    key = loop.pairs()[case_id]
    loop.service.person("grace").edit(case_id, title="Renamed", resolver_type="Self")
    loop.service.person("grace").tag(case_id, {"team": "corp"})
    swept(loop)
    assert loop.jira.issue(key).summary == "Renamed"
    set_up(loop, config, case_filter=CaseFilter(impacted_accounts=(CUSTOMER,)))
    loop.service.person("grace").edit(case_id, title="Renamed again")
    swept(loop)
    assert loop.jira.issue(key).summary == "Renamed again"


@pytest.mark.parametrize("native", [True, False])
def test_a_case_that_begins_to_match_is_born_with_all_that_was_said(loop: Loop, config: Config, native: bool) -> None:
    set_up(loop, config, case_filter=CaseFilter(impacted_accounts=(CUSTOMER,)))
    case_id = opened(loop)
    loop.service.person("grace").comment(case_id, "Said before.")
    swept(loop)
    assert loop.pairs() == {}
    loop.native = native
    loop.advance(3_600)
    loop.service.person("grace").edit(case_id, impacted_accounts=[ACCOUNT, CUSTOMER])
    if not native:
        loop.sweep_cases()
    loop.settle()
    assert "Said before." in "".join(each.text for each in loop.jira.comments(loop.pairs()[case_id]))


def test_a_case_that_is_tagged_later_is_born_with_the_next_sweep_though_nobody_told(loop: Loop, config: Config) -> None:
    set_up(loop, config, case_filter=CaseFilter(tags={"team": "cloud"}))
    case_id, other = opened(loop), opened(loop)
    swept(loop)
    loop.advance(86_400)  # no early look is due any more
    swept(loop)
    loop.service.person("grace").tag(case_id, {"team": "cloud"})
    assert loop.pairs() == {}
    loop.sweep_cases()
    loop.settle()
    assert list(loop.pairs()) == [case_id]
    loop.service.person("grace").close(other)
    swept(loop)
    quiet = loop.quiet()
    swept(loop)
    assert "ListTagsForResource" not in quiet.service_reads, "a closed case is not watched"


def test_a_wider_filter_brings_in_with_the_next_sweep_what_it_lets_pass(loop: Loop, config: Config) -> None:
    set_up(loop, config, case_filter=CaseFilter(resolver_types=("Self",)))
    case_id = opened(loop)
    closed = opened(loop)
    loop.service.person("grace").close(closed)
    swept(loop)
    loop.advance(86_400)
    swept(loop)
    assert loop.pairs() == {}
    set_up(loop, config)
    loop.sweep_cases()
    loop.settle()
    assert list(loop.pairs()) == [case_id], "the closed one waits for a backfill"


def test_what_closed_before_another_filter_let_it_pass_waits_for_a_backfill(loop: Loop, config: Config) -> None:
    set_up(loop, config, case_filter=CaseFilter(resolver_types=("Self",)))
    case_id = opened(loop)
    swept(loop)
    set_up(loop, config)
    loop.service.person("grace").close(case_id)
    swept(loop)
    swept(loop)
    assert loop.pairs() == {}


@pytest.mark.parametrize("widened", [True, False])
def test_a_case_that_matches_and_is_refused_by_jira_waits_once_and_not_once_a_sweep(
    loop: Loop, config: Config, widened: bool
) -> None:
    set_up(loop, config, case_filter=CaseFilter(tags={"team": "cloud"}))
    case_id = opened(loop)
    swept(loop)
    loop.advance(86_400)
    swept(loop)
    loop.advance(60)
    loop.jira.site.projects["SEC"].required_fields = ("customfield_10001",)
    if widened:
        set_up(loop, config)
    else:
        loop.service.person("grace").tag(case_id, {"team": "cloud"})
    for _ in range(12):
        loop.sweep_cases()
        loop.advance(300)
    assert [message.queue for message in loop.waiting] == ["jira_client"]
    loop.jira.site.projects["SEC"].required_fields = ()
    loop.settle()
    assert list(loop.pairs()) == [case_id]


def test_a_case_that_was_made_for_an_issue_is_a_pair_whatever_the_filter_says(
    loop: Loop, config: Config, ada: Person
) -> None:
    set_up(loop, config, case_filter=CaseFilter(resolver_types=("AWS",)))
    key = ada.create_issue("SEC", "From Jira", "Text").key
    swept(loop)
    (case,) = loop.service.cases()
    assert loop.pairs() == {case.case_id: key}
    loop.lose_the_table()
    swept(loop)
    a_day_of_sweeps(loop)
    loop.service.person("grace").edit(case.case_id, title="In step")
    loop.settle()
    assert loop.jira.issue(key).summary == "In step"
    assert len(loop.service.cases()) == len(loop.jira.issues()) == 1


def test_a_pair_is_found_again_after_the_table_was_lost_though_its_case_matches_no_more(
    loop: Loop, config: Config
) -> None:
    case_id = opened(loop)
    loop.settle()
    key = loop.pairs()[case_id]
    set_up(loop, config, case_filter=CaseFilter(resolver_types=("Self",)))
    loop.lose_the_table()
    swept(loop)
    loop.service.person("grace").edit(case_id, title="In step")
    loop.settle()
    assert loop.jira.issue(key).summary == "In step"
    assert len(loop.jira.issues()) == 1


def test_a_backfill_of_closed_cases_respects_the_filter(loop: Loop, config: Config) -> None:
    set_up(loop, config, case_filter=CaseFilter(tags={"team": "cloud"}))
    loop.native = False
    cases = [opened(loop, tags={"team": team}) for team in ("cloud", "corp")]
    for case_id in cases:
        loop.service.person("grace").close(case_id)
    swept(loop)
    assert loop.pairs() == {}
    Backfills(loop.table).start("security_ir", Backfill("run", "running", since=loop.clock(), before=loop.clock()))
    loop.send("security_ir_poller", {"backfill": "cases", "run": "run"})
    loop.settle()
    assert list(loop.pairs()) == cases[:1]


# What is told


def test_the_log_says_what_was_left_out_and_why_by_ids(
    loop: Loop, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[dict[str, Any]] = []

    monkeypatch.setattr(births_of_issues.logger, "info", lambda message, **more: said.append({"said": message, **more}))
    set_up(loop, config, case_filter=CaseFilter(engagement_types=("Investigation",)))
    case_id = opened(loop)
    loop.settle()
    assert {"said": "no issue for this case", "case_id": case_id, "reason": "case_filter: engagement_types"} in said
    assert "A secret title" not in str(said)


def test_the_doctor_says_what_is_left_out_and_why_and_finds_nothing_wrong(
    loop: Loop, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(loop, config, case_filter=CaseFilter(resolver_types=("AWS",), tags={"team": "cloud"}))
    installed = install(loop, monkeypatch)
    own, untagged = opened(loop, resolver_type="Self"), opened(loop)
    opened(loop, tags={"team": "cloud"})
    loop.settle()
    report = installed.examine()
    assert report["findings"] == []
    assert report["facts"]["case-filter"][0] == "2 cases have no issue here: 1 by resolver_types, 1 by tags"
    assert set(report["facts"]["case-filter"][1:]) == {f"{own}: resolver_types", f"{untagged}: tags"}
    assert "A secret title" not in str(report)
    loop.service.person("grace").tag(untagged, {"team": "cloud"})
    swept(loop)
    assert installed.examine()["facts"]["case-filter"][0] == "1 cases have no issue here: 1 by resolver_types"
    set_up(loop, config)
    assert "1 were left out by another case_filter" in installed.examine()["facts"]["case-filter"][0]
    swept(loop)
    assert "case-filter" not in installed.examine()["facts"]


def test_a_resync_says_that_a_case_is_left_out_and_makes_nothing(loop: Loop, config: Config) -> None:
    set_up(loop, config, case_filter=CaseFilter(resolver_types=("AWS",)))
    case_id = opened(loop, resolver_type="Self")
    loop.settle()
    bus: Any = loop.bus
    answer = Resync(loop.ledger, loop.case_cursors, EventBus(bus, "bus"))(case_id)
    loop.settle()
    assert (answer["found"], answer["did"]) == (None, "nothing")
    assert "case_filter left this case out: resolver_types" in answer["next"]
    assert loop.jira.issues() == []


# What it costs


def reads(loop: Loop) -> list[str]:
    return [each.operation for each in loop.service.requests]


@pytest.mark.parametrize("wanted", [CaseFilter(resolver_types=("Self",)), replace(OF_CLOUD, resolver_types=("Self",))])
def test_tags_are_not_asked_for_where_the_case_itself_decides(loop: Loop, config: Config, wanted: CaseFilter) -> None:
    swept(loop)
    loop.advance(60)
    set_up(loop, config, case_filter=wanted)
    loop.quiet()
    loop.service.aws_responder.open_case("By AWS", "Text.")
    loop.settle()
    assert reads(loop) == ["GetCase"]
    assert loop.jira.requests == []


def test_a_new_case_costs_one_call_more_where_tags_are_asked_for(loop: Loop, config: Config) -> None:
    swept(loop)
    loop.advance(60)
    set_up(loop, config, case_filter=CaseFilter(tags={"team": "cloud"}))
    loop.quiet()
    loop.service.aws_responder.open_case("Corp's", "Text.", tags={"team": "corp"})
    loop.settle()
    assert reads(loop) == ["GetCase", "ListTagsForResource"]
    assert loop.jira.requests == []
    loop.quiet()
    loop.service.aws_responder.open_case("Ours", "Text.", tags={"team": "cloud"})
    loop.settle()
    assert reads(loop).count("ListTagsForResource") == 1
    assert len(loop.pairs()) == 1


def test_a_case_that_stays_left_out_costs_no_request_to_jira_and_a_sweep_at_rest_one_call_for_its_tags(
    loop: Loop, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(loop, config, case_filter=CaseFilter(tags={"team": "cloud"}))
    case_id, *_ = [opened(loop) for _ in range(3)]
    swept(loop)
    for _ in range(40):  # until the early looks are over
        loop.sweep_cases()
        loop.advance(300)
    loop.quiet()
    for _ in range(12):
        loop.sweep_cases()
        loop.advance(300)
    assert loop.jira.requests == []
    assert 12 * 3 <= reads(loop).count("ListTagsForResource") <= 12 * 3 + 3
    assert reads(loop).count("GetCase") <= 3
    monkeypatch.setattr(source, "MOST_ASKED_FOR_TAGS", 2)
    loop.quiet()
    loop.sweep_cases()
    loop.settle()
    assert reads(loop).count("ListTagsForResource") == 2
    loop.quiet()
    loop.service.person("grace").comment(case_id, "Said meanwhile.")
    loop.settle()
    assert reads(loop) == ["GetCase", "ListTagsForResource"]
    assert loop.jira.requests == []
