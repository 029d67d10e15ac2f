"""Web addresses: where a bare one ends, and how one is written as a link's destination."""

from __future__ import annotations

import re

# One pair of brackets within it, as in Wikipedia's addresses.
ADDRESS = r"https?://(?:[^\s()<>\\]|\([^\s()<>\\]*+\))++"
_ADDRESS = re.compile(ADDRESS, re.IGNORECASE)
# Only ASCII: in scripts without spaces the sentence goes on right behind an address. It ends before another link.
BARE = r"(?<![A-Za-z0-9])https?://[A-Za-z0-9\[](?:[A-Za-z0-9._:/?#@!$&'+,;=%*~(\[-]|\)(?!\[)|\](?!\())*+"
_TRAILING = ".,:;!?'*_~([&"
_CLOSERS = {")": "(", "]": "["}
_UNSAFE = re.compile(r"[\s<>\\]")


def bare_end(text: str, start: int, end: int) -> int:
    """Where a bare address really ends: before punctuation and a bracket that it did not open."""
    counts = {bracket: text.count(bracket, start, end) for bracket in "()[]"}
    while end > start:
        last = text[end - 1]
        is_unopened = last in _CLOSERS and counts[last] > counts[_CLOSERS[last]]
        if last not in _TRAILING and not is_unopened:
            break
        if last in counts:
            counts[last] -= 1
        end -= 1
    return end


def destination(href: str) -> str | None:
    """The address as it can stand in `[text](…)`, or None if it is no web address."""
    href = _UNSAFE.sub(lambda match: "".join(f"%{byte:02X}" for byte in match.group().encode()), href.strip())
    if not _ADDRESS.fullmatch(href):
        href = href.replace("(", "%28").replace(")", "%29")
    return href if _ADDRESS.fullmatch(href) else None


def is_spelled_out(text: str, href: str) -> bool:
    """Whether the address says nothing that the text does not: Jira's editor links `setup.sh` and addresses itself."""
    return href.removesuffix("/") in {
        prefix + text.removesuffix("/") for prefix in ("", "http://", "https://", "mailto:")
    }
