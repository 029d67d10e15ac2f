"""Trouble on demand: what a test makes a server do instead of, or after, what was asked."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Response

from sandbox.serving.log import Request
from sandbox.serving.refusal import Lost, Refused

Refuse = Callable[[Refused], Response]


@dataclass(eq=False, slots=True)
class Fault:
    """One rule, see `Faults.add`; ``hits`` counts how often it struck, ``left`` is None for a fault without end."""

    match: re.Pattern[str]
    about: str | None
    status: int | None
    error: str
    retry_after: int | None
    headers: Mapping[str, str]
    body: Any
    after: bool
    drop: bool
    delay: float
    hook: Callable[[], None] | None
    left: int | None
    hits: int = 0

    @property
    def spoils(self) -> bool:
        return self.drop or self.after or bool(self.error) or self.status is not None

    @property
    def only_delays(self) -> bool:
        return not self.spoils and self.hook is None

    def fits(self, request: Request) -> bool:
        return (
            self.left != 0
            and self.about in (None, request.about)
            and self.match.fullmatch(request.operation) is not None
        )

    def answer(self, refuse: Refuse, carried_out: Response | None = None) -> Response:
        """What is answered instead of ``carried_out``. Raises `Lost` where nothing is."""
        if self.drop or not (self.error or self.status):
            raise Lost(carried_out if carried_out and carried_out.direct_passthrough else None)
        if self.error:
            words, wait = "A fault on demand", self.retry_after
            return refuse(Refused(self.status or 0, words, code=self.error, retry_after=wait))
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        body = None if self.body is None else text
        headers = {**self.headers, **({} if self.retry_after is None else {"Retry-After": str(self.retry_after)})}
        return Response(body, self.status, headers, content_type="application/json")


@dataclass(slots=True)
class Faults:
    """A server's faults; the first that fits a request strikes, and so does what only delays it.

    ``down`` is an outage of the whole server.
    """

    down: bool = False
    _faults: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(
        self,
        match: str = ".*",
        *,
        about: str | None = None,
        status: int | None = None,
        error: str = "",
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        times: int | None = 1,
        after: bool = False,
        drop: bool = False,
        delay: float = 0.0,
        hook: Callable[[], None] | None = None,
    ) -> Fault:
        """Strike the next ``times`` valid requests (None: all) whose operation is ``match``, a regular expression.

        An operation is ``METHOD path`` in Jira and the operation's name in security-ir, where uploads and downloads
        by presigned URL are ``AttachmentUpload`` and ``AttachmentDownload``. ``about`` picks one issue or case.

        - ``error``: answer this error code in the server's own form; ``status`` is by default the model's for it.
        - ``status``, ``headers``, ``body`` (JSON or text): answer this.
        - ``retry_after``: the header, in seconds, on either.
        - ``drop``: close the connection without an answer.
        - ``after``: carry the request out first; its answer is lost unless ``error`` or ``status`` takes its place.
          Of a file, half of the bytes arrive.
        - ``delay`` (real seconds) and ``hook`` come before the deed, with no lock held; alone they spoil nothing.
        """
        fault = Fault(
            re.compile(match),
            about,
            status,
            error,
            retry_after,
            headers or {},
            body,
            after,
            drop,
            delay,
            hook,
            left=times,
        )
        with self._lock:
            self._faults.append(fault)
        return fault

    def end(self, fault: Fault) -> None:
        """Let a fault strike no more."""
        with self._lock:
            fault.left = 0

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._faults.clear()

    def met(self, request: Request, act: Callable[[], Response], refuse: Refuse) -> Response:
        """The answer of ``act``, or what a fault makes of it. Raises `Lost`."""
        struck = self._struck(request)
        time.sleep(sum(fault.delay for fault in struck))
        for fault in struck:
            if fault.hook is not None:
                fault.hook()
        spoiling = next((fault for fault in struck if fault.spoils), None)
        if spoiling is None:
            return act()
        return spoiling.answer(refuse, act() if spoiling.after else None)

    def _struck(self, request: Request) -> list[Fault]:
        """The first fault that does more than delay, if any fits, and the first that only delays."""
        with self._lock:
            fitting = [each for each in self._faults if each.fits(request)]
            first = [next((each for each in fitting if each.only_delays is slow), None) for slow in (True, False)]
            struck = [each for each in first if each is not None]
            for fault in struck:
                fault.hits += 1
                fault.left = None if fault.left is None else fault.left - 1
            return struck
