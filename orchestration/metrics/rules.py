"""What must be one value for a sum of a published table, and why.

Belongs here: the tables and their columns. Does not belong here: reading a statement
(``sums.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_TYPE = "conversion_type"


@dataclass(frozen=True, slots=True)
class Rule:
    """A column of which a sum may have only one value.

    Attributes:
        column: Its name; empty where no column makes the sum right.
        why: What a sum over several would do.
        measures: The sums that it is about; ``None`` for all, counts of rows among them.
        unless: A column, and its values of whose rows any sum is right.
    """

    column: str
    why: str
    measures: frozenset[str] | None = None
    unless: tuple[str, frozenset[str]] | None = None

    def remedy(self, table: str) -> str:
        """What to write instead."""
        if not self.column:
            return (
                f"Read the rows of {table} one by one, or count distinct leads of core.fct_leads "
                "and facts joined to it. Write it without the sum."
            )
        said = f"Filter {table}.{self.column} to one value, or group by it."
        won = " Won deals are 'customer' and 'repeat_customer'."
        return said + won if self.column == _TYPE else said


_MODEL = Rule(
    "attribution_model", "each model credits all conversions, so several count them again"
)
_DIMENSION = Rule("dimension", "sources and channels each have all conversions")
_STEP = Rule("step", "whoever reached a step is in the rows of all steps before it, too")
_MONEY = Rule("dimension", "sources, channels and campaigns each divide the same money")


def _type(*measures: str) -> Rule:
    return Rule(
        _TYPE,
        "a lead, an opportunity and a customer of one journey are each a conversion, and a won "
        "deal's value is at its opportunity, too",
        frozenset(measures),
    )


def _currency(measure: str) -> Rule:
    return Rule(
        "currency",
        f"{measure} is in the currency of its row; the column without _native is in one currency",
        frozenset({measure}),
    )


def _never(why: str, *measures: str) -> Rule:
    return Rule("", why, frozenset(measures))


_WHO_MET = _never("who met two pieces is in the rows of both", "people")


def _of_content(column: str) -> Rule:
    return Rule(
        column,
        "a lead or a deal of somebody who met two pieces is in the rows of both",
        frozenset({"leads", "customers", "opportunities", "pipeline_influenced"}),
    )


_MODELS = (
    "first_touch",
    "last_touch",
    "linear",
    "position_based",
    "j_shaped",
    "inverse_j",
    "u_lead",
    "w_shaped",
    "full_path",
    "custom",
    "time_decay",
    "last_non_direct",
    "first_non_direct",
    "last_paid",
    "first_paid",
    "shapley_coverage",
    "markov_path",
    "markov",
    "markov_2",
    "shapley_rate",
)
"""Each has columns of its own in wide tables."""

RULES: Mapping[str, tuple[Rule, ...]] = {
    "attribution_performance": (
        Rule("basis", "every credit is there twice, by conversion_date and by touch_date"),
        _MODEL,
        _type("conversions", "value"),
    ),
    "attribution": (_type("conversions"),),
    "fct_attribution_credits": (_MODEL, _type("credit", "credited_value")),
    "fct_attribution_removal_credits": (_type("credit", "credited_value"),),
    "fct_attribution_credits_wide": (_type(*_MODELS, *(f"{name}_value" for name in _MODELS)),),
    "fct_channel_attribution": (_DIMENSION, _MODEL, _type("conversions", "value")),
    "attribution_model_comparison": (
        _DIMENSION,
        _type(*(f"{name}_{kind}" for name in _MODELS for kind in ("conversions", "value"))),
    ),
    "fct_conversions": (_type("value", "value_native"), _currency("value_native")),
    "fct_opportunities": (_currency("amount_native"),),
    "fct_ad_spend": (_currency("spend_native"),),
    "fct_costs": (_currency("amount_native"),),
    "funnel_steps": (_STEP,),
    "budget_advice": (_MONEY,),
    "nurture_performance": (
        _never(
            "a lead that several channels reached is in several rows", "leads_nurtured", "customers"
        ),
    ),
    "email_performance": (
        _never(
            "one reader gets many mailings",
            "opened",
            "clicked",
            "scanned",
            "touched_leads",
            "customers",
        ),
    ),
    "email_link_performance": (
        _never(
            "who clicks two links is in both rows",
            "clicked",
            "scanned",
            "touched_leads",
            "leads_after",
        ),
    ),
    "post_performance": (
        _never("one person comes from several posts", "touched_leads", "customers"),
    ),
    "event_performance": (
        _never("who came to two events is in both rows", "touched_leads", "pipeline", "customers"),
    ),
    "outreach_performance": (
        _never(
            "who was contacted in two waves is in both rows",
            "leads",
            "customers",
            "held_out_customers",
        ),
    ),
    "advocate_performance": (
        _never(
            "whom the referred referred is in the rows of all who stand above",
            "people_of_all_generations",
            "customers_of_all_generations",
            "revenue_of_all_generations",
        ),
    ),
    "page_performance": (
        Rule("page_role", "a view that a visit landed on was seen as well"),
        Rule(
            "url",
            "a visit and a lead are in the rows of every page that was seen",
            frozenset({"visits", "visits_captured", "leads", "customers", "revenue"}),
            ("page_role", frozenset({"landing", "last_before_lead"})),
        ),
        _never("who saw two pages is in the rows of both", "people"),
    ),
    "content_performance": (_of_content("content_key"), _WHO_MET),
    "content_topic_performance": (_of_content("topic"), _of_content("format"), _WHO_MET),
    "utm_audit": (
        Rule("value", "a value may have several issues, so its touches are there several times"),
    ),
}
