"""What can go wrong, named after what is to be done about it."""

from __future__ import annotations


class RetryLater(Exception):
    """The work was not finished; the same notification is to be delivered again.

    ``delay`` is the number of seconds to wait at least, or ``None`` for the worker's own exponential back-off.
    """

    def __init__(self, reason: str, *, delay: float | None = None) -> None:
        super().__init__(reason)
        self.delay = delay


class MoreToDo(RetryLater):
    """All went well, and there is more: the same message goes on with it. No failure."""


class PairBusy(RetryLater):
    """Another function holds the pair's lease."""


class AlreadyPaired(RetryLater):
    """The case or the issue belongs to a pair or is reserved for one: look again, knowing that."""


class OutcomeUnknown(RetryLater):
    """A request that creates something was sent and its answer was lost: it may have been carried out."""


class Unavailable(RetryLater):
    """Jira or security-ir did not carry out a request for now, and will."""


class Throttled(Unavailable):
    """Too many requests (429)."""


class Conflict(Unavailable):
    """409: somebody changes the same thing at this moment, which passes; unless it is closed, which does not."""


class NotPermitted(RetryLater):
    """Refused for who we are, and not for what was asked: mended elsewhere, it passes.

    A role, its credentials, the membership; a permission, a scope, an allowlist, a project that cannot be seen.
    ``said`` is what the other side said of it, which is not for the log.
    """

    def __init__(self, reason: str, *, delay: float | None = None, said: str = "") -> None:
        super().__init__(reason, delay=delay)
        self.said = said


class JiraUnauthorized(NotPermitted):
    """Jira takes the token for nobody's."""


class SideDown(RetryLater):
    """Nothing of a side works, so it is left alone until it is due to be asked again.

    ``because`` names the kind of error that was met when it was asked last.
    """

    def __init__(self, reason: str, *, delay: float, because: str = "Unavailable") -> None:
        super().__init__(reason, delay=delay)
        self.because = because


class PublishFailed(RetryLater):
    """The event bus did not accept an event."""


class Undeliverable(Exception):
    """A record that can never succeed (malformed, foreign): straight to the dead letters, with this reason."""


class NotFound(Exception):
    """404: the thing is gone, or this account cannot see it."""


class Refused(Exception):
    """The other side understood what was to be written and refused that very value: repeating it is no use.

    The exception reads as what may be logged. ``said`` is what the other side said of it, which may quote the value;
    ``fields`` maps the name of each field complained of to the complaint. ``perhaps_done``: the same request was sent
    just before and not answered, so that it may have been carried out.
    """

    def __init__(self, reason: str, *, status: int, said: str = "", fields: dict[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.said = said
        self.fields = fields or {}
        self.perhaps_done = False
