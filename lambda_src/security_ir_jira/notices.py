"""What the integration says in its own name, and how a copied comment names its author."""

from __future__ import annotations

from .model import Case, Comment, Notice, Side
from .text import split, utf16_length

CASE_COMMENT_LIMIT = 12_000
ISSUE_COMMENT_LIMIT = 30_000
"""UTF-16 units a comment may have. Jira takes 32,767 of rendered text; the rest is headroom."""

WITHDRAWN_TEXT = "(The visibility of this comment was restricted in Jira. Its text is no longer shown here.)"
DELETED_NOTE = "(This comment was deleted in Jira, or can no longer be seen there. Its text as it was:)"

_PART_ROOM = 12

_WORDING = {
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
    "refused-title": "The new title was not accepted here. On the other side it is now:\n\n{text}",
    "refused-description": "The new description was not accepted here. On the other side it is now:\n\n{text}",
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
    "fields-refused": "Jira did not accept the values of jira_custom_fields: {reason}",
    "case-deleted": "The case {case} was deleted in AWS Security Incident Response. Nothing is copied any more.",
    "issue-deleted": "The Jira issue {key} was deleted. Nothing is copied any more.",
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


def comment_refused(side: Side, comment: Comment) -> Notice:
    """What to say on the side where a comment was written that the other side did not take."""
    return Notice(side, "comment-refused", {"author": _plain(comment.author), "when": _when(comment)})


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


DETAILS_HEADING = "**Case details**"
_DETAILS = {
    "caseArn": "ARN",
    "resolverType": "Resolver",
    "engagementType": "Engagement",
    "pendingAction": "Pending action",
    "closureCode": "Closure code",
    "impactedAccounts": "Accounts",
    "impactedAwsRegions": "Regions",
    "impactedServices": "Services",
    "threatActorIpAddresses": "Threat actor IP addresses",
    "reportedIncidentStartDate": "Reported start",
    "actualIncidentStartDate": "Actual start",
    "createdDate": "Created",
    "closedDate": "Closed",
}


def details_text(case: Case) -> str:
    """The managed comment "Case details": what moves with every change (status, last update) is not in it."""
    lines = [f"- {label}: {case.details[name]}" for name, label in _DETAILS.items() if case.details.get(name)]
    return "\n".join((DETAILS_HEADING, "", *lines))
