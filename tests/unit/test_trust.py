"""One TLS context for all that a process talks to: right, and read once."""

from __future__ import annotations

import http.server
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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
