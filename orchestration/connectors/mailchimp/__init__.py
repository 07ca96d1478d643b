"""Mailchimp Marketing API 3.0: campaigns, automations, and their recipients' activity.

Quirks that the declarations handle:

- There is no activity list across campaigns: each campaign has its own. People open and click a
  campaign for weeks, so campaigns sent in the last 45 days are read again.
- One activity record is one member with a list of actions; an action has no id.
- Image proxies cause opens (412 opens of 50 e-mails were recorded), so only clicks count as
  touches.
- Automation e-mails are not campaigns: ``/campaigns`` leaves them out, while ``/reports/{id}``
  covers them.
- The time of something that did not happen is ``null`` or an empty text.
"""

from __future__ import annotations

from orchestration.connectors.mailchimp.activity import (
    AUTOMATION_EMAIL_ACTIVITY,
    AUTOMATION_UNSUBSCRIBES,
    EMAIL_ACTIVITY,
    REPORTS,
    SENT_TO,
    UNSUBSCRIBES,
)
from orchestration.connectors.mailchimp.mailings import (
    AUTOMATION_EMAILS,
    AUTOMATIONS,
    CAMPAIGNS,
    LIST_MEMBERS,
    LISTS,
)
from orchestration.connectors.stream import Auth, Connector, Request

MAILCHIMP = Connector(
    name="mailchimp",
    title="Mailchimp",
    base_url="https://{option:server}.api.mailchimp.com/3.0",
    api_version="3.0",
    auth=Auth.BASIC,
    secrets=("api_key",),
    options={"server": None},
    streams=(
        LISTS,
        LIST_MEMBERS,
        CAMPAIGNS,
        AUTOMATIONS,
        AUTOMATION_EMAILS,
        REPORTS,
        SENT_TO,
        EMAIL_ACTIVITY,
        AUTOMATION_EMAIL_ACTIVITY,
        UNSUBSCRIBES,
        AUTOMATION_UNSUBSCRIBES,
    ),
    ping=Request(path="/ping"),
    connections=10,
)
