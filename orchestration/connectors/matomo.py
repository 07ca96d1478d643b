"""Matomo 5: visits with their actions, referrer, campaign, visitor and user id.

Facts of the vendor that the declarations rest on:

- One endpoint, ``index.php?module=API``; Matomo 5 takes the token only in a POST body.
- Errors, including a wrong token, are a 200 with ``{"result": "error", "message": ...}``.
- A visit belongs to the day of its *last* action in the site's time zone. ``serverTimestamp`` is
  that last action; the visit began at ``firstActionTimestamp``. Both are seconds since 1970.
- A visit stays open for half an hour after its last action: it gains actions, and a user id when
  the visitor logs in. Runs overlap, and the newest version of a visit is the one that counts.
- ``filter_offset`` over several days skips visits (matomo-org/matomo issues 16394 and 23342), so
  each request asks one day, oldest first: visits that arrive meanwhile come last.
- ``referrerName`` and ``referrerKeyword`` hold campaign and keyword when ``referrerType`` is
  ``campaign``. ``campaignSource`` and its siblings come from the plugin
  MarketingCampaignsReporting (standard in Matomo Cloud) and are missing without it.
- Matomo takes campaign parameters and, by default, click ids out of the URLs it keeps. To join
  visits to ad clicks, remove ``gclid`` and its like from
  ``[Tracker] url_query_parameter_to_exclude_from_url`` in Matomo's configuration.
- The user id is whatever the site sets. It joins visits to people when the CRM holds the same id; a
  site that sets the e-mail address should set its own id instead.
- Visitors' IP addresses and locations are not requested: ``hideColumns`` keeps them at Matomo.
"""

from __future__ import annotations

from orchestration.connectors.field import Field, Person, TimeFormat, Type
from orchestration.connectors.stream import Auth, Connector, Kind, Pager, Paging, Request, Stream

_HIDDEN = (
    "visitIp,fingerprint,latitude,longitude,location,city,region,regionCode,plugins,pluginsIcons,"
    "icon,iconSVG,visitorTypeIcon,visitConvertedIcon,visitEcommerceStatusIcon,deviceTypeIcon,"
    "operatingSystemIcon,browserIcon,countryFlag,referrerSearchEngineIcon,"
    "referrerSocialNetworkIcon,customVariables"
)
"""Personal or decorative; hidden in visits and, by Matomo's rule for Live, in their actions."""

_PLUGIN_FIELDS = tuple(
    Field(name, path, omitted_when_empty=True, entities=True)
    for name, path in (
        ("campaign_id", "campaignId"),
        ("campaign_name", "campaignName"),
        ("campaign_source", "campaignSource"),
        ("campaign_medium", "campaignMedium"),
        ("campaign_keyword", "campaignKeyword"),
        ("campaign_content", "campaignContent"),
    )
)

_VISITS = Stream(
    name="visits",
    description="Visits to the site with their actions. One record per visit.",
    kind=Kind.EVENT,
    request=Request(
        path="index.php",
        method="POST",
        form=True,
        body={
            "module": "API",
            "method": "Live.getLastVisitsDetails",
            "format": "json",
            "idSite": "{account_id}",
            "period": "day",
            "date": "{window_start_date}",
            "filter_sort_order": "asc",
            "language": "en",
            "hideColumns": _HIDDEN,
        },
        pager=Pager(
            paging=Paging.OFFSET,
            page_size=1000,
            limit_param="filter_limit",
            offset_param="filter_offset",
            id_path="idVisit",
        ),
        max_days=1,
    ),
    fields=(
        Field("visit_id", "idVisit", required=True),
        Field("site_id", "idSite", required=True),
        Field("visitor_id", "visitorId", person=Person.VISITOR),
        Field("user_id", "userId", omitted_when_empty=True, person=Person.USER),
        Field(
            "started_at",
            "firstActionTimestamp",
            Type.TIMESTAMP,
            required=True,
            time_format=TimeFormat.EPOCH_SECONDS,
            not_future=True,
        ),
        Field(
            "ended_at",
            "lastActionTimestamp",
            Type.TIMESTAMP,
            required=True,
            time_format=TimeFormat.EPOCH_SECONDS,
        ),
        Field("visitor_type", "visitorType"),
        Field("actions", "actions", Type.INTEGER),
        Field("duration_seconds", "visitDuration", Type.INTEGER),
        Field("goal_conversions", "goalConversions", Type.INTEGER),
        Field("referrer_type", "referrerType"),
        Field("referrer_name", "referrerName", omitted_when_empty=True, entities=True),
        Field("referrer_keyword", "referrerKeyword", omitted_when_empty=True, entities=True),
        Field("referrer_url", "referrerUrl", omitted_when_empty=True),
        *_PLUGIN_FIELDS,
        Field("device_type", "deviceType"),
        Field("country_code", "countryCode"),
        Field("action_details", "actionDetails", Type.JSON),
    ),
    natural_key=("site_id", "visit_id"),
    touches=True,
    day_field="ended_at",
    overlap_hours=72,
    ignored=(
        "siteName",
        "siteCurrency",
        "siteCurrencySymbol",
        "serverDate",
        "visitServerHour",
        "lastActionDateTime",
        "serverTimestamp",
        "serverTimePretty",
        "serverDatePretty",
        "serverDatePrettyFirstAction",
        "serverTimePrettyFirstAction",
        "profilable",
        "visitConverted",
        "visitCount",
        "visitEcommerceStatus",
        "daysSinceFirstVisit",
        "secondsSinceFirstVisit",
        "daysSinceLastVisit",
        "secondsSinceLastVisit",
        "daysSinceLastEcommerceOrder",
        "secondsSinceLastEcommerceOrder",
        "visitDurationPretty",
        "searches",
        "events",
        "interactions",
        "referrerTypeName",
        "referrerKeywordPosition",
        "referrerSearchEngineUrl",
        "referrerSocialNetworkUrl",
        "campaignGroup",
        "campaignPlacement",
        "language",
        "languageCode",
        "deviceBrand",
        "deviceModel",
        "operatingSystem",
        "operatingSystemName",
        "operatingSystemCode",
        "operatingSystemVersion",
        "browser",
        "browserName",
        "browserCode",
        "browserVersion",
        "browserFamily",
        "browserFamilyDescription",
        "continent",
        "continentCode",
        "country",
        "visitLocalTime",
        "visitLocalHour",
        "resolution",
    ),
)

MATOMO = Connector(
    name="matomo",
    title="Matomo",
    base_url="https://matomo.example.org",
    api_version="5",
    auth=Auth.BODY_TOKEN,
    secrets=("token_auth",),
    token_param="token_auth",
    error_path="result",
    error_values=("error",),
    streams=(_VISITS,),
    ping=Request(
        path="index.php",
        method="POST",
        form=True,
        body={
            "module": "API",
            "method": "Live.getCounters",
            "format": "json",
            "idSite": "{account_id}",
            "lastMinutes": "30",
        },
    ),
)
