"""Which issue a webhook tells of. It is only ever a hint where to look."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from security_ir_jira.ids import is_issue_key, project_of, read_issue_name

from .request import Refused

_NAMELESS = "attachment_"
"""Webhooks of files tell of the file alone. That an issue has another file is told by ``jira:issue_updated``, too."""


def issue_in(body: bytes, project_key: str) -> str | None:
    """The key of an issue of the project, or the id where no key is told; ``None``: nothing of ours.

    Raises ``Refused`` for what is no webhook of an issue.
    """
    document = _read(body)
    issue = document.get("issue")
    if not isinstance(issue, Mapping):
        if str(document.get("webhookEvent")).startswith(_NAMELESS):
            return None
        raise Refused(400, "WebhooksMalformed")
    name = read_issue_name(issue.get("key")) or read_issue_name(issue.get("id"))
    if name is None:
        raise Refused(400, "WebhooksMalformed")
    project = project_of(name) if is_issue_key(name) else _project_told(issue)
    return name if project in (project_key, None) else None


def _read(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "WebhooksMalformed") from None
    if not isinstance(document, dict):
        raise Refused(400, "WebhooksMalformed")
    return document


def _project_told(issue: Mapping[str, Any]) -> str | None:
    """The project that an issue without a key is said to be in; ``None``: whoever looks at it finds out."""
    fields = issue.get("fields")
    project = fields.get("project") if isinstance(fields, Mapping) else None
    key = project.get("key") if isinstance(project, Mapping) else None
    return key if isinstance(key, str) else None
