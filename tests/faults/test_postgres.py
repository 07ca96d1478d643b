"""Promise 2 for PostgreSQL: readers see whole generations, whatever happens to publishers."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from adbc_driver_postgresql import dbapi

from orchestration.foundation.fault_points import POINTS
from orchestration.serving import postgres, swap
from orchestration.serving.connection import Session
from orchestration.serving.postgres import served
from tests.kit.faults import served as company_of
from tests.kit.faults.lengths import long
from tests.kit.faults.report import Table
from tests.kit.faults.served import (
    VARIABLE,
    company,
    publish_and_serve,
    seen,
    seen_by_several,
)
from tests.kit.faults.workshop import workshop
from tests.kit.places import REPOSITORY
from tests.kit.postgres_server import Server, postgres_server

Look = Callable[[Any], tuple[int, int]]
READERS = 4

READER = """
import json, os, sys
from pathlib import Path
from adbc_driver_postgresql import dbapi
from tests.kit.faults.served import seen, seen_by_several

address, over, least = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
last, looks, generations = (0, 0), 0, set()
parent = os.getppid()
with dbapi.connect(address) as connection:
    print("ready", flush=True)
    while (looks < least or not over.exists()) and os.getppid() == parent:
        with connection.cursor() as cursor:
            now = (seen_by_several if looks % 3 == 0 else seen)(cursor)
        connection.rollback()
        assert now >= last, (last, now)
        last, looks = now, looks + 1
        generations.add(now)
print(json.dumps([looks, len(generations)]), flush=True)
"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server whose address is in the environment."""
    with postgres_server() as result:
        monkeypatch.setenv(VARIABLE, result.address())
        yield result


@pytest.mark.parametrize("swaps", long(short=20, long=200))
def test_readers_see_one_generation_each_while_publishers_are_killed(
    server: Server, tmp_path: Path, rng: random.Random, table: Table, swaps: int
) -> None:
    """Power BI asks several tables for one page, and a page of two generations adds up to nothing.

    Readers join all schemas in one query, or ask one table after another in a transaction; their
    queries meet the swap while they look up names. Every third publisher or so is killed.
    """
    home, over = str(tmp_path / "home"), tmp_path / "over"
    killed, version, done = 0, 1, 1
    with workshop(company_of.__name__, tmp_path) as publishers:
        seconds = publishers.done("publish_and_serve", home, 1)
        command = [sys.executable, "-c", READER, server.address("tributary_reader"), str(over)]
        readers = [
            subprocess.Popen(
                [*command, str(10_000 // READERS)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                cwd=REPOSITORY,
                env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
            )
            for _ in range(READERS)
        ]
        try:
            for reader in readers:
                assert reader.stdout is not None
                assert reader.stdout.readline() == "ready\n", reader.communicate()[1]
            while done <= swaps:
                version += 1
                after = rng.uniform(0.3, 0.95) * seconds if rng.random() < 0.3 else None
                ended = publishers.work("publish_and_serve", home, version, after=after)
                assert ended.status in (0, -9), publishers.log.read_text("utf-8")[-4000:]
                killed += ended.killed
                if not ended.killed:
                    done, seconds = done + 1, ended.seconds
            over.touch()
            looks = []
            for reader in readers:
                out, said = reader.communicate(timeout=300)
                assert reader.returncode == 0, said
                looks.append(json.loads(out))
        finally:
            for reader in readers:
                reader.kill()
                reader.wait()
    left = server.rows("select nspname from pg_namespace where nspname like 'tributary%'")
    assert left == []
    total = sum(count for count, _ in looks)
    assert total >= 10_000
    assert all(generations > 1 for _, generations in looks)
    table.add(
        "2 readers",
        f"{READERS} readers of PostgreSQL join all schemas, or ask table after table in a "
        "transaction, while publishers work, some killed at random moments",
        f"{done - 1} swaps, {killed} killed publishers, {total:,} looks",
        "no error, no mixed generation, never an older one; nothing left behind",
        ".venv/bin/pytest tests/faults/test_postgres.py -m slow",
    )


def test_a_publisher_killed_at_any_step_leaves_the_old_generation(
    server: Server, tmp_path: Path
) -> None:
    """Out of memory, or a machine switched off: the server undoes what was not committed."""
    home = str(tmp_path / "home")
    publish_and_serve(home, 1)
    reader = server.address("tributary_reader")
    with workshop(company_of.__name__, tmp_path) as publishers:
        for number, point in enumerate([p for p in POINTS if p.startswith("serve.")], start=2):
            ended = publishers.work("publish_and_serve", home, number, point=point)
            assert ended.killed, publishers.log.read_text("utf-8")[-4000:]
            found = served(company(Path(home)))
            assert found is not None
            assert (found.generation, found.run_id) == (1, "run-1")
            assert seen_at(reader) == (1, 1)
        publishers.done("publish_and_serve", home, 9)
    assert seen_at(reader)[1] == 9
    assert server.rows("select nspname from pg_namespace where nspname like 'tributary%'") == []


@pytest.mark.parametrize("look", [seen, seen_by_several])
def test_a_mix_of_generations_would_be_noticed(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, look: Look
) -> None:
    """Readers who could not tell a mix would call any swap whole, also one of several steps."""
    home = str(tmp_path / "home")
    publish_and_serve(home, 1)
    reader = server.address("tributary_reader")
    mixed = []

    def in_steps(session: Session, names: Mapping[str, str]) -> None:
        for loaded, name in names.items():
            swap.swap(session, {loaded: name})
            session.commit()
            try:
                seen_at(reader, look)
            except AssertionError:
                mixed.append(name)

    monkeypatch.setattr(postgres, "swap", in_steps)
    publish_and_serve(home, 2)
    assert mixed == ["core", "marts"]
    assert seen_at(reader, look) == (2, 2)


def seen_at(address: str, look: Look = seen) -> tuple[int, int]:
    """What one reader sees in a connection of its own."""
    with dbapi.connect(address) as connection, connection.cursor() as cursor:
        return look(cursor)
