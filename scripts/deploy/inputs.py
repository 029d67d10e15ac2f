"""The options' values: what cannot be right is said before anything is started, with the option and the remedy."""

from __future__ import annotations

import configparser
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from .talk import Stop
from .usage import LOG_LEVELS, Wanted

Check = Callable[[str], str]
_LOOPBACK = re.compile(r"localhost|127(\.[0-9]{1,3}){3}|::1")
_GATEWAY = "api.atlassian.com"
_GATEWAY_PATH = re.compile(r"/ex/jira/[A-Za-z0-9-]+")
_PAGES_OF_ATLASSIAN = ("id.atlassian.com", "admin.atlassian.com", "home.atlassian.com", "www.atlassian.com")
_PAGE = re.compile(r"/(browse|jira|projects|secure|issues|login|login\.jsp|plugins|servicedesk|rest|wiki)(/|$)")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]+")
_PLACEHOLDER = re.compile(r"<[^>]*>|…|\.\.\.")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the module is told by options; ``email`` is empty only for tokens that are presented alone."""

    email: str
    url: str
    project_key: str
    log_level: str = "error"


def inputs(wanted: Wanted, *, bearer: bool = False) -> Inputs:
    """The options, looked at all together. Raises ``Stop`` with a line for each that cannot be right."""
    wrong: list[str] = []

    def each(option: str, value: str | None, check: Check, example: str) -> str:
        try:
            if value is None:
                raise Stop(f"is missing: {option} {example}")
            if _PLACEHOLDER.search(value):
                raise Stop(f"{value!r} is a placeholder; for example: {option} {example}")
            return check(value.strip())
        except Stop as reason:
            wrong.append(f"{option}: {reason}" if value is not None else f"{option} {reason}")
            return ""

    email = "" if bearer and not wanted.email else each("--email", wanted.email, email_of, "jira-bot@example.com")
    url = each("--url", wanted.url, url_of, "https://your-company.atlassian.net")
    key = each("--project-key", wanted.project_key, key_of, "SEC")
    level = each("--log-level", "error" if wanted.log_level is None else wanted.log_level, level_of, "info")
    if wrong:
        raise Stop("\n".join(wrong))
    return Inputs(email, url, key, level)


def email_of(value: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
        raise Stop(
            f"{value!r} is no e-mail address. It is the one of the Jira account that the token belongs to: in Jira, "
            "your picture at the top right, Account settings"
        )
    return value


def level_of(value: str) -> str:
    if value.lower() not in LOG_LEVELS:
        raise Stop(f"{value!r} is none of info, debug and error")
    return value.lower()


def key_of(value: str) -> str:
    if re.fullmatch(r"[A-Z][A-Z0-9_]+", value):
        return value
    issue = re.fullmatch(r"([A-Za-z][A-Za-z0-9_]+)-[0-9]+", value)
    if issue:
        raise Stop(
            f"{value!r} is an issue's key; its project's is {issue[1].upper()}: --project-key {issue[1].upper()}"
        )
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]+", value):
        raise Stop(f"keys of projects are in capital letters: --project-key {value.upper()}")
    raise Stop(
        f"{value!r} is no project's key. It stands before the number of each of its issues: the SEC of SEC-123, two or "
        "more capital letters, digits or _"
    )


def url_of(value: str) -> str:
    """Jira's base URL, without a slash at its end."""
    if "://" not in value:
        raise Stop(f"{value!r} lacks its beginning: --url https://{value.lstrip('/')}")
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise Stop(f"{value!r} is no address; for example https://your-company.atlassian.net") from None
    if not host or parts.scheme not in ("http", "https") or not re.fullmatch(r"[A-Za-z0-9.:-]+", host):
        raise Stop(f"{value!r} is no address of a site; for example https://your-company.atlassian.net")
    if parts.username is not None:
        raise Stop("there is a name or a password in it; leave out all before the @: they are --email and the token")
    if parts.scheme == "http" and not _LOOPBACK.fullmatch(host):
        raise Stop(f"http:// would send the token readably: --url https://{parts.netloc}")
    _no_page(parts, host)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _no_page(parts: SplitResult, host: str) -> None:
    site, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    if host in _PAGES_OF_ATLASSIAN:
        raise Stop(f"{host} is Atlassian's, not your site; open Jira, and take the beginning of its address")
    if host == _GATEWAY:
        if not _GATEWAY_PATH.fullmatch(path) or parts.query or parts.fragment:
            raise Stop(
                f"behind {_GATEWAY} a site is named by its cloud id: --url https://{_GATEWAY}/ex/jira/<cloudId>; "
                "https://your-company.atlassian.net/_edge/tenant_info tells it"
            )
    elif parts.query or parts.fragment or (path and host.endswith(".atlassian.net")):
        raise Stop(f"that is the address of a page in Jira; Jira's own is its beginning: --url {site}")
    elif page := _PAGE.search(path):
        raise Stop(
            f"that is the address of a page in Jira; Jira's own ends before it: --url {site}{path[: page.start()]}"
        )


def region_of(wanted: str | None, environment: Mapping[str, str], remembered: str | None) -> str:
    """The Region to deploy to. Raises ``Stop`` where there is none, or another one was deployed to before."""
    region = wanted or remembered or _configured(environment)
    if not region:
        raise Stop(
            "--region is missing: the AWS Region of your Security Incident Response membership, such as us-east-1"
        )
    if not _REGION.fullmatch(region):
        raise Stop(f"--region: {region!r} is no Region; they look like us-east-1 or eu-central-1")
    if region.startswith(("cn-", "us-gov-")):
        raise Stop(f"--region: Jira Automation cannot publish to {region}: it does so from an account outside")
    if remembered and region != remembered:
        raise Stop(
            f"--region: this folder's deployment is in {remembered}. Leave --region out to go on with it; for one in "
            f"{region}, name another folder with --directory"
        )
    return region


def _configured(environment: Mapping[str, str]) -> str | None:
    """https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html"""
    named = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    if named:
        return named
    file = Path(environment.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser()
    profile = environment.get("AWS_PROFILE") or environment.get("AWS_DEFAULT_PROFILE") or "default"
    known = configparser.RawConfigParser()
    try:
        known.read(file)
    except configparser.Error:
        return None
    section = "default" if profile == "default" else f"profile {profile}"
    return known.get(section, "region", fallback=None)
