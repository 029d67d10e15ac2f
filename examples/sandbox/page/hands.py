"""What people do in either system: Grace in AWS's console, AWS's own responders, and Ada in Jira."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox import jira, security_ir
from sandbox.page.given import Given
from sandbox.page.samples import RICH_TEXT
from sandbox.serving import Refused
from sandbox.stage import Stage

ELSEWHERE = "OPS"
"""The project that issues are moved to; it is made when the first one is."""
ROLE = jira.Visibility("role", "Administrators")

Done = dict[str, Any]
Verb = Callable[[Given], Done]


class Hands:
    """Verbs by name. Each answers what was done in words (``said``), and the ``pair`` that is worth a look then."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.verbs: Mapping[str, Verb] = {
            "open-case": self._open_case,
            "edit-case": self._edit_case,
            "move-case": self._set_case_status,
            "close-case": self._close_case,
            "delete-case": self._delete_case,
            "watch-case": self._watch_case,
            "comment-case": self._comment_case,
            "edit-case-comment": self._edit_case_comment,
            "attach-case": self._attach_case,
            "create-issue": self._create_issue,
            "edit-issue": self._edit_issue,
            "transition-issue": self._transition,
            "move-issue": self._move_issue,
            "delete-issue": self._delete_issue,
            "watch-issue": self._watch_issue,
            "comment-issue": self._comment_issue,
            "edit-issue-comment": self._edit_issue_comment,
            "delete-issue-comment": self._delete_issue_comment,
            "restrict-issue-comment": self._restrict_issue_comment,
            "attach-issue": self._attach_issue,
        }

    # In AWS

    def _on_case(self, given: Given) -> security_ir.Person:
        server = self._stage.security_ir
        return server.aws_responder if given.flag("responder") else server.person("grace")

    def _open_case(self, given: Given) -> Done:
        by_aws = given.flag("responder")
        case_id = self._on_case(given).open_case(
            given.text("title"),
            given.text("description"),
            resolver_type="AWS" if by_aws else "Self",
            regions=["us-east-1"],
            threat_actor_ips=["198.51.100.7"],
        )
        return {"said": f"Case {case_id} is open.", "pair": f"case-{case_id}"}

    def _edit_case(self, given: Given) -> Done:
        title, description = (given.text(name) if name in given.values else None for name in ("title", "description"))
        self._on_case(given).edit(given.text("case"), title=title, description=description)
        return {"said": "The case was edited."}

    def _set_case_status(self, given: Given) -> Done:
        self._on_case(given).set_status(given.text("case"), given.text("status"))
        return {"said": f"The case is now at {given.text('status')}."}

    def _close_case(self, given: Given) -> Done:
        self._on_case(given).close(given.text("case"), given.text("code") or None)
        return {"said": "The case is closed."}

    def _delete_case(self, given: Given) -> Done:
        self._on_case(given).delete(given.text("case"))
        return {"said": "The case is gone."}

    def _watch_case(self, given: Given) -> Done:
        self._on_case(given).add_watcher(given.text("case"), given.text("email"))
        return {"said": f"{given.text('email')} watches the case."}

    def _comment_case(self, given: Given) -> Done:
        self._on_case(given).comment(given.text("case"), given.text("text"))
        return {"said": "The comment stands on the case."}

    def _edit_case_comment(self, given: Given) -> Done:
        self._on_case(given).edit_comment(given.text("case"), given.text("comment"), given.text("text"))
        return {"said": "The comment was edited."}

    def _attach_case(self, given: Given) -> Done:
        self._on_case(given).attach(given.text("case"), given.text("name"), given.content("content"))
        return {"said": f"{given.text('name')} is attached to the case."}

    # In Jira

    @property
    def _ada(self) -> jira.Person:
        return self._stage.jira.person_named("Ada Lovelace", "ada@example.com")

    def _create_issue(self, given: Given) -> Done:
        description = RICH_TEXT if given.flag("rich") else given.text("description")
        issue = self._ada.create_issue(self._stage.settings.project, given.text("summary"), description)
        return {"said": f"{issue.key} was created.", "pair": f"issue-{issue.id}"}

    def _edit_issue(self, given: Given) -> Done:
        changed = {name: given.text(name) for name in ("summary", "description") if name in given.values}
        self._ada.edit(given.text("issue"), **changed)
        return {"said": "The issue was edited."}

    def _transition(self, given: Given) -> Done:
        issue = self._ada.transition(
            given.text("issue"), given.text("to"), resolution=given.text("resolution", "") or None
        )
        return {"said": f"{issue.key} is now at {issue.status.name}."}

    def _move_issue(self, given: Given) -> Done:
        home = self._stage.settings.project
        if ELSEWHERE not in self._stage.jira.site.projects:
            self._stage.jira.add_project(ELSEWHERE, self._stage.settings.workflow())
        there = self._stage.jira.issue(given.text("issue")).project == ELSEWHERE
        issue = self._ada.move(given.text("issue"), home if there else ELSEWHERE)
        return {"said": f"The issue is now {issue.key}."}

    def _delete_issue(self, given: Given) -> Done:
        self._ada.delete(given.text("issue"))
        return {"said": "The issue is gone."}

    def _watch_issue(self, given: Given) -> Done:
        email = given.text("email")
        name = email.partition("@")[0].capitalize()
        known = next((user for user in self._stage.jira.site.users if user.email == email), None)
        self._ada.watch(given.text("issue"), known or self._stage.jira.add_user(name, email))
        return {"said": f"{email} watches the issue."}

    def _comment_issue(self, given: Given) -> Done:
        visibility = ROLE if given.flag("restricted") else None
        self._ada.comment(given.text("issue"), given.text("text"), visibility=visibility)
        return {"said": "The comment stands on the issue."}

    def _edit_issue_comment(self, given: Given) -> Done:
        self._ada.edit_comment(given.text("issue"), given.text("comment"), given.text("text"))
        return {"said": "The comment was edited."}

    def _delete_issue_comment(self, given: Given) -> Done:
        self._ada.delete_comment(given.text("issue"), given.text("comment"))
        return {"said": "The comment is gone."}

    def _restrict_issue_comment(self, given: Given) -> Done:
        if given.flag("restricted"):
            self._ada.edit_comment(given.text("issue"), given.text("comment"), visibility=ROLE)
            return {"said": f"The comment is for {ROLE.value} only."}
        self._ada.edit_comment(given.text("issue"), given.text("comment"), unrestricted=True)
        return {"said": "The comment is for everybody again."}

    def _attach_issue(self, given: Given) -> Done:
        name, content = given.text("name"), given.content("content")
        if not content:
            raise Refused(400, "The file is empty.")
        self._ada.attach(given.text("issue"), name, content)
        return {"said": f"{name} is attached to the issue."}
