"""Entry point of the function ``jira_notifications_handler``."""

from __future__ import annotations

from security_ir_jira.shell.startup import handler_of

handler = handler_of("jira_notifications_handler")
