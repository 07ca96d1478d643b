"""Values that vendors sent, as JSON, and what each must become in ``raw``.

Belongs here: the table, and records of a stream that hold such values. Does not belong here: how
it is tried (``test_hostile_input``).

Vendors that have no connector yet get a stream declared as theirs would be.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, NamedTuple

from orchestration.connectors.field import Field, TimeFormat, Type
from orchestration.connectors.registry import CONNECTORS
from orchestration.connectors.stream import Kind, Request, Stream
from tests.kit.faults.hostile_cells import Cleared, Refused


class Said(NamedTuple):
    """One value in an otherwise good record.

    Attributes:
        stream: ``connector/stream``.
        path: Where it is in the record.
        json: As the vendor writes it, to the letter; empty: the key is left out.
        column: The field that it belongs to.
        becomes: Its text in ``raw``, ``None`` for null, or the reason of the quarantine.
        why: Where it comes from.
    """

    stream: str
    path: str
    json: str
    column: str
    becomes: str | None
    why: str


def _declared(name: str, *fields: Field) -> Stream:
    return Stream(
        name,
        "Days. One record per day.",
        Kind.ENTITY_SNAPSHOT,
        Request(path=f"/{name}", records="items"),
        (Field("id", required=True), *fields),
        ("id",),
        per_account=False,
    )


OTHERS = {
    "tiktok_ads/days": _declared(
        "days",
        Field("campaign_id", "dimensions.campaign_id"),
        Field("day", "dimensions.stat_time_day", Type.DATE),
        Field("spend", "metrics.spend", Type.DECIMAL, null_values=("-",)),
    ),
    "pinterest_ads/days": _declared("days", Field("campaign_id", "CAMPAIGN_ID")),
    "snapchat_ads/days": _declared(
        "days",
        Field("starts_at", "start_time", Type.TIMESTAMP, required=True),
        Field("spend", "stats.spend", Type.INTEGER, omitted_when_empty=True),
    ),
    "twilio/calls": _declared("calls", Field("price", "price", Type.DECIMAL)),
    "ga4/days": _declared(
        "days",
        Field("day", "date", Type.DATE, time_format=TimeFormat.COMPACT_DATE),
        Field("source_medium", "sessionSourceMedium"),
        Field("active_days", "activeDays", Type.DATE),
    ),
}
"""Streams of vendors without a connector, declared as theirs would be."""

_GOOGLE = "google_ads/campaign_days"
_REPORTS = "mailchimp/reports"
_SOCIAL = "meta_ads/campaigns"
_SPONSORED = "linkedin_ads/campaigns"
_CONTACTS = "hubspot/contacts"
_DEALS = "hubspot/deals"
_VISITS = "matomo/visits"
SAID: tuple[Said, ...] = (
    Said(_GOOGLE, "metrics.costMicros", '"760000"', "cost_micros", "760000", "0.76 in micros"),
    Said(_GOOGLE, "metrics.costMicros", "760000.0", "cost_micros", "760000", "as a fraction"),
    Said(_GOOGLE, "metrics.costMicros", "-450000", "cost_micros", "-450000", "invalid clicks"),
    Said(_GOOGLE, "metrics.costMicros", "", "cost_micros", None, "proto3 leaves out what is unset"),
    Said(_GOOGLE, "metrics.costMicros", '"0.5"', "cost_micros", Refused("bad_type"), "half a one"),
    Said(_GOOGLE, "metrics.conversions", "6.623899", "conversions", "6.623899", "a fraction"),
    Said(_GOOGLE, "metrics.allConversions", "9.5", "all_conversions", "9.5", "another number"),
    Said(_GOOGLE, "metrics.conversions", '"NaN"', "conversions", Cleared("not_finite"), "a text"),
    Said(_GOOGLE, "metrics.conversions", "NaN", "conversions", Cleared("not_finite"), "no JSON"),
    Said(_GOOGLE, "metrics.conversions", "1e999", "conversions", Cleared("out_of_range"),
         "beyond a double"),
    Said(_GOOGLE, "campaign.id", "9223372036854775807", "campaign_id", "9223372036854775807",
         "64 bits"),
    Said(_GOOGLE, "campaign.id", "12345678901234567890", "campaign_id", "12345678901234567890",
         "beyond a double's digits"),
    Said(_GOOGLE, "campaign.id", '""', "campaign_id", Refused("missing_key"), "no campaign"),
    Said(_GOOGLE, "campaign.name", '"A > B"', "campaign_name", "A > B", "a separator"),
    Said(_GOOGLE, "campaign.name", '"\'); drop table x; --"', "campaign_name",
         "'); drop table x; --", "an injection"),
    Said(_GOOGLE, "campaign.name", '"a\\u0000b"', "campaign_name", "ab", "a NUL"),
    Said(_GOOGLE, "campaign.name", '"Cafe\\u0301"', "campaign_name", "Cafe\u0301", "NFD"),
    Said(_GOOGLE, "campaign.name", '""', "campaign_name", "", "an empty name is a text"),
    Said(_GOOGLE, "campaign.name", '"\\ud83d"', "campaign_name", Refused("malformed_record"),
         "half a surrogate pair"),
    Said(_GOOGLE, "campaign.name", '["a"]', "campaign_name", Cleared("bad_type"), "a list"),
    Said(_GOOGLE, "segments.date", '"2026-02-30"', "date_day", Refused("bad_type"), "no such day"),
    Said(_GOOGLE, "segments.date", '"20260210"', "date_day", Refused("bad_type"), "compact"),
    Said(_GOOGLE, "customer.currencyCode", '"kr"', "currency", Refused("unknown_currency"),
         "a sign"),
    Said(_GOOGLE, "metrics", '"n/a"', "metrics", Refused("bad_type"), "a text for an object"),
    Said(_REPORTS, "opens.opens_total", "412", "opens_total", "412", "of 50 mails sent"),
    Said(_REPORTS, "opens.unique_opens", "-1", "unique_opens", Cleared("negative_amount"), "none"),
    Said(_REPORTS, "send_time", '""', "send_time", None, "never sent"),
    Said(_REPORTS, "emails_sent", "50.5", "emails_sent", Cleared("bad_type"), "half a mail"),
    Said(_CONTACTS, "properties.createdate", '"1717236000123"', "createdate",
         "2024-06-01 10:00:00.123", "epoch milliseconds"),
    Said(_CONTACTS, "properties.createdate", '"2024-06-01T10:00:00.123Z"', "createdate",
         "2024-06-01 10:00:00.123", "ISO in the same property"),
    Said(_CONTACTS, "properties.createdate", '""', "createdate", None, "nothing"),
    Said(_CONTACTS, "properties.createdate", '"yesterday"', "createdate", Refused("bad_type"),
         "words"),
    Said(_CONTACTS, "properties.hs_analytics_source", '"OFFLINE"', "hs_analytics_source",
         "OFFLINE", "how the record was made"),
    Said(_CONTACTS, "properties.hs_merged_object_ids", '"101;102"', "hs_merged_object_ids",
         "101;102", "a list in a text"),
    Said(_CONTACTS, "properties.email", '"not given"', "email", Cleared("bad_type"), "nobody"),
    Said(_DEALS, "properties.amount", '"0.1234567"', "amount", "0.123457",
         "calculated amounts are rounded and counted"),
    Said(_DEALS, "properties.amount", '"1632.33"', "amount", "1632.330000", "money in a text"),
    Said(_DEALS, "properties.amount", '"-20"', "amount", "-20.000000", "a refund"),
    Said(_DEALS, "properties.amount", "0.1", "amount", "0.100000", "money in a number"),
    Said(_VISITS, "firstActionTimestamp", "1767225600", "started_at", "2026-01-01 00:00:00",
         "seconds"),
    Said(_VISITS, "firstActionTimestamp", "1767225600000", "started_at", Refused("bad_type"),
         "milliseconds"),
    Said(_VISITS, "firstActionTimestamp", "0", "started_at", Refused("placeholder_timestamp"),
         "an empty clock"),
    Said(_VISITS, "firstActionTimestamp", "2145830400", "started_at", Refused("future_timestamp"),
         "the year 2037"),
    Said(_VISITS, "visitDuration", "null", "duration_seconds", None, "unknown"),
    Said(_SPONSORED, "dailyBudget.amount", '"-2E-18"', "daily_budget", "0.000000",
         "as money beside one impression"),
    Said(_SPONSORED, "dailyBudget.amount", '"0.0"', "daily_budget", "0.000000", "a text"),
    Said(_SPONSORED, "campaignGroup", '"urn:li:sponsoredCampaignGroup:1"', "campaign_group_urn",
         "urn:li:sponsoredCampaignGroup:1", "only as URN"),
    Said("tiktok_ads/days", "metrics.spend", '"12.50"', "spend", "12.500000", "a text"),
    Said("tiktok_ads/days", "metrics.spend", '"-"', "spend", None, "a dash for nothing"),
    Said("tiktok_ads/days", "metrics.spend", '"1,250.00"', "spend", Refused("bad_type"), "no"),
    Said("tiktok_ads/days", "dimensions.stat_time_day", '"2026-01-10 00:00:00"', "day",
         "2026-01-10", "a midnight"),
    Said(_SOCIAL, "start_time", '"2026-11-01T10:15:00+0200"', "start_time",
         "2026-11-01 08:15:00", "no colon"),
    Said(_SOCIAL, "start_time", '"1969-12-31T15:59:59-0800"', "start_time", None, "never begun"),
    Said(_SOCIAL, "account_id", "23846765228310398", "account_id", "23846765228310398",
         "beyond a double's digits"),
    Said("pinterest_ads/days", "CAMPAIGN_ID", "626736533506.0", "campaign_id", "626736533506.0",
         "a float here, a text there: staging decides, no digit goes"),
    Said("pinterest_ads/days", "CAMPAIGN_ID", '"626736533506"', "campaign_id", "626736533506",
         "the text"),
    Said("snapchat_ads/days", "start_time", '"2026-01-10T00:00:00.000-08:00"', "starts_at",
         "2026-01-10 08:00:00", "a day bounded by an offset"),
    Said("snapchat_ads/days", "stats", "{}", "spend", None, "a row without any metric"),
    Said("twilio/calls", "price", '"-0.00850"', "price", "-0.008500", "a price is negative"),
    Said("ga4/days", "date", '"20230424"', "day", "2023-04-24", "compact"),
    Said("ga4/days", "date", '"(other)"', "day", Refused("bad_type"), "a roll-up row"),
    Said("ga4/days", "sessionSourceMedium", '"(direct)/(none)"', "source_medium",
         "(direct)/(none)", "brackets"),
)  # fmt: skip

_STREAMS = sorted({said.stream for said in SAID})
_SOUND: dict[Type, Any] = {
    Type.STRING: "x",
    Type.DATE: "2026-02-10",
    Type.TIMESTAMP: "2026-02-10T10:00:00Z",
    Type.INTEGER: 1,
    Type.DOUBLE: 1.5,
    Type.DECIMAL: "1.5",
    Type.BOOLEAN: True,
    Type.JSON: [],
    Type.EMAIL: "a@b.example",
    Type.EMAILS: "a@b.example",
    Type.PHONE: "+46701234567",
}


def stream_of(name: str) -> Stream:
    """The stream, requested as a whole: windows and parents do not matter here."""
    connector, _, stream = name.partition("/")
    if name in OTHERS:
        return OTHERS[name]
    return replace(CONNECTORS[connector].stream(stream), kind=Kind.ENTITY_SNAPSHOT)


def streams() -> list[str]:
    """Every stream of the table."""
    return _STREAMS


def _sound(field: Field) -> Any:
    if field.currency:
        return "SEK"
    if field.type is Type.TIMESTAMP and field.time_format is TimeFormat.EPOCH_SECONDS:
        return 1770000000
    if field.type is Type.TIMESTAMP and field.time_format is TimeFormat.EPOCH_MILLIS:
        return 1770000000000
    if field.time_format is TimeFormat.COMPACT_DATE:
        return "20260210"
    return _SOUND[field.type]


def _record(stream: Stream, number: int) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for field in stream.fields:
        node = record
        for key in field.keys[:-1]:
            node = node.setdefault(key, {})
        node[field.keys[-1]] = _sound(field)
    if "id" in record:
        record["id"] = str(number)
    return record


def items_of(name: str) -> str:
    """The records of a stream as the vendor writes them: the cases, then three good ones."""
    cases = [said for said in SAID if said.stream == name]
    texts = []
    for number, said in enumerate(cases, 1):
        record = _record(stream_of(name), number)
        *above, last = said.path.split(".")
        node = record
        for key in above:
            node = node[key]
        node[last] = "@@"
        if not said.json:
            del node[last]
        texts.append(json.dumps(record).replace('"@@"', said.json))
    count = len(cases)
    texts += [json.dumps(_record(stream_of(name), count + extra)) for extra in (1, 2, 3)]
    return f"[{', '.join(texts)}]"
