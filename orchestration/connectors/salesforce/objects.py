"""Salesforce's objects that are read, with the fields of each."""

from __future__ import annotations

from dataclasses import replace

from orchestration.connectors.field import Person, Type
from orchestration.connectors.refusal import Refusal
from orchestration.connectors.salesforce.query import (
    CURRENCY,
    changes,
    flag,
    helpful_day,
    key,
    moment,
    money,
    own,
    snapshot,
    text,
)

_REFUSED = (Refusal("HasOptedOutOfEmail", ("true",)),)

_REACHED = (
    replace(text("email", "Email"), type=Type.EMAIL, judged=True),
    replace(text("phone", "Phone"), type=Type.PHONE),
    replace(own("mobile_phone", "MobilePhone"), type=Type.PHONE),
    own("opted_out", "HasOptedOutOfEmail", Type.BOOLEAN),
)
_MERGED_INTO = text("merged_into", "MasterRecordId", Person.LEADS)

_OWN = (
    # Made by the organisation, under the names that most use.
    own("gclid", "GCLID__c", person=Person.CLICK),
    own("utm_source"),
    own("utm_medium"),
    own("utm_campaign"),
    own("utm_term"),
    own("utm_content"),
    own("landing_page"),
    own("lead_channel"),
    own("how_did_you_hear_about_us"),
    own("disqualification_reason"),
    own("segment"),
)

OPPORTUNITY_STAGES = snapshot(
    "opportunity_stages",
    "OpportunityStage",
    (
        key("stage_id"),
        text("api_name", "ApiName"),
        text("label", "MasterLabel"),
        flag("is_closed", "IsClosed"),
        flag("is_won", "IsWon"),
    ),
    "Stages that deals go through, under the organisation's own names. One row per stage and "
    "extraction.",
)

ACCOUNTS = changes(
    "accounts",
    "Account",
    (
        key("account_id"),
        text("name", "Name"),
        # Where accounts may be persons, their names are people's.
        own("is_person", "IsPersonAccount", Type.BOOLEAN),
        text("merged_into", "MasterRecordId"),
    ),
    "Companies that changed. One row per account and version.",
)

CONTACTS = changes(
    "contacts",
    "Contact",
    (
        key("contact_id", Person.LEAD),
        *_REACHED,
        text("account_id", "AccountId"),
        text("lead_source", "LeadSource"),
        own("country", "MailingCountry"),
        _MERGED_INTO,
        moment("created_at", "CreatedDate"),
        *_OWN,
    ),
    "Contacts that changed. One row per contact and version.",
    refusals=_REFUSED,
)

LEADS = changes(
    "leads",
    "Lead",
    (
        key("lead_id", Person.LEAD),
        *_REACHED,
        own("company", "Company"),
        text("lead_source", "LeadSource"),
        text("status", "Status"),
        own("country", "Country"),
        flag("is_converted", "IsConverted"),
        helpful_day("converted_at", "ConvertedDate"),
        text("converted_contact_id", "ConvertedContactId", Person.LEADS),
        text("converted_account_id", "ConvertedAccountId"),
        text("converted_opportunity_id", "ConvertedOpportunityId"),
        _MERGED_INTO,
        moment("created_at", "CreatedDate"),
        *_OWN,
    ),
    "Leads that changed, converted ones included. One row per lead and version.",
    refusals=_REFUSED,
)

OPPORTUNITIES = changes(
    "opportunities",
    "Opportunity",
    (
        key("opportunity_id"),
        text("account_id", "AccountId"),
        text("stage_name", "StageName"),
        money("amount", "Amount"),
        *CURRENCY,
        flag("is_closed", "IsClosed"),
        flag("is_won", "IsWon"),
        moment("closes_at", "CloseDate"),
        moment("created_at", "CreatedDate"),
    ),
    "Deals that changed. One row per opportunity and version.",
    amount="amount",
)

OPPORTUNITY_CONTACT_ROLES = changes(
    "opportunity_contact_roles",
    "OpportunityContactRole",
    (
        key("role_id"),
        text("opportunity_id", "OpportunityId"),
        text("contact_id", "ContactId", Person.LEAD),
        flag("is_primary", "IsPrimary"),
    ),
    "Contacts of deals. One row per role and version.",
)

OPPORTUNITY_HISTORY = changes(
    "opportunity_history",
    "OpportunityHistory",
    (
        key("change_id"),
        text("opportunity_id", "OpportunityId"),
        text("stage_name", "StageName"),
        moment("changed_at", "CreatedDate"),
    ),
    "What deals were after each change of stage, amount, probability or close date. One row per "
    "change.",
)

CAMPAIGNS = changes(
    "campaigns",
    "Campaign",
    (
        key("campaign_id"),
        text("name", "Name"),
        text("type", "Type"),
        text("status", "Status"),
        helpful_day("starts_at", "StartDate"),
        helpful_day("ends_at", "EndDate"),
        money("actual_cost", "ActualCost"),
        *CURRENCY,
        moment("created_at", "CreatedDate"),
    ),
    "Campaigns that changed. One row per campaign and version.",
    amount="actual_cost",
)

CAMPAIGN_MEMBERS = changes(
    "campaign_members",
    "CampaignMember",
    (
        key("member_id"),
        text("campaign_id", "CampaignId"),
        text("lead_id", "LeadId", Person.LEAD),
        text("contact_id", "ContactId", Person.LEAD),
        text("status", "Status"),
        flag("has_responded", "HasResponded"),
        moment("responded_at", "FirstRespondedDate"),
        moment("created_at", "CreatedDate"),
    ),
    "Who is in a campaign, and whether they responded. One row per member and version.",
    touches=True,
)

LEAD_IDS = snapshot(
    "lead_ids",
    "Lead",
    (key("lead_id", Person.LEAD),),
    "The id of every existing lead, so that a missing id reveals a hard delete. One row per lead "
    "and extraction.",
)
CONTACT_IDS = snapshot(
    "contact_ids",
    "Contact",
    (key("contact_id", Person.LEAD),),
    "The id of every existing contact, likewise. One row per contact and extraction.",
)
OPPORTUNITY_IDS = snapshot(
    "opportunity_ids",
    "Opportunity",
    (key("opportunity_id"),),
    "The id of every existing deal, likewise. One row per opportunity and extraction.",
)
