"""Asks Jira, read-only, the doctor's questions before anything is made: is everything as the integration needs it?"""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from requests.utils import get_environ_proxies

from security_ir_jira.config import CaseFilter, Config, StatusMapping
from security_ir_jira.errors import NotFound, Refused, RetryLater
from security_ir_jira.jira.client import JiraClient
from security_ir_jira.jira.credentials import Credentials
from security_ir_jira.jira.http import JiraHttp
from security_ir_jira.jira.survey import JiraSurvey
from security_ir_jira.model import CASE_STATUSES
from security_ir_jira.operate.jira_site import NEW_TOKEN, JiraSite, Seen, lacking_at_birth
from security_ir_jira.operate.jira_ways import Way, Ways
from security_ir_jira.operate.rounds import Finding, Look, Rounds, reason
from security_ir_jira.plan.status import issue_target
from security_ir_jira.trust import CA_BUNDLE, context

from . import hcl, module
from .inputs import Inputs
from .settings import DEFAULT_NAME, Settings
from .suggestion import merged, suggest
from .talk import Stop, say
from .token_source import WHERE, Token

_TITLES = {
    "jira-reachable": "site",
    "jira-credentials": "token",
    "jira-scope": "token's scopes",
    "jira-project": "project",
    "jira-permissions": "permissions",
    "jira-issue-type": "issue type",
    "jira-create-fields": "create screen",
    "jira-statuses": "statuses",
    "jira-transitions": "workflow",
}
# What the doctor says to who has Terraform, in the words of who has options.
_WORDS = {
    NEW_TOKEN: f"make a new API token, in the account of --email, at {WHERE}",
    "; terraform apply": "",
    ", terraform apply": "",
    "correct jira_url": "correct --url",
    "if it is jira_url: correct it": "or correct --url",
    "where jira_url leads": "where --url leads",
    "correct jira_project_key": "correct --project-key",
    "is jira_url right": "is --url right",
}


_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")


@dataclass(frozen=True, slots=True)
class Answer:
    """How it stands, in lines for people, and what an option or a setting has to mend first."""

    lines: tuple[str, ...]
    errors: tuple[Finding, ...]


def check(inputs: Inputs, token: Token, settings: Settings) -> bool:
    """Ask, print what came out, and return whether all is well. Raises ``Stop`` for settings of a wrong form."""
    say(f"Asking {inputs.url} about the project {inputs.project_key} (only reads) …")
    answer = examine(inputs, token, settings)
    say("\n".join(answer.lines))
    return not answer.errors


def examine(inputs: Inputs, token: Token, settings: Settings) -> Answer:
    """Ask everything. Raises ``Stop`` for settings of a wrong form."""
    config = config_of(settings)
    _trust_also(settings)
    credentials = Credentials(inputs.url, inputs.email, inputs.project_key, token.value, 1)
    http = JiraHttp(
        lambda fresh: credentials, bearer=config.jira_auth == "bearer", proxies=get_environ_proxies(inputs.url)
    )
    survey, jira = JiraSurvey(http), JiraClient(http)
    rounds = Rounds()
    seen = _looked_at(JiraSite(config, survey, jira), rounds)
    lines = [line for look in rounds.looks for line in _lines(look)]
    if seen is not None:
        lines += _fields(seen, config, settings)
        lines += _mapping(seen, config, survey, jira, settings)
    errors = tuple(finding for finding in rounds.findings if finding.severity == "error")
    unseen = sum(look.obstacle is not None for look in rounds.looks)
    lines += ["", _sum(len(errors), len(rounds.findings) - len(errors), unseen)]
    return Answer(tuple(lines), errors)


def _looked_at(site: JiraSite, rounds: Rounds) -> Seen | None:
    try:
        return site.examine(rounds)
    except (NotFound, Refused, RetryLater) as error:
        with rounds.look("jira-reachable") as look:
            look.found(f"What answers there is not understood: {reason(error)}", "correct --url")
        return None


def _trust_also(settings: Settings) -> None:
    """Trust what the functions are to trust besides the public roots, and what people's other programs do."""
    texts = _stores()
    given = settings.values.get("aws_ca_bundle")
    if isinstance(given, str):
        texts[f"aws_ca_bundle in {settings.file}"] = given
    certificates = "\n".join(_CERTIFICATE.findall("\n".join(texts.values())))
    if not certificates:
        return
    # The context is made once. A whole store in the environment would keep other programs from being started.
    os.environ[CA_BUNDLE] = base64.b64encode(gzip.compress(certificates.encode("ascii"))).decode()
    try:
        context()
    except ValueError:
        raise Stop(f"A certificate cannot be read, in one of these: {', '.join(texts)}. Mend it, or unset it") from None
    finally:
        del os.environ[CA_BUNDLE]


def _stores() -> dict[str, str]:
    """The files of certificates that people's other programs trust, by what names them. Raises ``Stop``."""
    found = {}
    for variable in ("REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE", "SSL_CERT_FILE"):
        file = Path(os.environ.get(variable) or os.devnull)
        try:
            if file.is_file():
                found[f"{variable} ({file})"] = file.read_text(errors="replace")
        except OSError as error:
            raise Stop(f"{variable}: {file} cannot be read: {error.strerror}") from None
    return found


def config_of(settings: Settings) -> Config:
    """The settings as the functions will see them. Raises ``Stop``."""
    given = settings.values
    # As for Terraform, null stands for the default.
    set_here = {name: value for name, value in given.items() if value is not None}
    document = {each.name: set_here.get(each.name, _default(each)) for each in fields(Config)} | {
        "name": set_here.get("name", DEFAULT_NAME),
        "account_id": "",
        "issue_filter": {"issue_types": [], "labels": []},
        "case_filter": asdict(CaseFilter()),
    }
    try:
        default, own = module.default_status_mapping(), given.get("status_mapping") or {}
        assert isinstance(own, dict)
        for side in ("to_jira", "to_case"):
            default[side] = {**dict(default[side] or {}), **dict(own.get(side) or {})}  # type: ignore[arg-type]
        return Config.from_json(json.dumps(document | {"status_mapping": default}))
    except (AssertionError, AttributeError, KeyError, TypeError, ValueError):
        raise Stop(f"{settings.file}: a setting has another form than docs/configuration.md says") from None


def _default(each: Field[Any]) -> object:
    if each.default_factory is not MISSING:
        made = each.default_factory()
        return dict(made) if isinstance(made, Mapping) else made
    return None if each.default is MISSING or each.name in ("issue_filter", "case_filter") else each.default


def _lines(look: Look) -> list[str]:
    """One check: how it went, and of each finding what it is and what mends it."""
    title = f"{_TITLES[look.check]:<15}"
    lines = []
    for finding in look.findings:
        lines.append(f"  {'PROBLEM' if finding.severity == 'error' else 'warning'}  {title} {_said(finding.what)}")
        lines.append(f"{'':<27}to mend it: {_mend(finding)}")
    if look.obstacle is not None:
        lines.append(f"  unknown  {title} {look.obstacle}")
    if not lines:
        lines.append(f"  ok       {title} {'; '.join(look.facts)}".rstrip())
    return lines


def _mend(finding: Finding) -> str:
    if finding.check == "jira-statuses" and "to_jira" in finding.mend:
        return "the status_mapping below"
    if "SSLError" in finding.what:
        return "if a proxy inspects TLS, name its root: export REQUESTS_CA_BUNDLE=…, or aws_ca_bundle in the settings"
    return _said(finding.mend)


def _said(text: str) -> str:
    for doctors, ours in _WORDS.items():
        text = text.replace(doctors, ours)
    return text


def _fields(seen: Seen, config: Config, settings: Settings) -> list[str]:
    lacking = lacking_at_birth(seen.create_screen, config)
    if not lacking:
        return []
    return [
        "",
        f"The create screen demands what only you can give; in {settings.file}, as Jira's REST API takes it:",
        "",
        "jira_create_fields = {",
        *(f"  {field.id} = … # {field.name}" for field in lacking),
        "}",
    ]


def _mapping(seen: Seen, config: Config, survey: JiraSurvey, jira: JiraClient, settings: Settings) -> list[str]:
    """Where each case status leads, and the mapping that makes it so."""
    if seen.workflow is None or seen.issue_type is None:
        return []
    added = suggest(config.status_mapping, seen.workflow)
    whole = merged(config.status_mapping, added)
    ways = seen.ways
    if ways is not None and (added.to_jira or added.to_case):
        try:
            ways = Ways.of(replace(config, status_mapping=whole), survey, jira, seen.issue_type, seen.workflow)
        except (NotFound, Refused, RetryLater):
            ways = None
    lines = ["", f"With this status_mapping, cases would move issues of the type {seen.issue_type.name} so:", ""]
    lines += [f"  {status:<38} {_row(status, whole, seen, ways)}" for status in CASE_STATUSES]
    return [*lines, "", *_hcl(config.status_mapping, added, settings)]


def _row(case_status: str, mapping: StatusMapping, seen: Seen, ways: Ways | None) -> str:
    assert seen.workflow is not None
    target = issue_target(case_status, mapping, seen.workflow)
    if target is None:
        return "–                    the issue stays where it is"
    return f"{target.name:<20} {_reach(case_status, ways.way_to(target) if ways else None)}"


def _reach(case_status: str, way: Way | None) -> str:
    if case_status == CASE_STATUSES[0]:
        return "where issues begin; none goes back there"
    if way is None:
        return "whether it can be reached is not known"
    if way.trouble is not None:
        return f"NOT reachable: {_said(way.trouble[0])}"
    if way.unseen is not None:
        return f'perhaps: no issue stands in "{way.unseen}", from where Jira would show what leads on'
    return "reachable" if way.walked else "not known: no issue stands in a status before it"


def _hcl(mapping: StatusMapping, added: StatusMapping, settings: Settings) -> list[str]:
    if not (added.to_jira or added.to_case):
        head = "It fits the workflow already, and nothing has to be set. In full:"
        return [head, "", f"status_mapping = {hcl.render(_written(mapping))}"]
    given = settings.values.get("status_mapping")
    own = given if isinstance(given, dict) else {}
    value: dict[str, hcl.Value] = {}
    for side, each in _written(added).items():
        before = own.get(side)
        assert isinstance(each, dict)
        both = {**(before if isinstance(before, dict) else {}), **each}
        value |= {side: both} if both else {}
    head = f"For that, put this into {settings.file}, once it says what you mean (the rest stays as it is by default):"
    return [head, "", f"status_mapping = {hcl.render(value)}"]


def _written(mapping: StatusMapping) -> dict[str, hcl.Value]:
    return {
        "to_jira": {status: list(candidates) for status, candidates in mapping.to_jira.items()},
        "to_case": dict(mapping.to_case),
    }


def _sum(errors: int, warnings: int, unseen: int) -> str:
    if errors:
        return f"{errors} problem{'s' if errors > 1 else ''} to mend first."
    rest = [f"{warnings} warning{'s' if warnings > 1 else ''}"] * bool(warnings)
    rest += [f"{unseen} not known in full"] * bool(unseen)
    return f"No problem found{': ' if rest else ''}{', '.join(rest)}."
