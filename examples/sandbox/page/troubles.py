"""Trouble by button, and time: what goes wrong in Jira, in security-ir, between them, and in a function."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Mapping
from typing import Any

from sandbox.bells import WAYS
from sandbox.page.given import Given
from sandbox.page.hands import Done, Verb
from sandbox.serving import Fault, Faults, Refused
from sandbox.stage import Stage

_SLOW_SECONDS = 2.0
_RETRY_AFTER = 30
_THROTTLED_TIMES = 5
_LONGEST = 24 * 3600.0
_STEP = 60.0
"""Seconds of the sandbox's time after which somebody who waits for the end of a jump looks up."""
_CREATIONS = {"jira": r"POST .*/(issue|comment)", "security-ir": r"CreateCase(Comment)?"}


class Troubles:
    """Verbs by name, as `Hands`, and what is wrong at present."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        # Held by whoever reads or changes what is wrong: buttons are pressed while others look.
        self._lock = threading.RLock()
        self._faults: dict[str, tuple[Faults, Fault]] = {}
        self._passing: threading.Thread | None = None
        self._until: float | None = None
        self._mishap = ""
        self._over = threading.Event()
        self.verbs: Mapping[str, Verb] = {
            "down": self._down,
            "slow": self._slow,
            "throttle": self._throttle,
            "lose-creation": self._lose_creation,
            "revoke-token": self._revoke_token,
            "rotate-token": self._rotate_token,
            "notifications": self._notifications,
            "kill": self._kill,
            "mend": self._mend,
            "sweep": self._sweep,
            "pass": self._pass,
        }

    def stop(self) -> None:
        """Let no more time pass."""
        self._over.set()
        if self._passing is not None:
            self._passing.join()

    def state(self) -> dict[str, Any]:
        """What is wrong at present, each trouble by its name, and the time that is passing."""
        stage = self._stage
        with self._lock:
            waiting = {name: fault.left for name, (_, fault) in self._faults.items() if fault.left != 0}
            until, mishap = self._until, self._mishap
        return {
            "down": {"jira": stage.jira.down, "security-ir": stage.security_ir.down},
            "slow": "slow" in waiting,
            "throttled": waiting.get("throttle", 0),
            "lost": [system for system in _CREATIONS if f"lose-{system}" in waiting],
            "revoked": not stage.jira.valid_tokens,
            "notifications": stage.bells.way,
            "traps": [
                {"function": trap.function, "match": trap.match.pattern, "after": trap.after}
                for trap in stage.cloud.traffic.traps
            ],
            "passing_until": until,
            "mishap": mishap,
        }

    # Both systems

    def _server(self, given: Given) -> Any:
        servers = {"jira": self._stage.jira, "security-ir": self._stage.security_ir}
        return servers[given.text("system")]

    def _down(self, given: Given) -> Done:
        self._server(given).down = given.flag("on")
        return {"said": f"{given.text('system')} is {'down' if given.flag('on') else 'up again'}."}

    def _slow(self, given: Given) -> Done:
        if given.flag("on"):
            self._begin("slow", self._jira, self._jira.add(delay=_SLOW_SECONDS, times=None))
        else:
            self._end("slow")
        return {"said": f"Jira {'takes its time' if given.flag('on') else 'is as quick as before'}."}

    def _throttle(self, _: Given) -> Done:
        fault = self._jira.add(status=429, retry_after=_RETRY_AFTER, times=_THROTTLED_TIMES)
        self._begin("throttle", self._jira, fault)
        return {"said": f"Jira answers the next {_THROTTLED_TIMES} requests: 429, Retry-After {_RETRY_AFTER}."}

    def _lose_creation(self, given: Given) -> Done:
        system = given.text("system")
        faults: Faults = self._server(given).faults
        self._begin(f"lose-{system}", faults, faults.add(_CREATIONS[system], after=True, drop=True))
        return {"said": f"The next creation in {system} is carried out, and its answer is lost."}

    @property
    def _jira(self) -> Faults:
        return self._stage.jira.faults

    def _begin(self, name: str, faults: Faults, fault: Fault) -> None:
        with self._lock:
            self._end(name)
            self._faults[name] = faults, fault

    def _end(self, name: str) -> None:
        with self._lock:
            known = self._faults.pop(name, None)
        if known is not None:
            faults, fault = known
            faults.end(fault)

    # The token

    def _revoke_token(self, _: Given) -> Done:
        self._stage.jira.valid_tokens.clear()
        return {"said": "Jira knows the token no longer."}

    def _rotate_token(self, _: Given) -> Done:
        self._rotate()
        return {"said": "A new token is in Jira and in the parameter."}

    def _rotate(self) -> None:
        """As an administrator does: a new token in Jira, and its value in the parameter."""
        ssm, token = self._stage.cloud.boto3("ssm"), f"jira-token-{secrets.token_hex(4)}"
        pages = ssm.get_paginator("describe_parameters").paginate()
        named = [each["Name"] for page in pages for each in page["Parameters"] if each["Name"].endswith("jiraToken")]
        if not named:
            raise Refused(400, "The module is not applied yet.")
        valid = self._stage.jira.valid_tokens
        valid.add(token)
        valid.intersection_update({token})
        ssm.put_parameter(Name=named[0], Value=token, Type="SecureString", Overwrite=True)

    # On the way

    def _notifications(self, given: Given) -> Done:
        way = next((way for way in WAYS if way == given.text("way")), None)
        if way is None:
            raise Refused(400, f"Notifications are {', '.join(WAYS)}.")
        self._stage.bells.choose(way)
        return {"said": f"Notifications from now on: {way}."}

    def _kill(self, given: Given) -> Done:
        match = given.text("match") or ".*"
        try:
            re.compile(match)
        except re.error as error:
            raise Refused(400, f"{match} is no regular expression: {error}") from None
        self._stage.cloud.traffic.kill_at(given.text("function"), match, after=given.flag("after"))
        return {"said": f"{given.text('function')} dies at its next such request."}

    def _mend(self, _: Given) -> Done:
        """Everything; nobody can make a revoked token valid again, so that there is a new one then."""
        for server in (self._stage.jira, self._stage.security_ir):
            server.down = False
        with self._lock:
            for name in list(self._faults):
                self._end(name)
            self._mishap = ""
        self._stage.bells.choose("once")
        self._stage.cloud.traffic.clear()
        if self._stage.jira.valid_tokens:
            return {"said": "Everything works again."}
        if self._stage.outputs:
            self._rotate()
            return {"said": "Everything works again, with a new token in Jira and in the parameter."}
        # No function has read the parameter yet, which will hold this one.
        self._stage.jira.valid_tokens.add(self._stage.jira.token)
        return {"said": "Everything works again."}

    # Time

    def _sweep(self, given: Given) -> Done:
        which = given.text("which")
        if which not in ("case", "issue"):
            raise Refused(400, "A sweep is one of cases or of issues.")
        self._stage.cloud.sweep(f"{which}-sweep")
        return {"said": f"The {which} sweep runs."}

    def _pass(self, given: Given) -> Done:
        seconds = given.number("seconds", least=1.0, most=_LONGEST)
        if not self._stage.clock.virtual:
            raise Refused(400, "Time passes by itself here: it can be hurried in `make sandbox`, with a C compiler.")
        with self._lock:
            if self._until is not None:
                raise Refused(409, "Time is passing already.")
            self._until, self._mishap = self._stage.clock.time() + seconds, ""
            self._passing = threading.Thread(target=self._let_pass, args=(self._until,), name="passing", daemon=True)
            self._passing.start()
        return {"said": "Time passes."}

    def _let_pass(self, until: float) -> None:
        """In steps, so that the page's end need not wait for all of it; whatever falls due on the way is done."""
        try:
            while not self._over.is_set() and (left := until - self._stage.clock.time()) > 0:
                self._stage.cloud.advance(min(_STEP, left))
        except Exception as error:
            # Told on the page; the thread has nobody else.
            with self._lock:
                self._mishap = f"Time stopped: {error}"
        finally:
            with self._lock:
                self._until = None
