"""Reading ``fields`` and ``update`` of a request into checked values, with Jira's own error messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from sandbox.jira.rules import documents
from sandbox.jira.state.documents import Json
from sandbox.jira.state.model import Field, Project
from sandbox.jira.state.store import Store
from sandbox.serving import Refused

NOT_ON_SCREEN = "Field '{0}' cannot be set. It is not on the appropriate screen, or unknown."
NAMED = frozenset({"components", "fixVersions", "versions"})
OTHERS = NAMED | {"environment", "priority", "assignee", "duedate"}
SETTABLE = OTHERS | {"summary", "description", "labels", "reporter", "parent"}
DATE = r"\d{4}-\d\d-\d\d"
DATE_TIME = rf"{DATE}T\d\d:\d\d:\d\d\.\d{{3}}([+-]\d{{4}}|Z)"


class Fields:
    """The operations of one request on the fields of an issue of ``project``.

    ``screen`` names the fields that may be set. Errors are gathered and raised together by ``done()``.
    """

    def __init__(self, store: Store, project: Project, screen: Iterable[str], body: Json) -> None:
        self._store = store
        self._project = project
        self._screen = frozenset(screen)
        self.errors: dict[str, str] = {}
        self._operations = self._read(body)

    def _read(self, body: Json) -> dict[str, list[tuple[str, Any]]]:
        operations = {name: [("set", value)] for name, value in (body.get("fields") or {}).items()}
        for name, verbs in (body.get("update") or {}).items():
            if name in operations:
                self.errors[name] = f"Field '{name}' cannot appear in both 'fields' and 'update'"
            operations[name] = [pair for verb in verbs for pair in verb.items()]
        for name in operations:
            if name not in self._screen:
                self.errors[name] = NOT_ON_SCREEN.format(name)
        return operations

    def __contains__(self, name: str) -> bool:
        return name in self._operations

    def names(self) -> list[str]:
        return list(self._operations)

    def done(self) -> None:
        if self.errors:
            raise Refused(400, details=self.errors)

    def take(self, name: str) -> Any:
        """The value that a field is set to; None when absent, or wrong and noted so."""
        if name not in self._operations or name in self.errors:
            return None
        verb, value = self._operations[name][-1]
        if verb != "set":
            self.errors[name] = f"Field with id '{name}' and name '{name}' does not support operation '{verb}'"
            return None
        return value

    def checked(self, name: str, check: Callable[[Any], Any]) -> Any:
        """``take`` with a check that may refuse; an explicit null clears the field and is not checked."""
        value = self.take(name)
        if value is None:
            return None
        try:
            return check(value)
        except Refused as refused:
            self.errors.update(refused.details)
            return None

    def summary(self) -> str | None:
        value = self.take("summary")
        if "summary" not in self._operations or "summary" in self.errors:
            return None
        if not isinstance(value, str) or not value.strip():
            self.errors["summary"] = "You must specify a summary of the issue."
        elif "\n" in value or "\r" in value:
            self.errors["summary"] = "The summary is invalid because it contains newline characters."
        elif documents.utf16_length(value) > 255:
            self.errors["summary"] = "Summary can't exceed 255 characters."
        return str(value)

    def document(self, name: str) -> Json | None:
        value: Json | None = self.checked(name, lambda value: documents.check(self._store, value, name))
        return value

    def labels(self, current: tuple[str, ...]) -> tuple[str, ...]:
        """The labels after the operations; sorted, as Jira answers them."""
        labels = set(current)
        for verb, value in self._operations.get("labels", []):
            values = value if verb == "set" and isinstance(value, list) else [value]
            if value is None and verb == "set":
                values = []
            problem = next((text for text in map(_label_problem, values) if text), None)
            if verb not in ("set", "add", "remove"):
                problem = f"Field with id 'labels' does not support operation '{verb}'"
            if problem:
                self.errors.setdefault("labels", problem)
                continue
            labels = {"set": set(values), "add": labels | set(values), "remove": labels - set(values)}[verb]
        return tuple(sorted(labels))

    def others(self) -> Json:
        """The remaining fields as they are kept: JSON, None where a field is cleared."""
        values = {name: self._other(name) for name in self._operations if self._is_other(name)}
        return {name: value for name, value in values.items() if name not in self.errors}

    def _is_other(self, name: str) -> bool:
        return name in OTHERS or name in self._store.site.custom_fields

    def _other(self, name: str) -> Any:
        custom = self._store.site.custom_fields.get(name)
        if custom is not None:
            return self.checked(name, partial(self._custom, custom))
        if name == "environment":
            return self.document(name)
        if name == "priority":
            return self.checked(name, self._priority)
        if name == "assignee":
            return self.checked(name, self._assignee)
        if name == "duedate":
            return self.checked(name, partial(_matching, name, DATE))
        return self.checked(name, partial(_named, name))

    def resolution(self) -> str | None:
        """The name of the resolution that a transition's screen sets."""
        known = self._store.site.resolutions

        def check(value: Any) -> str:
            for name in known:
                if isinstance(value, dict) and name == value.get("name"):
                    return name
                if isinstance(value, dict) and self._store.site.resolution_id(name) == value.get("id"):
                    return name
            raise Refused(400, details={"resolution": "Could not find valid 'id' or 'name'."})

        name: str | None = self.checked("resolution", check)
        return name

    def comments(self) -> list[Json]:
        """The bodies of ``update.comment[].add``."""
        added = []
        for verb, value in self._operations.get("comment", []):
            if verb != "add" or not isinstance(value, dict):
                self.errors["comment"] = "Only 'add' of a comment object is simulated"
                continue
            self._checked_body(value)
            added.append(value)
        return added

    def _checked_body(self, comment: Json) -> None:
        """Refuse a bad comment together with the fields, before anything is changed."""
        try:
            if documents.check(self._store, comment.get("body"), "comment") is None:
                self.errors["comment"] = "Comment body can not be empty!"
        except Refused as refused:
            self.errors.update(refused.details)

    def _priority(self, value: Any) -> str:
        site = self._store.site
        for name in site.priorities:
            if isinstance(value, dict) and (value.get("name") == name or value.get("id") == site.priority_id(name)):
                return name
        raise Refused(400, details={"priority": "The priority selected is invalid."})

    def _assignee(self, value: Any) -> str:
        account_id = value.get("accountId") or value.get("id") if isinstance(value, dict) else None
        user = self._store.site.user(str(account_id))
        if user is None or not user.active:
            raise Refused(400, details={"assignee": f"User '{account_id}' cannot be assigned issues."})
        return user.account_id

    def _custom(self, custom: Field, value: Any) -> Any:
        name = custom.id
        if custom.kind == "textarea":
            return documents.check(self._store, value, name)
        if custom.kind == "number":
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise Refused(400, details={name: "Operation value must be a number"})
            return value
        if custom.kind in ("select", "user"):
            return self._option(custom, value)
        if custom.kind in ("multiselect", "labels"):
            if not isinstance(value, list):
                raise Refused(400, details={name: "data was not an array"})
            check = partial(self._option, custom) if custom.kind == "multiselect" else partial(_label, name)
            return [check(each) for each in value]
        if custom.kind == "date":
            return _matching(name, DATE, value)
        if custom.kind == "datetime":
            return _matching(name, DATE_TIME, value)
        if not isinstance(value, str):
            raise Refused(400, details={name: "Operation value must be a string"})
        if documents.utf16_length(value) > 255:
            raise Refused(400, details={name: documents.TOO_LONG.replace("32,767", "255")})
        if "\n" in value:
            raise Refused(400, details={name: "Newline characters are not allowed in a single line text field."})
        return value

    def _option(self, custom: Field, value: Any) -> Json:
        if custom.kind == "user":
            user = self._store.site.user(str(value.get("accountId"))) if isinstance(value, dict) else None
            if user is None:
                raise Refused(400, details={custom.id: "Specify a valid user"})
            return {"accountId": user.account_id, "displayName": user.name}
        if not isinstance(value, dict):
            raise Refused(400, details={custom.id: "Specify a valid 'id' or 'name' for " + custom.name})
        for place, option in enumerate(custom.options):
            option_id = f"{custom.id.rpartition('_')[2]}{place:02d}"
            if value.get("value") == option or value.get("id") == option_id:
                return {"id": option_id, "value": option}
        raise Refused(400, details={custom.id: f"Option value '{value.get('value')}' is not valid"})


def _label_problem(value: Any) -> str | None:
    if not isinstance(value, str) or not value:
        return "Operation value must be a string"
    if re.search(r"\s", value):
        return f"The label '{value}' contains spaces which is invalid."
    if len(value) > 255:
        return f"The label '{value[:20]}…' exceeds the maximum length for a single label of 255 characters."
    return None


def _label(name: str, value: Any) -> str:
    problem = _label_problem(value)
    if problem:
        raise Refused(400, details={name: problem})
    return str(value)


def _matching(name: str, pattern: str, value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise Refused(400, details={name: f"Error parsing date string: {value}"})
    return value


def _named(name: str, value: Any) -> list[Json]:
    listed = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    if (
        not isinstance(value, list)
        or len(listed) < len(value)
        or not all(each.keys() & {"name", "id"} for each in listed)
    ):
        raise Refused(400, details={name: "data was not an array of objects with 'name' or 'id'"})
    return listed
