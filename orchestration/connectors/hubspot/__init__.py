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

from orchestration.connectors.hubspot.crm import (
    ARCHIVED_CONTACTS,
    ARCHIVED_DEALS,
    COMPANIES,
    CONTACT_COMPANIES,
    CONTACT_IDS,
    CONTACT_LIFECYCLE_HISTORY,
    CONTACTS,
    DEAL_COMPANIES,
    DEAL_CONTACTS,
    DEAL_STAGE_HISTORY,
    DEALS,
    PIPELINES,
)
from orchestration.connectors.hubspot.forms import FORM_SUBMISSIONS, FORMS
from orchestration.connectors.hubspot.language import VERSION
from orchestration.connectors.stream import Auth, Connector, Request

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
