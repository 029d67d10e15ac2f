"""`jira webhook`: registers the address of a deployment with Jira, and takes it away again."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from . import engine, record, token_source
from .engine import Terraform
from .inputs import email_of, key_of, region_of, url_of
from .jira_webhooks import EVENTS, Registered, Site
from .record import Record
from .settings import DEFAULT_NAME, Settings
from .steps import read_settings
from .talk import Stop, say
from .usage import WantedWebhook

_LABEL = "aws-security-ir"


@dataclass(frozen=True, slots=True)
class Registration:
    """What is registered, but for its secret."""

    name: str
    url: str
    project_key: str

    @property
    def query(self) -> str:
        """Issues of the project, and those of a pair wherever they were moved."""
        return f'project = "{self.project_key}" OR labels = {_LABEL}'

    def as_jira_takes_it(self, secret: str) -> dict[str, object]:
        return {
            "name": self.name,
            "url": self.url,
            "events": list(EVENTS),
            "filters": {"issue-related-events-section": self.query},
            # Without a body nothing would name the issue, nor would there be anything to sign.
            "excludeBody": False,
            "enabled": True,
            "secret": secret,
        }

    def is_at_its_address(self, there: Registered) -> bool:
        """Whether it tells this deployment, whoever made it and under whatever name."""
        return there.url.rstrip("/") == self.url.rstrip("/") != ""


def webhook(wanted: WantedWebhook) -> int:
    """Register or remove. Raises ``Stop``."""
    known = record.load(wanted.directory)
    further = read_settings(wanted, known)
    site = Site(
        _given("--url", wanted.url or (known.inputs.url if known else None), url_of),
        _given("--email", wanted.email, email_of),
        token_source.token(None, os.environ),
    )
    if "/ex/jira/" in site.url:
        raise Stop("--url: webhooks are registered at the site's own address, https://your-company.atlassian.net")
    key = _given("--project-key", wanted.project_key or (known.inputs.project_key if known else None), key_of)
    instance = str(further.values.get("name") or DEFAULT_NAME)
    if wanted.remove:
        return _remove(site, Registration(f"{instance} {key}", wanted.webhook_url or "", key))
    registration = Registration(f"{instance} {key}", wanted.webhook_url or _deployed(wanted, known), key)
    region = region_of(wanted.region, os.environ, known.region if known else None)
    return _register(site, registration, _secret(wanted.secret_parameter or _parameter(further, instance), region))


def _given(option: str, value: str | None, check: Callable[[str], str]) -> str:
    if value is None:
        raise Stop(f"{option} is missing")
    try:
        return check(value.strip())
    except Stop as reason:
        raise Stop(f"{option}: {reason}") from None


def _deployed(wanted: WantedWebhook, known: Record | None) -> str:
    """The address that the deployment's own Terraform tells."""
    if known is None:
        raise Stop(
            f"Nothing was deployed from {wanted.directory}: name the address by --webhook-url, which is the module's "
            "output jira_webhook_url, or the deployment's folder by --directory"
        )
    outputs = Terraform(engine.find(known.tool), wanted.directory, None).outputs()
    url = outputs.get("jira_webhook_url")
    if not url:
        raise Stop(
            "The deployment has no address for webhooks yet: write jira_webhook = { enabled = true } into its "
            "settings, deploy once more, and run this again"
        )
    return str(url)


def _parameter(further: Settings, instance: str) -> str:
    """Where the secret is: as the module names it, or what the settings bring."""
    brought = further.values.get("jira_webhook")
    if isinstance(brought, Mapping) and brought.get("secret_parameter_arn"):
        return str(brought["secret_parameter_arn"])
    own = "/SecurityIncidentResponse" if instance == DEFAULT_NAME else f"/SecurityIncidentResponse/{instance}"
    return f"{further.values.get('parameter_prefix') or own}/jiraWebhookSecret"


def _secret(parameter: str, region: str) -> str:
    """Read with the caller's own credentials; it is passed on to Jira and kept nowhere. Raises ``Stop``."""
    aws = shutil.which("aws")
    if aws is None:
        raise Stop("The AWS CLI is not on the PATH, by which the secret is read: https://aws.amazon.com/cli/")
    asked = ["ssm", "get-parameter", "--name", parameter, "--with-decryption", "--region", region]
    done = subprocess.run(
        [aws, *asked, "--query", "Parameter.Value", "--output", "text"],
        env=token_source.without(os.environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not done.stdout.strip():
        said = done.stderr.strip().splitlines()
        raise Stop(
            f"The secret cannot be read from {parameter} in {region}: {said[-1] if said else 'it is empty'}\n"
            "It takes ssm:GetParameter, of an identity of the deployment's account. Another parameter is named by "
            "--secret-parameter"
        )
    return done.stdout.strip()


def _register(site: Site, registration: Registration, secret: str) -> int:
    there = site.webhooks()
    here = [each for each in there if registration.is_at_its_address(each)]
    ours = here or [each for each in there if each.name == registration.name]
    if ours:
        site.change(ours[0], registration.as_jira_takes_it(secret))
        what = f'Jira\'s webhook {ours[0].id}, "{registration.name}"'
        say(f"{what}, was there; address, events, filter and secret are set anew.")
        if not here:
            say(f"It told {ours[0].url} until now.")
    else:
        site.register(registration.as_jira_takes_it(secret))
        say(f'Jira has a new webhook, "{registration.name}".')
    for double in here[1:]:
        site.remove(double)
        say(f'Webhook {double.id}, "{double.name}", told the same a second time; it is removed.')
    others = [each for each in there if each.name == registration.name and each not in (*ours[:1], *here)]
    for other in others:
        say(
            f"Webhook {other.id} has the same name and tells {other.url}: it is left alone. Is it another deployment's?"
        )
    say(
        f"It tells {registration.url}\nof {', '.join(EVENTS)}\nwhere {registration.query}, and signs each. To look at "
        f"it: {site.url}/plugins/servlet/webhooks\nTo take it away: the same with --remove"
    )
    return 0


def _remove(site: Site, registration: Registration) -> int:
    there = site.webhooks()
    ours = [each for each in there if registration.is_at_its_address(each)]
    if not ours:
        ours = [each for each in there if each.name == registration.name]
        if len(ours) > 1:
            told = "\n".join(f"    {each.url}" for each in ours)
            raise Stop(f'{len(ours)} webhooks are called "{registration.name}": name one by --webhook-url\n{told}')
    for each in ours:
        site.remove(each)
        say(f'Webhook {each.id}, "{each.name}", to {each.url} is removed. Nothing else was touched.')
    if not ours:
        say(f'There is no webhook "{registration.name}"; nothing was touched.')
    return 0
