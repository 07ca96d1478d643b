"""Meta's own SDK reads the double's bytes, and knows every field and status that is asked for."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adcreative import AdCreative
from facebook_business.adobjects.adreportrun import AdReportRun
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.adsinsights import AdsInsights
from facebook_business.adobjects.campaign import Campaign
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

from orchestration.connectors import meta_ads
from orchestration.connectors.meta_ads import META_ADS
from orchestration.connectors.stream import Kind, Stream
from simulator.generator import generate
from simulator.http import Clock
from simulator.server import SimulatorServer
from simulator.vendors import meta_ads as renderer
from simulator.vendors.graph_api import REVOKED_TOKEN

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
ACCOUNT = "act_90210077"
DAYS = {"since": "2026-04-01", "until": "2026-04-30"}
SHORT = {"since": "2026-06-24", "until": "2026-06-30"}
TYPES: dict[str, Any] = {
    "accounts": AdAccount,
    "campaigns": Campaign,
    "ad_sets": AdSet,
    "ads": Ad,
    "creatives": AdCreative,
    "account_days": AdsInsights,
    "campaign_days": AdsInsights,
    "ad_days": AdsInsights,
}
STREAMS = [pytest.param(stream, id=stream.name) for stream in META_ADS.streams]
PYTHON = {
    "string": str, "datetime": str, "unsigned int": int, "int": int, "float": (int, float),
    "bool": bool,
}  # fmt: skip


def asked(stream: Stream) -> list[str]:
    """The fields that the connector asks for."""
    return list(dict.fromkeys(field.keys[0] for field in stream.fields))


def well_typed(record: dict[str, Any], kind: Any) -> None:
    """Every key is a field of that type, and its value is what the SDK documents for it."""
    assert record.keys() <= kind._field_types.keys(), record.keys() - kind._field_types.keys()
    for name, value in record.items():
        expected = kind._field_types[name]
        if expected.startswith("list<"):
            assert isinstance(value, list), name
        elif expected in PYTHON:
            assert isinstance(value, PYTHON[expected]), (name, value)
        elif name not in ("status", "effective_status"):
            assert isinstance(value, dict | str), (name, value)


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    """The double of a fiftieth of the demo company."""
    with SimulatorServer(generate(seed=7, scale=0.02), Clock(NOW)) as running:
        yield running
        assert running.errors == []


@pytest.fixture
def account(server: SimulatorServer, monkeypatch: pytest.MonkeyPatch) -> AdAccount:
    """The SDK, pointed at loopback."""
    monkeypatch.setattr(FacebookSession, "GRAPH", server.base_url("meta_ads"))
    api = FacebookAdsApi.init(access_token="T", api_version="v26.0", crash_log=False)
    return AdAccount(ACCOUNT, api=api)


@pytest.mark.parametrize("stream", STREAMS)
def test_every_field_asked_for_exists(stream: Stream) -> None:
    """Fields come and go with versions; an unknown one is a 400 on the first real run."""
    assert set(asked(stream)) <= set(TYPES[stream.name]._field_types)


def test_every_status_asked_for_exists_and_none_is_forgotten() -> None:
    """What is left out here is missing from every list; what does not exist is a 400."""
    for statuses, kind in (
        (meta_ads.CAMPAIGN_STATUSES, Campaign),
        (meta_ads.AD_SET_STATUSES, AdSet),
        (meta_ads.AD_STATUSES, Ad),
    ):
        known = {
            value for name, value in vars(kind.EffectiveStatus).items() if not name.startswith("_")
        }
        assert set(statuses) == known


@pytest.mark.parametrize("stream", STREAMS)
def test_the_windows_and_levels_asked_for_exist(stream: Stream) -> None:
    """Two windows ended in January 2026."""
    if stream.kind is not Kind.REPORT:
        return
    body = stream.request.body or {}
    windows = {
        value
        for name, value in vars(AdsInsights.ActionAttributionWindows).items()
        if not name.startswith("_")
    }
    assert set(json.loads(body["action_attribution_windows"])) <= windows
    assert body["level"] in vars(AdsInsights.Level).values()
    assert body["action_report_time"] in vars(AdsInsights.ActionReportTime).values()


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("campaigns", "get_campaigns"),
        ("ad_sets", "get_ad_sets"),
        ("ads", "get_ads"),
        ("creatives", "get_ad_creatives"),
    ],
)
def test_the_sdk_reads_every_entity(account: AdAccount, name: str, method: str) -> None:
    """In pages of one, so that it follows the cursors too."""
    stream = META_ADS.stream(name)
    params: dict[str, Any] = {"limit": 1}
    if "effective_status" in stream.request.params:
        params["effective_status"] = json.loads(stream.request.params["effective_status"])
    found = list(getattr(account, method)(fields=asked(stream), params=params))
    assert found
    for record in found:
        well_typed(record.export_all_data(), TYPES[name])
    if name == "ads":
        assert len(found) == 4
        assert len(list(account.get_ads(fields=["id"], params={"limit": 1}))) == 3, "one is deleted"


def test_the_sdk_reads_the_account(account: AdAccount) -> None:
    """Its currency and time zone."""
    record = account.api_get(fields=asked(META_ADS.stream("accounts"))).export_all_data()
    well_typed(record, AdAccount)
    assert (record["currency"], record["timezone_name"]) == ("SEK", "Europe/Stockholm")


@pytest.mark.parametrize("level", ["account", "campaign", "ad"])
def test_the_sdk_waits_for_a_report_and_reads_it(
    account: AdAccount, monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    """Submitted with the connector's own parameters, of which the SDK doubts none."""
    monkeypatch.setattr(renderer, "UNREADY_POLLS", 1)
    stream = META_ADS.stream(f"{level}_days")
    body = dict(stream.request.body or {})
    body.pop("fields")
    params = {
        name: json.loads(text) if text[0] in "[{" or text in ("1", "false") else text
        for name, text in {**body, "time_range": json.dumps(DAYS)}.items()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        job = account.get_insights(fields=asked(stream), params=params, is_async=True)
    job = job.api_get()
    assert (job["async_status"], job["async_percent_completion"]) == ("Job Running", 40)
    job = job.api_get()
    assert job[AdReportRun.Field.async_status] == "Job Completed"
    rows = [row.export_all_data() for row in job.get_insights(params={"limit": 7})]
    assert {row["date_start"] for row in rows} == {f"2026-04-{day:02d}" for day in range(1, 31)}
    for row in rows:
        well_typed(row, AdsInsights)


def test_figures_at_once_only_for_a_week(account: AdAccount) -> None:
    """A longer window by ad is refused with a subcode that the connector knows."""
    short = account.get_insights(
        fields=["ad_id", "spend"], params={"level": "ad", "time_increment": 1, "time_range": SHORT}
    )
    assert len(list(short)) == 21
    with pytest.raises(FacebookRequestError) as caught:
        account.get_insights(fields=["ad_id"], params={"level": "ad", "time_range": DAYS})
    codes = [code for known in META_ADS.error_codes for code in known.codes]
    assert str(caught.value.api_error_subcode()) in codes


def test_the_sdk_reads_errors(account: AdAccount) -> None:
    """A field that does not exist, and a token that was revoked."""
    with pytest.warns(UserWarning, match="colour"), pytest.raises(FacebookRequestError) as caught:
        account.get_campaigns(fields=["colour"])
    assert (caught.value.http_status(), caught.value.api_error_code()) == (400, 100)
    revoked = FacebookAdsApi.init(access_token=REVOKED_TOKEN, api_version="v26.0", crash_log=False)
    with pytest.raises(FacebookRequestError) as caught:
        AdAccount(ACCOUNT, api=revoked).get_campaigns(fields=["id"])
    assert caught.value.api_error_code() == 190


def test_a_figure_of_another_type_would_be_noticed() -> None:
    """Otherwise the tests above would accept anything."""
    with pytest.raises(AssertionError):
        well_typed({"spend": 12.5}, AdsInsights)
    with pytest.raises(AssertionError):
        well_typed({"spent": "12.50"}, AdsInsights)
