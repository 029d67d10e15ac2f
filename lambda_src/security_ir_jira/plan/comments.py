"""Comments that the other side has not got as they stand, and copies whose comments are gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..memory import Copy, Known, digest, is_present_reading, read_digest
from ..model import Comment, Side
from ..recognition import is_notice_of_another_instance, notice_in

WITHDRAWN = "withdrawn"
DELETED = "deleted"
"""What stands for the source of a copy whose comment became restricted, or was deleted."""


@dataclass(frozen=True, slots=True)
class CommentWork:
    """A comment that is new or was edited: ``copy`` is what the other side has of it already, if anything.

    ``withdraw``: it may no longer be read there, so its copy is to give way to a note. ``compare``: an earlier version
    read it otherwise, so that only its copy can tell whether it was edited since.
    """

    comment: Comment
    copy: Copy | None = None
    withdraw: bool = False
    compare: bool = False


def source_of(side: Side, comment: Comment) -> str:
    """What stands for one side's comment as it reads now."""
    return read_digest(comment.body) if side == "jira" else digest(comment.body)


def plan_comments(
    side: Side, comments: Sequence[Comment], known: Known, *, restricted: bool = False, config_digest: str = ""
) -> tuple[CommentWork, ...]:
    """The comments of one side that the other has not got as they stand, in their order of creation.

    Copies the integration wrote are recognised by their recorded ids and never come back. Comments that are not shared
    stay where they are unless ``restricted`` is asked for, and so does what another instance says of its own pair. What
    was refused under another configuration than ``config_digest`` stands for is tried once more.
    """
    ordered = sorted(comments, key=lambda comment: (comment.created, len(comment.id), comment.id))
    work = []
    for comment in ordered:
        copy = known.copies.get(comment.id)
        if comment.id in known.ours or _is_copied(comment, copy, restricted, config_digest):
            continue
        if known.sent and digest(comment.body) in known.sent:
            continue
        if not (comment.shared or restricted):
            if copy is not None and (copy.parts or copy.sending) and copy.source != WITHDRAWN:
                work.append(CommentWork(comment, copy, withdraw=True))
        elif copy is not None and copy.is_asked_anew(config_digest):
            work.append(CommentWork(comment, copy))
        elif copy is None and is_notice_of_another_instance(comment):
            continue
        elif copy is None or not copy.complete or copy.source != source_of(side, comment):
            compare = side == "jira" and copy is not None and copy.complete and _read_by_an_earlier_version(copy)
            if not compare or comment.edited:
                work.append(CommentWork(comment, copy, compare=compare))
    return tuple(work)


def mirrors_elsewhere(comments: Iterable[Comment], known: Known) -> tuple[str, ...]:
    """The addresses of the issues by which other instances say that they mirror this case, too."""
    others = (each for each in comments if each.id not in known.ours and is_notice_of_another_instance(each))
    notices = [notice_in("security_ir", comment.body) for comment in others]
    return tuple(sorted({each.values["url"] for each in notices if each is not None and each.kind == "link"}))


def plan_documents(comments: Sequence[Comment], known: Known, work: Sequence[CommentWork]) -> tuple[Copy, ...]:
    """Copies of an issue's comments whose documents are not those that are remembered, and mean the same.

    So each is read once: one that an earlier version remembered nothing of, and one that was edited to the same words.
    """
    at_work = {each.comment.id for each in work}
    copied = ((comment, known.copies.get(comment.id)) for comment in comments)
    return tuple(
        replace(copy, document=comment.document)
        for comment, copy in copied
        if copy is not None
        and copy.complete
        and comment.id not in known.ours
        and comment.id not in at_work
        and comment.document not in (None, copy.document)
        and _reads_as_it_did(comment, copy)
    )


def _reads_as_it_did(comment: Comment, copy: Copy) -> bool:
    if _read_by_an_earlier_version(copy):
        return not comment.edited
    return copy.source == source_of("jira", comment)


def _is_copied(comment: Comment, copy: Copy | None, restricted: bool, config_digest: str) -> bool:
    """Whether the copy surely stands as the comment does, told without reading it."""
    return (
        copy is not None
        and copy.document is not None
        and copy.document == comment.document
        and copy.complete
        and not copy.is_asked_anew(config_digest)
        and (comment.shared or restricted)
        and copy.source not in (WITHDRAWN, DELETED)
    )


def _read_by_an_earlier_version(copy: Copy) -> bool:
    return copy.source not in (WITHDRAWN, DELETED) and not is_present_reading(copy.source)


def plan_deletions(comments: Sequence[Comment], known: Known) -> tuple[Copy, ...]:
    """The copies whose comments are no longer there, or no longer to be seen."""
    present, settled = {comment.id for comment in comments}, (DELETED, WITHDRAWN)
    return tuple(
        copy
        for source, copy in known.copies.items()
        if source not in present and (copy.parts or copy.sending) and copy.source not in settled
    )
