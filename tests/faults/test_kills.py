"""Promise 1: kill -9 at any moment loses no row, doubles none, and changes no figure."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.foundation.fault_points import POINTS
from orchestration.privacy.hashes import identity_key
from tests.kit.days import COMPLETE_DAYS
from tests.kit.extract.vendor import Answer, Asked, Loopback
from tests.kit.faults import models_road, roads
from tests.kit.faults.lengths import long
from tests.kit.faults.report import Table
from tests.kit.faults.workshop import Workshop, workshop
from tests.kit.models.attribution_inputs import Inputs

PROMISE = "1 kills"


class Shop(Loopback):
    """The vendor; it answers as on the given day."""

    def __init__(self) -> None:
        super().__init__()
        self.day = 0
        self.handler = self.orders

    def orders(self, asked: Asked) -> Answer:
        """One page."""
        return Answer(roads.page(self.day, int(asked.query["offset"]), int(asked.query["count"])))


@pytest.fixture
def shop() -> Iterator[Shop]:
    """The vendor."""
    vendor = Shop()
    yield vendor
    vendor.close()


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Workers for the road up to the loaded tables."""
    with workshop(roads.__name__, tmp_path_factory.mktemp("workers")) as found:
        yield found


class Road:
    """A company that is killed and one that is not, over the same days."""

    def __init__(self, folder: Path, workers: Workshop, shop: Shop) -> None:
        self.workers, self.shop, self.folder = workers, shop, folder
        self.killed, self.spared = folder / "killed", folder / "spared"
        self.day = 0
        self.seconds = {"extract": 0.0, "load": 0.0}

    def arguments(self, stage: str, home: Path) -> list[object]:
        """The arguments of a stage today."""
        told: list[object] = [str(home), self.day]
        return [*told, self.shop.base_url] if stage == "extract" else told

    def next_day(self) -> None:
        """A new day: other answers, another file; the spared company takes them in."""
        self.day += 1
        self.shop.day = self.day
        roads.write_file(self.folder / "t.csv", self.day)
        for stage in self.seconds:
            self.seconds[stage] = self.workers.done(stage, *self.arguments(stage, self.spared))

    def kill(self, stage: str, after: float | None = None, point: str = "") -> bool:
        """Kill a stage; what is left must be intact. False if it finished before the kill."""
        arguments = self.arguments(stage, self.killed)
        ended = self.workers.work(stage, *arguments, after=after, point=point)
        assert ended.status in (0, -9), self.workers.log.read_text("utf-8")[-4000:]
        if not ended.killed:
            self.seconds[stage] = ended.seconds
        settings = roads.company(self.killed, self.day)
        if stage == "extract":
            roads.whole_landing(settings)
        else:
            roads.loaded_whole(settings)
        return ended.killed

    def finish(self, stage: str) -> None:
        """Let the killed company do a stage undisturbed."""
        self.workers.done(stage, *self.arguments(stage, self.killed))

    def assert_equal(self) -> None:
        """Both companies hold the same bytes in landing and the same rows in the warehouse."""
        killed, spared = (roads.company(home, self.day) for home in (self.killed, self.spared))
        assert roads.whole_landing(killed) == roads.whole_landing(spared)
        assert roads.warehouse(killed) == roads.warehouse(spared)


@pytest.mark.parametrize("kills", long(short=24, long=300))
def test_reading_landing_and_loading_killed_at_random_moments(
    tmp_path: Path, workers: Workshop, shop: Shop, rng: random.Random, table: Table, kills: int
) -> None:
    """A pod is evicted while it reads, lands or loads: the next run continues from there."""
    road = Road(tmp_path, workers, shop)
    done: Counter[str] = Counter()
    while done.total() < kills:
        road.next_day()
        for stage in road.seconds:
            for _ in range(5):
                done[stage] += road.kill(stage, after=rng.uniform(0.02, 0.95) * road.seconds[stage])
            road.finish(stage)
        if road.day % 4 == 0:
            road.assert_equal()
    road.assert_equal()
    table.add(
        PROMISE,
        "kill -9 of a worker that reads a vendor and a file, lands and loads",
        f"{done.total()} kills ({done['extract']} reading and landing, {done['load']} loading), "
        f"{road.day} days of changing data",
        "after each: no slice and no load by half; every fourth day: the manifest's bytes and "
        "all rows as in a home without kills",
        ".venv/bin/pytest tests/faults/test_kills.py -k landing_and_loading -m slow",
    )


STAGES = {"extract": "extract", "landing": "extract", "load": "load"}


def test_reading_landing_and_loading_killed_at_each_named_point(
    tmp_path: Path, workers: Workshop, shop: Shop, table: Table
) -> None:
    """The moments that a clock seldom hits: between a rename and its line, inside a transaction."""
    road = Road(tmp_path, workers, shop)
    points = [name for name in POINTS if name.partition(".")[0] in STAGES]
    for point in points:
        road.next_day()
        stage = STAGES[point.partition(".")[0]]
        if stage == "load":
            road.finish("extract")
        # The second time the vendor's slice may be done, and it hits the file's.
        assert road.kill(stage, point=point)
        assert road.kill(stage, point=point)
        road.finish("extract")
        road.finish("load")
    road.assert_equal()


@pytest.fixture(scope="module")
def builders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Workers for the road from loaded tables to the published file."""
    with workshop(models_road.__name__, tmp_path_factory.mktemp("builders")) as found:
        yield found


class Models:
    """A company whose builds and publishes are killed; a rebuild gives the right result."""

    def __init__(self, folder: Path, workers: Workshop, seed: int) -> None:
        self.workers, self.run = workers, 0
        self.killed, self.spared = (
            models_road.company(folder / name) for name in ("killed", "spared")
        )
        for settings in (self.killed, self.spared):
            settings.build_dir.mkdir(parents=True)
        # Published keys are of the company's key.
        identity_key(self.killed)
        shutil.copy(self.killed.home / "identity.key", self.spared.home)
        with duckdb.connect(str(self.killed.warehouse_path)) as con:
            self.inputs = Inputs(con, seed)
            con.execute("create schema ops")
            con.execute("create table ops.ledger (window_end timestamp, extracted_at timestamp)")
            con.execute(COMPLETE_DAYS)
        self.seconds: dict[str, float] = {}
        self.finish()
        self.generation, self.facts = models_road.published(self.killed)

    def happen(self) -> None:
        """Something changes; the company that is never killed recomputes everything from it."""
        with duckdb.connect(str(self.killed.warehouse_path)) as self.inputs.con:
            for change in self.inputs.rng.choices(self.inputs.changes, k=5):
                change()
            self.inputs.late_touch()
        shutil.copyfile(self.killed.warehouse_path, self.spared.warehouse_path)
        home = str(self.spared.home)
        self.workers.done("build", home, "rebuild", "", "--full-refresh")
        self.workers.done("publish", home, "rebuild")
        self.right = models_road.published(self.spared)[1]

    def finish(self) -> None:
        """An undisturbed run."""
        self.run += 1
        for stage in ("build", "publish"):
            self.seconds[stage] = self.workers.done(stage, str(self.killed.home), f"r{self.run}")

    def kill(
        self, stage: str, model: str = "", point: str = "", after: float | None = None
    ) -> bool:
        """Kill a stage; readers see the last generation, or a new one that is whole and right."""
        if stage == "build":
            self.run += 1
        arguments = [str(self.killed.home), f"r{self.run}", *([model] if model else [])]
        ended = self.workers.work(stage, *arguments, point=point, after=after)
        assert ended.status in (0, -9), self.workers.log.read_text("utf-8")[-4000:]
        if not ended.killed:
            self.seconds[stage] = ended.seconds
        generation, facts = models_road.published(self.killed)
        if generation == self.generation:
            assert facts == self.facts
        else:
            assert generation == self.generation + 1
            assert facts == self.right
            self.generation, self.facts = generation, facts
        return ended.killed

    def assert_equal(self) -> None:
        """After an undisturbed run readers see what a rebuild gives."""
        self.finish()
        generation, facts = models_road.published(self.killed)
        assert generation > self.generation
        assert facts == self.right
        self.generation, self.facts = generation, facts
        assert not list(self.killed.published_dir.glob(".publishing-*"))


@pytest.mark.parametrize("kills", long(short=8, long=250))
def test_building_checking_and_publishing_killed_at_random_moments(
    tmp_path: Path, builders: Workshop, rng: random.Random, table: Table, kills: int
) -> None:
    """Attribution is refreshed in place: what a killed build left must not stay in any figure."""
    company = Models(tmp_path, builders, rng.randrange(1000))
    done: Counter[str] = Counter()
    rounds = 0
    while done.total() < kills:
        rounds += 1
        company.happen()
        # Many to a round where a round is long: it costs a rebuild, whatever is killed in it.
        for _ in range(5 if kills < 50 else 10):
            # Before a third of it dbt only reads the project.
            after = rng.uniform(0.25, 0.95) * company.seconds["build"]
            done["build"] += company.kill("build", after=after)
        builders.done("build", str(company.killed.home), f"r{company.run}")
        for _ in range(3 if kills < 50 else 20):
            after = rng.uniform(0.02, 0.95) * company.seconds["publish"]
            done["publish"] += company.kill("publish", after=after)
        company.assert_equal()
    table.add(
        PROMISE,
        "kill -9 of a worker that builds attribution with dbt, records checks, passes the gate and "
        "publishes",
        f"{done.total()} kills ({done['build']} in dbt, {done['publish']} from check to publish), "
        f"{rounds} rounds of late, changed and deleted data",
        "readers saw whole generations only; after each round all rows of both fact tables as a "
        "full rebuild computes them",
        ".venv/bin/pytest tests/faults/test_kills.py -k publishing -m slow",
    )


def test_building_checking_and_publishing_killed_at_each_named_point(
    tmp_path: Path, builders: Workshop
) -> None:
    """Between two incremental models above all: what is settled is written after them."""
    company = Models(tmp_path, builders, seed=7)
    company.happen()
    assert company.kill("build", point="dbt.begin")
    for model in (
        "int_attribution__steps",
        "int_attribution__step_counts",
        "fct_attribution_credits_wide",
        "fct_attribution_removal_credits",
        "int_attribution__settled",
    ):
        assert company.kill("build", model=model)
    assert company.kill("build", point="dbt.end")
    for point in POINTS:
        if point.partition(".")[0] in ("checks", "gate", "publish"):
            assert company.kill("publish", point=point)
    company.assert_equal()
