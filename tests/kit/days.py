"""The days that a publication states, for warehouses made by hand.

Belongs here: a stand-in for one staging view. Does not belong here: how complete days are found.
"""

COMPLETE_DAYS = (
    "create schema if not exists staging;"
    "create or replace table staging.stg_ops__complete_days as "
    "select date '2025-01-01' as first_complete_day, date '2026-06-30' as last_complete_day;"
)
