"""What an event costs whose connections were closed meanwhile: five new ones, against the same on open ones."""

from __future__ import annotations

import http.server
import os
import ssl
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import boto3

from security_ir_jira import trust
from security_ir_jira.shell.clients import prepare_boto3
from security_ir_jira.transfer import new_session
from tests.certificates import a_certificate, pack

CLIENTS = ("dynamodb", "events", "sqs", "security-ir")
ROUNDS = 20


class Yes(http.server.BaseHTTPRequestHandler):
    """Says yes to everything, and keeps the connection."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        pem, chain = a_certificate(Path(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Yes)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(chain)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
            os.environ.pop(name, None)
        os.environ[trust.CA_BUNDLE] = pack(pem)
        prepare_boto3()
        measure(f"https://127.0.0.1:{server.server_address[1]}")
        server.shutdown()


def measure(url: str) -> None:
    make: Any = boto3.client
    keys = {"aws_access_key_id": "bench", "aws_secret_access_key": "bench", "region_name": "eu-central-1"}
    ledger, bus, queues, cases = (make(service, endpoint_url=url, **keys) for service in CLIENTS)
    session = new_session()

    def event(often: int) -> float:
        began = time.thread_time()
        for _ in range(often):
            ledger.describe_table(TableName="ledger")
        for _ in range(min(often, 2)):
            session.get(url)
            cases.list_memberships()
        bus.put_events(Entries=[{"Source": "jira", "DetailType": "IssueUpdated", "Detail": "{}"}])
        queues.send_message(QueueUrl=f"{url}/queue", MessageBody="{}")
        return time.thread_time() - began

    def idled(often: int) -> float:
        for client in (ledger, bus, queues, cases):
            client._endpoint.http_session._manager.clear()
        session.close()
        return event(often)

    for name, often in (("one request a connection", 1), ("as many as a comment's delivery makes", 6)):
        event(often)
        busy = statistics.median(event(often) for _ in range(ROUNDS))
        idle = statistics.median(idled(often) for _ in range(ROUNDS))
        print(f"an event of {name}: {busy * 1000:.1f} ms busy, after idling {idle / busy:.1f} x")


if __name__ == "__main__":
    main()
