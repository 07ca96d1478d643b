"""dbt in a process that has imported it and parsed the project, for one command after the other.

Of the 5.7 CPU s of ``dbt run`` for one small model, 4.5 are imports and reading the parse. They
happen once here, and each command runs in a fork.

Belongs here: that process, and asking it. Does not belong here: which commands it can run
(``dbt.py``), or how the product starts dbt (``orchestration/transform/dbt_child.py``).
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestration.foundation.memory import collect_rarely, keep_imports
from tests.kit.places import REPOSITORY

LIMIT_SECONDS = 840
"""Ends a hanging dbt, with its output, before pytest ends the test; it does not test speed."""
_QUIET = "ignore::UserWarning:multiprocessing.resource_tracker"


class WarmDbt:
    """The process; it ends with this one.

    Args:
        parse: dbt's arguments with which it parses the project.
        folder: Where it does.
        variables: The process's whole environment.
    """

    def __init__(self, parse: Sequence[str], folder: Path, variables: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            # Forks end without giving their locks back: the tracker does, and would warn of it.
            [sys.executable, "-W", _QUIET, "-m", __name__, str(folder), *parse],
            cwd=REPOSITORY,
            env=dict(variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self._process.communicate)

    def run(
        self, arguments: Sequence[str], folder: Path, variables: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of dbt on the parsed project.

        Args:
            arguments: After ``dbt``.
            folder: Where it runs.
            variables: Its whole environment.

        Returns:
            Its status, and both its outputs as one.
        """
        asked, answered = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answered is not None
        asked.write(json.dumps([list(arguments), str(folder), dict(variables)]) + "\n")
        asked.flush()
        answer = answered.readline()
        assert answer, "the process died; what it wrote to standard error says why"
        status, output = json.loads(answer)
        return subprocess.CompletedProcess(list(arguments), status, output, "")


def _serve(folder: str, parse: list[str]) -> None:
    """Read commands from standard input, one a line, and answer each by a line."""
    collect_rarely()
    from dbt.cli.main import dbtRunner

    from orchestration.transform.dbt_adapted import adapt

    adapt("parse")
    os.chdir(folder)
    parsed = dbtRunner().invoke(parse)
    if parsed.exception is not None:
        raise parsed.exception
    keep_imports()
    for line in sys.stdin:
        with tempfile.TemporaryFile() as output:
            arguments, at, variables = json.loads(line)
            child = os.fork()
            if child == 0:
                _become(output.fileno(), at, variables)
                os._exit(_run(parsed.result, arguments))
            _, status = os.waitpid(child, 0)
            output.seek(0)
            said = output.read().decode(errors="replace")
        sys.stdout.write(json.dumps([os.waitstatus_to_exitcode(status), said]) + "\n")
        sys.stdout.flush()


def _become(output: int, folder: str, variables: dict[str, str]) -> None:
    """Make a fork what a process of its own would be."""
    signal.alarm(LIMIT_SECONDS)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(folder)


def _run(manifest: Any, arguments: list[str]) -> int:
    """Run dbt; the status is that of its own command."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    from orchestration.transform.dbt_contexts import with_templates_compiled_once
    from orchestration.transform.templates import templates

    # Again, with those that were compiled since this process began.
    kept = templates()
    with_templates_compiled_once(kept)
    done = dbtRunner(manifest).invoke(arguments)
    kept.keep()
    # As at the end of a process; without it, tables stay in DuckDB's log beside the warehouse.
    DuckDBConnectionManager.close_all_connections()
    sys.stdout.flush()
    return 2 if done.exception is not None else int(not done.success)


if __name__ == "__main__":
    _serve(sys.argv[1], sys.argv[2:])
