"""Running a company's folder of files by the command, as a person does.

Belongs here: the command and what it leaves. Does not belong here: any company's files.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.configuration.settings import Settings, load_settings
from orchestration.publication.reader import query


@dataclass(frozen=True)
class Ran:
    """A company after a command.

    Attributes:
        settings: Its settings.
        shown: What the command wrote into the pipe that was its output.
    """

    settings: Settings
    shown: str

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query of the published file."""
        return query(self.settings, sql).rows


def run_company(variables: Mapping[str, str], *arguments: str) -> Ran:
    """Call ``tributary`` for a company; it must succeed.

    Args:
        variables: Where the company is.
        arguments: The command, ``run`` where none is given.
    """
    done = subprocess.run(
        [Path(sys.executable).parent / "tributary", *(arguments or ("run",))],
        env=os.environ | dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return Ran(load_settings(variables), done.stdout)
