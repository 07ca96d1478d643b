"""A client that nobody here wrote reads what the double answers, and sends what it expects.

``simple-salesforce`` proves tokens, addresses, pages, jobs and errors. It knows no types: those are
compared with the description that it reads.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)

from orchestration.connectors.salesforce import SALESFORCE
from orchestration.connectors.salesforce.query import VERSION
from orchestration.connectors.stream import Stream
from simulator.generator import generate
from simulator.http import Clock
from simulator.server import SimulatorServer
from simulator.vendors import salesforce as renderer

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
STREAMS = [pytest.param(stream, id=stream.name) for stream in SALESFORCE.streams]
HOST = "https://acme.my.salesforce.com"


class Loopback(HTTPAdapter):
    """Takes the client, which insists on https, to the double."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base_url = base_url

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Send it to loopback."""
        path = (request.url or "").removeprefix(HOST)
        root = urlsplit(self._base_url)
        request.url = f"{root.scheme}://{root.netloc}{root.path}{path.removeprefix(root.path)}"
        return super().send(request, *args, **kwargs)


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    """The double of a fiftieth of the demo company."""
    with SimulatorServer(generate(seed=7, scale=0.02), Clock(NOW)) as running:
        yield running
        assert running.errors == []


@pytest.fixture(scope="module")
def client(server: SimulatorServer) -> Salesforce:
    """The client, signed in by an app's secret."""
    session = Session()
    session.mount("https://", Loopback(server.base_url("salesforce")))
    made = Salesforce(
        consumer_key="key", consumer_secret="secret", domain="acme.my", version=VERSION,
        session=session,
    )  # fmt: skip
    made.sf_instance = urlsplit(HOST).netloc
    made.base_url = f"{HOST}/services/data/v{VERSION}/"
    made.bulk2_url = f"{HOST}/services/data/v{VERSION}/jobs/"
    return made


def object_of(stream: Stream) -> str:
    """What the stream is read from."""
    described = stream.request.described
    assert described is not None
    return described.request.path.split("/")[-2]


def query_of(stream: Stream, described: dict[str, Any]) -> str:
    """The connector's own query, with the fields that the client was told of."""
    known = {field["name"].lower(): field["name"] for field in described["fields"]}
    asked = [field.keys[0] for field in stream.fields if field.name != "corporate_currency"]
    fields = ",".join(known[name.lower()] for name in asked if name.lower() in known)
    return (
        stream.request.params["q"]
        .replace("{fields}", fields)
        .replace("{window_start_iso}", "2025-01-01T00:00:00Z")
    )


def well_typed(record: dict[str, Any], described: dict[str, Any]) -> None:
    """Every value is what the object's description says of its field."""
    kinds = {field["name"]: field["type"] for field in described["fields"]}
    for name, value in record.items():
        if name == "attributes" or value is None:
            continue
        match kinds[name]:
            case "boolean":
                assert isinstance(value, bool), name
            case "currency" | "double" | "percent":
                assert isinstance(value, float), name
            case "int":
                assert isinstance(value, int), name
            case "date":
                assert date.fromisoformat(value), name
            case "datetime":
                assert datetime.fromisoformat(value).tzinfo, name
            case "id" | "reference":
                assert len(value) == 18, name
            case _:
                assert isinstance(value, str), name


@pytest.mark.parametrize("stream", STREAMS)
def test_the_client_reads_every_object(
    client: Salesforce, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In small pages, so that it follows the addresses of the next ones too."""
    monkeypatch.setattr(renderer, "BATCH", 9)
    described = getattr(client, object_of(stream)).describe()
    with_deleted = "queryAll" in stream.request.path
    found = client.query_all(query_of(stream, described), include_deleted=with_deleted)
    assert found["done"] is True
    assert found["totalSize"] == len(found["records"]) > 0
    for record in found["records"]:
        well_typed(record, described)
    if stream.name == "leads":
        assert {record["IsDeleted"] for record in found["records"]} == {True, False}
    assert client.api_usage["api-usage"].used == 18


def test_the_client_reads_a_job(client: Salesforce, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits, and goes from locator to locator until it is the text null."""
    monkeypatch.setattr(renderer, "UNREADY_POLLS", 1)
    query = "SELECT Id,StageName,Amount FROM Opportunity"
    parts = list(client.bulk2.Opportunity.query(query, max_records=9, wait=0))
    rows = [row for part in parts for row in csv.DictReader(io.StringIO(part))]
    expected = client.query_all(query)["records"]
    assert len(parts) == -(-len(expected) // 9) > 1
    assert [(row["Id"], float(row["Amount"])) for row in rows] == [
        (record["Id"], record["Amount"]) for record in expected
    ]


def test_the_client_reads_errors(client: Salesforce) -> None:
    """A field that is not there, an object that may not be seen, a token that ended."""
    with pytest.raises(SalesforceMalformedRequest) as caught:
        client.query("SELECT Id,Colour__c FROM Lead")
    assert caught.value.content[0]["errorCode"] == "INVALID_FIELD"
    with pytest.raises(SalesforceMalformedRequest) as caught:
        client.query("SELECT Id FROM Nothing__c")
    assert caught.value.content[0]["errorCode"] == "INVALID_TYPE"
    with pytest.raises(SalesforceResourceNotFound):
        client.Nothing__c.describe()
    ended = Salesforce(
        session_id="00D!ended", instance=urlsplit(HOST).netloc, version=VERSION,
        session=client.session,
    )  # fmt: skip
    with pytest.raises(SalesforceExpiredSession):
        ended.query("SELECT Id FROM Lead")


def test_a_value_of_another_type_would_be_noticed() -> None:
    """Otherwise the tests above would accept anything."""
    described = {"fields": [{"name": "Amount", "type": "currency"}, {"name": "Id", "type": "id"}]}
    with pytest.raises(AssertionError):
        well_typed({"Amount": "12.50"}, described)
    with pytest.raises(AssertionError):
        well_typed({"Id": "0065g0000000AQ0"}, described)
    with pytest.raises(KeyError):
        well_typed({"Amonut": 12.5}, described)
