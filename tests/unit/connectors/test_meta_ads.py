"""Meta Ads' declarations, and what they land from the double: each rule that a fact imposes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.connectors.field import Type
from orchestration.connectors.meta_ads import META_ADS
from orchestration.connectors.stream import Kind, Stream
from orchestration.extract.failures import ExtractionFailed
from orchestration.extract.landing import Landing
from orchestration.extract.patience import Patience
from orchestration.extract.stream import Extraction, extract_stream, ping
from orchestration.extract.window import Window
from simulator.generation.calendar import DEMO_NOW
from simulator.generator import generate
from simulator.http import Clock
from simulator.server import SimulatorServer
from simulator.vendors import meta_ads as renderer
from simulator.vendors.graph_api import REVOKED_TOKEN

STREAMS = [pytest.param(stream, id=stream.name) for stream in META_ADS.streams]
REPORTS = [
    pytest.param(stream, id=stream.name)
    for stream in META_ADS.streams
    if stream.kind is Kind.REPORT
]
ACCOUNT = "90210077"
DELETED = "120332000000000002"
MONTH = Window(date(2026, 4, 1), date(2026, 5, 1))


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    """The double of a fiftieth of the demo company."""
    with SimulatorServer(generate(seed=7, scale=0.02), Clock(DEMO_NOW)) as running:
        yield running
        assert running.errors == []


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A token that Meta accepts."""
    monkeypatch.setenv("META_TEST_TOKEN", "good")
    return monkeypatch


def config(server: SimulatorServer, account: str = ACCOUNT) -> ConnectorConfig:
    """As a company would write it."""
    return ConnectorConfig(
        base_url=server.base_url("meta_ads"),
        accounts=[account],
        secrets={"access_token": Secret("META_TEST_TOKEN", "access_token")},
    )


def extract(
    server: SimulatorServer,
    folder: Path,
    stream: Stream,
    window: Window | None = MONTH,
    account: str = ACCOUNT,
    waits: list[float] | None = None,
) -> tuple[Extraction, list[dict[str, Any]]]:
    """What one stream lands; waits are noted and not slept."""
    landing = Landing(folder)
    extraction = extract_stream(
        META_ADS,
        stream,
        config(server, account),
        landing,
        None if stream.kind is Kind.ENTITY_SNAPSHOT else window,
        DEMO_NOW,
        patience=Patience(attempts=3, sleep=([] if waits is None else waits).append),
    )
    return extraction, [record for item in extraction.slices for record in landing.records(item)]


@pytest.mark.parametrize("stream", REPORTS)
def test_a_report_reads_whole_windows_and_four_weeks_back(stream: Stream) -> None:
    """Conversions count on the day of the impression and come for 28 days."""
    body = stream.request.body or {}
    assert json.loads(body["time_range"]) == {
        "since": "{window_start_date}", "until": "{window_end_date}"
    }  # fmt: skip
    assert (body["time_increment"], stream.lookback_days) == ("1", 28)
    assert stream.day_field in stream.natural_key
    assert stream.request.report is not None
    assert stream.request.report.settled == {"async_percent_completion": "100"}


@pytest.mark.parametrize("stream", STREAMS)
def test_ids_are_text_and_keys_required(stream: Stream) -> None:
    """Ids exceed 2^53; a record without its key would be counted once per extraction."""
    ids = [field for field in stream.fields if field.name.endswith("_id") and field.name != "id"]
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
    # Lists that only other advertisers have.
    assert missing <= {
        "action_values", "link_url", "template_url", "start_time", "stop_time"
    }  # fmt: skip


def _has(record: dict[str, Any], keys: tuple[str, ...]) -> bool:
    value: Any = record
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value is not None


def test_what_is_deleted_keeps_its_name_and_its_money(
    server: SimulatorServer, token: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Meta leaves deleted ads out of lists and reports unless their status is asked for."""
    _, ads = extract(server, tmp_path / "ads", META_ADS.stream("ads"))
    assert {ad["id"]: ad["effective_status"] for ad in ads}[DELETED] == "DELETED"
    _, by_ad = extract(server, tmp_path / "days", META_ADS.stream("ad_days"))
    _, whole = extract(server, tmp_path / "whole", META_ADS.stream("account_days"))
    assert DELETED in {row["ad_id"] for row in by_ad}
    assert cents(by_ad) == cents(whole) > 0
    stream = META_ADS.stream("ad_days")
    body = {key: text for key, text in (stream.request.body or {}).items() if key != "filtering"}
    unasked = replace(stream, request=replace(stream.request, body=body))
    _, rest = extract(server, tmp_path / "rest", unasked)
    assert cents(rest) < cents(whole), "otherwise the double shows nothing here"


def cents(rows: list[dict[str, Any]]) -> int:
    """The money of rows."""
    return sum(round(float(row["spend"]) * 100) for row in rows)


def test_pages_follow_each_other_to_the_end(
    server: SimulatorServer, token: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each page names the next one; the last has cursors and no next."""
    stream = META_ADS.stream("ad_days")
    report = stream.request.report
    assert report is not None
    small = replace(report.download, pager=replace(report.download.pager, page_size=7))
    paged = replace(stream, request=replace(stream.request, report=replace(report, download=small)))
    whole, _ = extract(server, tmp_path / "whole", stream)
    pages, _ = extract(server, tmp_path / "pages", paged)
    assert pages.requests > whole.requests + 5
    assert [item.content_sha256 for item in pages.slices] == [
        item.content_sha256 for item in whole.slices
    ]


def test_a_report_that_is_not_ready_is_waited_for(
    server: SimulatorServer, token: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A report that is still running has no figures yet; the waits grow."""
    token.setattr(renderer, "UNREADY_POLLS", 3)
    waits: list[float] = []
    extraction, _ = extract(server, tmp_path, META_ADS.stream("ad_days"), waits=waits)
    assert extraction.failures == []
    assert waits == [1, 2, 4, 8]


def test_a_report_that_is_too_long_is_asked_for_in_halves(
    server: SimulatorServer, token: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Meta fails it without a reason; the same days come in two reports."""
    stream = META_ADS.stream("ad_days")
    unbounded = replace(stream, request=replace(stream.request, max_days=0))
    days = Window(date(2025, 1, 1), date(2026, 7, 1))
    extraction, rows = extract(server, tmp_path / "halves", unbounded, days)
    assert extraction.failures == []
    _, expected = extract(server, tmp_path / "parts", stream, days)
    assert rows == expected
    assert {row["date_start"] for row in rows} == {
        str(days.start + timedelta(n)) for n in range((days.end - days.start).days)
    }


def test_a_token_that_was_revoked_is_called_so(
    server: SimulatorServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Meta says 400, as for a misspelt parameter; the code says what to do."""
    monkeypatch.setenv("META_TEST_TOKEN", REVOKED_TOKEN)
    with pytest.raises(ExtractionFailed) as caught:
        extract(server, tmp_path, META_ADS.stream("campaigns"))
    (failure,) = caught.value.failures
    assert failure.kind == "unauthorized"
    assert "Renew the credentials" in failure.message


def test_an_account_that_is_not_ours_is_called_so(
    server: SimulatorServer, token: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Meta does not tell whether it exists."""
    with pytest.raises(ExtractionFailed) as caught:
        extract(server, tmp_path, META_ADS.stream("account_days"), account="1")
    assert caught.value.failures[0].kind == "forbidden"


def test_a_version_that_has_ended_is_called_so(
    server: SimulatorServer, token: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A version lives for a year; then only a newer Tributary helps."""
    stream = META_ADS.stream("campaigns")
    path = stream.request.path.replace("v26.0", "v19.0")
    with pytest.raises(ExtractionFailed) as caught:
        extract(server, tmp_path, replace(stream, request=replace(stream.request, path=path)))
    (failure,) = caught.value.failures
    assert failure.kind == "version_ended"
    assert "Install a newer Tributary" in failure.message


def test_doctors_request_needs_the_right_to_figures(
    server: SimulatorServer, token: pytest.MonkeyPatch
) -> None:
    """An account's name can be read by whoever may not read its figures."""
    ping(META_ADS, config(server))
    assert server.log[-1].path.endswith(f"/act_{ACCOUNT}/insights")
    assert server.log[-1].status == 200
