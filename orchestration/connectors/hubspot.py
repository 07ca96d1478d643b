"""HubSpot CRM, date-based version 2026-09: people, companies, deals and their progress.

Quirks that the declarations handle:

- A search stops at 10,000 results. So results are sorted by id and each page asks for ``id >
  last``, which never reaches that limit.
- The search index lags, and timestamps are compared at millisecond precision, so windows of changes
  overlap by days.
- Search leaves out archived and merged records, and a hard-deleted (GDPR) record appears nowhere.
  So archived records are listed, merges are read from the surviving record, and a full list of ids
  reveals the rest.
- Timestamps are ISO in one property and epoch milliseconds in the next; every property is text.
- Properties that an account has not defined are left out of its answers.
- A batch of associations holds the first ones of each record; the others are on pages of that
  record alone. Which of several counts is said by a label: ``Primary`` among companies, a label of
  the account's own among contacts.
- A batch answers 207 with errors: for records without any association, or for what it could not
  read.
- ``hs_analytics_source = OFFLINE`` says how a record was created, not where the lead came from.
"""

from __future__ import annotations

from dataclasses import replace

from orchestration.connectors.field import Field, Person, TimeFormat, Type
from orchestration.connectors.refusal import Refusal
from orchestration.connectors.stream import (
    Auth,
    Connector,
    Kind,
    Pager,
    Paging,
    Parent,
    Request,
    Rest,
    Stream,
)

VERSION = "2026-09"

HISTORY_BATCH = 50
"""Ids in one batch read with property history: HubSpot's limit (100 without history)."""

EVERYTHING_DAYS = 7300
"""Without a history start, a first run reads all records: HubSpot is younger than 20 years."""

ASSOCIATION_BATCH = 1000
"""Ids in one batch read of associations: HubSpot's limit."""

HIDDEN_FIELDS = (
    "matomo_visitor_id", "referrer", "utm_source", "utm_medium", "utm_campaign", "utm_term",
    "utm_content", "gclid", "gbraid", "wbraid", "msclkid", "fbclid", "li_fat_id", "ttclid",
)  # fmt: skip
"""What a form's script fills in about the visit."""

_CLICK_IDS = ("gclid", "gbraid", "wbraid", "msclkid", "fbclid", "li_fat_id", "ttclid")
_SEARCH = Pager(
    paging=Paging.LAST_ID, page_size=200, limit_param="limit", total_path="total", id_path="id"
)
_LIST = Pager(
    paging=Paging.CURSOR,
    page_size=100,
    limit_param="limit",
    cursor_param="after",
    cursor_path="paging.next.after",
)
_FORM_PAGES = Pager(
    paging=Paging.CURSOR,
    page_size=50,
    limit_param="limit",
    cursor_param="after",
    cursor_path="paging.next.after",
)

_ASSOCIATED = replace(_LIST, page_size=500)
_NOTHING_THERE = ("OBJECT_NOT_FOUND",)
"""The category of a record without any association, and of one that was deleted meanwhile."""

_IGNORED = ("archivedAt", "associations", "createdAt", "objectWriteTraceId", "url")
_SENT_UNASKED = ("properties.createdate", "properties.hs_object_id", "properties.lastmodifieddate")
"""Properties that come with every record, requested or not."""


def _property(
    name: str,
    kind: Type = Type.STRING,
    *,
    custom: bool = False,
    person: Person = Person.NOBODY,
) -> Field:
    """A property of a CRM record; ``custom`` where the account may not have defined it."""
    return Field(
        name,
        path=f"properties.{name}",
        type=kind,
        omitted_when_empty=custom,
        null_values=("",),
        time_format=TimeFormat.ISO_OR_EPOCH_MILLIS if kind is Type.TIMESTAMP else TimeFormat.ISO,
        person=person,
    )


def _id(key: str, path: str = "id") -> Field:
    """The id of a record; that of a contact is a person's."""
    person = Person.LEAD if key == "contact_id" else Person.NOBODY
    return Field(key, path=path, required=True, person=person)


def _record(key: str) -> tuple[Field, ...]:
    return (
        _id(key),
        Field("archived", type=Type.BOOLEAN, omitted_when_empty=True),
        Field(
            "updated_at",
            path="updatedAt",
            type=Type.TIMESTAMP,
            time_format=TimeFormat.ISO_OR_EPOCH_MILLIS,
        ),
    )


def _hidden_field(name: str) -> Field:
    person = Person.CLICK if name in _CLICK_IDS else Person.NOBODY
    if name == "matomo_visitor_id":
        person = Person.VISITOR
    return Field(name, path=f"answers.{name}", omitted_when_empty=True, person=person)


def _properties(fields: tuple[Field, ...]) -> list[str]:
    return [field.keys[1] for field in fields if field.keys[0] == "properties"]


def _changes(
    object_type: str,
    changed: str,
    key: str,
    fields: tuple[Field, ...],
    description: str,
    money: str = "",
    refusals: tuple[Refusal, ...] = (),
) -> Stream:
    """Records modified since the window's start, by search."""
    return Stream(
        money=money,
        refusals=refusals,
        name=object_type,
        description=description,
        kind=Kind.ENTITY_CHANGES,
        per_account=False,
        request=Request(
            path=f"/crm/objects/{VERSION}/{object_type}/search",
            method="POST",
            body={
                "filterGroups": [
                    {
                        "filters": [
                            {
                                "propertyName": changed,
                                "operator": "GTE",
                                "value": "{window_start_millis}",
                            },
                            {
                                "propertyName": "hs_object_id",
                                "operator": "GT",
                                "value": "{last_id}",
                            },
                        ]
                    }
                ],
                "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
                "properties": _properties(fields),
            },
            records="results",
            pager=_SEARCH,
        ),
        fields=(*_record(key), *fields),
        natural_key=(key,),
        lookback_days=EVERYTHING_DAYS,
        ignored=(*_IGNORED, *_SENT_UNASKED),
    )


def _history(object_type: str, property_name: str, key: str, name: str) -> Stream:
    """Every value that one property ever had, for the records that changed."""
    return Stream(
        name=name,
        description=(
            f"The values of {property_name} over time, newest first. "
            f"One row per record of {object_type} and version."
        ),
        kind=Kind.ENTITY_CHANGES,
        per_account=False,
        request=Request(
            path=f"/crm/objects/{VERSION}/{object_type}/batch/read",
            method="POST",
            body={
                "properties": [property_name],
                "propertiesWithHistory": [property_name],
                "inputs": "{parent_ids}",
            },
            records="results",
            parent=Parent(object_type, chunk=HISTORY_BATCH, since_path="updatedAt", since_days=0),
            errors="errors.*",
            error_cause="category",
            excused=_NOTHING_THERE,
        ),
        fields=(
            _id(key),
            Field(
                "history",
                path=f"propertiesWithHistory.{property_name}",
                type=Type.JSON,
                omitted_when_empty=True,
            ),
        ),
        natural_key=(key,),
        lookback_days=EVERYTHING_DAYS,
        ignored=(*_IGNORED, "archived", "properties", "updatedAt"),
    )


def _associations(from_type: str, to_type: str, key: str, name: str) -> Stream:
    """Which records of one type the changed records of another belong to."""
    return Stream(
        name=name,
        description=(
            f"The {to_type} of a record of {from_type}. "
            f"One row per record of {from_type} that has any, and version."
        ),
        kind=Kind.ENTITY_CHANGES,
        per_account=False,
        request=Request(
            path=f"/crm/associations/{VERSION}/{from_type}/{to_type}/batch/read",
            method="POST",
            body={"inputs": "{parent_ids}"},
            records="results",
            parent=Parent(from_type, chunk=ASSOCIATION_BATCH, since_path="updatedAt", since_days=0),
            rest=Rest(
                items="to",
                cursor_path="paging.next.after",
                id_path="from.id",
                request=Request(
                    path=f"/crm/objects/{VERSION}/{from_type}/{{record_id}}/associations/{to_type}",
                    params={"after": "{cursor}"},
                    records="results",
                    pager=_ASSOCIATED,
                ),
            ),
            errors="errors.*",
            error_cause="category",
            excused=_NOTHING_THERE,
        ),
        fields=(
            _id(key, "from.id"),
            Field(
                "associated",
                path="to",
                type=Type.JSON,
                required=True,
                person=Person.LEAD if to_type == "contacts" else Person.NOBODY,
            ),
        ),
        natural_key=(key,),
        lookback_days=EVERYTHING_DAYS,
        ignored=("from", "paging"),
    )


def _archived(object_type: str, key: str, name: str) -> Stream:
    """The recycle bin: archived records stay listed for 90 days."""
    return Stream(
        name=name,
        description=f"Archived records of {object_type}. One row per record and extraction.",
        kind=Kind.ENTITY_SNAPSHOT,
        per_account=False,
        request=Request(
            path=f"/crm/objects/{VERSION}/{object_type}",
            params={"archived": "true", "properties": "hs_object_id"},
            records="results",
            pager=_LIST,
        ),
        fields=(
            *_record(key),
            Field(
                "archived_at",
                path="archivedAt",
                type=Type.TIMESTAMP,
                time_format=TimeFormat.ISO_OR_EPOCH_MILLIS,
            ),
        ),
        natural_key=(key,),
        ignored=(*_IGNORED, "properties"),
    )


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

COMPANIES = _changes(
    "companies",
    "hs_lastmodifieddate",
    "company_id",
    (
        _property("name"),
        _property("domain"),
        _property("industry"),
        _property("country"),
        _property("createdate", Type.TIMESTAMP),
        _property("hs_lastmodifieddate", Type.TIMESTAMP),
        _property("hs_merged_object_ids"),
    ),
    "Companies that changed. One row per company and version.",
)

CONTACTS = _changes(
    "contacts",
    "lastmodifieddate",
    "contact_id",
    (
        _property("email", Type.EMAIL),
        # The addresses of merged records.
        _property("hs_additional_emails", Type.EMAILS),
        _property("phone", Type.PHONE),
        _property("createdate", Type.TIMESTAMP),
        _property("lastmodifieddate", Type.TIMESTAMP),
        _property("hs_merged_object_ids", person=Person.LEADS),
        _property("associatedcompanyid"),
        _property("country"),
        _property("lifecyclestage"),
        _property("hs_lifecyclestage_lead_date", Type.TIMESTAMP),
        _property("hs_lifecyclestage_marketingqualifiedlead_date", Type.TIMESTAMP),
        _property("hs_lifecyclestage_salesqualifiedlead_date", Type.TIMESTAMP),
        _property("hs_lifecyclestage_opportunity_date", Type.TIMESTAMP),
        _property("hs_lifecyclestage_customer_date", Type.TIMESTAMP),
        _property("hs_analytics_source"),
        _property("hs_analytics_source_data_1"),
        _property("hs_analytics_source_data_2"),
        _property("hs_latest_source"),
        _property("hs_analytics_first_url"),
        _property("hs_google_click_id", person=Person.CLICK),
        _property("hs_facebook_click_id", person=Person.CLICK),
        # Defined by the account, under the names that the forms of most accounts fill.
        _property("utm_source", custom=True),
        _property("utm_medium", custom=True),
        _property("utm_campaign", custom=True),
        _property("utm_term", custom=True),
        _property("utm_content", custom=True),
        _property("matomo_visitor_id", custom=True, person=Person.VISITOR),
        _property("user_id", custom=True, person=Person.USER),
        _property("lead_source", custom=True),
        _property("lead_channel", custom=True),
        _property("how_did_you_hear_about_us", custom=True),
        _property("referred_by", custom=True, person=Person.ANOTHER),
        _property("segment", custom=True),
        # Unsubscribed from all of the account's e-mail.
        replace(_property("hs_email_optout", Type.BOOLEAN, custom=True), name="opted_out"),
    ),
    "Contacts that changed. One row per contact and version.",
    refusals=(Refusal("properties.hs_email_optout", ("true",)),),
)

CONTACT_LIFECYCLE_HISTORY = _history(
    "contacts", "lifecyclestage", "contact_id", "contact_lifecycle_history"
)
CONTACT_COMPANIES = _associations("contacts", "companies", "contact_id", "contact_companies")

DEALS = _changes(
    "deals",
    "hs_lastmodifieddate",
    "deal_id",
    (
        _property("dealname"),
        # Calculated in many accounts, such as a third of a contract.
        replace(_property("amount", Type.DECIMAL), rounded=True),
        _property("deal_currency_code"),
        _property("dealstage"),
        _property("pipeline"),
        _property("createdate", Type.TIMESTAMP),
        _property("closedate", Type.TIMESTAMP),
        _property("hs_lastmodifieddate", Type.TIMESTAMP),
        _property("hs_is_closed", Type.BOOLEAN),
        _property("hs_is_closed_won", Type.BOOLEAN),
        _property("hs_merged_object_ids"),
        _property("num_associated_contacts", Type.INTEGER),
        _property("hs_analytics_source"),
    ),
    "Deals that changed. One row per deal and version.",
    money="amount",
)

DEAL_STAGE_HISTORY = _history("deals", "dealstage", "deal_id", "deal_stage_history")
DEAL_CONTACTS = _associations("deals", "contacts", "deal_id", "deal_contacts")
DEAL_COMPANIES = _associations("deals", "companies", "deal_id", "deal_companies")

FORMS = Stream(
    name="forms",
    description="Forms of every type. One row per form and extraction.",
    kind=Kind.ENTITY_SNAPSHOT,
    per_account=False,
    request=Request(
        path=f"/marketing/forms/{VERSION}",
        params={"formTypes": "all"},
        records="results",
        pager=_LIST,
    ),
    fields=(
        Field("form_id", path="id", required=True),
        Field("name"),
        Field("form_type", path="formType", omitted_when_empty=True),
        Field("archived", type=Type.BOOLEAN, omitted_when_empty=True),
    ),
    natural_key=("form_id",),
    ignored=(
        "archivedAt", "configuration", "createdAt", "displayOptions", "fieldGroups",
        "legalConsentOptions", "updatedAt",
    ),
)  # fmt: skip

FORM_SUBMISSIONS = Stream(
    name="form_submissions",
    description="Answers to forms. One row per submission.",
    kind=Kind.EVENT,
    per_account=False,
    request=Request(
        # The date-based API version has no endpoint for submissions yet.
        path="/form-integrations/v1/submissions/forms/{parent_id}",
        records="results",
        pager=_FORM_PAGES,
        parent=Parent("forms"),
        copy={"form_id": "{parent_id}"},
        pairs={"answers": "values"},
        newest_first="submittedAt",
        not_found_is_empty=True,
    ),
    fields=(
        Field("submission_id", path="conversionId", required=True),
        Field("form_id", required=True),
        Field(
            "submitted_at",
            path="submittedAt",
            type=Type.TIMESTAMP,
            required=True,
            not_future=True,
            time_format=TimeFormat.ISO_OR_EPOCH_MILLIS,
        ),
        Field("page_url", path="pageUrl", omitted_when_empty=True),
        Field("email", path="answers.email", type=Type.EMAIL, omitted_when_empty=True),
        Field("phone", path="answers.phone", type=Type.PHONE, omitted_when_empty=True),
        *(_hidden_field(name) for name in HIDDEN_FIELDS),
    ),
    natural_key=("submission_id",),
    touches=True,
    ignored=(
        "answers.company", "answers.firstname", "answers.jobtitle", "answers.lastname",
        "answers.message", "values",
    ),
)  # fmt: skip

ARCHIVED_CONTACTS = _archived("contacts", "contact_id", "archived_contacts")
ARCHIVED_DEALS = _archived("deals", "deal_id", "archived_deals")

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
        pager=_LIST,
    ),
    fields=_record("contact_id"),
    natural_key=("contact_id",),
    ignored=(*_IGNORED, "properties"),
)

HUBSPOT = Connector(
    name="hubspot",
    title="HubSpot CRM",
    base_url="https://api.hubapi.com",
    api_version=VERSION,
    auth=Auth.BEARER,
    secrets=("service_key",),
    streams=(
        PIPELINES,
        COMPANIES,
        CONTACTS,
        CONTACT_LIFECYCLE_HISTORY,
        CONTACT_COMPANIES,
        DEALS,
        DEAL_STAGE_HISTORY,
        DEAL_CONTACTS,
        DEAL_COMPANIES,
        FORMS,
        FORM_SUBMISSIONS,
        ARCHIVED_CONTACTS,
        ARCHIVED_DEALS,
        CONTACT_IDS,
    ),
    ping=Request(path=f"/crm/pipelines/{VERSION}/deals"),
    # Search allows 5 requests per second and account, everything else about 19.
    connections=4,
)
