"""What the integration says in its own name, and how a copied comment names its author."""

from __future__ import annotations

from rich_text import Adf, Strong, document, fold, sentence, split, to_adf, utf16_length

from .memory import Notice
from .model import Comment, Side

CASE_COMMENT_LIMIT = 12_000
ISSUE_COMMENT_LIMIT = 30_000
"""UTF-16 units a comment may have. Jira takes 32,767 of rendered text; the rest is headroom."""

WITHDRAWN_TEXT = "(The visibility of this comment was restricted in Jira. Its text is no longer shown here.)"
DELETED_NOTE = "(This comment was deleted in Jira, or can no longer be seen there. Its text as it was:)"

NO_LONGER_NEEDED = "(The comment was shortened; nothing of it is left in this part.)"

_PART_ROOM = 12

WORDING = {
    "link": "This case is mirrored by Jira issue {key}: {url}",
    "closure-code": "The case was closed in AWS Security Incident Response. Closure code: {code}.",
    "cannot-reopen": (
        "The AWS Security Incident Response case is closed and cannot be reopened. This issue's status no longer "
        "changes it. Open a new case if the incident goes on."
    ),
    "closed-case": (
        "The AWS Security Incident Response case is closed and takes no changes. Title and description of this issue "
        "no longer change it."
    ),
    "comments-refused": (
        "The AWS Security Incident Response case is closed and takes no comments. Comments on this issue stay here."
    ),
    "comment-refused": (
        "A comment of {author} ({when}) could not be copied: the other side did not accept it. It stands where it was "
        "written."
    ),
    "refused-title": "The new title was not accepted here. On the other side it is now:",
    "refused-description": "The new description was not accepted here. On the other side it is now:",
    "status-unknown": (
        'The case is now "{status}" in AWS Security Incident Response. None of the statuses that status_mapping names '
        "for it exists in this issue's workflow, so the issue stays where it is."
    ),
    "status-unreachable": (
        'The case is now "{status}" in AWS Security Incident Response. The workflow of this issue offers no way to '
        '"{target}", so the issue stays at "{current}".'
    ),
    "status-not-taken": (
        'The case is now "{status}" in AWS Security Incident Response. Jira did not accept the move of this issue to '
        '"{target}", so it stays at "{current}": {reason}'
    ),
    "fields-refused": "Jira did not accept what jira_custom_fields says for {fields}: {reason}",
    "case-deleted": "The case {case} was deleted in AWS Security Incident Response. Nothing is copied any more.",
    "issue-deleted": "The Jira issue {key} was deleted. Nothing is copied any more.",
    "status-refused": (
        'AWS Security Incident Response did not accept the status "{status}" for the case, which stays at "{current}".'
    ),
    "issue-status-unknown": (
        'The Jira issue is now "{status}". status_mapping does not name this status, so the case stays where it is.'
    ),
    "issue-status": 'The Jira issue is now "{status}". The status of a case that AWS manages is set by AWS.',
    "file-failed": (
        'The file "{name}" on the case did not pass the malware check of AWS Security Incident Response. It was not '
        "copied: {url}"
    ),
    "file-rejected": (
        'The copy of the file "{name}" on the case did not pass the malware check of AWS Security Incident Response. '
        "Nobody can open it there: {url}"
    ),
    "file-empty": 'The file "{name}" is empty and was not copied. It stays where it is: {url}',
    "file-too-large": 'The file "{name}" is too large to be copied. It stays where it is: {url}',
    "file-full": (
        'The file "{name}" was not copied, because a case has at most 50 files and this one has them. It stays where '
        "it is: {url}"
    ),
    "file-refused": 'The file "{name}" was not accepted on the other side. It stays where it is: {url}',
    "kept-title": "Title and summary were changed on both sides. This one was replaced:",
    "kept-description": "The description was changed on both sides. This one was replaced:",
    "kept-status": 'The status was changed on both sides. This one was replaced: "{text}".',
}

_RICH = frozenset(("kept-description", "refused-description"))
"""Notices that quote a text which may hold markup."""
QUOTING = _RICH | {"kept-title", "refused-title"}
"""Notices that end with a text of somebody's, below their own sentence."""


def text_of(notice: Notice) -> str:
    """A notice in words, as a case shows them."""
    return "\n\n".join((_sentence_of(notice).format_map(notice.values), *_quoted(notice)))


def texts_on_case(notice: Notice) -> tuple[str, ...]:
    """A notice as the case comments that will carry it."""
    return tuple(split(text_of(notice), CASE_COMMENT_LIMIT))


def documents_on_issue(notice: Notice) -> tuple[Adf, ...]:
    """A notice as the Jira comments that will carry it. What it quotes stands there letter for letter."""
    said = sentence(_sentence_of(notice), **notice.values)
    head = text_of(Notice(notice.side, notice.kind, {**notice.values, "text": ""}))
    room = ISSUE_COMMENT_LIMIT - utf16_length(head) - len("\n\n")
    pieces = [piece for quoted in _quoted(notice) for piece in split(quoted, room)]
    if not pieces:
        return (document(said),)
    bodies = [to_adf(piece) if notice.kind in _RICH else document(sentence("{text}", text=piece)) for piece in pieces]
    return (document(said, bodies[0]), *bodies[1:])


def _sentence_of(notice: Notice) -> str:
    return WORDING[notice.kind]


def _quoted(notice: Notice) -> tuple[str, ...]:
    """The text that a notice ends with, below its own sentence."""
    text = notice.values.get("text", "")
    return (text,) if text and "{text}" not in _sentence_of(notice) else ()


def comment_refused(side: Side, comment: Comment) -> Notice:
    """What to say on the side where a comment was written that the other side did not take."""
    return Notice(side, "comment-refused", {"author": name_of(comment), "when": when_of(comment)})


def copies_on_issue(comment: Comment) -> tuple[Adf, ...]:
    """A case comment as the Jira comments that will carry it, in parts where it is too long for one."""
    name, when = name_of(comment), when_of(comment)
    head = "{author} on the AWS case, {when}"
    as_read = head.format(author=f"**{name}**", when=when)
    return tuple(
        document(sentence(head + ending, author=Strong(name), when=when), to_adf(piece))
        for ending, piece in _parts(comment, as_read, ISSUE_COMMENT_LIMIT)
    )


def copies_on_case(comment: Comment) -> tuple[str, ...]:
    """A Jira comment as the case comments that will carry it, in parts of at most 12,000 characters."""
    head = f"{name_of(comment)} in Jira, {when_of(comment)}"
    return tuple(
        f"{head}{ending}\n\n{piece}" if piece else head + ending
        for ending, piece in _parts(comment, head, CASE_COMMENT_LIMIT)
    )


def _parts(comment: Comment, head: str, limit: int) -> tuple[tuple[str, str], ...]:
    """How the head of each part ends, and the piece of the text below it."""
    body = comment.body
    if not body.strip():
        return ((": (empty comment)", ""),)
    room = limit - utf16_length(head) - _PART_ROOM
    if utf16_length(body) <= room:
        return ((":", body),)
    pieces = split(body, room)
    return tuple((f" ({number}/{len(pieces)}):", piece) for number, piece in enumerate(pieces, 1))


def when_of(comment: Comment) -> str:
    """When a comment was written, as the head of its copy says it."""
    return f"{comment.created:%Y-%m-%d %H:%M} UTC"


def name_of(comment: Comment) -> str:
    """Who wrote a comment, as the head of its copy says it."""
    return fold(comment.author) or "Somebody"
