"""What the service's documents leave open, or what a test wants to be different."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Access = Literal["active", "denied", "not_active"]
ListOrder = Literal["created", "newest", "scattered"]


@dataclass(slots=True)
class Switches:
    """Settings that may be changed at any time; each request reads them afresh.

    - ``comment_moves_date``, ``attachment_moves_date``: whether these move the case's ``lastUpdatedDate``.
    - ``comments_on_closed``, ``attachments_on_closed``: whether a closed case still takes them.
    - ``submitted_only_to_detection``: UpdateCaseStatus's own page allows nothing else after Submitted.
    - ``list_order``: of ListCases, which promises none. ``page_size``: at most this many items a page.
    - ``access``: ``denied`` and ``not_active`` refuse every operation, as a lost role or membership would.
    - ``client_token_seconds``: how long a client token is remembered; ``None`` is for ever.
    - ``url_seconds``: life of a presigned URL. ``repeats_upload_url``: a known client token gets the very
      URL of the first answer, however old, instead of a fresh one for the same upload.
    - ``pending_from_url``: a file is shown as Pending, without content, as soon as its upload URL was given out.
    - ``scan_seconds``: from upload to ``scan_verdict``; ``None`` leaves files Pending until set by hand.
    """

    comment_moves_date: bool = True
    attachment_moves_date: bool = True
    comments_on_closed: bool = True
    attachments_on_closed: bool = True
    submitted_only_to_detection: bool = False
    list_order: ListOrder = "scattered"
    page_size: int = 25
    access: Access = "active"
    client_token_seconds: float | None = None
    url_seconds: int = 300
    repeats_upload_url: bool = False
    pending_from_url: bool = False
    scan_seconds: float | None = 5.0
    scan_verdict: Literal["Verified", "Failed"] = "Verified"
