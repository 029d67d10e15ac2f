"""What differs from site to site, and what a test wants to be different."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

BURSTS = {"GET": 100, "POST": 100, "PUT": 50, "DELETE": 50}
"""https://developer.atlassian.com/cloud/jira/platform/rate-limiting/"""


@dataclass(slots=True)
class Switches:
    """How the site behaves; may be changed at any time, each request reads it afresh.

    - ``search_lag``: seconds by which the search index is behind.
    - ``comment_field``: what the ``comment`` field of an issue holds: every comment, the first N with the true
      total, or nothing at all. ``search_comment_field`` is the same for search results.
    - ``page_cap``: most comments a page; ``search_page_cap``: most issues a page once fields are asked for.
    - ``normalise_adf``: documents are stored as Jira Cloud rewrites them.
    - ``adf_measure``: what counts against 32,767: the plain ``text`` or, more strictly, the ``json``.
    - ``autowatch``: who creates or comments becomes a watcher.
    - ``rate_limits``: 429 beyond 20 writes in 2 s or 100 in 30 s on one issue.
    - ``bursts``: 429 beyond so many requests a second to one endpoint, by method.
    - ``attachment_limit``: bytes a file; ``media_seconds``: how long a download link lives.
    - ``item_limit``: comments an issue, and likewise attachments and remote links.
    """

    search_lag: float = 0.0
    comment_field: int | Literal["complete", "absent"] = "complete"
    search_comment_field: int | Literal["complete", "absent"] = 20
    page_cap: int = 100
    search_page_cap: int = 100
    normalise_adf: bool = True
    adf_measure: Literal["text", "json"] = "text"
    autowatch: bool = True
    rate_limits: bool = True
    bursts: dict[str, int] = field(default_factory=lambda: dict(BURSTS))
    attachment_limit: int = 1_000_000_000
    media_seconds: float = 600.0
    item_limit: int = 5_000
