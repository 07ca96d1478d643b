"""What the ad platform answers depends on when it is asked, and on nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from simulator.ads import Ad, AdDay, figure_at
from simulator.generation.calendar import DEMO_NOW
from simulator.world import World

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NEW_YORK = ZoneInfo("America/New_York")
AD = Ad("1", "2", "3", "4", "A", "https://x.example", (), ())


def row(**changes: object) -> AdDay:
    """A usual day of the ad."""
    values: dict[str, object] = {
        "account_id": "4", "campaign_id": "3", "ad_group_id": "2", "ad_id": "1",
        "day": date(2026, 3, 10), "impressions": 900, "clicks": 30, "cost_micros": 48_000_000,
        "conversions": Decimal("3.000000"),
    }  # fmt: skip
    return AdDay(**(values | changes))  # type: ignore[arg-type]


def test_conversions_grow_with_the_age_of_a_day() -> None:
    """40 % when the day ends, all of them 30 days later; cost does not move."""
    seen = []
    for age in (0, 15, 30, 200):
        figure = figure_at(row(), AD, STOCKHOLM, datetime(2026, 3, 11, tzinfo=STOCKHOLM)
                           + timedelta(days=age))  # fmt: skip
        assert figure is not None
        assert figure.cost_micros == 48_000_000
        seen.append(figure.conversions)
    assert seen == [Decimal("1.2"), Decimal("2.1"), Decimal("3"), Decimal("3")]


def test_the_running_day_shows_the_part_that_has_passed() -> None:
    """Asked at noon, half of the day's figures exist."""
    noon = figure_at(row(), AD, STOCKHOLM, datetime(2026, 3, 10, 12, tzinfo=STOCKHOLM))
    assert noon is not None
    assert (noon.clicks, noon.impressions, noon.cost_micros) == (15, 450, 24_000_000)


def test_days_begin_in_the_zone_of_the_account() -> None:
    """At 02:00 UTC it is still yesterday in New York: the day has no row there yet."""
    early = datetime(2026, 3, 10, 2, tzinfo=UTC)
    assert figure_at(row(), AD, NEW_YORK, early) is None
    assert figure_at(row(), AD, STOCKHOLM, early) is not None


def test_a_credit_for_invalid_clicks_lowers_cost_from_its_moment_on() -> None:
    """Google takes cost of past days back; the look-back must see it."""
    credited = datetime(2026, 4, 2, 12, tzinfo=UTC)
    with_credit = row(credits=[(credited, 4, 6_400_000)])
    before = figure_at(with_credit, AD, STOCKHOLM, credited - timedelta(seconds=1))
    after = figure_at(with_credit, AD, STOCKHOLM, credited)
    assert before is not None
    assert after is not None
    assert (before.clicks, before.cost_micros) == (30, 48_000_000)
    assert (after.clicks, after.cost_micros) == (26, 41_600_000)


def test_a_vanished_ad_leaves_ad_reports_and_stays_in_totals() -> None:
    """Ad-level spend is then less than the campaign's: a residual."""
    gone = Ad(
        "1", "2", "3", "4", "A", "https://x.example", (), (), datetime(2026, 4, 1, tzinfo=UTC)
    )
    before = figure_at(row(), gone, STOCKHOLM, datetime(2026, 3, 31, tzinfo=UTC))
    after = figure_at(row(), gone, STOCKHOLM, datetime(2026, 4, 1, tzinfo=UTC))
    assert before is not None
    assert before.in_ad_reports
    assert after is not None
    assert not after.in_ad_reports
    assert after.cost_micros == 48_000_000


def test_a_day_without_figures_is_absent() -> None:
    """Google leaves rows without figures out; absence is not missing."""
    empty = row(impressions=0, clicks=0, cost_micros=0)
    assert figure_at(empty, AD, STOCKHOLM, DEMO_NOW) is None


def test_the_same_question_has_the_same_answer_and_a_later_one_another(
    small_world: World,
) -> None:
    """Restatement is a function of the moment of asking."""

    def ask(account: str, at: datetime) -> list[object]:
        start, end = date(2026, 5, 1), date(2026, 7, 1)
        return list(small_world.ad_figures(account, start, end, at))

    for account in small_world.ad_accounts:
        now = ask(account.account_id, DEMO_NOW)
        later = ask(account.account_id, DEMO_NOW + timedelta(days=40))
        assert now == ask(account.account_id, DEMO_NOW)
        assert now != later


def test_money_has_two_decimals_and_never_falls_below_zero(small_world: World) -> None:
    """Credits come over time; no row may turn negative, before or after them."""
    credited = 0
    for account in small_world.ad_accounts:
        for at in (datetime(2025, 6, 1, 9, tzinfo=UTC), DEMO_NOW, DEMO_NOW + timedelta(days=90)):
            for figure in small_world.ad_figures(
                account.account_id, small_world.first_day, date(2026, 7, 2), at
            ):
                assert figure.cost_micros >= 0
                assert figure.clicks >= 0
                assert figure.impressions >= figure.clicks
                assert figure.cost_micros % 10_000 == 0
    for ad_day in small_world.ad_days:
        credited += len(ad_day.credits)
    assert credited


@pytest.mark.parametrize("moment", [DEMO_NOW, DEMO_NOW + timedelta(days=30)])
def test_an_ad_vanishes_before_the_demo_and_another_one_after(
    small_world: World, moment: datetime
) -> None:
    """The demo has one residual; another appears when the clock moves."""
    missing = {
        figure.ad_id
        for account in small_world.ad_accounts
        for figure in small_world.ad_figures(
            account.account_id, small_world.first_day, date(2026, 7, 1), moment
        )
        if figure.ad_id and not figure.in_ad_reports
    }
    assert len(missing) == (1 if moment == DEMO_NOW else 2)
