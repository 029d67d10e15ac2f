"""That clients which are made quickly are the same clients."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import boto3
import botocore
import botocore.session
import botocore.useragent
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import DataNotFoundError
from botocore.loaders import JSONFileLoader
from moto import mock_aws

from security_ir_jira.ledger.table import Table
from security_ir_jira.shell import clients
from tests.sync.loop import make_table

ELSEWHERE = ["us-gov-west-1", "cn-north-1", "eusc-de-east-1", "us-iso-east-1"]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The descriptions that are read from their files meanwhile."""
    names: list[str] = []
    load = JSONFileLoader.load_file
    monkeypatch.setattr(JSONFileLoader, "load_file", lambda self, path: names.append(path) or load(self, path))  # type: ignore[func-returns-value]
    return names


VARIANTS = ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"]


def told(service: str) -> tuple[Any, ...]:
    """Where a client sends its requests, and how it signs them."""
    make: Any = boto3.client
    client = make(service)
    signer = client._request_signer
    return client.meta.endpoint_url, signer.region_name, signer.signing_name, signer.signature_version


@pytest.mark.parametrize("region", [*botocore.session.get_session().get_available_regions("dynamodb"), *ELSEWHERE])
def test_the_clients_are_those_that_boto3_makes(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    ordinary = [told(service) for service in clients.SERVICES]
    clients.prepare_boto3()
    assert [told(service) for service in clients.SERVICES] == ordinary


@pytest.mark.parametrize("variants", [VARIANTS[:1], VARIANTS[1:], VARIANTS], ids=" ".join)
def test_they_are_where_other_endpoints_are_asked_for(variants: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    usual = [told(service) for service in clients.SERVICES]
    for name in variants:
        monkeypatch.setenv(name, "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    ordinary = [told(service) for service in clients.SERVICES]
    assert all(one[0] != other[0] for one, other in zip(usual, ordinary, strict=True))
    clients.prepare_boto3()
    assert [told(service) for service in clients.SERVICES] == ordinary


def test_descriptions_of_one_s_own_come_first(tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    own = shutil.copytree(Path(botocore.__file__).parent / "data" / "sqs", tmp_path / "sqs")
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    clients.prepare_boto3()
    told("sqs")
    assert any(path.startswith(str(own)) for path in read)


@pytest.mark.parametrize("region", ["eu-central-1", "us-gov-west-1"])
def test_the_endpoints_of_all_services_are_read_where_they_are_needed(
    region: str, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    clients.prepare_boto3()
    told("dynamodb")
    assert any(path.endswith("/endpoints") for path in read) == (region == "us-gov-west-1")
    assert any("dynamodb" in path for path in read)


def test_no_folder_of_a_service_is_looked_through_but_those_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    looked: list[str] = []
    exists = JSONFileLoader.exists
    monkeypatch.setattr(JSONFileLoader, "exists", lambda self, path: looked.append(path) or exists(self, path))  # type: ignore[func-returns-value]
    clients.prepare_boto3()
    told("dynamodb")
    assert looked
    assert all("dynamodb" in path for path in looked)


class Sent(Exception):
    """A request that goes no further."""


def test_a_request_carries_a_name_that_was_put_together_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    clients.prepare_boto3()
    client = boto3.client("dynamodb")

    def stop(request: AWSPreparedRequest, **_: Any) -> None:
        raise Sent(request.headers["User-Agent"])

    client.meta.events.register("before-send.dynamodb", stop)
    again = Mock(side_effect=AssertionError("put together anew"))
    monkeypatch.setattr(botocore.useragent, "sanitize_user_agent_string_component", again)
    with pytest.raises(Sent, match="Botocore/"):
        client.describe_table(TableName="ledger")


def test_items_are_what_was_put_whatever_kind_their_values_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    item = {
        "text": "ÿ" * 3,
        "number": 7,
        "none": "",
        "yes": True,
        "list": ["a", {"deep": [1, "b"]}],
        "map": {"empty": {}},
    }
    with mock_aws():
        clients.prepare_boto3()
        make_table("ledger")
        table = Table(boto3.client("dynamodb"), "ledger")
        table.put("PAIR#1", "META", item)
        key = {"PK": "PAIR#1", "SK": "META"}
        assert table.get("PAIR#1", "META") == item | key
        assert list(table.query("PAIR#1")) == [item | key]
        table.update("PAIR#1", "META", "SET #name = :it", {":it": [{"c": 1}]}, {"#name": "list"})
        assert list(table.query("PAIR#1")) == [item | key | {"list": [{"c": 1}]}]


@pytest.mark.parametrize(
    "written", [1_790_000_000, 1_790_000_000.0, "1790000000", "2026-09-21T14:13:20Z", "2026-09-21T16:13:20+02:00"]
)
def test_times_are_understood_however_they_are_written(written: object) -> None:
    assert clients._time_of(written).timestamp() == 1_790_000_000


def test_a_boto3_that_lacks_a_service_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    clients.prepare_boto3()
    monkeypatch.setattr(clients.Descriptions, "list_available_services", lambda *_: ["unheard-of"])
    with pytest.raises(DataNotFoundError, match="unheard-of"):
        told("unheard-of")
