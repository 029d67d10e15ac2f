"""An incident from its first finding to its closure, and one that began in Jira, on the sandbox's own servers."""

from __future__ import annotations

from .jira import Issue, Person
from .security_ir import Case
from .stage import Stage
from .transcript import Transcript


class OutOfStep(AssertionError):
    """The two sides do not agree at the end."""


class Scenario:
    """Plays the demonstration; every step waits until it is to be seen on the other side."""

    def __init__(self, stage: Stage, transcript: Transcript) -> None:
        self._stage = stage
        self._say = transcript
        self._ada: Person = stage.jira.person_named("Ada Lovelace", "ada@example.com")

    def play(self) -> None:
        """Play to the end. Raises ``TimeoutError`` or ``OutOfStep`` where something did not arrive."""
        self._say.heading()
        case_id, key = self._aws_opens_a_case()
        self._triage(case_id, key)
        self._comments(case_id, key)
        self._file(case_id, key)
        self._edit_and_deletion(case_id, key)
        self._conflict(case_id, key)
        self._containment(case_id, key)
        self._closure(case_id, key)
        born = self._an_issue_of_its_own()
        self._compare(((case_id, key), born))

    def _aws_opens_a_case(self) -> tuple[str, str]:
        self._say.act("AWS opens a case, managed by the account: a key is used from an unusual network")
        responder = self._stage.security_ir.aws_responder
        case_id = responder.open_case(
            "Unusual API calls with access key of build-runner",
            "GuardDuty: **CreateUser** and **AttachUserPolicy** from 198.51.100.7, an anonymising network.",
            resolver_type="Self",
            threat_actor_ips=["198.51.100.7"],
            regions=["us-east-1"],
        )
        self._say.wait_for(lambda: self._key_of(case_id) is not None, "an issue for the case")
        key = self._key_of(case_id)
        assert key is not None
        self._show(case_id, key)
        return case_id, key

    def _triage(self, case_id: str, key: str) -> None:
        self._say.act("Ada takes the issue in Jira and moves it to In Progress")
        self._ada.transition(key, "In Progress")
        self._say.wait_for(
            lambda: self._case(case_id).status == "Detection and Analysis", "the case in Detection and Analysis"
        )
        self._show(case_id, key)

    def _comments(self, case_id: str, key: str) -> None:
        self._say.act("Ada comments in Jira")
        self._ada.comment(key, "The key belongs to our build runner. Nobody of us was at work.")
        self._say.wait_for(lambda: self._said_on_case(case_id, "build runner"), "Ada's comment on the case")
        self._say.both(self._last_on_case(case_id), self._last_on_issue(key))

        self._say.act("The AWS responder answers on the case")
        self._stage.security_ir.aws_responder.comment(case_id, "Please deactivate the key and keep the logs.")
        self._say.wait_for(lambda: self._said_on_issue(key, "deactivate the key"), "the answer on the issue")
        self._say.both(self._last_on_case(case_id), self._last_on_issue(key))

    def _file(self, case_id: str, key: str) -> None:
        self._say.act("Ada attaches the logs to the issue")
        self._ada.attach(
            key, "cloudtrail excerpt.json", b'{"eventName": "CreateUser", "sourceIPAddress": "198.51.100.7"}'
        )
        self._say.wait_for(lambda: bool(self._case(case_id).attachments), "the file on the case")
        (copy,), (file,) = self._case(case_id).attachments, self._issue(key).attachments
        self._say.both(f"File: {copy.file_name}", f"File: {file.filename} ({file.size} bytes)")

    def _edit_and_deletion(self, case_id: str, key: str) -> None:
        self._say.act("Ada corrects a comment, and deletes one that she wrote in the wrong issue")
        remark = self._ada.comment(key, "Key deactivated at 20:14.")
        slip = self._ada.comment(key, "Lunch at twelve?")
        self._say.wait_for(lambda: self._said_on_case(case_id, "Lunch"), "both comments on the case")
        self._ada.edit_comment(key, remark.id, "Key deactivated at 20:41.")
        self._ada.delete_comment(key, slip.id)
        # Jira's rule for comments does not tell of deletions; the next change does.
        self._ada.comment(key, "New key issued.")
        self._say.wait_for(lambda: self._said_on_case(case_id, "20:41"), "the correction on the case")
        self._say.wait_for(lambda: self._said_on_case(case_id, "was deleted in Jira"), "the deletion said on the case")
        for comment in self._stage.security_ir.comments(case_id)[-3:]:
            self._say.both(f"» {comment.body}", "")

    def _conflict(self, case_id: str, key: str) -> None:
        self._say.act("Both sides change the title at the same moment: the case wins, and nothing is lost")
        with self._stage.silent():
            self._ada.edit(key, summary="Build key leaked")
        self._stage.security_ir.person("grace").edit(case_id, title="Key of build-runner used by a stranger")
        self._say.wait_for(lambda: self._said_on_issue(key, "Build key leaked"), "the losing title as a comment")
        self._say.wait_for(lambda: self._issue(key).summary == self._case(case_id).title, "one title on both sides")
        self._show(case_id, key)
        self._say.both("", self._last_on_issue(key))

    def _containment(self, case_id: str, key: str) -> None:
        self._say.act("The case moves on to containment, and its title says what is known now")
        grace = self._stage.security_ir.person("grace")
        grace.set_status(case_id, "Containment, Eradication and Recovery")
        grace.edit(case_id, title="Stolen access key of build-runner")
        self._say.wait_for(
            lambda: self._issue(key).summary == "Stolen access key of build-runner", "the new title on the issue"
        )
        self._show(case_id, key)

    def _closure(self, case_id: str, key: str) -> None:
        self._say.act("The incident is over: the case is closed")
        self._stage.security_ir.person("grace").close(case_id, "Investigation Completed")
        self._say.wait_for(lambda: self._issue(key).status.name == "Done", "the issue Done")
        self._show(case_id, key)

    def _an_issue_of_its_own(self) -> tuple[str, str]:
        self._say.act("Somebody reports phishing in Jira, and a case is opened for it")
        key = self._ada.create_issue("SEC", "Phishing mail in finance", "Two people clicked. Mail headers follow.").key
        self._say.wait_for(lambda: self._case_of(key) is not None, "a case for the issue")
        case_id = self._case_of(key)
        assert case_id is not None
        self._say.wait_for(lambda: self._said_on_case(case_id, key), "the issue named on the case")
        self._show(case_id, key)
        return case_id, key

    def _compare(self, pairs: tuple[tuple[str, str], ...]) -> None:
        self._stage.cloud.run_until_idle()
        for case_id, key in pairs:
            case, issue = self._case(case_id), self._issue(key)
            if (case.title, case.status == "Closed") != (issue.summary, issue.status.done):
                raise OutOfStep(f"case {case_id} and issue {key} differ: {case} / {issue}")
        count = len(self._stage.security_ir.cases()), len(self._stage.jira.issues())
        if count != (len(pairs), len(pairs)):
            raise OutOfStep(f"{count[0]} cases and {count[1]} issues, where there should be {len(pairs)} of each")
        letters = self._stage.cloud.dead_letters()
        if letters:
            raise OutOfStep(f"dead letters: {letters}")
        self._say.act(
            f"{len(pairs)} cases and {len(pairs)} issues, in step. Nothing doubled, nothing in a dead-letter queue."
        )

    # What a person sees

    def _show(self, case_id: str, key: str) -> None:
        case, issue = self._case(case_id), self._issue(key)
        self._say.both(
            f"Case {case_id}: {case.title}\nStatus: {case.status}",
            f"{key}: {issue.summary}\nStatus: {issue.status.name}",
        )

    def _case(self, case_id: str) -> Case:
        return self._stage.security_ir.case(case_id)

    def _issue(self, key: str) -> Issue:
        return self._stage.jira.issue(key)

    def _key_of(self, case_id: str) -> str | None:
        label = f"aws-sir-{case_id}"
        return next((issue.key for issue in self._stage.jira.issues() if label in issue.labels), None)

    def _case_of(self, key: str) -> str | None:
        named = [label.removeprefix("aws-sir-") for label in self._issue(key).labels if label.startswith("aws-sir-")]
        return named[0] if named else None

    def _said_on_case(self, case_id: str, text: str) -> bool:
        return any(text in comment.body for comment in self._stage.security_ir.comments(case_id))

    def _said_on_issue(self, key: str, text: str) -> bool:
        return any(text in comment.text for comment in self._stage.jira.comments(key))

    def _last_on_case(self, case_id: str) -> str:
        return "» " + self._stage.security_ir.comments(case_id)[-1].body

    def _last_on_issue(self, key: str) -> str:
        return "» " + self._stage.jira.comments(key)[-1].text
