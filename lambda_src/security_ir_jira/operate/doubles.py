"""Cases that two instances mirror: without a filter that is what they do, with one it is told what parts them."""

from __future__ import annotations

from ..config import CaseFilter
from .rounds import Look


def tell_of_double(look: Look, said: str, claimed: str, case_filter: CaseFilter) -> None:
    """Tell of a case that has an issue of another instance besides; ``claimed`` ends the sentence of a finding."""
    if case_filter.digest:
        mend = "have the case_filter of one instance alone match it; pairs that there are stay"
        look.found(f"{said}{claimed}", mend, "warning")
    else:
        look.fact(said)
