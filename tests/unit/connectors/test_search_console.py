"""Search Console's declarations, and what they land from the double: each rule of a fact."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.connectors.search_console import SEARCH_CONSOLE
from orchestration.connectors.stream import Stream
from orchestration.extract.failures import ExtractionFailed
from orchestration.extract.landing import Landing
from orchestration.extract.patience import Patience
from orchestration.extract.stream import Extraction, extract_stream, ping
from orchestration.extract.window import Window
from simulator.faults import Fault, FaultKind
from simulator.generation.calendar import DEMO_NOW
from simulator.generator import generate
from simulator.http import Clock
from simulator.search import SITE
from simulator.server import SimulatorServer
from simulator.vendors.google_tokens import REVOKED_TOKEN
from tests.kit.extract.vendor import Answer, Loopback

STREAMS = [pytest.param(stream, id=stream.name) for stream in SEARCH_CONSOLE.streams]
MONTH = Window(date(2026, 4, 1), date(2026, 5, 1))
BY_BOTH = SEARCH_CONSOLE.stream("search_term_page_days")
BY_TERM = SEARCH_CONSOLE.stream("search_term_days")
TOKEN = Answer({"access_token": "good"})


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    """The double of a fiftieth of the demo company."""
    with SimulatorServer(generate(seed=7, scale=0.02), Clock(DEMO_NOW)) as running:
        yield running
        assert running.errors == []


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Secrets that Google accepts."""
    monkeypatch.setenv("SEARCH_TEST_SECRET", "good")
    return monkeypatch


def config(base_url: str, site: str = SITE, *names: str, state: str = "final") -> ConnectorConfig:
    """As a company would write it."""
    return ConnectorConfig(
        base_url=base_url,
        accounts=[site],
        secrets={
            name: Secret("SEARCH_TEST_SECRET", name) for name in names or SEARCH_CONSOLE.secrets
        },
        options={"data_state": state},
    )


def extract(
    asked: ConnectorConfig,
    folder: Path,
    stream: Stream,
    window: Window = MONTH,
    waits: list[float] | None = None,
) -> tuple[Extraction, list[dict[str, Any]]]:
    """What one stream lands; waits are noted and not slept."""
    landing = Landing(folder)
    extraction = extract_stream(
        SEARCH_CONSOLE,
        stream,
        asked,
        landing,
        window,
        DEMO_NOW,
        patience=Patience(attempts=3, sleep=([] if waits is None else waits).append),
    )
    return extraction, [record for item in extraction.slices for record in landing.records(item)]


@pytest.fixture
def reading(server: SimulatorServer, secrets: pytest.MonkeyPatch) -> ConnectorConfig:
    """The configuration of a company that may read its site."""
    server.faults.clear()
    return config(server.base_url("search_console"))


@pytest.mark.parametrize("stream", STREAMS)
def test_a_report_reads_whole_days_again_until_they_are_final(stream: Stream) -> None:
    """Figures settle after two or three days; a run that was skipped must not leave fresh ones."""
    body = stream.request.body or {}
    assert (body["startDate"], body["endDate"]) == ("{window_start_date}", "{window_end_date}")
    assert (body["type"], stream.lookback_days) == ("web", 10)
    assert set(stream.natural_key) == {field.name for field in stream.fields if field.required} - {
        "clicks",
        "impressions",
        "position",
    }
    assert len(body["dimensions"]) == len(stream.request.positions["keys"])


@pytest.mark.parametrize("stream", STREAMS)
def test_every_stream_lands(reading: ConnectorConfig, tmp_path: Path, stream: Stream) -> None:
    """Values under the names of their positions; the double refuses what Google would."""
    extraction, records = extract(reading, tmp_path, stream)
    assert extraction.failures == []
    names = {field.name for field in stream.fields}
    for record in records:
        assert names <= record.keys()
        assert record.keys() - names == {"keys", "ctr"} == set(stream.ignored)
    assert {record["site_url"] for record in records} == {SITE}
    assert {record["date_day"] for record in records} <= {
        str(MONTH.start + timedelta(n)) for n in range(30)
    }
    assert any(record["country"] == "swe" for record in records)


def test_the_site_is_one_segment_of_the_address(
    secrets: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """``https://x/`` has slashes, which Google reads as a part of its own path unless encoded."""
    vendor = Loopback()
    for site in ("sc-domain:x.example", "https://x.example/"):
        vendor.queue = [TOKEN, Answer({"responseAggregationType": "byPage"})]
        extraction, records = extract(config(vendor.base_url, site), tmp_path, BY_TERM,
                                      Window(date(2026, 4, 1), date(2026, 4, 2)))  # fmt: skip
        assert (extraction.failures, records) == ([], [])
    vendor.close()
    asked = [each.path for each in vendor.asked if "token" not in each.path]
    assert [path.rpartition("/sites/")[2] for path in asked] == [
        "sc-domain%3Ax.example/searchAnalytics/query",
        "https%3A%2F%2Fx.example%2F/searchAnalytics/query",
    ]


def small_pages(stream: Stream, size: int = 1) -> Stream:
    """The stream in pages of one row, and several days at once."""
    pager = replace(stream.request.pager, page_size=size)
    return replace(stream, request=replace(stream.request, pager=pager, max_days=7))


def test_pages_follow_each_other_to_the_end(reading: ConnectorConfig, tmp_path: Path) -> None:
    """By ``startRow``, until a page is empty or shorter than the ones before."""
    whole, _ = extract(reading, tmp_path / "whole", small_pages(BY_BOTH, 25_000))
    pages, _ = extract(reading, tmp_path / "pages", small_pages(BY_BOTH))
    assert pages.requests > whole.requests + 5
    assert [item.content_sha256 for item in pages.slices] == [
        item.content_sha256 for item in whole.slices
    ]


def test_a_page_that_comes_again_ends_the_reading(
    server: SimulatorServer, reading: ConnectorConfig, tmp_path: Path
) -> None:
    """A start row that is not obeyed would be asked for for ever, and its rows counted twice."""
    server.faults.add(
        Fault(FaultKind.REPEATED_CURSOR, path="searchAnalytics", body='"startRow": ?[1-9]', times=0)
    )
    with pytest.raises(ExtractionFailed) as caught:
        extract(reading, tmp_path, small_pages(BY_BOTH))
    server.faults.clear()
    assert {failure.kind for failure in caught.value.failures} == {"cursor"}


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("reason", ["rateLimitExceeded", "quotaExceeded"])
def test_too_many_requests_are_waited_for(
    secrets: pytest.MonkeyPatch, tmp_path: Path, status: int, reason: str
) -> None:
    """A 403 with this reason is no lack of permission; the quota is by the minute."""
    error = {"code": status, "message": "Search Analytics load quota exceeded.",
             "errors": [{"message": "m", "domain": "usageLimits", "reason": reason}]}  # fmt: skip
    vendor = Loopback()
    vendor.queue = [TOKEN, *[Answer({"error": error}, status)] * 3]
    waits: list[float] = []
    with pytest.raises(ExtractionFailed) as caught:
        extract(config(vendor.base_url), tmp_path, BY_TERM,
                Window(date(2026, 4, 1), date(2026, 4, 2)), waits)  # fmt: skip
    vendor.close()
    assert caught.value.failures[0].kind == "throttled"
    assert len(waits) == 2
    assert status == 429 or min(waits) >= 20


def test_a_site_that_is_not_ours_is_called_so(
    server: SimulatorServer, secrets: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The other property of a domain has a permission of its own."""
    asked = config(server.base_url("search_console"), "https://www.fjordbase.example/")
    with pytest.raises(ExtractionFailed) as caught:
        extract(asked, tmp_path, BY_TERM)
    assert caught.value.failures[0].kind == "forbidden"
    assert "sufficient permission" in caught.value.failures[0].message


def test_consent_that_was_withdrawn_is_called_so(
    server: SimulatorServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Only a person can give it again."""
    monkeypatch.setenv("SEARCH_TEST_SECRET", REVOKED_TOKEN)
    with pytest.raises(ExtractionFailed) as caught:
        extract(config(server.base_url("search_console")), tmp_path, BY_TERM)
    assert caught.value.failures[0].kind == "unauthorized"


def test_a_service_account_reads_the_same(
    server: SimulatorServer, reading: ConnectorConfig, secrets: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Signed for the scope of Search Console, by the key in its file."""
    _, expected = extract(reading, tmp_path / "person", BY_TERM)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    secrets.setenv(
        "SEARCH_TEST_SECRET",
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
    )
    secrets.setenv("SEARCH_TEST_EMAIL", "reader@project.iam.gserviceaccount.example")
    asked = config(server.base_url("search_console"), SITE, "private_key")
    asked.secrets["client_email"] = Secret("SEARCH_TEST_EMAIL", "client_email")
    _, records = extract(asked, tmp_path / "service", BY_TERM)
    assert records == expected


def test_fresh_days_come_only_when_they_are_asked_for(
    server: SimulatorServer, secrets: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A final figure never changes; a fresh one is a part of what it will be."""
    window = Window(DEMO_NOW.date() - timedelta(days=6), DEMO_NOW.date() + timedelta(days=1))
    last = {}
    for state in ("final", "all"):
        asked = config(server.base_url("search_console"), state=state)
        _, records = extract(asked, tmp_path / state, SEARCH_CONSOLE.stream("site_days"), window)
        last[state] = max(record["date_day"] for record in records)
    assert last["final"] < last["all"]
    assert last["final"] <= str(DEMO_NOW.date() - timedelta(days=3))


def test_a_first_run_asks_for_sixteen_months(reading: ConnectorConfig, tmp_path: Path) -> None:
    """Google keeps no more."""
    stream = SEARCH_CONSOLE.stream("page_days")
    extraction, records = extract(
        reading, tmp_path, stream, Window(date(2020, 1, 1), DEMO_NOW.date())
    )
    (item,) = extraction.slices
    assert item.window_start is not None
    assert item.window_start.date() == DEMO_NOW.date() - timedelta(days=480)
    assert min(record["date_day"] for record in records) >= str(item.window_start.date())


def test_what_is_withheld_by_term_is_in_the_totals(
    reading: ConnectorConfig, tmp_path: Path
) -> None:
    """Rare terms are left out with their clicks; a second page adds impressions by page alone."""
    sums = {}
    for stream in SEARCH_CONSOLE.streams:
        _, records = extract(reading, tmp_path / stream.name, stream)
        sums[stream.name] = [
            sum(record[name] for record in records) for name in ("clicks", "impressions")
        ]
    site, pages = sums["site_days"], sums["page_days"]
    assert site[0] == pages[0] > sums["search_term_days"][0] == sums["search_term_page_days"][0]
    assert pages[1] > site[1] > sums["search_term_days"][1]


def test_doctors_request_needs_the_right_to_figures(
    server: SimulatorServer, reading: ConnectorConfig
) -> None:
    """A list of sites has those, too, that nobody has confirmed."""
    ping(SEARCH_CONSOLE, reading)
    assert server.log[-1].path.endswith(f"/{SITE}/searchAnalytics/query")
    assert server.log[-1].status == 200
    assert json.loads(server.log[-1].body)["rowLimit"] == 1
