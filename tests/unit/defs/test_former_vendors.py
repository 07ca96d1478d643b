"""A vendor that left the configuration: its history stays, whatever is made again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb

from orchestration.configuration.model import Config, ConnectorConfig
from orchestration.configuration.settings import Settings
from orchestration.configuration.streams import former_streams
from orchestration.connectors.registry import find_stream
from orchestration.defs.sources.assets import source_assets
from orchestration.extract.landing import Landing
from orchestration.quality.expected import expected_checks
from orchestration.quality.run import check_boundary
from orchestration.warehouse.connection import connect

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
CHECK = "accounting.hubspot.contact_ids"


def test_a_warehouse_that_is_made_again_has_a_former_vendors_records(tmp_path: Path) -> None:
    """A company that had replaced its CRM lost ten years with the next ``--rebuild``.

    So it did with every erasure, and nothing that guards a publish saw it. An account that was
    revoked before it left is read no more, so it is not named as one that could not be read.
    """
    settings = Settings(tmp_path, tmp_path / "tributary.yaml", Config(), fixed_now=NOW)
    stream = find_stream("hubspot", "contact_ids")
    landing = Landing(settings.landing_dir)
    with landing.begin("hubspot", stream, "1", extracted_at=NOW) as writer:
        writer.append({"id": "7", "archived": False, "updatedAt": "2026-01-01T00:00:00Z"})
        writer.commit()
    assert former_streams(settings) == [("hubspot", stream)]
    known = Config(connectors={"hubspot": ConnectorConfig()})
    assert former_streams(Settings(tmp_path, None, known)) == []

    for _ in range(2):
        settings.warehouse_path.unlink(missing_ok=True)
        assert dg.materialize(source_assets(settings)[:1]).success
        with duckdb.connect(str(settings.warehouse_path)) as con:
            found = con.execute("select stream, rows_in from ops.ledger").fetchall()
        assert found == [("contact_ids", 1)]

    with connect(settings.warehouse_path, settings=settings) as con:
        row = ["hubspot", "contact_ids", "1", NOW.replace(tzinfo=None), "revoked"]
        con.execute("insert into ops.accounts_failed values (?, ?, ?, ?, ?)", row)
    assert dg.materialize(source_assets(settings)[:1]).success
    with connect(settings.warehouse_path, settings=settings) as con:
        assert con.execute("from ops.accounts_failed").fetchall() == []

    assert CHECK in {item.name for item in expected_checks(settings)}
    with connect(settings.warehouse_path, settings=settings) as con:
        (check,) = check_boundary(con, settings, "run-1")
    assert (check.name, check.status) == (CHECK, "pass")
