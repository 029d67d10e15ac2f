"""Recognising old copies where the ledger was lost: what people read in a comment is the fall-back for this only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from rich_text import to_text

from ..ledger.pairs import PairLedger
from ..memory import DETAILS, Copy, Notice, Pair, comment_key, digest
from ..model import Comment, Side
from ..notices import copies_on_case, copies_on_issue, text_of
from ..plan.comments import source_of
from ..plan.details import DETAILS_HEADING


def relearn_copies(
    ledger: PairLedger, pair: Pair, on_case: Sequence[Comment], on_issue: Sequence[Comment], issue_url: str
) -> None:
    """Write down which comments of a pair found again are copies of which, by what their texts would be."""
    _match(ledger, pair, "security_ir", on_case, on_issue, lambda comment: map(to_text, copies_on_issue(comment)))
    _match(ledger, pair, "jira", on_issue, on_case, copies_on_case)
    link = Notice("security_ir", "link", {"key": pair.issue_key, "url": issue_url})
    said = [comment.id for comment in on_case if digest(comment.body) == digest(text_of(link))]
    if said:
        ledger.record(pair.case_id, Copy(link.key, "said", (said[0],)), link)
    details = [comment for comment in on_issue if comment.body.startswith(f"**{DETAILS_HEADING}**")]
    if details:
        ledger.record(pair.case_id, Copy(DETAILS, digest(details[0].body), (details[0].id,)))


def _match(
    ledger: PairLedger,
    pair: Pair,
    side: Side,
    sources: Iterable[Comment],
    others: Iterable[Comment],
    texts_of: Callable[[Comment], Iterable[str]],
) -> None:
    standing: defaultdict[str, list[str]] = defaultdict(list)
    for other in others:
        standing[digest(other.body)].append(other.id)
    for source in sources:
        wanted = [digest(text) for text in texts_of(source)]
        if all(standing[each] for each in wanted):
            parts = tuple(standing[each].pop(0) for each in wanted)
            key = comment_key(side, source.id)
            ledger.record(pair.case_id, Copy(key, source_of(side, source), parts, total=len(parts)))
