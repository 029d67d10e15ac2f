"""What is remembered of a pair, as plain values, and the names it is remembered under.

Texts are remembered by digests. What a rich text of Jira's reads as may differ from one version of this package to the
next, so a digest of such a reading says by which one it was made (`read_digest`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from .model import Side, other

_READING = "2:"
"""Raised whenever a document of Jira's may read otherwise than it did; the first version wrote nothing."""


def digest(text: str) -> str:
    """32 hexadecimal digits that stand for a text; line ends and outer blanks do not count."""
    normal = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
    return hashlib.sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def read_digest(text: str) -> str:
    """What stands for a text that was read from a document of Jira's."""
    return _READING + digest(text)


def is_present_reading(remembered: str) -> bool:
    """Whether a digest from `read_digest` can be compared with one made now."""
    return remembered.startswith(_READING)


@dataclass(frozen=True, slots=True)
class Writing:
    """The side that is being written, what both hold once it is, and whether the case's text lacks its end then."""

    side: Side
    case: str | None
    issue: str | None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Agreed:
    """What each side held when they last agreed on one facet: a digest, or a status; ``None`` = never agreed.

    ``refused`` is the side that would not take the other's value (they agree to differ), ``under`` the digest of the
    configuration that was in force then; ``cut`` marks a text that lost its end on the case; ``walking`` are the
    statuses of either side that the integration itself is passing through.
    ``alike`` are blocks that differ and mean the same (``rich_text.alike``). ``writing`` is what is being written:
    found there after a crash, it was not a person who wrote it. ``contested_since`` (epoch) is when a step that should
    be taken first met a conflict, which passes.
    """

    case: str | None = None
    issue: str | None = None
    refused: Side | None = None
    under: str | None = None
    cut: bool = False
    walking: tuple[str, ...] = ()
    alike: frozenset[str] = frozenset()
    writing: Writing | None = None
    contested_since: float | None = None

    def of(self, side: Side) -> str | None:
        """What one side held."""
        return self.case if side == "security_ir" else self.issue

    def is_asked_anew(self, config_digest: str) -> bool:
        """Whether what was refused is to be tried once more, for the configuration is another one."""
        return self.refused is not None and self.under not in (None, config_digest)

    def asked_anew(self, config_digest: str) -> Agreed:
        """The same, with what was refused under another configuration as if it had been changed just now."""
        if not self.is_asked_anew(config_digest):
            return self
        if self.refused == "jira":
            return replace(self, case="", refused=None, under=None)
        return replace(self, issue="", refused=None, under=None)


@dataclass(frozen=True, slots=True)
class Base:
    """The values both sides had when they last agreed."""

    title: Agreed = Agreed()
    description: Agreed = Agreed()
    status: Agreed = Agreed()
    fields: Agreed = Agreed()

    def is_asked_anew(self, config_digest: str) -> bool:
        """Whether any facet is, see `Agreed.is_asked_anew`."""
        return any(
            each.is_asked_anew(config_digest) for each in (self.title, self.description, self.status, self.fields)
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """One case and the one issue that mirrors it.

    ``dressed`` says that the issue was given the labels, property and link that name its case, ``unproven`` that nobody
    has seen yet whether Jira took all that it was given in one request. ``missing`` are the sides that cannot be found,
    each since when (epoch), ``gone`` is the one that was deleted for good.
    """

    case_id: str
    case_arn: str
    issue_id: str
    issue_key: str
    service_project: bool = False
    dressed: bool = False
    unproven: bool = False
    missing: Mapping[Side, float] = field(default_factory=dict)
    gone: Side | None = None
    base: Base = field(default_factory=Base)


@dataclass(frozen=True, slots=True)
class Reservation:
    """A birth under way: the exact request, the base the pair will have, and when it may have been sent (epoch)."""

    request: Mapping[str, Any]
    base: Base
    attempted_at: float


@dataclass(frozen=True, slots=True)
class IssueEntry:
    """What is known of an issue by its id or key: the case it is paired with, or the reservation of one."""

    issue_id: str
    case_id: str | None = None
    reservation: Reservation | None = None


# Comments and notices


def comment_key(side: Side, comment_id: str) -> str:
    """What the copy of one side's comment is remembered under."""
    return f"COMMENT#{side}#{comment_id}"


def notice_key(side: Side, kind: str, rest: str = "") -> str:
    """What something that is said on a side is remembered under."""
    return f"NOTICE#{side}#{kind}#{rest}" if rest else f"NOTICE#{side}#{kind}"


DETAILS = notice_key("jira", "details")
"""The managed comment "Case details"."""
MANAGED = {"issue-status": notice_key("security_ir", "issue-status")}
"""Notices that tell a state and are kept current in one comment, by their kinds: the issue's status on a case whose
status AWS sets.
"""


@dataclass(frozen=True, slots=True)
class Copy:
    """One comment (or notice) of ours on the other side.

    ``key`` is what it is remembered under, ``source`` the digest of the text it was made from, ``parts`` the ids of our
    comments in order, ``sending`` the digest of a part whose answer has not been recorded yet. ``refused`` is the
    digest of the configuration under which the other side did not take it. ``document`` stands for the document of
    Jira's that the text was read from: while that is the same, it need not be read again.
    """

    key: str
    source: str
    parts: tuple[str, ...] = ()
    sending: str | None = None
    total: int = 1
    refused: str | None = None
    document: str | None = None

    @property
    def complete(self) -> bool:
        return self.sending is None and len(self.parts) >= self.total

    def is_asked_anew(self, config_digest: str) -> bool:
        """Whether it is to be sent once more, for the configuration is another one."""
        return self.refused not in (None, config_digest)


_BESIDE_THE_POINT = ("url", "reason")
"""Values that a notice mentions and that do not make it another one."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the integration itself has to say on one side, once. ``values`` fill in its wording."""

    side: Side
    kind: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        named = (f"{name}={value}" for name, value in sorted(self.values.items()) if name not in _BESIDE_THE_POINT)
        return notice_key(self.side, self.kind, digest("\n".join(named))[:12])


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the comments on one side.

    ``copies``: those made from this side's comments, by source id. ``ours``: ids of comments on this side that the
    integration wrote itself. ``sent``: digests of texts it sent to this side whose answers were lost.
    """

    copies: dict[str, Copy] = field(default_factory=dict)
    ours: frozenset[str] = frozenset()
    sent: frozenset[str] = frozenset()


# Files


def file_key(side: Side, file_id: str) -> str:
    """What the copy of one side's file is remembered under."""
    return f"ATTACHMENT#{side}#{file_id}"


DESCRIPTION = file_key("jira", "description")
"""The file that holds a description in full, where the case's had to be cut."""

FileState = Literal["perhaps", "reserved", "there", "told", "rejected"]
"""``perhaps``: the ledger was lost, and something there has such a name; the contents tell. ``reserved``: about to be
sent, the answer is not recorded. ``there``: arrived. ``told``: it cannot go, and people were told. ``rejected``: it
arrived, failed the case's own check there, and people were told.
"""


@dataclass(frozen=True, slots=True)
class FileCopy:
    """One file's copy on the other side.

    ``key`` is what it is remembered under, ``name`` what the copy is called, ``size`` its bytes and ``content`` its
    SHA-256; ``copy`` is its id, once known: an upload to a case tells none. ``attempt`` counts the upload URLs that
    were used up. ``refused`` is the digest of the configuration under which the other side did not take it.
    """

    key: str
    name: str
    state: FileState
    size: int = 0
    content: str = ""
    copy: str | None = None
    attempt: int = 0
    refused: str | None = None

    def is_asked_anew(self, config_digest: str) -> bool:
        """Whether it is to be sent once more, for the configuration is another one."""
        return self.refused not in (None, config_digest)


# Watchers


OURSELVES = "ourselves"
"""Stands for the integration's own account among the accounts that were seen to watch."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A pair's watchers; a "fingerprint" stands for an e-mail address.

    ``case`` holds the fingerprints and ``issue`` the accounts that were seen and dealt with; ``count`` is the issue's
    number of watchers then (``None``: to be read). ``accounts`` says which account a fingerprint was found to be
    (``""``: nobody fits), ``refused`` whose address a case did not take, and ``asked_at`` (epoch) when both were last
    tried again. ``added_to_issue`` (fingerprint → account) and ``added_to_case`` (account → fingerprint) are what the
    integration added.
    """

    case: frozenset[str] = frozenset()
    issue: frozenset[str] = frozenset()
    count: int | None = None
    accounts: Mapping[str, str] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    asked_at: float = 0.0
    added_to_issue: Mapping[str, str] = field(default_factory=dict)
    added_to_case: Mapping[str, str] = field(default_factory=dict)


# All of it


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one case: its pair or its reservation, copies of comments and files, notices, watchers."""

    pair: Pair | None = None
    reservation: Reservation | None = None
    copies: Mapping[str, Copy] = field(default_factory=dict)
    pending: tuple[Notice, ...] = ()
    files: Mapping[str, FileCopy] = field(default_factory=dict)
    watched: Watched | None = None

    def unsaid(self, side: Side) -> bool:
        """Whether something waits to be said on a side: a notice, or on a case the name of its issue."""
        linked = any(key.startswith(notice_key("security_ir", "link")) for key in self.copies)
        return any(notice.side == side for notice in self.pending) or (side == "security_ir" and not linked)

    def known(self, side: Side) -> Known:
        """What is known of the comments on one side: copies made from them, and which of them are ours."""
        source, ours = comment_key(side, ""), (comment_key(other(side), ""), notice_key(side, ""))
        here = [copy for key, copy in self.copies.items() if key.startswith(ours)]
        return Known(
            copies={key.removeprefix(source): copy for key, copy in self.copies.items() if key.startswith(source)},
            ours=frozenset(part for copy in here for part in copy.parts),
            sent=frozenset(copy.sending for copy in here if copy.sending),
        )
