"""One TLS context for all that a process talks to: right, and read once."""

from __future__ import annotations

import http.server
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

import boto3
import botocore.httpsession
import certifi
import pytest
import requests
from botocore.config import Config

from security_ir_jira import trust
from security_ir_jira.transfer import new_session
from tests.certificates import a_certificate, pack


class Answer(http.server.BaseHTTPRequestHandler):
    """Says yes to everything, and hangs up."""

    connection: ssl.SSLSocket
    resumed: ClassVar[list[bool]] = []
    """Of each connection, whether it took up an earlier session."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer()

    def _answer(self) -> None:
        self.resumed.append(bool(self.connection.session_reused))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    return a_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def url(certificate: tuple[str, Path]) -> Iterator[str]:
    with serving(certificate[1]) as url:
        yield url


@contextmanager
def serving(chain: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(chain)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The files of roots that were read since."""
    files: list[str] = []
    load = ssl.SSLContext.load_verify_locations

    def noting(self: ssl.SSLContext, cafile: Any = None, capath: Any = None, cadata: Any = None) -> None:
        files.append(cafile)
        load(self, cafile, capath, cadata)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", noting)
    monkeypatch.setattr(botocore.httpsession, "create_urllib3_context", trust._new_context)
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    trust.context.cache_clear()
    yield files
    trust.context.cache_clear()


def a_client(service: str, url: str) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]  # any service
        region_name="eu-west-1",
        endpoint_url=url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1}),
    )


def test_roots_are_read_once_for_all_connections_of_all_clients(
    url: str, certificate: tuple[str, Path], read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(trust.CA_BUNDLE, pack(certificate[0]))
    trust.share_with_boto3()
    table, bus, session = a_client("dynamodb", url), a_client("events", url), new_session()
    for _ in range(3):
        table.describe_table(TableName="ledger")
        bus.put_events(Entries=[{"Source": "jira", "DetailType": "IssueUpdated", "Detail": "{}"}])
        assert session.get(url).status_code == 200
        assert new_session().get(url).status_code == 200
    assert [Path(file).name for file in read if file] == [Path(certifi.where()).name]


def test_a_host_that_is_known_already_is_taken_at_its_word(
    url: str, certificate: tuple[str, Path], read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(trust.CA_BUNDLE, pack(certificate[0]))
    trust.share_with_boto3()
    Answer.resumed.clear()
    table, session = a_client("dynamodb", url), new_session()
    for _ in range(2):
        table.describe_table(TableName="ledger")
        session.get(url)
    assert Answer.resumed == [False, True, True, True]


def test_a_host_that_forgot_a_session_is_connected_to_all_the_same(
    certificate: tuple[str, Path], read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(trust.CA_BUNDLE, pack(certificate[0]))
    Answer.resumed.clear()
    session = new_session()
    for _ in range(2):
        with serving(certificate[1]) as url:
            assert session.get(url).status_code == 200
    assert Answer.resumed == [False, False]


def offers_a_session(hello: bytes) -> bool:
    """Whether a ClientHello holds the extension pre_shared_key: https://www.rfc-editor.org/rfc/rfc8446#section-4.1.2"""
    place = 5 + 4 + 2 + 32  # record, handshake, version, random
    place += 1 + hello[place]  # session id
    place += 2 + int.from_bytes(hello[place : place + 2])  # cipher suites
    place += 1 + hello[place]  # compression
    end = place + 2 + int.from_bytes(hello[place : place + 2])
    place += 2
    while place < end:
        if int.from_bytes(hello[place : place + 2]) == 41:
            return True
        place += 4 + int.from_bytes(hello[place + 2 : place + 4])
    return False


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does something of its own with every connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        answer(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_session_that_a_proxy_chokes_on_costs_one_connection(
    certificate: tuple[str, Path], read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(trust.CA_BUNDLE, pack(certificate[0]))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate[1])

    def answer(connection: socket.socket) -> None:
        if offers_a_session(connection.recv(4096, socket.MSG_PEEK)):
            reset(connection)
            return
        with tls.wrap_socket(connection, server_side=True) as secured:
            secured.recv(4096)
            secured.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    went = []
    with listening(answer) as url:
        for _ in range(4):
            try:
                went.append(new_session().get(url, timeout=5).status_code)
            except requests.exceptions.ConnectionError:
                went.append(0)
    assert went == [200, 0, 200, 0]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda connection: None, requests.exceptions.ConnectionError),
        (reset, requests.exceptions.ConnectionError),
        (lambda connection: connection.sendall(b"HTTP/1.1 400 No TLS\r\n\r\n"), requests.exceptions.SSLError),
    ],
    ids=["hangs up", "resets", "speaks no TLS"],
)
def test_a_handshake_that_fails_is_said_as_everybody_says_it(
    answer: Callable[[socket.socket], None], said: type[Exception], read: list[str]
) -> None:
    def after_the_hello(connection: socket.socket) -> None:
        connection.recv(4096)
        answer(connection)

    trust.share_with_boto3()
    with listening(after_the_hello) as url:
        with pytest.raises(said):
            new_session().get(url, timeout=5)
        with pytest.raises((botocore.exceptions.ConnectionClosedError, botocore.exceptions.SSLError)):
            a_client("dynamodb", url).describe_table(TableName="ledger")


def test_whom_nobody_vouches_for_is_not_trusted(url: str, read: list[str]) -> None:
    trust.share_with_boto3()
    with pytest.raises(requests.exceptions.SSLError):
        new_session().get(url)
    with pytest.raises(botocore.exceptions.SSLError):
        a_client("dynamodb", url).describe_table(TableName="ledger")


def test_a_certificate_for_another_host_is_not_trusted(
    url: str, certificate: tuple[str, Path], read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(trust.CA_BUNDLE, pack(certificate[0]))
    trust.share_with_boto3()
    with pytest.raises(requests.exceptions.SSLError):
        new_session().get(url.replace("127.0.0.1", "localhost"))


@pytest.mark.parametrize(
    "bundle", ["no base64", pack("no certificate"), pack("")], ids=["no base64", "no certificate", "nothing"]
)
def test_a_bundle_without_certificates_is_named(bundle: str, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(trust.CA_BUNDLE, bundle)
    with pytest.raises(ValueError, match="aws_ca_bundle holds no certificates"):
        trust.context()
