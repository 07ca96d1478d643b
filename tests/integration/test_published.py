"""The published file of the demo company: complete, without personal data, and repeatable."""

from __future__ import annotations

import hashlib
import re

import duckdb
from rich.console import Console

from orchestration.commands.run import run_refresh
from orchestration.configuration.settings import Settings
from orchestration.plan import RunPlan
from tests.kit.demo import Demo
from tests.kit.people import recovered
from tests.kit.scan import found

CORE = {
    "bridge_campaign_aliases",
    "bridge_conversion_people",
    "dim_accounts",
    "dim_ads",
    "dim_attribution_models",
    "dim_campaigns",
    "dim_content",
    "dim_dates",
    "dim_events",
    "dim_lead_channels",
    "dim_lead_sources",
    "dim_mailings",
    "dim_pages",
    "dim_people",
    "fct_ad_spend",
    "fct_attribution_credits",
    "fct_attribution_credits_wide",
    "fct_attribution_removal_credits",
    "fct_channel_attribution",
    "fct_conversions",
    "fct_costs",
    "fct_email_engagement",
    "fct_event_attendance",
    "fct_leads",
    "fct_opportunities",
    "fct_organic_search",
    "fct_outreach",
    "fct_paid_keywords",
    "fct_paid_landing_pages",
    "fct_paid_search_terms",
    "fct_page_views",
    "fct_referrals",
    "fct_social_post_days",
    "fct_social_posts",
    "fct_stage_entries",
    "fct_touchpoints",
}
MARTS = {
    "ad_performance",
    "advocate_performance",
    "attribution",
    "attribution_model_comparison",
    "attribution_performance",
    "budget_advice",
    "campaign_performance",
    "email_link_performance",
    "email_performance",
    "content_performance",
    "content_topic_performance",
    "event_performance",
    "funnel_steps",
    "keyword_performance",
    "lead_channel_performance",
    "lead_quality",
    "lead_source_performance",
    "leads",
    "nurture_performance",
    "outreach_performance",
    "page_performance",
    "performance_daily",
    "post_performance",
    "search_term_performance",
    "segment_performance",
    "social_performance",
    "source_channel_matrix",
    "utm_audit",
}
META = {
    "accepted_losses",
    "checks",
    "cleared_cells",
    "consent",
    "day_precision",
    "erasures",
    "identity",
    "identity_totals",
    "losses",
    "publication",
    "quarantine_summary",
    "reconciliation",
    "sources",
    "spend_overlaps",
    "unmatched_campaigns",
}


def content(settings: Settings) -> dict[str, tuple[int, int]]:
    """Rows, and a hash of all rows in any order, of every table and view of core and marts."""
    with duckdb.connect(str(settings.published_path), read_only=True) as con:
        tables = con.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_schema in ('core', 'marts')"
        ).fetchall()
        return {
            table: con.execute(
                f"select count(*), cast(sum(cast(hash(t) as hugeint)) as hugeint) from {table} as t"
            ).fetchall()[0]
            for (table,) in tables
        }


def test_the_file_holds_what_was_promised_and_nothing_else(demo: Demo) -> None:
    """raw, staging and quarantine may hold personal data; BI tools find these schemas by name."""
    tables = {
        tuple(row)
        for row in demo.rows("select table_schema, table_name from information_schema.tables")
    }
    assert tables == (
        {("core", name) for name in CORE}
        | {("marts", name) for name in MARTS}
        | {("meta", name) for name in META}
    )


def test_no_person_can_be_read_from_the_file(demo: Demo) -> None:
    """Addresses and telephone numbers of the demo's people are only in landing."""
    people = [person for person in demo.world.people if person.emails]
    telephones = {person.phone for person in people if person.phone}
    assert len(telephones) > 100
    found: set[str] = set()
    with duckdb.connect(str(demo.settings.published_path), read_only=True) as con:
        columns = con.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns() "
            "where data_type = 'VARCHAR' and schema_name in ('core', 'marts', 'meta')"
        ).fetchall()
        for table, column in columns:
            values = con.execute(f'select distinct "{column}" from {table}').fetchall()
            text = "\n".join(str(value) for (value,) in values)
            found |= set(re.findall(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", text))
            found |= telephones & set(re.findall(r"\+\d{7,15}", text))
    assert found == set()


def test_a_dictionary_of_addresses_recovers_nobody(demo: Demo) -> None:
    """Mailchimp's ids are MD5 of addresses, and keys are MD5 of ids: readers get neither.

    The first key of this kind gave 4,742 of the demo's 5,076 recipients away in three seconds.
    """
    people = [person for person in demo.world.people if person.emails]
    values = {
        value
        for schema, table, column in demo.rows(
            "select schema_name, table_name, column_name from duckdb_columns()"
            " where data_type = 'VARCHAR' and schema_name in ('core', 'marts', 'meta')"
        )
        for (value,) in demo.rows(f'select distinct "{column}" from "{schema}"."{table}"')
        if value is not None
    }
    assert len(values) > 10_000
    few = people[:: len(people) // 20]
    known = [text for person in few for text in (*person.emails, person.phone) if text]
    assert recovered(known, values) == []

    campaigns = {
        campaign for (campaign,) in demo.rows("select campaign_id from core.dim_campaigns")
    }
    addresses = {address.lower() for person in people for address in person.emails}
    assert len(addresses) > 300
    guessed = set()
    for address in addresses:
        email_id = _md5(address)
        guessed |= {email_id, _md5(email_id)}
        for campaign in campaigns:
            for kind in ("sent", "unsubscribe"):
                parts = (campaign, email_id, kind)
                guessed.add(_md5("\x1f".join(parts)))
                guessed.add(_md5("".join(f"{len(part)}:{part}" for part in parts)))
    assert guessed & values == set()


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def test_no_person_is_in_logs_events_or_artifacts(demo: Demo) -> None:
    """Dagster's store, dbt's files and our logs outlive the run and are read by many."""
    people = [person for person in demo.world.people if person.emails and person.phone][:30]
    assert len(people) == 30
    needles = {text for person in people for text in (person.emails[0], str(person.phone))}
    private = ["landing", "demo", "build/warehouse.duckdb"]
    assert found(demo.settings.home, needles, without=private) == {}


def test_every_check_is_published_with_what_it_saw(demo: Demo) -> None:
    """A reader who doubts a figure finds the checks that guarded it."""
    kinds = dict(demo.rows("select kind, count(*) from meta.checks group by kind"))
    assert kinds.keys() == {"dbt", "gx", "accounting"}
    assert min(kinds.values()) > 20
    assert (
        demo.rows("select name from meta.checks where severity = 'error' and status <> 'pass'")
        == []
    )
    assert demo.rows(
        "select count(*) from meta.reconciliation where severity = 'error' and difference <> 0"
    ) == [(0,)]


def test_every_record_is_accounted_for(demo: Demo) -> None:
    """Rows in are rows loaded plus rows quarantined, for every stream, visibly."""
    rows = demo.rows("select rows_in, rows_loaded, rows_quarantined from meta.sources")
    assert len(rows) >= 43
    assert all(came == loaded + quarantined for came, loaded, quarantined in rows)


def test_a_rebuild_from_landing_is_the_same(demo: Demo) -> None:
    """build/ can be deleted: landing restores every row of core and marts in a new generation."""
    before = content(demo.settings)
    ((generation,),) = demo.rows("select generation from meta.publication")
    asked = len(demo.server.log)
    console = Console(record=True, width=160)
    assert run_refresh(demo.settings, RunPlan(rebuild=True), console) == 0, console.export_text()
    assert demo.rows("select generation from meta.publication") == [(generation + 1,)]
    assert content(demo.settings) == before
    assert len(demo.server.log) == asked, "a rebuild asks no vendor"
