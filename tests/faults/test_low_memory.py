"""Promise 8, memory: what does not fit into the limit is spilled, and everything is computed."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType

import psutil
import pytest

from benchmarks.attribution.warehouse import MODELS, prepare, settings_of
from orchestration.transform.dbt import run_dbt
from orchestration.warehouse.connection import connect
from tests.kit.faults.report import Table

TOUCHES = 10_000_000
LIMIT = "1GB"
_TICK = 0.2


class Watch:
    """Looks at this process's children and at a folder while something runs.

    Attributes:
        memory: The most bytes that a child held at any time.
        spilled: The most bytes that were in the folder at any time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.memory, self.spilled = folder, 0, 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Watch:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_TICK):
            self.spilled = max(self.spilled, sum(map(_size, self.folder.glob("*"))))
            for child in psutil.Process().children(recursive=True):
                try:
                    self.memory = max(self.memory, child.memory_info().rss)
                except psutil.Error:
                    continue


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_many_touches_are_credited_within_the_memory_that_there_is(
    tmp_path: Path, table: Table
) -> None:
    """A small machine takes longer, but does not give up or leave a conversion without credit."""
    share = float(os.environ.get("TRIBUTARY_FAULTS_SHARE") or 1)
    touches = round(TOUCHES * share)
    prepare(tmp_path, touches)
    settings = settings_of(tmp_path, LIMIT)
    with connect(settings.warehouse_path, settings=settings) as con:
        limits = con.execute("select current_setting('memory_limit')").fetchall()
        assert limits == [("953.6 MiB",)]
    with Watch(settings.spill_dir) as seen:
        built = run_dbt(settings, ["run", "--full-refresh", "--select", *MODELS])
    assert built.returncode == 0, built.stdout[-4000:]
    with connect(settings.warehouse_path, settings=settings) as con:
        counted = con.execute("select count(*) from core.fct_touchpoints").fetchall()
        assert counted == [(touches,)]
        wrong = con.execute(
            """
            with
            credited as (
                select conversion_key, attribution_model, sum(credit) as credit
                from core.fct_attribution_credits
                group by all
            ),
            models as (
                select attribution_model, count_if(credit = 1) as whole
                from credited group by all
            )
            select * from models
            where whole != (select count(*) from core.fct_conversions)
            """
        ).fetchall()
        assert wrong == []
        ((models,),) = con.execute(
            "select count(distinct attribution_model) from core.fct_attribution_credits"
        ).fetchall()
    assert models >= 3
    assert seen.spilled > 0
    table.add(
        "8 room",
        f"attribution of many touches with a memory limit of {LIMIT}",
        f"{touches:,} touches, {models} models",
        f"built; every conversion's credit is 1 in each model; {seen.spilled / 1e9:.1f} GB spilled "
        f"at the most, the process held {seen.memory / 1e9:.1f} GB at the most",
        ".venv/bin/pytest tests/faults/test_low_memory.py -m slow",
    )
