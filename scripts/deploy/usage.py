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

Everything, click by click: docs/deploy-script.md
"""


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


def read(given: Sequence[str]) -> Wanted:
    """What is wanted. Exits where the line has no meaning, or help is asked for."""
    overview = _Parser(OVERVIEW, PROGRAM)
    if not given:
        overview.error("which integration? There is one: jira")
    if given[0] in ("-h", "--help"):
        overview.print_help()
        overview.exit(0)
    if given[0] != "jira":
        overview.error(f"{given[0]!r} is no integration. There is one: jira")
    parser = jira_parser()
    chosen, unknown = parser.parse_known_args(given[1:])
    if unknown:
        known = [option for action in parser._actions for option in action.option_strings]
        near = difflib.get_close_matches(unknown[0].partition("=")[0], known, 1)
        parser.error(f"{unknown[0].partition('=')[0]} is no option{f'; is {near[0]} meant?' if near else ''}")
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
        directory=chosen.directory.expanduser().absolute(),
        settings=chosen.settings.expanduser().absolute() if chosen.settings else None,
    )
