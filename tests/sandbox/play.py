"""What a test does on the stage, and what it sees there."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.jira import Person
from sandbox.security_ir import Person as AwsPerson
from sandbox.stage import Stage


@dataclass(frozen=True, slots=True)
class Play:
    """Somebody at work in both systems of a stage."""

    stage: Stage

    @property
    def ada(self) -> Person:
        """Somebody who works in Jira."""
        jira = self.stage.jira
        known = [user for user in jira.site.users if user.name == "Ada Lovelace"]
        return jira.person(known[0] if known else jira.add_user("Ada Lovelace", "ada@example.com"))

    @property
    def aws(self) -> AwsPerson:
        return self.stage.security_ir.aws_responder

    @property
    def grace(self) -> AwsPerson:
        """Somebody who works on cases."""
        return self.stage.security_ir.person("grace")

    def open_case(self, title: str, *, own: bool = False) -> str:
        """A case of AWS, or a self-managed one."""
        opener = self.grace if own else self.aws
        return opener.open_case(title, f"Description of {title}", resolver_type="Self" if own else "AWS")

    def rest(self) -> None:
        """Until no message is in any queue, however long it has to wait there."""
        self.stage.cloud.run_until_settled()

    def notify(self, key: str) -> None:
        """What a Jira automation rule sends."""
        topic = self.stage.outputs["jira_notifications_topic_arn"]
        self.stage.cloud.publish(topic, {"automationData": {"IssueId": key}})

    def sweep(self, which: str) -> None:
        """``case`` or ``issue``."""
        self.stage.cloud.sweep(f"{which}-sweep")

    def logged_events(self) -> str:
        """Everything in the event log."""
        logs, group = self.stage.cloud.boto3("logs"), self.stage.outputs["event_log_group"]
        listed = logs.get_paginator("describe_log_streams").paginate(logGroupName=group)
        names = [stream["logStreamName"] for page in listed for stream in page["logStreams"]]
        pages = [logs.get_log_events(logGroupName=group, logStreamName=name)["events"] for name in names]
        return "\n".join(event["message"] for page in pages for event in page)

    def empty_dead_letters(self) -> None:
        """Empty the dead-letter queues."""
        for queue in self.stage.outputs["queues"].values():
            self.stage.cloud.boto3("sqs").purge_queue(QueueUrl=queue["dead_letter_url"])

    def forget(self) -> None:
        """Empty the servers' logs."""
        self.stage.jira.reset_log()
        self.stage.security_ir.reset_log()

    def writes(self) -> list[str]:
        """What was written on either side since."""
        return [f"{each.method} {each.path}" for each in self.stage.jira.writes()] + [
            each.operation for each in self.stage.security_ir.writes()
        ]

    def key_of(self, case_id: str) -> str:
        """The one issue of a case."""
        label = f"aws-sir-{case_id}"
        (key,) = [issue.key for issue in self.stage.jira.issues() if label in issue.labels]
        return key

    def cases_titled(self, title: str) -> list[str]:
        return [case.case_id for case in self.stage.security_ir.cases() if case.title == title]

    def issues_titled(self, title: str) -> list[str]:
        return [issue.key for issue in self.stage.jira.issues() if issue.summary == title]

    def said_on_case(self, case_id: str) -> str:
        return "\n".join(comment.body for comment in self.stage.security_ir.comments(case_id))

    def said_on_issue(self, key: str) -> str:
        return "\n".join(comment.text for comment in self.stage.jira.comments(key))
