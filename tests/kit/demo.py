"""A published demo company for tests.

Belongs here: the company's parts. Does not belong here: running it
(``tests/integration/conftest``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.configuration.settings import Settings
from orchestration.publication.reader import query
from simulator.server import SimulatorServer
from simulator.truth import Truth
from simulator.world import World


@dataclass(frozen=True)
class Demo:
    """A published demo company.

    Attributes:
        settings: Its settings.
        world: What happened.
        truth: What a correct warehouse must show.
        server: Its vendors, still answering.
        inbox: The folder of its CSV files.
        shown: What the command printed.
    """

    settings: Settings
    world: World
    truth: Truth
    server: SimulatorServer
    inbox: Path
    shown: str

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query of the published file."""
        return query(self.settings, sql, max_rows=1_000_000).rows
