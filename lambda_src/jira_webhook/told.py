"""Which issue a webhook tells of. It is only ever a hint where to look."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from security_ir_jira.events import SWEEP_AFTER_SECONDS, sweep_order, told_by_jira
from security_ir_jira.ids import is_issue_id, is_issue_key, read_issue_name

from .request import Refused

_OF_A_FILE = "attachment_"
"""It tells of the file alone. Which issue has it, the sweep finds: a file moves its issue's date."""


def message_of(body: bytes) -> tuple[dict[str, object], int]:
    """What is to be put into the notifications queue for a webhook, and the seconds that it is to wait there.

    Raises ``Refused`` for one of no issue.
    """
    document = _read(body)
    issue = document.get("issue")
    if isinstance(issue, Mapping):
        return _message_about(issue), 0
    if str(document.get("webhookEvent")).startswith(_OF_A_FILE):
        return sweep_order("issues"), SWEEP_AFTER_SECONDS
    raise Refused(400, "WebhooksMalformed")


def _message_about(issue: Mapping[str, Any]) -> dict[str, object]:
    """Issues that move to another project keep their id, and get another key."""
    issue_id, key = read_issue_name(issue.get("id")), read_issue_name(issue.get("key"))
    if is_issue_id(issue_id):
        return told_by_jira(issue_id, key if is_issue_key(key) else None)
    if is_issue_key(key):
        return told_by_jira(key, key)
    raise Refused(400, "WebhooksMalformed")


def _read(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "WebhooksMalformed") from None
    if not isinstance(document, dict):
        raise Refused(400, "WebhooksMalformed")
    return document
