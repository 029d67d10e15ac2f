"""What is left to do in Jira, click by click. docs/guide.md tells the same at length."""

from __future__ import annotations

_TRIGGERS = (
    ("Work item created", ""),
    ("Field value changed", "Fields: Summary, Description and Status; Any changes; All work item operations"),
    ("Work item commented", "Comment type: all of them"),
    ("Work item deleted", ""),
)
_CLICKS = (
    "Create rule > Create from scratch",
    "When: Add a trigger > the trigger, with the settings named above > Next",
    "New component > THEN: Add an action > Send message to Amazon SNS topic",
    "Connect > paste the topic's ARN from above > confirm (once; the other rules offer it then)",
    "Key-value pairs: key IssueId, type String, value {{issue.key}}",
    "Next, or Save; give the rule a name",
    "the arrow beside Turn on rule > Validate rule",
    "Turn on rule",
)
_SECRET = "a second pair: key Secret, type String, value what your parameter of the secret holds"
_PAIRS = 5


def next_step(topic_arn: str, url: str, project_key: str, *, secret: bool) -> str:
    """The rules to make, with the topic's ARN in its place; ``secret``: notifications must carry one."""
    triggers = "\n".join(f"    - {name}{f' ({settings})' if settings else ''}" for name, settings in _TRIGGERS)
    clicks = [*_CLICKS[:_PAIRS], *([_SECRET] if secret else []), *_CLICKS[_PAIRS:]]
    numbered = "\n".join(f"    {number}. {click}" for number, click in enumerate(clicks, start=1))
    return f"""\
The topic that Jira is to tell what changed:

    {topic_arn}

Next, as an administrator of the project {project_key} in Jira ({url}):
the three dots beside the project > Project settings (or Space settings) > Automation.
Make four rules, one for each of these triggers:

{triggers}

and each in this way:

{numbered}

Then create an issue in {project_key}: within a minute there is a case, and a comment on it names the issue.
In full: docs/guide.md, "4. Automation rules in Jira" and "5. The first pair". Until the rules are there, changes in
Jira arrive with the next sweep, within 15 minutes."""
