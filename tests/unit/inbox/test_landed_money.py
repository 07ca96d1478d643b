"""Money of landed tables that is empty, no number, of no currency or there twice: it is named."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import duckdb
import pytest

from orchestration.inbox.files import InboxError
from tests.kit.inbox import Inbox
from tests.kit.landed import entries, load, table, write_duckdb
from tests.kit.postgres_server import ADMINISTRATOR, Server, postgres_server

D = Decimal
MAY_1 = dt.date(2026, 5, 1)
NIGHT_1, NIGHT_2 = (f"timestamptz '2026-05-0{day} 03:00:00+00'" for day in (2, 3))


def read(inbox: Inbox, loader: str, vendor: str, tables: dict[str, str], more: str = "") -> None:
    """Load the spend of a vendor's tables."""
    write_duckdb(inbox.folder / "w.duckdb", "main", tables)
    text = f"  - {{loader: {loader}, vendor: {vendor}, path: w.duckdb, schema: main{more}}}\n"
    load(inbox, entries(inbox.folder, text)[0])


EMPTY = {
    ("airbyte", "google_ads"): {
        "campaign": table(
            "campaign_id, campaign_name, segments_date, segments_hour, metrics_cost_micros,"
            " metrics_impressions, metrics_clicks",
            "(1, 'Brand', '2026-05-01', 8, 1500000, 2, 1)",
            "(1, 'Brand', '2026-05-01', 9, null, 4, 1)",
        )
    },
    ("airbyte", "linkedin_ads"): {
        "ad_campaign_analytics": table(
            "string_of_pivot_values, sponsoredCampaign, start_date, end_date,"
            " costInLocalCurrency, impressions, clicks",
            "('a', '1', '2026-05-01', '2026-05-01', 1.5, 2, 1)",
            "('b', '1', '2026-05-01', '2026-05-01', null, 4, 1)",
        )
    },
    ("airbyte", "microsoft_ads"): {
        "ad_performance_report_daily": table(
            "AccountId, CampaignId, AdGroupId, AdId, TimePeriod, CurrencyCode, DeviceType, Spend,"
            " Impressions, Clicks",
            "(7, 1, 2, 3, '2026-05-01', 'SEK', 'Computer', 1.5, 2, 1)",
            "(7, 1, 2, 3, '2026-05-01', 'SEK', 'Tablet', null, 4, 1)",
        )
    },
    ("fivetran", "facebook_ads"): {
        "basic_ad": table(
            "ad_id, date, account_id, campaign_id, spend, impressions",
            "(3, date '2026-05-01', 7, 1, 1.5, 2)",
            "(3, date '2026-05-01', 7, 1, null, 4)",
        )
    },
    ("fivetran", "google_ads"): {
        "campaign_stats": table(
            "customer_id, date, id, device, cost_micros, impressions, clicks",
            "(7, date '2026-05-01', 1, 'MOBILE', 1500000, 2, 1)",
            "(7, date '2026-05-01', 1, 'TABLET', null, 4, 1)",
        )
    },
    ("fivetran", "linkedin_ads"): {
        "ad_analytics_by_campaign": table(
            "campaign_id, day, cost_in_local_currency, impressions, clicks",
            "(1, date '2026-05-01', 1.5, 2, 1)",
            "(1, date '2026-05-01', null, 4, 1)",
        ),
        "campaign_history": table(
            "id, name, account_id, last_modified_time", "(1, 'Brand', 7, timestamp '2026-01-01')"
        ),
    },
    ("fivetran", "microsoft_ads"): {
        "campaign_performance_daily_report": table(
            "date, account_id, campaign_id, spend, impressions, clicks, currency_code",
            "(date '2026-05-01', 7, 1, 1.5, 2, 1, 'SEK')",
            "(date '2026-05-01', 7, 1, null, 4, 1, 'SEK')",
        )
    },
    ("fivetran", "tiktok_ads"): {
        "campaign_report_hourly": table(
            "campaign_id, stat_time_hour, spend, impressions, clicks",
            "(1, timestamp '2026-05-01 08:00:00', 1.5, 2, 1)",
            "(1, timestamp '2026-05-01 09:00:00', null, 4, 1)",
        )
    },
}
"""For every report whose rows are added up: two rows of one day, one of them without its cost."""


@pytest.mark.parametrize(("loader", "vendor"), EMPTY, ids=map("-".join, EMPTY))
def test_an_empty_cost_among_others_is_missing_money(
    inbox: Inbox, loader: str, vendor: str
) -> None:
    """A sum leaves it out: the day passed for whole. It is set aside, and the rest is kept."""
    read(inbox, loader, vendor, EMPTY[loader, vendor], ", constants: {currency: SEK}")
    assert inbox.rows("date_day, campaign_id, spend, impressions", "ad_spend") == [
        (MAY_1, "1", D("1.5"), 2)
    ]
    assert inbox.quarantine() == [("missing_key", "line 2: spend: missing (missing_key)")]


def test_money_of_no_currency_is_refused(inbox: Inbox) -> None:
    """Without the table of accounts an account in dollars was taken for one in kronor."""
    tables = EMPTY["airbyte", "google_ads"]
    with pytest.raises(InboxError, match=r"currency of the 1 amounts.*\n.*\n.*constants"):
        read(inbox, "airbyte", "google_ads", tables)
    customer = table("customer_id, customer_currency_code", "(1, 'USD')")
    of_account = tables["campaign"].replace("select *", "select *, 1 as customer_id")
    read(inbox, "airbyte", "google_ads", {"campaign": of_account, "customer": customer})
    assert inbox.rows("spend, currency", "ad_spend") == [(D("1.5"), "USD")]


def test_pages_without_the_column_of_their_address_are_not_none(inbox: Inbox) -> None:
    """GA4 without page_location had no page view at all, and no word about it."""
    columns = "date, timestamp, name, user_pseudo_id"
    event = "date '2026-05-01', timestamp '2026-05-01 08:00:00', 'page_view', 'v'"
    write_duckdb(inbox.folder / "w.duckdb", "main", {"event": table(columns, f"({event})")})
    text = (
        "  - {loader: fivetran, vendor: ga4, path: w.duckdb, schema: main, streams: [page_views]}\n"
    )
    with pytest.raises(InboxError, match="event has no column param_page_location"):
        load(inbox, entries(inbox.folder, text)[0])
    rows = table(
        f"{columns}, param_page_location", f"({event}, 'https://x.example/a')", f"({event}, null)"
    )
    write_duckdb(inbox.folder / "w.duckdb", "main", {"event": rows})
    load(inbox, entries(inbox.folder, text)[0])
    assert inbox.totals("count(*)", "page_views") == (1,)
    assert inbox.quarantine() == [("missing_key", "line 2: page_url: missing (missing_key)")]


BUDGETS = (
    "AccountId, CampaignId, TimePeriod, CurrencyCode, AdDistribution, DeviceType, DeviceOS,"
    " Network, DeliveredMatchType, BidMatchType, TopVsOther, BudgetStatus, BudgetAssociationStatus,"
    " Impressions, Clicks, BudgetName, Spend, _airbyte_meta, _airbyte_extracted_at"
)
SEARCH = (
    "1, 2, '2026-05-01', 'SEK', 'Search', 'Computer', 'Other', 'Search', 'Exact', 'Exact', 'Top',"
    " 'Active', 'Current', 5, 1"
)


def test_a_budget_that_was_renamed_spent_once(inbox: Inbox) -> None:
    """Its name is of the key, and the loader kept the readings of both names.

    A day that one sync divides between two budgets has two rows, which both count.
    """
    rows = [
        f"({SEARCH}, 'Old', 4.25, '{{\"sync_id\": 9}}', {NIGHT_1})",
        f"({SEARCH}, 'New', 3.50, '{{\"sync_id\": 10}}', {NIGHT_2})",
        f"({SEARCH}, 'Extra', 1.00, '{{\"sync_id\": 10}}', {NIGHT_1})",
    ]
    name = "campaign_performance_report_daily"
    read(inbox, "airbyte", "microsoft_ads", {name: table(BUDGETS, *rows)})
    assert inbox.rows("campaign_id, spend, impressions", "ad_spend") == [("2", D("4.50"), 10)]


def test_budgets_of_unknown_syncs_are_not_chosen_from(inbox: Inbox) -> None:
    """Without a sync's number two names may be one day read twice, or two parts of it."""
    rows = [f"({SEARCH}, '{each}', 4.25, '{{}}', {NIGHT_1})" for each in ("Old", "New")]
    tables = {"campaign_performance_report_daily": table(BUDGETS, *rows)}
    with pytest.raises(InboxError, match=r"several BudgetName .* 1 of its keys"):
        read(inbox, "airbyte", "microsoft_ads", tables)


@pytest.mark.parametrize("name", ["a__1777600000.1.jsonl", ""])
def test_dlts_loads_are_lines_of_json_in_a_folder(inbox: Inbox, name: str) -> None:
    """Beside Parquet files dlt writes its own tables so; without them no load counts."""
    lake = inbox.folder / "lake"
    (lake / "_dlt_loads").mkdir(parents=True)
    (lake / "facebook_insights").mkdir()
    if name:
        (lake / "_dlt_loads" / name).write_text(
            '{"load_id": "1777600000.1", "schema_name": "a", "status": 0,'
            ' "inserted_at": "2026-05-01T03:00:00Z", "schema_version_hash": "x"}\n'
        )
    rows = table(
        "date_start, campaign_id, adset_id, ad_id, spend, account_currency, _dlt_load_id",
        "(timestamp '2026-05-01 00:00:00', '7', '71', '72', 5.25, 'SEK', '1777600000.1')",
        "(timestamp '2026-05-02 00:00:00', '7', '71', '72', 9.99, 'SEK', '1777700000.1')",
    )
    with duckdb.connect() as con:
        con.execute(f"copy ({rows}) to '{lake / 'facebook_insights' / 'x.parquet'}'")
    (entry,) = entries(
        inbox.folder, "  - {loader: dlt, vendor: facebook_ads, path: lake, schema: ''}\n"
    )
    if name:
        load(inbox, entry)
        assert inbox.rows("date_day, spend", "ad_spend") == [(MAY_1, D("5.25"))]
    else:
        with pytest.raises(InboxError, match="The table _dlt_loads is not there"):
            load(inbox, entry)


OWN = """  - name: costs
    postgres: ${{env:OTHER_DATABASE}}
    schema: other
    sql: select day, {amount} as amount, 'SEK' as currency from {table} order by day, amount
    stream: costs
    columns: {{date_day: day}}
"""
AMOUNTS = """
create table other.costs (day date, place int, free numeric, fixed numeric(12, 2))
"""
ROWS = """
insert into other.costs values
    ('2026-05-01', 1, 'NaN', 'NaN'),
    ('2026-05-01', 2, 12345678901234567890, 5),
    ('2026-05-01', 3, 80.25, 6)
"""


def _own(inbox: Inbox, amount: str, table_name: str = "costs") -> None:
    (entry,) = entries(inbox.folder, OWN.format(amount=amount, table=table_name))
    load(inbox, entry)


def test_numbers_of_postgresql_that_are_none_are_not_zero(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB's extension reads NaN in a numeric as 0, and that was a cost of nothing.

    A row is set aside where the column can hold it; a decimal of DuckDB's cannot, and a sum stops.
    """
    pytest.importorskip("duckdb_extension_postgres_scanner")
    with postgres_server() as server:
        monkeypatch.setenv("OTHER_DATABASE", server.address(ADMINISTRATOR))
        _fill(server)
        for table_name in ("costs", '"costs"', "other.costs", "other.view"):
            _own(inbox, "free", table_name)
            assert inbox.rows("amount") == [(D("80.25"),)]
            assert {reason for reason, _ in inbox.quarantine()} == {"bad_type", "not_finite"}
        with pytest.raises(InboxError, match="fixed has NaN, which is no amount"):
            _own(inbox, "fixed")
        _own(inbox, "place")
        assert inbox.rows("amount") == [(D(1),), (D(2),), (D(3),)]
        meta = "  - {loader: airbyte, vendor: facebook_ads, postgres: '${env:OTHER_DATABASE}'}\n"
        load(inbox, entries(inbox.folder, meta)[0])
        assert inbox.rows("date_day, spend", "ad_spend") == [(MAY_1, D("1.25"))]
        assert inbox.quarantine()[-1][0] == "not_finite"


def _fill(server: Server) -> None:
    for statement in (
        "create schema other",
        AMOUNTS,
        ROWS,
        "create view other.view as select * from other.costs",
        "create table ads_insights as select '2026-05-01' as date_start, '7' as account_id,"
        " '5' as ad_id, 'SEK' as account_currency, 1.25::numeric as spend"
        " union all select '2026-05-02', '7', '5', 'SEK', 'NaN'",
    ):
        server.run(statement)
