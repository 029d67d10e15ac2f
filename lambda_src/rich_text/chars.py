"""Characters that neither JSON, XML nor Jira's database takes, and the lines of a text."""

from __future__ import annotations

import re

LINE_END = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_REFUSED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PICTURES = 0x2400


def clean(text: str) -> str:
    """The text with "\\n" as its only line end and nothing in it that Jira refuses.

    ASCII control characters become their Unicode pictures (an escape code in a log reads ␛), so that evidence
    does not vanish; what else is not a character becomes U+FFFD.
    """
    if text.isascii() and text.isprintable():
        return text
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _REFUSED.sub(_picture, LINE_END.sub("\n", text))


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(_PICTURES + code)
    return "\u2421" if code == 0x7F else "\ufffd"
