"""The two things that are done: deploy, and take down again."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from . import engine, packages, record, root, token_source
from .engine import Terraform
from .inputs import Inputs, inputs, region_of
from .next_step import next_step
from .record import Record
from .settings import Settings, settings
from .talk import Interrupted, Stop, ask, say, somebody_is_here
from .token_source import Token
from .usage import PROGRAM, SETTINGS, Wanted, WantedWebhook

PLAN = "deployment.tfplan"
_LEDGER = "module.security_ir_jira.module.ledger"
_CHANGES = 2
"""What `terraform plan -detailed-exitcode` answers where there is something to do."""


def read_settings(wanted: Wanted | WantedWebhook, known: Record | None) -> Settings:
    """From the file that is named, else from the one of the last run, else from the folder's own. Raises ``Stop``."""
    file = wanted.settings
    if file is None and known and known.settings:
        file = Path(known.settings)
        say(f"The settings are those of {file}, as last time; --settings names others.")
    return settings(file or wanted.directory / SETTINGS, named=file is not None)


def only_check(wanted: Wanted) -> int:
    """Ask Jira and nobody else. Raises ``Stop``."""
    further = read_settings(wanted, record.load(wanted.directory))
    asked = inputs(wanted, bearer=further.bearer)
    token = token_source.token(wanted.token, os.environ)
    return 0 if _check(asked, token, further) else 1


def deploy(wanted: Wanted) -> int:
    """Check, build, plan, show, ask, apply. Raises ``Stop`` and ``Interrupted``."""
    known = record.load(wanted.directory)
    further = read_settings(wanted, known)
    asked = inputs(wanted, bearer=further.bearer)
    region = region_of(wanted.region, os.environ, known.region if known else None)
    found = engine.find(known.tool if known else "")
    root.refuse_others(wanted.directory)
    token = _token(wanted, further)
    _ask_jira_first(wanted, asked, token, further)
    if not further.elsewhere:
        packages.ensure()
    now = replace(known or Record(asked, region), inputs=asked, region=region, tool=found.name)
    now = replace(now, settings="" if further.file == wanted.directory / SETTINGS else str(further.file))
    now = _counted(now, token)
    # Before Terraform writes the token: a run that ends in between must not take it for written, nor for another one.
    root.write(wanted.directory, now, further)
    record.save(wanted.directory, now)
    terraform = Terraform(found, wanted.directory, token)
    say(f"{found.called} works in {wanted.directory}, where its state is: keep that folder.")
    with _explained(terraform):
        _initialised(terraform)
        now = _held_to_account(terraform, now, further)
        try:
            applied = _plan_and_apply(terraform, wanted)
        finally:
            # Also of what was made in part.
            now = _held_to_account(terraform, now, further)
        if applied:
            say("\nDeployed.")
        _finish(terraform, now, further)
    return 0


def destroy(wanted: Wanted) -> int:
    """Say what will be lost, ask, lift the deletion protection, destroy. Raises ``Stop`` and ``Interrupted``."""
    known = record.load(wanted.directory)
    if known is None:
        raise Stop(
            f"Nothing was deployed from {wanted.directory}. The folder of a deployment is named by --directory, and "
            "holds deployment.json and terraform.tfstate"
        )
    region_of(wanted.region, os.environ, known.region)
    found = engine.find(known.tool)
    further = read_settings(wanted, known)
    if not further.elsewhere:
        # Terraform reads the zips' checksums also to destroy.
        packages.ensure()
    root.write(wanted.directory, known, further)
    terraform = Terraform(found, wanted.directory, None)
    with _explained(terraform, destroying=True):
        _initialised(terraform)
        known = _held_to_account(terraform, known, further)
        there = _all_that_is_there(terraform, known)
        if there:
            say(_what_will_be_lost(there, known))
            if not ask(f"Destroy all of this in {known.region}?", yes=wanted.yes):
                raise Stop("Nothing was destroyed.")
            root.write(wanted.directory, known, further, {"deletion_protection": False})
            _take_down(terraform, there)
        record.forget(wanted.directory)
    say(
        "Destroyed. Cases and issues are as they were; switch off the four rules in Jira, they have nobody to tell.\n"
        f"{_webhook_to_take_away(known) if _hears_webhooks(further) else ''}"
        f"{wanted.directory} is of no further use."
    )
    return 0


def _hears_webhooks(further: Settings) -> bool:
    wanted = further.values.get("jira_webhook")
    return isinstance(wanted, Mapping) and wanted.get("enabled") is True


def _webhook_to_take_away(known: Record) -> str:
    """The record is forgotten by then: what it said is said here."""
    where = f"--url {known.inputs.url} --project-key {known.inputs.project_key}"
    return (
        "A webhook of Jira's own calls nobody either. An administrator of Jira takes it away:\n"
        f"    ./{PROGRAM}.py jira webhook --remove {where} --email …\n"
    )


def _token(wanted: Wanted, further: Settings) -> Token | None:
    """``None`` where the functions read it from a parameter of somebody else's, and none was given for the check."""
    if further.brings_token and not wanted.token and not os.environ.get(token_source.VARIABLE):
        return None
    return token_source.token(wanted.token, os.environ)


def _counted(now: Record, token: Token | None) -> Record:
    if token is None:
        return now
    counted = now.with_token(token)
    if now.token_mark and counted.token_version != now.token_version:
        say(f"The token is another one than last time: it will be written anew (version {counted.token_version}).")
    return counted


def _check(asked: Inputs, token: Token, further: Settings) -> bool:
    packages.borrow_libraries()
    # Only now can it be imported: the libraries are in the functions' zips.
    from . import jira_check

    return jira_check.check(asked, token, further)


def _ask_jira_first(wanted: Wanted, asked: Inputs, token: Token | None, further: Settings) -> None:
    if wanted.no_check:
        return
    if token is None:
        say("Jira is not asked first: the token is in a parameter of somebody else's. The doctor asks afterwards.")
        return
    if _check(asked, token, further):
        return
    if wanted.yes or not somebody_is_here() or not ask("Deploy all the same?", yes=False):
        raise Stop(
            "Nothing was made. Mend what stands above and run the same command again; or deploy without: --no-check"
        )


def _initialised(terraform: Terraform) -> None:
    if terraform.run("init", "-input=false"):
        raise Stop(f"{terraform.engine.brand} could not be prepared, see above.")


def _held_to_account(terraform: Terraform, now: Record, further: Settings) -> Record:
    """From the first resource on, credentials of another account are refused: they would make everything a second
    time, or take nothing down. Raises ``Stop``.
    """
    account = now.account_id or terraform.account()
    if account == now.account_id:
        return now
    now = replace(now, account_id=account)
    record.save(terraform.folder, now)
    root.write(terraform.folder, now, further)
    return now


def _plan_and_apply(terraform: Terraform, wanted: Wanted) -> bool:
    """Whether there was something to do. What is shown is what is applied."""
    plan = wanted.directory / PLAN
    try:
        plan.unlink(missing_ok=True)
        code = terraform.run("plan", "-input=false", "-detailed-exitcode", f"-out={PLAN}", token=True)
        if code == 0:
            say("Nothing has to be changed.")
            return False
        if code != _CHANGES:
            raise Stop("There is no plan, see above. Nothing was changed.")
        if not ask("Apply this plan?", yes=wanted.yes):
            raise Stop("Nothing was changed.")
        if terraform.run("apply", "-input=false", PLAN, token=True):
            raise Stop("The plan was not carried out in full, see above.")
        return True
    finally:
        plan.unlink(missing_ok=True)


def _finish(terraform: Terraform, now: Record, further: Settings) -> None:
    outputs = terraform.outputs()
    topic = str(outputs.get("jira_notifications_topic_arn", ""))
    if not topic:
        raise Stop(f"{terraform.engine.brand} does not tell its outputs, of which the topic's ARN is one.")
    secret = further.values.get("notifications_shared_secret_parameter_arn") is not None
    say()
    say(next_step(topic, now.inputs.url, now.inputs.project_key, secret=secret))
    if outputs.get("jira_webhook_url"):
        say(
            "\nFor Jira's own webhooks an administrator of Jira runs (docs/guide.md, \"Jira's own webhooks\"):\n\n"
            f"    ./{PROGRAM}.py jira webhook --register --email … --directory {terraform.folder}"
        )
    say(f"\nIs something not as it should be? This checks it from inside:\n\n    {outputs['doctor_command']}")
    if not (further.values.get("alarm_emails") or further.values.get("alarm_actions")):
        say(
            f'\nNobody is told yet when it stops: write alarm_emails = ["you@example.com"] into {further.file},\n'
            "and run the same command again."
        )


def _all_that_is_there(terraform: Terraform, known: Record) -> list[str]:
    """Raises ``Stop`` where the state is not the one of the deployment: what it does not know would stay for good."""
    there = terraform.resources()
    if there is None:
        raise Stop(
            f"{terraform.engine.brand} reads no state in {terraform.folder}. Take terraform.tfstate from a backup; if "
            "nothing was ever made, the folder is of no use and can be deleted. Nothing was destroyed."
        )
    if not there and known.account_id:
        raise Stop(
            f"{terraform.engine.brand} knows of nothing in {terraform.folder}, but there was a deployment in the "
            f"account {known.account_id}. Take terraform.tfstate from a backup; if all was destroyed already, the "
            "folder is of no use and can be deleted. Nothing was destroyed."
        )
    return there


def _what_will_be_lost(there: list[str], known: Record) -> str:
    kinds = Counter(
        address.rpartition("[")[0].split(".")[-2] if address.endswith("]") else address.split(".")[-2]
        for address in there
    )
    listed = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common(6))
    return f"""\
{len(there)} resources are deployed in {known.region}, for the project {known.inputs.project_key}:
{listed}, …

What will be lost:
  - the ledger: which case belongs to which issue, and which comment or file is whose copy. A later deployment finds
    pairs again by the labels of their issues, and copies by what people read in them;
  - messages that wait in queues, and dead letters; logs and the event log, the dashboard, the alarms;
  - the SSM parameters with Jira's address, account, project and token.
What stays: all cases, and all issues with their labels and comments."""


def _take_down(terraform: Terraform, there: list[str]) -> None:
    if any(address.startswith(f"{_LEDGER}.") for address in there):
        say("First, the ledger's deletion protection is lifted.")
        # Of nothing else: what is to go need not be completed before.
        if terraform.run("apply", "-input=false", "-auto-approve", f"-target={_LEDGER}", token=True):
            raise Stop("The deletion protection could not be lifted, see above. Nothing was destroyed.")
    if terraform.run("destroy", "-input=false", "-auto-approve", token=True):
        raise Stop("Not everything could be destroyed, see above.")


@contextmanager
def _explained(terraform: Terraform, *, destroying: bool = False) -> Iterator[None]:
    """Say of any end that is not a good one what there is by now, and how to go on."""
    try:
        yield
    except Interrupted as reason:
        raise Interrupted(f"{reason}\n{_how_it_stands(terraform, destroying)}") from None
    except (Stop, OSError) as reason:
        raise Stop(f"{reason}\n{_how_it_stands(terraform, destroying)}") from None
    except KeyboardInterrupt:
        raise Interrupted(f"Stopped.\n{_how_it_stands(terraform, destroying)}") from None


def _how_it_stands(terraform: Terraform, destroying: bool) -> str:
    try:
        there = terraform.resources()
    except (KeyboardInterrupt, OSError):
        return f"What is there was not looked up; {terraform.folder} knows it. To go on, run the same command again."
    if there is None:
        return (
            f"What is in AWS cannot be told: {terraform.engine.brand} reads no state in {terraform.folder} (before a "
            "first apply there is none). To go on, run the same command again."
        )
    if not there:
        return f"{terraform.folder} knows of nothing in AWS. To go on, run the same command again."
    if destroying:
        return f"{len(there)} resources are left; {terraform.folder} knows them. To go on, run the same command again."
    return (
        f"{len(there)} resources are there, and {terraform.folder} knows them. To go on, run the same command again: "
        "what is there is not made twice. To take them away: the same with --destroy."
    )
