"""CRMs and mail that Fivetran landed: merges, conversions, deletions and machines, by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from tests.kit.inbox import Inbox
from tests.kit.landed import entries, load, table, write_duckdb

D = Decimal
moment = dt.datetime.fromisoformat


HUBSPOT = {
    "contact": table(
        "id, property_email, property_createdate, property_hs_analytics_source,"
        " property_associatedcompanyid, property_hs_merged_object_ids, _fivetran_deleted",
        "(1, 'ann@x.example', timestamptz '2026-05-01 00:00:00+00', 'PAID_SEARCH', 9, '4;5',"
        " false)",
        "(2, 'bo@x.example', timestamptz '2026-05-02 08:00:00+00', 'OFFLINE', null, null, false)",
        "(3, 'cy@x.example', timestamptz '2026-05-02 08:00:00+00', 'OFFLINE', null, null, true)",
        "(4, 'ann@old.example', timestamptz '2026-04-02 08:00:00+00', 'OTHER', null, null, false)",
        "(7, 'ann@older.example', timestamptz '2026-04-02 08:00:00+00', 'OTHER', null, null,"
        " false)",
    ),
    "contact_merge_audit": table("canonical_vid, vid_to_merge", "(4, 7)", "(1, 4)"),
    "deal": table(
        "deal_id, deal_pipeline_stage_id, property_createdate, property_amount, property_closedate,"
        " property_deal_currency_code, is_deleted",
        "(100, 'won', timestamp '2026-05-03 09:00:00', 1000.50,"
        " timestamp '2026-05-09 00:00:00', 'SEK', false)",
        "(101, 'new', timestamp '2026-05-03 09:00:00', 70, null, 'SEK', false)",
        "(102, 'won', timestamp '2026-05-03 09:00:00', 5000, null, 'SEK', true)",
        "(103, 'won', timestamp '2026-05-03 09:00:00', 5000, null, 'SEK', false)",
    ),
    "merged_deal": table("deal_id, merged_deal_id", "(100, 103)"),
    "deal_contact": table("deal_id, contact_id", "(100, 7)", "(100, 1)", "(100, 2)"),
    "deal_company": table("deal_id, company_id", "(100, 9)"),
    "deal_pipeline_stage": table(
        "stage_id, label, closed_won", "('won', 'Closed won', true)", "('new', 'New', false)"
    ),
    "deal_stage": table(
        "deal_id, value, date_entered, _fivetran_active",
        "(100, 'new', timestamp '2026-05-03 09:00:00', false)",
        "(100, 'won', timestamp '2026-05-09 00:00:00', true)",
    ),
    "contact_form_submission": table(
        "contact_id, timestamp, form_id, conversion_id, page_url, title",
        "(7, timestamp '2026-04-02 08:00:00', 'f1', 'c1',"
        " 'https://x.example/demo?utm_source=google&utm_medium=cpc&utm_campaign=brand', 'Demo')",
    ),
    "email_event": table(
        "id, type, created, recipient, email_campaign_id, filtered_event",
        "('e1', 'OPEN', timestamp '2026-05-01 10:00:00', 'bo@x.example', 2, false)",
        "('e2', 'CLICK', timestamp '2026-05-01 10:00:09', 'bo@x.example', 2, false)",
        "('e3', 'CLICK', timestamp '2026-05-01 10:00:01', 'bo@x.example', 2, true)",
        "('e4', 'DELIVERED', timestamp '2026-05-01 09:00:01', 'bo@x.example', 2, false)",
    ),
    "email_event_click": table("id, url", "('e2', 'https://x.example/?utm_source=mail')"),
    "email_campaign": table("id, name, _fivetran_deleted", "(2, 'May news', true)"),
}
SALESFORCE = {
    "lead": table(
        "id, email, created_date, is_deleted, company, lead_source, status, converted_contact_id,"
        " converted_account_id, master_record_id, utm_source_c",
        "('L1', 'ann@x.example', timestamp '2026-05-01 08:00:00', false, 'X', 'Web',"
        " 'Converted', 'C1', 'A1',"
        " null, 'google')",
        "('L2', 'bo@x.example', timestamp '2026-05-02 08:00:00', false, 'Y', null, 'Open',"
        " null, null, null, null)",
        "('L3', 'bo@x.example', timestamp '2026-05-02 08:00:00', true, 'Y', null, 'Open',"
        " null, null, 'L2', null)",
    ),
    "contact": table(
        "id, email, created_date, is_deleted, account_id, lead_source, master_record_id",
        "('C1', 'ann@x.example', timestamp '2026-05-04 08:00:00', false, 'A1', 'Web', null)",
        "('C2', 'cy@x.example', timestamp '2026-05-05 08:00:00', false, 'A1', null, null)",
        "('C3', 'ann@x.example', timestamp '2026-05-05 08:00:00', true, 'A1', null, 'C1')",
    ),
    "account": table("id, name", "('A1', 'X AB')"),
    "opportunity": table(
        "id, account_id, created_date, stage_name, amount, is_won, close_date, is_deleted,"
        " _fivetran_active",
        "('O1', 'A1', timestamp '2026-05-06 08:00:00', 'Closed Won', 99.90, true,"
        " date '2026-05-20', false, true)",
        "('O1', 'A1', timestamp '2026-05-06 08:00:00', 'Open', 10, false, date '2026-05-20',"
        " false, false)",
        "('O2', 'A1', timestamp '2026-05-06 08:00:00', 'Open', 50, false, date '2026-09-20',"
        " true, true)",
    ),
    "opportunity_contact_role": table(
        "opportunity_id, contact_id, is_deleted",
        "('O1', 'C3', false)",
        "('O1', 'C2', false)",
        "('O1', 'C1', false)",
        "('O1', 'C9', true)",
    ),
    "opportunity_history": table(
        "opportunity_id, stage_name, created_date",
        "('O1', 'Open', timestamp '2026-05-06 08:00:00')",
        "('O1', 'Open', timestamp '2026-05-07 08:00:00')",
        "('O1', 'Closed Won', timestamp '2026-05-20 08:00:00')",
    ),
    "campaign": table("id, name, type", "('K1', 'Nordic Expo', 'Trade Show')"),
    "campaign_member": table(
        "id, campaign_id, created_date, has_responded, lead_id, contact_id, first_responded_date",
        "('M1', 'K1', timestamp '2026-04-01 08:00:00', true, null, 'C1', date '2026-04-02')",
        "('M2', 'K1', timestamp '2026-04-01 08:00:00', false, 'L2', null, null)",
    ),
}
MAILCHIMP = {
    "campaign": table(
        "id, title, subject_line, send_time, list_id, type, _fivetran_deleted",
        "('m1', 'May', 'News', timestamp '2026-05-01 08:00:00', 'l1', 'regular', true)",
        "('m2', 'June', 'More', null, 'l1', 'regular', false)",
    ),
    "campaign_recipient": table("campaign_id, member_id", "('m1', 'p')", "('m1', 'q')"),
    "campaign_recipient_activity": table(
        "campaign_id, member_id, list_id, action, timestamp, url",
        "('m1', 'p', 'l1', 'open', timestamp '2026-05-01 09:00:00', null)",
        "('m1', 'p', 'l1', 'open', timestamp '2026-05-01 09:30:00', null)",
        "('m1', 'p', 'l1', 'click', timestamp '2026-05-01 09:31:00',"
        " 'https://x.example/?utm_campaign=may')",
        "('m1', 'q', 'l1', 'bounce', timestamp '2026-05-01 08:01:00', null)",
    ),
    "member": table("id, list_id, email_address", "('p', 'l1', 'ann@x.example')"),
}
KLAVIYO = {
    "event": table(
        "id, person_id, type, datetime, campaign_id, property_value, property_currency_code,"
        " property_url,"
        " _fivetran_deleted",
        "('v1', 'p', 'Received Email', timestamp '2026-05-01 08:00:00', 'k', null, null,"
        " null, false)",
        "('v2', 'p', 'Clicked Email', timestamp '2026-05-01 09:00:00', 'k', null, null,"
        " 'https://x.example/?utm_medium=email', false)",
        "('v3', 'p', 'Placed Order', timestamp '2026-05-02 09:00:00', null, 249.50, 'SEK',"
        " null, false)",
        "('v4', 'p', 'Placed Order', timestamp '2026-05-02 09:00:00', null, 249.50, 'SEK',"
        " null, true)",
    ),
    "person": table("id, email", "('p', 'ann@x.example')"),
    "campaign": table(
        "id, name, subject, send_time, sent_at",
        "('k', 'Spring', 'Hello', timestamp '2026-05-01 07:00:00',"
        " timestamp '2026-05-01 07:59:00')",
    ),
}
GA4 = {
    "event": table(
        "date, timestamp, name, user_pseudo_id, is_intraday, param_ga_session_id,"
        " param_page_location,"
        " param_page_title, collected_traffic_source_manual_source,"
        " collected_traffic_source_manual_medium,"
        " collected_traffic_source_gclid",
        "(date '2026-05-01', timestamp '2026-05-01 08:00:00', 'session_start', 'u', false, 's1',"
        " 'https://x.example/', 'Home', null, null, null)",
        "(date '2026-05-01', timestamp '2026-05-01 08:00:01', 'page_view', 'u', false, 's1',"
        " 'https://x.example/', 'Home', 'google', 'cpc', 'Cj0')",
        "(date '2026-05-01', timestamp '2026-05-01 08:00:01', 'page_view', 'u', true, 's1',"
        " 'https://x.example/', 'Home', 'google', 'cpc', 'Cj0')",
        "(date '2026-05-01', timestamp '2026-05-01 08:05:00', 'page_view', null, false, null,"
        " 'https://x.example/', 'Home', 'google', 'cpc', null)",
        "(date '2026-05-02', timestamp '2026-05-02 08:00:00', 'page_view', 'u', true, 's2',"
        " 'https://x.example/b', 'B', null, null, null)",
    )
}
WHERE = {
    "hubspot": ("hubspot", HUBSPOT),
    "salesforce": ("salesforce", SALESFORCE),
    "mailchimp": ("mailchimp", MAILCHIMP),
    "klaviyo": ("klaviyo", KLAVIYO),
    "ga4": ("ga4_export", GA4),
}
MOMENT = moment("2026-05-01T00:00")


def rows(inbox: Inbox, vendor: str, stream: str, columns: str) -> list[tuple[Any, ...]]:
    """Columns of a stream of a vendor's tables; nothing of it is refused."""
    schema, tables = WHERE[vendor]
    _write(inbox, schema, tables)
    said = ", constants: {currency: SEK}" if stream == "opportunities" else ""
    place = f"path: w.duckdb, streams: [{stream}]{said}"
    (entry,) = entries(inbox.folder, f"  - {{loader: fivetran, vendor: {vendor}, {place}}}\n")
    load(inbox, entry)
    assert inbox.quarantine() == []
    return inbox.rows(columns, stream)


def _write(inbox: Inbox, schema: str, tables: Mapping[str, str]) -> None:
    write_duckdb(inbox.folder / "w.duckdb", schema, tables)


def test_hubspots_merged_contacts_are_one_lead(inbox: Inbox) -> None:
    """The table keeps what was merged, with or without its audit; a deleted contact is no lead."""
    assert rows(inbox, "hubspot", "leads", "lead_id, created_at, account_id, lead_source") == [
        ("1", MOMENT, "9", "paid_search"),
        ("2", moment("2026-05-02T08:00"), None, None),
    ]


def test_hubspots_deals_belong_to_the_contacts_that_are_left(inbox: Inbox) -> None:
    """A contact that was merged twice is the last one; merged and deleted deals are no money."""
    columns = "opportunity_id, lead_id, account_id, stage, amount, is_won, closed_at"
    won = ("9", "Closed won", D("1000.50"), True, moment("2026-05-09T00:00"))
    assert rows(inbox, "hubspot", "opportunities", columns) == [
        ("100", "1", *won),
        ("100", "2", *won),
        ("101", None, None, "New", D("70"), False, None),
    ]


def test_hubspots_stages_have_their_entries(inbox: Inbox) -> None:
    """Of a history every row counts, not the active one alone."""
    columns = "opportunity_id, stage, entered_at"
    assert rows(inbox, "hubspot", "stage_history", columns) == [
        ("100", "Closed won", moment("2026-05-09T00:00")),
        ("100", "New", moment("2026-05-03T09:00")),
    ]


def test_hubspots_forms_and_mail_are_touches_of_people(inbox: Inbox) -> None:
    """What HubSpot filters, such as machines that click, is nobody's touch."""
    columns = "touchpoint_id, lead_id, touch_type, utm_source, utm_campaign, content, campaign_id"
    assert rows(inbox, "hubspot", "touchpoints", columns) == [
        ("email-e1", None, "email_open", None, None, "May news", "2"),
        ("email-e2", None, "email_click", "mail", None, "May news", "2"),
        ("form-c1", "1", "form", "google", "brand", "Demo", None),
    ]
    assert inbox.totals("count(email_hash)", "touchpoints") == (2,)


def test_salesforces_converted_lead_is_one_person(inbox: Inbox) -> None:
    """The contact that a lead became is no second lead; one that never was a lead is one."""
    columns = "lead_id, account_id, account_name, lead_source, utm_source"
    assert rows(inbox, "salesforce", "leads", columns) == [
        ("C2", "A1", "X AB", None, None),
        ("L1", "A1", "X", "Web", "google"),
        ("L2", None, "Y", None, None),
    ]


def test_salesforces_deals_are_those_of_the_leads(inbox: Inbox) -> None:
    """Roles of a merged contact and of the one that is left are one; older versions are none."""
    columns = "opportunity_id, lead_id, stage, amount, is_won, closed_at"
    won = ("Closed Won", D("99.90"), True)
    found = rows(inbox, "salesforce", "opportunities", columns)
    assert [row[:5] for row in found] == [("O1", "C2", *won), ("O1", "L1", *won)]


def test_salesforces_stages_are_entered_once(inbox: Inbox) -> None:
    """OpportunityHistory has a row for every change, also of the amount."""
    columns = "stage, entered_at"
    assert rows(inbox, "salesforce", "stage_history", columns) == [
        ("Closed Won", moment("2026-05-20T08:00")),
        ("Open", moment("2026-05-06T08:00")),
    ]


def test_salesforces_responses_are_touches(inbox: Inbox) -> None:
    """Who was only added to a campaign did nothing yet."""
    columns = "touchpoint_id, lead_id, touch_type, utm_campaign, campaign_id"
    assert rows(inbox, "salesforce", "touchpoints", columns) == [
        ("member-M1", "L1", "event", "Nordic Expo", "K1")
    ]


def test_mailchimps_activity_has_its_people(inbox: Inbox) -> None:
    """Members are known by list and id; bounces are no touches."""
    columns = "occurred_at, touch_type, utm_campaign, campaign_id"
    found = rows(inbox, "mailchimp", "touchpoints", columns)
    assert [row[1:] for row in found] == [
        ("email_open", None, "m1"),
        ("email_open", None, "m1"),
        ("email_click", "may", "m1"),
    ]
    assert inbox.totals("count(email_hash)", "touchpoints") == (3,)


def test_mailchimps_mailings_count_people(inbox: Inbox) -> None:
    """Two openings of one person are one; a deleted mailing was sent, one without a moment not."""
    columns = "mailing_id, mailing_name, sent, opened, clicked, bounced, unsubscribed"
    assert rows(inbox, "mailchimp", "mailings", columns) == [("m1", "May", 2, 1, 1, 1, None)]


def test_klaviyos_events_are_touches_orders_and_mailings(inbox: Inbox) -> None:
    """One table holds everything that people did; deleted events did not happen."""
    assert rows(inbox, "klaviyo", "touchpoints", "touchpoint_id, touch_type, utm_medium") == [
        ("v2", "email_click", "email")
    ]
    assert rows(inbox, "klaviyo", "conversions", "conversion_id, value, currency") == [
        ("v3", D("249.50"), "SEK")
    ]
    columns = "mailing_id, subject_line, delivered, opened, clicked"
    assert rows(inbox, "klaviyo", "mailings", columns) == [("k", "Hello", 1, 0, 1)]


@pytest.mark.parametrize(
    ("stream", "columns", "expected"),
    [
        (
            "touchpoints",
            "touchpoint_id, utm_source, click_id, landing_page",
            [
                ("u-s1", "google", "Cj0", "https://x.example/"),
                ("u-s2", None, None, "https://x.example/b"),
            ],
        ),
        (
            "page_views",
            "visit_id, page_url, title",
            [("s1", "https://x.example/", "Home"), ("s2", "https://x.example/b", "B")],
        ),
    ],
)
def test_ga4s_stream_of_the_day_counts_until_the_day_is_there(
    inbox: Inbox, stream: str, columns: str, expected: list[tuple[Any, ...]]
) -> None:
    """Both tables have the same events; without consent there is no visitor."""
    assert rows(inbox, "ga4", stream, columns) == expected
