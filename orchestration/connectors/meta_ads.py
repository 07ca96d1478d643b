"""Meta Ads (Facebook, Instagram), Marketing API v26: entities, creatives and figures per day.

Facts of the vendor that the declarations rest on:

- Every figure and every id is text; ids exceed 2^53. What has no value is left out.
- Days are the account's own. Figures are restated: conversions count on the day of the impression
  and arrive for 28 days; spend settles within two.
- A report of more than a week by ad is prepared: submitted, polled, and ready only at "Job
  Completed" and 100 percent. One that is too large fails without saying so.
- Reports by ad or campaign, and lists of either, leave out what is deleted or archived unless its
  status is asked for. The account's own totals have it all.
- ``actions`` holds roll-ups beside their parts: ``lead`` is all leads, and stands beside
  ``onsite_conversion.lead_grouped`` and ``offsite_conversion.fb_pixel_lead``. Each has ``value``
  (the account's own attribution window) and a value per window, which overlap. None of these may be
  added up; ``stg_meta_ads__ad_spend`` says which counts.
- ``clicks`` counts every click, likes too; ``inline_link_clicks`` those that lead somewhere.
- A campaign that never starts has the ``start_time`` 1969-12-31T15:59:59-0800.
- The text, picture and address of an ad are its creative's: in ``object_story_spec``, or in
  ``asset_feed_spec`` where Meta combines them.
"""

from __future__ import annotations

import json

from orchestration.connectors import graph_api
from orchestration.connectors.field import Costs, Field, Type
from orchestration.connectors.report import Report
from orchestration.connectors.stream import Auth, Connector, Kind, Request, Stream

_ACCOUNT = f"{graph_api.VERSION}/act_{{account_id}}"
_NEVER = ("1969-12-31T15:59:59-0800",)
_HISTORY_DAYS = 1110
"""Meta answers for 37 months."""

CAMPAIGN_STATUSES = ("ACTIVE", "ARCHIVED", "DELETED", "IN_PROCESS", "PAUSED", "WITH_ISSUES")
AD_SET_STATUSES = (*CAMPAIGN_STATUSES, "CAMPAIGN_PAUSED")
AD_STATUSES = (
    *AD_SET_STATUSES, "ADSET_PAUSED", "DISAPPROVED", "PENDING_BILLING_INFO", "PENDING_REVIEW",
    "PREAPPROVED",
)  # fmt: skip
"""Every status of each kind, because deleted and archived ones come only when asked for."""


def _unset(name: str, path: str = "", kind: Type = Type.STRING) -> Field:
    """A field that Meta leaves out when it has no value or, for a figure, is zero."""
    return Field(name, path, kind, omitted_when_empty=True)


def _time(name: str) -> Field:
    return Field(
        name, type=Type.TIMESTAMP, omitted_when_empty=True, null_values=_NEVER, costs=Costs.CELL
    )


def _entity(
    name: str,
    description: str,
    edge: str,
    fields: tuple[Field, ...],
    statuses: tuple[str, ...] = (),
) -> Stream:
    params = {"fields": "{fields}"}
    if statuses:
        params["effective_status"] = json.dumps(statuses)
    return Stream(
        name=name,
        description=description,
        kind=Kind.ENTITY_SNAPSHOT,
        request=Request(
            path=f"{_ACCOUNT}/{edge}",
            params=params,
            records="data",
            pager=graph_api.pages(200),
        ),
        fields=fields,
        natural_key=(fields[0].name,),
    )


_PREPARED = Report(
    id_path="report_run_id",
    poll=Request(f"{graph_api.VERSION}/{{report_id}}"),
    status_path="async_status",
    done=("Job Completed",),
    settled={"async_percent_completion": "100"},
    running=("Job Not Started", "Job Started", "Job Running"),
    failed=("Job Failed", "Job Skipped"),
    reason_path="error_message",
    halves=True,
    download=Request(
        f"{graph_api.VERSION}/{{report_id}}/insights",
        records="data",
        pager=graph_api.pages(500),
    ),
)
_WINDOWS = ("1d_click", "7d_click", "28d_click", "1d_view")


def _report(
    name: str,
    description: str,
    level: str,
    dimensions: tuple[Field, ...],
    key: tuple[str, ...],
    statuses: tuple[str, ...] = (),
) -> Stream:
    """Figures per day of one level, prepared as a report."""
    body = {
        "level": level,
        "time_increment": "1",
        # Filled in as text: a body's own braces are no placeholders.
        "time_range": '{"since":"{window_start_date}","until":"{window_end_date}"}',
        "fields": "{fields}",
        "action_attribution_windows": json.dumps(_WINDOWS),
        "action_report_time": "impression",
        "use_account_attribution_setting": "false",
    }
    if statuses:
        known = {"field": f"{level}.effective_status", "operator": "IN", "value": statuses}
        body["filtering"] = json.dumps([known])
    return Stream(
        name=name,
        description=description,
        kind=Kind.REPORT,
        request=Request(
            path=f"{_ACCOUNT}/insights",
            method="POST",
            form=True,
            body=body,
            max_days=90,
            report=_PREPARED,
        ),
        fields=(_DAY, *_MONEY_OF, *dimensions, *_FIGURES),
        natural_key=("date_day", *key),
        day_field="date_day",
        lookback_days=28,
        max_history_days=_HISTORY_DAYS,
        ignored=("date_stop",),
        money="spend",
    )


_DAY = Field("date_day", "date_start", Type.DATE, required=True)
_MONEY_OF = (
    Field("account_id", required=True),
    Field("currency", "account_currency", required=True, currency=True),
)
_FIGURES = (
    Field("spend", type=Type.DECIMAL, omitted_when_empty=True, costs=Costs.ROW),
    _unset("impressions", kind=Type.INTEGER),
    _unset("clicks", kind=Type.INTEGER),
    _unset("inline_link_clicks", kind=Type.INTEGER),
    _unset("reach", kind=Type.INTEGER),
    _unset("actions", kind=Type.JSON),
    _unset("action_values", kind=Type.JSON),
)
_CAMPAIGN = (
    Field("campaign_id", required=True),
    Field("campaign_name"),
    _unset("objective"),
)
_AD = (
    Field("adset_id", required=True),
    Field("adset_name"),
    Field("ad_id", required=True),
    Field("ad_name"),
)
_OF_ACCOUNT = Field("account_id", required=True)
_STATUS = (Field("status"), Field("effective_status"))

_ACCOUNTS = Stream(
    name="accounts",
    description="The account with its currency and time zone. One record per account.",
    kind=Kind.ENTITY_SNAPSHOT,
    request=Request(path=_ACCOUNT, params={"fields": "{fields}"}, records="$"),
    fields=(
        _OF_ACCOUNT,
        _unset("name"),
        Field("currency", required=True, currency=True),
        Field("timezone_name", required=True),
        _unset("account_status"),
    ),
    natural_key=("account_id",),
    ignored=("id",),
)

_CAMPAIGNS = _entity(
    "campaigns",
    "Campaigns, including deleted and archived ones. One record per campaign.",
    "campaigns",
    (
        Field("campaign_id", "id", required=True),
        _OF_ACCOUNT,
        Field("campaign_name", "name"),
        _unset("objective"),
        *_STATUS,
        _unset("buying_type"),
        _time("start_time"),
        _time("stop_time"),
    ),
    CAMPAIGN_STATUSES,
)

_AD_SETS = _entity(
    "ad_sets",
    "Ad sets with whom they reach, including deleted and archived ones. One record per ad set.",
    "adsets",
    (
        Field("adset_id", "id", required=True),
        _OF_ACCOUNT,
        Field("campaign_id", required=True),
        Field("adset_name", "name"),
        *_STATUS,
        _unset("optimization_goal"),
        _unset("attribution_spec", kind=Type.JSON),
        _unset("targeting", kind=Type.JSON),
    ),
    AD_SET_STATUSES,
)

_ADS = _entity(
    "ads",
    "Ads, including deleted and archived ones. One record per ad.",
    "ads",
    (
        Field("ad_id", "id", required=True),
        _OF_ACCOUNT,
        Field("campaign_id", required=True),
        Field("adset_id", required=True),
        Field("ad_name", "name"),
        *_STATUS,
        _unset("creative_id", "creative.id"),
    ),
    AD_STATUSES,
)

_CREATIVES = _entity(
    "creatives",
    "What ads show and where they lead. One record per creative.",
    "adcreatives",
    (
        Field("creative_id", "id", required=True),
        _OF_ACCOUNT,
        _unset("creative_name", "name"),
        _unset("object_type"),
        _unset("title"),
        _unset("body"),
        _unset("call_to_action_type"),
        _unset("image_hash"),
        _unset("video_id"),
        _unset("link_url"),
        _unset("template_url"),
        _unset("url_tags"),
        _unset("object_story_spec", kind=Type.JSON),
        _unset("asset_feed_spec", kind=Type.JSON),
    ),
)

_ACCOUNT_DAYS = _report(
    "account_days",
    "The account's own totals, which nothing is missing from. One record per day.",
    "account",
    (),
    ("account_id",),
)

_CAMPAIGN_DAYS = _report(
    "campaign_days",
    "Figures of campaigns. One record per day and campaign.",
    "campaign",
    _CAMPAIGN,
    ("campaign_id",),
    CAMPAIGN_STATUSES,
)

_AD_DAYS = _report(
    "ad_days",
    "Figures of ads. One record per day and ad.",
    "ad",
    (*_CAMPAIGN, *_AD),
    ("ad_id",),
    AD_STATUSES,
)

META_ADS = Connector(
    name="meta_ads",
    title="Meta Ads",
    base_url=graph_api.BASE_URL,
    api_version=graph_api.VERSION,
    auth=Auth.BEARER,
    secrets=("access_token",),
    throttles=graph_api.THROTTLES,
    error_codes=graph_api.ERROR_CODES,
    error_path=graph_api.ERROR_PATH,
    streams=(
        _ACCOUNTS,
        _CAMPAIGNS,
        _AD_SETS,
        _ADS,
        _CREATIVES,
        _ACCOUNT_DAYS,
        _CAMPAIGN_DAYS,
        _AD_DAYS,
    ),
    # Whoever may not read figures is refused here, too.
    ping=Request(
        path=f"{_ACCOUNT}/insights",
        params={"level": "account", "date_preset": "yesterday", "fields": "spend", "limit": "1"},
    ),
)
