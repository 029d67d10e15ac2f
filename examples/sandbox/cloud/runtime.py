"""One warm Lambda execution environment: a process of the real runtime client, fed through the Runtime API.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from werkzeug import Request, Response

from sandbox.serving import LoopbackServer, Lost

# Real Lambda allows 10 s before it starts over; a busy laptop that compiles the modules anew needs more.
INIT_SECONDS = 60.0

_PATH = re.compile(r"/2018-06-01/runtime/(?:invocation/[^/]+/)?(?P<what>response|error|init/error)")
_Kind = Literal["taken", "response", "error", "init", "exit"]
_KINDS: dict[str, _Kind] = {"response": "response", "error": "error", "init/error": "init"}


@dataclass(frozen=True, slots=True)
class Invocation:
    """What a function is asked, how many seconds it has, and the clock (seconds since the epoch) they count in."""

    request_id: str
    payload: bytes
    function_arn: str
    timeout: float
    clock: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an invocation has no answer: ``Sandbox.Timedout``, ``Runtime.ExitError`` or the exception's own type."""

    type: str
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The function's answer (JSON text), or why there is none. `seconds` it took, `init_seconds` of a cold start."""

    answer: bytes
    failure: Failure | None
    seconds: float
    init_seconds: float | None
    memory_mb: int


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start a process: its command, directory and whole environment, and who takes its lines of output."""

    command: list[str]
    directory: Path
    environment: Mapping[str, str]
    on_line: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _News:
    kind: _Kind
    body: bytes = b""


@dataclass(slots=True)
class _Api:
    """What the process and its keeper tell each other."""

    tasks: queue.SimpleQueue[Invocation | None] = field(default_factory=queue.SimpleQueue)
    news: queue.SimpleQueue[_News] = field(default_factory=queue.SimpleQueue)


class RuntimeProcess:
    """A process that handles one invocation after another until it fails, times out or is killed."""

    def __init__(self, launch: Launch) -> None:
        self._api = _Api()
        self._server = _ApiServer(self._api)
        self._process = subprocess.Popen(
            launch.command,
            cwd=launch.directory,
            env={**launch.environment, "AWS_LAMBDA_RUNTIME_API": self._server.address},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._output = _Output(self._process, launch.on_line, lambda: self._api.news.put(_News("exit")))
        self._started = time.monotonic()
        self._fresh = True

    @property
    def alive(self) -> bool:
        """Whether it can take another invocation."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def invoke(self, invocation: Invocation) -> Outcome:
        """Run one invocation to its end; a process that failed to answer is dead afterwards."""
        init_seconds: float | None = None
        began = time.monotonic()
        limit = INIT_SECONDS if self._fresh else invocation.timeout
        self._api.tasks.put(invocation)
        while True:
            try:
                news = self._api.news.get(timeout=max(0.0, began + limit - time.monotonic()))
            except queue.Empty:
                return self._timed_out(began, limit, init_seconds)
            if news.kind == "taken":
                if self._fresh:
                    init_seconds = time.monotonic() - self._started
                    self._fresh = False
                began, limit = time.monotonic(), invocation.timeout
                continue
            memory = self._memory_mb()
            failure = None if news.kind == "response" else self._failure(news)
            if news.kind in ("init", "exit"):
                self.kill()
            self._output.drain()
            return Outcome(news.body, failure, time.monotonic() - began, init_seconds, memory)

    def kill(self) -> None:
        """End the process and everything it started, at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        """Kill the process and free its port."""
        self.kill()
        self._server.close()
        self._output.close()

    def _timed_out(self, began: float, limit: float, init_seconds: float | None) -> Outcome:
        memory = self._memory_mb()
        self.kill()
        self._output.drain()
        what = "Sandbox.InitTimedout" if self._fresh else "Sandbox.Timedout"
        failure = Failure(what, f"Task timed out after {limit:.2f} seconds")
        return Outcome(b"", failure, time.monotonic() - began, init_seconds, memory)

    def _failure(self, news: _News) -> Failure:
        if news.kind == "exit":
            status = self._process.wait()
            how = f"signal: {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
            return Failure("Runtime.ExitError", f"Runtime exited with error: {how}")
        try:
            error = json.loads(news.body)
            return Failure(str(error.get("errorType", "")), str(error.get("errorMessage", "")))
        except (ValueError, AttributeError):
            return Failure("Runtime.Unknown", news.body.decode(errors="replace"))

    def _memory_mb(self) -> int:
        """Peak resident memory in MB; 0 where the system does not tell."""
        with contextlib.suppress(OSError):
            status = Path(f"/proc/{self._process.pid}/status").read_text()
            found = re.search(r"VmHWM:\s+(\d+) kB", status)
            return int(found.group(1)) // 1024 if found else 0
        return 0


class _Output:
    """Reads a process's output line by line, in its own thread."""

    def __init__(self, process: subprocess.Popen[bytes], on_line: Callable[[str], None], on_end: Callable[[], None]):
        assert process.stdout is not None
        self._pipe = process.stdout
        self._on_line = on_line
        self._on_end = on_end
        self._rest = b""
        self._ended = False
        self._reading = threading.Lock()
        os.set_blocking(self._pipe.fileno(), False)
        self._thread = threading.Thread(target=self._follow, name="runtime-output", daemon=True)
        self._thread.start()

    def drain(self) -> None:
        """Take in all that has been written so far: an answer overtakes the lines printed before it."""
        with self._reading:
            self._take()

    def close(self) -> None:
        """Wait for the end of the output."""
        self._thread.join()
        self._pipe.close()

    def _follow(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._pipe, selectors.EVENT_READ)
            while not self._ended:
                selector.select()
                with self._reading:
                    self._take()
        self._on_end()

    def _take(self) -> None:
        while not self._ended:
            try:
                read = os.read(self._pipe.fileno(), 65_536)
            except BlockingIOError:
                return
            self._ended = not read
            *lines, self._rest = (self._rest + read).split(b"\n")
            if self._ended and self._rest:
                lines, self._rest = [*lines, self._rest], b""
            for line in lines:
                # The runtime client separates the lines of one record by carriage returns.
                self._on_line(line.decode(errors="replace").replace("\r", "\n").rstrip("\n"))


class _ApiServer:
    """Answers one process on a loopback port of its own: nothing in a request tells who asks."""

    def __init__(self, api: _Api) -> None:
        self._api = api
        self._http = LoopbackServer(self._respond, "runtime-api").start()
        self.address = self._http.address

    def close(self) -> None:
        self._api.tasks.put(None)
        self._http.stop()

    def _respond(self, http: Request) -> Response:
        if (http.method, http.path) == ("GET", "/2018-06-01/runtime/invocation/next"):
            return self._next()
        found = _PATH.fullmatch(http.path)
        if http.method != "POST" or found is None:
            return Response(status=404)
        self._api.news.put(_News(_KINDS[found["what"]], http.get_data()))
        return Response(status=202)

    def _next(self) -> Response:
        task = self._api.tasks.get()
        if task is None:
            raise Lost
        self._api.news.put(_News("taken"))
        headers = {
            "Lambda-Runtime-Aws-Request-Id": task.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((task.clock() + task.timeout) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": task.function_arn,
        }
        return Response(task.payload, headers=headers, content_type="application/json")
