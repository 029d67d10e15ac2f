"""What strangers, mistakes and other functions can put into the four queues, by its kind.

``DEAD`` kinds can never succeed: dead letters at once, nobody is asked. ``LOOKED_AT`` kinds are well-formed: what they
name is looked at, and that is all. ``MARK`` stands in everything a stranger might want to see repeated.
"""

from __future__ import annotations

import json
from typing import Any

ACCOUNT, REGION = "123456789012", "eu-central-1"
CASE_ID, ISSUE_KEY, ISSUE_ID = "1000000001", "SEC-1", "10100"
MARK = "strangerwrotethis"
LONG = "9" * 2_000
SQS_BYTES = 262_144
"""What one message of a queue may have by default, its attributes included."""


def _deep(opening: str, closing: str, inner: str = "", times: int = 60_000) -> str:
    return opening * times + inner + closing * times


RAW: dict[str, str] = {
    "words": MARK,
    "blanks": "   ",
    "an object of nothing": "{}",
    "a list": f'["{MARK}"]',
    "a list of events": '[{"detail": {"caseId": "1000000001"}}]',
    "a number": "10100",
    "a fraction": "1.5e3",
    "a string": f'"{MARK}"',
    "a document in a string": json.dumps(json.dumps({"IssueId": ISSUE_KEY})),
    "null": "null",
    "true": "true",
    "half an object": '{"IssueId": "SEC-1"',
    "two objects": '{"IssueId": "SEC-1"}{"IssueId": "SEC-2"}',
    "single quotes": "{'IssueId': 'SEC-1'}",
    "a comma too many": '{"sweep": "issues",}',
    "a comment": '{"sweep": "issues"} // now',
    "NaN": '{"IssueId": NaN, "detail": NaN}',
    "an infinity": '{"IssueId": Infinity, "detail": -Infinity}',
    "a number beyond all": '{"IssueId": 1e999, "detail": 1e999}',
    "an integer of 5,000 digits": f'{{"IssueId": {"9" * 5_000}, "detail": 1}}',
    "an integer of 4,000 digits": f'{{"IssueId": {"9" * 4_000}, "detail": 1}}',
    "lists in lists": _deep("[", "]"),
    "lists that never end": "[" * 100_000,
    "objects in objects": _deep('{"a":', "}", "1", 40_000),
    "depth where an id should be": f'{{"IssueId": {_deep("[", "]")}, "detail": 1}}',
    "a byte order mark": '\ufeff{"IssueId": "SEC-1"}',
    "a NUL": '{"IssueId": "SEC-1"}\x00',
    "control characters": '{"IssueId": "SEC\x01-1"}',
    "an escaped NUL": '{"IssueId": "SEC-1\\u0000", "detail": "\\u0000"}',
    "a lone surrogate": '{"\\ud800": "\\udfff", "IssueId": "\\ud800", "detail": "\\ud800"}',
    "XML": f"<issue>{MARK}</issue>",
    "YAML": "sweep: issues",
    "a form": "IssueId=SEC-1&sweep=issues",
    "base64": "eyJJc3N1ZUlkIjogIlNFQy0xIn0=",
    "as much as a queue takes": MARK * (SQS_BYTES // len(MARK)),
    "as much of an object": json.dumps({"padding": "x" * (SQS_BYTES - 20)}),
    "fifteen thousand keys": json.dumps({f"k{number}": 1 for number in range(15_000)}),
    "keys in other letters": '{"SWEEP": "cases", "ISSUEID": "SEC-1", "issueid": "SEC-1", "Detail": {"caseId": "1"}}',
    "keys with blanks": '{" sweep": "cases", "IssueId ": "SEC-1", " detail": {"caseId": "1000000001"}}',
    "an order of another word": '{"sweep": "everything"}',
    "an order in capitals": '{"sweep": "CASES"}',
    "an order in a list": '{"sweep": ["cases", "issues"]}',
    "an order that is true": '{"sweep": true}',
    "an order to sweep cases with more": '{"sweep": "cases", "delete": true}',
    "an order to sweep issues with more": f'{{"sweep": "issues", "jql": "{MARK}"}}',
    "an order inside": '{"detail": {"sweep": "cases"}, "automationData": {"sweep": "issues"}}',
    "a key that is given twice": '{"sweep": "cases", "sweep": "nothing"}',
    "a subscription's confirmation": '{"Type": "SubscriptionConfirmation", "SubscribeURL": "https://evil.example"}',
    "S3's test event": '{"Service": "Amazon S3", "Event": "s3:TestEvent"}',
    "another queue's batch": '{"Records": [{"body": "{}"}]}',
}
"""Bodies that mean nothing to any of the four functions."""


def enveloped(message: object, **more: object) -> dict[str, Any]:
    """What SNS puts into the queue for what was published: a text, or a document."""
    text = message if isinstance(message, str) else json.dumps(message)
    return {"Type": "Notification", "TopicArn": "arn:aws:sns:eu-central-1:123456789012:x", "Message": text, **more}


def naming(issue: object) -> dict[str, Any]:
    return enveloped({"automationData": {"IssueId": issue}})


def native(detail: object, **changes: object) -> dict[str, Any]:
    """A native event on the account's default bus."""
    ordinary = {
        "version": "0",
        "id": "6f87d04b-9f74-4f04-a780-7acf4b0a9b38",
        "source": "aws.security-ir",
        "detail-type": "Case Updated",
        "account": ACCOUNT,
        "region": REGION,
        "time": "2026-01-01T12:00:00Z",
        "resources": [],
        "detail": detail,
    }
    return {name: value for name, value in {**ordinary, **changes}.items() if value is not LEFT_OUT}


def told(source: str, kind: object, detail: object, **changes: object) -> dict[str, Any]:
    """An event on our own bus."""
    event = native(detail, source=source, **changes)
    return {**event, "detail-type": kind}


def of_case(detail: object, kind: object = "CaseUpdated", **changes: object) -> dict[str, Any]:
    return told("security-ir", kind, detail, **changes)


def of_issue(detail: object, kind: object = "IssueUpdated", **changes: object) -> dict[str, Any]:
    return told("jira", kind, detail, **changes)


LEFT_OUT = object()


def arn(case: str = CASE_ID, *, service: str = "security-ir", region: str = REGION, account: str = ACCOUNT) -> str:
    return f"arn:aws:{service}:{region}:{account}:case/{case}"


OWN: dict[str, dict[str, dict[str, Any]]] = {
    "security_ir_poller": {"an order": {"sweep": "cases"}, "a native event": native({"caseId": CASE_ID})},
    "jira_notifications_handler": {"an order": {"sweep": "issues"}, "a notification": naming(ISSUE_KEY)},
    "jira_client": {"an event of a case": of_case({"caseId": CASE_ID, "changed": ["case"]})},
    "security_ir_client": {"an event of an issue": of_issue({"issueKey": ISSUE_KEY, "changed": ["issue"]})},
}
"""What each function is for."""

_NAMES: dict[str, object] = {
    "nothing": None,
    "an empty text": "",
    "blanks": " \t\n",
    "a list": [ISSUE_KEY],
    "an object": {"key": ISSUE_KEY},
    "true": True,
    "false": False,
    "nought": 0,
    "a negative number": -10100,
    "a fraction": 10100.5,
    "a number of 2,000 digits": int(LONG),
    "2,000 digits": LONG,
    "a key of 2,000 digits": f"SEC-{LONG}",
    "a key of 2,000 letters": f"{'S' * 2_000}-1",
    "nineteen digits": "1" * 19,
    "number nought": "SEC-0",
    "a leading nought": "SEC-01",
    "an id with a leading nought": "010100",
    "a negative key": "SEC--1",
    "no number": "SEC-",
    "no project": "-1",
    "Arabic digits": "SEC-\u0661\u0662",
    "wide digits": "\uff11\uff10\uff11\uff10\uff10",
    "a superscript": "SEC-\u00b2",
    "a long s": "\u017fec-1",
    "a Cyrillic project": "\u0405\u0415\u0421-1",
    "a right-to-left override": "SEC-1\u202e",
    "a lone surrogate": "SEC-1\ud800",
    "a NUL": "SEC-1\x00",
    "a line's end inside": "SEC-1\nSEC-2",
    "a page": "https://example.atlassian.net/browse/SEC-1",
    "a path upwards": "SEC-1/../../",
    "only a path upwards": "../../myself",
    "an escaped path": "SEC-1%2f..%2f..%2fmyself",
    "a query": "SEC-1?expand=renderedFields",
    "a fragment": "SEC-1#comment",
    "two keys": "SEC-1,SEC-2",
    "a summary": f"{MARK} leaked a key",
    "a smart value nobody filled": "{{issue.key}}",
    "markup": f"<script>{MARK}</script>",
    "JQL": 'SEC-1" OR project = "OPS',
}
NOTIFICATIONS: dict[str, dict[str, Any]] = {
    **{f"IssueId is {kind}": naming(name) for kind, name in _NAMES.items()},
    "Message is not JSON": enveloped(MARK),
    "Message is empty": enveloped(""),
    "Message is a list": enveloped([{"IssueId": ISSUE_KEY}]),
    "Message is a number": enveloped("10100"),
    "Message is null": enveloped("null"),
    "Message holds NaN": enveloped('{"IssueId": "SEC-1", "x": NaN}'),
    "Message holds an infinity": enveloped('{"IssueId": "SEC-1", "x": -Infinity}'),
    "Message is a string of JSON": enveloped(json.dumps(json.dumps({"IssueId": ISSUE_KEY}))),
    "Message is JSON in JSON in JSON": enveloped(json.dumps(json.dumps(json.dumps({"IssueId": ISSUE_KEY})))),
    "Message is an envelope": enveloped(enveloped({"IssueId": ISSUE_KEY})),
    "Message is an object already": {"Type": "Notification", "Message": {"IssueId": ISSUE_KEY}},
    "Message is null itself": {"Type": "Notification", "Message": None, "IssueId": ISSUE_KEY},
    "Message is too deep": enveloped(_deep("[", "]")),
    "Message names an issue too deep": enveloped(f'{{"IssueId": {_deep("[", "]")}}}'),
    "Message holds too long a number": enveloped(f'{{"IssueId": {"9" * 5_000}}}'),
    "Message begins with a byte order mark": enveloped('\ufeff{"IssueId": "SEC-1"}'),
    "Message is as much as a queue takes": enveloped(MARK * 15_000),
    "Message is an order to sweep": enveloped({"sweep": "issues"}),
    "an order to sweep in an envelope's own keys": {**enveloped({}), "sweep": "issues"},
    "an order to sweep in the attributes": enveloped(
        {}, MessageAttributes={"sweep": {"Type": "String", "Value": "issues"}}
    ),
    "keys in other letters": enveloped({"issueid": ISSUE_KEY, "automationdata": {"IssueId": ISSUE_KEY}}),
    "automationData is a list": enveloped({"automationData": [{"IssueId": ISSUE_KEY}]}),
    "automationData is a text": enveloped({"automationData": json.dumps({"IssueId": ISSUE_KEY})}),
    "automationData is null": enveloped({"automationData": None}),
    "automationData is in itself": enveloped({"automationData": {"automationData": {"IssueId": ISSUE_KEY}}}),
    "an issue's whole document": enveloped({"issue": {"key": ISSUE_KEY, "fields": {"summary": MARK}}}),
    "only a secret": enveloped({"Secret": MARK}),
}
"""Notifications that name no issue."""

NATIVE: dict[str, dict[str, Any]] = {
    "another source": native({"caseId": CASE_ID}, source="aws.s3"),
    "our own source": native({"caseId": CASE_ID}, source="security-ir"),
    "a source that is a list": native({"caseId": CASE_ID}, source=["aws.security-ir"]),
    "a membership": native({"caseId": CASE_ID}, **{"detail-type": "Membership Updated"}),
    "a detail-type in lower case": native({"caseId": CASE_ID}, **{"detail-type": "case updated"}),
    "a detail-type that says what it likes": native({"caseId": CASE_ID}, **{"detail-type": MARK}),
    "a detail-type that is a list": native({"caseId": CASE_ID}, **{"detail-type": ["Case Updated"]}),
    "no detail-type": native({"caseId": CASE_ID}, **{"detail-type": LEFT_OUT}),
    "another account": native({"caseId": CASE_ID}, account="999999999999"),
    "an account that is a number": native({"caseId": CASE_ID}, account=123456789012),
    "another Region": native({"caseId": CASE_ID}, region="ap-southeast-2"),
    "no detail": native(LEFT_OUT),
    "a detail that is null": native(None),
    "a detail that is a text": native(json.dumps({"caseId": CASE_ID})),
    "a detail that is a list": native([{"caseId": CASE_ID}]),
    "a detail of nothing": native({}),
    "a caseId in other letters": native({"CaseID": CASE_ID}),
    "a caseId that is a number": native({"caseId": 1_000_000_001}),
    "a caseId that is true": native({"caseId": True}),
    "a caseId that is a list": native({"caseId": [CASE_ID]}),
    "a caseId that is an object": native({"caseId": {"id": CASE_ID}}),
    "an empty caseId": native({"caseId": ""}),
    "not-a-case": native({"caseId": "not-a-case"}),
    "a caseId of 2,000 digits": native({"caseId": LONG}),
    "a caseId of 33 digits": native({"caseId": "1" * 33}),
    "a caseId of nine digits": native({"caseId": "1" * 9}),
    "a caseId of Arabic digits": native({"caseId": "\u0661" * 10}),
    "a caseId with a path": native({"caseId": "1000000001/../../x"}),
    "a caseId with a line's end": native({"caseId": "1000000001\n"}),
    "a caseId with JQL": native({"caseId": '1000000001" OR key = "X'}),
    "an ARN of another account": native({"caseArn": arn(account="999999999999")}),
    "an ARN of another Region": native({}, resources=[arn(region="ap-southeast-2")]),
    "an ARN of another service": native({}, resources=[arn(service="s3")]),
    "an ARN of a membership": native(
        {}, resources=["arn:aws:security-ir:eu-central-1:123456789012:membership/m-abcdefghij"]
    ),
    "an ARN within a text": native({}, resources=[f"{MARK} {arn()}"]),
    "an ARN with more behind it": native({}, resources=[f"{arn()}/../{MARK}"]),
    "an ARN of 2,000 digits": native({}, resources=[arn(LONG)]),
    "resources that are a text": native({}, resources=arn()),
    "resources of other kinds": native({}, resources=[None, 1, {"arn": arn()}, [arn()]]),
    "an order to sweep as well": {**native(LEFT_OUT), "sweep": "cases"},
}
"""Events in the poller's queue that name no case of this account."""

_EVENTS: dict[str, dict[str, Any]] = {
    "no detail": {"detail": LEFT_OUT},
    "a detail that is null": {"detail": None},
    "a detail that is a text": {"detail": f'{{"caseId": "{CASE_ID}", "issueId": "{ISSUE_ID}"}}'},
    "a detail that is a list": {"detail": [{"caseId": CASE_ID, "issueId": ISSUE_ID}]},
    "a detail of nothing": {"detail": {}},
    "AWS's own source": {"source": "aws.security-ir"},
    "another source": {"source": MARK},
    "a source that is an object": {"source": {"security-ir": "jira"}},
    "a detail-type of nobody": {"detail-type": MARK},
    "a detail-type that is a list": {"detail-type": ["CaseUpdated", "IssueUpdated"]},
}
_IDS: dict[str, object] = {
    "null": None,
    "missing": LEFT_OUT,
    "empty": "",
    "blank": " ",
    "a number": 1_000_000_001,
    "true": True,
    "a list": [CASE_ID],
    "an object": {"id": CASE_ID},
    "not-a-case": "not-a-case",
    "of 2,000 digits": LONG,
    "with a path": "1000000001/../../x",
    "with a query": "1000000001?x=1",
    "of Arabic digits": "\u0661" * 10,
    "with a line's end": "1000000001\n",
    "with a lone surrogate": "1000000001\ud800",
    "with a partition": f"{CASE_ID}#PAIR",
}
CASE_EVENTS: dict[str, dict[str, Any]] = {
    **{f"an event with {kind}": {**of_case({"caseId": CASE_ID}), **part} for kind, part in _EVENTS.items()},
    **{
        f"a caseId that is {kind}": of_case({"caseId": value, "issueId": ISSUE_ID, "issueKey": ISSUE_KEY})
        for kind, value in _IDS.items()
    },
}
"""Events in the queue of the function that writes Jira, that name no case."""
ISSUE_EVENTS: dict[str, dict[str, Any]] = {
    **{f"an event with {kind}": {**of_issue({"issueId": ISSUE_ID}), **part} for kind, part in _EVENTS.items()},
    **{
        f"an issueId that is {kind}": of_issue({"issueId": value, "issueKey": None, "caseId": CASE_ID})
        for kind, value in _IDS.items()
    },
    "an issueId that is none beside a key that is one": of_issue({"issueId": "../x", "issueKey": ISSUE_KEY}),
    **{
        f"an issueKey that is {kind}": of_issue({"issueId": None, "issueKey": value, "caseId": CASE_ID})
        for kind, value in _NAMES.items()
    },
}
"""Events in the queue of the function that writes cases, that name no issue."""


def _cleaned(events: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Without what is left out, at the top and in the detail."""
    return {kind: _without(event) for kind, event in events.items()}


def _without(event: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _without(value) if isinstance(value, dict) else value
        for name, value in event.items()
        if value is not LEFT_OUT
    }


DEAD: dict[str, dict[str, dict[str, Any]]] = {
    "security_ir_poller": NATIVE,
    "jira_notifications_handler": NOTIFICATIONS,
    "jira_client": _cleaned(CASE_EVENTS),
    "security_ir_client": _cleaned(ISSUE_EVENTS),
}
"""By function: what it can never work on, besides ``RAW`` and what is ``OWN`` to another."""

NOBODY_S_CASE, NOBODY_S_ISSUE = "9999999999", "99999999"
_MOMENTS: dict[str, object] = {
    "in 2099": "2099-01-01T00:00:00Z",
    "in the year 9999": "9999-12-31T23:59:59-12:00",
    "in the year 1": "0001-01-01T00:00:00+14:00",
    "in 1970": "1970-01-01T00:00:00Z",
    "without a zone": "2099-01-01T00:00:00",
    "no date": MARK,
    "a number": 4_070_908_800,
    "a list": ["2099-01-01T00:00:00Z"],
    "null": None,
}
_CHANGED: dict[str, object] = {
    "a text": "comments",
    "a list of other kinds": [None, 1, {"a": 1}, ["comments"]],
    "unknown": ["from the future"],
    "hundreds": ["comments"] * 700,
    "an object": {"comments": True},
    "a notice": ["notice"],
}


def _of_both(case_id: str, issue_id: str) -> dict[str, tuple[dict[str, Any], str, str]]:
    """Details that name a case and an issue, with the kinds of events that may carry each."""
    ids = {"version": "1", "caseId": case_id, "issueId": issue_id, "changed": ["case", "issue"]}
    updated = ("CaseUpdated", "IssueUpdated")
    return {
        **{f"occurredAt is {kind}": ({**ids, "occurredAt": value}, *updated) for kind, value in _MOMENTS.items()},
        **{f"changed is {kind}": ({**ids, "changed": value}, *updated) for kind, value in _CHANGED.items()},
        "version is 99": ({**ids, "version": "99", "steps": [MARK]}, *updated),
        "a birth": (ids, "CaseCreated", "IssueCreated"),
        "a closure": ({**ids, "status": "Closed"}, "CaseClosed", "IssueUpdated"),
        "a deletion": (ids, "CaseDeleted", "IssueDeleted"),
        "more keys than ours": (
            {**ids, "title": MARK, "description": MARK, "delete": True, "status": [MARK]},
            *updated,
        ),
    }


def forged(case_id: str, issue_id: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Well-formed events on our bus about a case and an issue, for both sinks: kind → queue and event."""
    return {
        f"{queue}: {kind}": (queue, event)
        for kind, (detail, of_a_case, of_an_issue) in _of_both(case_id, issue_id).items()
        for queue, event in (
            ("jira_client", of_case(detail, of_a_case)),
            ("security_ir_client", of_issue(detail, of_an_issue)),
        )
    }
