"""Carrying out a JQL query over the index, page by page."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cmp_to_key
from typing import Any

from sandbox.jira.rules.jql import Clause, Node, Query, parse
from sandbox.jira.rules.permissions import find, may
from sandbox.jira.state.model import Issue, User
from sandbox.jira.state.store import Store
from sandbox.serving import Refused

Test = Callable[[Issue], bool]
UNITS = {"m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": lambda left, right: left >= right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    "<": lambda left, right: left < right,
}
UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
CATEGORY_NAMES = {"to do": "new", "in progress": "indeterminate", "done": "done"}
SORT_KEYS: dict[str, Callable[[Issue], Any]] = {
    "created": lambda issue: issue.created,
    "updated": lambda issue: issue.updated,
    "key": lambda issue: [issue.project, issue.number],
    "issuekey": lambda issue: [issue.project, issue.number],
    "id": lambda issue: int(issue.id),
    "status": lambda issue: issue.status.name,
    "summary": lambda issue: issue.summary,
    "priority": lambda issue: str(issue.fields.get("priority")),
}


@dataclass(frozen=True, slots=True)
class Page:
    """``next_token`` is None on the last page."""

    issues: list[Issue]
    next_token: str | None


def search(
    store: Store, actor: User, jql: str, limit: int, token: str | None, fresh: frozenset[str] = frozenset()
) -> Page:
    """One page of the issues that the index shows for ``jql``; 400 for a query not understood or not bounded."""
    query = parse(jql)
    if query.where is None:
        raise Refused(400, UNBOUNDED)
    found = matching(store, actor, query.where, fresh)
    order = _comparison(query)
    found.sort(key=cmp_to_key(lambda left, right: order(_position(left, query), _position(right, query))))
    if token:
        last = _decode(token, jql)
        found = [issue for issue in found if order(_position(issue, query), last) > 0]
    page = found[:limit]
    more = len(found) > limit
    return Page(page, _encode(_position(page[-1], query), jql) if more and page else None)


def matching(store: Store, actor: User, where: Node, fresh: frozenset[str] = frozenset()) -> list[Issue]:
    """The indexed issues that the account may browse and the condition fits."""
    test = _test(where, _Scope(store, actor))
    seen = [issue for issue in store.indexed(fresh) if may(store, actor, "BROWSE_PROJECTS", store.project_of(issue))]
    return [issue for issue in seen if test(issue)]


def fits(store: Store, actor: User, where: Node, issue: Issue) -> bool:
    """Whether a condition fits an issue as it is given, whatever the index has."""
    return _test(where, _Scope(store, actor))(issue)


def _test(node: Node, scope: _Scope) -> Test:
    if isinstance(node, Clause):
        return scope.clause(node)
    parts = [_test(part, scope) for part in node.parts]
    if node.operator == "AND":
        return lambda issue: all(part(issue) for part in parts)
    if node.operator == "OR":
        return lambda issue: any(part(issue) for part in parts)
    return lambda issue: not parts[0](issue)


class _Scope:
    """Turns clauses into tests; a value that the site does not know is refused, as Jira refuses it."""

    def __init__(self, store: Store, actor: User) -> None:
        self._store = store
        self._actor = actor
        self._makers: dict[str, Callable[[Clause], Test]] = {
            "project": lambda c: self._equal(c, self._project, lambda issue: {issue.project}),
            "key": lambda c: self._equal(c, self._issue, lambda issue: {issue.id}),
            "labels": lambda c: self._equal(c, str, lambda issue: set(issue.labels)),
            "issuetype": lambda c: self._equal(c, self._type, lambda issue: {issue.issue_type.name}),
            "status": lambda c: self._equal(c, self._status, lambda issue: {issue.status.name}),
            "statuscategory": lambda c: self._equal(c, self._category, lambda issue: {issue.status.category}),
            "resolution": lambda c: self._equal(c, str, lambda issue: {issue.resolution} - {None}),
            "parent": lambda c: self._equal(c, self._issue, lambda issue: {issue.parent} - {None}),
            "created": lambda c: self._time(c, lambda issue: issue.created),
            "updated": lambda c: self._time(c, lambda issue: issue.updated),
            "summary": self._contains,
        }
        self._makers |= {
            "id": self._makers["key"],
            "issuekey": self._makers["key"],
            "issue": self._makers["key"],
            "type": self._makers["issuetype"],
            "updateddate": self._makers["updated"],
            "createddate": self._makers["created"],
        }

    def clause(self, clause: Clause) -> Test:
        maker = self._makers.get(clause.field.lower())
        if maker is None:
            raise Refused(400, f"Field '{clause.field}' does not exist or you do not have permission to view it.")
        return maker(clause)

    def _equal(self, clause: Clause, known: Callable[[str], str], held: Callable[[Issue], set[Any]]) -> Test:
        if clause.operator == "is":
            return lambda issue: not held(issue)
        if clause.operator == "is not":
            return lambda issue: bool(held(issue))
        if clause.operator not in ("=", "!=", "in", "not in"):
            raise self._unsupported(clause)
        wanted = {known(value) for value in clause.values}
        if clause.operator in ("=", "in"):
            return lambda issue: bool(held(issue) & wanted)
        # As in Jira, an issue without any value is not "unequal".
        return lambda issue: bool(held(issue)) and not held(issue) & wanted

    def _time(self, clause: Clause, held: Callable[[Issue], float]) -> Test:
        compare = COMPARE.get(clause.operator)
        if compare is None:
            raise self._unsupported(clause)
        limit = self._moment(clause)
        return lambda issue: compare(held(issue), limit)

    def _moment(self, clause: Clause) -> float:
        text = clause.values[0].strip()
        relative = re.fullmatch(r"([+-]?)((?:\d+[wdhm]\s*)+)", text)
        if relative:
            span = sum(int(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)([wdhm])", text))
            return self._store.clock() + (-span if relative[1] == "-" else span)
        for pattern in ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d"):
            try:
                return datetime.strptime(text, pattern).replace(tzinfo=self._actor.zone).timestamp()
            except ValueError:
                continue
        raise Refused(
            400,
            f"Date value '{text}' for field '{clause.field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
            "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.",
        )

    def _contains(self, clause: Clause) -> Test:
        if clause.operator != "~":
            raise self._unsupported(clause)
        words = re.findall(r"\w+", clause.values[0].lower())
        return lambda issue: set(words) <= set(re.findall(r"\w+", issue.summary.lower()))

    def _unsupported(self, clause: Clause) -> Refused:
        return Refused(400, f"The operator '{clause.operator}' is not supported by the '{clause.field}' field.")

    def _unknown(self, value: str, field: str) -> Refused:
        return Refused(400, f"The value '{value}' does not exist for the field '{field}'.")

    def _project(self, value: str) -> str:
        for project in self._store.site.projects.values():
            names = (project.id, project.key.lower(), project.name.lower())
            if value.lower() in names and may(self._store, self._actor, "BROWSE_PROJECTS", project):
                return project.key
        raise self._unknown(value, "project")

    def _issue(self, value: str) -> str:
        try:
            return find(self._store, value, self._actor).id
        except Refused:
            raise Refused(400, f"An issue with key '{value}' does not exist for field 'key'.") from None

    def _type(self, value: str) -> str:
        for issue_type in self._store.site.types.values():
            if value.lower() in (issue_type.name.lower(), issue_type.id):
                return issue_type.name
        raise self._unknown(value, "issuetype")

    def _status(self, value: str) -> str:
        for status in self._store.site.statuses():
            if value.lower() in (status.name.lower(), status.id):
                return status.name
        raise self._unknown(value, "status")

    def _category(self, value: str) -> str:
        category = CATEGORY_NAMES.get(value.lower(), value.lower())
        if category not in CATEGORY_NAMES.values():
            raise self._unknown(value, "statusCategory")
        return category


def _position(issue: Issue, query: Query) -> list[Any]:
    """Where an issue stands in the order; its id parts equals, newest first."""
    values = []
    for field, _ in query.order:
        key = SORT_KEYS.get(field.lower())
        if key is None:
            raise Refused(400, f"Not able to sort using field '{field}'.")
        values.append(key(issue))
    return [*values, int(issue.id)]


def _comparison(query: Query) -> Callable[[list[Any], list[Any]], int]:
    descending = [descends for _, descends in query.order]
    descending.append(descending[-1] if descending else True)

    def compare(left: list[Any], right: list[Any]) -> int:
        for one, other, descends in zip(left, right, descending, strict=True):
            if one != other:
                return -1 if (one < other) != descends else 1
        return 0

    return compare


def _digest(jql: str) -> str:
    return hashlib.sha256(jql.encode()).hexdigest()[:16]


def _encode(position: list[Any], jql: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([_digest(jql), position]).encode()).decode()


def _decode(token: str, jql: str) -> list[Any]:
    try:
        digest, position = json.loads(base64.urlsafe_b64decode(token.encode()))
    except ValueError:
        digest, position = "", []
    if digest != _digest(jql):
        raise Refused(400, "The provided next page token is invalid or expired.")
    return list(position)
