"""One vendor's road in tests: its double, a landing, and a warehouse with its staging views.

Belongs here: what is the same for every vendor. Does not belong here: what a vendor's records must
become (``tests/integration/test_<vendor>.py``).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, ClassVar

import duckdb

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.settings import Settings, load_settings
from orchestration.connectors.stream import Connector
from orchestration.extract.landing import Landing
from orchestration.extract.patience import Patience
from orchestration.extract.stream import extract_stream
from orchestration.loading.slices import Loaded, load_pending
from orchestration.warehouse.connection import connect
from orchestration.warehouse.schema import ensure_schema
from simulator.server import SimulatorServer
from simulator.world import World
from tests.kit.models.dbt import run_dbt


@dataclass
class VendorRoad:
    """One company's simulator, landing and warehouse."""

    connector: ClassVar[Connector]
    since: ClassVar[date]

    world: World
    server: SimulatorServer
    settings: Settings

    def extract(self, config: ConnectorConfig, now: datetime) -> list[Loaded]:
        """Read every stream as a daily run does, and load it."""
        self.server.clock.set(now)
        for stream in self.connector.streams:
            extraction = extract_stream(
                self.connector, stream, config, Landing(self.settings.landing_dir), None, now,
                history_start=self.since, patience=Patience(sleep=lambda seconds: None),
            )  # fmt: skip
            assert extraction.failures == []
        return self.load()

    def load(self) -> list[Loaded]:
        """Load what has landed."""
        streams = [(self.connector.name, stream) for stream in self.connector.streams]
        with connect(self.settings.warehouse_path, settings=self.settings) as con:
            return load_pending(
                con, Landing(self.settings.landing_dir), streams, identity_key=b"k" * 32
            )

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the warehouse."""
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as con:
            return con.execute(sql).fetchall()


def staged_warehouse(folder: Path, connector: str) -> Path:
    """An empty warehouse with a vendor's staging views; the views follow what is loaded."""
    settings = load_settings({"TRIBUTARY_HOME": str(folder)})
    (settings.landing_dir / connector).mkdir(parents=True)
    with connect(settings.warehouse_path, settings=settings) as con:
        ensure_schema(con)
    run = run_dbt(settings.warehouse_path, "run", "--select", f"staging.{connector}")
    assert run.returncode == 0, run.stdout
    return settings.warehouse_path


def home_with(warehouse: Path, folder: Path) -> Settings:
    """A home that has read nothing yet, with a copy of a staged warehouse."""
    settings = load_settings({"TRIBUTARY_HOME": str(folder)})
    settings.build_dir.mkdir(parents=True)
    shutil.copy(warehouse, settings.warehouse_path)
    return settings
