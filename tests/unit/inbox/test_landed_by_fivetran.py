"""Tables that Fivetran landed: what its loader repeats, deletes and keeps, by hand calculation."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import duckdb
import pytest

from orchestration.inbox.files import InboxError
from orchestration.inbox.reader import land_entry
from tests.kit.inbox import NOW, Inbox
from tests.kit.landed import entries, load, write_duckdb
from tests.kit.shared import outside

D = Decimal
MAY_1, MAY_2 = dt.date(2026, 5, 1), dt.date(2026, 5, 2)
GOOGLE = {
    "campaign_stats": """
        select * from (values
            (77, date '2026-05-01', 11, 'SEARCH', 'MOBILE', 1200000, 10, 3, 0.5, false),
            (77, date '2026-05-01', 11, 'SEARCH', 'DESKTOP', 800000, 5, 1, 0.25, false),
            (77, date '2026-05-02', 11, 'SEARCH', 'DESKTOP', 10001, 5, 1, 0, false),
            (77, date '2026-05-02', 11, 'SEARCH', 'TABLET', 999000000, 5, 1, 0, true),
            (77, date '2026-05-02', 12, 'MIXED', 'MOBILE', 5000000, 7, 2, 0, false)
        ) as t(customer_id, date, id, ad_network_type, device, cost_micros, impressions, clicks,
               conversions, _fivetran_deleted)
    """,
    "campaign_history": """
        select * from (values
            (11, timestamp '2026-01-01 10:00:00', 'Brand'),
            (11, timestamp '2026-05-02 12:00:00', 'Brand, new'),
            (12, timestamp '2026-06-01 00:00:00', 'Max')
        ) as t(id, updated_at, name)
    """,
    "account_history": """
        select * from (values
            (77, timestamp '2026-01-01 10:00:00', 'SEK'),
            (77, timestamp '2026-02-01 10:00:00', 'SEK')
        ) as t(id, updated_at, currency_code)
    """,
}
ENTRY = "  - {{loader: fivetran, vendor: {vendor}, path: w.duckdb}}\n"
IN_KRONOR = ENTRY.replace("}}", ", constants: {{currency: SEK}}}}")


def loaded(
    inbox: Inbox, vendor: str, tables: dict[str, str], columns: str
) -> list[tuple[object, ...]]:
    """Columns of the only stream of a vendor's tables, in the query's order."""
    write_duckdb(inbox.folder / "w.duckdb", vendor, tables)
    said = ENTRY if "account_history" in tables else IN_KRONOR
    (entry,) = entries(inbox.folder, said.format(vendor=vendor))
    load(inbox, entry)
    return inbox.rows(columns, entry.stream)


def test_devices_and_networks_are_one_day_and_names_are_those_of_the_day(inbox: Inbox) -> None:
    """A report has a row per device and network, a history one per change; a name is the day's own.

    Either would multiply spend. A row that Fivetran marks as deleted spent nothing.
    """
    columns = "date_day, campaign_id, campaign_name, spend, impressions, conversions, currency"
    assert loaded(inbox, "google_ads", GOOGLE, columns) == [
        (MAY_1, "11", "Brand", D("2.00"), 15, D("0.75"), "SEK"),
        (MAY_2, "11", "Brand, new", D("0.010001"), 5, 0, "SEK"),
        (MAY_2, "12", "Max", D("5.00"), 7, 0, "SEK"),
    ]


def test_metas_ads_get_their_campaigns_from_the_histories(inbox: Inbox) -> None:
    """The report knows ads alone; which campaign an ad was in, its history says."""
    tables = {
        "basic_ad": """
            select 6215293456071 as ad_id, date '2026-05-01' as date, 17 as account_id,
                76.53 as spend, 4233 as impressions, 10 as inline_link_clicks
        """,
        "ad_history": """
            select 6215293456071 as id, 'Blue' as name, timestamp '2026-05-03' as updated_time,
                62 as ad_set_id, 61 as campaign_id
        """,
        "campaign_history": """
            select 61 as id, 'Spring' as name, timestamp '2026-04-01' as updated_time
        """,
    }
    columns = "platform, account_id, campaign_id, campaign_name, ad_group_id, ad_id, ad_name, spend"
    assert loaded(inbox, "facebook_ads", tables, columns) == [
        ("meta_ads", "17", "61", "Spring", "62", "6215293456071", "Blue", D("76.53"))
    ]


def test_hours_are_a_day_of_the_advertiser(inbox: Inbox) -> None:
    """TikTok's report has a row per hour."""
    tables = {
        "campaign_report_hourly": """
            select 5 as campaign_id, 0.11 as spend, 3 as impressions, 1 as clicks,
                unnest([timestamp '2026-05-01 00:00:00', timestamp '2026-05-01 23:00:00',
                    timestamp '2026-05-02 00:00:00']) as stat_time_hour
        """
    }
    assert loaded(inbox, "tiktok_ads", tables, "date_day, spend, campaign_id, impressions") == [
        (MAY_1, D("0.22"), "5", 6),
        (MAY_2, D("0.11"), "5", 3),
    ]


def test_a_currency_and_other_constants_are_said_once(inbox: Inbox) -> None:
    """Where the account's table is not synced, nobody knows its currency but the company."""
    tables = {name: GOOGLE[name] for name in ("campaign_stats",)}
    write_duckdb(inbox.folder / "w.duckdb", "ads", tables)
    text = (
        "  - loader: fivetran\n    vendor: google_ads\n    path: w.duckdb\n    schema: ads\n"
        "    name: google\n    constants: {currency: EUR}\n"
    )
    (entry,) = entries(inbox.folder, text)
    load(inbox, entry)
    assert inbox.rows("distinct currency, campaign_name", "ad_spend") == [("EUR", None)]
    assert entry.entry_id == "ad_spend:landed/google"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            "alter table google_ads.campaign_stats drop column cost_micros",
            "campaign_stats has no column cost_micros",
        ),
        (
            "drop table google_ads.campaign_stats",
            "None of the tables account_stats, campaign_stats",
        ),
        ("drop schema google_ads cascade", "There is no schema 'google_ads'"),
    ],
)
def test_what_the_loader_no_longer_has_is_named(inbox: Inbox, change: str, words: str) -> None:
    """A column that was renamed must not become money that nobody spent."""
    path = inbox.folder / "w.duckdb"
    write_duckdb(path, "google_ads", GOOGLE)
    with duckdb.connect(str(path)) as con:
        con.execute(change)
    (entry,) = entries(inbox.folder, ENTRY.format(vendor="google_ads"))
    with pytest.raises(InboxError, match=words):
        land_entry(entry, inbox.landing, inbox.company, NOW)


def _table(con: duckdb.DuckDBPyConnection, schema: str, table: str, file: str) -> None:
    path = outside("fixtures", "landed", "dbt_ad_reporting", f"{file}_data.csv")
    con.execute(f"create table {schema}.{table} as from read_csv('{path}', sample_size=-1)")


SAMPLES = {
    "google_ads": (
        ["account_stats", "campaign_stats", "ad_group_stats", "ad_stats", "campaign_history"],
        "cost_micros / 1e6",
    ),
    "facebook_ads": (["basic_ad", "ad_history", "ad_set_history", "campaign_history"], "spend"),
    "microsoft_ads": (["campaign_performance_daily_report", "campaign_history"], "spend"),
}


@pytest.mark.parametrize("vendor", SAMPLES)
def test_public_samples_keep_their_money(inbox: Inbox, vendor: str) -> None:
    """Every table that a level of spend comes from adds up, whatever is joined to it."""
    tables, column = SAMPLES[vendor]
    reports = [name for name in tables if not name.endswith("history")]
    with duckdb.connect(str(inbox.folder / "w.duckdb")) as con:
        con.execute(f"create schema {vendor}")
        for table in tables:
            _table(con, vendor, table, f"{vendor}_{table}")
        spent = sum(
            round(
                D(str(con.execute(f"select sum({column}) from {vendor}.{table}").fetchall()[0][0])),
                6,
            )
            for table in reports
        )
    # Only Microsoft's report states its currency, and the samples hold no accounts.
    said = ENTRY if vendor == "microsoft_ads" else IN_KRONOR
    (entry,) = entries(inbox.folder, said.format(vendor=vendor))
    load(inbox, entry)
    assert inbox.totals("sum(spend)", "ad_spend") == (spent,)
    assert inbox.quarantine() == []
