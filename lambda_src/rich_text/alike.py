"""Stretches that are the same by their words, and differ in form because an earlier version carried them over.

An entry is `<keys of the case's stretches>:<keys of the issue's>`, several joined by `+`: what is one stretch on
a case may have become two blocks in Jira. An entry without keys behind the colon names a stretch of signs alone
that the issue does not have.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from .align import align
from .nodes import Adf
from .sides import Side, case_side, issue_side, text_of
from .words import words

_MAX_ENTRIES = 500
# More stretches than this in one entry, and it is a rewritten text.
_MAX_KEYS = 16


@dataclass(frozen=True, slots=True)
class Match:
    """Stretches of the case and those of the issue that correspond to them, each from a start up to an end."""

    start: int
    end: int
    issue_start: int
    issue_end: int


def alike(text: str, document: Adf | None) -> frozenset[str]:
    """Entries for the stretches that have the same words and do not read the same; at most 500."""
    case, issue = case_side(text), issue_side(document)
    case_words, issue_words = _words(case), _words(issue)
    entries: list[str] = []
    for gap in gaps([Match(at, at + 1, to, to + 1) for at, to in align(case.keys, issue.keys)], case, issue):
        for match in _same_words(gap, case_words, issue_words):
            keys = case.keys[match.start : match.end], issue.keys[match.issue_start : match.issue_end]
            if match.start < match.end and max(map(len, keys)) <= _MAX_KEYS:
                entries.append(":".join("+".join(each) for each in keys))
    return frozenset(list(dict.fromkeys(entries))[:_MAX_ENTRIES])


def _words(side: Side) -> list[str]:
    return [words(text_of(side, at, at + 1)) for at in range(len(side.stretches))]


def gaps(matches: Sequence[Match], case: Side, issue: Side) -> Iterator[Match]:
    """What lies between the matches."""
    start = issue_start = 0
    for match in (*matches, Match(len(case.keys), 0, len(issue.keys), 0)):
        if start < match.start or issue_start < match.issue_start:
            yield Match(start, match.start, issue_start, match.issue_start)
        start, issue_start = match.end, match.issue_end


def _same_words(gap: Match, case: Sequence[str], issue: Sequence[str]) -> Iterator[Match]:
    """The smallest matches of the same words within a gap, and what has no words between them."""
    start, issue_start = gap.start, gap.issue_start
    for match in _worded(gap, case, issue):
        yield from _signs(Match(start, match.start, issue_start, match.issue_start), case, issue)
        yield match
        start, issue_start = match.end, match.issue_end
    yield from _signs(Match(start, gap.end, issue_start, gap.issue_end), case, issue)


def _signs(between: Match, case: Sequence[str], issue: Sequence[str]) -> Iterator[Match]:
    """What lies between, if nothing of it has words; the case's must not vanish for want of a counterpart."""
    has_words = [
        any(case[between.start : between.end]),
        any(issue[between.issue_start : between.issue_end]),
    ]
    if not any(has_words) and between.start < between.end:
        yield between


def _worded(gap: Match, case: Sequence[str], issue: Sequence[str]) -> Iterator[Match]:
    at = [index for index in range(gap.start, gap.end) if case[index]]
    to = [index for index in range(gap.issue_start, gap.issue_end) if issue[index]]
    if "".join(case[index] for index in at) == "".join(issue[index] for index in to):
        yield from _by_length(at, to, case, issue)
        return
    for index, other in align([case[index] for index in at], [issue[index] for index in to]):
        yield Match(at[index], at[index] + 1, to[other], to[other] + 1)


def _by_length(at: Sequence[int], to: Sequence[int], case: Sequence[str], issue: Sequence[str]) -> Iterator[Match]:
    """Both sides hold the same words: they part where both have come equally far."""
    ends, issue_ends = _ends([case[index] for index in at]), _ends([issue[index] for index in to])
    start = issue_start = 0
    for length in sorted(ends.keys() & issue_ends.keys()):
        end, issue_end = ends[length], issue_ends[length]
        yield Match(at[start], at[end - 1] + 1, to[issue_start], to[issue_end - 1] + 1)
        start, issue_start = end, issue_end


def _ends(texts: Sequence[str]) -> dict[int, int]:
    """How many texts make up each length that is reached."""
    found: dict[int, int] = {}
    length = 0
    for index, text in enumerate(texts):
        length += len(text)
        found[length] = index + 1
    return found


@dataclass(frozen=True, slots=True)
class _Entry:
    case: tuple[str, ...]
    issue: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    """Stretches that an entry names, or one that none does."""

    label: str
    start: int
    end: int


def matches(case: Side, issue: Side, entries: Collection[str]) -> list[Match]:
    """What corresponds: what reads the same, and between that what the entries say."""
    same = [Match(at, at + 1, to, to + 1) for at, to in align(case.keys, issue.keys)]
    if not entries:
        return same
    read = [
        _Entry(*(tuple(filter(None, part.split("+"))) for part in entry.partition(":")[::2]))
        for entry in sorted(entries)
    ]
    named = [match for gap in gaps(same, case, issue) for match in _named(gap, case.keys, issue.keys, read)]
    return sorted([*same, *named], key=lambda match: match.start)


def _named(gap: Match, case: Sequence[str], issue: Sequence[str], entries: Sequence[_Entry]) -> Iterator[Match]:
    there = set(issue[gap.issue_start : gap.issue_end])
    usable = [entry for entry in entries if entry.issue and there.issuperset(entry.issue)]
    tokens = list(_tokens(case, gap.start, gap.end, {entry.case: str(entry.issue) for entry in usable}))
    labels = {token.label for token in tokens}
    issue_labels = {entry.issue: str(entry.issue) for entry in usable if str(entry.issue) in labels}
    issue_tokens = list(_tokens(issue, gap.issue_start, gap.issue_end, issue_labels))
    for at, to in align([token.label for token in tokens], [token.label for token in issue_tokens]):
        yield Match(tokens[at].start, tokens[at].end, issue_tokens[to].start, issue_tokens[to].end)


def _tokens(keys: Sequence[str], start: int, end: int, named: dict[tuple[str, ...], str]) -> Iterator[_Token]:
    lengths = sorted({len(each) for each in named}, reverse=True)
    at = start
    while at < end:
        parts = (tuple(keys[at : at + length]) for length in lengths if at + length <= end)
        part = next((each for each in parts if each in named), None)
        if part:
            yield _Token(named[part], at, at + len(part))
            at += len(part)
        else:
            yield _Token(keys[at], at, at + 1)
            at += 1


def orphans(case: Side, entries: Collection[str]) -> frozenset[int]:
    """The stretches of the case of which the entries say that the issue has none."""
    alone = {key for entry in entries if entry.endswith(":") for key in entry[:-1].split("+")}
    return frozenset(at for at, key in enumerate(case.keys) if key in alone)
