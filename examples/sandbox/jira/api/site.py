"""Endpoints of search, people and their permissions, projects, create screens and fields."""

from __future__ import annotations

from sandbox.jira.api.call import API, Answer, Call, Routes, endpoint
from sandbox.jira.rules import search
from sandbox.jira.rules.issues import create_screen
from sandbox.jira.rules.permissions import GLOBAL_PERMISSIONS, PERMISSIONS, find_project, may
from sandbox.jira.state.documents import Json
from sandbox.jira.state.model import Issue, Project, User
from sandbox.jira.state.site import SYSTEM_FIELDS
from sandbox.serving import Refused

ID_ONLY = frozenset({"id", "key"})


def search_issues(call: Call) -> Answer:
    body = call.object()
    fields = list(body.get("fields") or ["id"])
    properties = body.get("properties") or None
    fresh = frozenset(str(number) for number in body.get("reconcileIssues") or [])
    if len(fresh) > 50 or len(properties or []) > 5:
        raise Refused(400, "At most 50 issues are reconciled, and at most 5 properties returned.")
    cap = 5000 if set(fields) <= ID_ONLY else call.store.switches.search_page_cap
    limit = min(int(body.get("maxResults", 50)), cap)
    if body.get("expand"):
        raise Refused(501, f"expand={body['expand']} of a search is not simulated.")
    if limit < 1:
        raise Refused(400, "The value of 'maxResults' must be between 1 and 5000.")
    page = search.search(call.store, call.actor, str(body.get("jql") or ""), limit, body.get("nextPageToken"), fresh)
    shown: Json = {"issues": [_found(call, each, fields, properties) for each in page.issues]}
    shown["isLast"] = page.next_token is None
    if page.next_token:
        shown["nextPageToken"] = page.next_token
    return Answer(200, shown)


def _found(call: Call, issue: Issue, fields: list[str], properties: list[str] | None) -> Json:
    if fields == ["id"] and properties is None:
        return {"id": issue.id}
    mode = call.store.switches.search_comment_field
    return call.view.issue(issue, fields, properties=properties, comment_mode=mode)


def myself(call: Call) -> Answer:
    return Answer(200, call.view.user(call.actor) | {"locale": "en_GB"})


def find_users(call: Call) -> Answer:
    query = call.query.get("query", "")
    if "query" not in call.query and "accountId" not in call.query:
        raise Refused(400, "The query parameters 'query', 'accountId' and 'property' are missing.")
    if not may(call.store, call.actor, "USER_PICKER"):
        return Answer(200, [])
    found = [user for user in call.store.site.users if _fits(user, query, call.query.get("accountId"))]
    start = call.number("startAt", 0)
    found = found[start : start + min(call.number("maxResults", 50), 1000)]
    return Answer(200, [call.view.user(user) for user in found])


def _fits(user: User, query: str, account_id: str | None) -> bool:
    """Jira matches the beginnings of names and addresses; a hidden address only as a whole."""
    if account_id is not None:
        return user.account_id == account_id
    wanted = query.strip().lower()
    address = user.email.lower()
    words = [user.name.lower(), *user.name.lower().split()]
    if any(word.startswith(wanted) for word in words):
        return True
    return address.startswith(wanted) if user.email_visible else address == wanted


def read_project(call: Call) -> Answer:
    project = _project(call)
    types = [call.view.issue_type(each) for each in project.issue_types]
    return Answer(200, call.view.project(project) | {"issueTypes": types, "style": "classic", "isPrivate": False})


def project_statuses(call: Call) -> Answer:
    project = _project(call)
    statuses = [call.view.status(status) for status in project.workflow.statuses]
    shown = []
    for each in project.issue_types:
        known = call.view.issue_type(each)
        shown.append({name: known[name] for name in ("self", "id", "name", "subtask")} | {"statuses": statuses})
    return Answer(200, shown)


def _project(call: Call) -> Project:
    return find_project(call.store, call.path["project"], call.actor)


def _custom_schema(kind: str) -> Json:
    types = {"text": "textfield", "number": "float", "date": "datepicker"}
    kinds = "com.atlassian.jira.plugin.system.customfieldtypes"
    return {"type": "string", "custom": f"{kinds}:{types.get(kind, kind)}"}


def fields(call: Call) -> Answer:
    kinds = {name: field.kind for name, field in call.store.site.custom_fields.items()}
    known = {name: (label, False) for name, label in SYSTEM_FIELDS.items()}
    known |= {each.id: (each.name, True) for each in call.store.site.custom_fields.values()}
    return Answer(
        200,
        [
            {
                "id": name,
                "key": name,
                "name": label,
                "custom": custom,
                "orderable": True,
                "navigable": True,
                "searchable": True,
                "clauseNames": [name],
                **({"schema": _custom_schema(kinds[name])} if name in kinds else {}),
            }
            for name, (label, custom) in known.items()
        ],
    )


def my_permissions(call: Call) -> Answer:
    """Which of the permissions asked for the account has, in the project or on the whole site."""
    wanted = call.listed("permissions")
    unknown = [name for name in wanted if name not in PERMISSIONS]
    if not wanted or unknown:
        raise Refused(400, f"The permissions query parameter is missing or names unknown permissions: {unknown}.")
    key = call.query.get("projectKey")
    project = find_project(call.store, key, call.actor) if key else None
    shown = {}
    for number, name in enumerate(wanted):
        kind = "GLOBAL" if name in GLOBAL_PERMISSIONS else "PROJECT"
        have = may(call.store, call.actor, name, None if kind == "GLOBAL" else project)
        label = name.replace("_", " ").title()
        shown[name] = {"id": str(number), "key": name, "name": label, "type": kind, "havePermission": have}
    return Answer(200, {"permissions": shown})


def create_issue_types(call: Call) -> Answer:
    """The types of issue that the account may create in the project."""
    project = _creatable(call)
    types = [call.view.issue_type(each) for each in project.issue_types]
    return Answer(200, _page(call, "issueTypes", types))


def create_fields(call: Call) -> Answer:
    """The fields of the screen on which issues of a type are created."""
    project = _creatable(call)
    if call.path["type"] not in {each.id for each in project.issue_types}:
        raise Refused(400, "The issue type is not one of the project's.")
    demanded = {"summary", "issuetype", "project", *project.required_fields}
    shown = [
        {
            "fieldId": name,
            "key": name,
            "name": call.store.site.field_name(name) or name,
            "required": name in demanded,
            "hasDefaultValue": False,
            "operations": ["set"],
            "schema": {"type": "string"},
        }
        for name in sorted(create_screen(call.store, project) | demanded)
    ]
    return Answer(200, _page(call, "fields", shown))


def _creatable(call: Call) -> Project:
    project = _project(call)
    if not may(call.store, call.actor, "CREATE_ISSUES", project):
        raise Refused(400, "You do not have permission to create issues in this project.")
    return project


def _page(call: Call, name: str, things: list[Json]) -> Json:
    start, size = call.number("startAt", 0), min(call.number("maxResults", 50), 200)
    return {name: things[start : start + size], "startAt": start, "maxResults": size, "total": len(things)}


ROUTES: Routes = {
    ("POST", f"{API}/search/jql"): endpoint(search_issues),
    ("GET", f"{API}/myself"): endpoint(myself),
    ("GET", f"{API}/user/search"): endpoint(find_users, "query", "accountId", "startAt", "maxResults"),
    ("GET", f"{API}/project/<project>"): endpoint(read_project),
    ("GET", f"{API}/project/<project>/statuses"): endpoint(project_statuses),
    ("GET", f"{API}/field"): endpoint(fields),
    ("GET", f"{API}/mypermissions"): endpoint(my_permissions, "projectKey", "permissions"),
    ("GET", f"{API}/issue/createmeta/<project>/issuetypes"): endpoint(create_issue_types, "startAt", "maxResults"),
    ("GET", f"{API}/issue/createmeta/<project>/issuetypes/<type>"): endpoint(create_fields, "startAt", "maxResults"),
}
