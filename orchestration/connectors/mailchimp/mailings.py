"""Mailchimp's audiences, campaigns and automations: what was sent, and to which lists."""

from __future__ import annotations

from orchestration.connectors.field import Field, Person, Type
from orchestration.connectors.mailchimp.language import PAGES, SETTINGS, count, moment
from orchestration.connectors.refusal import Refusal
from orchestration.connectors.stream import Kind, Parent, Request, Stream

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
        pager=PAGES,
    ),
    fields=(
        Field("list_id", path="id", required=True),
        Field("name"),
        moment("date_created"),
        count("member_count", "stats.member_count"),
        count("unsubscribe_count", "stats.unsubscribe_count"),
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
        pager=PAGES,
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
        moment("timestamp_signup", optional=True),
        moment("timestamp_opt", optional=True),
        moment("last_changed"),
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
        pager=PAGES,
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
        count("emails_sent"),
        moment("create_time"),
        moment("send_time", optional=True),
    ),
    natural_key=("campaign_id",),
    ignored=(
        "ab_split_opts", "archive_url", "content_type", "delivery_status", "long_archive_url",
        "needs_block_refresh", "recipients.list_is_active", "recipients.recipient_count",
        "recipients.segment_opts", "recipients.segment_text", "report_summary", "resendable",
        "resend_shortcut_eligibility", "resend_shortcut_usage", "rss_opts", *SETTINGS,
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
        pager=PAGES,
    ),
    fields=(
        Field("automation_id", path="id", required=True),
        Field("title", path="settings.title", omitted_when_empty=True),
        Field("status"),
        Field("list_id", path="recipients.list_id", omitted_when_empty=True),
        count("emails_sent"),
        moment("create_time"),
        moment("start_time", optional=True),
    ),
    natural_key=("automation_id",),
    ignored=(
        "recipients.list_is_active", "recipients.list_name", "recipients.segment_opts",
        "recipients.store_id", "report_summary", *SETTINGS, "settings.from_name", "tracking",
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
        count("emails_sent"),
        moment("create_time"),
        moment("start_time", optional=True),
    ),
    natural_key=("campaign_id",),
    ignored=(
        "_links", "archive_url", "content_type", "delay", "has_logo_merge_tag",
        "needs_block_refresh", "recipients", "report_summary", "send_time", *SETTINGS,
        "settings.auto_tweet", "settings.fb_comments", "settings.from_name",
        "settings.preview_text", "settings.template_id", "social_card", "tracking",
        "trigger_settings", "web_id",
    ),
)  # fmt: skip
