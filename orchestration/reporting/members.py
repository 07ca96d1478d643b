"""Lead sources and lead channels: what they bring, how they meet, what each model says.

Belongs here: reading them, with names in the report's language. Does not belong here: campaigns
(``campaigns.py``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from orchestration.foundation.sql import date_literal, quoted
from orchestration.reporting.about import About
from orchestration.reporting.chance import interval
from orchestration.reporting.measures import measures

MATRIX = 12
"""Rows and columns of the matrix; the others are summed."""
REST = ""
"""The key of those that are summed."""
_MODELS = ("first_touch", "position_based", "linear", "last_touch", "markov")
"""Those that differ most and that people know; others where a company computes none of them."""
_MOST_MODELS = 5

_MEASURES = ("leads", "customers", "revenue", "spend")
_PERFORMANCE = """
select
    {member}_key,
    {measures}
from marts.{member}_performance
where month between {first} and {last}
group by {member}_key
having sum(leads) <> 0 or sum(revenue) <> 0 or sum(spend) <> 0
order by leads desc, revenue desc, {member}_key
"""

_MATRIX = """
select lead_source_key, lead_channel_key, cast(sum(leads) as bigint)
from marts.source_channel_matrix
where month between {first} and {last}
group by lead_source_key, lead_channel_key
having sum(leads) > 0
order by lead_source_key, lead_channel_key
"""

_ENABLED = """
select attribution_model, coalesce({name}, attribution_model)
from core.dim_attribution_models
where is_enabled
order by attribution_model
"""


@dataclass(frozen=True, slots=True)
class Member:
    """What a lead source or a lead channel brought.

    Attributes:
        name: In the report's language.
        leads: Created in the period.
        customers: Those of them that became one by now.
        revenue: Of these leads by now.
        spend: Of the period.
    """

    name: str
    leads: int
    customers: int
    revenue: Decimal
    spend: Decimal

    @property
    def rate(self) -> float | None:
        """The share of leads that became customers; ``None`` without leads."""
        return self.customers / self.leads if self.leads else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The rate's 90 % interval."""
        return interval(self.customers, self.leads)

    @property
    def cost_per_lead(self) -> Decimal | None:
        """``None`` without leads or recorded spend."""
        return self.spend / self.leads if self.leads and self.spend else None


@dataclass(frozen=True, slots=True)
class Matrix:
    """How many leads came by which source and acted by which channel.

    Attributes:
        sources: Names of the rows, the largest first; the last one may be all others.
        channels: Names of the columns, likewise.
        leads: By row, then column.
    """

    sources: list[str]
    channels: list[str]
    leads: list[list[int]]


@dataclass(frozen=True, slots=True)
class Models:
    """What the models say that each lead source earned, over all time.

    Attributes:
        models: Their names.
        sources: Each source's name and its credited value under each model.
    """

    models: list[str]
    sources: list[tuple[str, list[Decimal]]]


def names(con: duckdb.DuckDBPyConnection, member: str, about: About) -> Mapping[str, str]:
    """The names by key of all members of a dimension: ``lead_source`` or ``lead_channel``."""
    return dict(
        con.execute(
            f"select {member}_key, coalesce(name_{about.language}, name_en, {member}) "
            f"from core.dim_{member}s"
        ).fetchall()
    )


def performance(
    con: duckdb.DuckDBPyConnection, member: str, about: About, first: date, last: date
) -> list[Member]:
    """The members of a dimension over some months, those with most leads first."""
    known = names(con, member, about)
    sql = _PERFORMANCE.format(
        member=member,
        measures=measures(f"{member}_performance", *_MEASURES),
        first=date_literal(first),
        last=date_literal(last),
    )
    rows = con.execute(sql).fetchall()
    return [Member(known.get(key, key), *figures) for key, *figures in rows]


def matrix(
    con: duckdb.DuckDBPyConnection, about: About, first: date, last: date, others: str
) -> Matrix:
    """Sources and channels crossed.

    Args:
        con: A published file.
        about: The company.
        first: The first month.
        last: The last one.
        others: The name of what is summed.
    """
    sql = _MATRIX.format(first=date_literal(first), last=date_literal(last))
    cells = con.execute(sql).fetchall()
    rows = _largest([(source, leads) for source, _, leads in cells])
    columns = _largest([(channel, leads) for _, channel, leads in cells])
    summed: dict[tuple[str, str], int] = defaultdict(int)
    for source, channel, leads in cells:
        place = (source if source in rows else REST, channel if channel in columns else REST)
        summed[place] += leads
    sources = names(con, "lead_source", about)
    channels = names(con, "lead_channel", about)
    return Matrix(
        [sources.get(key, others) for key in rows],
        [channels.get(key, others) for key in columns],
        [[summed[row, column] for column in columns] for row in rows],
    )


def _largest(counts: list[tuple[str, int]]) -> list[str]:
    """The keys with the largest sums, and ``REST`` where there are more."""
    sums: dict[str, int] = defaultdict(int)
    for key, count in counts:
        sums[key] += count
    keys = sorted(sums, key=lambda key: (-sums[key], key))
    return keys if len(keys) <= MATRIX + 1 else [*keys[:MATRIX], REST]


def models(con: duckdb.DuckDBPyConnection, about: About) -> Models | None:
    """Revenue of each source under the models; ``None`` where fewer than two are computed."""
    enabled = dict(con.execute(_ENABLED.format(name=f"name_{about.language}")).fetchall())
    chosen = [name for name in _MODELS if name in enabled]
    chosen += [name for name in enabled if name not in _MODELS]
    chosen = chosen[:_MOST_MODELS]
    if len(chosen) < 2:
        return None
    columns = ", ".join(f"sum({quoted(f'{name}_value')})" for name in chosen)
    rows = con.execute(
        f"select member_key, {columns} from marts.attribution_model_comparison "
        "where dimension = 'lead_source' "
        "and conversion_type in ('customer', 'repeat_customer') group by member_key"
    ).fetchall()
    known = names(con, "lead_source", about)
    sources = [
        (known.get(key, key), [value or Decimal() for value in values]) for key, *values in rows
    ]
    sources = [(name, values) for name, values in sources if any(values)]
    sources.sort(key=lambda source: (-max(source[1]), source[0]))
    return Models([enabled[name] for name in chosen], sources) if sources else None
