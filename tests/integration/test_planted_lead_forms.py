"""Lead forms at Meta: each filled-in one, and whom sales know too, against what was planted."""

from __future__ import annotations

from collections import Counter

from tests.kit.demo import Demo


def test_every_form_is_the_touch_that_was_planted(demo: Demo) -> None:
    """Paid for with campaign, ad and network, or of the page itself; the form by its name."""
    forms = {form.form_id: form.name for form in demo.world.lead_forms}
    planted = {
        lead.contact.contact_id: (
            lead.contact.created_at.replace(tzinfo=None),
            "paid_social" if lead.ad else "organic_social",
            "social_ad" if lead.ad else "social_post",
            "meta_ads" if lead.ad else "unknown",
            lead.ad.campaign_id if lead.ad else "unknown",
            forms[lead.form_id],
        )
        for lead in demo.world.form_leads
    }
    published = demo.rows(
        "select touchpoint_id, occurred_at, lead_source, lead_channel, platform, campaign_id, "
        "content from core.fct_touchpoints "
        "inner join core.dim_lead_sources using (lead_source_key) "
        "inner join core.dim_lead_channels using (lead_channel_key) "
        "inner join core.dim_campaigns using (campaign_key) where source_system = 'meta_leads'"
    )
    assert {row[0]: row[1:] for row in published} == planted
    assert {row[2] for row in published} == {"paid_social", "organic_social"}
    assert len(published) == len(planted)


def test_a_form_and_what_sales_wrote_down_are_one_person(demo: Demo) -> None:
    """As many people as there are, and for each as many leads as it was."""
    people = {lead.contact.person_id for lead in demo.world.form_leads}
    planted = Counter(
        lead.contact.person_id
        for lead in demo.truth.leads.values()
        if lead.contact.person_id in people
    )
    published = demo.rows(
        "select count(*) from core.fct_leads where person_key in "
        "(select person_key from core.fct_leads where source_system = 'meta_leads') "
        "and person_key <> 'unknown' group by person_key"
    )
    assert Counter(row[0] for row in published) == Counter(planted.values())
    assert {1, 2} == set(planted.values())


def test_a_form_brought_the_leads_and_customers_that_were_planted(demo: Demo) -> None:
    """Lead by lead: those that originated in a form, in both systems, and what they bought."""
    planted = {
        key: (lead.lead_source, *lead.source_campaign, lead.revenue, lead.quality)
        for key, lead in demo.truth.leads.items()
        if lead.origin is not None and lead.origin.via == "meta_leads"
    }
    published = demo.rows(
        "select leads.lead_id, lead_source, platform, campaign_id, revenue, quality "
        "from core.fct_leads as leads "
        "inner join core.fct_touchpoints as touches "
        "on leads.first_touchpoint_key = touches.touchpoint_key "
        "inner join core.dim_lead_sources as sources "
        "on leads.lead_source_key = sources.lead_source_key "
        "inner join core.dim_campaigns as campaigns "
        "on leads.source_campaign_key = campaigns.campaign_key "
        "where touches.source_system = 'meta_leads'"
    )
    assert {row[0]: row[1:] for row in published} == planted
    crm = [row for key, row in planted.items() if demo.truth.leads[key].customer_at]
    assert [row[3] > 0 for row in crm] == [True] * len(crm)
    assert crm, "a customer whom sales wrote down after the form"
