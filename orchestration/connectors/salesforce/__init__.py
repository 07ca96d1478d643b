"""Salesforce, REST API v67.0: people, companies, deals, campaigns and their members.

Quirks that the declarations handle:

- Lists of up to 10,000 records are read by query, longer ones by a Bulk 2.0 job, whose CSV writes
  nothing for null, ``Z`` where a query writes ``+0000``, and large numbers with an exponent.
- ``queryAll`` also shows what is deleted: for 15 days, and what was merged into another record,
  which it names. What vanishes after that is missing from the list of all ids.
- The cursor is ``SystemModstamp``: ``LastModifiedDate`` misses what the system changes.
- A field that the user may not see is not described, and asking for it is an error; so is an own
  field that an organisation has not made. So what may be seen is asked for first.
- ``CurrencyIsoCode`` exists only where there are several currencies. Close dates, conversions and
  first responses are dates of the organisation's calendar, everything else is UTC.
- A lead that is converted stays, and names the contact, the account and the deal it became.
- An error is a list with ``errorCode``: also 403 for a day without calls left.
- A version lives for at least three years; then it is 410, or 400 from a job.
"""

from __future__ import annotations

from orchestration.connectors.answer import ErrorCode, Means
from orchestration.connectors.auth import Assertion, TokenRequest
from orchestration.connectors.salesforce.objects import (
    ACCOUNTS,
    CAMPAIGN_MEMBERS,
    CAMPAIGNS,
    CONTACT_IDS,
    CONTACTS,
    LEAD_IDS,
    LEADS,
    OPPORTUNITIES,
    OPPORTUNITY_CONTACT_ROLES,
    OPPORTUNITY_HISTORY,
    OPPORTUNITY_IDS,
    OPPORTUNITY_STAGES,
)
from orchestration.connectors.salesforce.query import DATA, VERSION
from orchestration.connectors.stream import Auth, Connector, Request, SignIn

SALESFORCE = Connector(
    name="salesforce",
    title="Salesforce",
    base_url="https://{option:domain}.my.salesforce.com",
    api_version=VERSION,
    auth=Auth.OAUTH_CLIENT,
    secrets=("client_id", "client_secret"),
    options={
        # What stands before ``.my.salesforce.com``; of a sandbox ``acme--dev.sandbox``.
        "domain": None,
        # Of a sandbox https://test.salesforce.com.
        "audience": "https://login.salesforce.com",
        # The corporate one: that of every amount where an organisation has only one.
        "currency": None,
    },
    token_path="/services/oauth2/token",
    token_request=TokenRequest(basic=True),
    sign_ins=(
        SignIn(
            Auth.OAUTH_JWT,
            ("client_id", "username", "private_key"),
            TokenRequest(
                assertion=Assertion(
                    issuer="{secret:client_id}",
                    subject="{secret:username}",
                    audience="{option:audience}",
                    lifetime_seconds=180,
                )
            ),
        ),
    ),
    error_codes=(
        ErrorCode("*.errorCode", ("REQUEST_LIMIT_EXCEEDED",), Means.NO_CALLS_LEFT),
        ErrorCode(
            "*.errorCode",
            ("API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED", "INSUFFICIENT_ACCESS"),
            Means.NO_PERMISSION,
        ),
        ErrorCode("*.errorCode", ("QUERY_TIMEOUT",), Means.TOO_MUCH),
        ErrorCode("*.errorCode", ("INVALID_QUERY_LOCATOR",), Means.CURSOR_EXPIRED),
        ErrorCode(
            "*.errorCode", ("UNSUPPORTED_API_VERSION", "InvalidVersion"), Means.VERSION_ENDED
        ),
    ),
    streams=(
        OPPORTUNITY_STAGES,
        ACCOUNTS,
        CONTACTS,
        LEADS,
        OPPORTUNITIES,
        OPPORTUNITY_CONTACT_ROLES,
        OPPORTUNITY_HISTORY,
        CAMPAIGNS,
        CAMPAIGN_MEMBERS,
        LEAD_IDS,
        CONTACT_IDS,
        OPPORTUNITY_IDS,
    ),
    ping=Request(f"{DATA}/query/", params={"q": "SELECT Id FROM Lead LIMIT 1"}),
)
