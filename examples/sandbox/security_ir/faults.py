"""Trouble on demand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.security_ir.errors import ApiError
from sandbox.security_ir.wire import error_status


class ConnectionLost(Exception):
    """The connection is closed without an answer."""


@dataclass(slots=True)
class Fault:
    """Trouble for the next requests that fit; see :meth:`Faults.add`."""

    operation: str | None
    case_id: str | None
    error: ApiError | None
    drop: bool
    times: int | None
    after: bool
    delay: float
    hook: Callable[[], None] | None

    def fits(self, operation: str, case_id: str | None) -> bool:
        """Whether a request is meant."""
        return self.operation in (None, operation) and self.case_id in (None, case_id)

    def before(self) -> None:
        """Wait, call the hook, and fail unless the failure is to come after the deed."""
        time.sleep(self.delay)
        if self.hook is not None:
            self.hook()
        if not self.after:
            self._fail()

    def afterwards(self) -> None:
        """Fail now, if the answer is what gets lost."""
        if self.after:
            self._fail()

    def _fail(self) -> None:
        if self.drop:
            raise ConnectionLost
        if self.error is not None:
            raise self.error


class Faults:
    """The faults that wait for their requests, oldest first."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(
        self,
        *,
        operation: str | None = None,
        error: str | None = None,
        status: int | None = None,
        message: str = "A fault on demand",
        retry_after: int | None = None,
        times: int | None = 1,
        after: bool = False,
        drop: bool = False,
        delay: float = 0.0,
        case_id: str | None = None,
        hook: Callable[[], None] | None = None,
    ) -> None:
        """Spoil the next ``times`` valid requests (``None``: until cleared) of an operation, or of all.

        ``error`` is the error code of the answer, ``status`` its HTTP status (by default the model's, else
        500), ``retry_after`` the header, in seconds. ``drop`` closes the connection instead of answering.
        ``after`` first carries the request out, then loses its answer: by ``error`` if one is given, else by
        closing the connection; of a download, half of the bytes arrive. ``delay`` (real seconds) and ``hook``
        come before the deed, with no lock held; alone they spoil nothing. ``case_id`` picks one case.
        """
        failure = None
        if error is not None:
            answered = status or error_status(error) or 500
            failure = ApiError(error, answered, message, retry_after=retry_after)
        lost = drop or (after and failure is None)
        fault = Fault(operation, case_id, failure, lost, times, after, delay, hook)
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._faults.clear()

    def take(self, operation: str, case_id: str | None) -> Fault | None:
        """The fault that this request meets, if any; it is one time nearer its end then."""
        with self._lock:
            for fault in self._faults:
                if fault.fits(operation, case_id):
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self._faults.remove(fault)
                    return fault
        return None
