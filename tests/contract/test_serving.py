"""What all servers of the sandbox have in common: connections, and answers that are lost or torn."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator

import pytest
import requests
from werkzeug import Request, Response

from sandbox.jira import JiraServer
from sandbox.serving import LoopbackServer, Lost
from tests.contract.jira_support import Rest


def echo(request: Request) -> Response:
    if request.path == "/lost":
        raise Lost
    return Response(request.get_data() or b"nothing")


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    running = LoopbackServer(echo, "echo").start()
    yield running
    running.stop()


def ask(connection: http.client.HTTPConnection, path: str = "/", body: bytes | None = None) -> bytes:
    connection.request("POST" if body else "GET", path, body)
    return connection.getresponse().read()


def test_a_connection_is_kept_and_small_answers_do_not_wait(server: LoopbackServer) -> None:
    connection = http.client.HTTPConnection(server.address, timeout=5)
    ask(connection)
    used, started = connection.sock, time.monotonic()
    answers = {ask(connection, body=b"again") for _ in range(100)}

    assert answers == {b"again"}
    assert connection.sock is used
    # Nagle's algorithm would cost 40 ms each.
    assert time.monotonic() - started < 3.0


def test_an_idle_server_stops_at_once_and_hangs_up(server: LoopbackServer) -> None:
    connection = http.client.HTTPConnection(server.address, timeout=5)
    ask(connection)
    started = time.monotonic()
    server.stop()

    assert time.monotonic() - started < 4.0
    with pytest.raises(ConnectionError):
        ask(connection)


def test_a_lost_answer_ends_its_connection_only(server: LoopbackServer) -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        ask(http.client.HTTPConnection(server.address, timeout=5), "/lost")

    assert ask(http.client.HTTPConnection(server.address, timeout=5)) == b"nothing"


def test_half_of_a_body_is_not_answered_and_holds_up_nobody(server: LoopbackServer) -> None:
    half = http.client.HTTPConnection(server.address, timeout=5)
    half.putrequest("POST", "/")
    half.putheader("Content-Length", "10")
    half.endheaders(b"half")
    half.close()

    assert ask(http.client.HTTPConnection(server.address, timeout=5)) == b"nothing"


def test_a_file_of_jira_may_arrive_by_half_as_one_of_security_ir() -> None:
    with JiraServer() as jira:
        jira.add_project("SEC")
        person = jira.person(jira.integration)
        person.create_issue("SEC", "Odd login")
        path = f"/attachment/content/{person.attach('SEC-1', 'log.txt', b'0123456789').id}"
        jira.faults.add("GET /media/.*", after=True)

        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            Rest(jira).get(path)
        assert Rest(jira).get(path).content == b"0123456789"
        assert [request.status for request in jira.requests] == [303, None, 303, 200]
