"""Google Ads, API v26: entities, figures per day, and the clicks that carry a gclid.

Facts of the vendor that the declarations rest on:

- ``searchStream`` answers a JSON array of chunks, each with ``results``; there are no pages. One
  stream of rows is one operation of the daily quota, however long it is. A stream that breaks off
  has begun with status 200: its last chunk holds ``error``.
- The JSON is proto3's: names are camelCase, 64-bit integers are text, and unset fields are left
  out. So any figure may be absent and then means zero. Rows whose figures are all zero are not sent
  at all: a day without rows is a day without spend, not a missing day.
- Days are the account's own. Figures are restated: conversions arrive for up to 90 days, credits
  for invalid clicks lower the cost of days long past, and a removed ad's rows disappear with it.
- ``cost_micros`` is a millionth of the account's currency. ``conversions`` is fractional (6.623899)
  and differs from ``all_conversions``.
- A Performance Max campaign has no ad groups and no ads: only the campaign and account reports
  hold its spend.
- ``keyword_view`` and ``landing_page_view`` are views on part of the account's money: what has no
  keyword (display, dynamic search ads), and what no page is known of, is in neither.
- ``click_view`` answers exactly one day per query, at most 90 days back.
- Campaigns run from ``start_date_time`` to ``end_date_time`` in the account's time zone; a
  campaign without an end has none, or 2037-12-30.
- A manager account has no figures: a query for any is refused, one for its name is answered.
- Developer tokens ended on 2026-09-09; access belongs to the OAuth client's Cloud project.
"""

from __future__ import annotations

from orchestration.connectors import google_api
from orchestration.connectors.field import Costs, Field, Person, Type
from orchestration.connectors.stream import Auth, Connector, Kind, Request, Stream

_DAYS = "segments.date BETWEEN '{window_start_date}' AND '{window_end_date}'"


def _search(resource: str, fields: tuple[Field, ...], where: str, max_days: int = 0) -> Request:
    """A searchStream request that selects exactly the declared fields from one resource."""
    columns = ", ".join(_gaql_name(field) for field in fields)
    condition = f" WHERE {where}" if where else ""
    return Request(
        path="v26/customers/{account_id}/googleAds:searchStream",
        method="POST",
        body={"query": f"SELECT {columns} FROM {resource}{condition}"},
        records="*.results.*",
        max_days=max_days,
    )


def _gaql_name(field: Field) -> str:
    """The name that a field's camelCase path has in the query language."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in field.path)


def _entity(
    name: str, description: str, resource: str, fields: tuple[Field, ...], key: str
) -> Stream:
    return Stream(
        name=name,
        description=description,
        kind=Kind.ENTITY_SNAPSHOT,
        request=_search(resource, fields, ""),
        fields=fields,
        natural_key=tuple(key.split()),
        ignored=_RESOURCE_NAMES,
    )


def _report(
    name: str, description: str, resource: str, dimensions: tuple[Field, ...], key: str
) -> Stream:
    fields = (_DAY, *_ACCOUNT, *dimensions, *_FIGURES)
    return Stream(
        name=name,
        description=description,
        kind=Kind.REPORT,
        request=_search(resource, fields, _DAYS),
        fields=fields,
        natural_key=("date_day", *key.split()),
        day_field="date_day",
        lookback_days=30,
        ignored=_RESOURCE_NAMES,
        money="cost_micros",
    )


def _unset(name: str, path: str, kind: Type = Type.STRING) -> Field:
    """A field that proto3 omits when it is unset or, for a figure, zero."""
    return Field(name, path, kind, omitted_when_empty=True)


def _money(name: str, path: str, kind: Type) -> Field:
    """The same for an amount, which costs its row where it cannot be read."""
    return Field(name, path, kind, omitted_when_empty=True, costs=Costs.ROW)


_RESOURCE_NAMES = (
    "customer.resourceName",
    "campaign.resourceName",
    "adGroup.resourceName",
    "adGroupAd.resourceName",
    "adGroupAd.ad.resourceName",
    "adGroupCriterion.resourceName",
    "clickView.resourceName",
    "keywordView",
    "landingPageView.resourceName",
    "searchTermView.resourceName",
)
"""Resource names, sent unasked with every resource of a result; they repeat the ids."""

_DAY = Field("date_day", "segments.date", Type.DATE, required=True)
_CUSTOMER = Field("customer_id", "customer.id", required=True)
_ACCOUNT = (
    _CUSTOMER,
    Field("currency", "customer.currencyCode", required=True, currency=True),
)
_FIGURES = (
    _money("cost_micros", "metrics.costMicros", Type.INTEGER),
    _unset("impressions", "metrics.impressions", Type.INTEGER),
    _unset("clicks", "metrics.clicks", Type.INTEGER),
    _unset("conversions", "metrics.conversions", Type.DOUBLE),
    _money("conversions_value", "metrics.conversionsValue", Type.DOUBLE),
    _unset("all_conversions", "metrics.allConversions", Type.DOUBLE),
    _unset("view_through_conversions", "metrics.viewThroughConversions", Type.INTEGER),
)
_CAMPAIGN_ID = Field("campaign_id", "campaign.id", required=True)
_CAMPAIGN = (
    _CAMPAIGN_ID,
    Field("campaign_name", "campaign.name"),
    Field("campaign_type", "campaign.advertisingChannelType"),
)
_AD_GROUP_ID = Field("ad_group_id", "adGroup.id", required=True)
_AD_GROUP = (_AD_GROUP_ID, Field("ad_group_name", "adGroup.name"))
_AD_ID = Field("ad_id", "adGroupAd.ad.id", required=True)
_KEYWORD = (
    Field("criterion_id", "adGroupCriterion.criterionId", required=True),
    Field("keyword", "adGroupCriterion.keyword.text"),
    Field("match_type", "adGroupCriterion.keyword.matchType"),
)

_CAMPAIGNS = _entity(
    "campaigns",
    "Campaigns, including removed ones. One record per campaign.",
    "campaign",
    (
        _CUSTOMER,
        *_CAMPAIGN,
        Field("status", "campaign.status"),
        _unset("campaign_sub_type", "campaign.advertisingChannelSubType"),
        _unset("start_date_time", "campaign.startDateTime"),
        _unset("end_date_time", "campaign.endDateTime"),
        _unset("tracking_url_template", "campaign.trackingUrlTemplate"),
        _unset("final_url_suffix", "campaign.finalUrlSuffix"),
    ),
    "campaign_id",
)

_ADS = _entity(
    "ads",
    "Ads in their ad group. One record per ad group and ad.",
    "ad_group_ad",
    (
        _CUSTOMER,
        _CAMPAIGN_ID,
        _AD_GROUP_ID,
        _AD_ID,
        _unset("ad_name", "adGroupAd.ad.name"),
        Field("ad_type", "adGroupAd.ad.type"),
        Field("status", "adGroupAd.status"),
        _unset("final_urls", "adGroupAd.ad.finalUrls", Type.JSON),
        _unset("headlines", "adGroupAd.ad.responsiveSearchAd.headlines", Type.JSON),
        _unset("descriptions", "adGroupAd.ad.responsiveSearchAd.descriptions", Type.JSON),
    ),
    "ad_group_id ad_id",
)

_ACCOUNT_DAYS = _report(
    "account_days",
    "The account's own totals: the coarsest grain and the only complete one. One record per day.",
    "customer",
    (),
    "customer_id",
)

_CAMPAIGN_DAYS = _report(
    "campaign_days",
    "Figures of campaigns, Performance Max included. One record per day and campaign.",
    "campaign",
    _CAMPAIGN,
    "campaign_id",
)

_AD_GROUP_DAYS = _report(
    "ad_group_days",
    "Figures of ad groups. One record per day and ad group.",
    "ad_group",
    (*_CAMPAIGN, *_AD_GROUP),
    "ad_group_id",
)

_AD_DAYS = _report(
    "ad_days",
    "Figures of ads. One record per day, ad group and ad.",
    "ad_group_ad",
    (*_CAMPAIGN, *_AD_GROUP, _AD_ID, _unset("ad_name", "adGroupAd.ad.name")),
    "ad_group_id ad_id",
)

_KEYWORD_DAYS = _report(
    "keyword_days",
    "Figures of keywords. One record per day, ad group and criterion.",
    "keyword_view",
    (_CAMPAIGN_ID, _AD_GROUP_ID, *_KEYWORD),
    "ad_group_id criterion_id",
)

_SEARCH_TERM_DAYS = _report(
    "search_term_days",
    "What people searched for before they saw an ad; rare terms are withheld by Google. "
    "One record per day, ad group and search term.",
    "search_term_view",
    (
        _CAMPAIGN_ID,
        _AD_GROUP_ID,
        Field("search_term", "searchTermView.searchTerm", required=True),
        _unset("search_term_status", "searchTermView.status"),
    ),
    "ad_group_id search_term",
)

_LANDING_PAGE_DAYS = _report(
    "landing_page_days",
    "Figures of the pages that ads led to. One record per day, campaign and final URL.",
    "landing_page_view",
    (
        _CAMPAIGN_ID,
        Field("landing_page", "landingPageView.unexpandedFinalUrl", required=True),
    ),
    "campaign_id landing_page",
)

_CLICK_FIELDS = (
    _DAY,
    _CUSTOMER,
    Field("gclid", "clickView.gclid", required=True, person=Person.CLICK),
    _CAMPAIGN_ID,
    _unset("ad_group_id", "adGroup.id"),
    _unset("ad_resource_name", "clickView.adGroupAd"),
    _unset("keyword", "clickView.keywordInfo.text"),
    _unset("match_type", "clickView.keywordInfo.matchType"),
    _unset("ad_network_type", "segments.adNetworkType"),
)
_CLICKS = Stream(
    name="clicks",
    description="Clicks on ads and the gclid that each carried to the site. One record per click.",
    kind=Kind.EVENT,
    request=_search("click_view", _CLICK_FIELDS, "segments.date = '{window_start_date}'", 1),
    fields=_CLICK_FIELDS,
    natural_key=("gclid",),
    day_field="date_day",
    max_history_days=89,  # Google answers 90 days of the account's zone, which may be ahead of UTC
    ignored=_RESOURCE_NAMES,
)

GOOGLE_ADS = Connector(
    name="google_ads",
    title="Google Ads",
    base_url="https://googleads.googleapis.com",
    api_version="v26",
    auth=Auth.OAUTH_REFRESH,
    secrets=google_api.CLIENT,
    options={"login_customer_id": ""},
    headers={"login-customer-id": "{option:login_customer_id}"},
    token_path=google_api.TOKEN_PATH,
    sign_ins=(google_api.service_account("https://www.googleapis.com/auth/adwords"),),
    error_path="*.error",
    streams=(
        _CAMPAIGNS,
        _ADS,
        _ACCOUNT_DAYS,
        _CAMPAIGN_DAYS,
        _AD_GROUP_DAYS,
        _AD_DAYS,
        _KEYWORD_DAYS,
        _SEARCH_TERM_DAYS,
        _LANDING_PAGE_DAYS,
        _CLICKS,
    ),
    ping=Request(
        path="v26/customers/{account_id}/googleAds:searchStream",
        method="POST",
        # Without figures a manager account would answer, too.
        body={
            "query": "SELECT customer.id, metrics.clicks FROM customer "
            "WHERE segments.date BETWEEN '2026-01-01' AND '2026-01-01'"
        },
        records="*.results.*",
    ),
)
