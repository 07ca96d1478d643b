"""Where leads come from, what made them act, and what they earned."""

from __future__ import annotations

from collections import Counter

from tests.kit.models.built import Built


def test_every_lead_equals_the_reference(built: Built) -> None:
    """Source of the first and channel of the last eligible touch that is not direct.

    Else what the CRM says, else what the lead says, else direct: one untagged visit does not
    outvote what the CRM and the person said.

    Revenue from stated conversions, else won deals, else the lead's own value.
    """
    actual = {
        lead_id: rest
        for lead_id, *rest in built.con.execute(
            """
            select
                leads.lead_id, sources.lead_source, channels.lead_channel,
                nullif(tracked.lead_source, 'unknown'), leads.is_customer, leads.revenue
            from core.fct_leads as leads
            inner join core.dim_lead_sources as sources using (lead_source_key)
            inner join core.dim_lead_channels as channels using (lead_channel_key)
            inner join core.dim_lead_sources as tracked
                on leads.tracked_source_key = tracked.lead_source_key
            """
        ).fetchall()
    }
    expected = {lead_id: list(answer) for lead_id, answer in built.expected.leads.items()}
    assert actual == expected
    assert len(Counter(answer[0] for answer in expected.values())) > 5


def test_touches_and_crm_records_equal_the_reference(built: Built) -> None:
    """A crm_record exists only for leads of which somebody says what no tracked touch does.

    Direct touches say nothing, so beside them it exists where it names another origin.

    A form exists only where the lead's row carries evidence.
    """
    actual = {
        touchpoint_id: rest
        for touchpoint_id, *rest in built.con.execute(
            """
            select
                touchpoints.touchpoint_id, touchpoints.touch_type,
                sources.lead_source, channels.lead_channel
            from core.fct_touchpoints as touchpoints
            inner join core.dim_lead_sources as sources using (lead_source_key)
            inner join core.dim_lead_channels as channels using (lead_channel_key)
            where touchpoint_key <> 'unattributed' and touchpoint_id not like 'ga4:%'
                and touchpoint_id not like 'case:%'
            """
        ).fetchall()
    }
    expected = {
        touch.touchpoint_id: [touch.touch_type, touch.source, touch.channel]
        for touch in built.expected.touches
    }
    assert actual == expected


def test_people_partition_touches_as_the_reference_does(built: Built) -> None:
    """Only identifiers that meet, directly or through others, are one person."""
    rows = built.con.execute(
        "select touchpoint_id, person_key from core.fct_touchpoints "
        "where touchpoint_key <> 'unattributed' and touchpoint_id not like 'ga4:%' "
        "and touchpoint_id not like 'case:%'"
    ).fetchall()
    expected = {touch.touchpoint_id: touch.person for touch in built.expected.touches}
    pairs = {(person_key, expected[touchpoint_id]) for touchpoint_id, person_key in rows}
    assert len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs})


def test_a_code_that_only_data_states_is_an_inferred_member(built: Built) -> None:
    """`Olark Chat` and `olark-chat` are one code, kept and visible as undeclared."""
    rows = built.con.execute(
        "select lead_source, name_en from core.dim_lead_sources where not is_declared"
    ).fetchall()
    assert sorted(rows) == [
        ("brand_search", "Brand search"),  # a rule of the company names it
        ("olark_chat", "Olark chat"),
        ("podcast", "Podcast"),
        ("выставка", "Выставка"),
    ]


def test_special_members_have_their_words_as_keys(built: Built) -> None:
    """Facts can be read without a join: unknown and unattributed are those literal words."""
    for table, key in (
        ("dim_lead_sources", "lead_source_key"),
        ("dim_lead_channels", "lead_channel_key"),
        ("dim_campaigns", "campaign_key"),
    ):
        found = built.con.execute(
            f"select count(*) from core.{table} where {key} in ('unknown', 'unattributed')"
        ).fetchone()
        assert found == (2,), table
    for table, key in (("dim_people", "person_key"), ("dim_accounts", "account_key")):
        found = built.con.execute(
            f"select count(*) from core.{table} where {key} = 'unknown'"
        ).fetchone()
        assert found == (1,), table
