"""Lengths and cuts in UTF-16 units, the stricter of the two readings of "characters".

Nothing is cut inside what a person sees as one character: a letter with its accents, an emoji with its skin tone
or family, a flag, a Hangul syllable. This follows the rules of Unicode's UAX #29 as far as `unicodedata` knows
the properties; only a single character longer than the limit is cut in itself, between code points.
"""

from __future__ import annotations

import unicodedata

from .chars import clean

_JOINER = "\u200d"
# Marks by another name: zero width non-joiner, Thai and Lao AM, half-width voicing marks, skin tones.
_EXTENDING = frozenset("\u200c\u0e33\u0eb3\uff9e\uff9f" + "".join(map(chr, range(0x1F3FB, 0x1F400))))
_VIRAMA = 9


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int, ellipsis: str = "…") -> str:
    """The text in at most `limit` UTF-16 units; one that was cut ends with the ellipsis if that fits."""
    if utf16_length(text) <= limit:
        return text
    room = limit - utf16_length(ellipsis)
    if room <= 0:
        return text[: fitting(text, 0, limit)]
    return text[: fitting(text, 0, room)].rstrip() + ellipsis


def fold(text: str) -> str:
    """The text on one line: line ends, tabs and other controls become single spaces; spaces stay as they are."""
    text = "".join("\n" if character < " " or "\x7f" <= character <= "\x9f" else character for character in text)
    return " ".join(part.strip() for part in clean(text).split("\n") if part.strip())


def fitting(text: str, start: int, limit: int) -> int:
    """The end of the longest stretch from `start` that fits and ends between characters."""
    end = _end_within(text, start, limit)
    if end == len(text):
        return end
    whole = _boundary_before(text, start, end)
    return whole if whole > start else end


def _end_within(text: str, start: int, limit: int) -> int:
    """The end of the longest stretch from `start` that fits, be it within a character."""
    end = min(len(text), start + max(limit, 0))
    if text.isascii():
        return end
    room = limit
    for at in range(start, end):
        room -= 2 if text[at] > "\uffff" else 1
        if room < 0:
            return at
    return end


def _boundary_before(text: str, start: int, end: int) -> int:
    while end > start and not _is_boundary(text, start, end):
        end -= 1
    return end


def _is_boundary(text: str, start: int, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if after < "\x80":
        return (before, after) != ("\r", "\n") and before != _JOINER
    if after in _EXTENDING or after == _JOINER or unicodedata.category(after) in ("Mn", "Me", "Mc"):
        return False
    if "\U000e0020" <= after <= "\U000e007f" or before == _JOINER:
        return False
    if unicodedata.combining(before) == _VIRAMA and unicodedata.category(after) == "Lo":
        return False
    if _is_flag(before) and _is_flag(after):
        return _flags_before(text, start, at) % 2 == 0
    return not _is_syllable(before, after)


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flags_before(text: str, start: int, at: int) -> int:
    first = at
    while first > start and _is_flag(text[first - 1]):
        first -= 1
    return at - first


def _is_syllable(before: str, after: str) -> bool:
    """Whether two Hangul letters belong to one syllable: leading, vowel and trailing ones, in this order."""
    if "\u1160" <= after <= "\u11a7":
        return "\u1100" <= before <= "\u11a7" or _is_open_syllable(before)
    if "\u11a8" <= after <= "\u11ff":
        return "\u1160" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3"
    return "\u1100" <= after <= "\u115f" and "\u1100" <= before <= "\u115f"


def _is_open_syllable(character: str) -> bool:
    return "\uac00" <= character <= "\ud7a3" and (ord(character) - 0xAC00) % 28 == 0
