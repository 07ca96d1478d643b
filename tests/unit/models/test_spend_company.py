"""Spend, campaigns, costs and marts of a small company, worked out by hand."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.kit.models.dbt import run_dbt
from tests.kit.models.spend_company import write_spend_company

D = Decimal
MARCH = date(2026, 3, 1)
APRIL = date(2026, 4, 1)


@dataclass(frozen=True)
class Built:
    """The warehouse after one ``dbt build``, and what dbt said."""

    warehouse: Path
    log: str

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query, in the order of their texts."""
        with duckdb.connect(str(self.warehouse), read_only=True) as con:
            return sorted(con.execute(sql).fetchall(), key=repr)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """All models and their data tests; everything but the warnings must pass."""
    warehouse = tmp_path_factory.mktemp("spend") / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as con:
        write_spend_company(con)
    outcome = run_dbt(warehouse, "build", "--exclude-resource-type", "unit_test")
    assert outcome.returncode == 0, outcome.stdout[-6000:]
    return Built(warehouse, outcome.stdout)


def test_every_account_totals_its_coarsest_report(company: Built) -> None:
    """1,632.33 over campaigns of 231.33 stays 1,632.33; a removed file's money is not there."""
    assert company.rows(
        "select platform, account_id, sum(spend_native) from core.fct_ad_spend group by all"
    ) == [
        ("google_ads", "77", D("40.76")),
        ("google_ads", None, D("1")),
        ("meta_ads", "a1", D("1632.33")),
        ("microsoft_ads", "a9", D("80")),
        ("tiktok_ads", None, D("115")),
    ]


def test_what_finer_rows_leave_open_is_an_explicit_residual(company: Built) -> None:
    """Ads that a newer slice no longer has leave their campaign's money; a credit is negative."""
    assert company.rows(
        """
        select facts.platform, campaigns.campaign_id, residual_of, is_negative_residual,
            spend_native
        from core.fct_ad_spend as facts
        inner join core.dim_campaigns as campaigns using (campaign_key)
        where is_residual
        """
    ) == [
        ("meta_ads", "unknown", "account", False, D("1401")),
        ("microsoft_ads", "unknown", "account", True, D("-20")),
    ]
    assert company.rows(
        "select ad_id, is_residual, spend_native from core.fct_ad_spend "
        "where platform = 'google_ads' and account_id is not null"
    ) == [(None, False, D("40.76"))]


def test_money_without_account_and_campaign_adds_to_that_of_campaigns(company: Built) -> None:
    """A blank campaign in a flat export is no total: 100 and 5 are 105, 5 with a stated source."""
    assert company.rows(
        """
        select campaigns.campaign_name, sources.lead_source, sources.is_declared, spend_native,
            spend
        from core.fct_ad_spend as facts
        inner join core.dim_campaigns as campaigns using (campaign_key)
        inner join core.dim_lead_sources as sources using (lead_source_key)
        where facts.platform = 'tiktok_ads'
        """
    ) == [
        ("Höst 2", "paid_social", True, D("10"), D("1")),
        ("Höst", "paid_social", True, D("100"), D("9")),
        ("unknown", "kiosk", False, D("5"), D("0.45")),
    ]


def test_a_fact_shows_the_campaign_under_the_name_of_its_day(company: Built) -> None:
    """A rename between two looks splits versions; equality joins never multiply a fact."""
    assert company.rows(
        """
        select touchpoint_id, campaign_name, is_current
        from core.fct_touchpoints
        inner join core.dim_campaigns using (campaign_key)
        where touchpoint_id in ('t2', 't3')
        """
    ) == [("t2", "Vår", False), ("t3", "Vår 2026", True)]
    assert company.rows(
        "select count(*), count(distinct campaign_key), count(distinct campaign_durable_key) "
        "from core.dim_campaigns where platform = 'google_ads'"
    ) == [(2, 2, 1)]
    assert company.rows(
        "select campaign_name, sum(ad_spend) from marts.campaign_performance "
        "where platform in ('google_ads', 'tiktok_ads') group by all"
    ) == [("Höst 2", D("10")), ("Vår 2026", D("4.6684"))]


def test_spend_and_touches_of_a_renamed_campaign_meet(company: Built) -> None:
    """Google's report knows the id, the agency's file both names, old links the former one."""
    assert company.rows(
        """
        select campaign_durable_key = (
                select any_value(campaign_durable_key) from core.dim_campaigns
                where campaign_name = 'Vår 2026'
            ) as is_it, campaign_match, sum(spend_native)
        from core.fct_ad_spend inner join core.dim_campaigns using (campaign_key)
        where fct_ad_spend.platform = 'google_ads' group by all
        """
    ) == [(True, "id", D("40.76")), (True, "name", D("1"))]
    assert company.rows(
        """
        select touchpoint_id, campaign_match, campaign_name
        from core.fct_touchpoints inner join core.dim_campaigns using (campaign_key)
        where platform = 'google_ads'
        """
    ) == [("t2", "id", "Vår"), ("t3", "id", "Vår 2026"), ("t6", "alias", "Vår 2026")]
    assert company.rows(
        "select campaign_name, sum(ad_spend) from marts.campaign_performance "
        "where platform = 'google_ads' group by all"
    ) == [("Vår 2026", D("4.6684"))]


def test_names_in_links_and_costs_find_their_campaign(company: Built) -> None:
    """``spring`` and ``SPRING`` are Meta's "Spring"; an undeclared name becomes a member."""
    assert company.rows(
        """
        select touchpoint_id, match_kind, campaigns.platform, campaign_id
        from intermediate.int_campaigns__matched
        inner join core.dim_campaigns as campaigns using (campaign_key)
        """
    ) == [
        ("t1", "name", "meta_ads", "c1"),
        ("t2", "id", "google_ads", "g1"),
        ("t3", "id", "google_ads", "g1"),
        ("t4", "inferred", "utm", "mystery_drop_table_x"),
        ("t6", "alias", "google_ads", "g1"),
    ]
    assert company.rows(
        "select campaign_name, amount_native from core.fct_costs "
        "inner join core.dim_campaigns using (campaign_key) where cost_type = 'booked'"
    ) == [("Spring", D("12.5")), ("Spring", D("12.5")), ("unknown", D("-2.5"))]
    assert company.rows(
        "select alias, match_source from core.bridge_campaign_aliases where platform = 'google_ads'"
    ) == [("g1", "id"), ("vår", "former_name"), ("vår_2026", "name")]


def test_no_touch_of_a_file_is_lost_and_none_counts_twice(company: Built) -> None:
    """One id on two people is two touches; equal lines of one file stay, of two files do not."""
    assert company.rows(
        "select touch_type, count(*), count(distinct person_key) from core.fct_touchpoints "
        "where touch_type in ('event', 'webinar') group by all"
    ) == [("event", 2, 2), ("webinar", 2, 1)]


def test_a_touch_that_costs_belongs_to_its_local_month(company: Built) -> None:
    """A call at 22:30 UTC on 31 March is on 1 April in Stockholm."""
    assert company.rows(
        "select date_day, amount from core.fct_costs where cost_type = 'touchpoint'"
    ) == [(date(2026, 4, 1), D("3"))]


def test_a_mart_keeps_what_only_one_side_knows(company: Built) -> None:
    """Leads without money, money without leads, revenue without a lead; undefined cost is null.

    l1 was created at 00:30 on 1 March in Stockholm, an hour earlier in UTC.
    """
    assert company.rows(
        """
        select month, lead_source, leads, customers, revenue, spend, cost_per_lead, cac, roas,
            median_days_to_customer
        from marts.lead_source_performance
        """
    ) == [
        (MARCH, "event", 0, 0, D("0"), D("22.5"), None, None, 0.0, None),
        (MARCH, "kiosk", 0, 0, D("0"), D("0.45"), None, None, 0.0, None),
        # Its only touch before names a campaign and nothing else: that is no direct visit.
        (MARCH, "other", 1, 0, D("0"), D("0"), None, None, None, None),
        (MARCH, "paid_search", 0, 0, D("0"), D("84.6684"), None, None, 0.0, None),
        (MARCH, "paid_social", 0, 0, D("0"), D("1642.33"), None, None, 0.0, None),
        (MARCH, "partner", 1, 1, D("500"), D("0"), None, None, None, 10.0),
        # The deal that no lead explains was created in March and won in April.
        (MARCH, "unattributed", 0, 0, D("0"), D("0"), None, None, None, None),
        (APRIL, "phone", 0, 0, D("0"), D("3"), None, None, 0.0, None),
        (APRIL, "unattributed", 0, 0, D("250.25"), D("0"), None, None, None, None),
    ]


def test_reconciliation_shows_both_sums_and_only_warns(company: Built) -> None:
    """Sources that contradict themselves are shown and published; nothing else differs."""
    assert company.rows(
        'select "check", period, subject, "left", "right", severity '
        "from meta.reconciliation where difference <> 0"
    ) == [
        ("inbox_lines_vs_rows_kept", "all", "inbox.costs", D("4"), D("3"), "warn"),
        ("inbox_lines_vs_rows_kept", "all", "inbox.touchpoints", D("13"), D("11"), "warn"),
        ("inbox_money_in_lines_vs_kept", "all", "inbox.costs", D("30"), D("27.5"), "none"),
        (
            "spend_account_vs_campaigns",
            str(MARCH),
            "meta_ads a1",
            D("1632.33"),
            D("231.33"),
            "warn",
        ),
    ]
    assert "warn_where_sources_disagree" in company.log
    compiled = company.warehouse.parent / "target/compiled/tributary/tests/singular"
    question = (compiled / "warn_where_sources_disagree.sql").read_text(encoding="utf-8")
    assert company.rows(f"select message from ({question}) as warned") == [
        ("inbox_lines_vs_rows_kept, all, inbox.costs: 4.0 against 3.0 (rows)",),
        ("inbox_lines_vs_rows_kept, all, inbox.touchpoints: 13.0 against 11.0 (rows)",),
        (f"spend_account_vs_campaigns, {MARCH}, meta_ads a1: 1632.33 against 231.33 (EUR)",),
    ]


def test_money_that_two_files_state_is_counted_once_and_named(company: Built) -> None:
    """A day in two exports counted twice, and nothing warned."""
    assert company.rows(
        "select stated_by, counted_from, spend_native, date_day from meta.spend_overlaps"
    ) == [("flat.csv", "flat_again.csv", D("10"), date(2026, 3, 16))]
    compiled = company.warehouse.parent / "target/compiled/tributary/tests/singular"
    question = (compiled / "warn_where_spend_overlaps.sql").read_text(encoding="utf-8")
    assert company.rows(f"select message from ({question}) as warned") == [
        (
            "tiktok_ads, 2026-03-16 to 2026-03-16: 10.0 SEK of flat.csv do not count, because "
            "flat_again.csv is newer. If they are different money, set additive: true for one of "
            "the files",
        )
    ]


STAND = "Stand, Nordic Expo"


@pytest.mark.parametrize(
    ("alias", "campaign", "unmatched", "warnings"),
    [
        (STAND, "Vår 2026", [], []),
        (
            "Vår 2026",
            STAND,
            [(STAND, D("12.5"))],
            [
                (
                    f'"vår_2026" is listed as another name of the campaign "{STAND}", which no '
                    "touch says and no platform has. If it is the other way round, swap them in "
                    "campaign_aliases (docs/classification.md)",
                )
            ],
        ),
    ],
)
def test_an_alias_the_wrong_way_round_joins_nothing_and_is_named(
    company: Built,
    tmp_path: Path,
    alias: str,
    campaign: str,
    unmatched: list[tuple[Any, ...]],
    warnings: list[tuple[Any, ...]],
) -> None:
    """A stand is booked by its name, and touches have Google's id. Nothing said which it was."""
    warehouse = tmp_path / "warehouse.duckdb"
    shutil.copy(company.warehouse, warehouse)
    with duckdb.connect(str(warehouse)) as con:
        con.execute("insert into ops.campaign_aliases values (?, ?)", [alias, campaign])
        con.execute(
            "update raw.inbox__costs set campaign = ?"
            " where campaign = 'SPRING' and _row_number = 1",
            [STAND],
        )
    wanted = ("+unmatched_campaigns", "warn_where_an_alias_means_nothing")
    outcome = run_dbt(
        warehouse, "build", "--exclude-resource-type", "unit_test", "--select", *wanted
    )
    assert outcome.returncode == 0, outcome.stdout[-6000:]
    again = Built(warehouse, outcome.stdout)
    assert (
        again.rows(
            "select campaign_name, other_costs from meta.unmatched_campaigns"
            f" where campaign_name in ('{STAND}', 'Vår 2026')"
        )
        == unmatched
    )
    compiled = warehouse.parent / "target/compiled/tributary/tests/singular"
    question = (compiled / "warn_where_an_alias_means_nothing.sql").read_text(encoding="utf-8")
    assert again.rows(f"select message from ({question}) as warned") == warnings


def test_a_missing_rate_stops_with_currency_and_day(company: Built, tmp_path: Path) -> None:
    """The build continues to the test, which names what is missing; no amount is silently null."""
    warehouse = tmp_path / "warehouse.duckdb"
    shutil.copy(company.warehouse, warehouse)
    with duckdb.connect(str(warehouse)) as con:
        con.execute("delete from raw.inbox__fx_rates where date_day = '2026-03-09'")
        # Days that lie ahead of what was read take the latest rate.
        con.execute("update ops.ledger set extracted_at = '2026-04-01'")
    outcome = run_dbt(
        warehouse,
        "build",
        "--exclude-resource-type",
        "unit_test",
        "--select",
        "int_fx_rates__daily",
        "int_ad_spend__valued",
        "fct_ad_spend",
        "assert_every_amount_has_a_rate",
        "--indirect-selection",
        "cautious",
    )
    assert "FAIL 1 assert_every_amount_has_a_rate" in outcome.stdout, outcome.stdout
    compiled = tmp_path / "target/compiled/tributary/tests/singular/"
    question = (compiled / "assert_every_amount_has_a_rate.sql").read_text(encoding="utf-8")
    with duckdb.connect(str(warehouse), read_only=True) as con:
        messages = con.execute(
            f"select currency, date_day, message from ({question}) as failing"
        ).fetchall()
    assert messages == [
        (
            "SEK",
            date(2026, 3, 16),
            "No rate for SEK on 2026-03-16 (ad spend): add it to a file of the stream fx_rates",
        )
    ]
