"""What came with an order, each value in the form that is expected."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from sandbox.serving import Refused


@dataclass(frozen=True, slots=True)
class Given:
    """Values by name; whoever asks for one that is missing or of another kind is refused (400)."""

    values: Mapping[str, Any]

    @classmethod
    def read(cls, body: bytes) -> Self:
        """The values of a JSON object."""
        try:
            values = json.loads(body)
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, dict):
            raise Refused(400, "An order is a JSON object.")
        return cls(values)

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name, default)
        if not isinstance(value, str):
            raise Refused(400, f"{name} is missing.")
        return value

    def flag(self, name: str) -> bool:
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise Refused(400, f"{name} is true or false.")
        return value

    def number(self, name: str, *, least: float, most: float) -> float:
        value = self.values.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            raise Refused(400, f"{name} is a number from {least:g} to {most:g}.")
        return float(value)

    def content(self, name: str) -> bytes:
        """Bytes, which come in base64."""
        try:
            return base64.b64decode(self.text(name), validate=True)
        except binascii.Error:
            raise Refused(400, f"{name} is not base64.") from None
