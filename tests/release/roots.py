"""Roots that use the module as people do, and what Terraform or OpenTofu says to them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from sandbox.terraform import program

WHO_AM_I = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/ada</Arn><UserId>ADA</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""


@contextmanager
def serving(files: Mapping[str, bytes]) -> Iterator[str]:
    """The files by their names, in whatever folder or bucket, and an STS that knows whoever asks."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(files.get(self.path.split("?")[0].rsplit("/", 1)[1]))

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(WHO_AM_I)

        def _answer(self, body: bytes | None) -> None:
            self.send_response(200 if body else 404)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


ROOT = """
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "any"
  secret_key                  = "any"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
}

variable "jira_token" {
  type      = string
  ephemeral = true
  sensitive = true
}

module "security_ir_jira" {
  source = "%s"

  jira_url         = "https://your-company.atlassian.net"
  jira_email       = "jira-bot@example.com"
  jira_project_key = "SEC"
  jira_token       = var.jira_token
  alarm_emails     = ["soc@example.com"]
}
"""


def terraform(root: Path, sts: str, path: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Terraform as a user has it, with this PATH and no variable of ours but where providers and AWS are."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("TF_CLI_CONFIG", "TF_PLUGIN_CACHE"))}
    told = {"PATH": path, "HOME": str(root), "AWS_ENDPOINT_URL_STS": sts, "TF_VAR_jira_token": "t"}
    return subprocess.run(
        [program(), f"-chdir={root}", *arguments, "-no-color"],
        env=told | kept,
        capture_output=True,
        text=True,
        check=False,
    )


def root_of(folder: Path, source: str) -> Path:
    folder.mkdir()
    (folder / "main.tf").write_text(ROOT % source)
    return folder
