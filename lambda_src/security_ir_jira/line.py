"""The line to a side: what a client tells about the tries that came to nothing."""

from __future__ import annotations

from typing import Protocol


class Line(Protocol):
    """One side's breaker, as the client of that side uses it."""

    def unanswered(self) -> bool:
        """A try was not answered, or by a server error: whether the side is left alone from now on."""
        ...

    def refused(self) -> None:
        """A try was refused for who we are. Raises ``SideDown`` where every other request is as well."""
        ...

    def throttled(self) -> None:
        """A request was held back (429) at every try. Raises ``SideDown`` where every other one is as well."""
        ...
