"""What came of Mailchimp's mailings: their totals, and what their recipients did."""

from __future__ import annotations

from orchestration.connectors.field import Field, Type
from orchestration.connectors.mailchimp.language import PAGES, RECIPIENT, count, moment
from orchestration.connectors.stream import Kind, Parent, Request, Stream

ACTIVITY_DAYS = 45
"""How long after sending a campaign's activity is still read."""

BOUNCE_DAYS = 7
"""How long a recipient's delivery may still turn into a bounce (soft bounces retry for 72 h)."""

REPORTS = Stream(
    name="reports",
    description=(
        "A campaign's own totals, against which its activity is reconciled. "
        "One row per campaign and extraction."
    ),
    kind=Kind.ENTITY_SNAPSHOT,
    per_account=False,
    request=Request(
        path="/reports",
        params={"exclude_fields": "_links,reports._links,reports.timeseries,reports.timewarp"},
        records="reports",
        pager=PAGES,
    ),
    fields=(
        Field("campaign_id", path="id", required=True),
        Field("campaign_title"),
        Field("type"),
        Field("list_id"),
        Field("subject_line", omitted_when_empty=True),
        moment("send_time", optional=True),
        count("emails_sent"),
        count("abuse_reports"),
        count("unsubscribed"),
        count("hard_bounces", "bounces.hard_bounces"),
        count("soft_bounces", "bounces.soft_bounces"),
        count("opens_total", "opens.opens_total"),
        count("unique_opens", "opens.unique_opens"),
        count("clicks_total", "clicks.clicks_total"),
        count("unique_clicks", "clicks.unique_clicks"),
        count("unique_subscriber_clicks", "clicks.unique_subscriber_clicks"),
    ),
    natural_key=("campaign_id",),
    ignored=(
        "ab_split", "bounces.syntax_errors", "clicks.click_rate", "clicks.last_click",
        "delivery_status", "ecommerce", "facebook_likes", "forwards", "industry_stats",
        "list_is_active", "list_name", "list_stats", "opens.last_open", "opens.open_rate",
        "preview_text", "rss_last_send", "share_report", "timeseries", "timewarp",
    ),
)  # fmt: skip

SENT_TO = Stream(
    name="sent_to",
    description=(
        "Who a campaign was sent to and whether it bounced. "
        "One row per campaign, recipient and version."
    ),
    kind=Kind.ENTITY_CHANGES,
    per_account=False,
    request=Request(
        path="/reports/{parent_id}/sent-to",
        params={"exclude_fields": "_links,sent_to._links,sent_to.merge_fields"},
        records="sent_to",
        pager=PAGES,
        parent=Parent("campaigns", since_path="send_time", since_days=BOUNCE_DAYS),
        not_found_is_empty=True,
    ),
    fields=(
        *RECIPIENT,
        Field("status"),
        count("open_count", optional=True),
        moment("last_open", optional=True),
    ),
    natural_key=("campaign_id", "email_id"),
    touches=True,
    ignored=("absplit_group", "gmt_offset", "list_is_active", "merge_fields", "vip"),
)


def _activity(name: str, parent: Parent, description: str) -> Stream:
    return Stream(
        name=name,
        description=description,
        kind=Kind.EVENT,
        per_account=False,
        request=Request(
            path="/reports/{parent_id}/email-activity",
            params={"since": "{window_start_iso}", "exclude_fields": "_links,emails._links"},
            records="emails",
            pager=PAGES,
            parent=parent,
            not_found_is_empty=True,
        ),
        fields=(*RECIPIENT, Field("activity", type=Type.JSON, omitted_when_empty=True)),
        natural_key=("campaign_id", "email_id"),
        touches=True,
        ignored=("list_is_active",),
    )


EMAIL_ACTIVITY = _activity(
    "email_activity",
    Parent("campaigns", since_path="send_time", since_days=ACTIVITY_DAYS),
    "What a campaign's recipients did: opens, clicks with their link, bounces. "
    "One row per recipient and extraction, holding a list of actions.",
)

AUTOMATION_EMAIL_ACTIVITY = _activity(
    "automation_email_activity",
    Parent("automation_emails"),
    "What recipients of automation e-mails did. These are sent every day, so all are read. "
    "One row per recipient and extraction, holding a list of actions.",
)


def _unsubscribes(name: str, parent: Parent, description: str) -> Stream:
    return Stream(
        name=name,
        description=description,
        kind=Kind.EVENT,
        per_account=False,
        request=Request(
            path="/reports/{parent_id}/unsubscribed",
            params={"exclude_fields": "_links,unsubscribes._links,unsubscribes.merge_fields"},
            records="unsubscribes",
            pager=PAGES,
            parent=parent,
            not_found_is_empty=True,
        ),
        fields=(
            *RECIPIENT,
            Field("reason", omitted_when_empty=True),
            moment("timestamp", required=True),
        ),
        natural_key=("campaign_id", "email_id"),
        touches=True,
        ignored=("list_is_active", "merge_fields", "vip"),
    )


UNSUBSCRIBES = _unsubscribes(
    "unsubscribes",
    Parent("campaigns", since_path="send_time", since_days=ACTIVITY_DAYS),
    "Who left a list through a campaign, and why. One row per campaign and recipient.",
)

AUTOMATION_UNSUBSCRIBES = _unsubscribes(
    "automation_unsubscribes",
    Parent("automation_emails"),
    "Who left a list through an automation's e-mail. One row per e-mail and recipient.",
)
