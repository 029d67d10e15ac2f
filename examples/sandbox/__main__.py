"""``python -m sandbox``: start the sandbox, play the demonstration or wait, and end with what was found."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import dashboard
from .cloud.clock import can_jump
from .page import Page
from .scenario import OutOfStep, Scenario
from .stage import Elsewhere, Settings, Stage
from .terraform import TerraformFailed
from .transcript import Transcript

DASHBOARD = Path(__file__).resolve().parents[2] / ".cache" / "dashboard.html"
CONTRACTS = Path(__file__).resolve().parents[3] / "shared" / "contracts"


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument(
        "--runtime-python", type=Path, required=True, help="Python of a venv with awslambdaric and boto3"
    )
    parser.add_argument("--packages", type=Path, required=True, help="folder of the functions' zips")
    parser.add_argument(
        "--no-scenario", action="store_true", help="wait for input instead of playing the demonstration"
    )
    parser.add_argument("--project", default="SEC", help="key of the Jira project (default: SEC)")
    parser.add_argument(
        "--jira-url", help="use this Jira instead of the sandbox's own; the API token is JIRA_TOKEN's, or asked for"
    )
    parser.add_argument("--jira-email", default="", help="e-mail address that signs in there")
    parser.add_argument("--security-ir-url", help="use this security-ir server instead of the sandbox's own")
    parser.add_argument(
        "--dashboard", type=Path, default=DASHBOARD, help="where to draw the dashboard (default: %(default)s)"
    )
    return parser.parse_args(given)


def jira_token(url: str) -> str:
    """The API token for that Jira: never an argument, which every user of the machine could read."""
    token = os.environ.get("JIRA_TOKEN", "")
    if not token and sys.stdin.isatty():
        token = getpass.getpass(f"API token for {url}: ")
    if not token:
        sys.exit("--jira-url needs an API token: set JIRA_TOKEN, or run this in a terminal to be asked")
    return token


def main() -> int:
    # No credentials of this machine are of use here: nothing asks EC2 for any.
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    chosen, transcript = arguments(), Transcript()
    token = jira_token(chosen.jira_url) if chosen.jira_url else ""
    elsewhere = Elsewhere(chosen.jira_url, chosen.jira_email, token, chosen.security_ir_url)
    own_servers = elsewhere.jira_url is None and elsewhere.security_ir_url is None
    settings = Settings(
        packages=chosen.packages.resolve(),
        runtime_python=chosen.runtime_python.absolute(),
        contract=CONTRACTS if CONTRACTS.is_dir() else None,
        project=chosen.project,
        elsewhere=elsewhere,
        # Somebody who plays may let hours pass; the demonstration takes the time it takes.
        virtual=chosen.no_scenario and own_servers and can_jump(),
        module={"jira_auth": "bearer"} if elsewhere.jira_url and not elsewhere.jira_email else {},
    )
    try:
        with Stage(settings, transcript.note) as stage, _page(stage, transcript, shown=own_servers) as page:
            transcript.note("The local AWS is up; Terraform applies the module (about a minute)")
            with transcript.waiting("Terraform applies the module"):
                stage.raise_curtain()
            stage.cloud.start()
            transcript.note(f"The dashboard is drawn every ten seconds: {chosen.dashboard.resolve().as_uri()}")
            with dashboard.drawn(stage.cloud, str(stage.outputs["dashboard_url"]).rpartition("/")[2], chosen.dashboard):
                if chosen.no_scenario or not own_servers:
                    _wait(stage, transcript, page)
                else:
                    Scenario(stage, transcript).play()
    except (OutOfStep, TimeoutError, TerraformFailed) as failure:
        transcript.note(f"FAILED: {failure}")
        return 1
    except KeyboardInterrupt:
        transcript.note("Ended.")
    return 0


@contextmanager
def _page(stage: Stage, transcript: Transcript, *, shown: bool) -> Iterator[str | None]:
    """The address of the page of both sides; there is none where one of them is elsewhere, out of sight."""
    if not shown:
        transcript.note("No page: one side is elsewhere, where nobody can look into it.")
        yield None
        return
    with Page(stage) as page:
        transcript.apart(f"Both sides and what flows between, live: {page.url}")
        yield page.url


def _wait(stage: Stage, transcript: Transcript, page: str | None) -> None:
    transcript.note(f"AWS          {stage.cloud.url}   (region {stage.cloud.region}, any credentials)")
    # How to sign in elsewhere, whoever gave that address knows.
    own = "" if stage.settings.elsewhere.jira_url else f"   ({stage.jira.email} / {stage.jira.token})"
    transcript.note(f"Jira         {stage.jira_url}{own}")
    transcript.note(f"security-ir  {stage.security_ir_url}")
    for name, value in stage.outputs.items():
        transcript.note(f"output {name} = {value}")
    if page is not None:
        transcript.apart(f"The page     {page}")
    transcript.note("Ctrl-C ends it.")
    threading.Event().wait()


if __name__ == "__main__":
    sys.exit(main())
