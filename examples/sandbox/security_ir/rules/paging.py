"""Pagination by opaque tokens, which only the server that made them understands."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import TypeVar

from sandbox.security_ir.refusals import invalid_token

T = TypeVar("T")


class Pager:
    """Cuts ranked items into pages; a token remembers the last rank, so items may come and go in between."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(16)

    def page(
        self, scope: str, items: Sequence[tuple[int, T]], token: str | None, size: int
    ) -> tuple[list[T], str | None]:
        """Up to ``size`` of the items after the token's place, and the token of the next page, if any.

        ``items`` come with their ranks, in ascending order; ``scope`` says what is being listed, so that a
        token is good for that list only.

        Raises:
            Refused: 423.
        """
        after = self._rank(scope, token) if token else None
        rest = [(rank, item) for rank, item in items if after is None or rank > after]
        page = rest[:size]
        following = self._token(scope, page[-1][0]) if len(rest) > size else None
        return [item for _, item in page], following

    def expire(self) -> None:
        """Make every token given out so far invalid."""
        self._secret = secrets.token_bytes(16)

    def _token(self, scope: str, rank: int) -> str:
        seal = self._seal(scope, rank)
        return base64.urlsafe_b64encode(f"{rank}|{seal}".encode()).decode()

    def _rank(self, scope: str, token: str) -> int:
        try:
            rank, seal = base64.urlsafe_b64decode(token).decode().split("|")
            number = int(rank)
        except ValueError as error:
            raise invalid_token() from error
        if not hmac.compare_digest(seal.encode(), self._seal(scope, number).encode()):
            raise invalid_token()
        return number

    def _seal(self, scope: str, rank: int) -> str:
        return hmac.new(self._secret, f"{scope}|{rank}".encode(), hashlib.sha256).hexdigest()
