"""A boto3 client of DynamoDB whose requests about items go to moto's own handlers as they are, without the wire.

Signing, HTTP and botocore's parsers take three quarters of a request to moto, and the histories make hundreds of
thousands. What botocore asks of a request is asked here, too; the whole way is that of `tests/unit/ledger`.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import boto3
from botocore.exceptions import ClientError, ParamValidationError
from botocore.validate import ParamValidator
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult
from moto.dynamodb.exceptions import DynamodbException
from moto.dynamodb.responses import DynamoHandler

_validator = ParamValidator()
_ABOUT_ITEMS = frozenset(
    ("get_item", "query", "put_item", "update_item", "delete_item", "batch_write_item", "transact_write_items")
)


class InProcess:
    """The client of one Region, within ``mock_aws``; what is no request about items takes the wire."""

    def __init__(self, region: str) -> None:
        self._client: Any = boto3.client("dynamodb", region_name=region)
        self.meta = self._client.meta

    def __getattr__(self, operation: str) -> Any:
        return partial(self._call, operation) if operation in _ABOUT_ITEMS else getattr(self._client, operation)

    def _call(self, operation: str, **arguments: Any) -> Any:
        self._validate(operation, arguments)
        handler: Any = DynamoHandler()
        handler.region, handler.current_account = self.meta.region_name, DEFAULT_ACCOUNT_ID
        handler.body = handler.params = _copy(arguments)
        try:
            answer: ActionResult = getattr(handler, operation)()
        except DynamodbException as refusal:
            raise _as_boto3_raises(refusal, operation) from None
        return _copy(answer.result or {})

    def _validate(self, operation: str, arguments: Any) -> None:
        """What botocore asks of every request before it is signed."""
        name = self.meta.method_to_api_mapping[operation]
        shape: Any = self.meta.service_model.operation_model(name).input_shape
        report = _validator.validate(arguments, shape)
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())


def _copy(value: Any) -> Any:
    """As the wire would: nobody holds what the other changes."""
    return json.loads(json.dumps(value, default=lambda item: item.to_json()))


def _as_boto3_raises(refusal: DynamodbException, operation: str) -> ClientError:
    told: Any = json.loads(str(refusal.description))
    error: Any = {
        "Code": told.pop("__type").partition("#")[2],
        "Message": told.pop("Message", None) or told.get("message"),
    }
    told["Error"] = error
    return ClientError(told, operation)
