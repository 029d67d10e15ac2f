"""What can be done to an issue as a whole: create, edit, transition, move, clone, link, delete."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sandbox.jira.rules import comments, links
from sandbox.jira.rules.fields import NAMED, SETTABLE, Fields
from sandbox.jira.rules.permissions import find, find_project, may
from sandbox.jira.state.documents import Json
from sandbox.jira.state.model import Issue, IssueType, Project, User
from sandbox.jira.state.store import Store
from sandbox.jira.state.workflow import Status, Transition
from sandbox.serving import Refused


def screen(store: Store) -> frozenset[str]:
    """The fields that an edit may set."""
    return SETTABLE | NAMED | store.site.custom_fields.keys()


def create_screen(store: Store, project: Project) -> frozenset[str]:
    """The fields that may be given when an issue is created."""
    return (screen(store) - project.hidden_on_create) | {"project", "issuetype"}


def create(store: Store, actor: User, body: Json) -> Issue:
    """A new issue from a create request's body; 400 with an error a field."""
    given = body.get("fields") or {}
    project = _project(store, actor, given.get("project"))
    issue_type = _issue_type(project, given.get("issuetype"))
    fields = Fields(store, project, create_screen(store, project), body)
    parent = _parent(store, actor, project, issue_type, fields)
    summary = fields.summary()
    if "summary" not in fields:
        fields.errors["summary"] = "You must specify a summary of the issue."
    description = fields.document("description")
    labels = fields.labels(())
    reporter = _reporter(store, fields) or actor
    others = {"priority": "Medium"} | {name: value for name, value in fields.others().items() if value is not None}
    known = others | {"description": description, "labels": labels, "parent": parent}
    for name in project.required_fields:
        if not known.get(name) or (name == "priority" and "priority" not in fields):
            fields.errors.setdefault(name, f"{store.site.field_name(name)} is required.")
    properties = read_properties(body)
    fields.done()
    now = store.clock()
    issue = Issue(
        id=store.site.next_id(),
        key=store.next_key(project),
        project=project.key,
        issue_type=issue_type,
        summary=summary or "",
        description=description,
        status=project.workflow.initial,
        reporter=reporter,
        creator=actor,
        created=now,
        updated=now,
        labels=labels,
        fields=others,
        properties=properties,
        parent=parent,
        watchers=(actor,) if store.switches.autowatch else (),
    )
    return store.save(issue, "created")


def edit(store: Store, actor: User, issue: Issue, body: Json) -> Issue:
    """Set fields; nothing moves and no bell rings where every value is what it was."""
    project = store.project_of(issue)
    allowed = screen(store) | {"issuetype", "comment"} if may(store, actor, "EDIT_ISSUES", project) else frozenset()
    fields = Fields(store, project, allowed, body)
    changed = _changes(store, actor, issue, fields)
    bodies = fields.comments()
    properties = read_properties(body)
    fields.done()
    if properties:
        issue = store.save(replace(issue, properties=issue.properties | properties), "property_set")
    if changed:
        issue = store.touch(replace(issue, **changed), "updated")
    for each in bodies:
        comments.add(store, actor, issue, each)
        issue = find(store, issue.id, actor)
    return issue


def _changes(store: Store, actor: User, issue: Issue, fields: Fields) -> Json:
    """The attributes to replace."""
    wanted: Json = {}
    if "summary" in fields:
        wanted["summary"] = fields.summary()
    if "description" in fields:
        wanted["description"] = fields.document("description")
    if "labels" in fields:
        wanted["labels"] = fields.labels(issue.labels)
    if "reporter" in fields:
        wanted["reporter"] = _reporter(store, fields) or issue.reporter
    if "issuetype" in fields:
        wanted["issue_type"] = _issue_type(store.project_of(issue), fields.take("issuetype"))
    if "parent" in fields:
        wanted["parent"] = _parent(store, actor, store.project_of(issue), issue.issue_type, fields)
    changed = {name: value for name, value in wanted.items() if value != getattr(issue, name)}
    others = issue.fields | fields.others()
    if any(value != issue.fields.get(name) for name, value in others.items()):
        changed["fields"] = {name: value for name, value in others.items() if value is not None}
    return changed


def transition(store: Store, actor: User, issue: Issue, body: Json) -> Issue:
    """Take a transition by its id, which must lead away from the current status."""
    wanted = (body.get("transition") or {}).get("id")
    if not wanted:
        raise Refused(400, "Missing 'transition' identifier")
    step = next((step for step in open_transitions(store, actor, issue) if step.id == str(wanted)), None)
    if step is None:
        raise Refused(400, f"Transition id '{wanted}' is not valid for this issue.")
    on_screen = {field.id for field in step.screen} | ({"comment"} if step.screen else set())
    fields = Fields(store, store.project_of(issue), on_screen, body)
    resolution = fields.resolution() if "resolution" in fields else None
    changed = _changes(store, actor, issue, fields)
    bodies = fields.comments()
    for field in step.screen:
        known = issue.fields.get(field.id) if field.id not in fields else fields.take(field.id)
        if field.required and not known:
            fields.errors.setdefault(field.id, f"{store.site.field_name(field.id)} is required.")
    fields.done()
    resolution = resolution or step.resolves or (None if step.reopens else issue.resolution)
    if resolution != issue.resolution:
        changed |= {"resolution": resolution, "resolved": store.clock() if resolution else None}
    issue = store.touch(replace(issue, status=step.to, **changed), "transitioned")
    for each in bodies:
        comments.add(store, actor, issue, each)
        issue = find(store, issue.id, actor)
    return issue


def open_transitions(store: Store, actor: User, issue: Issue, *, unavailable: bool = False) -> list[Transition]:
    """What leads away from the current status for this account; with ``unavailable``, also what a condition hides."""
    project = store.project_of(issue)
    if not may(store, actor, "TRANSITION_ISSUES", project):
        return []
    steps = project.workflow.from_status(issue.status)
    return [step for step in steps if unavailable or step.open_to(issue, actor)]


def move(store: Store, actor: User, issue: Issue, project: Project, status: Status | None = None) -> Issue:
    """Into another project: a new key, the same id; the status stays where the workflow knows it."""
    workflow = project.workflow
    status = status or (issue.status if issue.status in workflow.statuses else workflow.initial)
    moved = replace(
        issue,
        key=store.next_key(project),
        project=project.key,
        status=status,
        resolution=issue.resolution if status.done else None,
        old_keys=(*issue.old_keys, issue.key),
    )
    return store.touch(moved, "moved")


def clone(store: Store, actor: User, issue: Issue) -> Issue:
    """A new issue with the fields, labels, properties and links of another, and a "Cloners" link to it."""
    project = store.project_of(issue)
    now = store.clock()
    copy = replace(
        issue,
        id=store.site.next_id(),
        key=store.next_key(project),
        summary=f"CLONE - {issue.summary}"[:255],
        status=project.workflow.initial,
        resolution=None,
        resolved=None,
        reporter=actor,
        creator=actor,
        created=now,
        updated=now,
        watchers=(actor,) if store.switches.autowatch else (),
        comments=(),
        attachments=(),
        old_keys=(),
    )
    copy = store.save(copy, "created")
    return links.link(store, copy, issue, "Cloners")[0]


def delete(store: Store, actor: User, issue: Issue, *, with_subtasks: bool) -> None:
    if not may(store, actor, "DELETE_ISSUES", store.project_of(issue)):
        raise Refused(403, "You do not have permission to delete issues in this project.")
    subtasks = store.subtasks(issue)
    if subtasks and not with_subtasks:
        raise Refused(
            400,
            f"The issue '{issue.key}' has subtasks.  You must specify the 'deleteSubtasks' parameter to delete this "
            "issue and all its subtasks.",
        )
    for each in (*subtasks, issue):
        for file in each.attachments:
            file.path.unlink(missing_ok=True)
        store.remove(each)


def read_properties(body: Json) -> Json:
    """The ``properties`` of a request, each at most 32,768 characters of JSON."""
    properties = {each.get("key"): each.get("value") for each in body.get("properties") or []}
    for key, value in properties.items():
        check_property(str(key), value)
    return {str(key): value for key, value in properties.items()}


def check_property(key: str, value: Any) -> None:
    if not key or key == "None" or len(key) > 255:
        raise Refused(400, "The property key must be between 1 and 255 characters.")
    if len(json.dumps(value, ensure_ascii=False)) > 32_768:
        raise Refused(400, f"The value of property '{key}' cannot be longer than 32768 characters.")


def _project(store: Store, actor: User, given: Any) -> Project:
    wanted = given.get("key") or given.get("id") if isinstance(given, dict) else None
    try:
        project = find_project(store, str(wanted), actor)
    except Refused:
        raise Refused(400, details={"project": "Specify a valid project ID or key"}) from None
    if not may(store, actor, "CREATE_ISSUES", project):
        raise Refused(400, details={"project": "You do not have permission to create issues in this project."})
    return project


def _issue_type(project: Project, given: Any) -> IssueType:
    wanted = given if isinstance(given, dict) else {}
    for issue_type in project.issue_types:
        if wanted.get("id") == issue_type.id or ("id" not in wanted and wanted.get("name") == issue_type.name):
            return issue_type
    raise Refused(400, details={"issuetype": "Specify a valid issue type"})


def _parent(store: Store, actor: User, project: Project, issue_type: IssueType, fields: Fields) -> str | None:
    given = fields.take("parent")
    if given is None:
        if issue_type.subtask:
            fields.errors.setdefault("parent", "Issue type is a sub-task but parent issue key or id not specified.")
        return None
    wanted = given.get("key") or given.get("id") if isinstance(given, dict) else None
    parent = store.peek(str(wanted))
    if parent is None or parent.project != project.key or not may(store, actor, "BROWSE_PROJECTS", project):
        fields.errors["parent"] = "Could not find issue by id or key."
        return None
    return parent.id


def _reporter(store: Store, fields: Fields) -> User | None:
    given = fields.take("reporter")
    if given is None:
        return None
    account_id = given.get("accountId") or given.get("id") if isinstance(given, dict) else None
    user = store.site.user(str(account_id))
    if user is None or not user.active:
        fields.errors["reporter"] = "The reporter specified is not a user."
    return user
