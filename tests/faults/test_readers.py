"""Promise 2: readers see whole generations that never go back, whatever happens to publishers."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from orchestration.configuration.settings import Settings
from orchestration.publication import generations
from orchestration.runs.janitor import Tidied, _remove_publish_leftovers
from tests.kit.faults import shelf
from tests.kit.faults.lengths import long
from tests.kit.faults.report import Table
from tests.kit.faults.shelf import company, seen
from tests.kit.faults.workshop import workshop
from tests.kit.places import REPOSITORY

PROMISE = "2 readers"
READERS = 8

READER = """
import json, os, random, sys, time
from pathlib import Path
from tests.kit.faults.shelf import company, seen

settings, last, looks, generations = company(Path(sys.argv[1])), (0, 0), 0, set()
parent = os.getppid()
print("ready", flush=True)
while not (settings.home / "over").exists() and os.getppid() == parent:
    now = seen(settings)
    assert now >= last, (last, now)
    last, looks = now, looks + 1
    generations.add(now)
    # A dashboard thinks, too; eight that do not would leave publishers no processor.
    time.sleep(random.uniform(0, 0.8))
assert seen(settings) >= last
print(json.dumps([looks, len(generations)]), flush=True)
"""


def start(settings: Settings) -> subprocess.Popen[str]:
    """A reader in its own process that reads again and again."""
    process = subprocess.Popen(
        [sys.executable, "-c", READER, str(settings.home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", process.communicate()[1]
    return process


@pytest.mark.parametrize("publishes", long(short=12, long=500))
def test_readers_see_whole_generations_while_publishers_are_killed(
    tmp_path: Path, rng: random.Random, table: Table, publishes: int
) -> None:
    """Every second publisher or so is killed somewhere between its build and its last rename."""
    settings = company(tmp_path / "home")
    home = str(settings.home)
    looks: list[list[Any]] = []
    killed, version = 0, 1
    with workshop(shelf.__name__, tmp_path) as publishers:
        seconds = publishers.done("publish_version", home, 1)
        readers = [start(settings) for _ in range(READERS)]
        try:
            last, finished = seen(settings), 1
            while finished < publishes:
                version += 1
                after = rng.uniform(0.05, 0.95) * seconds if rng.random() < 0.3 else None
                ended = publishers.work("publish_version", home, version, after=after)
                assert ended.status in (0, -9), publishers.log.read_text("utf-8")[-4000:]
                killed += ended.killed
                finished += not ended.killed
                if not ended.killed:
                    seconds = ended.seconds
                now = seen(settings)
                assert now > last if not ended.killed else now >= last
                last = now
            (settings.home / "over").touch()
            for reader in readers:
                out, said = reader.communicate(timeout=60)
                assert reader.returncode == 0, said
                looks.append(json.loads(out))
        finally:
            for reader in readers:
                reader.kill()
                reader.wait()
    _remove_publish_leftovers(settings, Tidied())
    left = sorted(path.name for path in settings.published_dir.iterdir())
    assert left == [".publish.lock", "generations", "tributary.duckdb"]
    assert len(generations.kept_generations(settings.published_dir)) == generations.KEPT
    total = sum(count for count, _ in looks)
    table.add(
        PROMISE,
        f"{READERS} readers open the published file again and again while publishers work, some "
        "killed at random moments",
        f"{finished} publishes, {killed} killed publishers, {total:,} looks",
        "no error, no mixed generation, never an older one; no leftovers after the janitor",
        ".venv/bin/pytest tests/faults/test_readers.py -m slow",
    )
