"""A page that shows both sides of a stage and what flows between them, live, and has hands to change and to break it.

``admission`` says who may ask, ``snapshot`` what there is to see, ``hands`` and ``troubles`` what can be done.
"""

from __future__ import annotations

from sandbox.page.server import Page

__all__ = ["Page"]
