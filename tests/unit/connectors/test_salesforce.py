"""Salesforce's declarations, and what they land from the double: each rule that a fact imposes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.connectors.salesforce import SALESFORCE
from orchestration.connectors.stream import Kind, Stream
from orchestration.extract.failures import ExtractionFailed
from orchestration.extract.landing import Landing
from orchestration.extract.patience import Patience
from orchestration.extract.stream import Extraction, extract_stream, ping
from orchestration.extract.window import Window
from simulator.generation.calendar import DEMO_NOW
from simulator.generator import generate
from simulator.http import Clock, Request, Response, Route, json_response
from simulator.salesforce import long_id
from simulator.server import SimulatorServer
from simulator.vendors import salesforce as renderer
from simulator.world import World

STREAMS = [pytest.param(stream, id=stream.name) for stream in SALESFORCE.streams]
DEALS = SALESFORCE.stream("opportunities")


@pytest.fixture(scope="module")
def world() -> World:
    """A fiftieth of the demo company, with the company that it bought."""
    return generate(seed=7, scale=0.02)


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[SimulatorServer]:
    """Its vendors."""
    with SimulatorServer(world, Clock(DEMO_NOW)) as running:
        yield running
        assert running.errors == []


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A secret that Salesforce accepts."""
    monkeypatch.setenv("SALESFORCE_TEST_SECRET", "good")
    return monkeypatch


def config(
    server: SimulatorServer, names: tuple[str, ...] = ("client_id", "client_secret")
) -> ConnectorConfig:
    """As a company would write it."""
    return ConnectorConfig(
        base_url=server.base_url("salesforce"),
        secrets={name: Secret("SALESFORCE_TEST_SECRET", name) for name in names},
        options={"domain": "acme", "currency": "EUR"},
    )


def extract(
    server: SimulatorServer,
    folder: Path,
    stream: Stream,
    given: ConnectorConfig | None = None,
    waits: list[float] | None = None,
) -> tuple[Extraction, list[dict[str, Any]]]:
    """What one stream lands; waits are noted and not slept."""
    landing = Landing(folder)
    extraction = extract_stream(
        SALESFORCE,
        stream,
        given or config(server),
        landing,
        None,
        DEMO_NOW,
        patience=Patience(attempts=3, sleep=([] if waits is None else waits).append),
    )
    return extraction, [record for item in extraction.slices for record in landing.records(item)]


def by_job(stream: Stream, page_size: int = 20_000) -> Stream:
    """The stream as if every answer were too long for a query."""
    larger = stream.request.larger
    assert larger is not None
    assert larger.request.report is not None
    report = larger.request.report
    download = replace(report.download, pager=replace(report.download.pager, page_size=page_size))
    job = replace(larger.request, report=replace(report, download=download))
    return replace(
        stream, request=replace(stream.request, larger=replace(larger, above=0, request=job))
    )


def refusing(status: int, code: str, times: int, path: str) -> SimulatorServer:
    """A double that refuses the first requests to a path in Salesforce's words."""
    world, clock = generate(seed=7, scale=0.02), Clock(DEMO_NOW)
    left = [times]

    def troubled(route: Route) -> Route:
        def handler(request: Request) -> Response:
            if path in request.path and left[0]:
                left[0] -= 1
                return json_response([{"message": "no", "errorCode": code}], status)
            return route.handler(request)

        return replace(route, handler=handler)

    routes = [troubled(route) for route in renderer.routes(world, clock)]
    return SimulatorServer(world, clock, routes={"salesforce": routes})


@pytest.mark.parametrize("stream", STREAMS)
def test_every_stream_lands(server: SimulatorServer, tmp_path: Path, stream: Stream) -> None:
    """The double refuses a field that it does not know, so a misspelt one is a failure here."""
    extraction, records = extract(server, tmp_path, stream)
    assert records
    (item,) = extraction.slices
    assert (item.unknown_fields, item.missing_fields) == ((), ())
    assert {"Id"} <= {field.path for field in stream.fields if field.required}


@pytest.mark.parametrize("stream", STREAMS)
def test_a_long_answer_is_read_by_a_job(
    server: SimulatorServer, tmp_path: Path, stream: Stream
) -> None:
    """In parts, with the same records as by a query: null as nothing, times with Z."""
    _, expected = extract(server, tmp_path / "query", stream)
    extraction, found = extract(server, tmp_path / "job", by_job(stream, page_size=9))
    assert extraction.requests > len(expected) // 9 + 4

    def plain(record: dict[str, Any]) -> dict[str, str | None]:
        return {
            name: value if value is None else json.dumps(value).strip('"').replace("+0000", "Z")
            for name, value in record.items()
            if name != "attributes"
        }

    def ordered(records: list[dict[str, Any]]) -> list[dict[str, str | None]]:
        return sorted(map(plain, records), key=lambda record: str(record["Id"]))

    assert ordered(found) == ordered(expected)


def test_pages_follow_each_other_to_the_end(
    server: SimulatorServer, tmp_path: Path, secret: pytest.MonkeyPatch
) -> None:
    """The address of the next page has no host."""
    _, expected = extract(server, tmp_path / "whole", DEALS)
    secret.setattr(renderer, "BATCH", 7)
    extraction, found = extract(server, tmp_path / "pages", DEALS)
    assert found == expected
    assert extraction.requests == 2 + -(-len(found) // 7)


def test_a_job_that_is_not_ready_is_waited_for(
    server: SimulatorServer, tmp_path: Path, secret: pytest.MonkeyPatch
) -> None:
    """Half a job has no rows yet."""
    secret.setattr(renderer, "UNREADY_POLLS", 2)
    waits: list[float] = []
    extraction, records = extract(server, tmp_path, by_job(DEALS), waits=waits)
    assert (len(records), waits) == (extraction.rows, [1, 2, 4])


def test_what_is_deleted_and_merged_is_read_and_says_so(
    server: SimulatorServer, world: World, tmp_path: Path
) -> None:
    """A query alone would keep both for ever; the list of ids lacks what no query shows."""
    _, leads = extract(server, tmp_path / "leads", SALESFORCE.stream("leads"))
    _, living = extract(server, tmp_path / "ids", SALESFORCE.stream("lead_ids"))
    read = {lead["Id"]: lead for lead in leads}
    merged = [each for each in world.acquired.contacts if each.merged_into.startswith("00Q")]
    assert merged
    for each in merged:
        lead = read.get(long_id(each.contact_id))
        if lead is not None:
            assert (lead["IsDeleted"], lead["MasterRecordId"]) == (True, long_id(each.merged_into))
    ids = {each["Id"] for each in living}
    assert ids == {key for key, lead in read.items() if not lead["IsDeleted"]}
    erased = {long_id(each.contact_id) for each in world.acquired.contacts if each.erased_at}
    assert erased
    assert not erased & read.keys()


def test_a_field_is_asked_for_as_it_is_spelled_and_named_as_declared(
    server: SimulatorServer, tmp_path: Path
) -> None:
    """UTM_Source__c and utm_source__c are one field; what the organisation lacks is left out."""
    _, leads = extract(server, tmp_path, SALESFORCE.stream("leads"))
    assert {lead["utm_source__c"] for lead in leads} == {"google", None}
    assert not {"UTM_Source__c", "segment__c", "CurrencyIsoCode"} & leads[0].keys()
    _, by_csv = extract(server, tmp_path / "job", by_job(SALESFORCE.stream("leads")))
    assert {lead["utm_source__c"] for lead in by_csv} == {"google", None}


def test_a_needed_field_that_is_hidden_is_named(server: SimulatorServer, tmp_path: Path) -> None:
    """Without it every record would come with nothing where the address should be."""
    fields = tuple(
        replace(each, path="Revenue") if each.name == "amount" else each for each in DEALS.fields
    )
    with pytest.raises(ExtractionFailed, match="may not read the fields Revenue") as caught:
        extract(server, tmp_path, replace(DEALS, fields=fields))
    assert caught.value.failures[0].kind == "forbidden"


def test_an_object_that_may_not_be_seen_has_no_records(
    server: SimulatorServer, tmp_path: Path
) -> None:
    """A company without campaigns has its leads and deals all the same."""
    described = DEALS.request.described
    assert described is not None
    hidden = replace(described.request, path=described.request.path.replace("Opp", "X"))
    request = replace(DEALS.request, described=replace(described, request=hidden))
    extraction, records = extract(server, tmp_path, replace(DEALS, request=request))
    assert (len(extraction.slices), records) == (1, [])


def test_a_day_without_calls_left_is_not_asked_again(tmp_path: Path) -> None:
    """Salesforce says 403, as for a missing permission; only the next day helps."""
    waits: list[float] = []
    with refusing(403, "REQUEST_LIMIT_EXCEEDED", 9, "/queryAll/") as server:
        with pytest.raises(ExtractionFailed) as caught:
            extract(server, tmp_path, DEALS, waits=waits)
        asked = [each for each in server.log if each.path.endswith("/queryAll/")]
    assert caught.value.failures[0].kind == "throttled"
    assert (len(asked), waits) == (1, [])


def test_a_query_that_takes_too_long_is_given_to_a_job(tmp_path: Path) -> None:
    """A job has more time than a query, and divides its work."""
    with refusing(400, "QUERY_TIMEOUT", 1, "/queryAll/") as server:
        extraction, records = extract(server, tmp_path, DEALS)
        assert any("/jobs/query" in each.path for each in server.log)
    assert extraction.rows == len(records) > 0


def test_a_list_whose_cursor_expired_is_read_again(
    tmp_path: Path, secret: pytest.MonkeyPatch
) -> None:
    """What was read before belongs to another list: each record comes once."""
    secret.setattr(renderer, "BATCH", 9)
    with refusing(400, "INVALID_QUERY_LOCATOR", 1, "/query/01g") as server:
        _, records = extract(server, tmp_path, DEALS)
    ids = [record["Id"] for record in records]
    assert len(ids) == len(set(ids)) == len(server.world.acquired.deals)


def test_a_version_that_was_retired_is_called_so(server: SimulatorServer, tmp_path: Path) -> None:
    """Then only a newer Tributary helps."""
    described = DEALS.request.described
    assert described is not None
    old = replace(described.request, path=described.request.path.replace("v67", "v30"))
    request = replace(DEALS.request, described=replace(described, request=old))
    with pytest.raises(ExtractionFailed) as caught:
        extract(server, tmp_path, replace(DEALS, request=request))
    assert caught.value.failures[0].kind == "version_ended"
    assert "Install a newer Tributary" in caught.value.failures[0].message


def test_a_secret_that_was_withdrawn_is_called_so(
    server: SimulatorServer, tmp_path: Path, secret: pytest.MonkeyPatch
) -> None:
    """The token address says 400; no request with records is sent."""
    secret.setenv("SALESFORCE_TEST_SECRET", renderer.REVOKED_SECRET)
    with pytest.raises(ExtractionFailed) as caught:
        extract(server, tmp_path, DEALS)
    assert caught.value.failures[0].kind == "unauthorized"


def test_a_key_signs_in_the_users_name(
    server: SimulatorServer, tmp_path: Path, secret: pytest.MonkeyPatch
) -> None:
    """For three minutes, at the address that Salesforce names, without the app's secret."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for name, value in {"ID": "app", "USER": "reader@acme.example", "KEY": pem}.items():
        secret.setenv(f"SALESFORCE_{name}", value)
    given = ConnectorConfig(
        base_url=server.base_url("salesforce"),
        secrets={
            "client_id": Secret("SALESFORCE_ID", "client_id"),
            "username": Secret("SALESFORCE_USER", "username"),
            "private_key": Secret("SALESFORCE_KEY", "private_key"),
        },
        options={"domain": "acme", "currency": "EUR"},
    )
    _, records = extract(server, tmp_path, DEALS, given)
    assert records
    sent = [each for each in server.log if each.path.endswith("/token")][-1]
    form = dict(pair.split("=", 1) for pair in sent.body.decode().split("&"))
    assert "client_secret" not in form
    claims = jwt.decode(
        form["assertion"], key.public_key(), algorithms=["RS256"],
        audience="https://login.salesforce.com",
    )  # fmt: skip
    assert (claims["iss"], claims["sub"]) == ("app", "reader@acme.example")
    assert claims["exp"] - claims["iat"] == 180


@pytest.mark.parametrize("stream", STREAMS)
def test_changes_are_read_by_the_systems_own_clock(stream: Stream) -> None:
    """LastModifiedDate misses what the system changes, and a query leaves out what is deleted."""
    query = stream.request.params["q"]
    assert "LastModifiedDate" not in query
    if stream.kind is Kind.ENTITY_CHANGES:
        assert "WHERE SystemModstamp >= {window_start_iso}" in query
        assert stream.request.path.endswith("/queryAll/")
        assert stream.overlap_hours >= 1


def test_a_window_asks_for_what_changed_since(server: SimulatorServer, tmp_path: Path) -> None:
    """Half of history is less than all of it."""
    landing = Landing(tmp_path)
    window = Window(DEMO_NOW.date().replace(month=1), DEMO_NOW.date())
    extraction = extract_stream(
        SALESFORCE, DEALS, config(server), landing, window, DEMO_NOW,
        patience=Patience(sleep=lambda seconds: None),
    )  # fmt: skip
    changed = [record["SystemModstamp"] for record in landing.records(extraction.slices[0])]
    assert 0 < len(changed) < len(server.world.acquired.deals)
    assert min(changed) >= "2026-01-01"


def test_doctors_request_is_a_query_of_leads(server: SimulatorServer) -> None:
    """Whoever may not see leads is refused here."""
    ping(SALESFORCE, config(server))
    assert server.log[-1].query["q"] == ["SELECT Id FROM Lead LIMIT 1"]
    assert server.log[-1].status == 200
