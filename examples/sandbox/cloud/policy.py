"""Decides what a policy document allows, as far as this module's policies need it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

# Condition key (lower case) → the request's values for it.
Context = Mapping[str, tuple[str, ...]]
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """May this be done? `action` as ``service:Action``; `resource` an ARN, or ``*`` where the service has none."""

    action: str
    resource: str
    context: Context = field(default_factory=dict)
    principal: str = ""


def allowed(documents: Iterable[Document], ask: Ask) -> bool:
    """Whether some statement allows it and none denies it.

    As with AWS, a condition on a key that is not in `ask.context` is not met, unless its operator says otherwise: a
    misspelt key must not look like a permission. An operator unknown here raises ValueError.
    """
    fitting = [statement for statement in statements(documents) if _fits(statement, ask)]
    if any(statement["Effect"] == "Deny" for statement in fitting):
        return False
    return any(statement["Effect"] == "Allow" for statement in fitting)


def admits(document: str | None, *, resource: str, action: str, service: str, source: str) -> bool:
    """Whether a resource's policy lets an AWS service act for `source`, the ARN of a rule or topic."""
    account = source.split(":")[4]
    context = {"aws:sourcearn": (source,), "aws:sourceaccount": (account,)}
    ask = Ask(action, resource, context, principal=f"{service}.amazonaws.com")
    return bool(document) and allowed([json.loads(document or "{}")], ask)


def statements(documents: Iterable[Document]) -> Iterator[Document]:
    """All statements of all documents."""
    for document in documents:
        yield from _list(document.get("Statement"))


def matches(pattern: str, value: str, *, ignore_case: bool = False) -> bool:
    """IAM's wildcards: ``*`` any run of characters, ``?`` any one."""
    return _compiled(pattern, ignore_case).fullmatch(value) is not None


@cache
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    # Once each: a policy is held against thousands of requests, with a lock held.
    expression = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.compile(expression, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def actions(statement: Document) -> list[str]:
    """The action patterns of a statement."""
    return [str(action) for action in _list(statement.get("Action"))]


def _fits(statement: Document, ask: Ask) -> bool:
    return (
        _principal_fits(statement, ask.principal)
        and _named(statement, "Action", ask.action, ignore_case=True)
        and _named(statement, "Resource", ask.resource)
        and all(
            _condition_met(operator, key, _list(wanted), ask.context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _named(statement: Document, element: str, value: str, *, ignore_case: bool = False) -> bool:
    if f"Not{element}" in statement:
        patterns = _list(statement[f"Not{element}"])
        return not any(matches(str(p), value, ignore_case=ignore_case) for p in patterns)
    return any(matches(str(p), value, ignore_case=ignore_case) for p in _list(statement.get(element)))


def _principal_fits(statement: Document, principal: str) -> bool:
    if not principal:
        return True
    wanted = statement.get("Principal")
    if wanted == "*":
        return True
    values = [str(value) for kind in (wanted or {}).values() for value in _list(kind)]
    return any(value in ("*", principal) for value in values)


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda pattern, value: pattern == value,
    "StringEqualsIgnoreCase": lambda pattern, value: pattern.lower() == value.lower(),
    "StringLike": matches,
    "ArnLike": matches,
    "ArnEquals": matches,
    "Bool": lambda pattern, value: pattern.lower() == value.lower(),
}


def _condition_met(operator: str, key: str, wanted: list[Any], context: Context) -> bool:
    values = context.get(key.lower())
    name = operator.rsplit(":", 1)[-1]
    if name == "Null":
        return str(values is None).lower() in [str(value).lower() for value in wanted]
    every, negated = operator.startswith("ForAllValues:"), "Not" in name
    test = _TESTS.get(name.removesuffix("IfExists").replace("Not", ""))
    if test is None:
        raise ValueError(f"the sandbox knows no condition operator {operator}: teach it, in {__name__}")
    if values is None:
        return every or negated or name.endswith("IfExists")
    met = [any(test(str(pattern), value) for pattern in wanted) for value in values]
    result = all(met) if every else any(met)
    return not result if negated else result


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
