"""How boto3 makes the functions' clients: as it always does, but for what costs much and is of no use here.

Before botocore makes its first client it looks through the folders of four hundred services, twice, and reads the
endpoints of every one of them: a sixth of what boto3 and one client cost at a cold start. The rules by which an
endpoint is found come with each service, and say all that is needed.

And where it takes an answer apart it asks of every value of every DynamoDB item which of ten kinds it is, and of every
time in which of the world's ways it is written: a fifth of what a comment costs beside three hundred.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.loaders import Loader
from botocore.utils import parse_timestamp

from ..trust import share_with_boto3

SERVICES = ("dynamodb", "events", "security-ir", "sqs", "ssm")
"""What the functions have clients of."""
_ENDPOINTS = "endpoints"
_REGIONS = r"^(us|eu|ap|sa|ca|me|af|il|mx)\-\w+\-\d+$"
_HOST, _FIPS = "{service}.{region}.{dnsSuffix}", "{service}-fips.{region}.{dnsSuffix}"
_STANDARD: dict[str, Any] = {
    "version": 3,
    "partitions": [
        {
            "partition": "aws",
            "dnsSuffix": "amazonaws.com",
            "regionRegex": _REGIONS,
            "regions": {},
            "services": {},
            "defaults": {
                "hostname": _HOST,
                "protocols": ["https"],
                "signatureVersions": ["v4"],
                "variants": [
                    {"tags": ["fips"], "dnsSuffix": "amazonaws.com", "hostname": _FIPS},
                    {"tags": ["dualstack", "fips"], "dnsSuffix": "api.aws", "hostname": _FIPS},
                    {"tags": ["dualstack"], "dnsSuffix": "api.aws", "hostname": _HOST},
                ],
            },
        }
    ],
}
"""The partition ``aws`` as botocore's ``endpoints.json`` describes it, without its services."""


class Descriptions(Loader):
    """botocore's descriptions of AWS, of the services in ``SERVICES`` alone."""

    def list_available_services(self, type_name: str) -> list[str]:
        """The names of services that have a description of this type."""
        return list(SERVICES)

    def load_data_with_path(self, name: str) -> tuple[Any, str]:
        """A description, and the file it is from. Outside the partition ``aws`` the endpoints are botocore's own."""
        # Lambda sets it, and it is where botocore looks for the Region.
        if name == _ENDPOINTS and re.match(_REGIONS, os.environ.get("AWS_DEFAULT_REGION", "")):
            return _STANDARD, f"{self.BUILTIN_DATA_PATH}/{_ENDPOINTS}"
        description, path = super().load_data_with_path(name)
        if name.startswith("dynamodb/") and name.endswith("/service-2"):
            # A document is passed on as it is. Only binary values, of which the ledger has none, look otherwise.
            description["shapes"]["AttributeValue"]["document"] = True
        return description, path


def _time_of(value: Any) -> datetime:
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    return parse_timestamp(value)


def prepare_boto3() -> None:
    """Have boto3 make its clients quickly from now on, and all of them connect by the process's TLS context."""
    share_with_boto3()
    session = botocore.session.get_session()
    paths = session.get_component("data_loader").search_paths
    session.register_component("data_loader", Descriptions(paths, include_default_search_paths=False))
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_time_of)
    # Otherwise botocore puts its own name together anew for each request: a quarter of what a request costs.
    session.set_default_client_config(Config(user_agent=session.user_agent()))
    boto3.setup_default_session(botocore_session=session)
