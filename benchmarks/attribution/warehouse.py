"""The warehouse that the project's models start from: everything before attribution, built.

Belongs here: the tables that attribution reads. Does not belong here: running it (``ours``).
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

import duckdb

from benchmarks.attribution import journeys
from benchmarks.attribution.journeys import CHANNELS, make_journeys, write_for_peers
from orchestration.configuration.attribution import Attribution, known_attribution_models
from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.foundation.repository import REPOSITORY
from orchestration.transform.dbt import run_dbt
from orchestration.warehouse import schema
from orchestration.warehouse.configuration_tables import write_config
from orchestration.warehouse.schema import ensure_schema

MODELS = ("path:models/attribution", "int_attribution__*")
"""The models of attribution, as dbt selects them."""

PREPARING_MEMORY = "3GB"
LOOKBACK_DAYS = 400
"""Longer than the journeys: peers have no look-back, and agreement needs the same paths."""

_LEADS = """
    select
        lead_key,
        substr(lead_key, 1, 12) as lead_id,
        'hubspot' as source_system,
        person_key,
        'unknown' as account_key,
        created_at,
        created_at as mql_at,
        created_at + to_seconds(date_diff('second', created_at, converted_at) // 2)
            as opportunity_at,
        converted_at as customer_at,
        created_at as created_until,
        opportunity_at as opportunity_until,
        customer_at as customer_until,
        true as is_customer,
        value as revenue
    from conversions
"""

_FILLED = {
    "core.fct_touchpoints": """
        select
            touches.touchpoint_key,
            touches.touchpoint_id,
            'matomo' as source_system,
            touches.person_key,
            channels.lead_source_key,
            channels.lead_channel_key,
            channels.campaign_key,
            'visit' as touch_type,
            'visitor' as identified_by,
            'https://www.example.com/pages/' || touches.person % 97 as landing_page,
            'Unassigned' as ga4_channel_group,
            'benchmark' as rule_id,
            cast({lookback} as double) as lookback_days,
            true as is_eligible,
            false as is_stitched,
            touches.occurred_at,
            touches.occurred_at as occurred_until
        from touches
        inner join channels using (channel)
        order by touches.occurred_at, touches.touchpoint_id
    """,
    "core.fct_conversions": """
        select
            conversion_key,
            'opportunity:' || person as conversion_id,
            'hubspot' as source_system,
            person_key,
            lead_key,
            'unknown' as account_key,
            'customer' as conversion_type,
            'EUR' as currency,
            value as value_native,
            value,
            false as is_stated,
            converted_at as occurred_at,
            converted_at as occurred_until,
            converted_at as journey_at,
            converted_at as journey_until
        from conversions
    """,
    "core.fct_leads": _LEADS,
    "intermediate.int_leads__identified": _LEADS,
}


_ANYTHING = {
    "VARCHAR": "unknown",
    "BOOLEAN": "false",
    "BIGINT": "0",
    "DATE": "2025-01-01",
    "TIMESTAMP": "2025-01-01",
}


def configuration() -> Config:
    """Every model enabled, and otherwise the product's own settings."""
    return Config(
        attribution=Attribution(
            models=known_attribution_models(),
            custom_weights={"first": 0.3, "last": 0.3, "middle": 0.4},
        )
    )


def settings_of(folder: Path, memory_limit: str = PREPARING_MEMORY) -> Settings:
    """Settings with paths below a folder; models run one at a time, with two threads."""
    return Settings(
        home=folder, config_path=None, config=configuration(), memory_limit=memory_limit, threads=2
    )


def fingerprint() -> str:
    """A hash of what a prepared warehouse depends on: the whole project except attribution."""
    files = [
        path
        for folder in ("models", "seeds", "dbt_project/macros")
        for path in (REPOSITORY / folder).rglob("*")
        if path.is_file() and "attribution" not in path.relative_to(REPOSITORY).as_posix()
    ]
    files += [REPOSITORY / "dbt_project/dbt_project.yml", Path(schema.__file__)]
    files += [Path(journeys.__file__), Path(__file__)]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def prepare(folder: Path, size: int) -> None:
    """Create the warehouse and the files of one size, unless they exist already.

    dbt builds the project without any data, so that every table has its columns; then the tables
    that attribution reads are filled.

    Args:
        folder: Emptied if it holds anything else.
        size: How many touches.

    Raises:
        RuntimeError: dbt failed; the message holds the end of its output.
    """
    stamp = folder / "prepared"
    made_of = f"{size} {fingerprint()}"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == made_of:
        return
    shutil.rmtree(folder, ignore_errors=True)
    settings = settings_of(folder)
    settings.warehouse_path.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse_path)) as con:
        ensure_schema(con)
        write_config(con, settings.config)
    built = run_dbt(
        settings,
        [
            *("build", "--exclude-resource-types", "test", "unit_test"),
            *("--select", *(f"+{name}" for name in MODELS)),
        ],
    )
    if built.returncode:
        raise RuntimeError(built.stdout[-4000:])
    with duckdb.connect(
        str(settings.warehouse_path),
        config={"memory_limit": PREPARING_MEMORY, "temp_directory": str(settings.spill_dir)},
    ) as con:
        make_journeys(con, size)
        _fill(con)
        write_for_peers(con, folder)
    stamp.write_text(made_of, encoding="utf-8")


def _fill(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "create temp table codes (channel integer, channel_code varchar, source_code varchar)"
    )
    con.executemany(
        "insert into codes values (?, ?, ?)",
        [[place, *names] for place, names in enumerate(CHANNELS)],
    )
    con.execute(
        """
        create temp table channels as
        select
            codes.channel,
            lead_sources.lead_source_key,
            lead_channels.lead_channel_key,
            md5('campaign:' || codes.channel) as campaign_key
        from codes
        inner join core.dim_lead_sources as lead_sources
            on codes.source_code = lead_sources.lead_source
        inner join core.dim_lead_channels as lead_channels
            on codes.channel_code = lead_channels.lead_channel
        """
    )
    for table, query in _FILLED.items():
        _replace(con, table, query.replace("{lookback}", str(LOOKBACK_DAYS)))


def _replace(con: duckdb.DuckDBPyConnection, table: str, query: str) -> None:
    """Columns that attribution does not read are null, or hold a filler where null is refused."""
    namespace, name = table.split(".")
    columns = con.execute(
        """
        select column_name, data_type, is_nullable
        from duckdb_columns()
        where schema_name = ? and table_name = ?
        """,
        [namespace, name],
    ).fetchall()
    filled = con.sql(query)
    chosen = [
        column if column in filled.columns else f"cast('{_ANYTHING[kind]}' as {kind}) as {column}"
        for column, kind, nullable in columns
        if column in filled.columns or not nullable
    ]
    con.execute(f"truncate {table}")
    con.execute(f"insert into {table} by name select {', '.join(chosen)} from filled")


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), int(sys.argv[2]))
