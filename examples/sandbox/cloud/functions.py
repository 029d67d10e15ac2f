"""The account's functions: their code unpacked, their warm processes, their logs."""

from __future__ import annotations

import base64
import functools
import hashlib
import io
import json
import os
import socket
import tempfile
import threading
import uuid
import zipfile
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import askers
from .backends import ACCOUNT_ID, Backends, LambdaFunction
from .clock import Clock
from .runs import Exchange, Run
from .runtime import Failure, Invocation, Launch, Outcome, RuntimeProcess

# (function name, action, resource ARN): a call Lambda makes with the function's role.
Acted = Callable[[str, str, str], None]
# Runs that are remembered, the latest.
_RUNS = 400


class UnknownFunction(LookupError):
    """No function of that name exists in this cloud."""


class NoRuntime(RuntimeError):
    """A function was to run, and `Cloud` was not given a Python that holds awslambdaric and boto3."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What every function's process gets: the interpreter, the endpoint, and further environment variables."""

    python: Path | None
    endpoint_url: str
    region: str
    environment: dict[str, str]


@dataclass(slots=True)
class _Warm:
    process: RuntimeProcess
    fingerprint: str
    token: str
    log_stream: str
    run: Run | None = None


@dataclass(frozen=True, slots=True)
class Asker:
    """A function's process that has connected to some server."""

    function: str
    _warm: _Warm

    def tell(self, exchange: Exchange) -> None:
        """Note what its present run asked."""
        if self._warm.run is not None:
            self._warm.run.exchanges.append(exchange)

    def kill(self) -> None:
        """End the process at once."""
        self._warm.process.kill()


@dataclass(frozen=True, slots=True)
class _Code:
    fingerprint: str
    name: str
    arn: str
    handler: str
    timeout: float
    memory_mb: int
    task: Path
    environment: dict[str, str]
    log_group: str


class Functions:
    """Runs functions from their real zips; a process is kept warm and reused while its configuration is unchanged.

    `invoke` may be called from several threads at once, each call gets a process of its own. Nothing here may be
    called with `turn` held, except `kill`, `caller` and `runs`.
    """

    def __init__(
        self, backends: Backends, clock: Clock, turn: threading.Condition, settings: Settings, acted: Acted
    ) -> None:
        self._backends = backends
        self._clock = clock
        self._turn = turn
        self._settings = settings
        self._acted = acted
        self._directory = tempfile.TemporaryDirectory(prefix="sandbox-functions-")
        self._idle: dict[str, list[_Warm]] = defaultdict(list)
        self._busy: dict[str, list[_Warm]] = defaultdict(list)
        self._lines: dict[str, list[str]] = defaultdict(list)
        self._runs: deque[Run] = deque(maxlen=_RUNS)
        self._streams: dict[str, Run] = {}
        self._active = 0
        self._closed = False

    def invoke(self, name: str, payload: bytes) -> Outcome:
        """Run one invocation of the function `name`. Raises `UnknownFunction`, `NoRuntime`."""
        with self._turn:
            self._active += 1
        try:
            return self._invoke(name, payload)
        finally:
            with self._turn:
                self._active -= 1
                self._turn.notify_all()

    @property
    def active(self) -> int:
        """How many invocations are under way, cold starts included."""
        return self._active

    def _invoke(self, name: str, payload: bytes) -> Outcome:
        code = self._code(name)
        warm = self._take(code)
        request_id = str(uuid.uuid4())
        invocation = Invocation(request_id, payload, code.arn, code.timeout, self._clock.time)
        run = self._begin(name, warm, invocation)
        self._log(code, warm.log_stream, f"START RequestId: {request_id} Version: $LATEST")
        try:
            outcome = warm.process.invoke(invocation)
            self._report(code, warm, request_id, outcome)
            run.outcome = outcome
            return outcome
        finally:
            self._give_back(code, warm)

    def _begin(self, name: str, warm: _Warm, invocation: Invocation) -> Run:
        run = Run(invocation.request_id, name, self._clock.time(), invocation.payload)
        with self._turn:
            self._runs.append(run)
            warm.run = self._streams[warm.log_stream] = run
        return run

    def runs(self) -> list[Run]:
        """The latest runs, oldest first; those under way among them."""
        return list(self._runs)

    def asker_in_session(self, token: str) -> Asker | None:
        """The function whose process signs with this session token."""
        with self._turn:
            busy = ((name, warm) for name, some in self._busy.items() for warm in some)
            found = next(((name, warm) for name, warm in busy if token and warm.token == token), None)
        return Asker(*found) if found else None

    def asker(self, connection: socket.socket) -> Asker | None:
        """The function whose process opened this connection; None for anybody else."""
        with self._turn:
            busy = {warm.process.pid: (name, warm) for name, some in self._busy.items() for warm in some}
        found = busy.get(askers.owner(connection, busy) or 0)
        return Asker(*found) if found else None

    def logs(self, name: str) -> list[str]:
        """Every line the function wrote, with Lambda's own START, END and REPORT lines, oldest first."""
        return list(self._lines[name])

    def reset(self, name: str) -> None:
        """Kill the function's idle processes: its next invocation is a cold start."""
        with self._turn:
            idle = self._idle.pop(name, [])
        for warm in idle:
            warm.process.close()

    def caller(self, access_key_id: str) -> str | None:
        """The function whose processes sign with this key id."""
        names = (function.function_name for function in self._backends.functions.list_functions())
        return next((name for name in names if access_key(name) == access_key_id), None)

    def close(self) -> None:
        """End every process and remove the unpacked code; invocations under way fail."""
        with self._turn:
            self._closed = True
            running = [warm for some in self._busy.values() for warm in some]
        for warm in running:
            warm.process.kill()
        with self._turn:
            self._turn.wait_for(lambda: not any(self._busy.values()))
            idle = [warm for some in self._idle.values() for warm in some]
            self._idle.clear()
        for warm in idle:
            warm.process.close()
        self._directory.cleanup()

    def _take(self, code: _Code) -> _Warm:
        with self._turn:
            idle, self._idle[code.name] = self._idle[code.name], []
            fitting = [w for w in idle if w.fingerprint == code.fingerprint and w.process.alive]
            stale = [w for w in idle if w not in fitting]
            self._idle[code.name] = fitting[:-1]
        for warm in stale:
            warm.process.close()
        # The one used last, as Lambda does: the others may be let go.
        chosen = fitting[-1] if fitting else self._start(code)
        with self._turn:
            if not self._closed:
                self._busy[code.name].append(chosen)
                return chosen
        chosen.process.close()
        raise NoRuntime("the cloud has stopped")

    def _give_back(self, code: _Code, warm: _Warm) -> None:
        with self._turn:
            self._busy[code.name].remove(warm)
            keep = warm.process.alive and not self._closed
            if keep:
                self._idle[code.name].append(warm)
            else:
                self._streams.pop(warm.log_stream, None)
            self._turn.notify_all()
        if not keep:
            warm.process.close()

    def _start(self, code: _Code) -> _Warm:
        python = self._settings.python
        if python is None or not python.exists():
            raise NoRuntime(f"functions run under Cloud(runtime_python=…), which is {python}")
        token = uuid.uuid4().hex
        stream = f"sandbox/[$LATEST]{token}"
        scratch = Path(tempfile.mkdtemp(prefix="tmp-", dir=self._directory.name))
        launch = Launch(
            command=[str(python.absolute()), "-s", "-m", "awslambdaric", code.handler],
            directory=code.task,
            environment=self._environment(code, token, stream, scratch),
            on_line=lambda line: self._log(code, stream, line),
        )
        return _Warm(RuntimeProcess(launch), code.fingerprint, token, stream)

    def _environment(self, code: _Code, token: str, stream: str, scratch: Path) -> dict[str, str]:
        """https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, and where the services are."""
        region = self._settings.region
        return {
            "PATH": os.defpath,
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "HOME": str(scratch),
            "TMPDIR": str(scratch),
            "PYTHONPATH": str(code.task),
            "PYTHONPYCACHEPREFIX": str(Path(self._directory.name) / "pycache"),
            "LAMBDA_TASK_ROOT": str(code.task),
            "_HANDLER": code.handler,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3",
            "AWS_LAMBDA_FUNCTION_NAME": code.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(code.memory_mb),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": code.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": stream,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_ACCESS_KEY_ID": access_key(code.name),
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_SESSION_TOKEN": token,
            "AWS_ENDPOINT_URL": self._settings.endpoint_url,
            "AWS_EC2_METADATA_DISABLED": "true",
            **self._settings.environment,
            **self._clock.environment(),
            **code.environment,
        }

    def _code(self, name: str) -> _Code:
        with self._turn:
            function = self._backends.function(name)
            if function is None:
                raise UnknownFunction(name)
            task = self._unpacked(function)
            logging: dict[str, Any] = function.get_configuration()["LoggingConfig"]
            environment = {key: str(value) for key, value in function.environment_vars.items()}
            if logging["LogFormat"] == "JSON":
                environment["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
                environment["AWS_LAMBDA_LOG_LEVEL"] = logging.get("ApplicationLogLevel", "INFO")
            what = [function.code_sha_256, function.handler, function.timeout, function.memory_size, environment]
            return _Code(
                fingerprint=json.dumps(what, sort_keys=True),
                name=name,
                arn=function.function_arn,
                handler=str(function.handler),
                timeout=float(function.timeout),
                memory_mb=int(function.memory_size),
                task=task,
                environment=environment,
                log_group=logging["LogGroup"],
            )

    def _unpacked(self, function: LambdaFunction) -> Path:
        digest = base64.b64decode(function.code_sha_256).hex()
        task = Path(self._directory.name) / f"task-{digest[:16]}"
        if not task.exists():
            with zipfile.ZipFile(io.BytesIO(function.code_bytes)) as archive:
                archive.extractall(task)
        return task

    def _report(self, code: _Code, warm: _Warm, request_id: str, outcome: Outcome) -> None:
        if outcome.failure and outcome.failure.type.startswith(("Sandbox.", "Runtime.")):
            self._log(code, warm.log_stream, _platform_line(request_id, outcome.failure))
        self._log(code, warm.log_stream, f"END RequestId: {request_id}")
        init = "" if outcome.init_seconds is None else f"\tInit Duration: {outcome.init_seconds * 1000:.2f} ms"
        self._log(
            code,
            warm.log_stream,
            f"REPORT RequestId: {request_id}\tDuration: {outcome.seconds * 1000:.2f} ms\t"
            f"Memory Size: {code.memory_mb} MB\tMax Memory Used: {outcome.memory_mb} MB{init}",
        )

    def _log(self, code: _Code, stream: str, line: str) -> None:
        with self._turn:
            self._lines[code.name].append(line)
            if stream in self._streams:
                self._streams[stream].lines.append(line)
            logs = self._backends.logs
            group = logs.groups.get(code.log_group)
            if group is None:
                return
            # A role may write to a group's streams, each of which has a name of its own.
            resource = f"{group.arn}:log-stream:{stream}"
            if stream not in group.streams:
                self._acted(code.name, "logs:CreateLogStream", resource)
                logs.create_log_stream(code.log_group, stream)
                self._acted(code.name, "logs:PutLogEvents", resource)
            event = {"timestamp": int(self._clock.time() * 1000), "message": line}
            logs.put_log_events(code.log_group, stream, [event])


@functools.lru_cache
def access_key(function: str) -> str:
    """The access key id the processes of one function sign with: 20 characters, as a temporary key has."""
    digest = hashlib.sha256(f"{ACCOUNT_ID}/{function}".encode()).digest()
    return "ASIA" + base64.b32encode(digest).decode()[:16]


def _platform_line(request_id: str, failure: Failure) -> str:
    return f"{request_id} {failure.type}: {failure.message}"
