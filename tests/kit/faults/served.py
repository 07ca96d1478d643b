"""A company on the shelf whose generations also go to PostgreSQL.

Belongs here: publishing, serving, and what one reader of the server sees. Does not belong here: the
server (``postgres_server.py``) and the kills (``test_postgres``).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from orchestration.configuration.model import Config
from orchestration.configuration.secrets import Secret
from orchestration.configuration.serving import Postgres, Serving
from orchestration.configuration.settings import Settings
from orchestration.serving.postgres import serve
from tests.kit.faults import shelf

VARIABLE = "TRIBUTARY_TEST_POSTGRES"


def served_by(settings: Settings, **keys: Any) -> Settings:
    """A company with a server, whose address is in the environment."""
    connection = Secret(VARIABLE, "serving.postgres.connection")
    serving = Serving(postgres=Postgres(connection=connection, **keys))
    return replace(settings, config=Config(serving=serving))


def company(home: Path) -> Settings:
    """The settings of that home."""
    return served_by(shelf.company(home))


def publish_and_serve(home: str, version: int) -> None:
    """Build a version, publish it and serve it."""
    shelf.publish_version(home, version)
    serve(company(Path(home)))


def seen(cursor: Any) -> tuple[int, int]:
    """Generation and version in one query over every schema; fails when two of them disagree."""
    cursor.execute(
        "select generation, run_id, leads.version, leads.leads, leads.revenue, totals.version, "
        "totals.leads, totals.revenue, sources.version from (select version, count(*) as leads, "
        "sum(revenue)::bigint as revenue from core.fct_leads group by version) as leads, "
        "marts.totals, meta.sources, meta.publication"
    )
    ((generation, run_id, version, *others),) = cursor.fetchall()
    right = [5000, version * 12_497_500]
    assert [*map(int, others)] == [*right, version, *right, version], others
    assert run_id == f"run-{version}"
    return generation, version


def seen_by_several(cursor: Any) -> tuple[int, int]:
    """The same in one query per table within a transaction, as a dashboard does."""
    cursor.execute("select version, count(*) from core.fct_leads group by version")
    ((version, leads),) = cursor.fetchall()
    cursor.execute("select version, leads from marts.totals")
    assert cursor.fetchall() == [(version, leads)]
    cursor.execute("select generation, run_id from meta.publication")
    ((generation, run_id),) = cursor.fetchall()
    assert run_id == f"run-{version}"
    return generation, version
