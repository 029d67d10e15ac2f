"""Endpoints of search, people, projects, statuses and permissions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.jira import search
from sandbox.jira.call import Answer, Call, Routes
from sandbox.jira.jql import parse
from sandbox.jira.model import Issue, Json, Project, Refused, User
from sandbox.jira.site import GLOBAL_PERMISSIONS, PERMISSIONS, SYSTEM_FIELDS

API = "/rest/api/3"
ID_ONLY = frozenset({"id", "key"})


def search_by_query(call: Call) -> Answer:
    lists = ("fields", "properties", "reconcileIssues")
    body: Json = dict(call.query) | {name: call.listed(name) for name in lists if name in call.query}
    if "maxResults" in call.query:
        body["maxResults"] = call.number("maxResults", 50)
    return _search(call, body)


def search_by_body(call: Call) -> Answer:
    return _search(call, call.object())


def _search(call: Call, body: Mapping[str, Any]) -> Answer:
    fields = list(body.get("fields") or ["id"])
    properties = body.get("properties") or None
    fresh = frozenset(str(number) for number in body.get("reconcileIssues") or [])
    if len(fresh) > 50 or len(properties or []) > 5:
        raise Refused(400, "At most 50 issues are reconciled, and at most 5 properties returned.")
    cap = 5000 if set(fields) <= ID_ONLY else call.store.settings.search_page_cap
    limit = min(int(body.get("maxResults", 50)), cap)
    if limit < 1:
        raise Refused(400, "The value of 'maxResults' must be between 1 and 5000.")
    page = search.search(call.store, call.actor, str(body.get("jql") or ""), limit, body.get("nextPageToken"), fresh)
    expand = str(body.get("expand") or "").split(",")
    shown: Json = {"issues": [_found(call, each, fields, properties, expand) for each in page.issues]}
    shown["isLast"] = page.next_token is None
    if page.next_token:
        shown["nextPageToken"] = page.next_token
    return Answer(200, shown)


def _found(call: Call, issue: Issue, fields: list[str], properties: list[str] | None, expand: list[str]) -> Json:
    if fields == ["id"] and properties is None:
        return {"id": issue.id}
    mode = call.store.settings.search_comment_field
    return call.view.issue(issue, fields, properties=properties, expand=expand, comment_mode=mode)


def count(call: Call) -> Answer:
    query = parse(str(call.object().get("jql") or ""))
    if query.where is None:
        raise Refused(400, search.UNBOUNDED)
    return Answer(200, {"count": len(search.matching(call.store, call.actor, query.where))})


def myself(call: Call) -> Answer:
    return Answer(200, call.view.user(call.actor) | {"locale": "en_GB"})


def read_user(call: Call) -> Answer:
    user = call.store.site.user(call.query.get("accountId", ""))
    if user is None:
        raise Refused(404, "The specified user does not exist or you do not have permission to view it.")
    return Answer(200, call.view.user(user))


def find_users(call: Call) -> Answer:
    query = call.query.get("query", "")
    if "query" not in call.query and "accountId" not in call.query:
        raise Refused(400, "The query parameters 'query', 'accountId' and 'property' are missing.")
    if not call.store.site.may(call.actor, "USER_PICKER"):
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
    return call.store.site.project(call.path["project"], call.actor)


def statuses(call: Call) -> Answer:
    return Answer(200, [call.view.status(status) for status in call.store.site.statuses()])


def resolutions(call: Call) -> Answer:
    return Answer(200, [call.view.resolution(name) for name in call.store.site.resolutions])


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
    wanted = call.listed("permissions")
    if not wanted:
        raise Refused(400, "The 'permissions' query parameter is required.")
    unknown = [name for name in wanted if name not in PERMISSIONS]
    if unknown:
        raise Refused(400, f"Unrecognized permission keys: {', '.join(unknown)}")
    project = _project_in_question(call)
    shown = {}
    for number, name in enumerate(PERMISSIONS, start=10):
        if name in wanted:
            shown[name] = {
                "id": str(number),
                "key": name,
                "name": name.replace("_", " ").capitalize(),
                "type": "GLOBAL" if name in GLOBAL_PERMISSIONS else "PROJECT",
                "description": "",
                "havePermission": call.store.site.may(call.actor, name, project),
            }
    return Answer(200, {"permissions": shown})


def _project_in_question(call: Call) -> Project | None:
    issue = call.query.get("issueId") or call.query.get("issueKey")
    if issue:
        return call.store.project_of(call.store.find(issue, call.actor))
    wanted = call.query.get("projectId") or call.query.get("projectKey")
    return call.store.site.project(wanted, call.actor) if wanted else None


def server_info(call: Call) -> Answer:
    return Answer(
        200,
        {
            "baseUrl": call.view.site_url,
            "version": "1001.0.0-SNAPSHOT",
            "versionNumbers": [1001, 0, 0],
            "deploymentType": "Cloud",
            "serverTime": call.view.time(call.store.clock()),
            "serverTitle": "Jira",
        },
    )


ROUTES: Routes = {
    ("GET", f"{API}/search/jql"): search_by_query,
    ("POST", f"{API}/search/jql"): search_by_body,
    ("POST", f"{API}/search/approximate-count"): count,
    ("GET", f"{API}/myself"): myself,
    ("GET", f"{API}/user"): read_user,
    ("GET", f"{API}/user/search"): find_users,
    ("GET", f"{API}/project/{{project}}"): read_project,
    ("GET", f"{API}/project/{{project}}/statuses"): project_statuses,
    ("GET", f"{API}/status"): statuses,
    ("GET", f"{API}/resolution"): resolutions,
    ("GET", f"{API}/field"): fields,
    ("GET", f"{API}/mypermissions"): my_permissions,
    ("GET", f"{API}/serverInfo"): server_info,
}
