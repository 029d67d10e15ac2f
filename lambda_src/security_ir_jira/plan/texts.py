"""Title and description: a three-way merge, the description block by block."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich_text import (
    Adf,
    alike,
    cut,
    fold,
    same_words,
    split,
    to_adf_within,
    to_text,
    update_adf,
    update_text,
    utf16_length,
)

from ..config import Config
from ..memory import Agreed, digest, is_present_reading, read_digest
from ..model import Case, Facet, Issue, Side
from .steps import Step

SUMMARY_LIMIT = 255
TITLE_LIMIT = 300
CASE_DESCRIPTION_LIMIT = 8_000
ISSUE_DESCRIPTION_LIMIT = 32_767
"""Limits in UTF-16 units: Jira's REST API v3 and the model of the security-ir API 2018-05-10."""


def issue_summary(title: str) -> str:
    """A case's title as Jira can hold it."""
    return cut(fold(title), SUMMARY_LIMIT) or "(no title)"


def case_title(summary: str) -> str:
    """An issue's summary as a case can hold it."""
    return cut(fold(summary), TITLE_LIMIT)


def issue_document(description: str) -> Adf:
    """A case's description as a document that Jira can hold."""
    return to_adf_within(description, ISSUE_DESCRIPTION_LIMIT)[0]


def case_description(description: str, issue_url: str) -> tuple[str, bool]:
    """An issue's description as a case can hold it, and whether it had to be cut.

    A cut text ends with a link to the issue, where the whole of it stands.
    """
    if not description.strip():
        return "", False
    if utf16_length(description) <= CASE_DESCRIPTION_LIMIT:
        return description, False
    ending = f"{_CUT}{_whole_is_in(issue_url)}"
    return split(description, CASE_DESCRIPTION_LIMIT - utf16_length(ending))[0] + ending, True


_CUT = "\n\n…"


def _whole_is_in(issue_url: str) -> str:
    return f"\n\nThe full description is in Jira: {issue_url}"


def _without_ending(description: str, issue_url: str) -> str:
    """A case's description without what `case_description` ended it with, which is of no use in the issue itself."""
    kept = description.rstrip().removesuffix(_whole_is_in(issue_url))
    return description if kept == description.rstrip() else kept.removesuffix(_CUT.strip()).rstrip()


def plan_title(base: Agreed, case: Case, issue: Issue, config: Config) -> Step | None:
    held = Agreed(digest(case.title), digest(issue.summary))
    now = _once_written(base.asked_anew(config.digest), held)
    if (now.case, now.issue) == (held.case, held.issue):
        return None if now == base else Step("title", now, now)
    for_issue, for_case = issue_summary(case.title), case_title(issue.summary)
    return _merge(
        _Texts(
            facet="title",
            base=now,
            held=held,
            case=case.title,
            issue=issue.summary,
            for_issue=for_issue,
            issue_then=digest(for_issue),
            for_case=for_case,
            case_then=digest(for_case),
            issue_lacks=utf16_length(fold(case.title)) > SUMMARY_LIMIT,
        ),
        config,
    )


def plan_description(base: Agreed, case: Case, issue: Issue, config: Config, *, issue_url: str) -> Step | None:
    held = Agreed(digest(case.description), read_digest(issue.description), cut=base.cut, alike=base.alike)
    now = _met_by_this_version(_once_written(base.asked_anew(config.digest), held), held, case, issue)
    if (now.case, now.issue) == (held.case, held.issue):
        return None if now == base else Step("description", now, now)
    held = replace(held, alike=now.alike)
    for_issue = _without_ending(case.description, issue_url)
    document, reading = _issue_document(for_issue, issue, now)
    for_case, was_cut = case_description(update_text(issue.document, case.description, now.alike), issue_url)
    return _merge(
        _Texts(
            facet="description",
            base=now,
            held=held,
            case=case.description,
            issue=issue.description,
            for_issue=for_issue,
            document=document,
            issue_then=read_digest(reading),
            for_case=for_case,
            case_then=digest(for_case),
            was_cut=was_cut,
        ),
        config,
    )


def _issue_document(description: str, issue: Issue, base: Agreed) -> tuple[Adf, str]:
    """The issue's description with the case's edits, and how that reads."""
    updated = update_adf(description, issue.document, base.alike)
    reading = to_text(updated)
    if utf16_length(reading) <= ISSUE_DESCRIPTION_LIMIT:
        return updated, reading
    anew = issue_document(description)
    return anew, to_text(anew)


def _once_written(base: Agreed, held: Agreed) -> Agreed:
    """The base, whether what was being written was written (and that was not recorded) or not."""
    if base.refused is not None and base.issue is None:
        # Written by the first version, which did not remember what the issue held.
        base = replace(base, issue=held.issue)
    writing = base.writing
    if writing is None:
        return base
    written = replace(base, case=writing.case, issue=writing.issue, cut=writing.cut, refused=None, writing=None)
    return written if held.of(writing.side) == written.of(writing.side) else replace(base, writing=None)


def _met_by_this_version(base: Agreed, held: Agreed, case: Case, issue: Issue) -> Agreed:
    """The base in terms that can be compared with what is held now.

    Where an earlier version read the issue's description, its digest tells nothing: then the description was not
    changed if it still has the words of the case's, or if it cannot be told. Blocks that differ in letters which that
    version lost or added on the way are alike from here on.
    """
    if base.issue is None or is_present_reading(base.issue):
        return base
    if base.issue == digest(""):
        return replace(base, issue=read_digest(""))
    cannot_be_told = base.cut or base.case != held.case
    unchanged = cannot_be_told or same_words(case.description, issue.description)
    return replace(
        base,
        issue=held.issue if unchanged else base.issue,
        alike=base.alike | alike(case.description, issue.document),
    )


@dataclass(frozen=True, slots=True)
class _Texts:
    """Both sides' texts, and what each would be written as and be then.

    ``issue_lacks`` says that the case's text is longer than the issue could hold.
    """

    facet: Facet
    base: Agreed
    held: Agreed
    case: str
    issue: str
    for_issue: str
    issue_then: str
    for_case: str
    case_then: str
    document: Adf | None = None
    was_cut: bool = False
    issue_lacks: bool = False


def _merge(texts: _Texts, config: Config) -> Step:
    base, held = texts.base, texts.held
    case_moved, issue_moved = base.case != held.case, base.issue != held.issue
    if texts.issue_then == held.issue or texts.case_then == held.case:
        # Written, and not recorded: what was cut is still less than the issue holds.
        return Step(texts.facet, replace(held, cut=texts.was_cut and texts.case_then == held.case), held)
    if not texts.issue.strip() and not case_moved:
        return Step(texts.facet, held, held)  # an emptied text erases nothing on the case

    both = case_moved and issue_moved
    source: Side = "security_ir" if case_moved else "jira"
    if both and texts.issue.strip():
        source = config.conflict_winner
    # What the source would not take stands nowhere else than on the side that is written: it is not to be lost.
    loses = both or base.refused == source
    if source == "security_ir":
        return Step(
            texts.facet,
            replace(held, issue=texts.issue_then, cut=False),
            held,
            write="jira",
            value=texts.for_issue,
            document=texts.document,
            keep=texts.issue if (loses or base.cut) and texts.issue.strip() else None,
            base=base,
        )
    return Step(
        texts.facet,
        replace(held, case=texts.case_then, cut=texts.was_cut),
        held,
        write="security_ir",
        value=texts.for_case,
        keep=texts.case if loses or texts.issue_lacks else None,
        base=base,
    )
