"""A shop from its files to published figures that were worked out by hand.

Guests, look-backs that restart, dates of another zone, and money at risk in badly tagged links.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.kit.company_run import Ran, run_company
from tests.kit.csv_company import environment

D = Decimal
FILES = {
    "tributary.yaml": """\
company: {name: Butik AB, reporting_currency: EUR, reporting_timezone: Europe/Stockholm}
attribution: {lookback_restarts: true, models: [last_touch, linear]}
inbox:
  - {path: touches.csv, stream: touchpoints}
  - {path: orders.csv, stream: conversions}
  - {path: leads.csv, stream: leads}
  - {path: deals.csv, stream: opportunities, format: {timezone: Asia/Tokyo}}
  - {path: spend.csv, stream: ad_spend}
""",
    "touches.csv": """\
touchpoint_id,occurred_at,visitor_id,email,lead_id,touch_type,utm_source,utm_medium,utm_campaign
ad,2026-03-01T10:00:00Z,v1,,,visit,google,cpc,PMax Spring
mail,2026-03-18T10:00:00Z,v1,,,email_click,list,email,
post,2026-03-02T10:00:00Z,,guest@kund.example,,visit,facebook,social,
fair,2026-03-08T10:00:00Z,,,L1,event,,,
weekly1,2026-03-10T10:00:00Z,v7,,,visit,ads-weekly,newsletter,Spring
weekly2,2026-03-12T10:00:00Z,v8,,,visit,ads-weekly,newsletter,Spring
""",
    "orders.csv": """\
conversion_id,lead_id,email,visitor_id,conversion_type,occurred_at,value
o1,,,v1,order,2026-03-05T10:00:00Z,10
o2,,,v1,order,2026-03-20T10:00:00Z,20
o3,,,v1,order,2026-03-25T10:00:00Z,30
o4,,Guest@kund.example,,order,2026-03-03T10:00:00Z,40
o5,,nobody@kund.example,,order,2026-03-03T10:00:00Z,50
""",
    "leads.csv": "lead_id,created_at\nL1,2026-03-09T10:00:00Z\n",
    "deals.csv": """\
opportunity_id,lead_id,created_at,amount,is_won,closed_at
d1,L1,2026-03-09,100,true,2026-03-10
d2,L1,2026-03-15,200,true,2026-04-01
""",
    "spend.csv": """\
date_day,platform,campaign_id,campaign_name,clicks,spend
2026-03-01,google_ads,1,PMax Spring,50,70.00
2026-03-09,meta_ads,9,Spring,5,10.00
2026-03-10,meta_ads,9,Spring,7,20.50
2026-03-11,meta_ads,9,Spring,3,4.25
2026-03-12,meta_ads,9,Spring,1,2.00
2026-03-13,meta_ads,9,Spring,100,99.00
2026-03-14,Facebok,,,4,6.00
2026-03-16,facebok,,,3,5.50
""",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The shop after one run."""
    folder = tmp_path_factory.mktemp("shop")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return run_company(environment(folder))


def test_an_order_needs_no_lead_and_looks_back_to_the_previous_one(shop: Ran) -> None:
    """A guest is a person by visitor or address alone; what sold once does not sell again.

    Without `lookback_restarts` the second order would share its credit with the ad, and the third
    would have the mail.
    """
    credited = shop.rows(
        """
        select credited_value, conversion_type, credit, lead_source
        from core.fct_attribution_credits
        inner join core.dim_lead_sources using (lead_source_key)
        where attribution_model = 'linear'
            and conversion_type in ('order', 'customer', 'repeat_customer')
        order by credited_value
        """,
    )
    assert credited == [
        (D(10), "order", D(1), "cross_network"),
        (D(20), "order", D(1), "email"),
        (D(30), "order", D(1), "unattributed"),
        (D(40), "order", D(1), "organic_social"),
        (D(50), "order", D(1), "unattributed"),
        (D(100), "customer", D(1), "event"),
        (D(200), "repeat_customer", D(1), "unattributed"),
    ]
    assert shop.rows(
        """
        select count(distinct person_key)
        from core.fct_conversions
        inner join core.dim_people using (person_key)
        where conversion_type = 'order' and person_key <> 'unknown' and not is_lead
        """,
    ) == [(3,)]


def test_a_deal_is_won_on_the_date_that_the_file_says(shop: Ran) -> None:
    """1 April in Tokyo began on 31 March in Stockholm, and the revenue was March's."""
    assert shop.rows(
        """
        select month, conversion_type, sum(value)
        from marts.attribution_performance
        where attribution_model = 'last_touch' and basis = 'conversion_date'
            and conversion_type in ('customer', 'repeat_customer')
        group by all
        order by month
        """,
    ) == [
        (date(2026, 3, 1), "customer", D(100)),
        (date(2026, 4, 1), "repeat_customer", D(200)),
    ]


def test_clicks_and_spend_at_risk_are_those_of_the_campaign_over_the_days_seen(
    shop: Ran,
) -> None:
    """A newsletter's ads counted as e-mail: 7 + 3 + 1 clicks, 20.50 + 4.25 + 2.00 euro.

    The campaign's days before the first and after the last such touch are not at risk.
    """
    assert shop.rows(
        """
        select issue, field, value, touches, clicks_at_risk, spend_at_risk, first_seen_on,
            last_seen_on
        from marts.utm_audit
        where field <> 'platform'
        """,
    ) == [
        (
            "paid_word_unpaid", "utm_source", "ads-weekly", 2, 11, D("26.75"),
            date(2026, 3, 10), date(2026, 3, 12),
        )
    ]  # fmt: skip


def test_a_platform_that_no_rule_knows_is_in_the_audit(shop: Ran) -> None:
    """A misspelt name had its money in the source `unknown`, and only a warning said so."""
    assert shop.rows(
        """
        select issue, value, touches, clicks_at_risk, spend_at_risk, first_seen_on, last_seen_on
        from marts.utm_audit
        where field = 'platform'
        """,
    ) == [("unmatched", "facebok", 0, 7, D("11.50"), date(2026, 3, 14), date(2026, 3, 16))]


def test_touches_and_money_of_a_campaign_meet_in_one_source(shop: Ran) -> None:
    """The clicks of a campaign called PMax were cross-network and its money paid search.

    So one source had no cost and the other nothing for it.
    """
    assert shop.rows(
        """
        select 'money', lead_source, lead_channel, sum(spend)
        from core.fct_ad_spend
        inner join core.dim_lead_sources using (lead_source_key)
        inner join core.dim_lead_channels using (lead_channel_key)
        where platform = 'google_ads'
        group by all
        union all
        select 'touch', lead_source, lead_channel, null
        from core.fct_touchpoints
        inner join core.dim_lead_sources using (lead_source_key)
        inner join core.dim_lead_channels using (lead_channel_key)
        inner join core.dim_campaigns using (campaign_key)
        where campaign_name = 'PMax Spring'
        order by 1
        """,
    ) == [
        ("money", "cross_network", "other", D(70)),
        ("touch", "cross_network", "other", None),
    ]
