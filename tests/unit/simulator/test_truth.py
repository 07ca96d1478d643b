"""The planted truth agrees with itself, and with cases worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from simulator.answers import Measures, Truth
from simulator.crm import Contact, Deal, StageChange
from simulator.generation.calendar import DEMO_NOW
from simulator.rates import Rates
from simulator.truth import compute_truth
from simulator.world import Cost, FxRate, Organisation, Person, Touch, World

NOON = datetime(2025, 6, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def truth(small_world: World) -> Truth:
    """The truth about the small world at the demo's clock."""
    return compute_truth(small_world, DEMO_NOW)


def summed(cells: list[Measures]) -> Measures:
    """The total of some members."""
    result = Measures()
    for cell in cells:
        result.add(cell)
    return result


def test_sources_channels_and_campaigns_have_the_same_totals(
    small_world: World, truth: Truth
) -> None:
    """Leads, customers, revenue and money are the same from every side."""
    sources = summed(list(truth.sources.values()))
    channels = summed(list(truth.channels.values()))
    campaigns = summed(list(truth.campaigns.values()))
    assert sources == channels == truth.total()
    for name in ("leads", "mqls", "sqls", "customers", "revenue", "ad_spend"):
        assert getattr(campaigns, name) == getattr(sources, name)
    bought = [key for key in truth.leads if key.startswith("00")]
    filled_in = len(small_world.form_leads)
    assert sources.leads == len(truth.leads) == 400 + len(bought) + filled_in
    assert filled_in == 24
    assert len(bought) > 40


def test_revenue_is_every_won_deal_at_the_rate_of_its_close(
    small_world: World, truth: Truth
) -> None:
    """Counted a second way: over deals instead of leads."""
    rates = Rates(small_world)
    expected = Decimal(0)
    for deal in small_world.every_deal:
        closed = deal.closed_at(DEMO_NOW)
        if closed and deal.is_won(DEMO_NOW) and deal.is_live(DEMO_NOW):
            day = closed.astimezone(small_world.ad_accounts[0].zone).date()
            expected += rates.convert(deal.amount, deal.currency, day)
    assert truth.total().revenue == expected
    by_lead = sum((lead.revenue for lead in truth.leads.values()), Decimal(0))
    assert expected == by_lead + truth.unattributed_revenue
    assert truth.unattributed_revenue > 0


def test_spend_is_the_accounts_own_total(small_world: World, truth: Truth) -> None:
    """Vanished ads and Performance Max included, credits taken off."""
    rates = Rates(small_world)
    expected = sum(
        (
            rates.convert(Decimal(figure.cost_micros) / 1_000_000, account.currency, figure.day)
            for account in small_world.ad_accounts
            for figure in small_world.ad_figures(
                account.account_id, small_world.first_day, date(2026, 7, 2), DEMO_NOW
            )
        ),
        Decimal(0),
    )
    google = [cell for (platform, _), cell in truth.campaigns.items() if platform == "google_ads"]
    assert summed(google).ad_spend == expected


def test_amounts_have_six_decimals_at_most(truth: Truth) -> None:
    """Nothing may be lost when a warehouse keeps DECIMAL(18,6)."""
    for cell in (*truth.sources.values(), *truth.channels.values()):
        for amount in (cell.revenue, cell.ad_spend, cell.other_costs):
            assert amount == amount.quantize(Decimal("0.000001"))


def test_every_model_credits_every_conversion_once(truth: Truth) -> None:
    """The same conversions and the same value in every model."""
    totals = truth.total()
    for model in ("first_touch", "last_touch", "linear"):
        for kinds, wanted in (
            (("lead",), totals.leads),
            (("customer", "repeat_customer"), None),
        ):
            given = [
                value for key, value in truth.credits.items() if key[0] == model and key[1] in kinds
            ]
            count = sum((pair[0] for pair in given), Fraction(0))
            value = sum((pair[1] for pair in given), Fraction(0))
            if wanted is not None:
                assert count == wanted
            else:
                assert value == Fraction(totals.revenue)


def test_an_earlier_question_knows_less(small_world: World, truth: Truth) -> None:
    """Truth follows the clock: fewer leads, less revenue, merges not yet made."""
    before = compute_truth(small_world, DEMO_NOW - timedelta(days=200))
    assert 0 < before.total().leads < truth.total().leads
    assert before.total().revenue < truth.total().revenue


def company(*touches: Touch, **contact: object) -> World:
    """One person with one contact, created at noon of 2025-06-02."""
    world = World(1, 1.0, date(2025, 1, 1), date(2026, 6, 30))
    world.people = [Person(0)]
    world.touches = sorted(touches, key=lambda touch: touch.at)
    values: dict[str, object] = {
        "contact_id": "1", "person_id": 0, "email": "a@b.example", "first_name": "A",
        "last_name": "B", "created_at": NOON,
    }  # fmt: skip
    world.contacts = [Contact(**(values | contact))]  # type: ignore[arg-type]
    return world


def touch(days: float, source: str, channel: str, kind: str = "visit") -> Touch:
    """A touch so many days before noon of 2025-06-02."""
    return Touch("t", 1, 0, NOON - timedelta(days=days), kind, "matomo", source, channel)


def source_and_channel(world: World) -> tuple[str, str]:
    """The truth about the only lead."""
    lead = compute_truth(world, DEMO_NOW).leads["1"]
    return lead.lead_source, lead.lead_channel


@pytest.mark.parametrize(
    ("touches", "expected"),
    [
        # The first eligible one is the origin, the last one the tactic.
        ([touch(9, "paid_search", "search_ad"), touch(1, "email", "newsletter")],
         ("paid_search", "newsletter")),
        # A visit of 91 days ago is outside its look-back, an event of then is inside.
        ([touch(91, "paid_search", "search_ad"), touch(1, "direct", "website")],
         ("direct", "website")),
        # Direct is no evidence, so a later direct visit is not the tactic.
        ([touch(91, "event", "trade_show", "event"), touch(1, "direct", "website")],
         ("event", "trade_show")),
        # 30 days for clicks in e-mails.
        ([touch(31, "email", "newsletter", "email_click"), touch(2, "direct", "website")],
         ("direct", "website")),
        # A touch in the very second of creation counts; one after it does not.
        ([touch(0, "ai_assistant", "ai_answer"), touch(-1, "direct", "website")],
         ("ai_assistant", "ai_answer")),
        # Nothing at all.
        ([], ("unknown", "unknown")),
    ],
)  # fmt: skip
def test_source_is_the_first_and_channel_the_last_eligible_touch(
    touches: list[Touch], expected: tuple[str, str]
) -> None:
    """Source and channel by the definitions of ``simulator.truth``, worked out by hand."""
    assert source_and_channel(company(*touches)) == expected


def test_without_touches_the_crm_is_believed_and_then_the_lead() -> None:
    """Stated texts become codes; OFFLINE states nothing; what leads say has no channel."""
    assert source_and_channel(
        company(lead_source=" Olark Chat ", lead_channel="Chat", self_reported_source="Podcast")
    ) == ("olark_chat", "chat")
    assert source_and_channel(company(self_reported_source="A colleague")) == (
        "a_colleague",
        "unknown",
    )
    assert source_and_channel(company(analytics_source="PAID_SEARCH"))[0] == "paid_search"


def test_deals_go_to_their_lead_the_company_or_nobody() -> None:
    """Worked out by hand: 1000 EUR own, 200 USD at 0.90 of the company, 50 EUR of a stranger."""
    world = company(company_id="c1")
    world.organisations = [Organisation("c1", "A", "a.example", "SE", "X", 3, NOON)]
    world.fx_rates = [FxRate(date(2025, 6, 6), "USD", Decimal("0.9000"))]
    won = [StageChange("closedwon", datetime(2025, 6, 8, 9, tzinfo=UTC))]  # a Sunday
    world.deals = [
        Deal("1", "own", "c1", ("1",), Decimal("1000.00"), "EUR", NOON, won),
        Deal("2", "company's", "c1", (), Decimal("200.00"), "USD", NOON, won),
        Deal("3", "nobody's", "c2", (), Decimal("50.00"), "EUR", NOON, won),
        Deal("4", "refund", "c1", ("1",), Decimal("-100.00"), "EUR", NOON, won),
        Deal("5", "thrown away", "c1", ("1",), Decimal("7.00"), "EUR", NOON, won, NOON),
    ]
    truth = compute_truth(world, DEMO_NOW)
    assert truth.leads["1"].revenue == Decimal("1080.00")
    assert truth.leads["1"].customer_at == won[0].at
    assert truth.by_lead_source()["unattributed"].revenue == Decimal("50.00")
    june = date(2025, 6, 1)
    assert truth.won == {
        (june, "customer"): (2, Decimal("1050.00")),
        (june, "repeat_customer"): (1, Decimal("80.00")),
    }


def test_a_rate_older_than_a_week_is_no_rate() -> None:
    """A missing rate is an error that names currency and day, never a silent zero."""
    world = company()
    world.fx_rates = [FxRate(date(2025, 6, 2), "SEK", Decimal("0.0900"))]
    rates = Rates(world)
    assert rates.convert(Decimal(100), "SEK", date(2025, 6, 9)) == Decimal("9.00")
    with pytest.raises(LookupError, match="SEK for 2025-06-10"):
        rates.convert(Decimal(100), "SEK", date(2025, 6, 10))


def test_a_cost_without_codes_stands_at_unknown() -> None:
    """It must not be spread over the sources that have leads."""
    world = company(touch(1, "direct", "website"))
    world.costs = [Cost(date(2025, 6, 1), Decimal("12.50"), "EUR", "", "", "", "tools")]
    truth = compute_truth(world, DEMO_NOW)
    assert truth.sources[(date(2025, 6, 1), "unknown")].spend == Decimal("12.50")
    assert truth.by_lead_source()["direct"].spend == 0
