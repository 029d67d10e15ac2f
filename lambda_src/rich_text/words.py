"""What of a text is left when only its words count."""

from __future__ import annotations

import re

from . import links

_LINK = re.compile(r"\[([^\[\]]*)\]\(([^\s()]*)\)")
_BREAK = re.compile(r"<br>", re.IGNORECASE)
_NO_WORD = re.compile(r"[\W_]+")


def words(text: str) -> str:
    """The letters and digits alone.

    An address that only repeats its text counts once, and `<br>`, by which line ends were written in tables, is none.
    """
    text = _LINK.sub(_told, text) if "](" in text else text
    return _NO_WORD.sub("", _BREAK.sub("", text))


def same_words(one: str, other: str) -> bool:
    """Whether the texts are equal but for everything that is no letter or digit."""
    return words(one) == words(other)


def _told(match: re.Match[str]) -> str:
    return match.group(1) if links.is_spelled_out(match.group(1), match.group(2)) else match.group()
