"""Entry point of the function ``security_ir_poller``."""

from __future__ import annotations

from security_ir_jira.shell.startup import handler_of

handler = handler_of("security_ir_poller")
