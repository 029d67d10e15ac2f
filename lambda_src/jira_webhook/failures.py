"""Why AWS did not do what it was asked, in a word that may stand in a log."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

FAILURES = (ClientError, BotoCoreError)


def reason_of(failure: ClientError | BotoCoreError) -> str:
    """AWS's code, or the kind of error where no answer came."""
    code = failure.response.get("Error", {}).get("Code", "") if isinstance(failure, ClientError) else ""
    return code or type(failure).__name__
