"""The command that the operator of a small company types, and what readers see afterwards.

Belongs here: starting whole runs. Does not belong here: killing them (``test_whole_runs``) or
starting two at once (``test_turns``).
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from orchestration.configuration.settings import load_settings
from orchestration.foundation.fault_points import VARIABLE
from orchestration.publication.reader import open_published
from orchestration.transform.dbt import dbt_executable
from tests.kit.csv_company import environment
from tests.kit.faults.roads import fingerprints
from tests.kit.places import REPOSITORY

Facts = dict[str, tuple[int, int]]
"""For every table that readers see, its rows and a hash over them."""


class Company:
    """A company that has only CSV files, and the command that its operator types."""

    def __init__(self, folder: Path, home: str) -> None:
        self.environment = os.environ | environment(folder, home)
        self.log = folder / f"{home}.log"
        # Published keys are hashes under it: two homes are compared row by row.
        made = Path(self.environment["TRIBUTARY_HOME"])
        made.mkdir(mode=0o700)
        (made / "identity.key").write_text("01" * 32 + "\n", "ascii")

    def start(self, *options: str, point: str = "") -> subprocess.Popen[bytes]:
        """``tributary run``, started to die at that point."""
        with self.log.open("ab") as said:
            return subprocess.Popen(
                [str(dbt_executable().with_name("tributary")), "run", *options],
                env=self.environment | {VARIABLE: point},
                cwd=REPOSITORY,
                stdout=said,
                stderr=said,
            )

    def run(self) -> Facts:
        """Runs ``tributary run`` to completion; returns what readers then see in core and marts."""
        assert self.start().wait() == 0, self.log.read_text("utf-8")[-4000:]
        facts = self.seen()
        assert facts is not None
        return facts

    def seen(self) -> Facts | None:
        """What readers see in core and marts; ``None`` before anything was published."""
        settings = load_settings(self.environment)
        if not settings.published_path.exists():
            return None
        with open_published(settings) as con:
            return fingerprints(con, ("core", "marts"))
