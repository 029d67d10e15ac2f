"""What came in: for a test to see what the integration did, and for a person who debugs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Response

from sandbox.serving.refusal import Lost, Refused


@dataclass(slots=True)
class Request:
    """One request, filled in while it is carried out.

    - ``operation``: what was asked: in Jira ``METHOD path``, in security-ir the operation's name.
    - ``path`` is decoded and without the site's address; ``query`` joins repeated parameters by commas.
    - ``body``: the decoded JSON, in security-ir the parameters by their names in the model; of an upload to Jira,
      ``{"files": [{"filename", "size"}]}``.
    - ``about``: the issue (as the path names it) or the case.
    - ``at``: the server's clock, epoch seconds.
    - ``caller``: the Jira account's id or the access key id that signed; None before anybody is known.
    - ``status``: None where the answer was lost.
    - ``carried_out``: something came of it, whatever became of the answer; not so for a client token known already.
    - ``is_write``: it counts among the server's ``writes()``.
    """

    operation: str
    method: str
    path: str
    query: Mapping[str, str]
    at: float
    body: Any = None
    about: str | None = None
    caller: str | None = None
    status: int | None = None
    carried_out: bool = False
    is_write: bool = False

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.query.items())
        return f"{self.method} {self.path}{'?' if query else ''}{query} -> {self.status}"


@dataclass(slots=True)
class Log:
    """Requests in the order of their answers, and in ``violations`` what no correct client would have sent."""

    requests: list[Request] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def answered(
        self, request: Request, serve: Callable[[], Response], refuse: Callable[[Refused], Response]
    ) -> Response:
        """The answer to a request, written down, also where ``serve`` raises `Lost`."""
        try:
            response = serve()
        except Refused as refused:
            response = refuse(refused)
        except Lost:
            raise
        except Exception as failure:
            # A listener's or a hook's failure must be seen, not end the connection.
            self.violations.append(f"{request.operation}: {failure!r}")
            response = refuse(Refused(500, repr(failure), code="InternalServerException"))
        finally:
            self.requests.append(request)
        request.status = response.status_code
        return response
