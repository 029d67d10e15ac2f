"""Idempotency by client token: the same request again has the first one's result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.security_ir.refusals import conflict

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Memory:
    params: dict[str, object]
    result: str
    at: float


class ClientTokens:
    """Remembers which request a client token stood for and what came of it."""

    def __init__(self) -> None:
        self._memories: dict[tuple[str, str, str], _Memory] = {}

    def recall(self, operation: str, params: Params, now: float, lifetime: float | None) -> str | None:
        """The id that the first request with this token made; ``None`` where it is new or forgotten.

        Raises:
            Refused: 409, where the token stood for other parameters.
        """
        memory = self._memories.get(_key(operation, params))
        if memory is None or (lifetime is not None and now - memory.at >= lifetime):
            return None
        if memory.params != _meaning(params):
            token = params["clientToken"]
            raise conflict("The client token was used with other parameters", token, "ClientToken")
        return memory.result

    def remember(self, operation: str, params: Params, result: str, now: float) -> None:
        """Keep the id that came of a request, if it had a token."""
        if "clientToken" in params:
            self._memories[_key(operation, params)] = _Memory(_meaning(params), result, now)


def _key(operation: str, params: Params) -> tuple[str, str, str]:
    return operation, params.get("caseId", ""), params.get("clientToken", "")


def _meaning(params: Params) -> dict[str, object]:
    return {name: value for name, value in params.items() if name != "clientToken"}
