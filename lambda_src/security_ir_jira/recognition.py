"""What this integration wrote, recognised by what people read in it.

How echoes are stopped is the ledger's business. This is the fall-back where no ledger tells: after a lost table, and
for what another instance says of itself on a case that both mirror.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Formatter

from .memory import Notice
from .model import Comment, Side
from .notices import DELETED_NOTE, NO_LONGER_NEEDED, QUOTING, WITHDRAWN_TEXT, WORDING

_WHEN = r"(?P<when>\d{4}-\d\d-\d\d \d\d:\d\d UTC)"
_ENDING = r"(?: \((?P<number>\d+)/(?P<total>\d+)\))?:(?: \(empty comment\)\s*\Z|\n\n|\Z)"
_HEADS: dict[Side, re.Pattern[str]] = {
    "security_ir": re.compile(rf"(?P<author>.+) in Jira, {_WHEN}{_ENDING}"),
    "jira": re.compile(rf"\*\*(?P<author>.+)\*\* on the AWS case, {_WHEN}{_ENDING}"),
}
_LINE = ".*?"
_VALUES = {"fields": r"[\w, -]+", "key": r"\S+", "reason": "(?s:.*)", "url": r"\S*"}
"""What a value of a notice may be, if not any one line."""
_ASSUMED_ROLE = re.compile(r"arn:[\w-]+:sts::\d{12}:assumed-role/")
_WRITER = re.compile(_ASSUMED_ROLE.pattern + r"[\w+=,.@-]+/(?P<instance>.+)-security-ir-client")
"""Lambda assumes a function's role under the function's name; the one that writes cases is called so."""


def _pattern(kind: str, wording: str) -> re.Pattern[str]:
    pieces = "".join(
        re.escape(text) + (f"(?P<{name}>{_VALUES.get(name, _LINE)})" if name else "")
        for text, name, _, _ in Formatter().parse(wording)
    )
    return re.compile(pieces + (r"(?:\s*\n\n(?P<text>(?s:.+)))?" if kind in QUOTING else ""))


_NOTICES = {kind: _pattern(kind, wording) for kind, wording in WORDING.items()}


@dataclass(frozen=True, slots=True)
class Head:
    """How a copied comment begins: whose it is, when they wrote it, and which part of it this is."""

    author: str
    when: str
    number: int = 1
    total: int = 1


def head_of(side: Side, text: str) -> Head | None:
    """The head of a copy that stands on a side."""
    found = _HEADS[side].match(text.strip())
    if found is None:
        return None
    return Head(found["author"], found["when"], int(found["number"] or 1), int(found["total"] or 1))


def notice_in(side: Side, text: str) -> Notice | None:
    """The notice that a comment on a side is, as far as its wording tells."""
    for kind, pattern in _NOTICES.items():
        found = pattern.fullmatch(text.strip())
        if found is not None:
            return Notice(side, kind, {name: value for name, value in found.groupdict().items() if value is not None})
    return None


def is_rest_of_a_copy(side: Side, text: str) -> bool:
    """Whether a comment is what remains of a copy whose source is gone or withdrawn, or a copy of something gone."""
    said = text.strip()
    return (
        said in (WITHDRAWN_TEXT, NO_LONGER_NEEDED) or said.startswith(DELETED_NOTE) or head_of(side, said) is not None
    )


def is_another_instances(comment: Comment, instance: str) -> bool:
    """Whether a comment on a case surely was written by another instance than this: its author tells, if at all."""
    writer = _WRITER.fullmatch(comment.author_id)
    return writer is not None and writer["instance"] != instance


def is_notice_of_another_instance(comment: Comment) -> bool:
    """Whether a comment on a case speaks of another instance's pair: its wording, in the name of an assumed role.

    Somebody may quote such a sentence; under the name of a user it is a comment like any other.
    """
    return _ASSUMED_ROLE.match(comment.author_id) is not None and notice_in("security_ir", comment.body) is not None
