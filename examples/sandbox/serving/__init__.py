"""What every server of the sandbox shares: HTTP on loopback, the lock and its bells, the log of requests, faults."""

from __future__ import annotations

from sandbox.serving.faults import Fault, Faults
from sandbox.serving.http import LoopbackServer, Responder, Watch, file_response
from sandbox.serving.log import Log, Request
from sandbox.serving.refusal import Lost, Refused
from sandbox.serving.signature import Scope, credential_scope
from sandbox.serving.turns import Listener, Turns

__all__ = [
    "Fault",
    "Faults",
    "Listener",
    "Log",
    "LoopbackServer",
    "Lost",
    "Refused",
    "Request",
    "Responder",
    "Scope",
    "Turns",
    "Watch",
    "credential_scope",
    "file_response",
]
