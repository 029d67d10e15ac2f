"""What the tests of the security-ir stand-in share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.security_ir import SecurityIrServer

ACCOUNT = "111122223333"
START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def client_of(server: SecurityIrServer, *, key: str = "AKIASANDBOX", checked: bool = True) -> Any:
    """A boto3 client without retries; ``checked = False`` lets it send what it would refuse itself."""
    return boto3.client(
        "security-ir",
        endpoint_url=server.url,
        region_name="eu-central-1",
        aws_access_key_id=key,
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=checked),
    )


def a_case(**changes: Any) -> dict[str, Any]:
    """Parameters of CreateCase."""
    return {
        "resolverType": "Self",
        "title": "Exposed access key",
        "description": "Found in a public repository.",
        "engagementType": "Security Incident",
        "reportedIncidentStartDate": START,
        "impactedAccounts": [ACCOUNT],
        "watchers": [],
        **changes,
    }


def refusal(call: Callable[..., Any], **params: Any) -> ClientError:
    """The error that a call ends with."""
    with pytest.raises(ClientError) as caught:
        call(**params)
    return caught.value


def code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def status(error: ClientError) -> int:
    return error.response["ResponseMetadata"]["HTTPStatusCode"]


def all_pages(call: Callable[..., Any], **params: Any) -> list[list[Any]]:
    """The items of a listing, page by page."""
    pages = []
    token: dict[str, str] = {}
    while True:
        page = call(**params, **token)
        pages.append(page["items"])
        if "nextToken" not in page:
            return pages
        token = {"nextToken": page["nextToken"]}


def reason(error: ClientError) -> str:
    """Why a ValidationException was raised, in the model's words."""
    response: Any = error.response
    return str(response["reason"])


def fields(error: ClientError) -> list[str]:
    """The members that a ValidationException complains of."""
    response: Any = error.response
    return [item["name"] for item in response["fieldList"]]


def signed(body: bytes, **headers: str) -> dict[str, Any]:
    """Keyword arguments of a request that looks signed."""
    scope = "AKIARAW/20260301/eu-central-1/security-ir/aws4_request"
    signature = f"SignedHeaders=host, Signature={'0' * 64}"
    given = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, {signature}",
        "X-Amz-Date": "20260301T090000Z",
    }
    return {"data": body, "headers": {**given, **headers}, "timeout": 5}
