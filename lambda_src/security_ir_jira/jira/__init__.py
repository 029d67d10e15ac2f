"""Jira Cloud, platform REST API v3: https://developer.atlassian.com/cloud/jira/platform/rest/v3/."""

from __future__ import annotations

from .client import JiraClient, Transition
from .http import JiraHttp
from .wire import MARKER_PROPERTY

__all__ = ["MARKER_PROPERTY", "JiraClient", "JiraHttp", "Transition"]
