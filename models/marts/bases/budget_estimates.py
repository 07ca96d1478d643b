"""Advice on each member's spend: resampled weeks, which NumPy turns in memory."""

from orchestration.attribution.budget import advice_table


def model(dbt, session):
    """Returns with their intervals, advice and reason, by dimension and member."""
    dbt.config(materialized="table")
    return advice_table(dbt.ref("budget_weeks").df())
