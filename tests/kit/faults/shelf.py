"""Published generations whose contents show whether they are consistent.

Belongs here: making them and looking at them, with few imports: eight readers start at once. Does
not belong here: the readers and the kills (``test_readers``).
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.publication.publish import publish
from orchestration.publication.reader import open_published
from orchestration.quality.checks import Verdict
from tests.kit.days import COMPLETE_DAYS

if os.environ.get("TRIBUTARY_FAULTS_WORKSHOP"):
    # DuckDB imports them when it first sees a parameter. Otherwise every fork would, for 0.6 s, and
    # most kills would hit that.
    import pandas  # noqa: F401
    import pyarrow  # noqa: F401

RELATIONS = (("core", "fct_leads"), ("marts", "totals"), ("meta", "sources"))


def company(home: Path) -> Settings:
    """The settings of that home."""
    return Settings(home, None, Config(), "200MB", 1)


def build(home: str, version: int) -> None:
    """Write a warehouse whose every row carries the same version."""
    settings = company(Path(home))
    settings.build_dir.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(settings.warehouse_path), config={"threads": 1}) as con:
        con.execute("begin")
        for schema in ("ops", "core", "marts", "meta"):
            con.execute(f"create schema if not exists {schema}")
        con.execute(
            "create or replace table ops.ledger as "
            "select timestamp '2026-07-01' as window_end, timestamp '2026-06-30' as extracted_at"
        )
        con.execute(
            "create or replace table core.fct_leads as "
            f"select i as lead_key, {version} as version, i * {version} as revenue "
            "from range(5000) as t(i)"
        )
        con.execute(
            "create or replace table marts.totals as "
            "select version, count(*) as leads, sum(revenue) as revenue "
            "from core.fct_leads group by version"
        )
        con.execute(f"create or replace table meta.sources as select {version} as version")
        con.execute(COMPLETE_DAYS)
        con.execute("commit")


def publish_version(home: str, version: int) -> None:
    """Build a version and publish it."""
    build(home, version)
    publish(company(Path(home)), Verdict(f"run-{version}", (), RELATIONS))


def seen(settings: Settings) -> tuple[int, int]:
    """Generation and version that a reader sees; fails when two tables disagree.

    It runs three queries, as a dashboard does: a generation replaced in between must not show
    through.
    """
    with open_published(settings) as con:
        ((generation, run_id),) = con.execute(
            "select generation, run_id from meta.publication"
        ).fetchall()
        leads = con.execute(
            "select version, count(*), sum(revenue) from core.fct_leads group by version"
        ).fetchall()
        assert leads == con.execute("select * from marts.totals").fetchall()
        ((version,),) = con.execute("select version from meta.sources").fetchall()
        assert leads == [(version, 5000, version * 12_497_500)]
        assert run_id == f"run-{version}"
    return generation, version
