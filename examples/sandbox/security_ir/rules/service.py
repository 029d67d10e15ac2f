"""What the operations share besides the cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.security_ir.rules.paging import Pager
from sandbox.security_ir.rules.presigned import Presigner
from sandbox.security_ir.state.client_tokens import ClientTokens
from sandbox.security_ir.state.store import Store, Turn
from sandbox.security_ir.state.switches import Switches
from sandbox.security_ir.state.vault import Vault

Params = Mapping[str, Any]
Result = Mapping[str, Any]


@dataclass(slots=True)
class Service:
    """The store and the helpers of one server."""

    store: Store
    switches: Switches
    vault: Vault
    presigner: Presigner
    pager: Pager = field(default_factory=Pager)
    client_tokens: ClientTokens = field(default_factory=ClientTokens)

    def page_size(self, params: Params) -> int:
        """How many items a page of this request may have; the service never gives more than 25."""
        wanted: int = params.get("maxResults", 25)
        return min(wanted, self.switches.page_size, 25)

    def once(self, operation: str, turn: Turn, params: Params, act: Callable[[], str]) -> str:
        """The id that ``act`` makes, or made when the same client token came first."""
        known = self.client_tokens.recall(operation, params, turn.now, self.switches.client_token_seconds)
        if known is not None:
            turn.replayed = True
            return known
        made = act()
        self.client_tokens.remember(operation, params, made, turn.now)
        return made


Operation = Callable[[Service, Turn, Params], Result]
