"""The configuration as rows that models read."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.classification import Classification
from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.lead_quality import LeadQuality
from orchestration.configuration.model import Company, Config
from orchestration.warehouse.configuration_tables import write_config
from orchestration.warehouse.schema import ensure_schema


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    """A warehouse with its schema."""
    con = duckdb.connect()
    ensure_schema(con)
    return con


def test_the_configuration_replaces_its_rows(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """Models read the configuration like any source; email opens have no look-back."""
    entry = InboxEntry(path=tmp_path / "a.csv", written_path="a.csv", stream="costs")
    rules = Classification(
        rules=[{"touch_type": "call", "lead_source": "phone"}],
        unwanted_referrers=["Booking.example"],
        brand_terms=["acme"],
        campaign_aliases={"Stand, Nordic Expo": "nx-2026"},
    )
    company = Company(name="Acme", reporting_currency="SEK", domains=[" Acme.SE "])
    write_config(con, Config())
    quality = LeadQuality(internal_hosts=["intra.Acme.example"])
    write_config(
        con, Config(company=company, inbox=[entry], classification=rules, lead_quality=quality)
    )
    assert con.execute("from ops.company").fetchall() == [("Acme", "SEK", "UTC", 7, 1)]
    assert con.execute("from ops.identity").fetchall() == [(25, 1, 10, 10, 500, 1000)]
    assert con.execute("from ops.company_domains").fetchall() == [("acme.se",)]
    hosts = [("booking.example",), ("intra.acme.example",)]
    assert con.execute("from ops.unwanted_referrers").fetchall() == hosts
    assert con.execute("from ops.internal_hosts").fetchall() == hosts[1:]
    assert con.execute("from ops.brand_terms").fetchall() == [("acme",)]
    assert con.execute("from ops.campaign_aliases").fetchall() == [
        ("Stand, Nordic Expo", "nx-2026")
    ]
    assert con.execute("from ops.inbox_entries").fetchall() == [
        ("costs:a.csv", "costs", False, False)
    ]
    lookbacks = dict(con.execute("from ops.lookbacks").fetchall())
    assert (lookbacks["visit"], lookbacks["email_click"], lookbacks["webinar"]) == (90, 30, 180)
    assert "email_open" not in lookbacks
    assert con.execute(
        "select rule_id, priority, touch_type, lead_source from ops.classification_rules"
    ).fetchall() == [("company_1", 1, "call", "phone")]


def test_a_domain_is_known_in_both_of_its_spellings(con: duckdb.DuckDBPyConnection) -> None:
    """Browsers send xn--..., files hold what people write: both are the company itself."""
    write_config(con, Config(company=Company(domains=["*.Räksmörgås.se", "a" * 70 + ".se"])))
    assert con.execute("from ops.company_domains order by domain").fetchall() == [
        ("a" * 70 + ".se",),
        ("räksmörgås.se",),
        ("xn--rksmrgs-5wao1o.se",),
    ]
