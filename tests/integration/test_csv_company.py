"""A company that has nothing but CSV exports: the same road, the same schema, right by hand."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from orchestration.configuration.settings import Settings
from orchestration.privacy.hashes import email_hash
from orchestration.publication.reader import query
from tests.kit.company_run import Ran, run_company
from tests.kit.csv_company import environment, write_company
from tests.kit.people import recovered
from tests.kit.scan import found

D = Decimal
VALUES = "conversion_values_landed_vs_fact"
COUNTS = "conversions_landed_vs_fact"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The company, run once by the command and published."""
    folder = tmp_path_factory.mktemp("csv_company")
    write_company(folder)
    return run_company(environment(folder))


@pytest.fixture(scope="module")
def company(ran: Ran) -> Settings:
    """The company's settings."""
    return ran.settings


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query to the published file."""
    return query(settings, sql).rows


def test_a_run_shows_its_stages_and_its_results_alone(ran: Ran) -> None:
    """dbt, Dagster and their warnings had scrolled 600 lines past what a person needs."""
    lines = ran.shown.splitlines()
    assert [re.split(r" {2,}", line)[0] for line in lines[:6]] == [
        "✓ Prepare the warehouse",
        "✓ Extract and load",
        "✓ Check what was loaded",
        "✓ Build and test the models",
        "✓ Check the marts",
        "✓ Publish",
    ]
    assert "7 streams, 18 new records" in lines[1]
    assert all(re.search(r" \d+ s$", line) for line in lines[:6])
    assert lines[6].startswith("Published generation 1 in ")
    assert "Warning" not in ran.shown
    assert lines[7].startswith("Records that could not be used")
    assert {line[0] for line in lines[8:17]} == set("┏┃┡│└")
    assert len(lines[:7] + lines[17:]) < 20
    (log,) = (ran.settings.home / "logs").glob("*.log")
    assert "START sql table model core.fct_leads" in log.read_text(encoding="utf-8")


def test_leads_stand_at_their_source_and_channel(company: Settings) -> None:
    """Tracked evidence first, then the CRM, then the lead's own statement; unknown codes stay.

    L1's CRM says event / trade_show. L2 has no CRM source: its first touch is a Google click, the
    last one before creation a newsletter. L3's code is not declared: an inferred member. L4's
    'Select' means nothing, so its own statement counts. L5 states 'unknown' itself.
    """
    assert rows(
        company,
        """
        select leads.lead_id, sources.lead_source, sources.is_declared, channels.lead_channel
        from core.fct_leads as leads
        inner join core.dim_lead_sources as sources using (lead_source_key)
        inner join core.dim_lead_channels as channels using (lead_channel_key)
        order by leads.lead_id
        """,
    ) == [
        ("L1", "event", True, "trade_show"),
        ("L2", "paid_search", True, "newsletter"),
        ("L3", "olark_chat", False, "unknown"),
        ("L4", "organic_search", True, "unknown"),
        ("L5", "unknown", True, "unknown"),
    ]


def test_every_hostile_row_is_in_quarantine_with_its_reason(company: Settings) -> None:
    """Nothing is dropped, rounded or guessed.

    L6 has an impossible date, L7 is ragged, one lead has no id, L8's value has a full stop where
    the file's decimal is a comma, one conversion's value is 1e3, and one day's spend is NaN.
    """
    assert rows(company, "select * from meta.quarantine_summary order by all") == [
        ("inbox", "ad_spend", "not_finite", 1),
        ("inbox", "conversions", "bad_type", 1),
        ("inbox", "leads", "bad_type", 2),
        ("inbox", "leads", "malformed_record", 1),
        ("inbox", "leads", "missing_key", 1),
    ]
    assert rows(
        company,
        "select stream, sum(rows_loaded), sum(rows_quarantined) from meta.sources "
        "where connector = 'inbox' group by stream order by stream",
    ) == [
        ("ad_spend", 1, 1),
        ("conversions", 4, 1),
        ("costs", 1, 0),
        ("fx_rates", 2, 0),
        ("leads", 5, 4),
        ("opportunities", 2, 0),
        ("touchpoints", 3, 0),
    ]


def test_sources_earn_and_cost_what_they_do(company: Settings) -> None:
    """Revenue: L1 1,000.50; L2 2,000 SEK won on a Sunday at Friday's rate 0.1 = 200.00.

    Months are those of Stockholm: L3, created 2026-02-01 00:30 there, is a lead of February,
    although it was still January in UTC.
    """
    found = rows(
        company,
        "select month, lead_source, leads, customers, revenue, spend, cost_per_lead, roas "
        "from marts.lead_source_performance where leads > 0 or spend > 0 order by 1, 2",
    )
    january, february = found[:2], found[2:]
    assert [(str(r[0]), *r[1:5]) for r in january] == [
        ("2026-01-01", "event", 1, 1, Decimal("1000.50")),
        ("2026-01-01", "paid_search", 1, 1, Decimal("200")),
    ]
    assert [(float(r[5]), float(r[6]), float(r[7])) for r in january] == [
        (300.0, 300.0, pytest.approx(1000.5 / 300)),
        (50.0, 50.0, 4.0),
    ]
    assert [(str(r[0]), *r[1:5], r[6]) for r in february] == [
        ("2026-02-01", "olark_chat", 1, 0, 0, None),
        ("2026-02-01", "organic_search", 1, 0, 0, None),
        ("2026-02-01", "unknown", 1, 0, 0, None),
    ]


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("first_touch", {"event": "1000.50", "paid_search": "200"}),
        ("last_touch", {"event": "1000.50", "organic_social": "200"}),
        (
            "linear",
            {
                "event": "1000.50",
                "paid_search": "66.666667",
                "email": "66.666667",
                "organic_social": "66.666666",
            },
        ),
        (
            "position_based",
            {"event": "1000.50", "paid_search": "80", "email": "40", "organic_social": "80"},
        ),
    ],
)
def test_customers_value_is_attributed_by_hand(
    company: Settings, model: str, expected: dict[str, str]
) -> None:
    """L2's deal was won on 2026-02-08, after three touches; L1 has the CRM's word alone."""
    found = rows(
        company,
        f"""
        select sources.lead_source, sum(credits.credited_value)
        from core.fct_attribution_credits as credits
        inner join core.dim_lead_sources as sources using (lead_source_key)
        where attribution_model = '{model}' and conversion_type = 'customer'
        group by all
        """,
    )
    assert dict(found) == {source: Decimal(value) for source, value in expected.items()}


def test_conversions_of_the_companys_own_types_are_right_by_hand(company: Settings) -> None:
    """However a type is written it is one; money at its day's rate, a refund negative, none none.

    20 January's rate, 0.09, counts for the 25th and 26th: 100 SEK are 9.00, -20 SEK are -1.80. A
    bare date is its midnight in Stockholm, an hour earlier in UTC. Without a currency it is EUR.
    """
    assert rows(
        company,
        """
        select conversion_id, conversion_type, leads.lead_id, cast(occurred_at as varchar),
            value_native, currency, value
        from core.fct_conversions
        inner join core.fct_leads as leads using (lead_key)
        where is_stated
        order by conversion_id
        """,
    ) == [
        ("C1", "demo_booked", "L2", "2026-01-25 09:00:00", D("100"), "SEK", D("9")),
        ("C2", "demo_booked", "L2", "2026-01-26 09:00:00", D("-20"), "SEK", D("-1.8")),
        ("C3", "demo_booked", "L3", "2026-01-31 23:00:00", D("40.25"), "EUR", D("40.25")),
        ("C4", "trial", "L2", "2026-02-06 08:00:00", None, "EUR", None),
    ]


def test_conversions_of_the_companys_own_types_are_attributed(company: Settings) -> None:
    """L2's three touches have (9.00 - 1.80) / 3 each, the last one what division leaves over.

    The refund is not counted: it takes back from what it corrects. L3's conversion is known to the
    day, which includes the half hour after midnight at which the CRM recorded its source.
    """
    assert rows(
        company,
        """
        select lead_source, sum(conversions), sum(value)
        from marts.attribution_performance
        where attribution_model = 'linear' and basis = 'conversion_date'
            and conversion_type = 'demo_booked'
        group by all
        order by lead_source
        """,
    ) == [
        ("email", D("0.333333333333"), D("2.4")),
        ("olark_chat", D("1"), D("40.25")),
        ("organic_social", D("0.333333333334"), D("2.4")),
        ("paid_search", D("0.333333333333"), D("2.4")),
    ]


def test_stated_conversions_agree_with_the_file_that_states_them(company: Settings) -> None:
    """From the slice to the fact, by type, month of the UTC moment and currency, both sides shown.

    Without rows on both sides the comparison would agree with anything.
    """
    assert rows(
        company,
        """
        select "check", period, subject, "left", "right", unit
        from meta.reconciliation
        where "check" like 'conversion%landed_vs_fact'
        order by all
        """,
    ) == [
        (check, period, f"inbox {kind}", side, side, unit)
        for check, period, kind, side, unit in (
            (VALUES, "2026-01-01", "correction", D("-20"), "SEK"),
            (VALUES, "2026-01-01", "demo_booked", D("40.25"), "EUR"),
            (VALUES, "2026-01-01", "demo_booked", D("100"), "SEK"),
            (VALUES, "2026-02-01", "trial", D("0"), "EUR"),
            (COUNTS, "2026-01-01", "correction", D("1"), "conversions"),
            (COUNTS, "2026-01-01", "demo_booked", D("2"), "conversions"),
            (COUNTS, "2026-02-01", "trial", D("1"), "conversions"),
        )
    ]


def test_people_stand_in_landing_and_the_private_warehouse_alone(company: Settings) -> None:
    """Addresses and numbers of columns, of free text and of refused rows go no further.

    Free text is published with them blotted out; logs, Dagster's events and dbt's artifacts never
    had them.
    """
    people = ("anna", "bo", "BO", "cia", "dan", "eva", "fia", "gun", "hal", "ida", "mia")
    needles = {f"{name}@kund.example" for name in people} | {"%40kund.example", "kund_example"}
    needles |= {"46701234567", "46 70 123 45 67"}
    held = found(company.home, needles)
    assert {path for path in held if not path.startswith("landing/")} <= {"build/warehouse.duckdb"}
    assert any("fia@kund.example" in seen for seen in held.values()), "refused rows are kept"
    assert rows(
        company,
        "select landing_page, content from core.fct_touchpoints where touchpoint_id = 't3'",
    ) == [("https://handel.example/", hidden(company, "ask eva@kund.example"))]
    assert rows(company, "select description from core.fct_costs") == [
        (hidden(company, "Stand; call +46 70 123 45 67 or mia@kund.example"),)
    ]
    assert (
        recovered([*(f"{name}@kund.example" for name in people), "+46701234567"], texts(company))
        == []
    )


def hidden(company: Settings, text: str) -> str:
    """What readers see instead of a text that shows a person."""
    key = bytes.fromhex((company.home / "identity.key").read_text(encoding="ascii"))
    return f"person-{email_hash(key, text)[:16]}"


def texts(company: Settings) -> list[str]:
    """Every text in every column of every published table."""
    columns = rows(
        company,
        "select schema_name, table_name, column_name from duckdb_columns()"
        " where data_type = 'VARCHAR' and schema_name in ('core', 'marts', 'meta')",
    )
    assert len(columns) > 100
    return [
        text
        for schema, table, column in columns
        for (text,) in rows(company, f'select distinct "{column}" from "{schema}"."{table}"')
        if text is not None
    ]


def test_what_the_company_lacks_is_typed_and_empty(company: Settings) -> None:
    """A BI report built for a company with e-mail must open for one without."""
    assert rows(company, "select count(*) from core.fct_email_engagement") == [(0,)]
    types = dict(
        rows(
            company,
            "select column_name, data_type from information_schema.columns "
            "where table_schema = 'core' and table_name = 'fct_ad_spend'",
        )
    )
    assert types["spend"] == "DECIMAL(18,6)"
    assert types["date_day"] == "DATE"
