"""Web addresses: where a bare one ends, which ones may be links, and how a link's destination is written."""

from __future__ import annotations

import re

_SCHEME = re.compile(
    r"(?:https?|s?ftps?|ssh|mailto|tel|sms|sips?|git|svn|ircs?|xmpp|news|nntp|urn|slack|msteams|vnc|rdp|s3):.",
    re.IGNORECASE,
)
_UNSAFE = re.compile(r"[\s<>\\]")
_MAX_NESTING = 4

BARE = re.compile(r"(?<![A-Za-z0-9])https?://", re.IGNORECASE)
_HOST = re.compile(r"https?://[A-Za-z0-9]", re.IGNORECASE)
# `**` and `~~` end an address, for they are more likely marks; a single `*` or `~` is common in addresses of
# the AWS console.
_CHUNK = re.compile(r"(?:[A-Za-z0-9._:/?#@!$&'+,;=%-]|\*(?!\*)|~(?!~))+")
_CLOSER = {"(": ")", "[": "]"}
_TRAILING = ".,:;!?'*_~"

_ANGLE = re.compile(r"<((?:https?|mailto|ftp):[^\s<>]+)>", re.IGNORECASE)
_PLAIN_DESTINATION = re.compile(r"[^\s()<>\\]+")
_ANGLE_DESTINATION = re.compile(r"<([^<>\n]+)>")
_SPACES = re.compile(r"[ \t]*")
_TITLE_AND_END = re.compile(r"(?:[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'))?[ \t]*\)")


def url_end(text: str, start: int) -> int:
    """Where the bare address that starts at `start` ends, or `start` if none is there.

    Only ASCII belongs to it: in scripts without spaces the sentence goes on right behind it. Brackets belong to
    it in pairs, punctuation at its end does not.
    """
    if not _HOST.match(text, start):
        return start
    brackets: list[int] = []
    end = start
    while end < len(text):
        chunk = _CHUNK.match(text, end)
        if chunk:
            end = chunk.end()
        elif text[end] in _CLOSER and len(brackets) < _MAX_NESTING:
            brackets.append(end)
            end += 1
        elif brackets and text[end] == _CLOSER[text[brackets[-1]]]:
            brackets.pop()
            end += 1
        else:
            break
    end = brackets[0] if brackets else end
    while text[end - 1] in _TRAILING:
        end -= 1
    return end


def href(address: str) -> str | None:
    """The address as a link's destination, or None if it must stay text.

    Known schemes and paths of the Jira site itself are links; `javascript:` and the like never are, nor is
    `b` in `a[0](b)`.
    """
    address = address.strip()
    if not _SCHEME.match(address) and not address.startswith(("/", "#")):
        return None
    address = _UNSAFE.sub(_percent, address)
    if not _balanced(address):
        address = address.replace("(", "%28").replace(")", "%29")
    return address


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match.group().encode())


def _balanced(address: str) -> bool:
    depth = 0
    for character in address:
        if character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
        if not 0 <= depth <= _MAX_NESTING:
            return False
    return depth == 0


def angle(text: str, start: int) -> tuple[str, int] | None:
    """The address in `<https://…>` at `start` and the end of it."""
    match = _ANGLE.match(text, start)
    if match is None or href(match.group(1)) != match.group(1):
        return None
    return match.group(1), match.end()


def destination(text: str, start: int) -> tuple[str, int] | None:
    """The destination in `(…)` at `start`, a title after it left out, and the end of it."""
    if not text.startswith("(", start):
        return None
    at = _end(_SPACES, text, start + 1)
    angled = _ANGLE_DESTINATION.match(text, at)
    if angled:
        raw, at = angled.group(1), angled.end()
    else:
        begin, at = at, _plain_end(text, at)
        raw = text[begin:at]
    tail = _TITLE_AND_END.match(text, at)
    address = href(raw) if tail else None
    if tail is None or address is None:
        return None
    return address, tail.end()


def _plain_end(text: str, at: int) -> int:
    depth = 0
    while at < len(text):
        chunk = _PLAIN_DESTINATION.match(text, at)
        if chunk:
            at = chunk.end()
        elif text[at] == "(" and depth < _MAX_NESTING:
            depth += 1
            at += 1
        elif text[at] == ")" and depth:
            depth -= 1
            at += 1
        else:
            break
    return at


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
