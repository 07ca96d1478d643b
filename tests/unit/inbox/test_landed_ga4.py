"""The export of Google Analytics to BigQuery, landed as files or tables of a day each, by hand."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.foundation.sql import literal
from orchestration.inbox.files import InboxError
from tests.kit.inbox import Inbox
from tests.kit.landed import entries, load

moment = dt.datetime.fromisoformat
PAGE = "https://x.example/"
Event = dict[str, Any]
Days = dict[str, list[Event]]


def event(
    name: str, at: str, visitor: str | None = "u", params: dict[str, Any] | None = None, **more: Any
) -> Event:
    """A row of the export: whole numbers are texts, and what has no value is null or left out."""
    kinds = {str: "string_value", int: "int_value", float: "double_value"}
    given = {"ga_session_id": 17, "page_location": PAGE, **(params or {})}
    return {
        "event_date": at[:10].replace("-", ""),
        "event_timestamp": str(int(moment(f"{at}+00:00").timestamp() * 1_000_000)),
        "event_name": name,
        "user_pseudo_id": visitor,
        "event_params": [
            {"key": key, "value": {kinds[type(said)]: str(said) if type(said) is int else said}}
            for key, said in given.items()
            if said is not None
        ],
        **more,
    }


ORDER = {"transaction_id": "T-1", "value": 90.5, "currency": "EUR"}
DAYS: Days = {
    "events_20260501": [
        event("session_start", "2026-05-01T08:00:00"),
        event("page_view", "2026-05-01T08:00:00", params={"page_title": "Home"},
              collected_traffic_source={"manual_source": "google", "manual_medium": "cpc",
                                        "manual_campaign_name": "brand", "gclid": "Cj0"}),
        event("page_view", "2026-05-01T08:05:00", params={"page_location": f"{PAGE}b"},
              user_id="crm-42", collected_traffic_source={"manual_source": "mail"}),
        # Another visitor whose session has the same id, and one who gave no consent.
        event("page_view", "2026-05-01T09:00:00", "v"),
        event("page_view", "2026-05-01T09:00:00", None),
        # The page that thanks for an order was loaded again; the export repeated an event.
        event("purchase", "2026-05-01T09:30:00", params=ORDER),
        event("purchase", "2026-05-01T09:31:00", params=ORDER),
        event("purchase", "2026-05-01T10:00:00", None, {**ORDER, "transaction_id": "T-2"}),
        event("generate_lead", "2026-05-01T10:00:00", "v", {"value": 50, "currency": "EUR"}),
        event("generate_lead", "2026-05-01T10:00:00", "v", {"value": 50, "currency": "EUR"}),
    ],
    "events_20260502": [
        event("page_view", "2026-05-02T08:00:00", params={"ga_session_id": 18}),
        event("refund", "2026-05-02T09:00:00", params=ORDER),
    ],
    # The stream of a day that is there has what came late, twice; that of the last day counts.
    "events_intraday_20260502": [event("page_view", "2026-05-02T07:00:00", "w")],
    "events_intraday_20260503": [
        event("page_view", "2026-05-03T07:00:00", params={"ga_session_id": 19})
    ],
}  # fmt: skip


def as_lines(folder: Path, days: Days) -> str:
    """A folder of JSON lines for each day, one of them packed; a null is left out."""
    for name, events in days.items():
        (folder / "export" / name).mkdir(parents=True)
        lines = "".join(
            json.dumps({key: said for key, said in each.items() if said is not None}) + "\n"
            for each in events
        )
        packed = gzip.compress(lines.encode()) if name.endswith("03") else lines.encode()
        ending = "json.gz" if name.endswith("03") else "jsonl"
        (folder / "export" / name / f"part-0.{ending}").write_bytes(packed)
    return "path: export"


def _typed(folder: Path, name: str, events: list[Event]) -> str:
    """A day's rows with BigQuery's types, as a query."""
    lines = folder / f"{name}.lines"
    lines.write_text("".join(json.dumps(each) + "\n" for each in events), encoding="utf-8")
    value = (
        "struct(string_value varchar, int_value bigint, float_value double, double_value double)"
    )
    columns = {
        "event_date": "varchar", "event_timestamp": "bigint", "event_name": "varchar",
        "user_pseudo_id": "varchar", "user_id": "varchar",
        "event_params": f'struct("key" varchar, "value" {value})[]',
        "collected_traffic_source": "struct(manual_source varchar, manual_medium varchar, "
        "manual_campaign_name varchar, manual_term varchar, manual_content varchar, gclid varchar)",
    }  # fmt: skip
    listed = ", ".join(f"{literal(key)}: {literal(kind)}" for key, kind in columns.items())
    return (
        f"select * from read_json({literal(str(lines))}, format = 'newline_delimited', "
        f"columns = {{{listed}}})"
    )


def as_parquet(folder: Path, days: Days) -> str:
    """A Parquet file for each day; nested columns have their types."""
    (folder / "export").mkdir()
    with duckdb.connect() as con:
        for name, events in days.items():
            query = _typed(folder, name, events)
            file = literal(str(folder / "export" / f"{name}.parquet"))
            con.execute(f"copy ({query}) to {file} (format parquet)")
    return "path: export"


def as_tables(folder: Path, days: Days) -> str:
    """Tables of a DuckDB file, in a schema with the dataset's name."""
    with duckdb.connect(str(folder / "w.duckdb")) as con:
        con.execute("create schema analytics_123")
        for name, events in days.items():
            query = _typed(folder, name, events)
            con.execute(f"create table analytics_123.{name} as {query}")
    return "path: w.duckdb, schema: analytics_123"


Write = Callable[[Path, Days], str]


def rows(inbox: Inbox, write: Write, stream: str, columns: str) -> list[tuple[Any, ...]]:
    """Columns of a stream of the export."""
    place = write(inbox.folder, DAYS)
    text = f"  - {{loader: bigquery, vendor: ga4, {place}, streams: [{stream}]}}\n"
    (entry,) = entries(inbox.folder, text)
    load(inbox, entry)
    assert inbox.quarantine() == []
    return inbox.rows(columns, stream)


PLACES = pytest.mark.parametrize("write", [as_lines, as_parquet, as_tables])


@PLACES
def test_a_visit_is_a_touch_of_its_visitor(inbox: Inbox, write: Write) -> None:
    """A session's id is its visitor's alone; of a day that is there its stream does not count."""
    columns = (
        "touchpoint_id, occurred_at, visitor_id, user_id, utm_source, utm_campaign, click_id, "
        "landing_page"
    )
    nothing = (None, None, None)
    assert rows(inbox, write, "touchpoints", columns) == [
        ("u-17", moment("2026-05-01T08:00"), "u", "crm-42", "google", "brand", "Cj0", PAGE),
        ("u-18", moment("2026-05-02T08:00"), "u", None, *nothing, PAGE),
        ("u-19", moment("2026-05-03T07:00"), "u", None, *nothing, PAGE),
        ("v-17", moment("2026-05-01T09:00"), "v", None, *nothing, PAGE),
    ]


@PLACES
def test_every_page_is_viewed_once(inbox: Inbox, write: Write) -> None:
    """Without consent there is no visitor."""
    assert rows(inbox, write, "page_views", "viewed_at, visit_id, page_url, title") == [
        (moment("2026-05-01T08:00"), "u-17", PAGE, "Home"),
        (moment("2026-05-01T08:05"), "u-17", f"{PAGE}b", None),
        (moment("2026-05-01T09:00"), "v-17", PAGE, None),
        (moment("2026-05-02T08:00"), "u-18", PAGE, None),
        (moment("2026-05-03T07:00"), "u-19", PAGE, None),
    ]


@PLACES
def test_an_order_counts_once_and_what_was_paid_back_is_taken_off(
    inbox: Inbox, write: Write
) -> None:
    """By its transaction; an order without consent is money of somebody unknown."""
    columns = "conversion_id, visitor_id, conversion_type, value, corrects_conversion_id"
    at = moment("2026-05-01T10:00+00:00").timestamp()
    lead = f"v-generate_lead-{int(at)}000000"
    assert rows(inbox, write, "conversions", columns) == [
        ("T-1", "u", "purchase", Decimal("90.5"), None),
        ("T-2", "transaction-T-2", "purchase", Decimal("90.5"), None),
        ("refund-T-1", "u", "refund", Decimal("-90.5"), "T-1"),
        (lead, "v", "generate_lead", Decimal(50), None),
    ]


def test_a_day_that_was_written_again_is_read_again(inbox: Inbox) -> None:
    """Days change for 72 hours; what an event no longer says must not stay."""
    (entry,) = entries(
        inbox.folder,
        f"  - {{loader: bigquery, vendor: ga4, {as_lines(inbox.folder, DAYS)}, "
        "streams: [touchpoints]}\n",
    )
    load(inbox, entry)
    late = event("page_view", "2026-05-02T23:59:59", "late")
    with (inbox.folder / "export/events_20260502/part-0.jsonl").open("a") as file:
        file.write(json.dumps(late) + "\n")
    load(inbox, entry)
    assert ("late-17",) in inbox.rows("touchpoint_id", "touchpoints")


def test_a_folder_without_the_export_is_called_so(inbox: Inbox) -> None:
    """The stream alone would do, and no table at all would be an empty company."""
    (inbox.folder / "export").mkdir()
    (entry,) = entries(
        inbox.folder,
        "  - {loader: bigquery, vendor: ga4, path: export, streams: [touchpoints]}\n",
    )
    with pytest.raises(InboxError) as caught:
        load(inbox, entry)
    assert "events_YYYYMMDD" in caught.value.what


def test_a_line_that_breaks_off_stops_the_reading(inbox: Inbox) -> None:
    """A transfer that was cut off must not count as the whole day."""
    (entry,) = entries(
        inbox.folder,
        f"  - {{loader: bigquery, vendor: ga4, {as_lines(inbox.folder, DAYS)}, "
        "streams: [touchpoints]}\n",
    )
    path = inbox.folder / "export/events_20260502/part-0.jsonl"
    path.write_text(path.read_text()[:-30])
    with pytest.raises(InboxError):
        load(inbox, entry)
    assert inbox.landing.slices() == []
