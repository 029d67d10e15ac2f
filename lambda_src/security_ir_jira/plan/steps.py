"""One facet's outcome."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich_text import Adf

from ..memory import Agreed, Notice
from ..model import Facet, Side


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one facet.

    ``write`` is the side to be written, ``None`` where only the base moves on. ``value`` is what to write: a text, or
    for the facet ``status`` the name or id of a status; ``document`` is the same for Jira, where it is rich text.
    ``keep`` is a losing value, to be left as a comment on the side that is written, before it is. ``agreed`` is the
    facet's base once the step is done, ``base`` what it is before, and ``held`` what both sides hold then. ``notices``
    are to be said about it.
    """

    facet: Facet
    agreed: Agreed
    held: Agreed
    write: Side | None = None
    value: str = ""
    document: Adf | None = None
    keep: str | None = None
    notices: tuple[Notice, ...] = ()
    base: Agreed = field(default_factory=Agreed)

    @property
    def side(self) -> Side | None:
        """The side that has something to write or to say; ``None``: whichever is at work moves the base on."""
        return self.write or (self.notices[0].side if self.notices else None)
