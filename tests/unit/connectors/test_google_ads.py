"""Google Ads' declarations: each rule that a vendor fact imposes on them."""

from __future__ import annotations

import re

import pytest

from orchestration.connectors.field import Type
from orchestration.connectors.google_ads import GOOGLE_ADS
from orchestration.connectors.stream import Kind, Stream

STREAMS = [pytest.param(stream, id=stream.name) for stream in GOOGLE_ADS.streams]
REPORTS = [
    pytest.param(stream, id=stream.name)
    for stream in GOOGLE_ADS.streams
    if stream.kind is Kind.REPORT
]


def query_of(stream: Stream) -> str:
    """The stream's query, its placeholders unfilled."""
    assert stream.request.body is not None
    return str(stream.request.body["query"])


@pytest.mark.parametrize("stream", STREAMS)
def test_a_query_selects_each_declared_field_once(stream: Stream) -> None:
    """A field that is declared but not selected would be null forever without any error."""
    selected = re.search(r"SELECT (.+) FROM", query_of(stream))
    assert selected is not None
    names = selected[1].split(", ")
    assert len(names) == len(set(names)) == len(stream.fields)
    as_json = {
        re.sub(r"_([a-z])", lambda letter: letter[1].upper(), name).casefold() for name in names
    }
    assert as_json == {field.path.casefold() for field in stream.fields}


@pytest.mark.parametrize("stream", REPORTS)
def test_a_report_reads_whole_windows_and_thirty_days_back(stream: Stream) -> None:
    """Conversions come for weeks: a shorter look-back freezes them at their first figure."""
    assert query_of(stream).endswith(
        "WHERE segments.date BETWEEN '{window_start_date}' AND '{window_end_date}'"
    )
    assert stream.lookback_days == 30
    assert stream.day_field in stream.natural_key
    assert stream.request.max_days == 0


@pytest.mark.parametrize("stream", REPORTS)
def test_figures_may_be_absent_and_fractional(stream: Stream) -> None:
    """proto3's JSON omits zeros, and 6.623899 conversions do not violate a type."""
    by_name = {field.name: field for field in stream.fields}
    for name in ("cost_micros", "impressions", "clicks", "conversions"):
        assert by_name[name].omitted_when_empty
        assert not by_name[name].required
    assert by_name["conversions"].type is Type.DOUBLE
    assert by_name["conversions"].path == "metrics.conversions"
    assert by_name["cost_micros"].type is Type.INTEGER
    assert not by_name["cost_micros"].non_negative


@pytest.mark.parametrize("stream", STREAMS)
def test_ids_are_text(stream: Stream) -> None:
    """64-bit ids lose their last digits where anything reads them as numbers."""
    ids = [field for field in stream.fields if field.name.endswith("_id")]
    assert ids
    assert all(field.type is Type.STRING for field in ids)


@pytest.mark.parametrize("stream", STREAMS)
def test_keys_are_declared_and_required(stream: Stream) -> None:
    """A row without its key would be counted twice, once per extraction."""
    required = {field.name for field in stream.fields if field.required}
    assert set(stream.natural_key) <= required


def test_clicks_are_asked_day_by_day_and_never_too_far_back() -> None:
    """click_view refuses a range of days, and days more than 90 back in the account's zone.

    Late in the evening at UTC it is tomorrow in Stockholm: 90 days back from UTC are 91 there.
    """
    clicks = GOOGLE_ADS.stream("clicks")
    assert clicks.kind is Kind.EVENT
    assert clicks.request.max_days == 1
    assert clicks.max_history_days == 89
    assert query_of(clicks).endswith("WHERE segments.date = '{window_start_date}'")


def test_every_grain_of_spend_comes_with_its_currency() -> None:
    """Money without a currency cannot be converted; accounts differ."""
    for name in ("account_days", "campaign_days", "ad_group_days", "ad_days"):
        fields = {field.name: field for field in GOOGLE_ADS.stream(name).fields}
        assert fields["currency"].currency
        assert fields["currency"].required


def test_campaigns_are_asked_for_their_type() -> None:
    """The same gclid is a search ad or Performance Max by the campaign's type alone."""
    query = query_of(GOOGLE_ADS.stream("campaigns"))
    assert "campaign.advertising_channel_type" in query
    assert "campaign.end_date_time" in query
    assert "WHERE" not in query
