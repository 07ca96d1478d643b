"""Tables of every model's results for the demo company, next to the planted truth.

Belongs here: the tables of ``docs/attribution.md``. Does not belong here: explaining the models,
which a person writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import duckdb

from orchestration.configuration.settings import Settings
from orchestration.publication.reader import open_published
from simulator.answers import Truth

LARGEST = 8
"""How many lead sources the tables show; the rest are added up."""

_MODELS = """
    select attribution_model, family
    from core.dim_attribution_models
    where is_enabled
    order by
        list_position(['role', 'decay', 'choice', 'coverage', 'removal', 'channel'], family),
        attribution_model
"""

_CREDITED = """
    with credited as (
        select attribution_model, lead_source_key as member_key, conversion_type,
            sum(credit) filter (where not is_correction) as conversions,
            sum(credited_value) as value
        from core.fct_attribution_credits
        group by all
        union all
        select attribution_model, member_key, conversion_type, conversions, value
        from core.fct_channel_attribution
        where dimension = 'lead_source'
    )

    select attribution_model, lead_source, conversions, coalesce(value, 0)
    from credited
    inner join core.dim_lead_sources on member_key = lead_source_key
    where conversion_type = 'customer'
"""

_INTERVALS = """
    select attribution_model, lead_source, conversions, conversions_low, conversions_high,
        standard_error, removal_effect, removal_effect_low, removal_effect_high
    from core.fct_channel_attribution
    inner join core.dim_lead_sources on member_key = lead_source_key
    where dimension = 'lead_source' and conversion_type = 'customer'
"""

Row = dict[str, float]


def model_tables(settings: Settings, truth: Truth) -> str:
    """Every model's figures next to the planted truth, as Markdown.

    Args:
        settings: Where the published file is.
        truth: The truth planted in the company.
    """
    with open_published(settings) as con:
        families = dict(con.execute(_MODELS).fetchall())
        shown = _largest(truth)
        parts = [
            _comparison(con, truth, families, shown, "Customers", 0),
            _comparison(con, truth, families, shown, "Revenue, thousand EUR", 1),
            _intervals(con, [name for name, kind in families.items() if kind == "channel"], shown),
        ]
    return "\n".join(parts)


def _largest(truth: Truth) -> list[str]:
    """The lead sources with the most customers, as planted."""
    customers: dict[str, int] = defaultdict(int)
    for (_, source), measures in truth.sources.items():
        customers[source] += measures.customers
    return sorted(customers, key=lambda source: (-customers[source], source))[:LARGEST]


def _origins(truth: Truth, measure: int) -> Row:
    """Customers and revenue by source: each lead belongs to its one origin."""
    found: Row = defaultdict(float)
    for (_, source), measures in truth.sources.items():
        found[source] += (float(measures.customers), float(measures.revenue))[measure]
    return found


def _comparison(
    con: duckdb.DuckDBPyConnection,
    truth: Truth,
    families: dict[str, str],
    shown: Sequence[str],
    title: str,
    measure: int,
) -> str:
    planted: dict[str, Row] = defaultdict(dict)
    for (model, kind, source), true in truth.credits.items():
        if kind == "customer":
            planted[model][source] = float(true[measure])
    published: dict[str, Row] = defaultdict(dict)
    for model, source, *figures in con.execute(_CREDITED).fetchall():
        published[model][source] = float(figures[measure])
    origins = _origins(truth, measure)
    lines = [_line("**planted: origin of the lead**", origins, shown, measure)]
    for model in families:
        if model in planted:
            lines.append(_line(f"**planted: {model}**", planted[model], shown, measure))
        lines.append(_line(f"`{model}`", published[model], shown, measure))
    return f"\n### {title}\n\n" + _table([title, *shown, "others", "unattributed", "all"], lines)


def _line(name: str, figures: Row, shown: Sequence[str], measure: int) -> list[str]:
    total = sum(figures.values())
    unattributed = figures.get("unattributed", 0.0)
    named = [figures.get(source, 0.0) for source in shown]
    others = total - sum(named) - unattributed
    form: Callable[[float], str] = (
        (lambda figure: f"{figure / 1000:,.0f}") if measure else (lambda figure: f"{figure:,.1f}")
    )
    return [name, *map(form, [*named, others, unattributed, total])]


def _intervals(con: duckdb.DuckDBPyConnection, models: Sequence[str], shown: Sequence[str]) -> str:
    found = {row[:2]: row[2:] for row in con.execute(_INTERVALS).fetchall()}
    lines = []
    for source in shown:
        cells = [source]
        # A small company may have sources that appear in no conversion's journey.
        if not all((model, source) in found for model in models):
            continue
        for model in models:
            point, low, high, error, *_ = found[model, source]
            stated = f", standard error {error:,.1f}" if error else ""
            cells.append(f"{point:,.1f} ({low:,.1f} to {high:,.1f}{stated})")
        for model in models:
            *_, effect, low, high = found[model, source]
            if effect is not None and effect == effect:
                cells.append(f"{effect:.1%} ({low:.1%} to {high:.1%})")
        lines.append(cells)
    effects = [f"removal effect, `{model}`" for model in models if model.startswith("markov")]
    head = ["Customers, with 90 % intervals", *(f"`{model}`" for model in models), *effects]
    return f"\n### Channel-level models with their intervals\n\n{_table(head, lines)}"


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *lines)) + "\n"
