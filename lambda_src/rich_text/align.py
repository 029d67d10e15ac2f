"""Which members of two sequences correspond, in order. The time grows a little faster than their lengths."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

Pair = tuple[int, int]

# Up to so many comparisons a stretch is aligned exactly; a longer one by what marks the way through it.
_EXACT = 4_096


def align(one: Sequence[str], other: Sequence[str]) -> list[Pair]:
    """The indices of equal members, rising on both sides."""
    found: list[Pair] = []
    waiting = [(0, len(one), 0, len(other))]
    while waiting:
        start, end, other_start, other_end = waiting.pop()
        while start < end and other_start < other_end and one[start] == other[other_start]:
            found.append((start, other_start))
            start, other_start = start + 1, other_start + 1
        while start < end and other_start < other_end and one[end - 1] == other[other_end - 1]:
            end, other_end = end - 1, other_end - 1
            found.append((end, other_end))
        if start == end or other_start == other_end:
            continue
        within, within_other = one[start:end], other[other_start:other_end]
        if len(within) * len(within_other) <= _EXACT:
            found.extend((start + at, other_start + to) for at, to in _longest(within, within_other))
            continue
        anchors = [(start + at, other_start + to) for at, to in _anchors(within, within_other)]
        found.extend(anchors)
        if anchors:
            begins = [(start, other_start), *((at + 1, to + 1) for at, to in anchors)]
            ends = [*anchors, (end, other_end)]
            waiting.extend((a, b, c, d) for (a, c), (b, d) in zip(begins, ends, strict=True))
    return sorted(found)


def _longest(one: Sequence[str], other: Sequence[str]) -> list[Pair]:
    """A longest common subsequence."""
    lengths = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for at in range(len(one) - 1, -1, -1):
        row, below = lengths[at], lengths[at + 1]
        for to in range(len(other) - 1, -1, -1):
            row[to] = below[to + 1] + 1 if one[at] == other[to] else max(below[to], row[to + 1])
    found: list[Pair] = []
    at = to = 0
    while at < len(one) and to < len(other):
        if one[at] == other[to]:
            found.append((at, to))
            at, to = at + 1, to + 1
        elif lengths[at + 1][to] >= lengths[at][to + 1]:
            at += 1
        else:
            to += 1
    return found


def _anchors(one: Sequence[str], other: Sequence[str]) -> list[Pair]:
    """Members that there is one of on both sides, or else the first, second, … of a kind on both."""
    counts, other_counts = Counter(one), Counter(other)
    unique = {key for key, count in counts.items() if count == other_counts[key] == 1}
    places = {key: at for at, key in enumerate(other) if key in unique}
    return _rising([(at, places[key]) for at, key in enumerate(one) if key in unique]) or _rising(_by_count(one, other))


def _by_count(one: Sequence[str], other: Sequence[str]) -> list[Pair]:
    places: dict[str, list[int]] = {}
    for at in range(len(other) - 1, -1, -1):
        places.setdefault(other[at], []).append(at)
    return [(at, places[key].pop()) for at, key in enumerate(one) if places.get(key)]


def _rising(pairs: Sequence[Pair]) -> list[Pair]:
    """The most of the pairs (in order of their first index) whose second index rises too."""
    ends: list[int] = []
    last_at: list[int] = []
    before = [-1] * len(pairs)
    for index, (_, to) in enumerate(pairs):
        length = bisect_left(ends, to)
        before[index] = last_at[length - 1] if length else -1
        ends[length : length + 1] = [to]
        last_at[length : length + 1] = [index]
    found: list[Pair] = []
    index = last_at[-1] if last_at else -1
    while index >= 0:
        found.append(pairs[index])
        index = before[index]
    return found[::-1]
