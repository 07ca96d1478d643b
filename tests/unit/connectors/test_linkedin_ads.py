"""LinkedIn Ads' declarations, and what they land from the double: each rule that a fact imposes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.connectors.field import Type
from orchestration.connectors.linkedin_ads import LINKEDIN_ADS
from orchestration.connectors.stream import Connector, Kind, Stream
from orchestration.extract.failures import ExtractionFailed, RequestFailed
from orchestration.extract.landing import Landing
from orchestration.extract.patience import Patience
from orchestration.extract.stream import Extraction, extract_stream, ping
from orchestration.extract.window import Window
from simulator.generation.calendar import DEMO_NOW
from simulator.generator import generate
from simulator.http import Clock
from simulator.server import SimulatorServer
from simulator.vendors import linkedin_ads as renderer
from simulator.vendors import linkedin_api

STREAMS = [pytest.param(stream, id=stream.name) for stream in LINKEDIN_ADS.streams]
REPORTS = [
    pytest.param(stream, id=stream.name)
    for stream in LINKEDIN_ADS.streams
    if stream.kind is Kind.REPORT
]
CREATIVE_DAYS = LINKEDIN_ADS.stream("creative_days")
MONTH = Window(date(2026, 6, 1), date(2026, 7, 1))


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    """The double of a fiftieth of the demo company."""
    with SimulatorServer(generate(seed=7, scale=0.02), Clock(DEMO_NOW)) as running:
        yield running
        assert running.errors == []


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A token that LinkedIn accepts."""
    monkeypatch.setenv("LINKEDIN_TEST_SECRET", "good")
    return monkeypatch


def config(server: SimulatorServer, account: str = "512001") -> ConnectorConfig:
    """As a company would write it."""
    return ConnectorConfig(
        base_url=server.base_url("linkedin_ads"),
        accounts=[account],
        secrets={name: Secret("LINKEDIN_TEST_SECRET", name) for name in LINKEDIN_ADS.secrets},
    )


def extract(
    server: SimulatorServer,
    folder: Path,
    stream: Stream,
    account: str = "512001",
    connector: Connector = LINKEDIN_ADS,
) -> tuple[Extraction, list[dict[str, Any]]]:
    """What one stream lands, after its parent."""
    landing = Landing(folder)
    parent = stream.request.parent
    streams = [*([connector.stream(parent.stream)] if parent else []), stream]
    for each in streams:
        extraction = extract_stream(
            connector,
            each,
            config(server, account),
            landing,
            None if each.kind is Kind.ENTITY_SNAPSHOT else MONTH,
            DEMO_NOW,
            patience=Patience(attempts=3, sleep=lambda seconds: None),
        )
    return extraction, [record for item in extraction.slices for record in landing.records(item)]


def failed(server: SimulatorServer, folder: Path, stream: Stream, **given: Any) -> tuple[str, str]:
    """Why nothing landed: the kind and the message."""
    with pytest.raises(ExtractionFailed) as caught:
        extract(server, folder, stream, **given)
    (failure,) = caught.value.failures
    return failure.kind, failure.message


@pytest.mark.parametrize("stream", STREAMS)
def test_ids_are_text_and_keys_required(stream: Stream) -> None:
    """A record without its key would be counted once per extraction."""
    ids = [field for field in stream.fields if field.name.endswith(("_id", "_urn"))]
    assert ids
    assert all(field.type is Type.STRING for field in ids)
    assert set(stream.natural_key) <= {field.name for field in stream.fields if field.required}


@pytest.mark.parametrize("stream", STREAMS)
def test_every_stream_lands(
    server: SimulatorServer, token: pytest.MonkeyPatch, tmp_path: Path, stream: Stream
) -> None:
    """The double refuses a field that it does not know, so a misspelt one is a failure here."""
    extraction, records = extract(server, tmp_path, stream)
    assert extraction.failures == []
    assert records
    missing = {
        field.path or field.name
        for field in stream.fields
        if not any(_has(record, field.keys) for record in records)
    }
    # What only other advertisers have.
    assert missing <= {
        "runSchedule.end", "leadgenCallToAction.destination", "leadgenCallToAction.label",
    }  # fmt: skip


def _has(record: dict[str, Any], keys: tuple[str, ...]) -> bool:
    value: Any = record
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value is not None


@pytest.mark.parametrize("stream", REPORTS)
def test_every_grain_has_the_same_money_in_the_accounts_currency(
    server: SimulatorServer, token: pytest.MonkeyPatch, tmp_path: Path, stream: Stream
) -> None:
    """Figures name neither account nor currency: both are the account's."""
    _, rows = extract(server, tmp_path, stream)
    (account,) = server.world.social_accounts_of("linkedin_ads")
    expected = sum(
        row.spend for row in account.figures(DEMO_NOW) if MONTH.start <= row.day < MONTH.end
    )
    assert sum(Decimal(row["costInLocalCurrency"]) for row in rows) == expected > 0
    assert {(row["account_id"], row["currency"]) for row in rows} == {("512001", "EUR")}


def test_more_than_twenty_fields_come_in_parts(
    server: SimulatorServer, token: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A part lacks the rows of which all its figures are zero; the others keep theirs."""
    before = len(server.log)
    _, rows = extract(server, tmp_path, CREATIVE_DAYS)
    asked = [
        each.query["fields"][0].split(",") for each in server.log[before:] if "fields" in each.query
    ]
    assert [len(names) for names in asked] == [20, 6]
    assert all(names[:2] == ["pivotValues", "dateRange"] for names in asked)
    without_film = [row for row in rows if "videoViews" not in row]
    with_film = [row for row in rows if "videoViews" in row]
    assert without_film
    assert with_film
    assert all(row["impressions"] > 0 for row in rows)


def test_figures_that_were_cut_off_are_asked_for_in_halves(
    server: SimulatorServer, token: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """LinkedIn stops at 15,000 rows without a word."""
    _, whole = extract(server, tmp_path / "whole", CREATIVE_DAYS)
    token.setattr(renderer, "MOST_ROWS", 30)
    stream = replace(CREATIVE_DAYS, request=replace(CREATIVE_DAYS.request, cut_off_at=30))
    extraction, halves = extract(server, tmp_path / "halves", stream)
    assert len(whole) > 60
    assert halves == whole
    assert extraction.requests > 8
    token.setattr(renderer, "MOST_ROWS", 3)
    stream = replace(CREATIVE_DAYS, request=replace(CREATIVE_DAYS.request, cut_off_at=3))
    assert failed(server, tmp_path / "day", stream)[0] == "too_much"


def test_pages_follow_each_other_to_the_end(
    server: SimulatorServer, token: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The token of the next page goes beside the query, which stays as it is written."""
    stream = LINKEDIN_ADS.stream("creatives")
    pager = replace(stream.request.pager, page_size=7)
    paged = replace(stream, request=replace(stream.request, pager=pager))
    whole, _ = extract(server, tmp_path / "whole", stream)
    pages, _ = extract(server, tmp_path / "pages", paged)
    assert pages.requests == whole.requests + 3
    assert [item.content_sha256 for item in pages.slices] == [
        item.content_sha256 for item in whole.slices
    ]


@pytest.mark.parametrize("stream", REPORTS)
def test_an_account_that_may_not_be_read_has_no_empty_figures(
    server: SimulatorServer, token: pytest.MonkeyPatch, tmp_path: Path, stream: Stream
) -> None:
    """Its figures are an answer without rows, which would replace what was read before."""
    kind, message = failed(server, tmp_path, stream, account="99")
    assert kind == "forbidden"
    assert "Give the credentials access to this account" in message
    assert Landing(tmp_path).slices() == []


def test_posts_that_may_not_be_read_leave_texts_out(
    server: SimulatorServer, token: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The scope for posts is another one; money does not wait for it."""
    token.setattr(renderer, "FORBIDDEN_POSTS", True)
    extraction, records = extract(server, tmp_path, LINKEDIN_ADS.stream("posts"))
    assert (extraction.failures, records) == ([], [])


def test_a_version_that_has_ended_is_called_so(
    server: SimulatorServer, token: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A version lives for a year; then only a newer Tributary helps."""
    old = replace(LINKEDIN_ADS, headers={**LINKEDIN_ADS.headers, "LinkedIn-Version": "202504"})
    kind, message = failed(server, tmp_path, LINKEDIN_ADS.stream("campaigns"), connector=old)
    assert kind == "version_ended"
    assert "Requested version 20250401 is not active" in message
    assert "Install a newer Tributary" in message


def test_without_the_protocols_header_lists_are_refused(
    server: SimulatorServer, token: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Otherwise the double would not notice that it is missing."""
    bare = replace(LINKEDIN_ADS, headers={"LinkedIn-Version": "202608"})
    assert failed(server, tmp_path, CREATIVE_DAYS, connector=bare)[0] == "rejected"


def test_a_refresh_token_that_has_ended_is_called_so(
    server: SimulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A year after a person signed in, that person must do so again."""
    monkeypatch.setenv("LINKEDIN_TEST_SECRET", linkedin_api.REVOKED_TOKEN)
    with pytest.raises(RequestFailed) as caught:
        ping(LINKEDIN_ADS, config(server))
    assert caught.value.kind == "unauthorized"
    assert "Renew the credentials" in str(caught.value)


def test_an_access_token_alone_signs_in_until_it_ends(
    server: SimulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not every application gets refresh tokens from LinkedIn."""
    monkeypatch.setenv("LINKEDIN_TEST_SECRET", "of nobody")
    secret = Secret("LINKEDIN_TEST_SECRET", "access_token")
    given = config(server).model_copy(update={"secrets": {"access_token": secret}})
    with pytest.raises(RequestFailed) as caught:
        ping(LINKEDIN_ADS, given)
    assert caught.value.kind == "unauthorized"


def test_doctors_request_needs_the_account(
    server: SimulatorServer, token: pytest.MonkeyPatch
) -> None:
    """Figures of an account that may not be read are no refusal."""
    ping(LINKEDIN_ADS, config(server))
    assert (server.log[-1].path, server.log[-1].status) == ("/rest/adAccounts/512001", 200)
    with pytest.raises(RequestFailed) as caught:
        ping(LINKEDIN_ADS, config(server, "99"))
    assert caught.value.kind == "forbidden"
