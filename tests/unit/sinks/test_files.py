"""Files on their way to the other side: once each, told by their content, named where they cannot go."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from security_ir_jira.config import Config
from security_ir_jira.errors import NotFound, OutcomeUnknown, Refused, RetryLater, SideDown, Unavailable
from security_ir_jira.memory import FileCopy, Notice, Pair
from security_ir_jira.model import File, Side
from security_ir_jira.sinks.files import FileMemory, Files, Source, same_content
from security_ir_jira.transfer import Spool, TooLarge
from tests.unit.things import CASE_ID, CONFIG, a_file, a_pair

KEY = "ATTACHMENT#jira#7"


def spooled(content: bytes) -> Spool:
    return Spool(io.BytesIO(content), len(content), hashlib.sha256(content).hexdigest())


def a_copy(content: bytes = b"abc", **changes: object) -> FileCopy:
    ordinary = FileCopy(KEY, "log.txt", "there", len(content), hashlib.sha256(content).hexdigest())
    return replace(ordinary, **changes)  # type: ignore[arg-type]  # fields of a FileCopy


@dataclass(slots=True)
class Place:
    """A side as the place where copies are put: what it holds by id, and how the next ``put`` ends."""

    held: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    failure: Exception | None = None
    arrives: bool = True
    full: bool = False
    unreadable: set[str] = field(default_factory=set)
    side: Side = "security_ir"

    def files(self) -> Sequence[File]:
        return [a_file(int(number), name, size=None) for number, (name, _) in self.held.items()]

    def obstacle(self, before: FileCopy | None) -> str | None:
        return "file-full" if self.full else None

    def name_for(self, name: str, ours: Sequence[str]) -> str:
        taken = {*ours, *(each for each, _ in self.held.values())}
        return next(each for each in (name, *(f"{number}-{name}" for number in range(2, 9))) if each not in taken)

    def content(self, file: File, limit: int) -> Spool:
        if file.id in self.unreadable:
            raise NotFound("only what was checked can be fetched")
        return spooled(self.held[file.id][1])

    def put(self, copy: FileCopy, content: Spool, record: Callable[[FileCopy], None]) -> str | None:
        if self.failure is None or self.arrives:
            self.held[str(len(self.held) + 1)] = (copy.name, content.file.read())
        if self.failure is not None:
            raise self.failure
        return None


@dataclass(slots=True)
class Stage:
    """The ledger's page of one pair and the surroundings of a run in one; ``cost`` are the seconds a look takes."""

    there: Place = field(default_factory=Place)
    known: dict[str, FileCopy] = field(default_factory=dict)
    written: list[FileCopy] = field(default_factory=list)
    told: list[Notice] = field(default_factory=list)
    rung: list[Side] = field(default_factory=list)
    counts: list[str] = field(default_factory=list)
    config: Config = field(default_factory=lambda: replace(CONFIG, digest="one"))
    now: float = 0.0
    cost: float = 0.0

    def count(self, name: str) -> None:
        self.counts.append(name)

    @property
    def memory(self) -> FileMemory:
        return FileMemory(self, CASE_ID, self.known)  # type: ignore[arg-type]  # only record_file is called

    def record_file(self, case_id: str, copy: FileCopy) -> None:
        assert case_id == CASE_ID
        self.written.append(copy)

    def clock(self) -> float:
        self.now += self.cost
        return self.now

    def ring(self, _: Pair, side: Side, changed: tuple[str, ...]) -> None:
        self.rung.append(side)

    def bring(self, *sources: Source) -> None:
        files = Files(self, a_pair(), self.there, self.memory, self.told.append)  # type: ignore[arg-type]  # clock, ring
        files.bring(sources)

    @property
    def copy(self) -> FileCopy:
        return self.known[KEY]


@pytest.fixture
def stage() -> Stage:
    return Stage()


def a_source(content: bytes | Exception = b"abc", key: str = KEY, **changes: object) -> Source:
    def opened() -> Spool:
        if isinstance(content, Exception):
            raise content
        return spooled(content)

    source = Source(key, "log.txt", "https://example.atlassian.net/browse/SEC-1", opened)
    return replace(source, **changes)  # type: ignore[arg-type]  # fields of a Source


# Once


def test_a_file_arrives_and_that_is_remembered(stage: Stage) -> None:
    stage.bring(a_source())
    assert list(stage.there.held.values()) == [("log.txt", b"abc")]
    assert stage.copy == a_copy()


def test_a_copy_is_written_down_with_its_name_before_it_is_sent(stage: Stage) -> None:
    stage.there.failure, stage.there.arrives = Unavailable("503"), False
    with pytest.raises(Unavailable):
        stage.bring(a_source())
    assert stage.written == [a_copy(state="reserved")]


@pytest.mark.parametrize("arrives", [True, False])
def test_a_file_whose_answer_was_lost_stands_there_once(stage: Stage, arrives: bool) -> None:
    stage.there.failure, stage.there.arrives = OutcomeUnknown("lost"), arrives
    with pytest.raises(OutcomeUnknown):
        stage.bring(a_source())
    stage.there.failure = None
    stage.bring(a_source())
    assert list(stage.there.held.values()) == [("log.txt", b"abc")]
    assert stage.copy.state == "there"


def test_somebodys_own_file_of_that_name_is_not_taken_for_the_lost_copy(stage: Stage) -> None:
    stage.there.failure, stage.there.arrives = OutcomeUnknown("lost"), False
    with pytest.raises(OutcomeUnknown):
        stage.bring(a_source())
    stage.there.held["1"] = ("log.txt", b"somebody's own")
    stage.there.failure = None
    stage.bring(a_source())
    assert [content for _, content in stage.there.held.values()] == [b"somebody's own", b"abc"]
    assert stage.copy.name == "2-log.txt"
    assert stage.rung == ["jira"], "the other sink held it for a copy, and is to look again"


def test_two_files_of_one_name_get_names_of_their_own(stage: Stage) -> None:
    stage.bring(a_source(b"one"), a_source(b"two", "ATTACHMENT#jira#8"))
    assert list(stage.there.held.values()) == [("log.txt", b"one"), ("2-log.txt", b"two")]


# Which of several is ours


def test_a_copy_is_found_by_its_name_where_only_one_has_it(stage: Stage) -> None:
    stage.known[KEY] = a_copy()
    stage.there.held = {"1": ("other.txt", b"abc"), "2": ("log.txt", b"abc")}
    stage.memory.bind_arrived(stage.there.files(), stage.there.content)
    assert stage.copy.copy == "2"


@pytest.mark.parametrize("ours", ["1", "2"])
def test_of_two_files_of_one_name_the_content_tells_which_is_ours(stage: Stage, ours: str) -> None:
    stage.known[KEY] = a_copy()
    stage.there.held = {number: ("log.txt", b"abc" if number == ours else b"own") for number in ("1", "2")}
    stage.memory.bind_arrived(stage.there.files(), stage.there.content)
    assert stage.copy.copy == ours


def test_as_long_as_the_content_cannot_be_told_neither_is_ours(stage: Stage) -> None:
    stage.known[KEY] = a_copy()
    stage.there.held = {"1": ("log.txt", b"abc"), "2": ("log.txt", b"own")}
    stage.there.unreadable = {"1", "2"}
    stage.memory.bind_arrived(stage.there.files(), stage.there.content)
    assert stage.copy.copy is None
    assert stage.written == []


def test_a_file_that_cannot_be_fetched_does_not_hide_the_one_that_is_ours(stage: Stage) -> None:
    stage.there.held = {"1": ("log.txt", b"own"), "2": ("log.txt", b"abc")}
    stage.there.unreadable = {"1"}
    found = same_content(a_copy(), stage.there.files(), stage.there.content)
    assert found is not None
    assert found.id == "2"


# What cannot go


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (a_source(obstacle="file-empty"), "file-empty"),
        (a_source(TooLarge("more than 100 bytes")), "file-too-large"),
    ],
)
def test_what_cannot_go_is_named_there_with_a_link(stage: Stage, source: Source, kind: str) -> None:
    stage.bring(source)
    (notice,) = stage.told
    assert (notice.side, notice.kind) == ("security_ir", kind)
    assert (notice.values["name"], notice.values["url"]) == ("log.txt", source.url)
    assert stage.copy.state == "told"
    assert stage.there.held == {}


@pytest.mark.parametrize(
    ("status", "kind"), [(413, "file-too-large"), (402, "file-full"), (400, "file-refused"), (403, "file-refused")]
)
def test_a_file_that_is_refused_is_named_there(stage: Stage, status: int, kind: str) -> None:
    stage.there.failure, stage.there.arrives = Refused("no", status=status), False
    stage.bring(a_source())
    assert [notice.kind for notice in stage.told] == [kind]
    assert (stage.copy.state, stage.copy.refused, stage.counts) == ("told", "one", ["Refused"])


def test_the_file_for_which_there_is_no_room_is_named(stage: Stage) -> None:
    stage.there.full = True
    stage.bring(a_source())
    assert [notice.kind for notice in stage.told] == ["file-full"]


@pytest.mark.parametrize("reason", [NotFound("404"), Refused("403", status=403)])
def test_a_file_that_cannot_be_fetched_now_is_looked_at_again(stage: Stage, reason: Exception) -> None:
    stage.bring(a_source(reason))
    assert (stage.told, stage.known) == ([], {})


# One after another


def test_a_file_that_has_to_wait_holds_up_no_other(stage: Stage) -> None:
    with pytest.raises(Unavailable, match="torn"):
        stage.bring(a_source(Unavailable("torn")), a_source(b"two", "ATTACHMENT#jira#8"))
    assert list(stage.there.held.values()) == [("log.txt", b"two")]


def test_a_side_that_is_down_ends_the_run_at_once(stage: Stage) -> None:
    with pytest.raises(SideDown):
        stage.bring(a_source(SideDown("503", delay=60.0)), a_source(b"two", "ATTACHMENT#jira#8"))
    assert stage.there.held == {}


def test_many_files_go_over_several_runs(stage: Stage) -> None:
    stage.cost = 50
    sources = [a_source(b"x", f"ATTACHMENT#jira#{number}") for number in range(6)]
    for arrived in (2, 4):
        with pytest.raises(RetryLater, match="more files") as caught:
            stage.bring(*(source for source in sources if source.key not in stage.known))
        assert (len(stage.there.held), caught.value.delay) == (arrived, 1.0)
    stage.bring(*(source for source in sources if source.key not in stage.known))
    assert len(stage.there.held) == 6
