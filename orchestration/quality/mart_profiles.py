"""Condenses the marts to the few rows that the mart suites judge.

Belongs here: the SQL over ``core`` and ``marts``. Does not belong here: thresholds
(``suites.py``), or sums between tables (dbt's reconciliation tests).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import duckdb
import pandas as pd

from orchestration.foundation.sql import quoted
from orchestration.quality.suites import MONTHLY_MARTS

_COUNTS = ("leads", "mqls", "sqls", "opportunities", "customers")


def mart_profiles(con: duckdb.DuckDBPyConnection) -> Mapping[str, Callable[[], pd.DataFrame]]:
    """How to measure each mart suite, by the suite's name."""
    return {
        **{name: _monthly(con, name) for name in MONTHLY_MARTS},
        "fct_attribution_credits": lambda: _credits(con),
        "attribution_performance": lambda: _attribution(con),
    }


def _monthly(con: duckdb.DuckDBPyConnection, mart: str) -> Callable[[], pd.DataFrame]:
    """One row per month from first to last; one row without a month when all are missing."""
    member = mart.removesuffix("_performance")
    lowest = ", ".join(f"min({name})" for name in _COUNTS)
    sql = f"""
    with months as (
        select
            month,
            count(*) as rows,
            least({lowest}) as lowest_count,
            count(*) filter (where {{not_finite}}) as not_finite
        from marts.{mart}
        group by month
    ),

    spine as (
        select cast(unnest(generate_series(first, last, interval 1 month)) as date) as month
        from (select min(month) as first, max(month) as last from months)
        where first is not null
        union all
        -- A row without a month means that there are leads, but no month shows them.
        select cast(null as date)
        where
            (select count(*) from months) = 0
            and (select count(*) from core.fct_leads where lead_key <> 'unknown') > 0
    ),

    unknown as (
        select
            coalesce(
                cast(sum(leads) filter (where {member} = 'unknown') as double)
                / nullif(sum(leads), 0),
                0
            ) as unknown_share
        from marts.{mart}
    )

    select
        coalesce(strftime(spine.month, '%Y-%m'), 'no month') as label,
        strftime(spine.month, '%Y-%m') as month,
        cast(coalesce(months.rows, 0) as bigint) as rows,
        cast(coalesce(months.lowest_count, 0) as double) as lowest_count,
        cast(coalesce(months.not_finite, 0) as bigint) as not_finite,
        unknown.unknown_share
    from spine
    left join months on spine.month = months.month
    cross join unknown
    order by spine.month
    """
    return lambda: con.execute(sql.format(not_finite=_not_finite(con, "marts", mart))).df()


_CREDITABLE = """
    touch_level_models as (
        select attribution_model from core.dim_attribution_models
        where is_enabled and family <> 'channel'
    ),

    conversions as (
        select
            conversion_type,
            count(*) filter (where not is_correction) as conversions,
            coalesce(sum(value), 0) as value
        from core.fct_conversions
        group by conversion_type
    )
"""
"""Models that credit touches, and the totals that each of them must distribute."""


def _credits(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per enabled model that credits touches and conversion type."""
    return con.execute(
        f"""
        with {_CREDITABLE},

        credits as (
            select
                attribution_model,
                conversion_type,
                sum(credit) filter (where not is_correction) as credit,
                coalesce(sum(credited_value), 0) as value
            from core.fct_attribution_credits
            group by attribution_model, conversion_type
        )

        select
            models.attribution_model || '/' || conversions.conversion_type as label,
            cast(coalesce(credits.credit, 0) - conversions.conversions as double)
                as conversions_difference,
            cast(coalesce(credits.value, 0) - conversions.value as double) as value_difference
        from touch_level_models as models
        cross join conversions
        left join credits
            on
                models.attribution_model = credits.attribution_model
                and conversions.conversion_type = credits.conversion_type
        order by all
        """
    ).df()


def _attribution(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per basis, enabled model that credits touches and conversion type."""
    return con.execute(
        f"""
        with {_CREDITABLE},

        attributed as (
            select
                basis,
                attribution_model,
                conversion_type,
                sum(conversions) as conversions,
                coalesce(sum(value), 0) as value,
                count(*) filter (
                    where {_not_finite(con, "marts", "attribution_performance")}
                ) as not_finite
            from marts.attribution_performance
            group by basis, attribution_model, conversion_type
        )

        select
            bases.basis || '/' || models.attribution_model || '/' || conversions.conversion_type
                as label,
            cast(coalesce(attributed.conversions, 0) - conversions.conversions as double)
                as conversions_difference,
            cast(coalesce(attributed.value, 0) - conversions.value as double) as value_difference,
            cast(coalesce(attributed.not_finite, 0) as bigint) as not_finite
        from touch_level_models as models
        cross join conversions
        cross join (values ('conversion_date'), ('touch_date')) as bases(basis)
        left join attributed
            on
                bases.basis = attributed.basis
                and models.attribution_model = attributed.attribution_model
                and conversions.conversion_type = attributed.conversion_type
        order by all
        """
    ).df()


def _not_finite(con: duckdb.DuckDBPyConnection, schema: str, relation: str) -> str:
    """Whether any floating-point column of a row is NaN or infinite, as SQL."""
    rows = con.execute(
        "select column_name from duckdb_columns() where database_name = current_database() "
        "and schema_name = ? and table_name = ? and data_type in ('DOUBLE', 'FLOAT')",
        [schema, relation],
    ).fetchall()
    return " or ".join(f"not isfinite({quoted(row[0])})" for row in rows) or "false"
