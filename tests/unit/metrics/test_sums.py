"""Questions that sound right and are wrong are refused with the reason; right ones are answered."""

from __future__ import annotations

from operator import itemgetter

import pytest

from benchmarks.questions import PAGE, asked
from orchestration.metrics.sums import Misleading, check_sums

MART = "marts.attribution_performance"
WON = "conversion_type in ('customer', 'repeat_customer')"
BASIS = f"basis = 'touch_date' and {WON}"
ONE = f"{BASIS} and attribution_model = 'linear'"
LINEAR = "basis = 'touch_date' and attribution_model = 'linear'"

TRAPS = {
    "every model and basis at once": f"select sum(value) from {MART}",
    "both bases": f"select sum(value) from {MART} where attribution_model = 'linear'",
    "all models of a basis": f"select sum(value) from {MART} where basis = 'touch_date'",
    "by source, both bases": (
        f"select lead_source, sum(value) from {MART} where attribution_model = 'linear' group by 1"
    ),
    "two models together": (
        f"select sum(value) from {MART} where basis = 'touch_date' "
        "and attribution_model in ('linear', 'markov')"
    ),
    "an alternative instead of both": (
        f"select sum(value) from {MART} where basis = 'touch_date' or attribution_model = 'linear'"
    ),
    "all but one": (
        f"select sum(value) from {MART} where basis <> 'x' and attribution_model = 'linear'"
    ),
    "a pattern": (
        f"select sum(value) from {MART} where basis like '%' and attribution_model = 'linear'"
    ),
    "through a common table": (
        f"with a as (select * from {MART} where basis = 'touch_date') select sum(value) from a"
    ),
    "through a renamed column": (
        f"select sum(v) from (select attribution_model as m, value as v from {MART} "
        "where basis = 'touch_date')"
    ),
    "the models summed again": (
        f"select sum(v) from (select attribution_model, sum(value) as v from {MART} "
        "where basis = 'touch_date' group by 1)"
    ),
    "the column dropped on the way": (
        f"select sum(value) from (select value from {MART} where basis = 'touch_date')"
    ),
    "as a running total": (
        f"select sum(value) over (order by month) from {MART} where basis = 'touch_date'"
    ),
    "as a column of another query": (
        f"select name_en, (select sum(value) from {MART}) from core.dim_lead_sources"
    ),
    "in a condition": (
        f"select name_en from core.dim_lead_sources where (select sum(value) from {MART}) > 10"
    ),
    "an average": f"select avg(value) from {MART}",
    "a filter of the sum that leaves a basis open": (
        f"select sum(value) filter (where attribution_model = 'linear') from {MART}"
    ),
    "joined": (f"select sum(value) from {MART} join core.dim_lead_sources using (lead_source_key)"),
    "in one part of a union": (
        f"select 1 as v union all select sum(value) from {MART} where basis = 'touch_date'"
    ),
    "from first": f"from {MART} select sum(value)",
    "with a having": (
        f"select lead_source from {MART} where basis = 'touch_date' group by 1 "
        "having sum(value) > 9"
    ),
    "ordered by": (
        f"select lead_source from {MART} where basis = 'touch_date' group by 1 "
        "order by sum(value) desc"
    ),
    "leads and customers together": f"select sum(conversions) from {MART} where {LINEAR}",
    "a deal as an opportunity and as won": (
        f"select lead_source, sum(value) from {MART} where {LINEAR} group by 1"
    ),
    "the same, renamed": (
        f"select sum(v) from (select value as v, conversion_type from {MART} where {LINEAR})"
    ),
    "the same, by type and added again": (
        f"select sum(v) from (select conversion_type, sum(value) as v from {MART} "
        f"where {LINEAR} group by 1)"
    ),
    "the same, from the facts": "select sum(value) from core.fct_conversions",
    "the same, of one model and basis": "select sum(conversions) from marts.attribution",
    "the same, model by model": "select sum(linear_value) from core.fct_attribution_credits_wide",
    "the same, of the removal effects": (
        "select sum(credited_value) from core.fct_attribution_removal_credits"
    ),
    "the same, compared": (
        "select member_name, sum(linear_value) from marts.attribution_model_comparison "
        "where dimension = 'lead_source' group by 1"
    ),
    "several currencies": "select sum(spend_native) from core.fct_ad_spend",
    "steps of the funnel together": "select sum(entered) from marts.funnel_steps",
    "spend by source and by campaign": "select sum(spend) from marts.budget_advice",
    "a lead that two channels reached": "select sum(customers) from marts.nurture_performance",
    "who came to two events": (
        "select event_type, sum(touched_leads) from marts.event_performance group by 1"
    ),
    "a lead that saw two pages": (
        "select sum(leads) from marts.page_performance where page_role = 'seen'"
    ),
    "a lead by role that saw two pages": (
        "select page_role, sum(leads) from marts.page_performance group by page_role"
    ),
    "a lead that met two pieces": (
        "select format, sum(leads) from marts.content_performance group by 1"
    ),
    "a deal of somebody who met two topics": (
        "select topic, sum(pipeline_influenced) from marts.content_topic_performance group by 1"
    ),
    "another word for it": f"select mean(value) from {MART}",
    "another sum": f"select fsum(value) from {MART}",
    "a pivot": f"pivot {MART} on basis using sum(value)",
    "a pivot in a common table": (
        f"with a as (pivot {MART} on basis using sum(value) group by lead_source) select * from a"
    ),
    "lateral": (
        "select names.name_en, summed.v from core.dim_lead_sources as names, "
        f"lateral (select sum(value) as v from {MART} as m "
        "where m.lead_source_key = names.lead_source_key) as summed"
    ),
    "in parentheses": (
        f"select sum(value) from ({MART} join core.dim_lead_sources using (lead_source_key))"
    ),
    "a filter of another table": (
        f"select sum(a.value) from {MART} as a join core.dim_lead_sources as b "
        "using (lead_source_key) where b.basis = 'touch_date' and b.attribution_model = 'linear' "
        f"and a.{WON}"
    ),
    "a filter that an outer join ignores": (
        f"select sum(a.value) from {MART} as a left join core.dim_lead_sources as b "
        f"on a.lead_source_key = b.lead_source_key and {ONE}"
    ),
    "averaged rates, renamed": (
        "select avg(r) from (select conversion_rate as r from marts.lead_source_performance)"
    ),
    "averaged rates, computed": (
        "with a as (select month, round(sum(customers) / nullif(sum(leads), 0), 3) as r "
        "from marts.lead_source_performance group by 1) select avg(r) from a"
    ),
    "averaged rates, as per cent": (
        "select avg(round(conversion_rate * 100, 1)) from marts.lead_source_performance"
    ),
    "averaged rates, in another word": (
        "select mean(conversion_rate) from marts.lead_source_performance"
    ),
    "credits of all types": (
        "select sum(credit) from core.fct_attribution_credits where attribution_model = 'linear'"
    ),
    "credits of all models": "select sum(credited_value) from core.fct_attribution_credits",
    "credits counted": "select count(conversion_key) from core.fct_attribution_credits",
    "sources and channels": "select sum(linear_value) from marts.attribution_model_comparison",
    "members of both kinds": (
        "select sum(value) from core.fct_channel_attribution where attribution_model = 'markov'"
    ),
    "issues added up": "select sum(touches) from marts.utm_audit",
    "averaged rates": "select avg(conversion_rate) from marts.lead_source_performance",
    "averaged rates, some": (
        "select avg(conversion_rate) filter (where leads > 9) from marts.lead_source_performance"
    ),
    "averaged cost": "select avg(cost_per_lead) from marts.campaign_performance",
    "summed returns": "select sum(roi) from marts.lead_channel_performance",
    "averaged returns": "select avg(cast(roas as double)) from marts.campaign_performance",
    "averaged acquisition cost": "select avg(cac) from marts.campaign_performance",
    "averaged medians": "select avg(median_days_to_customer) from marts.source_channel_matrix",
    "median of rates": "select median(conversion_rate) from marts.lead_source_performance",
    "bounds of intervals": "select avg(conversion_rate_low) from marts.lead_source_performance",
    "averaged win rates": "select avg(win_rate) from marts.lead_source_performance",
    "in capitals": "SELECT SUM(VALUE) FROM MARTS.ATTRIBUTION_PERFORMANCE",
    "quoted": 'select sum("value") from "marts"."attribution_performance"',
}

FINE = (
    f"select lead_source, sum(value) from {MART} where {ONE} group by 1",
    f"select attribution_model, sum(value) from {MART} where {BASIS} group by all",
    f"select attribution_model as m, sum(value) from {MART} where {BASIS} group by m",
    f"select sum(value) from {MART} where ({ONE}) and month >= date '2026-01-01'",
    f"select sum(value) from {MART} where attribution_model in ('linear') and 'touch_date' = basis "
    f"and {WON}",
    f"""select
        sum(value) filter (where attribution_model = 'linear') as linear,
        sum(value) filter (where attribution_model = 'markov') as markov
    from {MART} where {BASIS}""",
    f"with a as (select * from {MART} where {BASIS}) "
    "select sum(value) from a where attribution_model = 'linear'",
    f"select sum(conversions) from {MART} where {ONE}",
    f"select conversion_type, sum(value) from {MART} where {LINEAR} group by 1",
    "select lead_source_name, sum(revenue), sum(pipeline) from marts.attribution group by all",
    f"select sum(value) from core.fct_conversions where {WON}",
    f"select sum(linear_value) from core.fct_attribution_credits_wide where {WON}",
    "select lead_key, count(*) from core.fct_conversions group by 1",
    "select currency, sum(spend_native), sum(spend) from core.fct_ad_spend group by 1",
    "select sum(credit), sum(credited_value) from marts.nurture_performance",
    "select step, sum(entered) from marts.funnel_steps group by step",
    "select sum(spend) from marts.budget_advice where dimension = 'lead_source'",
    "select sum(new_leads), sum(spend), avg(customers) from marts.event_performance",
    "select avg(days_to_customer) from marts.leads where is_mature",
    "select sum(leads), sum(visits) from marts.page_performance where page_role = 'landing'",
    "select url, sum(leads) from marts.page_performance as p where p.page_role = 'seen' group by 1",
    "select sum(views) from marts.page_performance where 'seen' = page_role",
    "select title, sum(leads) from marts.content_performance group by content_key, title",
    "select format, sum(revenue_credited) from marts.content_performance group by format",
    "select topic, format, sum(leads) from marts.content_topic_performance group by all",
    f"select sum(b.value) from core.dim_lead_sources as a left join {MART} as b "
    f"on a.lead_source_key = b.lead_source_key and {ONE}",
    f"select attribution_model, sum(value) over (partition by attribution_model) from {MART} "
    f"where {BASIS}",
    f"select count(*) from {MART}",
    f"select count(distinct attribution_model) from {MART}",
    f"select * from {MART} limit 3",
    f"describe {MART}",
    "show all tables",
    "select sum(leads), sum(customers) / nullif(sum(leads), 0) from marts.lead_source_performance",
    "select max(conversion_rate) from marts.lead_source_performance",
    "select sum(conversion_rate * leads) / sum(leads) from marts.lead_source_performance",
    "select sum(linear_value) from marts.attribution_model_comparison "
    "where dimension = 'lead_source' and conversion_type = 'customer'",
    "select sources.name_en, summed.v from core.dim_lead_sources as sources join "
    f"(select lead_source_key, sum(value) as v from {MART} where {ONE} group by 1) as summed "
    "using (lead_source_key)",
    "select 1",
)


@pytest.mark.parametrize("sql", TRAPS.values(), ids=TRAPS)
def test_a_trap_is_refused(sql: str) -> None:
    """The refusal says why and what to write instead."""
    with pytest.raises(Misleading) as refusal:
        check_sums(sql)
    assert any(word in str(refusal.value) for word in ("Filter", "Divide", "Write it"))


@pytest.mark.parametrize("sql", FINE)
def test_a_right_question_is_answered(sql: str) -> None:
    """A guard that cries wolf is switched off."""
    check_sums(sql)


def test_what_cannot_be_read_is_refused_where_it_sums() -> None:
    """A statement beyond the parser might be any of the traps."""
    with pytest.raises(Misleading, match="cannot be judged"):
        check_sums(f"select sum(value from {MART}")
    check_sums("select ((1")


@pytest.mark.parametrize("question", asked(PAGE.read_text(encoding="utf-8")), ids=itemgetter(1))
def test_what_the_docs_ask_may_be_asked(question: tuple[int, str, str]) -> None:
    """An assistant that copies a question of docs/marts.md is not refused."""
    check_sums(question[2])
