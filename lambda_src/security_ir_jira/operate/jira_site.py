"""Whether a Jira site and its project are as the settings need them: whoever asks, and with whatever credentials.

The doctor asks from inside; before anything is made, the deployment script does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..config import Config
from ..errors import JiraUnauthorized, NotFound, NotPermitted, RetryLater
from ..jira.client import JiraClient
from ..jira.survey import IssueType, JiraSurvey, ScreenField
from ..model import Workflow
from ..plan.status import issue_target
from .jira_ways import Ways
from .rounds import Look, Rounds

SIGNING_IN = ("jira-reachable", "jira-credentials", "jira-scope")
AFTER_TOKEN = ("jira-project",)
AFTER_PROJECT = (
    "jira-permissions",
    "jira-issue-type",
    "jira-create-fields",
    "jira-statuses",
    "jira-transitions",
)

PERMISSIONS = {
    "BROWSE_PROJECTS": ("Browse Projects", "nothing of the project can be read"),
    "CREATE_ISSUES": ("Create Issues", "no issue can be made for a case"),
    "EDIT_ISSUES": ("Edit Issues", "titles, descriptions and fields stay as they are"),
    "TRANSITION_ISSUES": ("Transition Issues", "issues keep their status"),
    "LINK_ISSUES": ("Link Issues", "issues get no link to their case"),
    "ADD_COMMENTS": ("Add Comments", "no comment reaches an issue"),
    "EDIT_OWN_COMMENTS": ("Edit Own Comments", "edited comments and the case's details stay as they were"),
    "CREATE_ATTACHMENTS": ("Create Attachments", "no file reaches an issue"),
    "VIEW_VOTERS_AND_WATCHERS": ("View Voters and Watchers", "watchers of issues are not seen"),
    "MANAGE_WATCHERS": ("Manage Watcher List", "watchers of cases are not added"),
    "USER_PICKER": ("Browse Users and Groups (global)", "nobody is found by their address"),
    "RESOLVE_ISSUES": ("Resolve Issues", "no resolution can be set"),
    "DELETE_ISSUES": ("Delete Issues", 'on_case_deleted = "delete" cannot be done'),
}
DEFAULT_STATUSES = frozenset({"To Do", "In Progress", "In Review", "Done"})
"""What the default mapping names: a workflow need not have all of them."""
_GIVEN = frozenset({"project", "issuetype", "summary", "description", "labels"})
_FILLED_BY_JIRA = frozenset({"reporter"})

NEW_TOKEN = "create a new API token in the integration's account, then: docs/operations.md#rotating-the-token"


def needed_permissions(config: Config) -> tuple[str, ...]:
    """The permissions that these settings make use of."""
    left_out = set()
    if not config.sync_attachments:
        left_out |= {"CREATE_ATTACHMENTS"}
    if not config.sync_watchers:
        left_out |= {"VIEW_VOTERS_AND_WATCHERS", "MANAGE_WATCHERS", "USER_PICKER"}
    if not config.closure_resolutions and not any("resolution" in each for each in config.transition_fields.values()):
        left_out |= {"RESOLVE_ISSUES"}
    if config.on_case_deleted != "delete":
        left_out |= {"DELETE_ISSUES"}
    return tuple(name for name in PERMISSIONS if name not in left_out)


def lacking_at_birth(screen: Sequence[ScreenField], config: Config) -> tuple[ScreenField, ...]:
    """The fields that a create screen demands, and neither the integration, these settings nor Jira itself gives."""
    given = _GIVEN | _FILLED_BY_JIRA | config.jira_create_fields.keys()
    return tuple(field for field in screen if field.required and field.id not in given)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a project turned out to be, as far as Jira let it be seen."""

    issue_type: IssueType | None = None
    create_screen: tuple[ScreenField, ...] = ()
    workflow: Workflow | None = None
    ways: Ways | None = None


@dataclass(frozen=True, slots=True)
class JiraSite:
    """One project of one site, and the settings it is to serve."""

    config: Config
    survey: JiraSurvey
    jira: JiraClient

    def examine(self, rounds: Rounds) -> Seen | None:
        """Each check in turn; those that an earlier finding would only repeat are left out.

        ``None``: the project could not be read.
        """
        if not self._signed_in(rounds):
            rounds.skip((*AFTER_TOKEN, *AFTER_PROJECT), "before Jira takes the token")
            return None
        if not self._project(rounds):
            rounds.skip(AFTER_PROJECT, "before the project can be read")
            return None
        permitted = self._permissions(rounds)
        issue_type = self._issue_type(rounds, permitted)
        screen = self._create_fields(rounds, issue_type)
        workflow = self._statuses(rounds, issue_type)
        return Seen(issue_type, screen, workflow, self._transitions(rounds, permitted, issue_type, workflow))

    # Credentials

    def _signed_in(self, rounds: Rounds) -> bool:
        """Whether Jira answers, and to us. One of three checks can fail, and the others follow from it."""
        reachable, token, scope = (Look(check) for check in SIGNING_IN)
        rounds.looks += [reachable, token, scope]
        try:
            who = self.survey.signed_in()
        except JiraUnauthorized:
            token.found(
                "Jira refuses the token, or answers as to a stranger: it has expired, was revoked, or is not this "
                "account's.",
                NEW_TOKEN,
            )
        except NotPermitted as refusal:
            return self._refused_to_say_who(refusal, token, scope)
        except NotFound:
            reachable.found(
                "There is no page about our own account where jira_url leads (404).",
                "correct jira_url; terraform apply",
            )
        except RetryLater as failure:
            reachable.found(
                f"Jira does not answer: {str(failure)[:200]}",
                "see https://status.atlassian.com; if it is jira_url: correct it, terraform apply",
            )
        else:
            if not who.account_id:
                token.found("Jira answers as to a stranger: the token is not taken.", NEW_TOKEN)
            elif not who.active:
                token.found("The integration's account is deactivated.", "reactivate the account in Atlassian's admin")
            else:
                token.fact(f"Jira knows the account {who.account_id}")
        for look in (token, scope):
            if reachable.findings:
                look.cannot("before Jira answers")
        if token.findings:
            scope.cannot("before Jira takes the token")
        return not (reachable.findings or token.findings)

    def _refused_to_say_who(self, refusal: Exception, token: Look, scope: Look) -> bool:
        if not _about_scope(refusal):
            token.found(
                "Jira knows the token and lets no request of ours through.",
                "give the account access to the product, and allow the functions' addresses in Atlassian's IP "
                "allowlist",
            )
            scope.cannot("before Jira takes the token")
            return False
        if self.config.sync_watchers:
            scope.found(
                "The token lacks the scope read:jira-user: watchers cannot follow.",
                "create a token with the scopes read:jira-work, write:jira-work and read:jira-user; or "
                "sync_watchers = false",
            )
        return True

    def _project(self, rounds: Rounds) -> bool:
        with rounds.look("jira-project") as look:
            try:
                self.survey.project()
            except (NotFound, NotPermitted) as refusal:
                if _about_scope(refusal):
                    look.found(
                        "The token lacks the scope read:jira-work: nothing of the project can be read.",
                        "create a token with the scopes read:jira-work, write:jira-work and read:jira-user",
                    )
                else:
                    look.found(
                        f"The project {self.survey.project_key} cannot be read: it does not exist, or the account may "
                        "not see it.",
                        "correct jira_project_key; or in Jira, Project settings → Permissions: grant Browse Projects "
                        "to the integration's account",
                    )
        return not look.findings and look.obstacle is None

    # What the account may do, and what the project wants

    def _permissions(self, rounds: Rounds) -> frozenset[str] | None:
        """Those there are; ``None`` where Jira does not tell, which is not taken for none."""
        permitted: frozenset[str] | None = None
        with rounds.look("jira-permissions") as look:
            needed = needed_permissions(self.config)
            permitted = self.survey.permitted(needed)
            for name in needed:
                if name not in permitted:
                    called, consequence = PERMISSIONS[name]
                    look.found(
                        f"The account lacks the permission {called}: {consequence}.",
                        f"in Jira, Project settings → Permissions: grant {called} to the integration's account",
                    )
        return permitted

    def _issue_type(self, rounds: Rounds, permitted: frozenset[str] | None) -> IssueType | None:
        wanted = self.config.jira_issue_type
        with rounds.look("jira-issue-type") as look:
            if permitted is not None and "CREATE_ISSUES" not in permitted:
                look.cannot("without the permission Create Issues, Jira does not tell")
                return None
            types = self.survey.issue_types()
            for issue_type in types:
                if wanted.casefold() == issue_type.name.casefold():
                    return issue_type
            offered = ", ".join(sorted(issue_type.name for issue_type in types))
            look.found(
                f'The project has no issue type "{wanted}": no issue can be made for a case.',
                f"set jira_issue_type to one of: {offered}; terraform apply",
            )
        return None

    def _create_fields(self, rounds: Rounds, issue_type: IssueType | None) -> tuple[ScreenField, ...]:
        screen: tuple[ScreenField, ...] = ()
        with rounds.look("jira-create-fields") as look:
            if issue_type is None:
                look.cannot("without the issue type there is no screen")
                return screen
            screen = self.survey.create_screen(issue_type)
            for field in lacking_at_birth(screen, self.config):
                look.found(
                    f'The project demands the field {field.id} ("{field.name}") when an issue is made: no issue '
                    "can be made for a case.",
                    f"jira_create_fields = {{ {field.id} = … }}; terraform apply",
                )
            self._off_the_screen(look, screen)
        return screen

    def _off_the_screen(self, look: Look, screen: Sequence[ScreenField]) -> None:
        there = {field.id for field in screen}
        if not there:
            look.cannot("Jira shows no fields of the create screen")
            return
        for name in sorted({"summary", "description", *self.config.jira_create_fields} - there - {"labels"}):
            look.found(
                f"The field {name} is not on the create screen: Jira refuses the issues that are made for cases.",
                f"put {name} on the project's create screen, or take it out of jira_create_fields; terraform apply",
            )
        if "labels" not in there:
            look.found(
                "Labels are not on the create screen: they are added by a second request, and a lost answer to the "
                "first takes longer to clear up.",
                "put Labels on the project's create screen",
                "warning",
            )

    # Statuses

    def _statuses(self, rounds: Rounds, issue_type: IssueType | None) -> Workflow | None:
        mapping = self.config.status_mapping
        with rounds.look("jira-statuses") as look:
            workflows = self.survey.workflows()
            every = [status for workflow in workflows.values() for status in workflow.statuses]
            for name in mapping.to_case:
                if name not in DEFAULT_STATUSES and not any(status.is_named((name,)) for status in every):
                    look.found(
                        f'status_mapping.to_case names "{name}", and no issue of the project can have that status.',
                        f'correct or take out "{name}" in status_mapping.to_case; terraform apply',
                        "warning",
                    )
            workflow = workflows.get(issue_type.id) if issue_type else None
            if workflow is None:
                look.cannot("without the issue type there is no workflow")
                return None
            names = ", ".join(status.name for status in workflow.statuses)
            for case_status, candidates in mapping.to_jira.items():
                if candidates and issue_target(case_status, mapping, workflow) is None:
                    look.found(
                        f'The workflow has none of the statuses that stand for "{case_status}" '
                        f"({', '.join(candidates)}): issues stay where they are.",
                        f'status_mapping = {{ to_jira = {{ "{case_status}" = [one of: {names}] }} }}; terraform apply',
                    )
            return workflow
        return None

    def _transitions(
        self, rounds: Rounds, permitted: frozenset[str] | None, issue_type: IssueType | None, workflow: Workflow | None
    ) -> Ways | None:
        with rounds.look("jira-transitions") as look:
            if issue_type is None or workflow is None:
                look.cannot("without the issue type there is no workflow")
            elif permitted is not None and "TRANSITION_ISSUES" not in permitted:
                look.cannot("without the permission Transition Issues, Jira shows no transitions")
            else:
                ways = Ways.of(self.config, self.survey, self.jira, issue_type, workflow)
                ways.examine(look)
                return ways
        return None


def _about_scope(refusal: Exception) -> bool:
    """Whether it is not the token that is refused (that is `JiraUnauthorized`) but what it was made for: a 401."""
    return str(refusal).endswith(": 401")
