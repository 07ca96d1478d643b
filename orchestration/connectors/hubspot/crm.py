"""HubSpot's companies, contacts and deals: their properties, history and associations."""

from __future__ import annotations

from dataclasses import replace

from orchestration.connectors.field import Field, Person, Type
from orchestration.connectors.hubspot.language import (
    IGNORED,
    LIST,
    VERSION,
    archived,
    associations,
    changes,
    field_of,
    history,
    record,
)
from orchestration.connectors.refusal import Refusal
from orchestration.connectors.stream import Kind, Request, Stream

PIPELINES = Stream(
    name="pipelines",
    description="Deal pipelines with their stages. One row per pipeline and extraction.",
    kind=Kind.ENTITY_SNAPSHOT,
    per_account=False,
    request=Request(path=f"/crm/pipelines/{VERSION}/deals", records="results"),
    fields=(
        Field("pipeline_id", path="id", required=True),
        Field("label"),
        Field("display_order", path="displayOrder", type=Type.INTEGER),
        Field("archived", type=Type.BOOLEAN, omitted_when_empty=True),
        Field("stages", type=Type.JSON, required=True),
    ),
    natural_key=("pipeline_id",),
    ignored=("archivedAt", "createdAt", "updatedAt"),
)

COMPANIES = changes(
    "companies",
    "hs_lastmodifieddate",
    "company_id",
    (
        field_of("name"),
        field_of("domain"),
        field_of("industry"),
        field_of("country"),
        field_of("createdate", Type.TIMESTAMP),
        field_of("hs_lastmodifieddate", Type.TIMESTAMP),
        field_of("hs_merged_object_ids"),
    ),
    "Companies that changed. One row per company and version.",
)

CONTACTS = changes(
    "contacts",
    "lastmodifieddate",
    "contact_id",
    (
        replace(field_of("email", Type.EMAIL), judged=True),
        # The addresses of merged records.
        field_of("hs_additional_emails", Type.EMAILS),
        field_of("phone", Type.PHONE),
        field_of("createdate", Type.TIMESTAMP),
        field_of("lastmodifieddate", Type.TIMESTAMP),
        field_of("hs_merged_object_ids", person=Person.LEADS),
        field_of("associatedcompanyid"),
        field_of("country"),
        field_of("lifecyclestage"),
        field_of("hs_lifecyclestage_lead_date", Type.TIMESTAMP),
        field_of("hs_lifecyclestage_marketingqualifiedlead_date", Type.TIMESTAMP),
        field_of("hs_lifecyclestage_salesqualifiedlead_date", Type.TIMESTAMP),
        field_of("hs_lifecyclestage_opportunity_date", Type.TIMESTAMP),
        field_of("hs_lifecyclestage_customer_date", Type.TIMESTAMP),
        field_of("hs_analytics_source"),
        field_of("hs_analytics_source_data_1"),
        field_of("hs_analytics_source_data_2"),
        field_of("hs_latest_source"),
        field_of("hs_analytics_first_url"),
        field_of("hs_google_click_id", person=Person.CLICK),
        field_of("hs_facebook_click_id", person=Person.CLICK),
        # Defined by the account, under the names that the forms of most accounts fill.
        field_of("utm_source", custom=True),
        field_of("utm_medium", custom=True),
        field_of("utm_campaign", custom=True),
        field_of("utm_term", custom=True),
        field_of("utm_content", custom=True),
        field_of("matomo_visitor_id", custom=True, person=Person.VISITOR),
        field_of("user_id", custom=True, person=Person.USER),
        field_of("lead_source", custom=True),
        field_of("lead_channel", custom=True),
        field_of("how_did_you_hear_about_us", custom=True),
        field_of("referred_by", custom=True, person=Person.ANOTHER),
        field_of("segment", custom=True),
        # Standard, but an account may remove it; the reason is what most accounts call it.
        field_of("hs_lead_status", custom=True),
        field_of("disqualification_reason", custom=True),
        # Unsubscribed from all of the account's e-mail.
        replace(field_of("hs_email_optout", Type.BOOLEAN, custom=True), name="opted_out"),
    ),
    "Contacts that changed. One row per contact and version.",
    refusals=(Refusal("properties.hs_email_optout", ("true",)),),
)

CONTACT_LIFECYCLE_HISTORY = history(
    "contacts", "lifecyclestage", "contact_id", "contact_lifecycle_history"
)
CONTACT_COMPANIES = associations("contacts", "companies", "contact_id", "contact_companies")

DEALS = changes(
    "deals",
    "hs_lastmodifieddate",
    "deal_id",
    (
        field_of("dealname"),
        # Calculated in many accounts, such as a third of a contract.
        replace(field_of("amount", Type.DECIMAL), rounded=True),
        field_of("deal_currency_code"),
        field_of("dealstage"),
        field_of("pipeline"),
        field_of("createdate", Type.TIMESTAMP),
        field_of("closedate", Type.TIMESTAMP),
        field_of("hs_lastmodifieddate", Type.TIMESTAMP),
        field_of("hs_is_closed", Type.BOOLEAN),
        field_of("hs_is_closed_won", Type.BOOLEAN),
        field_of("hs_merged_object_ids"),
        field_of("num_associated_contacts", Type.INTEGER),
        field_of("hs_analytics_source"),
    ),
    "Deals that changed. One row per deal and version.",
    money="amount",
)

DEAL_STAGE_HISTORY = history("deals", "dealstage", "deal_id", "deal_stage_history")
DEAL_CONTACTS = associations("deals", "contacts", "deal_id", "deal_contacts")
DEAL_COMPANIES = associations("deals", "companies", "deal_id", "deal_companies")

ARCHIVED_CONTACTS = archived("contacts", "contact_id", "archived_contacts")
ARCHIVED_DEALS = archived("deals", "deal_id", "archived_deals")

CONTACT_IDS = Stream(
    name="contact_ids",
    description=(
        "The id of every existing contact, so that a missing id reveals a hard delete. "
        "One row per contact and extraction."
    ),
    kind=Kind.ENTITY_SNAPSHOT,
    per_account=False,
    request=Request(
        path=f"/crm/objects/{VERSION}/contacts",
        params={"archived": "false", "properties": "hs_object_id"},
        records="results",
        pager=LIST,
    ),
    fields=record("contact_id"),
    natural_key=("contact_id",),
    ignored=(*IGNORED, "properties"),
)
