"""What can go wrong, named after what is to be done about it."""

from __future__ import annotations


class RetryLater(Exception):
    """The work was not finished; the same notification is to be delivered again.

    ``delay`` is the number of seconds to wait, or ``None`` for the worker's own exponential back-off.
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
    """Jira or security-ir is down, slow or rate-limiting."""


class NotPermitted(Unavailable):
    """Our role, its credentials or the membership is refused, and not what was asked: mended elsewhere, it passes."""


class Conflict(Unavailable):
    """409: somebody changes the same thing at this moment, which passes; unless it is closed, which does not."""


class JiraUnauthorized(RetryLater):
    """Jira refused the token (401). Nothing but a new token mends it, so the wait is in minutes."""


class PublishFailed(RetryLater):
    """The event bus did not accept an event."""


class Undeliverable(Exception):
    """A record that can never succeed (malformed, foreign): straight to the dead letters, with this reason."""


class NotFound(Exception):
    """404: the thing is gone, or this account cannot see it."""


class Refused(Exception):
    """The other side understood the request and refused it (400, 402, 403, 413, 422): repeating it is no use.

    ``fields`` maps the name of each field complained of to the complaint.
    """

    def __init__(self, reason: str, *, status: int, fields: dict[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.fields = fields or {}
