"""Whoever is erased is in no byte of the home, whenever the erasure was killed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.configuration.settings import Settings, load_settings
from orchestration.extract.landing import Landing
from orchestration.foundation.fault_points import POINTS
from orchestration.privacy.erasures import erasures
from orchestration.publication.reader import query
from orchestration.transform.dbt import dbt_executable
from orchestration.warehouse.connection import connect
from tests.kit.csv_company import write_company
from tests.kit.faults import erasing_road as road
from tests.kit.faults.report import Table
from tests.kit.faults.whole_runs import Company
from tests.kit.faults.workshop import Workshop, workshop
from tests.kit.places import REPOSITORY
from tests.kit.scan import found

ERASING = [name for name in POINTS if name.startswith("erase.")]
FIRST = ("erase.request", "erase.requested")
LAST = ("erase.generations", "erase.certificate", "erase.done")


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Workers for the stages of an erasure."""
    with workshop(road.__name__, tmp_path_factory.mktemp("workers")) as shop:
        yield shop


def test_an_erasure_killed_at_each_named_point(
    tmp_path: Path, workers: Workshop, table: Table
) -> None:
    """A person was promised that they are gone; a power cut must not leave them in an old file."""
    stages = ("ask", "begin", "end")
    for point in ERASING:
        home = tmp_path / point / "home"
        home.parent.mkdir()
        settings = road.company(home)
        workers.done("live", str(home))
        assert set(found(home, road.needles(settings))) > {"build/warehouse.duckdb", "logs/run.log"}
        due = "ask" if point in FIRST else "end" if point in LAST else "begin"
        for stage in stages[: stages.index(due)]:
            workers.done(stage, str(home))
        assert workers.work(due, str(home), point=point).killed, point
        for stage in stages:
            workers.done(stage, str(home))
        assert found(home, road.needles(settings)) == {}, point
        (done,) = erasures(settings)
        assert done.is_done
        assert done.removed["files_of_the_company"] == {"leads.csv": 3, "touchpoints.csv": 1}
        assert len(done.removed["landing"]) == 3
        assert whole(settings) == {"leads": 3, "touchpoints": 3, "opportunities": 2}
        with connect(settings.warehouse_path, settings=settings) as con:
            won = "select sum(amount), count(*) from raw.inbox__opportunities"
            assert con.execute(won).fetchall() == [(1500, 2)]
    table.add(
        "18 people",
        "an erasure killed with kill -9 at a named point, then resumed",
        f"{len(ERASING)} points",
        "the person is in no byte of the home, packed files and databases included; every slice is "
        "the one that the manifest proves; deals keep their value",
        ".venv/bin/pytest tests/faults/test_erasure.py -k point",
    )


def test_an_erased_person_does_not_come_back(tmp_path: Path, workers: Workshop) -> None:
    """Nobody edits last year's export: it is read again tomorrow, with the person in it."""
    home = tmp_path / "home"
    settings = road.company(home)
    for stage in ("live", "ask", "begin", "end"):
        workers.done(stage, str(home))
    landed = len(Landing(settings.landing_dir).slices())
    workers.done("read", str(home))
    assert len(Landing(settings.landing_dir).slices()) == landed
    leads = tmp_path / "leads.csv"
    leads.write_text(leads.read_text("utf-8") + f"L9,2026-02-11,{road.PERSON},,,5,EUR\n", "utf-8")
    workers.done("read", str(home))
    workers.done("load", str(home))
    assert len(Landing(settings.landing_dir).slices()) == landed + 1
    assert found(home, road.needles(settings)) == {}


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_the_command_and_a_run_after_it(tmp_path: Path, table: Table) -> None:
    """What the operator types; sums that were reported to the board stay."""
    write_company(tmp_path)
    company = Company(tmp_path, "home")
    company.run()
    settings = load_settings(company.environment)
    people = ["bo@kund.example", "bo%40kund.example", "BO@kund"]
    assert "build/warehouse.duckdb" in found(settings.home, people)
    before = sums(settings)
    erase = [str(dbt_executable().with_name("tributary")), "erase"]
    for arguments, status in (
        (["--check", "bo@kund.example"], 1),
        (["Bo@Kund.example "], 0),
        (["--check", "bo@kund.example"], 0),
    ):
        done = subprocess.run(
            [*erase, *arguments], env=company.environment, cwd=REPOSITORY, capture_output=True
        )
        assert done.returncode == status, done.stdout.decode() + done.stderr.decode()
    assert found(settings.home, people) == {}
    assert sums(settings) == before
    assert query(settings, "select count(*) from core.fct_leads where lead_id = 'L2'").rows == [
        (0,)
    ]
    company.run()
    assert found(settings.home, people) == {}
    assert sums(settings) == before
    table.add(
        "18 people",
        "tributary erase of a person of a company that has files alone, and a run after it",
        "1 company, 1 person in 2 of its files",
        "sums of leads, conversions, revenue and spend as before; in no byte of the home",
        ".venv/bin/pytest tests/faults/test_erasure.py -k command -m slow",
    )


def sums(settings: Settings) -> list[tuple[object, ...]]:
    """Conversions and money by type, and touches by day."""
    conversions = query(
        settings,
        "select conversion_type, count(*), sum(value) from core.fct_conversions group by 1 "
        "order by 1",
    ).rows
    leads = query(settings, "select count(*), sum(revenue) from core.fct_leads").rows
    touches = query(
        settings,
        "select cast(occurred_at as date), count(*) from core.fct_touchpoints "
        "where touch_type <> 'crm_record' group by 1 order by 1",
    ).rows
    return [*conversions, *leads, *touches]


def whole(settings: Settings) -> dict[str, int]:
    """The records by stream, after proving that each slice is the one that the manifest names."""
    landing = Landing(settings.landing_dir)
    landing.clean()
    for item in landing.slices():
        landing.verify(item)
    files = {landing.file(item) for item in landing.slices()}
    assert files == set(settings.landing_dir.rglob("*.zst"))
    return {item.stream: len(list(landing.records(item))) for item in landing.slices()}
