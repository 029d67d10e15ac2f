"""Recognising old copies where the ledger was lost: the markers that people see are the fall-back for this only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from .delivery import DETAILS
from .ledger import Ledger
from .model import Comment, Copy, Notice, Pair, digest
from .notices import DETAILS_HEADING, texts_for_case, texts_for_issue, wording
from .sides import Sides
from .text import to_adf, to_markdown


def relearn_copies(sides: Sides, pair: Pair) -> None:
    """Write down which comments of a pair found again are copies of which, by what their texts would be."""
    on_case, on_issue = sides.security_ir.comments(pair.case_id), sides.jira.all_comments(pair.issue_id)
    _match(sides.ledger, pair, "security_ir", on_case, on_issue, lambda comment: _as_read(texts_for_issue(comment)))
    _match(sides.ledger, pair, "jira", on_issue, on_case, texts_for_case)
    link = Notice("security_ir", "link", {"key": pair.issue_key, "url": sides.issue_url(pair.issue_key)})
    said = [comment.id for comment in on_case if digest(comment.body) == digest(wording(link))]
    if said:
        sides.ledger.record(pair.case_id, Copy(link.key, "said", (said[0],)), link)
    details = [comment for comment in on_issue if comment.body.startswith(DETAILS_HEADING)]
    if details:
        sides.ledger.record(pair.case_id, Copy(DETAILS, digest(details[0].body), (details[0].id,)))


def _as_read(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(to_markdown(to_adf(text)) for text in texts)


def _match(
    ledger: Ledger,
    pair: Pair,
    side: str,
    sources: Iterable[Comment],
    others: Iterable[Comment],
    texts_of: Callable[[Comment], tuple[str, ...]],
) -> None:
    standing: defaultdict[str, list[str]] = defaultdict(list)
    for other in others:
        standing[digest(other.body)].append(other.id)
    for source in sources:
        wanted = [digest(text) for text in texts_of(source)]
        if all(standing[each] for each in wanted):
            parts = tuple(standing[each].pop(0) for each in wanted)
            key = f"COMMENT#{side}#{source.id}"
            ledger.record(pair.case_id, Copy(key, digest(source.body), parts, total=len(parts)))
