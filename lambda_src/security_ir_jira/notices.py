"""What the integration says in its own name, and how a copied comment names its author."""

from __future__ import annotations

from .model import Comment, Notice
from .text import split, utf16_length

CASE_COMMENT_LIMIT = 12_000
ISSUE_COMMENT_LIMIT = 30_000
"""UTF-16 units a comment may have. Jira takes 32,767 of rendered text; the rest is headroom."""

_PART_ROOM = 12

_WORDING = {
    "link": "This case is mirrored by Jira issue {key}: {url}",
    "closure-code": "The case was closed in AWS Security Incident Response. Closure code: {code}.",
    "cannot-reopen": (
        "The AWS Security Incident Response case is closed and cannot be reopened. This issue's status no longer "
        "changes it. Open a new case if the incident goes on."
    ),
    "status-unknown": (
        'The case is now "{status}" in AWS Security Incident Response. None of the statuses that status_mapping names '
        "for it exists in this issue's workflow, so the issue stays where it is."
    ),
    "status-unreachable": (
        'The case is now "{status}" in AWS Security Incident Response. The workflow of this issue offers no way to '
        '"{target}", so the issue stays at "{current}".'
    ),
    "status-refused": (
        'AWS Security Incident Response did not accept the status "{status}" for the case, which stays at "{current}".'
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
    "kept-title": "Title and summary were changed on both sides. This one was replaced:\n\n{text}",
    "kept-description": "The description was changed on both sides. This one was replaced:\n\n{text}",
    "kept-status": 'The status was changed on both sides. This one was replaced: "{text}".',
}


def wording(notice: Notice) -> str:
    """A notice in words (Markdown)."""
    return _WORDING[notice.kind].format_map(notice.values)


def texts_for_issue(comment: Comment) -> tuple[str, ...]:
    """A case comment as the Jira comments that will carry it: Markdown, in parts where it is too long for one."""
    return _parts(f"**{_plain(comment.author)}** on the AWS case, {_when(comment)}", comment.body, ISSUE_COMMENT_LIMIT)


def texts_for_case(comment: Comment) -> tuple[str, ...]:
    """A Jira comment as the case comments that will carry it, in parts of at most 12,000 characters."""
    return _parts(f"{_plain(comment.author)} in Jira, {_when(comment)}", comment.body, CASE_COMMENT_LIMIT)


def notice_texts(notice: Notice, limit: int) -> tuple[str, ...]:
    """A notice as the comments that will carry it."""
    return tuple(split(wording(notice), limit)) or ("",)


def _parts(header: str, body: str, limit: int) -> tuple[str, ...]:
    whole = f"{header}:\n\n{body}" if body.strip() else f"{header}: (empty comment)"
    if utf16_length(whole) <= limit:
        return (whole,)
    pieces = split(body, limit - utf16_length(header) - _PART_ROOM)
    return tuple(f"{header} ({number}/{len(pieces)}):\n\n{piece}" for number, piece in enumerate(pieces, 1))


def _when(comment: Comment) -> str:
    return f"{comment.created:%Y-%m-%d %H:%M} UTC"


def _plain(name: str) -> str:
    return "".join(character for character in name if character not in "*_`[]<>\\\n") or "Somebody"
