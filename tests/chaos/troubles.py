"""What can go wrong between the two sides, each trouble with how it begins and how it is mended."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from botocore.exceptions import ClientError, ReadTimeoutError

from tests.sync.wire import Spoiled

from .stage import Stage

JIRA_REQUESTS = (
    ".*",
    "GET .*",
    "(POST|PUT) .*",
    "POST .*/comment",
    "POST .*/transitions",
    "POST .*/issue",
    "POST .*/attachments",
    "PUT .*",
)
CASE_REQUESTS = (
    ".*",
    "Get.*|List.*",
    "CreateCase",
    "CreateCaseComment",
    "UpdateCase.*",
    "CloseCase",
    "GetCaseAttachment.*",
    "AttachmentUpload",
    "AttachmentDownload",
)
PERMISSIONS = (
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "TRANSITION_ISSUES",
    "ADD_COMMENTS",
    "EDIT_OWN_COMMENTS",
    "CREATE_ATTACHMENTS",
    "MANAGE_WATCHERS",
)
REFUSALS = "refusals"
"""The one kind that declares something refused for good."""

Trouble = Callable[[Stage, random.Random], str]
"""Begins, and says what it is."""


def _jira_stumbles(stage: Stage, rng: random.Random) -> str:
    match, times = rng.choice(JIRA_REQUESTS), rng.choice((1, 2, 4))
    status = rng.choice((500, 502, 503, 409, 423))
    stage.loop.jira.faults.add(match, status=status, times=times)
    return f"Jira answers {status} to {match}, {times} times"


def _jira_answer_lost(stage: Stage, rng: random.Random) -> str:
    match, after = rng.choice(JIRA_REQUESTS), rng.random() < 0.6
    stage.loop.jira.faults.add(match, drop=True, after=after, times=1)
    return f"Jira's answer to {match} is lost {'after' if after else 'before'} the deed"


def _jira_throttles(stage: Stage, rng: random.Random) -> str:
    seconds, times = rng.choice((1, 5, 30, 120)), rng.choice((1, 3, 10))
    stage.loop.jira.faults.add(".*", status=429, retry_after=seconds, times=times)
    return f"Jira asks {times} times to wait {seconds} s"


def _jira_down(stage: Stage, _: random.Random) -> str:
    stage.loop.jira.down = True
    return "Jira is down"


def _jira_forbids(stage: Stage, _: random.Random) -> str:
    stage.loop.jira.faults.add(".*", status=403, body={"errorMessages": ["Forbidden"], "errors": {}}, times=None)
    return "Jira answers 403 to everything"


def _permission_withdrawn(stage: Stage, rng: random.Random) -> str:
    permission = rng.choice(PERMISSIONS)
    stage.loop.jira.withdraw("SEC", permission)
    return f"the account loses {permission}"


def _token_revoked(stage: Stage, _: random.Random) -> str:
    stage.loop.jira.valid_tokens.clear()
    return "the token is revoked"


def _anonymous(stage: Stage, _: random.Random) -> str:
    """https://confluence.atlassian.com/jirakb/x-seraph-loginreason: an expired token may be taken for nobody."""
    nobody = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
    faults = stage.loop.jira.faults
    missing = {"errorMessages": ["Issue does not exist or you do not have permission to see it."], "errors": {}}
    faults.add("POST .*/search/jql", status=200, headers=nobody, body={"issues": [], "isLast": True}, times=None)
    faults.add(".*/myself", status=401, headers=nobody, times=None)
    faults.add(".*", status=404, headers=nobody, body=missing, times=None)
    return "Jira takes the token for nobody's"


def _index_lags(stage: Stage, rng: random.Random) -> str:
    stage.loop.jira.switches.search_lag = rng.choice((20.0, 90.0, 240.0))
    return f"Jira's index lags by {stage.loop.jira.switches.search_lag:.0f} s"


def _service_stumbles(stage: Stage, rng: random.Random) -> str:
    match, times = rng.choice(CASE_REQUESTS), rng.choice((1, 2, 4))
    error, status = rng.choice((("InternalServerException", 500), ("ConflictException", 409)))
    stage.loop.service.faults.add(match, error=error, status=status, times=times)
    return f"security-ir answers {error} to {match}, {times} times"


def _service_answer_lost(stage: Stage, rng: random.Random) -> str:
    match, after, times = rng.choice(CASE_REQUESTS), rng.random() < 0.6, rng.choice((1, 3))
    stage.loop.service.faults.add(match, drop=True, after=after, times=times)
    return f"security-ir's answer to {match} is lost {'after' if after else 'before'} the deed, {times} times"


def _service_throttles(stage: Stage, rng: random.Random) -> str:
    seconds, times = rng.choice((1, 5, 30, 120)), rng.choice((1, 3, 10))
    stage.loop.service.faults.add(".*", error="ThrottlingException", status=429, retry_after=seconds, times=times)
    return f"security-ir asks {times} times to wait {seconds} s"


def _service_down(stage: Stage, _: random.Random) -> str:
    stage.loop.service.down = True
    return "security-ir is down"


def _service_forbids(stage: Stage, rng: random.Random) -> str:
    stage.loop.service.switches.access = rng.choice(("denied", "not_active"))
    return f"security-ir: access is {stage.loop.service.switches.access}"


def _pages_expire(stage: Stage, _: random.Random) -> str:
    stage.loop.service.faults.add("List.*", error="InvalidTokenException", status=423, times=2)
    return "security-ir forgets its page tokens"


def _refusals(stage: Stage, rng: random.Random) -> str:
    if rng.random() < 0.5:
        match = rng.choice(("POST .*/comment", "PUT .*/issue/[0-9]+", "POST .*/transitions"))
        stage.loop.jira.faults.add(match, status=400, body={"errorMessages": ["No."], "errors": {}}, times=1)
        return f"Jira refuses {match} once"
    match = rng.choice(("CreateCaseComment", "UpdateCase", "UpdateCaseStatus"))
    stage.loop.service.faults.add(match, error="ValidationException", status=400, times=1)
    return f"security-ir refuses {match} once"


@dataclass(slots=True)
class _Spoiler:
    """Spoils one call in ``one_in`` of those that begin with ``what``."""

    rng: random.Random
    what: str
    one_in: int
    kinds: tuple[str, ...]
    errors: dict[str, Exception] = field(default_factory=dict)

    def __call__(self, what: str) -> Spoiled:
        if not what.startswith(self.what) or self.rng.randrange(self.one_in):
            return Spoiled()
        kind = self.rng.choice(self.kinds)
        operation = what.partition(" ")[2]
        if kind == "lost":
            return Spoiled(lost=ReadTimeoutError(endpoint_url=what))
        if kind == "twice":
            # A transaction carries a token of its own.
            return Spoiled(twice=operation != "transact_write_items")
        answer = {"Code": kind, "Message": "on demand"}
        return Spoiled(instead=ClientError({"Error": answer, "ResponseMetadata": {"HTTPStatusCode": 400}}, operation))  # type: ignore[typeddict-item]  # of the metadata, what is read


def _table_stumbles(stage: Stage, rng: random.Random) -> str:
    kinds = ("ProvisionedThroughputExceededException", "InternalServerError", "lost", "twice")
    stage.loop.wire.spoil = _Spoiler(rng, "dynamodb", rng.choice((8, 25)), kinds)
    return "DynamoDB stumbles"


def _bus_stumbles(stage: Stage, rng: random.Random) -> str:
    if rng.random() < 0.5:
        stage.loop.bus.refuse = rng.choice((1, 3))
        return f"the bus takes nothing, {stage.loop.bus.refuse} times"
    stage.loop.wire.spoil = _Spoiler(rng, "events", 2, ("InternalException", "lost", "twice"))
    return "the bus stumbles"


def _dies(stage: Stage, rng: random.Random) -> str:
    calls = rng.randrange(60)
    stage.loop.wire.kill_after(calls)
    return f"a function is to die {calls} points further"


def _table_lost(stage: Stage, _: random.Random) -> str:
    stage.loop.lose_the_table()
    return "the table is lost"


TROUBLES: dict[str, tuple[Trouble, ...]] = {
    "jira": (_jira_stumbles, _jira_answer_lost, _jira_throttles, _jira_down),
    "jira about us": (_jira_forbids, _permission_withdrawn, _token_revoked, _anonymous),
    "index": (_index_lags,),
    "service": (_service_stumbles, _service_answer_lost, _service_throttles, _service_down, _pages_expire),
    "service about us": (_service_forbids,),
    "table": (_table_stumbles,),
    "bus": (_bus_stumbles,),
    "kills": (_dies, _dies),
    REFUSALS: (_refusals,),
    "lost table": (_table_lost,),
}


def mend(stage: Stage) -> None:
    """Everything works again; who was to die still may."""
    loop = stage.loop
    loop.jira.faults.clear()
    loop.service.faults.clear()
    loop.jira.down = loop.service.down = False
    loop.jira.grant("SEC", *PERMISSIONS)
    loop.jira.valid_tokens.add(loop.jira.token)
    loop.jira.switches.search_lag = 0.0
    loop.service.switches.access = "active"
    loop.wire.spoil = lambda _: Spoiled()
    loop.bus.refuse = 0
