"""The rows behind each Google Ads resource, as flat values under the query language's names.

Belongs here: what the platform would know at a given time, from the world. Does not belong here:
queries, JSON and tokens (``google_ads``).

The world counts per ad. Keywords and search terms split their ad group's figures by fixed shares:
keywords add up to their ad group, search terms do not, because Google withholds some.
"""

from __future__ import annotations

import hashlib
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, partial

from simulator.ads import (
    Ad,
    AdClick,
    AdFigure,
    AdGroup,
    Campaign,
    CampaignType,
    Keyword,
)
from simulator.world import AdAccount, World

Row = dict[str, object]
"""Query language name → value: int for the vendor's int64, float for double."""

AD_TYPES = {
    CampaignType.SEARCH: "RESPONSIVE_SEARCH_AD",
    CampaignType.DISPLAY: "RESPONSIVE_DISPLAY_AD",
    CampaignType.VIDEO: "VIDEO_RESPONSIVE_AD",
}
"""Types of ad by the campaign's type."""

_CENT = 10_000
_RARE = 10
"""Impressions below which Google withholds a search term."""


@dataclass(slots=True)
class _Sum:
    """Figures of several ads added up."""

    impressions: int = 0
    clicks: int = 0
    cost_micros: int = 0
    conversions: Decimal = Decimal(0)

    def add(self, other: AdFigure | _Sum) -> None:
        self.impressions += other.impressions
        self.clicks += other.clicks
        self.cost_micros += other.cost_micros
        self.conversions += other.conversions

    def share(self, numerator: int, denominator: int) -> _Sum:
        """A share of the integer figures; without conversions, which are not divided here."""
        return _Sum(
            self.impressions * numerator // denominator,
            self.clicks * numerator // denominator,
            self.cost_micros // _CENT * numerator // denominator * _CENT,
        )

    def less(self, other: _Sum) -> _Sum:
        return _Sum(
            self.impressions - other.impressions,
            self.clicks - other.clicks,
            self.cost_micros - other.cost_micros,
            self.conversions - other.conversions,
        )

    def row(self) -> Row:
        return {
            "metrics.impressions": self.impressions,
            "metrics.clicks": self.clicks,
            "metrics.cost_micros": self.cost_micros,
            "metrics.conversions": float(self.conversions),
            "metrics.conversions_value": 0.0,
            "metrics.all_conversions": float(self.conversions * 2),
            "metrics.view_through_conversions": 0,
        }


class Rows:
    """All of one account's rows, by resource."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._accounts = {account.account_id: account for account in world.ad_accounts}
        self._campaigns = {campaign.campaign_id: campaign for campaign in world.campaigns}
        self._ad_groups = {group.ad_group_id: group for group in world.ad_groups}
        self._ads = {ad.ad_id: ad for ad in world.ads}
        self._keywords = {keyword.criterion_id: keyword for keyword in world.keywords}
        self._keywords_by_group: dict[str, list[Keyword]] = {}
        for keyword in world.keywords:
            self._keywords_by_group.setdefault(keyword.ad_group_id, []).append(keyword)
        self._clicks: dict[tuple[str, date], list[AdClick]] = {}
        for click in world.ad_clicks:
            if click.click_id:
                self._clicks.setdefault((click.account_id, click.day), []).append(click)
        self._lock = threading.Lock()
        self._figures: dict[str, tuple[datetime, list[AdFigure]]] = {}
        self.entities: dict[str, Callable[[str, datetime], Iterable[Row]]] = {
            "campaign": self._campaign_list,
            "ad_group_ad": self._ad_list,
        }
        self.reports: dict[str, Callable[[str, datetime, date, date], Iterable[Row]]] = {
            "customer": partial(self._report, _by_account, self._customer_row),
            "campaign": partial(self._report, _by_campaign, self._campaign_row),
            "ad_group": partial(self._report, _by_ad_group, self._ad_group_row),
            "ad_group_ad": partial(self._report, _by_ad, self._ad_row),
            "landing_page_view": partial(self._report, self._by_page, self._page_row),
            "keyword_view": self._keyword_report,
            "search_term_view": self._search_term_report,
            "click_view": self._click_report,
        }

    def knows(self, account_id: str) -> bool:
        """Whether the account exists."""
        return account_id in self._accounts

    def account(self, account_id: str) -> AdAccount:
        """The account."""
        return self._accounts[account_id]

    # Entities

    def _campaign_list(self, account_id: str, now: datetime) -> Iterator[Row]:
        for campaign in self._campaigns.values():
            if campaign.account_id == account_id and campaign.names[0][0] <= now:
                yield self._campaign_row(campaign.campaign_id, now)

    def _ad_list(self, account_id: str, now: datetime) -> Iterator[Row]:
        for ad in self._ads.values():
            gone = ad.vanishes_at is not None and ad.vanishes_at <= now
            if ad.account_id == account_id and self._has_begun(ad.campaign_id, now) and not gone:
                yield self._ad_row(ad.ad_id, now)

    def _has_begun(self, campaign_id: str, now: datetime) -> bool:
        return self._campaigns[campaign_id].names[0][0] <= now

    # Attributes

    def _customer_row(self, account_id: str, now: datetime) -> Row:
        account = self._accounts[account_id]
        return {
            "customer.id": int(account_id),
            "customer.currency_code": account.currency,
        }

    def _campaign_row(self, campaign_id: str, now: datetime) -> Row:
        campaign: Campaign = self._campaigns[campaign_id]
        return self._customer_row(campaign.account_id, now) | {
            "campaign.id": int(campaign_id),
            "campaign.name": campaign.name_at(now),
            "campaign.status": campaign.status,
            "campaign.advertising_channel_type": campaign.campaign_type.value,
            "campaign.advertising_channel_sub_type": "",
            "campaign.start_date_time": f"{campaign.start_date} 00:00:00",
            "campaign.end_date_time": f"{campaign.end_date} 23:59:59",
            "campaign.tracking_url_template": "",
            "campaign.final_url_suffix": (
                f"utm_source=google&utm_medium=cpc&utm_campaign={campaign.slug}"
            ),
        }

    def _ad_group_row(self, ad_group_id: str, now: datetime) -> Row:
        group: AdGroup = self._ad_groups[ad_group_id]
        return self._campaign_row(group.campaign_id, now) | {
            "ad_group.id": int(ad_group_id),
            "ad_group.name": group.name,
        }

    def _ad_row(self, ad_id: str, now: datetime) -> Row:
        ad: Ad = self._ads[ad_id]
        ad_type = AD_TYPES[self._campaigns[ad.campaign_id].campaign_type]
        row = self._ad_group_row(ad.ad_group_id, now) | {
            "ad_group_ad.status": "ENABLED",
            "ad_group_ad.ad.id": int(ad_id),
            "ad_group_ad.ad.name": ad.name,
            "ad_group_ad.ad.type": ad_type,
            "ad_group_ad.ad.final_urls": [ad.final_url],
            "ad_group_ad.ad.responsive_search_ad.headlines": [],
            "ad_group_ad.ad.responsive_search_ad.descriptions": [],
        }
        if ad_type == "RESPONSIVE_SEARCH_AD":
            search_ad = "ad_group_ad.ad.responsive_search_ad"
            row[f"{search_ad}.headlines"] = [{"text": text} for text in ad.headlines]
            row[f"{search_ad}.descriptions"] = [{"text": text} for text in ad.descriptions]
        return row

    def _keyword_row(self, keyword: Keyword, now: datetime) -> Row:
        return self._ad_group_row(keyword.ad_group_id, now) | {
            "ad_group_criterion.criterion_id": int(keyword.criterion_id),
            "ad_group_criterion.keyword.text": keyword.text,
            "ad_group_criterion.keyword.match_type": keyword.match_type,
        }

    # Reports

    def _figures_at(self, account_id: str, now: datetime) -> list[AdFigure]:
        """All of an account's figures at a given time; cached, since many queries need them."""
        with self._lock:
            asked_at, figures = self._figures.get(account_id, (None, []))
            if asked_at != now:
                figures = list(self._world.ad_figures(account_id, date.min, date.max, now))
                self._figures[account_id] = (now, figures)
            return figures

    def _report(
        self,
        key_of: Callable[[AdFigure], str],
        attributes: Callable[[str, datetime], Row],
        account_id: str,
        now: datetime,
        start: date,
        end: date,
    ) -> Iterator[Row]:
        """Figures added up per key and day; an empty key keeps a figure out of the report."""
        described = cache(lambda key: attributes(key, now))
        for (day, key), total in self._totals(key_of, account_id, now, start, end).items():
            yield {**described(key), **total.row(), "segments.date": day.isoformat()}

    def _totals(
        self,
        key_of: Callable[[AdFigure], str],
        account_id: str,
        now: datetime,
        start: date,
        end: date,
    ) -> dict[tuple[date, str], _Sum]:
        totals: dict[tuple[date, str], _Sum] = {}
        for figure in self._figures_at(account_id, now):
            if start <= figure.day <= end and (key := key_of(figure)):
                totals.setdefault((figure.day, key), _Sum()).add(figure)
        return totals

    def _by_page(self, figure: AdFigure) -> str:
        if not figure.in_ad_reports:
            return ""
        return f"{figure.campaign_id} {self._ads[figure.ad_id].final_url}"

    def _page_row(self, key: str, now: datetime) -> Row:
        campaign_id, _, url = key.partition(" ")
        return self._campaign_row(campaign_id, now) | {
            "landing_page_view.unexpanded_final_url": url,
            "landing_page_view.resource_name": hashlib.sha256(url.encode()).hexdigest()[:16],
        }

    def _keyword_totals(
        self, account_id: str, now: datetime, start: date, end: date
    ) -> Iterator[tuple[date, Keyword, _Sum]]:
        groups = self._totals(_by_ad_group, account_id, now, start, end)
        for (day, ad_group_id), total in groups.items():
            keywords = self._keywords_by_group.get(ad_group_id, [])
            rest = total
            for keyword in keywords[1:]:
                part = total.share(1, len(keywords))
                rest = rest.less(part)
                yield day, keyword, part
            if keywords:
                yield day, keywords[0], rest

    def _keyword_report(
        self, account_id: str, now: datetime, start: date, end: date
    ) -> Iterator[Row]:
        described = cache(lambda criterion_id: self._keyword_row(self._keywords[criterion_id], now))
        for day, keyword, total in self._keyword_totals(account_id, now, start, end):
            row = described(keyword.criterion_id)
            yield {**row, **total.row(), "segments.date": day.isoformat()}

    def _search_term_report(
        self, account_id: str, now: datetime, start: date, end: date
    ) -> Iterator[Row]:
        """Two terms per keyword; rare terms are withheld."""
        described = cache(lambda ad_group_id: self._ad_group_row(ad_group_id, now))
        for day, keyword, total in self._keyword_totals(account_id, now, start, end):
            for term, status, shown in (
                (keyword.text, "ADDED", total.share(1, 2)),
                (f"{keyword.text} för företag", "NONE", total.share(1, 4)),
            ):
                if shown.impressions >= _RARE:
                    yield {
                        **described(keyword.ad_group_id),
                        **shown.row(),
                        "segments.date": day.isoformat(),
                        "search_term_view.search_term": term,
                        "search_term_view.status": status,
                        "search_term_view.resource_name": urlsafe_b64encode(term.encode()).decode(),
                    }

    def _click_report(
        self, account_id: str, now: datetime, start: date, end: date
    ) -> Iterator[Row]:
        """Clicks of one day, the most that one query can request."""
        for click in self._clicks.get((account_id, start), []):
            if click.clicked_at > now:
                continue
            row = (
                self._ad_group_row(click.ad_group_id, now)
                if click.ad_group_id
                else self._campaign_row(click.campaign_id, now) | {"ad_group.id": 0}
            )
            row |= {
                "segments.date": click.day.isoformat(),
                "segments.ad_network_type": "SEARCH" if click.criterion_id else "CONTENT",
                "click_view.gclid": click.click_id,
                "click_view.keyword_info.text": "",
                "click_view.keyword_info.match_type": "",
                "click_view.ad_group_ad": "",
            }
            if click.ad_id:
                row["click_view.ad_group_ad"] = (
                    f"customers/{account_id}/adGroupAds/{click.ad_group_id}~{click.ad_id}"
                )
            if click.criterion_id:
                keyword = self._keywords[click.criterion_id]
                row["click_view.keyword_info.text"] = keyword.text
                row["click_view.keyword_info.match_type"] = keyword.match_type
            yield row


def _by_account(figure: AdFigure) -> str:
    return figure.account_id


def _by_campaign(figure: AdFigure) -> str:
    return figure.campaign_id


def _by_ad_group(figure: AdFigure) -> str:
    return figure.ad_group_id


def _by_ad(figure: AdFigure) -> str:
    return figure.ad_id if figure.in_ad_reports else ""
