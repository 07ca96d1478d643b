"""What a correct warehouse must show of Google's ads, keywords, terms and pages, from the world.

Belongs here: the restated definitions of ``marts.ad_performance``, ``marts.keyword_performance``
and, for paid clicks, of ``marts.search_term_performance`` and ``marts.page_performance``; keywords
and terms are those of ``vendors/google_ads_rows``. Does not
belong here: leads and deals themselves (``truth``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from simulator.ads import Keyword
from simulator.answers import AdTruth, LeadTruth, TermTruth, Truth
from simulator.page_truth import page_of
from simulator.rates import Rates, reporting_day
from simulator.world import World

Figures = tuple[int, int, int]
"""Impressions, clicks and cost in micros."""

CENT = 10_000
"""In micros."""

RARE = 10
"""Impressions of a day and ad group below which Google withholds a search term."""

UNKNOWN = "unknown"
"""A match type or a page that nothing names."""

CLICK_LOG = timedelta(days=89)
"""How far back the connector reads the log of clicks, which alone knows a click's ad."""


def count_ads(world: World, truth: Truth, rates: Rates, now: datetime) -> None:
    """Fill in ``truth.ads``, once leads and deals are counted."""
    today = reporting_day(now)
    for account in world.ad_accounts:
        figures = world.ad_figures(
            account.account_id, world.first_day, today + timedelta(days=2), now
        )
        for figure in figures:
            ad_id = figure.ad_id if figure.in_ad_reports else ""
            cell = _cell(truth, figure.day, figure.campaign_id, ad_id)
            cell.clicks += figure.clicks
            cell.impressions += figure.impressions
            cell.spend += rates.convert(
                Decimal(figure.cost_micros) / 1_000_000, account.currency, figure.day
            )
    listed = {ad.ad_id for ad in world.ads if ad.vanishes_at is None or ad.vanishes_at > now}
    clicked = {
        click.click_id: click.ad_id
        for click in world.ad_clicks
        if click.day >= today - CLICK_LOG and click.ad_id in listed
    }
    for lead in truth.leads.values():
        platform, campaign_id = lead.campaign
        if platform != "google_ads":
            continue
        cell = _cell(truth, reporting_day(lead.created_at), campaign_id, _ad(lead, clicked))
        cell.leads += 1
        cell.customers += lead.customer_at is not None
        cell.revenue += lead.revenue


def count_terms(world: World, truth: Truth, rates: Rates, now: datetime) -> None:
    """Fill in ``truth.terms``: half of a keyword's figures, and a quarter for companies.

    The leads of a campaign are shared out by the clicks of its terms; withheld terms keep theirs.
    """
    came: Counter[tuple[date, str]] = Counter()
    for lead in truth.leads.values():
        platform, campaign_id = lead.campaign
        if platform == "google_ads":
            came[_month(reporting_day(lead.created_at)), campaign_id] += 1
    campaigns = {group.ad_group_id: group.campaign_id for group in world.ad_groups}
    of_campaign: Counter[tuple[date, str]] = Counter()
    of_term: Counter[tuple[date, str, str]] = Counter()
    texts: dict[str, list[str]] = defaultdict(list)
    for keyword in world.keywords:
        texts[keyword.ad_group_id].append(keyword.text)
    for account in world.ad_accounts:
        groups: dict[tuple[date, str], Figures] = defaultdict(lambda: (0, 0, 0))
        for figure in world.ad_figures(account.account_id, date.min, date.max, now):
            of_campaign[_month(figure.day), figure.campaign_id] += figure.clicks
            total = groups[figure.day, figure.ad_group_id]
            groups[figure.day, figure.ad_group_id] = (
                total[0] + figure.impressions,
                total[1] + figure.clicks,
                total[2] + figure.cost_micros,
            )
        for (day, ad_group_id), total in groups.items():
            for text, part in _of_keywords(texts[ad_group_id], total):
                for searched, (impressions, clicks, micros) in (
                    (text, _part(part, 2)),
                    (f"{text} för företag", _part(part, 4)),
                ):
                    if impressions < RARE:
                        continue
                    month, term = _month(day), searched.lower()
                    cell = truth.terms.setdefault((month, term), TermTruth())
                    cell.impressions += impressions
                    cell.clicks += clicks
                    cell.spend += rates.convert(Decimal(micros) / 1_000_000, account.currency, day)
                    of_term[month, campaigns[ad_group_id], term] += clicks
    for (month, campaign_id, term), clicks in of_term.items():
        if clicks:
            share = Fraction(clicks, of_campaign[month, campaign_id])
            truth.terms[month, term].leads += came[month, campaign_id] * share


def count_keywords(world: World, truth: Truth, rates: Rates, now: datetime) -> None:
    """Fill in ``truth.keywords``, once leads and deals are counted.

    What an ad group without keywords, or a campaign without ad groups, costs has no keyword, and
    neither have leads whose click is not known.
    """
    keywords: dict[str, list[Keyword]] = defaultdict(list)
    for keyword in world.keywords:
        keywords[keyword.ad_group_id].append(keyword)
    kinds = {
        (keyword.campaign_id, keyword.text.lower()): keyword.match_type.lower()
        for keyword in world.keywords
    }
    for account in world.ad_accounts:
        groups: dict[tuple[date, str, str], Figures] = defaultdict(lambda: (0, 0, 0))
        for figure in world.ad_figures(account.account_id, date.min, date.max, now):
            total = groups[figure.day, figure.campaign_id, figure.ad_group_id]
            groups[figure.day, figure.campaign_id, figure.ad_group_id] = (
                total[0] + figure.impressions,
                total[1] + figure.clicks,
                total[2] + figure.cost_micros,
            )
        for (day, campaign_id, ad_group_id), total in groups.items():
            texts = [keyword.text for keyword in keywords[ad_group_id]]
            parts = list(_of_keywords(texts, total)) or [("", total)]
            for text, (impressions, clicks, micros) in parts:
                kind = kinds.get((campaign_id, text.lower()), UNKNOWN)
                cell = truth.keywords[_month(day), campaign_id, text.lower(), kind]
                cell.impressions += impressions
                cell.clicks += clicks
                cell.spend += rates.convert(Decimal(micros) / 1_000_000, account.currency, day)
    logged = _logged_keywords(world, now)
    for lead in truth.leads.values():
        platform, campaign_id = lead.campaign
        if platform != "google_ads":
            continue
        text = ""
        for touch in (lead.origin, lead.tactic):
            if touch is None or (touch.campaign_platform, touch.campaign_id) != lead.campaign:
                continue
            text = (logged.get(touch.click_id) or touch.utm_term).lower()
            if text:
                break
        if (campaign_id, text) not in kinds:
            text = ""
        month = _month(reporting_day(lead.created_at))
        cell = truth.keywords[month, campaign_id, text, kinds.get((campaign_id, text), UNKNOWN)]
        cell.leads += 1
        cell.customers += lead.customer_at is not None
        cell.revenue += lead.revenue


def count_paid_pages(world: World, truth: Truth, rates: Rates, now: datetime) -> None:
    """Fill in ``truth.paid_pages``: an ad leads to one page; Performance Max to none we know."""
    pages = {ad.ad_id: page_of(ad.final_url) for ad in world.ads}
    for account in world.ad_accounts:
        for figure in world.ad_figures(account.account_id, date.min, date.max, now):
            page = pages[figure.ad_id] if figure.in_ad_reports else UNKNOWN
            cell = truth.paid_pages[_month(figure.day), page]
            cell.impressions += figure.impressions
            cell.clicks += figure.clicks
            cell.spend += rates.convert(
                Decimal(figure.cost_micros) / 1_000_000, account.currency, figure.day
            )


def _logged_keywords(world: World, now: datetime) -> dict[str, str]:
    """By click id, the text of the keyword, as far back as the log of clicks goes."""
    texts = {keyword.criterion_id: keyword.text for keyword in world.keywords}
    since = reporting_day(now) - CLICK_LOG
    return {
        click.click_id: texts[click.criterion_id]
        for click in world.ad_clicks
        if click.day >= since and click.criterion_id
    }


def _of_keywords(texts: list[str], total: Figures) -> Iterator[tuple[str, Figures]]:
    """An ad group's figures by keyword: the first has what equal parts leave over."""
    if not texts:
        return
    part = _part(total, len(texts))
    others = len(texts) - 1
    yield (
        texts[0],
        (total[0] - others * part[0], total[1] - others * part[1], total[2] - others * part[2]),
    )
    for text in texts[1:]:
        yield text, part


def _part(total: Figures, parts: int) -> Figures:
    return (total[0] // parts, total[1] // parts, total[2] // CENT // parts * CENT)


def _ad(lead: LeadTruth, clicked: dict[str, str]) -> str:
    """The ad of the touch that gave a lead its campaign: its origin, or else its tactic."""
    for touch in (lead.origin, lead.tactic):
        if touch is None or (touch.campaign_platform, touch.campaign_id) != lead.campaign:
            continue
        if ad := clicked.get(touch.click_id):
            return ad
    return ""


def _cell(truth: Truth, day: date, campaign_id: str, ad_id: str) -> AdTruth:
    return truth.ads.setdefault((_month(day), campaign_id, ad_id), AdTruth())


def _month(day: date) -> date:
    return day.replace(day=1)
