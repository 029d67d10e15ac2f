"""Entry point of the function ``security_ir_poller``."""

from __future__ import annotations

from security_ir_jira.shell import runtime
from security_ir_jira.shell.worker import entry_point

handler = entry_point(runtime.security_ir_poller)
