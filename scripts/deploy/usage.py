"""The command line: its help, and what is made of it."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

PROGRAM = "deploy-integrations-solution"
DIRECTORY = "~/security-ir-jira"
SETTINGS = "settings.tfvars"
LOG_LEVELS = ("info", "debug", "error")

OVERVIEW = f"""\
usage: {PROGRAM} [-h] {{jira}} ...

Deploys what keeps AWS Security Incident Response and another system in step.

integrations:
   jira           the cases and the issues of one Jira project; {PROGRAM} jira -h says more

options:
   -h, --help     show this help message and exit
"""

JIRA = f"""\
usage: {PROGRAM} jira [-h] --email EMAIL --url URL --token TOKEN
                                         --project-key PROJECT_KEY [--log-level {{info,debug,error}}]
                                         [--region REGION] [--check | --destroy] [--yes] [--no-check]
                                         [--directory DIRECTORY] [--settings FILE]

options:
   -h, --help     show this help message and exit
   --email EMAIL  Jira email
   --url URL      Jira URL
   --token TOKEN  Jira API token
   --project-key  Jira Project key
   --log-level    info,debug,error: Log level for Lambda functions

   --region       the AWS Region of your Security Incident Response membership; by default what AWS_REGION,
                  AWS_DEFAULT_REGION or your AWS profile says
   --check        only ask Jira whether everything is as the integration needs it, and suggest a status_mapping;
                  makes nothing, and needs neither AWS nor Terraform
   --destroy      take down what was deployed; cases and issues stay
   --yes          agree to everything beforehand, for where nobody can be asked
   --no-check     deploy without asking Jira first, for a machine that Jira does not let in
   --directory    folder with Terraform's working directory and state (default: {DIRECTORY});
                  a second run finds there what the first has made, so keep it, and give each deployment its own
   --settings     further inputs of the module, such as alarm_emails or status_mapping, one a line as in a .tfvars
                  file (default: the file of the last run, else {SETTINGS} in that folder); docs/configuration.md
                  lists them

The token is better not given by --token, which stays in your shell's history: without it, it is taken from the
environment variable JIRA_TOKEN, or asked for. Nothing writes it to a file, or to Terraform's state.

Jira's own webhooks: {PROGRAM} jira webhook -h

Everything, click by click: docs/deploy-script.md
"""


WEBHOOK = f"""\
usage: {PROGRAM} jira webhook [-h] (--register | --remove) --email EMAIL
                                         [--url URL] [--project-key PROJECT_KEY]
                                         [--webhook-url URL] [--secret-parameter NAME] [--region REGION]
                                         [--directory DIRECTORY] [--settings FILE]

Registers the address of a deployment with jira_webhook = {{ enabled = true }} as a webhook of the Jira site.

options:
   -h, --help          show this help message and exit
   --register          make the webhook, or set it right where it is there
   --remove            take it away; other webhooks are left alone
   --email             of a Jira administrator, whose API token is taken from JIRA_TOKEN or asked for
   --url               the Jira site's own address (default: the deployment's)
   --project-key       the project to be told of (default: the deployment's)
   --webhook-url       the module's output jira_webhook_url (default: what the deployment's Terraform says)
   --secret-parameter  name or ARN of the SSM parameter with the secret (default: as the module names it); it is read
                       by the AWS CLI with your own credentials
   --region            where that parameter is (default: the deployment's, else as your AWS profile says)
   --directory         folder of the deployment (default: {DIRECTORY})
   --settings          its settings (default: those of the last run)

Everything, click by click: docs/guide.md, "Jira's own webhooks"
"""


@dataclass(frozen=True, slots=True)
class WantedWebhook:
    """What was asked for after `jira webhook`, not looked at yet."""

    remove: bool
    email: str | None
    url: str | None
    project_key: str | None
    webhook_url: str | None
    secret_parameter: str | None
    region: str | None
    directory: Path
    settings: Path | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for on the command line, not looked at yet."""

    email: str | None
    url: str | None
    token: str | None = field(repr=False)
    project_key: str | None
    log_level: str | None
    region: str | None
    check: bool
    destroy: bool
    yes: bool
    no_check: bool
    directory: Path
    settings: Path | None


class _Parser(argparse.ArgumentParser):
    def __init__(self, text: str, program: str) -> None:
        super().__init__(prog=program, allow_abbrev=False)
        self._text = text

    def format_help(self) -> str:
        return self._text

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\nMore: {self.prog} -h\n")


def jira_parser() -> argparse.ArgumentParser:
    """What follows the word `jira`."""
    parser = _Parser(JIRA, f"{PROGRAM} jira")
    for option in ("--email", "--url", "--token", "--project-key", "--region"):
        parser.add_argument(option)
    parser.add_argument("--log-level")
    parser.add_argument("--directory", type=Path, default=Path(DIRECTORY))
    parser.add_argument("--settings", type=Path)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true")
    what.add_argument("--destroy", action="store_true")
    parser.add_argument("--yes", action="store_true")
    parser.add_argument("--no-check", action="store_true")
    return parser


def webhook_parser() -> argparse.ArgumentParser:
    """What follows the words `jira webhook`."""
    parser = _Parser(WEBHOOK, f"{PROGRAM} jira webhook")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--register", action="store_true")
    what.add_argument("--remove", action="store_true")
    for option in ("--email", "--url", "--project-key", "--webhook-url", "--secret-parameter", "--region"):
        parser.add_argument(option)
    parser.add_argument("--directory", type=Path, default=Path(DIRECTORY))
    parser.add_argument("--settings", type=Path)
    return parser


def read(given: Sequence[str]) -> Wanted | WantedWebhook:
    """What is wanted. Exits where the line has no meaning, or help is asked for."""
    overview = _Parser(OVERVIEW, PROGRAM)
    if not given:
        overview.error("which integration? There is one: jira")
    if given[0] in ("-h", "--help"):
        overview.print_help()
        overview.exit(0)
    if given[0] != "jira":
        overview.error(f"{given[0]!r} is no integration. There is one: jira")
    if given[1:2] == ["webhook"]:
        return _read_webhook(given[2:])
    parser = jira_parser()
    chosen = _parsed(parser, given[1:])
    if chosen.check and chosen.no_check:
        parser.error("--check and --no-check contradict each other: leave one out")
    return Wanted(
        email=chosen.email,
        url=chosen.url,
        token=chosen.token,
        project_key=chosen.project_key,
        log_level=chosen.log_level,
        region=chosen.region,
        check=chosen.check,
        destroy=chosen.destroy,
        yes=chosen.yes,
        no_check=chosen.no_check,
        directory=_absolute(chosen.directory),
        settings=_absolute(chosen.settings) if chosen.settings else None,
    )


def _read_webhook(given: Sequence[str]) -> WantedWebhook:
    chosen = _parsed(webhook_parser(), given)
    return WantedWebhook(
        remove=chosen.remove,
        email=chosen.email,
        url=chosen.url,
        project_key=chosen.project_key,
        webhook_url=chosen.webhook_url,
        secret_parameter=chosen.secret_parameter,
        region=chosen.region,
        directory=_absolute(chosen.directory),
        settings=_absolute(chosen.settings) if chosen.settings else None,
    )


def _parsed(parser: argparse.ArgumentParser, given: Sequence[str]) -> argparse.Namespace:
    chosen, unknown = parser.parse_known_args(given)
    if unknown:
        known = [option for action in parser._actions for option in action.option_strings]
        near = difflib.get_close_matches(unknown[0].partition("=")[0], known, 1)
        parser.error(f"{unknown[0].partition('=')[0]} is no option{f'; is {near[0]} meant?' if near else ''}")
    return chosen


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()
