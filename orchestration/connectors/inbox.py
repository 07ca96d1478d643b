"""The canonical streams that a company can fill from files (docs/inbox.md).

Belongs here: names, types and rules of the canonical columns. Does not belong here: how a file
is read (``inbox/reader.py``) or how its cells become values
(``inbox/values.py``).

Every column that is not required may be absent from a file. Each stream is a snapshot: the newest
file of an inbox entry replaces the entry's earlier files.
"""

from __future__ import annotations

from dataclasses import replace

from orchestration.connectors.field import Costs, Field, Person, Type
from orchestration.connectors.stream import Auth, Connector, Kind, Request, Stream


def _texts(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, omitted_when_empty=True) for name in names)


def _person(name: str, whom: Person) -> Field:
    return Field(name, omitted_when_empty=True, person=whom)


def _key(name: str, type_: Type = Type.STRING, *, not_future: bool = False) -> Field:
    return Field(name, type=type_, required=True, not_future=not_future)


def _moment(name: str, costs: Costs = Costs.ROW) -> Field:
    return Field(name, type=Type.TIMESTAMP, omitted_when_empty=True, not_future=True, costs=costs)


def _flag(name: str, costs: Costs = Costs.ROW) -> Field:
    return Field(name, type=Type.BOOLEAN, omitted_when_empty=True, costs=costs)


def _money(name: str, *, non_negative: bool = False) -> Field:
    return Field(name, type=Type.DECIMAL, omitted_when_empty=True, non_negative=non_negative)


def _count(name: str) -> Field:
    return Field(
        name, type=Type.DECIMAL, omitted_when_empty=True, non_negative=True, costs=Costs.CELL
    )


_EMAIL = Field("email", type=Type.EMAIL, omitted_when_empty=True)
_PHONE = Field("phone", type=Type.PHONE, omitted_when_empty=True)
_CURRENCY = Field("currency", omitted_when_empty=True, currency=True)
_CLOSED_AT = Field(
    "closed_at",
    type=Type.TIMESTAMP,
    omitted_when_empty=True,
    not_future_if="is_won",
    foreseeable=True,
)
_DAY = Field("date_day", type=Type.DATE, required=True, foreseeable=True)
_LAST_DAY = Field("last_day", type=Type.DATE, omitted_when_empty=True)
"""Of a period that a row is about: the reader makes one record of each day."""
_LEAD = _person("lead_id", Person.LEAD)
_VISITOR = _person("visitor_id", Person.VISITOR)
_USER = _person("user_id", Person.USER)
_CLICK = _person("click_id", Person.CLICK)
_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")


def _stream(
    name: str,
    description: str,
    fields: tuple[Field, ...],
    natural_key: tuple[str, ...],
    one_of: tuple[str, ...] = (),
    one_column_of: tuple[str, ...] = (),
    money: str = "",
    *,
    touches: bool = False,
) -> Stream:
    return Stream(
        name=name,
        description=description,
        kind=Kind.ENTITY_SNAPSHOT,
        request=Request(path=""),
        fields=fields,
        natural_key=natural_key,
        one_of=one_of,
        one_column_of=one_column_of,
        money=money,
        touches=touches,
    )


LEADS = _stream(
    "leads",
    "Leads or contacts exported from a CRM. One row per lead.",
    (
        Field("lead_id", required=True, person=Person.LEAD),
        _key("created_at", Type.TIMESTAMP, not_future=True),
        replace(_EMAIL, judged=True),
        _PHONE,
        *_texts("account_id", "account_name", "lead_source", "lead_channel", "campaign"),
        *_texts("landing_page", "referrer", *_UTM),
        _CLICK,
        *_texts("self_reported_source", "segment", "country"),
        *_texts("lead_status", "disqualification_reason"),
        _person("referred_by", Person.ANOTHER),
        _flag("is_qualified", Costs.CELL),
        _moment("mql_at", Costs.CELL),
        _moment("sql_at", Costs.CELL),
        _moment("customer_at"),
        _flag("is_customer"),
        _money("value"),
        _CURRENCY,
    ),
    ("lead_id",),
    money="value",
)

TOUCHPOINTS = _stream(
    "touchpoints",
    "Interactions of people with marketing. One row per touch.",
    (
        _key("occurred_at", Type.TIMESTAMP, not_future=True),
        _LEAD,
        _VISITOR,
        _USER,
        _EMAIL,
        *_texts("touchpoint_id", "touch_type", "lead_source", "lead_channel", *_UTM),
        _CLICK,
        *_texts("click_id_type", "referrer", "landing_page", "campaign_id", "content"),
        _money("cost", non_negative=True),
        _CURRENCY,
    ),
    ("touchpoint_id",),
    one_of=("lead_id", "visitor_id", "email"),
    money="cost",
    touches=True,
)

OPPORTUNITIES = _stream(
    "opportunities",
    "Deals. One row per opportunity, or per contact of it. An expected close may lie ahead; an "
    "amount may be negative.",
    (
        _key("opportunity_id"),
        _LEAD,
        *_texts("account_id"),
        _key("created_at", Type.TIMESTAMP, not_future=True),
        *_texts("stage"),
        _money("amount"),
        _CURRENCY,
        _flag("is_won", Costs.CELL),
        _CLOSED_AT,
    ),
    ("opportunity_id", "lead_id"),
    one_column_of=("lead_id", "account_id"),
    money="amount",
)

CONVERSIONS = _stream(
    "conversions",
    "Stages that people reached. One row per conversion. A refund is a negative value, or names "
    "the conversion that it corrects.",
    (
        _key("conversion_id"),
        _LEAD,
        _EMAIL,
        _VISITOR,
        _key("conversion_type"),
        _key("occurred_at", Type.TIMESTAMP, not_future=True),
        _money("value"),
        _CURRENCY,
        *_texts("corrects_conversion_id"),
    ),
    ("conversion_id",),
    one_of=("lead_id", "email", "visitor_id", "corrects_conversion_id"),
    money="value",
)

AD_SPEND = _stream(
    "ad_spend",
    "Figures of an advertising platform. One row per day and the ids given; a credit is negative.",
    (
        _key("date_day", Type.DATE, not_future=True),
        _LAST_DAY,
        _key("platform"),
        Field("spend", type=Type.DECIMAL, required=True),
        _CURRENCY,
        *_texts("account_id", "campaign_id", "campaign_name", "ad_group_id", "ad_group_name"),
        *_texts("ad_id", "ad_name", "keyword", "lead_source", "lead_channel"),
        _count("impressions"),
        _count("clicks"),
        _count("conversions"),
    ),
    ("date_day", "platform", "account_id", "campaign_id", "ad_group_id", "ad_id", "keyword"),
    money="spend",
)

COSTS = _stream(
    "costs",
    "Other costs: events, print, agencies, tools. One row per cost; a credit is negative.",
    (
        _DAY,
        _LAST_DAY,
        Field("amount", type=Type.DECIMAL, required=True),
        _CURRENCY,
        *_texts("lead_source", "lead_channel", "campaign", "description"),
    ),
    (),
    money="amount",
)

FX_RATES = _stream(
    "fx_rates",
    "Units of the reporting currency for one unit of a currency. One row per day and currency.",
    (
        _DAY,
        Field("currency", required=True, currency=True),
        Field("rate", type=Type.DECIMAL, required=True, scale=9, positive=True),
    ),
    ("date_day", "currency"),
)

EVENTS = _stream(
    "events",
    "Events that the company held or went to. One row per event.",
    (
        _key("event_id"),
        *_texts("event_name", "event_type"),
        Field("starts_at", type=Type.TIMESTAMP, required=True, foreseeable=True),
        Field(
            "ends_at",
            type=Type.TIMESTAMP,
            omitted_when_empty=True,
            foreseeable=True,
            costs=Costs.CELL,
        ),
        *_texts("place", "country", "lead_source", "lead_channel", "campaign"),
        _money("cost"),
        _CURRENCY,
    ),
    ("event_id",),
    money="cost",
)

EVENT_ATTENDANCE = _stream(
    "event_attendance",
    "Who was invited to an event, registered for it or came. One row per person and list.",
    (
        _key("event_id"),
        _LEAD,
        _EMAIL,
        _VISITOR,
        *_texts("status"),
        _moment("invited_at", Costs.CELL),
        _moment("registered_at", Costs.CELL),
        _moment("attended_at"),
        _flag("is_attended"),
        _count("minutes_attended"),
    ),
    (),
    one_column_of=("lead_id", "email", "visitor_id"),
)

OUTREACH = _stream(
    "outreach",
    "Whom the company wrote to or called, who was left out to compare, and who answered. One row "
    "per contact.",
    (
        _key("campaign"),
        *_texts("wave", "outreach_id", "outreach_type"),
        _LEAD,
        _EMAIL,
        _PHONE,
        _key("contacted_at", Type.TIMESTAMP, not_future=True),
        _flag("is_held_out"),
        _flag("is_delivered", Costs.CELL),
        _flag("is_response"),
        _moment("responded_at"),
        _money("cost", non_negative=True),
        _CURRENCY,
    ),
    ("outreach_id",),
    one_column_of=("lead_id", "email", "phone"),
    money="cost",
)

REFERRALS = _stream(
    "referrals",
    "Whom customers recommended the company to. One row per referral.",
    (
        Field("referred_by", required=True, person=Person.ANOTHER),
        _key("referred_at", Type.TIMESTAMP, not_future=True),
        *_texts("referral_id"),
        _LEAD,
        _EMAIL,
        _money("cost", non_negative=True),
        _CURRENCY,
    ),
    ("referral_id",),
    one_column_of=("lead_id", "email"),
    money="cost",
)

MAILINGS = _stream(
    "mailings",
    "Mailings with their subjects, and how many got, opened and clicked them. One row per mailing.",
    (
        _key("mailing_id"),
        *_texts("mailing_name", "mailing_type", "subject_line", "preview_text", "list_name"),
        *_texts("campaign"),
        Field("sent_at", type=Type.TIMESTAMP, required=True, foreseeable=True),
        _count("sent"),
        _count("delivered"),
        _count("opened"),
        _count("clicked"),
        _count("bounced"),
        _count("unsubscribed"),
    ),
    ("mailing_id",),
)

ORGANIC_SEARCH = _stream(
    "organic_search",
    "How search engines showed the site without payment. One row per day, search term, page, "
    "country and device.",
    (
        _key("date_day", Type.DATE, not_future=True),
        *_texts("search_term", "page", "site", "country", "device"),
        _count("impressions"),
        Field("clicks", type=Type.DECIMAL, required=True, non_negative=True),
        _count("position"),
    ),
    ("date_day", "site", "search_term", "page", "country", "device"),
    one_column_of=("search_term", "page"),
)

_POST_FIGURES = (_count("impressions"), _count("engagements"), _count("clicks"))

SOCIAL_POSTS = _stream(
    "social_posts",
    "Posts on social networks, with totals where they are known. One row per post.",
    (
        _key("network"),
        _key("post_id"),
        Field("posted_at", type=Type.TIMESTAMP, required=True, foreseeable=True),
        *_texts("title", "format", "topic", "url", "campaign"),
        _flag("is_paid", Costs.CELL),
        *_POST_FIGURES,
    ),
    ("network", "post_id"),
)

SOCIAL_POST_DAYS = _stream(
    "social_post_days",
    "Figures of posts by day. One row per post and day.",
    (
        _key("date_day", Type.DATE, not_future=True),
        _key("network"),
        _key("post_id"),
        *_POST_FIGURES,
    ),
    ("date_day", "network", "post_id"),
)

STAGE_HISTORY = _stream(
    "stage_history",
    "When leads and deals entered which stage. One row per entry into a stage.",
    (
        _LEAD,
        *_texts("opportunity_id"),
        _key("stage"),
        _key("entered_at", Type.TIMESTAMP, not_future=True),
    ),
    (),
    one_of=("lead_id", "opportunity_id"),
)

PAGE_VIEWS = _stream(
    "page_views",
    "Pages that visitors opened. One row per page view.",
    (
        _key("viewed_at", Type.TIMESTAMP, not_future=True),
        _key("page_url"),
        _LEAD,
        _VISITOR,
        _EMAIL,
        *_texts("page_view_id", "visit_id", "title"),
        _count("seconds"),
        _count("actions"),
    ),
    ("page_view_id",),
    one_of=("lead_id", "visitor_id", "email"),
    touches=True,
)

CONTENT = _stream(
    "content",
    "What the company published: posts, e-books, videos. One row per piece.",
    (
        _key("content_id"),
        *_texts("title", "topic", "format", "page_url"),
        Field(
            "published_at",
            type=Type.TIMESTAMP,
            omitted_when_empty=True,
            foreseeable=True,
            costs=Costs.CELL,
        ),
    ),
    ("content_id",),
)

ERASURES = _stream(
    "erasures",
    "People to erase. One row per person.",
    (_key("person"), *_texts("kind", "reason")),
    ("person",),
)

CONSENTS = _stream(
    "consents",
    "Who agreed to marketing, and who refused. One row per statement; the latest counts.",
    (
        _EMAIL,
        _PHONE,
        _LEAD,
        _VISITOR,
        Field("is_granted", type=Type.BOOLEAN, required=True),
        _moment("stated_at"),
    ),
    (),
    one_of=("email", "phone", "lead_id", "visitor_id"),
)

INSTRUCTIONS = (ERASURES, CONSENTS)
"""What files can say besides facts: read at the start of a run, and never landed."""

INBOX = Connector(
    name="inbox",
    title="Inbox",
    base_url="",
    api_version="1",
    auth=Auth.NONE,
    secrets=(),
    streams=(
        LEADS,
        TOUCHPOINTS,
        OPPORTUNITIES,
        CONVERSIONS,
        AD_SPEND,
        COSTS,
        FX_RATES,
        EVENTS,
        EVENT_ATTENDANCE,
        OUTREACH,
        REFERRALS,
        MAILINGS,
        ORGANIC_SEARCH,
        SOCIAL_POSTS,
        SOCIAL_POST_DAYS,
        PAGE_VIEWS,
        CONTENT,
        STAGE_HISTORY,
    ),
    ping=Request(path=""),
)
"""The canonical streams, declared like a vendor's streams so that the same loader checks them."""
