"""Tables that Airbyte or dlt landed: rows that are written again and again, by hand calculation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from orchestration.inbox.files import InboxError
from tests.kit.inbox import Inbox
from tests.kit.landed import entries, load, table, write_duckdb

D = Decimal
moment = dt.datetime.fromisoformat
MAY_1, MAY_2 = dt.date(2026, 5, 1), dt.date(2026, 5, 2)
NIGHT_1, NIGHT_2 = (f"timestamptz '2026-05-0{day} 03:00:00+00'" for day in (2, 3))


MICROSOFT = (
    "AccountId, CampaignId, CampaignName, TimePeriod, CurrencyCode, AdDistribution, DeviceOS,"
    " Network, DeliveredMatchType, BidMatchType, TopVsOther, BudgetName, BudgetStatus,"
    " BudgetAssociationStatus, Impressions, Clicks"
)
BRAND = (
    "1, 2, 'Brand', '2026-05-01', 'SEK', 'Search', 'Other', 'Search', 'Exact', 'Exact', 'Top',"
    " '', 'Active', 'Current', 5, 1"
)


def rows(
    inbox: Inbox, loader: str, vendor: str, stream: str, tables: Mapping[str, str], columns: str
) -> list[tuple[Any, ...]]:
    """Columns of a stream of a vendor's tables; nothing of it is refused.

    The configuration says the currency of money where the test does not ask for it.
    """
    write_duckdb(inbox.folder / "w.duckdb", "main", tables)
    is_said = stream in ("ad_spend", "opportunities") and "currency" not in columns
    text = (
        f"  - {{loader: {loader}, vendor: {vendor}, path: w.duckdb, schema: main,"
        f" streams: [{stream}]{', constants: {currency: SEK}' if is_said else ''}}}\n"
    )
    (entry,) = entries(inbox.folder, text)
    load(inbox, entry)
    assert inbox.quarantine() == []
    return inbox.rows(columns, stream)


def test_spend_that_every_sync_writes_again_counts_once(inbox: Inbox) -> None:
    """In append mode yesterday's spend is there once per sync; the newest reading counts."""
    tables = {
        "ads_insights": table(
            "date_start, account_id, ad_id, campaign_id, campaign_name, account_currency, spend,"
            " impressions, _airbyte_extracted_at",
            f"('2026-05-01', '7', '70', '700', 'Spring', 'SEK', 10.10, 5, {NIGHT_1})",
            f"('2026-05-01', '7', '70', '700', 'Spring', 'SEK', 10.35, 6, {NIGHT_2})",
            f"('2026-05-01', '7', '71', '700', 'Spring', 'SEK', 1.00, 1, {NIGHT_1})",
            f"('2026-05-02', '7', '70', '700', 'Spring, new', 'SEK', 2.00, 2, {NIGHT_2})",
        )
    }
    columns = "date_day, ad_id, campaign_name, spend, impressions, currency"
    assert sorted(rows(inbox, "airbyte", "facebook_ads", "ad_spend", tables, columns)) == [
        (MAY_1, "70", "Spring", D("10.35"), 6, "SEK"),
        (MAY_1, "71", "Spring", D("1.00"), 1, "SEK"),
        (MAY_2, "70", "Spring, new", D("2.00"), 2, "SEK"),
    ]


@pytest.mark.parametrize(
    ("campaign_id", "words"), [("62e0", ""), ("9007199254740993.0", "lost their last digits")]
)
def test_ids_that_became_measures_are_ids_or_refused(
    inbox: Inbox, campaign_id: str, words: str
) -> None:
    """Above 2^53 a double holds several ids in one value: spend would meet a wrong campaign."""
    tables = {
        "ads_insights": table(
            "date_start, account_id, ad_id, campaign_id, spend",
            f"('2026-05-01', '7', '70', cast({campaign_id} as double), 10.10)",
        )
    }
    if words:
        with pytest.raises(InboxError, match=words):
            rows(inbox, "airbyte", "facebook_ads", "ad_spend", tables, "campaign_id")
    else:
        found = rows(inbox, "airbyte", "facebook_ads", "ad_spend", tables, "campaign_id")
        assert found == [("62",)]


@pytest.mark.parametrize(("field", "is_needed"), [("spend", True), ("impressions", False)])
def test_a_value_that_airbyte_could_not_write_is_not_absent(
    inbox: Inbox, field: str, is_needed: bool
) -> None:
    """A sum would be too low without a word; of a value that nobody needs the row is enough."""
    meta = f'{{"changes": [{{"field": "{field}", "change": "NULLED", "reason": "SIZE"}}]}}'
    tables = {
        "ads_insights": table(
            "date_start, account_id, ad_id, spend, _airbyte_meta, _airbyte_extracted_at",
            f"('2026-05-01', '7', '70', 10.10, '{{\"changes\": []}}', {NIGHT_2})",
            f"('2026-05-02', '7', '70', 5, '{meta}', {NIGHT_2})",
        )
    }
    if is_needed:
        with pytest.raises(InboxError, match=r"left them empty: spend \(1\)"):
            rows(inbox, "airbyte", "facebook_ads", "ad_spend", tables, "spend")
    else:
        found = rows(inbox, "airbyte", "facebook_ads", "ad_spend", tables, "spend")
        assert found == [(D("10.10"),), (D("5"),)]


def test_googles_hours_are_one_day_and_columns_may_have_points(inbox: Inbox) -> None:
    """A destination writes campaign.id or campaign_id; hours and networks are rows of their own."""
    tables = {
        "campaign": table(
            '"campaign.id", "campaign.name", "customer.id", "segments.date", "segments.hour",'
            ' "segments.ad_network_type", "metrics.cost_micros", "metrics.impressions",'
            ' "metrics.clicks", _airbyte_extracted_at',
            f"(9007199254740993, 'Brand', 1, '2026-05-01', 8, 'SEARCH', 1500000, 2, 1, {NIGHT_1})",
            f"(9007199254740993, 'Brand', 1, '2026-05-01', 8, 'SEARCH', 1500000, 2, 1, {NIGHT_2})",
            f"(9007199254740993, 'Brand', 1, '2026-05-01', 9, 'SEARCH', 10000, 1, 0, {NIGHT_1})",
            f"(9007199254740993, 'Brand', 1, '2026-05-01', 9, 'CONTENT', 5, 1, 0, {NIGHT_1})",
        ),
        "customer": table(
            "customer_id, customer_currency_code, _airbyte_extracted_at", f"(1, 'EUR', {NIGHT_1})"
        ),
    }
    columns = "date_day, account_id, campaign_id, campaign_name, spend, impressions, currency"
    assert rows(inbox, "airbyte", "google_ads", "ad_spend", tables, columns) == [
        (MAY_1, "1", "9007199254740993", "Brand", D("1.510005"), 4, "EUR")
    ]


def test_linkedins_urns_are_ids(inbox: Inbox) -> None:
    """Reports name campaigns by URNs, campaigns their accounts."""
    tables = {
        "ad_campaign_analytics": table(
            "string_of_pivot_values, start_date, end_date, costInLocalCurrency, impressions,"
            " clicks,"
            " _airbyte_extracted_at",
            f"('urn:li:sponsoredCampaign:5', '2026-05-01', '2026-05-01', 12.5, 10, 1, {NIGHT_1})",
            f"('urn:li:sponsoredCampaign:5', '2026-05-01', '2026-05-01', 12.75, 11, 1, {NIGHT_2})",
        ),
        "campaigns": table(
            "id, name, account", "(5, 'Decision makers', 'urn:li:sponsoredAccount:3')"
        ),
        "accounts": table("id, currency", "(3, 'USD')"),
    }
    columns = "date_day, account_id, campaign_id, campaign_name, spend, currency"
    assert rows(inbox, "airbyte", "linkedin_ads", "ad_spend", tables, columns) == [
        (MAY_1, "3", "5", "Decision makers", D("12.75"), "USD")
    ]


def test_microsofts_dimensions_are_the_key(inbox: Inbox) -> None:
    """Two devices on one day are two rows; the second sync of one is not a third."""
    tables = {
        "campaign_performance_report_daily": table(
            f"{MICROSOFT}, DeviceType, Spend, ConversionsQualified, _airbyte_extracted_at",
            f"({BRAND}, 'Computer', 4.25, 0.5, {NIGHT_1})",
            f"({BRAND}, 'Computer', 4.50, 0.5, {NIGHT_2})",
            f"({BRAND}, 'Tablet', 1.00, 0, {NIGHT_1})",
        )
    }
    columns = "date_day, campaign_id, spend, impressions, conversions"
    assert rows(inbox, "airbyte", "microsoft_ads", "ad_spend", tables, columns) == [
        (MAY_1, "2", D("5.50"), 10, D("0.5"))
    ]


@pytest.mark.parametrize(
    ("loader", "vendor", "name", "columns", "values", "words"),
    [
        (
            "airbyte",
            "microsoft_ads",
            "campaign_performance_report_daily",
            f"{MICROSOFT}, Spend, _airbyte_extracted_at",
            [f"{BRAND}, 4.25, {NIGHT_1}", f"{BRAND}, 1.00, {NIGHT_1}"],
            "lacks DeviceType",
        ),
        (
            "airbyte",
            "facebook_ads",
            "ads_insights",
            "date_start, account_id, ad_id, spend",
            ["'2026-05-01', '7', '70', 10.10", "'2026-05-01', '7', '70', 10.10"],
            "lacks _airbyte_extracted_at or _airbyte_emitted_at",
        ),
        (
            "dlt",
            "facebook_ads",
            "facebook_insights",
            "date_start, campaign_id, adset_id, ad_id, spend, country, _dlt_load_id",
            [
                "'2026-05-01', '1', '2', '3', 5, 'SE', 'l'",
                "'2026-05-01', '1', '2', '3', 7, 'NO', 'l'",
            ],
            "written at once",
        ),
    ],
)
def test_rows_of_one_key_are_not_chosen_from(
    inbox: Inbox, loader: str, vendor: str, name: str, columns: str, values: list[str], words: str
) -> None:
    """Without a column of its key, or with a breakdown, a report's rows passed for readings of one.

    All but one of them were left out of the sum, or each was counted, without a word.
    """
    tables = {
        name: table(columns, *(f"({each})" for each in values)),
        "_dlt_loads": table("load_id, status", "('l', 0)"),
    }
    with pytest.raises(InboxError, match=f"{name} .*{words}.*1 of its keys"):
        rows(inbox, loader, vendor, "ad_spend", tables, "spend")


def test_a_dimension_that_is_not_synced_is_no_matter_where_each_key_has_one_row(
    inbox: Inbox,
) -> None:
    """Modes that keep one row per key need no column to tell readings apart."""
    tables = {
        "campaign_performance_report_daily": table(
            f"{MICROSOFT}, Spend, _airbyte_extracted_at", f"({BRAND}, 4.25, {NIGHT_1})"
        )
    }
    assert rows(inbox, "airbyte", "microsoft_ads", "ad_spend", tables, "spend") == [(D("4.25"),)]


def test_tiktoks_figures_are_in_json(inbox: Inbox) -> None:
    """What TikTok does not know it writes as a dash."""
    tables = {
        "campaigns_reports_daily": table(
            "campaign_id, stat_time_day, metrics, _airbyte_extracted_at",
            "(4, timestamp '2026-05-01 00:00:00',"
            ' \'{"spend": "7.30", "impressions": "9", "clicks": "2", "conversion": "-"}\','
            f" {NIGHT_1})",
        ),
        "campaigns": table("campaign_id, campaign_name, advertiser_id", "(4, 'Dance', 8)"),
        "advertisers": table("advertiser_id, currency", "(8, 'SEK')"),
    }
    columns = "date_day, account_id, campaign_name, spend, clicks, conversions, currency"
    assert rows(inbox, "airbyte", "tiktok_ads", "ad_spend", tables, columns) == [
        (MAY_1, "8", "Dance", D("7.30"), 2, None, "SEK")
    ]


HUBSPOT = {
    "contacts": table(
        "id, properties_email, properties_createdate, properties_hs_calculated_merged_vids,"
        " archived,"
        " _airbyte_extracted_at",
        f"('1', 'ann@x.example', '2026-05-01T08:00:00.000Z', '4:1767225600000', false, {NIGHT_2})",
        f"('1', 'ann@old.example', '2026-05-01T08:00:00.000Z', null, false, {NIGHT_1})",
        f"('2', 'bo@x.example', '2026-05-02T08:00:00.000Z', null, true, {NIGHT_2})",
        f"('4', 'ann@x.example', '2026-04-02T08:00:00.000Z', null, false, {NIGHT_1})",
    ),
    "deals": table(
        "id, properties_createdate, properties_dealstage, properties_amount, properties_closedate,"
        " contacts, companies, archived, _airbyte_extracted_at",
        "('100', '2026-05-03T09:00:00Z', 'closedwon', '1000.50', '2026-05-09T00:00:00Z',"
        f' \'["4", "5"]\', \'["9"]\', false, {NIGHT_2})',
        f"('100', '2026-05-03T09:00:00Z', 'new', '70', null, '[\"4\"]', '[\"9\"]', false,"
        f" {NIGHT_1})",
        f"('101', '2026-05-03T09:00:00Z', 'new', '70', null, '[]', null, false, {NIGHT_1})",
    ),
}


def test_hubspots_newest_version_counts(inbox: Inbox) -> None:
    """Append mode keeps every version of a contact; archived ones are gone."""
    columns = "lead_id, created_at"
    assert rows(inbox, "airbyte", "hubspot", "leads", HUBSPOT, columns) == [
        ("1", moment("2026-05-01T08:00"))
    ]


def test_hubspots_deals_list_their_contacts(inbox: Inbox) -> None:
    """A list of ids is a contact each; one that was merged is the one that is left."""
    columns = "opportunity_id, lead_id, account_id, amount, is_won"
    assert rows(inbox, "airbyte", "hubspot", "opportunities", HUBSPOT, columns) == [
        ("100", "1", "9", D("1000.50"), True),
        ("100", "5", "9", D("1000.50"), True),
        ("101", None, None, D("70"), None),
    ]


def test_salesforce_speaks_the_names_of_its_api(inbox: Inbox) -> None:
    """Versions that were deleted since end the older ones."""
    tables = {
        "Opportunity": table(
            "Id, AccountId, CreatedDate, StageName, Amount, IsWon, CloseDate, IsDeleted,"
            " _airbyte_extracted_at",
            f"('O1', 'A', '2026-05-01T08:00:00Z', 'Won', 9.5, true, '2026-05-20', false,"
            f" {NIGHT_2})",
            f"('O1', 'A', '2026-05-01T08:00:00Z', 'Open', 7, false, '2026-05-20', false,"
            f" {NIGHT_1})",
            f"('O2', 'A', '2026-05-01T08:00:00Z', 'Open', 7, false, '2026-05-20', false,"
            f" {NIGHT_1})",
            f"('O2', 'A', '2026-05-01T08:00:00Z', 'Open', 7, false, '2026-05-20', true, {NIGHT_2})",
        ),
        "OpportunityContactRole": table(
            "Id, OpportunityId, ContactId, IsDeleted", "('R', 'O1', 'C', false)"
        ),
        "Lead": table(
            "Id, Email, CreatedDate, IsDeleted, ConvertedContactId",
            "('L', 'ann@x.example', '2026-04-01T08:00:00Z', false, 'C')",
        ),
    }
    columns = "opportunity_id, lead_id, stage, amount"
    assert rows(inbox, "airbyte", "salesforce", "opportunities", tables, columns) == [
        ("O1", "L", "Won", D("9.5"))
    ]


def test_salesforces_history_keeps_every_entry(inbox: Inbox) -> None:
    """A row of a history is written again by a sync, and no older version of another row."""
    tables = {
        "OpportunityHistory": table(
            "Id, OpportunityId, StageName, CreatedDate, _airbyte_extracted_at",
            f"('h1', 'O1', 'Open', '2026-05-01T08:00:00Z', {NIGHT_1})",
            f"('h1', 'O1', 'Open', '2026-05-01T08:00:00Z', {NIGHT_2})",
            f"('h2', 'O1', 'Won', '2026-05-02T08:00:00Z', {NIGHT_2})",
        )
    }
    columns = "stage, entered_at"
    assert rows(inbox, "airbyte", "salesforce", "stage_history", tables, columns) == [
        ("Open", moment("2026-05-01T08:00")),
        ("Won", moment("2026-05-02T08:00")),
    ]


def test_mail_is_people_and_mailings(inbox: Inbox) -> None:
    """Mailchimp's and Klaviyo's nested values are JSON."""
    mailchimp = {
        "email_activity": table(
            "campaign_id, email_id, email_address, action, timestamp, url, _airbyte_extracted_at",
            f"('m', 'e', 'ann@x.example', 'open', '2026-05-01T09:00:00+00:00', null, {NIGHT_1})",
            f"('m', 'e', 'ann@x.example', 'open', '2026-05-01T09:00:00+00:00', null, {NIGHT_2})",
        ),
        "reports": table(
            "id, send_time, campaign_title, emails_sent, opens, bounces",
            "('m', '2026-05-01T08:00:00+00:00', 'May', 4, '{\"unique_opens\": 3}',"
            ' \'{"hard_bounces": 1, "soft_bounces": 0}\')',
        ),
    }
    found = rows(inbox, "airbyte", "mailchimp", "touchpoints", mailchimp, "touch_type, campaign_id")
    assert found == [("email_open", "m")]
    columns = "mailing_name, sent, opened, bounced"
    assert rows(inbox, "airbyte", "mailchimp", "mailings", mailchimp, columns) == [("May", 4, 3, 1)]
    klaviyo = {
        "events": table(
            "id, datetime, attributes, relationships, _airbyte_extracted_at",
            "('v', '2026-05-01T09:00:00+00:00',"
            ' \'{"event_properties": {"$value": 249.5, "$currency_code": "SEK"}}\','
            ' \'{"metric": {"data": {"id": "M"}}, "profile": {"data": {"id": "P"}}}\','
            f" {NIGHT_1})",
        ),
        "metrics": table("id, attributes", "('M', '{\"name\": \"Placed Order\"}')"),
        "profiles": table("id, attributes", "('P', '{\"email\": \"ann@x.example\"}')"),
    }
    columns = "conversion_id, value, currency"
    assert rows(inbox, "airbyte", "klaviyo", "conversions", klaviyo, columns) == [
        ("v", D("249.5"), "SEK")
    ]


def test_a_load_of_dlt_that_was_not_completed_does_not_count(inbox: Inbox) -> None:
    """Only rows of loads with status 0 are there for sure; what is unnamed has an id of its own."""
    tables = {
        "_dlt_loads": table("load_id, status", "('1777600000.1', 0)", "('1777700000.1', 1)"),
        "facebook_insights": table(
            "date_start, campaign_id, adset_id, ad_id, spend, impressions, _dlt_load_id",
            "(timestamp '2026-05-01 00:00:00', '700', '71', 'no_ad_id', 5.25, 10, '1777600000.1')",
            "(timestamp '2026-05-01 00:00:00', '700', '71', 'no_ad_id', 9.99, 10, '1777700000.1')",
        ),
        "campaigns": table("id, name, _dlt_load_id", "(700, 'Spring', '1777600000.1')"),
    }
    columns = "date_day, campaign_name, ad_group_id, ad_id, spend"
    assert rows(inbox, "dlt", "facebook_ads", "ad_spend", tables, columns) == [
        (MAY_1, "Spring", "71", None, D("5.25"))
    ]


def test_dlts_lists_are_tables(inbox: Inbox) -> None:
    """Associations join on the row's own id, not on the record's."""
    tables = {
        "contacts": table(
            "id, email, createdate, _dlt_id, _dlt_load_id",
            "(1, 'ann@x.example', timestamptz '2026-05-01 08:00:00+00', 'x1', 'l')",
        ),
        "deals": table(
            "id, createdate, dealstage, amount, closedate, _dlt_load_id",
            "(100, timestamptz '2026-05-02 08:00:00+00', 'closedwon', '12.5', null, 'l')",
        ),
        "contacts__deals": table("_dlt_parent_id, value", "('x1', 100)", "('x9', 100)"),
        "_dlt_loads": table("load_id, status", "('l', 0)"),
    }
    columns = "opportunity_id, lead_id, amount, is_won"
    assert rows(inbox, "dlt", "hubspot", "opportunities", tables, columns) == [
        ("100", "1", D("12.5"), True)
    ]
    found = rows(inbox, "dlt", "hubspot", "leads", tables, "lead_id, created_at")
    assert found == [("1", moment("2026-05-01T08:00"))]
