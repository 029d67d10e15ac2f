"""What a run needs of the system it writes (a hand) and of the other (a reader). A run has no other way to write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from ..events import Change
from ..ids import project_of
from ..memory import Agreed, Facts, FileCopy, Notice, Pair
from ..model import Case, CaseTags, Comment, File, Issue, IssueWatchers, MadeFor, Side, Workflow
from ..plan.steps import Step
from ..plan.whole import Plan, Seen
from ..transfer import Spool

if TYPE_CHECKING:
    from .comments import Voice

Body = TypeVar("Body")


class CaseReader(Protocol):
    """The cases, for whoever writes issues."""

    def case(self, case_id: str) -> Case: ...

    def comments(self, case_id: str) -> tuple[Comment, ...]: ...

    def make_sure_readable(self) -> None: ...

    def ids(self) -> frozenset[str]: ...

    def tags(self, case_arn: str) -> CaseTags: ...

    def download_attachment(self, case_id: str, file: File, limit: int) -> Spool: ...


class IssueReader(Protocol):
    """The issues, for whoever writes cases."""

    @property
    def project_key(self) -> str: ...

    def issue(self, id_or_key: str, *, with_property: bool = False) -> Issue: ...

    def comments(self, issue: Issue) -> tuple[Comment, ...]: ...

    def all_comments(self, issue_id: str) -> tuple[Comment, ...]: ...

    def workflow(self, issue: Issue) -> Workflow: ...

    def make_sure_readable(self, key: str) -> None: ...

    def issues_labelled(self, label: str) -> tuple[tuple[str, str, MadeFor], ...]: ...

    def watchers(self, issue_id: str) -> IssueWatchers: ...

    def myself(self) -> str: ...

    def download_attachment(self, file: File, limit: int) -> Spool: ...


def make_sure_readable(pair: Pair, side: Side, cases: CaseReader, issues: IssueReader) -> None:
    """Raises ``NotPermitted`` where nothing of a side can be read, so that an absence says nothing."""
    if side == "security_ir":
        cases.make_sure_readable()
    else:
        issues.make_sure_readable(project_of(pair.issue_key))


class CommentHand(Protocol[Body]):
    """One side's comments, as the place where copies are written. A ``Body`` is what this side's comments hold."""

    @property
    def side(self) -> Side: ...

    def copies(self, comment: Comment) -> Sequence[Body]:
        """A comment of the other side as the comments that will carry it."""
        ...

    def notice(self, notice: Notice) -> Sequence[Body]:
        """A notice as the comments that will carry it."""
        ...

    def plain(self, text: str) -> Body:
        """A sentence of ours."""
        ...

    def headed(self, note: str, comment: Comment) -> Body | None:
        """A comment that stands here, with a note before its text; ``None`` where both are too long for one."""
        ...

    def as_read(self, body: Body) -> str:
        """A body as this side will give it back."""
        ...

    def add(self, body: Body, *, token: str) -> str:
        """Returns the comment's id."""
        ...

    def edit(self, comment_id: str, body: Body) -> None:
        """Put a body in the place of a comment's, of which stays what reads the same. Raises ``NotFound``."""
        ...

    def replace(self, comment_id: str, body: Body) -> None:
        """Put a body in the place of a comment's, whatever that is. Raises ``NotFound``."""
        ...

    def all(self) -> Iterable[Comment]: ...


class FileHand(Protocol):
    """One side's files, as the place where copies are put."""

    @property
    def side(self) -> Side: ...

    def files(self) -> Sequence[File]:
        """What is there."""
        ...

    def obstacle(self, before: FileCopy | None) -> str | None:
        """Why no file can go there, or not the one that was sent ``before`` without an answer: a notice's kind."""
        ...

    def name_for(self, name: str, ours: Sequence[str]) -> str:
        """What a copy is to be called there; ``ours`` are the names of the other copies."""
        ...

    def content(self, file: File, limit: int) -> Spool:
        """What a file that is there holds. Raises ``NotFound`` where that cannot be told (yet)."""
        ...

    def put(self, copy: FileCopy, content: Spool, record: Callable[[FileCopy], None]) -> str | None:
        """Returns the id of the file that was made, where this side tells. Raises ``Refused``.

        ``record`` writes down what must be known of the copy before it is sent once more.
        """
        ...


@dataclass(frozen=True, slots=True)
class Born:
    """A pair that was made just now, and what was read for it: the run that follows need not ask again.

    ``issue`` is ``None`` where it is the one that was made, ``comments`` are the case's, where they were read; ``deep``
    asks to look at everything all the same.
    """

    pair: Pair
    case: Case
    issue: Issue | None = None
    deep: bool = False
    comments: tuple[Comment, ...] | None = None

    def is_still(self, pair: Pair) -> bool:
        """Whether nobody has worked on the pair since, so that what was read is what its base was made of."""
        return pair.base == self.pair.base


class Absent(Exception):
    """One side of a pair cannot be found."""

    def __init__(self, side: Side) -> None:
        super().__init__(side)
        self.side = side


class Hand(Protocol[Body]):
    """The one system that a run writes, together with what it needs to read of the other."""

    @property
    def side(self) -> Side: ...

    def look(self, pair: Pair, facts: Facts, changed: frozenset[Change], born: Born | None = None) -> Seen | None:
        """Read as little as tells what is to be done; ``None``: surely nothing. What was ``born`` just now is known.

        Raises ``Absent``.
        """
        ...

    def find(self, pair: Pair) -> None:
        """Raises ``NotFound`` where this side of a pair cannot be seen."""
        ...

    def comments(self, pair: Pair) -> CommentHand[Body]: ...

    def workflow(self, issue: Issue) -> Workflow: ...

    def set_texts(self, pair: Pair, steps: Sequence[Step]) -> None:
        """Write title, description or both, in one request. Raises ``Refused``."""
        ...

    def why_not(self, pair: Pair, comment: Comment | None = None) -> Notice | None:
        """What to say on the other side where this one does not take a text, or a ``comment``; ``None``: nothing."""
        ...

    def greet(self, pair: Pair, voice: Voice[Body]) -> None:
        """Say on this side which is its other half, where that is said by a comment."""
        ...

    def introduce(self, seen: Seen, voice: Voice[Body]) -> None:
        """Show on this side which is its other half, and what else of that has its place here."""
        ...

    def move(self, seen: Seen, step: Step, voice: Voice[Body]) -> Agreed:
        """Take this side to another status; returns what both sides hold in the end."""
        ...

    def bring_files(self, seen: Seen, plan: Plan, voice: Voice[Body]) -> None: ...

    def follow_watchers(self, seen: Seen, copied: Sequence[Comment]) -> None: ...

    def make_sure_readable(self, pair: Pair, side: Side) -> None:
        """Raises ``NotPermitted`` where nothing of a side can be read, so that an absence says nothing."""
        ...

    def went_with_others(self, pair: Pair) -> bool:
        """Whether the missing other side went together with most others, so that nobody deleted just this one."""
        ...

    def part(self, pair: Pair, voice: Voice[Body]) -> None:
        """Do what is to be done with this side where the other was deleted."""
        ...
