"""The tables of the schemas ``raw`` and ``ops``.

Belongs here: their columns, and creating them. Does not belong here: filling them (``loading``,
``configuration_tables.py``).

Landing and the configuration can restore everything in ``raw`` and ``ops``. So a table whose
declaration changed is not migrated: it is dropped and its slices are loaded again.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from orchestration.connectors.field import Field, Type
from orchestration.connectors.registry import all_streams
from orchestration.connectors.stream import Stream
from orchestration.foundation.repository import seed_columns
from orchestration.foundation.sql import quoted, transaction

SQL_TYPES = {
    Type.STRING: "VARCHAR",
    Type.INTEGER: "BIGINT",
    Type.DOUBLE: "DOUBLE",
    Type.BOOLEAN: "BOOLEAN",
    Type.DATE: "DATE",
    Type.TIMESTAMP: "TIMESTAMP",
    Type.JSON: "VARCHAR",
    Type.EMAIL: "VARCHAR",
    Type.EMAILS: "VARCHAR",
    Type.PHONE: "VARCHAR",
}

SLICE_COLUMNS = (
    ("_slice_id", "VARCHAR"),
    ("_row_number", "BIGINT"),
    ("_extracted_at", "TIMESTAMP"),
    ("_account_id", "VARCHAR"),
    ("_sequence", "BIGINT"),
)

REPAIRED = "_cells_repaired"
"""In tables with decimals: how many of the row's were written as a double's approximation."""

SLICE_TABLES = ("ledger", "quarantine", "cells_cleared", "continued", "refused_slices")
"""The tables of ``ops`` that loading a slice writes."""

OPS_TABLES: dict[str, tuple[tuple[str, str], ...]] = {
    "ledger": (
        ("slice_id", "VARCHAR"),
        ("sequence", "BIGINT"),
        ("connector", "VARCHAR"),
        ("stream", "VARCHAR"),
        ("kind", "VARCHAR"),
        ("account_id", "VARCHAR"),
        ("window_start", "TIMESTAMP"),
        ("window_end", "TIMESTAMP"),
        ("extracted_at", "TIMESTAMP"),
        ("rows_in", "BIGINT"),
        ("rows_loaded", "BIGINT"),
        ("rows_quarantined", "BIGINT"),
        ("cells_repaired", "BIGINT"),
        ("cells_cleared", "BIGINT"),
        ("rows_left_out", "BIGINT"),
        ("sha256", "VARCHAR"),
        ("api_version", "VARCHAR"),
        ("unknown_fields", "VARCHAR"),
        ("source_zone", "VARCHAR"),
        ("loaded_at", "TIMESTAMP"),
        ("money_in", "DECIMAL(28,6)"),
        ("money_left_out", "DECIMAL(28,6)"),
    ),
    "quarantine": (
        ("slice_id", "VARCHAR"),
        ("connector", "VARCHAR"),
        ("stream", "VARCHAR"),
        ("account_id", "VARCHAR"),
        ("row_number", "BIGINT"),
        ("record", "VARCHAR"),
        ("reason_code", "VARCHAR"),
        ("detail", "VARCHAR"),
    ),
    "cells_cleared": (
        ("slice_id", "VARCHAR"),
        ("connector", "VARCHAR"),
        ("stream", "VARCHAR"),
        ("account_id", "VARCHAR"),
        ("column_name", "VARCHAR"),
        ("reason_code", "VARCHAR"),
        ("cells", "BIGINT"),
        ("example", "VARCHAR"),
        ("row_numbers", "BIGINT[]"),
    ),
    "continued": (
        ("slice_id", "VARCHAR"),
        ("connector", "VARCHAR"),
        ("stream", "VARCHAR"),
        ("account_id", "VARCHAR"),
        ("earlier_id", "VARCHAR"),
        ("sequence", "BIGINT"),
        ("rows_in", "BIGINT"),
        ("rows_loaded", "BIGINT"),
        ("filled", "VARCHAR"),
    ),
    "accounts_failed": (
        ("connector", "VARCHAR"),
        ("stream", "VARCHAR"),
        ("account_id", "VARCHAR"),
        ("failed_at", "TIMESTAMP"),
        ("message", "VARCHAR"),
    ),
    "refused_slices": (
        ("slice_id", "VARCHAR"),
        ("connector", "VARCHAR"),
        ("stream", "VARCHAR"),
        ("message", "VARCHAR"),
    ),
    "losses": (
        ("connector", "VARCHAR"),
        ("stream", "VARCHAR"),
        ("account_id", "VARCHAR"),
        ("reason_code", "VARCHAR"),
        ("rows", "BIGINT"),
        ("first_line", "BIGINT"),
        ("example", "VARCHAR"),
        ("money", "DECIMAL(28,6)"),
    ),
    "lost_cells": (
        ("connector", "VARCHAR"),
        ("stream", "VARCHAR"),
        ("account_id", "VARCHAR"),
        ("column_name", "VARCHAR"),
        ("reason_code", "VARCHAR"),
        ("cells", "BIGINT"),
    ),
    "money": (
        ("connector", "VARCHAR"),
        ("stream", "VARCHAR"),
        ("account_id", "VARCHAR"),
        ("loaded", "DECIMAL(28,6)"),
        ("refused", "DECIMAL(28,6)"),
        ("in_totals", "DECIMAL(28,6)"),
    ),
    "accepted_losses": (
        ("connector", "VARCHAR"),
        ("stream", "VARCHAR"),
        ("account_id", "VARCHAR"),
        ("rows_lost", "BIGINT"),
        ("rows_in", "BIGINT"),
        ("money_lost", "DECIMAL(28,6)"),
        ("money_in", "DECIMAL(28,6)"),
        ("accepted_at", "TIMESTAMP"),
    ),
    "models": (("fingerprint", "VARCHAR"),),
    "hashing": (("connector", "VARCHAR"), ("stream", "VARCHAR"), ("fingerprint", "VARCHAR")),
    "company": (
        ("name", "VARCHAR"),
        ("reporting_currency", "VARCHAR"),
        ("reporting_timezone", "VARCHAR"),
        ("fx_max_age_days", "BIGINT"),
        ("fiscal_year_month", "BIGINT"),
    ),
    "company_domains": (("domain", "VARCHAR"),),
    "unwanted_referrers": (("domain", "VARCHAR"),),
    "internal_hosts": (("domain", "VARCHAR"),),
    "brand_terms": (("term", "VARCHAR"),),
    "funnel_steps": (
        ("position", "BIGINT"),
        ("step", "VARCHAR"),
        ("name_en", "VARCHAR"),
        ("name_sv", "VARCHAR"),
        ("is_web", "BOOLEAN"),
        ("page", "VARCHAR"),
    ),
    "lead_quality_rules": (
        ("quality", "VARCHAR"),
        ("word", "VARCHAR"),
        ("priority", "BIGINT"),
        ("within_days", "BIGINT"),
    ),
    "content_patterns": (
        ("place", "BIGINT"),
        ("url", "VARCHAR"),
        ("topic", "VARCHAR"),
        ("format", "VARCHAR"),
    ),
    "campaign_aliases": (("alias", "VARCHAR"), ("campaign", "VARCHAR")),
    "lookbacks": (("touch_type", "VARCHAR"), ("lookback_days", "DOUBLE")),
    "attribution": (
        ("half_life_days", "DOUBLE"),
        ("visit_minutes", "DOUBLE"),
        ("fold_hits", "BOOLEAN"),
        ("account_scope", "BOOLEAN"),
        ("lookback_restarts", "BOOLEAN"),
        ("resamples", "BIGINT"),
        ("seed", "BIGINT"),
        ("shown_model", "VARCHAR"),
        ("default_basis", "VARCHAR"),
    ),
    "identity": (
        ("max_leads", "BIGINT"),
        ("max_leads_of_shared", "BIGINT"),
        ("max_emails", "BIGINT"),
        ("max_users", "BIGINT"),
        ("max_visitors", "BIGINT"),
        ("max_people_per_account", "BIGINT"),
    ),
    "enabled_models": (("attribution_model", "VARCHAR"),),
    "custom_weights": (("role", "VARCHAR"), ("weight", "DOUBLE")),
    "inbox_entries": (
        ("entry_id", "VARCHAR"),
        ("stream", "VARCHAR"),
        ("keeps_first", "BOOLEAN"),
        ("is_additive", "BOOLEAN"),
    ),
}
"""The tables of ``ops``: one row per slice, per quarantined record, per column and reason of
a slice's cleared cells, per account that failed last time, per stream whose personal values are
hashed, and the configuration as rows (written by ``configuration_tables.py``).
``classification_rules`` is added by ``ops_tables``."""


def ops_tables() -> dict[str, tuple[tuple[str, str], ...]]:
    """The tables of ``ops``; the company's own rules have the columns of the declared ones."""
    rules = tuple(
        (name, "BIGINT" if name == "priority" else "VARCHAR")
        for name in seed_columns("classification_rules")
    )
    return {**OPS_TABLES, "classification_rules": rules}


def table_name(connector: str, stream: Stream) -> str:
    """The table of a stream in the schema ``raw``."""
    return f"{connector}__{stream.name}"


def sql_type(field: Field) -> str:
    """The type of a field's column in ``raw``."""
    if field.type is Type.DECIMAL:
        return f"DECIMAL(18,{field.scale})"
    return SQL_TYPES[field.type]


def until_column(field: Field) -> str:
    """The column beside a TIMESTAMP that holds the end of a day whose time the source left out."""
    return f"{field.name.removesuffix('_at')}_until"


def raw_columns(stream: Stream) -> tuple[tuple[str, str], ...]:
    """Name and type of each column of a stream's table, in order."""
    columns: list[tuple[str, str]] = []
    for field in stream.fields:
        columns.append((field.column, sql_type(field)))
        if field.type is Type.TIMESTAMP:
            columns.append((f"{field.name}_zone", "VARCHAR"))
            columns.append((until_column(field), "TIMESTAMP"))
        if field.judged:
            columns.append((f"{field.name}_kind", "VARCHAR"))
    if any(field.type is Type.DECIMAL for field in stream.fields):
        return (*columns, *SLICE_COLUMNS, (REPAIRED, "BIGINT"))
    return (*columns, *SLICE_COLUMNS)


def ensure_schema(con: DuckDBPyConnection) -> None:
    """Create every table of ``raw`` and ``ops``, empty, for all known connectors and the inbox.

    A table of ``raw`` whose columns differ from the declaration is dropped and created again, and
    its slices leave the ledger, so that the next load brings them back from landing.
    """
    with transaction(con):
        con.execute("create schema if not exists raw")
        con.execute("create schema if not exists ops")
        existing = _existing_columns(con)
        rebuild = _ops_differs(existing)
        for name, columns in ops_tables().items():
            if existing.get(("ops", name)) != columns:
                _create(con, "ops", name, columns)
        for connector, stream in all_streams():
            name, columns = table_name(connector, stream), raw_columns(stream)
            if rebuild or existing.get(("raw", name)) != columns:
                _create(con, "raw", name, columns)
                for ops_table in SLICE_TABLES:
                    con.execute(
                        f"delete from ops.{ops_table} where connector = ? and stream = ?",
                        [connector, stream.name],
                    )


def _ops_differs(existing: dict[tuple[str, str], tuple[tuple[str, str], ...]]) -> bool:
    """Whether to recreate what loading writes, so that every slice is loaded again."""
    return any(existing.get(("ops", name)) != OPS_TABLES[name] for name in SLICE_TABLES)


def _existing_columns(
    con: DuckDBPyConnection,
) -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    rows = con.execute(
        """
        select schema_name, table_name, column_name, data_type
        from duckdb_columns()
        where database_name = current_database() and schema_name in ('raw', 'ops')
        order by schema_name, table_name, column_index
        """
    ).fetchall()
    for schema, table, column, data_type in rows:
        found.setdefault((schema, table), []).append((column, data_type))
    return {key: tuple(columns) for key, columns in found.items()}


def _create(
    con: DuckDBPyConnection, schema: str, name: str, columns: tuple[tuple[str, str], ...]
) -> None:
    body = ", ".join(f"{quoted(column)} {data_type}" for column, data_type in columns)
    con.execute(f"drop table if exists {schema}.{quoted(name)} cascade")
    con.execute(f"create table {schema}.{quoted(name)} ({body})")
