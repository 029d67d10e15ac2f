"""Ids as the two services write them. What a message names is asked for, and made a key, only if it is one.

What is longer, or spelt otherwise, the services must refuse; asking them would cost a call and could never succeed.
"""

from __future__ import annotations

import re
from typing import TypeGuard

CASE_ID = r"[0-9]{10}[0-9A-Za-z_.-]{0,22}"
"""``CaseId`` is ``\\d{10,32}.*`` of at most 32 characters. After its digits nothing is taken that could end a path, a
label or a string of JQL.
https://docs.aws.amazon.com/security-ir/latest/APIReference/API_GetCase.html
"""
_CASE_ID = re.compile(CASE_ID)
_ISSUE_ID = re.compile(r"[1-9][0-9]{0,17}")
_ISSUE_KEY = re.compile(r"[A-Z][A-Z0-9_]{1,99}-[1-9][0-9]{0,17}")


def is_case_id(value: object) -> TypeGuard[str]:
    """Whether a value is one that GetCase takes."""
    return isinstance(value, str) and _CASE_ID.fullmatch(value) is not None


def is_issue_id(value: object) -> TypeGuard[str]:
    """Whether a value is a number as Jira gives to issues."""
    return isinstance(value, str) and _ISSUE_ID.fullmatch(value) is not None


def is_issue_key(value: object) -> TypeGuard[str]:
    """Whether a value is a project's key, a dash and a number."""
    return isinstance(value, str) and _ISSUE_KEY.fullmatch(value) is not None


def read_issue_name(value: object) -> str | None:
    """An issue's key or id as people write it: blanks around it, letters of either case, an id as a number."""
    if not isinstance(value, str | int):
        return None
    text = str(value).strip()
    # Only ASCII is made upper case: a long s (U+017F) would become an S.
    name = text.upper() if text.isascii() else text
    return name if is_issue_key(name) or is_issue_id(name) else None


def project_of(issue_key: str) -> str:
    """The key of an issue's project: ``SEC`` of ``SEC-1``; ``""`` for what is no key, such as an id."""
    return issue_key.rpartition("-")[0]
