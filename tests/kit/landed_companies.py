"""Two companies that extract nothing: all that they have was landed by Fivetran, or by Airbyte.

Both had the same month, so that what is published of them is the same. Belongs here: their tables
and configurations. Does not belong here: what is to be published (``tests/integration``).
"""

from __future__ import annotations

from pathlib import Path

from tests.kit.landed import table, write_duckdb

CONFIG = """
company:
  name: Handel AB
  reporting_currency: SEK
  reporting_timezone: Europe/Stockholm
landed:
  - {{loader: {loader}, vendor: google_ads, path: w.duckdb, schema: google}}
  - {{loader: {loader}, vendor: facebook_ads, path: w.duckdb, schema: meta}}
  - loader: {loader}
    vendor: hubspot
    path: w.duckdb
    schema: crm
    streams: [leads, opportunities]
    constants: {{currency: SEK}}
  - {{loader: {loader}, vendor: mailchimp, path: w.duckdb, schema: mail}}
quality: {{max_unknown_share: 1}}
"""

_SYNCED = "timestamptz '2026-05-20 03:00:00+00'"
_SYNCED_BEFORE = "timestamptz '2026-05-19 03:00:00+00'"

FIVETRAN = {
    "google": {
        "account_stats": table(
            "customer_id, date, device, cost_micros, impressions, clicks, conversions",
            "(77, date '2026-05-01', 'MOBILE', 60000000, 60, 6, 0)",
            "(77, date '2026-05-01', 'DESKTOP', 40500000, 40, 4, 1)",
        ),
        "campaign_stats": table(
            "customer_id, date, id, device, cost_micros, impressions, clicks, conversions",
            "(77, date '2026-05-01', 11, 'MOBILE', 50000000, 50, 5, 0)",
            "(77, date '2026-05-01', 11, 'DESKTOP', 40000000, 40, 4, 1)",
            "(77, date '2026-05-01', 12, 'MOBILE', 10500000, 10, 1, 0)",
        ),
        "ad_stats": table(
            "customer_id, date, campaign_id, ad_group_id, ad_id, device, cost_micros, impressions,"
            " clicks, conversions",
            "(77, date '2026-05-01', 11, 5, 500, 'MOBILE', 50000000, 50, 5, 0)",
            "(77, date '2026-05-01', 11, 5, 500, 'DESKTOP', 40000000, 40, 4, 1)",
        ),
        "campaign_history": table(
            "id, updated_at, name",
            "(11, timestamp '2026-01-01 10:00:00', 'Brand')",
            "(11, timestamp '2026-05-10 10:00:00', 'Brand, new')",
            "(12, timestamp '2026-01-01 10:00:00', 'Max')",
        ),
        "account_history": table(
            "id, updated_at, currency_code", "(77, timestamp '2026-01-01 10:00:00', 'SEK')"
        ),
    },
    "meta": {
        "basic_ad": table(
            "ad_id, date, account_id, spend, impressions, inline_link_clicks, _fivetran_deleted",
            "(60, date '2026-05-01', 7, 25.25, 100, 3, false)",
            "(60, date '2026-05-02', 7, 24.75, 100, 3, false)",
            "(61, date '2026-05-02', 7, 999, 100, 3, true)",
        ),
        "account_history": table("id, currency, _fivetran_synced", f"(7, 'SEK', {_SYNCED})"),
        "ad_history": table(
            "id, name, updated_time, ad_set_id, campaign_id",
            "(60, 'Blue', timestamp '2026-01-01', 62, 63)",
        ),
        "campaign_history": table(
            "id, name, updated_time", "(63, 'Spring', timestamp '2026-01-01')"
        ),
    },
    "crm": {
        "contact": table(
            "id, property_email, property_createdate, property_hs_analytics_source,"
            " property_hs_merged_object_ids, _fivetran_deleted",
            "(1, 'ann@x.example', timestamp '2026-05-04 08:00:00', 'PAID_SEARCH', '4', false)",
            "(2, 'bo@y.example', timestamp '2026-05-05 08:00:00', 'PAID_SOCIAL', null, false)",
            "(3, 'cy@z.example', timestamp '2026-05-05 08:00:00', 'PAID_SOCIAL', null, true)",
            "(4, 'ann@w.example', timestamp '2026-05-01 08:00:00', 'PAID_SOCIAL', null, false)",
        ),
        "contact_merge_audit": table("canonical_vid, vid_to_merge", "(1, 4)"),
        "deal": table(
            "deal_id, deal_pipeline_stage_id, property_createdate, property_amount,"
            " property_closedate, is_deleted",
            "(100, 'w', timestamp '2026-05-06 08:00:00', 1000.50, timestamp '2026-05-12 08:00:00',"
            " false)",
            "(101, 'w', timestamp '2026-05-06 08:00:00', 7000, timestamp '2026-05-12 08:00:00',"
            " true)",
        ),
        "deal_contact": table("deal_id, contact_id", "(100, 4)"),
        "deal_pipeline_stage": table("stage_id, label, closed_won", "('w', 'Closed won', true)"),
    },
    "mail": {
        "campaign": table(
            "id, title, subject_line, send_time, list_id",
            "('m', 'May', 'News', timestamp '2026-05-01 08:00:00', 'l')",
        ),
        "campaign_recipient_activity": table(
            "campaign_id, member_id, list_id, action, timestamp, url",
            "('m', 'p', 'l', 'click', timestamp '2026-05-02 09:00:00', 'https://x.example/')",
        ),
        "campaign_recipient": table("campaign_id, member_id", "('m', 'p')", "('m', 'q')"),
        "member": table("id, list_id, email_address", "('p', 'l', 'ann@x.example')"),
    },
}

AIRBYTE = {
    "google": {
        "account_performance_report": table(
            '"customer_id", "segments_date", "segments_device", "segments_ad_network_type",'
            ' "customer_currency_code",'
            ' "metrics_cost_micros", "metrics_impressions", "metrics_clicks",'
            ' "metrics_conversions", _airbyte_extracted_at',
            f"(77, '2026-05-01', 'MOBILE', 'SEARCH', 'SEK', 55000000, 60, 6, 0, {_SYNCED_BEFORE})",
            f"(77, '2026-05-01', 'MOBILE', 'SEARCH', 'SEK', 60000000, 60, 6, 0, {_SYNCED})",
            f"(77, '2026-05-01', 'DESKTOP', 'SEARCH', 'SEK', 40500000, 40, 4, 1, {_SYNCED})",
        ),
        "campaign": table(
            '"campaign.id", "campaign.name", "customer.id", "segments.date", "segments.hour",'
            ' "segments.ad_network_type", "metrics.cost_micros", "metrics.impressions",'
            ' "metrics.clicks", "metrics.conversions", _airbyte_extracted_at',
            f"(11, 'Brand', 77, '2026-05-01', 8, 'SEARCH', 50000000, 50, 5, 0, {_SYNCED_BEFORE})",
            f"(11, 'Brand', 77, '2026-05-01', 8, 'SEARCH', 50000000, 50, 5, 0, {_SYNCED})",
            f"(11, 'Brand', 77, '2026-05-01', 9, 'SEARCH', 40000000, 40, 4, 1, {_SYNCED})",
            f"(12, 'Max', 77, '2026-05-01', 9, 'SEARCH', 10500000, 10, 1, 0, {_SYNCED})",
        ),
        "ad_group_ad_legacy": table(
            "campaign_id, campaign_name, ad_group_id, ad_group_ad_ad_id, customer_id,"
            " segments_date,"
            " metrics_cost_micros, metrics_impressions, metrics_clicks, metrics_conversions,"
            " _airbyte_extracted_at",
            f"(11, 'Brand', 5, 500, 77, '2026-05-01', 90000000, 90, 9, 1, {_SYNCED})",
        ),
    },
    "meta": {
        "ads_insights": table(
            "date_start, account_id, ad_id, ad_name, adset_id, campaign_id, campaign_name,"
            " account_currency, spend, impressions, inline_link_clicks, _airbyte_extracted_at",
            "('2026-05-01', '7', '60', 'Blue', '62', '63', 'Spring', 'SEK', 25.25, 100, 3,"
            f" {_SYNCED_BEFORE})",
            "('2026-05-01', '7', '60', 'Blue', '62', '63', 'Spring', 'SEK', 25.25, 100, 3,"
            f" {_SYNCED})",
            "('2026-05-02', '7', '60', 'Blue', '62', '63', 'Spring', 'SEK', 24.75, 100, 3,"
            f" {_SYNCED})",
        )
    },
    "crm": {
        "contacts": table(
            "id, properties_email, properties_createdate, properties_hs_analytics_source,"
            " properties_hs_merged_object_ids, archived, _airbyte_extracted_at",
            f"('1', 'ann@x.example', '2026-05-04T08:00:00Z', 'PAID_SEARCH', '4', false, {_SYNCED})",
            f"('2', 'bo@y.example', '2026-05-05T08:00:00Z', 'PAID_SOCIAL', null, false, {_SYNCED})",
            "('3', 'cy@z.example', '2026-05-05T08:00:00Z', 'PAID_SOCIAL', null, false,"
            f" {_SYNCED_BEFORE})",
            f"('3', 'cy@z.example', '2026-05-05T08:00:00Z', 'PAID_SOCIAL', null, true, {_SYNCED})",
            "('4', 'ann@w.example', '2026-05-01T08:00:00Z', 'PAID_SOCIAL', null, false,"
            f" {_SYNCED_BEFORE})",
        ),
        "deals": table(
            "id, properties_createdate, properties_dealstage, properties_amount,"
            " properties_closedate, properties_hs_is_closed_won, contacts, archived,"
            " _airbyte_extracted_at",
            "('100', '2026-05-06T08:00:00Z', 'w', '1000.50', '2026-05-12T08:00:00Z', true,"
            f" '[\"4\"]', false, {_SYNCED})",
            "('101', '2026-05-06T08:00:00Z', 'w', '7000', '2026-05-12T08:00:00Z', true, '[]', true,"
            f" {_SYNCED})",
        ),
    },
    "mail": {
        "email_activity": table(
            "campaign_id, email_id, email_address, action, timestamp, url, _airbyte_extracted_at",
            "('m', 'e', 'ann@x.example', 'click', '2026-05-02T09:00:00+00:00',"
            " 'https://x.example/',"
            f" {_SYNCED_BEFORE})",
            "('m', 'e', 'ann@x.example', 'click', '2026-05-02T09:00:00+00:00',"
            " 'https://x.example/',"
            f" {_SYNCED})",
        ),
        "reports": table(
            "id, send_time, campaign_title, subject_line, emails_sent, opens, clicks, unsubscribed",
            "('m', '2026-05-01T08:00:00+00:00', 'May', 'News', 2, '{\"unique_opens\": 0}',"
            " '{\"unique_subscriber_clicks\": 1}', 0)",
        ),
    },
}
COMPANIES = {"fivetran": FIVETRAN, "airbyte": AIRBYTE}


def write_landed_company(folder: Path, loader: str) -> None:
    """Write the configuration of the company of a loader, and its tables."""
    (folder / "tributary.yaml").write_text(CONFIG.format(loader=loader), encoding="utf-8")
    for schema, tables in COMPANIES[loader].items():
        write_duckdb(folder / "w.duckdb", schema, tables)
