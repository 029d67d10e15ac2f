"""Where the token comes from. It is passed on to Jira and to Terraform's environment, and to nothing else."""

from __future__ import annotations

import getpass
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .talk import Stop, say, somebody_is_here

VARIABLE = "JIRA_TOKEN"
FOR_TERRAFORM = "TF_VAR_jira_token"
WHERE = "https://id.atlassian.com/manage-profile/security/api-tokens"


@dataclass(frozen=True, slots=True)
class Token:
    """An API token, which no message and no traceback shows."""

    value: str = field(repr=False)


def token(given: str | None, environment: Mapping[str, str]) -> Token:
    """From ``--token``, from ``JIRA_TOKEN``, or typed without being shown. Raises ``Stop``."""
    if given is not None:
        say(
            "warning: a token given by --token stays in your shell's history, and others on this machine can read it "
            f"while the command runs. Next time: read -rs {VARIABLE}; export {VARIABLE}. Or leave it out, to be asked."
        )
        return _checked(given, "--token")
    if environment.get(VARIABLE):
        return _checked(environment[VARIABLE], VARIABLE)
    if not somebody_is_here():
        raise Stop(f"The Jira API token is missing, and nobody is here to be asked for it: export {VARIABLE}=…")
    try:
        return _checked(getpass.getpass("Jira API token (it is not shown): "), "The token")
    except EOFError:
        raise Stop(f"The Jira API token is missing: make one at {WHERE}") from None


def _checked(value: str, source: str) -> Token:
    """Without blanks around it, such as the line end that a file has. No message quotes it."""
    value = value.strip()
    if not value:
        raise Stop(f"{source}: the token is empty; make one at {WHERE}")
    if re.fullmatch(r"<.*>|…", value):
        raise Stop(f"{source}: that is a placeholder; make a token at {WHERE}")
    if re.search(r"\s", value) or not value.isprintable() or not value.isascii():
        raise Stop(f"{source}: a token has no blanks or line ends within it: was something else copied along?")
    return Token(value)


def without(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment for other processes, without the token."""
    return {name: value for name, value in environment.items() if name not in (VARIABLE, FOR_TERRAFORM)}
