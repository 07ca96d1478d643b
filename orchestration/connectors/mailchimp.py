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

from orchestration.connectors.field import Field, Person, Type
from orchestration.connectors.refusal import Refusal
from orchestration.connectors.stream import (
    Auth,
    Connector,
    Kind,
    Pager,
    Paging,
    Parent,
    Request,
    Stream,
)

ACTIVITY_DAYS = 45
"""How long after sending a campaign's activity is still read."""

BOUNCE_DAYS = 7
"""How long a recipient's delivery may still turn into a bounce (soft bounces retry for 72 h)."""

_PAGES = Pager(
    paging=Paging.OFFSET,
    page_size=1000,
    limit_param="count",
    offset_param="offset",
    total_path="total_items",
)


def _moment(name: str, path: str = "", *, required: bool = False, optional: bool = False) -> Field:
    return Field(
        name,
        path=path,
        type=Type.TIMESTAMP,
        required=required,
        omitted_when_empty=optional,
        null_values=("",),
    )


def _count(name: str, path: str = "", *, optional: bool = False) -> Field:
    return Field(name, path=path, type=Type.INTEGER, non_negative=True, omitted_when_empty=optional)


_RECIPIENT = (
    Field("campaign_id", required=True),
    Field("email_id", required=True, person=Person.MEMBER),
    Field("email_address", type=Type.EMAIL),
    Field("list_id"),
)

_SETTINGS = (
    "settings.authenticate", "settings.auto_fb_post", "settings.auto_footer",
    "settings.drag_and_drop", "settings.inline_css", "settings.reply_to", "settings.to_name",
    "settings.use_conversation",
)  # fmt: skip
_TRACKING = (
    "tracking.capsule", "tracking.clicktale", "tracking.ecomm360", "tracking.goal_tracking",
    "tracking.html_clicks", "tracking.opens", "tracking.salesforce", "tracking.text_clicks",
)  # fmt: skip

LISTS = Stream(
    name="lists",
    description="The audiences. One row per list and extraction.",
    kind=Kind.ENTITY_SNAPSHOT,
    per_account=False,
    request=Request(
        path="/lists",
        params={"exclude_fields": "_links,lists._links"},
        records="lists",
        pager=_PAGES,
    ),
    fields=(
        Field("list_id", path="id", required=True),
        Field("name"),
        _moment("date_created"),
        _count("member_count", "stats.member_count"),
        _count("unsubscribe_count", "stats.unsubscribe_count"),
    ),
    natural_key=("list_id",),
    ignored=(
        "beamer_address", "campaign_defaults", "contact", "double_optin", "email_type_option",
        "has_welcome", "list_rating", "marketing_permissions", "modules", "notify_on_subscribe",
        "notify_on_unsubscribe", "permission_reminder", "stats", "subscribe_url_long",
        "subscribe_url_short", "use_archive_bar", "visibility", "web_id",
    ),
)  # fmt: skip

LIST_MEMBERS = Stream(
    name="list_members",
    description="Subscribers whose record changed. One row per list, member and version.",
    kind=Kind.ENTITY_CHANGES,
    per_account=False,
    request=Request(
        path="/lists/{parent_id}/members",
        params={
            "since_last_changed": "{window_start_iso}",
            # The sort key must not change while pages are read: sorted by last_changed, a member
            # who changes would shift the rest, and one would be skipped.
            "sort_field": "timestamp_opt",
            "sort_dir": "ASC",
            "exclude_fields": "_links,members._links,members.interests,members.last_note",
        },
        records="members",
        pager=_PAGES,
        parent=Parent("lists"),
        not_found_is_empty=True,
    ),
    fields=(
        Field("list_id", required=True),
        Field("email_id", path="id", required=True, person=Person.MEMBER),
        Field("email_address", type=Type.EMAIL),
        Field("unique_email_id", person=Person.MEMBER),
        Field("contact_id", omitted_when_empty=True, person=Person.MEMBER),
        Field("status"),
        Field("source", omitted_when_empty=True),
        Field("country_code", path="location.country_code", omitted_when_empty=True),
        Field("unsubscribe_reason", omitted_when_empty=True),
        _moment("timestamp_signup", optional=True),
        _moment("timestamp_opt", optional=True),
        _moment("last_changed"),
        Field("tags", type=Type.JSON, omitted_when_empty=True),
    ),
    natural_key=("list_id", "email_id"),
    refusals=(
        Refusal("status", ("unsubscribed",)),
        Refusal("marketing_permissions", ("false",), each="enabled"),
    ),
    ignored=(
        "consents_to_one_to_one_messaging", "email_client", "email_type", "full_name", "interests",
        "ip_opt", "ip_signup", "language", "last_note", "location.dstoff",
        "location.gmtoff", "location.latitude", "location.longitude", "location.region",
        "location.timezone", "marketing_permissions",
        "member_rating", "merge_fields", "sms_phone_number", "sms_subscription_last_updated",
        "sms_subscription_status", "stats", "tags_count", "vip", "web_id",
    ),
)  # fmt: skip

CAMPAIGNS = Stream(
    name="campaigns",
    description="Every campaign, sent or not. One row per campaign and extraction.",
    kind=Kind.ENTITY_SNAPSHOT,
    per_account=False,
    request=Request(
        path="/campaigns",
        params={
            "sort_field": "create_time",
            "sort_dir": "ASC",
            "exclude_fields": "_links,campaigns._links",
        },
        records="campaigns",
        pager=_PAGES,
    ),
    fields=(
        Field("campaign_id", path="id", required=True),
        Field("type"),
        Field("status"),
        Field("title", path="settings.title", omitted_when_empty=True),
        Field("subject_line", path="settings.subject_line", omitted_when_empty=True),
        Field("preview_text", path="settings.preview_text", omitted_when_empty=True),
        Field("from_name", path="settings.from_name", omitted_when_empty=True),
        Field("list_id", path="recipients.list_id", omitted_when_empty=True),
        Field("list_name", path="recipients.list_name", omitted_when_empty=True),
        Field("google_analytics", path="tracking.google_analytics", omitted_when_empty=True),
        Field("parent_campaign_id", omitted_when_empty=True),
        _count("emails_sent"),
        _moment("create_time"),
        _moment("send_time", optional=True),
    ),
    natural_key=("campaign_id",),
    ignored=(
        "ab_split_opts", "archive_url", "content_type", "delivery_status", "long_archive_url",
        "needs_block_refresh", "recipients.list_is_active", "recipients.recipient_count",
        "recipients.segment_opts", "recipients.segment_text", "report_summary", "resendable",
        "resend_shortcut_eligibility", "resend_shortcut_usage", "rss_opts", *_SETTINGS,
        "settings.auto_tweet", "settings.fb_comments", "settings.folder_id",
        "settings.template_id", "settings.timewarp", "social_card", *_TRACKING,
        "variate_settings", "web_id",
    ),
)  # fmt: skip

AUTOMATIONS = Stream(
    name="automations",
    description="Classic automations (nurture series). One row per automation and extraction.",
    kind=Kind.ENTITY_SNAPSHOT,
    per_account=False,
    request=Request(
        path="/automations",
        params={"exclude_fields": "_links,automations._links"},
        records="automations",
        pager=_PAGES,
    ),
    fields=(
        Field("automation_id", path="id", required=True),
        Field("title", path="settings.title", omitted_when_empty=True),
        Field("status"),
        Field("list_id", path="recipients.list_id", omitted_when_empty=True),
        _count("emails_sent"),
        _moment("create_time"),
        _moment("start_time", optional=True),
    ),
    natural_key=("automation_id",),
    ignored=(
        "recipients.list_is_active", "recipients.list_name", "recipients.segment_opts",
        "recipients.store_id", "report_summary", *_SETTINGS, "settings.from_name", "tracking",
        "trigger_settings",
    ),
)  # fmt: skip

AUTOMATION_EMAILS = Stream(
    name="automation_emails",
    description="The e-mails of the automations. One row per e-mail and extraction.",
    kind=Kind.ENTITY_SNAPSHOT,
    per_account=False,
    request=Request(
        path="/automations/{parent_id}/emails",
        records="emails",
        parent=Parent("automations"),
        not_found_is_empty=True,
    ),
    fields=(
        Field("campaign_id", path="id", required=True),
        Field("automation_id", path="workflow_id", required=True),
        Field("position", type=Type.INTEGER),
        Field("title", path="settings.title", omitted_when_empty=True),
        Field("subject_line", path="settings.subject_line", omitted_when_empty=True),
        Field("status"),
        _count("emails_sent"),
        _moment("create_time"),
        _moment("start_time", optional=True),
    ),
    natural_key=("campaign_id",),
    ignored=(
        "_links", "archive_url", "content_type", "delay", "has_logo_merge_tag",
        "needs_block_refresh", "recipients", "report_summary", "send_time", *_SETTINGS,
        "settings.auto_tweet", "settings.fb_comments", "settings.from_name",
        "settings.preview_text", "settings.template_id", "social_card", "tracking",
        "trigger_settings", "web_id",
    ),
)  # fmt: skip

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
        pager=_PAGES,
    ),
    fields=(
        Field("campaign_id", path="id", required=True),
        Field("campaign_title"),
        Field("type"),
        Field("list_id"),
        Field("subject_line", omitted_when_empty=True),
        _moment("send_time", optional=True),
        _count("emails_sent"),
        _count("abuse_reports"),
        _count("unsubscribed"),
        _count("hard_bounces", "bounces.hard_bounces"),
        _count("soft_bounces", "bounces.soft_bounces"),
        _count("opens_total", "opens.opens_total"),
        _count("unique_opens", "opens.unique_opens"),
        _count("clicks_total", "clicks.clicks_total"),
        _count("unique_clicks", "clicks.unique_clicks"),
        _count("unique_subscriber_clicks", "clicks.unique_subscriber_clicks"),
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
        pager=_PAGES,
        parent=Parent("campaigns", since_path="send_time", since_days=BOUNCE_DAYS),
        not_found_is_empty=True,
    ),
    fields=(
        *_RECIPIENT,
        Field("status"),
        _count("open_count", optional=True),
        _moment("last_open", optional=True),
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
            pager=_PAGES,
            parent=parent,
            not_found_is_empty=True,
        ),
        fields=(*_RECIPIENT, Field("activity", type=Type.JSON, omitted_when_empty=True)),
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
            pager=_PAGES,
            parent=parent,
            not_found_is_empty=True,
        ),
        fields=(
            *_RECIPIENT,
            Field("reason", omitted_when_empty=True),
            _moment("timestamp", required=True),
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
