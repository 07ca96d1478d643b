"""The road of Search Console: asked over HTTP, landed, loaded, staged as the world has it.

For each of the vendor's traps there is a value here that is wrong as soon as its rule is broken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.connectors.search_console import SEARCH_CONSOLE
from orchestration.extract.landing import Landing
from orchestration.extract.window import Window
from orchestration.loading.slices import Loaded
from simulator.generator import generate
from simulator.http import Clock
from simulator.search import SITE, Search, shown
from simulator.server import SimulatorServer
from tests.kit.vendor_road import VendorRoad, home_with, staged_warehouse

NOW = datetime(2026, 5, 1, 6, tzinfo=UTC)
SINCE = date(2026, 3, 1)
DAY = date(2026, 4, 1)
PREFIX = "https://www.fjordbase.example/"
Figures = tuple[Decimal, Decimal, float | None]
Kind = Callable[[Search], tuple[str, str] | None]


def by_term(line: Search) -> tuple[str, str] | None:
    """A row of the report by term; a rare term is withheld."""
    return None if line.is_second else ("" if line.is_rare else line.term, "")


def by_page(line: Search) -> tuple[str, str] | None:
    """A row of the report by page."""
    return "", line.page


def by_both(line: Search) -> tuple[str, str] | None:
    """A row of the report by term and page."""
    return None if line.is_rare else (line.term, line.page)


class Road(VendorRoad):
    """A company's road of this vendor alone."""

    connector = SEARCH_CONSOLE
    since = SINCE

    def run(self, now: datetime, data_state: str = "final") -> list[Loaded]:
        """A daily run of every stream."""
        config = ConnectorConfig(
            base_url=self.server.base_url("search_console"),
            accounts=[SITE],
            secrets={name: Secret("ROAD_SECRET", name) for name in SEARCH_CONSOLE.secrets},
            options={"data_state": data_state},
        )
        return self.extract(config, now)

    def land(self, stream: str, *rows: dict[str, Any], site: str = SITE) -> None:
        """A slice of one day that the double never writes."""
        window = Window(DAY, DAY + timedelta(days=1))
        with Landing(self.settings.landing_dir).begin(
            "search_console", SEARCH_CONSOLE.stream(stream), site, extracted_at=NOW,
            window_start=window.start_at, window_end=window.end_at,
        ) as writer:  # fmt: skip
            for row in rows:
                writer.append({"date_day": str(DAY), "site_url": site, "country": "swe", **row})
            writer.commit()

    def staged(self) -> dict[tuple[str, str, str, str], Figures]:
        """Clicks, impressions and position by day, term, page and country."""
        rows = self.query(
            "select cast(date_day as varchar), coalesce(search_term, ''), coalesce(page, ''),"
            " country, clicks, impressions, position"
            " from staging.stg_search_console__organic_search"
        )
        found = {row[:4]: (row[4], row[5], pytest.approx(float(row[6]))) for row in rows}
        assert len(found) == len(rows)
        return found

    def expected(self, now: datetime, *, only_final: bool = True) -> dict[Any, Figures]:
        """The same from the world: what is by term is once per search, the rest once per page."""
        sums: dict[tuple[str, str, str, str], list[Decimal]] = {}
        for line in shown(self.world.searches, now, only_final=only_final):
            if line.day < SINCE:
                continue
            for kind in (by_term, by_page, by_both):
                if (named := kind(line)) is None:
                    continue
                cell = sums.setdefault((str(line.day), *named, line.country), [Decimal(0)] * 3)
                cell[0] += line.clicks
                cell[1] += line.impressions
                cell[2] += line.position * line.impressions
        return {key: (c[0], c[1], float(c[2] / c[1])) for key, c in sums.items()}


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty warehouse with the staging view; the view follows what is loaded."""
    return staged_warehouse(tmp_path_factory.mktemp("staged"), "search_console")


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    """The double of a fiftieth of the demo company."""
    with SimulatorServer(generate(seed=7, scale=0.02), Clock(NOW)) as running:
        yield running
        assert running.errors == []


@pytest.fixture
def road(
    server: SimulatorServer, staged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Road:
    """A company that has read nothing yet."""
    monkeypatch.setenv("ROAD_SECRET", "token")
    return Road(server.world, server, home_with(staged, tmp_path))


def a_row(clicks: float, impressions: float, position: float = 3.0, **named: str) -> dict[str, Any]:
    """One row's figures."""
    return {"clicks": clicks, "impressions": impressions, "position": position, **named}


def test_every_report_comes_and_what_is_withheld_is_a_remainder(road: Road) -> None:
    """Days become final; the rows by term, with the withheld ones, total the site."""
    loaded = road.run(NOW)
    assert sum(item.rows_quarantined for item in loaded) == 0
    assert {field for item in loaded for field in item.unknown_fields} == set()
    assert road.staged() == road.expected(NOW)
    later = NOW + timedelta(days=3, hours=5)
    road.run(later)
    found = road.staged()
    assert found == road.expected(later)
    withheld = [figures for key, figures in found.items() if key[1:3] == ("", "")]
    assert sum(figures[0] for figures in withheld) > 10


def test_fresh_days_are_restated_until_they_are_final(road: Road) -> None:
    """A day that is not over shows a part of its clicks; the next run replaces it."""
    road.run(NOW, "all")
    first = road.staged()
    assert first == road.expected(NOW, only_final=False)
    fresh = {key for key in first if key[0] >= str(NOW.date() - timedelta(days=2))}
    assert fresh
    later = NOW + timedelta(days=4)
    road.run(later, "all")
    assert road.staged() == road.expected(later, only_final=False)
    assert {key: road.staged()[key] for key in fresh} != {key: first[key] for key in fresh}


def test_a_remainder_has_the_position_that_the_rest_leaves(road: Road) -> None:
    """(40 x 4 - 30 x 3) / 10: positions are averages by impressions, and no average of averages."""
    road.land("site_days", a_row(9, 40, 4.0), a_row(2, 5, 1.0, country="nor"))
    road.land("search_term_days", a_row(5, 20, 2.0, search_term="a"),
              a_row(1, 10, 5.0, search_term="b"))  # fmt: skip
    assert sum(item.rows_quarantined for item in road.load()) == 0
    assert road.query(
        "select country, clicks, impressions, position, site, device"
        " from staging.stg_search_console__organic_search where search_term is null"
        " order by country"
    ) == [
        ("nor", Decimal(2), Decimal(5), Decimal(1), SITE, None),
        ("swe", Decimal(3), Decimal(10), Decimal(7), SITE, None),
    ]


def test_a_remainder_may_take_back_what_came_late(road: Road) -> None:
    """Fresh figures grow between two requests; rows and remainder still total the site."""
    road.land("site_days", a_row(1, 10, 2.0))
    road.land("search_term_days", a_row(2, 12, 2.0, search_term="a"))
    road.load()
    assert road.query(
        "select search_term, clicks, impressions, position"
        " from staging.stg_search_console__organic_search order by clicks"
    ) == [(None, Decimal(-1), Decimal(-2), None), ("a", Decimal(2), Decimal(12), Decimal(2))]


def test_a_row_that_came_on_two_pages_counts_once(road: Road) -> None:
    """Rows are sorted by clicks, and move while pages are read; case makes no other term."""
    page = {"page": f"{PREFIX}a"}
    road.land("search_term_page_days", a_row(2, 10, search_term="Acme", **page),
              a_row(2, 10, search_term="Acme", **page),
              a_row(1, 5, 6.0, search_term="acme", **page))  # fmt: skip
    road.land("page_days", a_row(3, 15, **page))
    road.load()
    assert road.query(
        "select search_term, clicks, impressions, position"
        " from staging.stg_search_console__organic_search order by search_term"
    ) == [
        ("acme", Decimal(3), Decimal(15), Decimal(4)),
        (None, Decimal(3), Decimal(15), Decimal(3)),
    ]


@pytest.mark.parametrize(
    ("site", "larger", "counts"),
    [
        (PREFIX, "sc-domain:fjordbase.example", False),
        ("sc-domain:blog.fjordbase.example", "sc-domain:fjordbase.example", False),
        (f"{PREFIX}sv/", PREFIX, False),
        ("https://fjordbase.example.org/", "sc-domain:fjordbase.example", True),
        ("https://notfjordbase.example/", "sc-domain:fjordbase.example", True),
        ("http://www.fjordbase.example/", PREFIX, True),
    ],
)
def test_a_property_within_another_counts_once(
    road: Road, site: str, larger: str, counts: bool
) -> None:
    """A domain property has the clicks of every host and address of the domain."""
    for each, clicks in ((site, 2), (larger, 5)):
        road.land("site_days", a_row(clicks, 10), site=each)
        road.land("search_term_days", a_row(clicks, 10, search_term="a"), site=each)
    road.load()
    assert set(
        road.query(
            "select site, sum(clicks) from staging.stg_search_console__organic_search group by site"
        )
    ) == {(larger, Decimal(5))} | ({(site, Decimal(2))} if counts else set())


def test_a_property_counts_where_the_larger_one_has_no_day(road: Road) -> None:
    """A domain property that was verified last month knows nothing of the months before."""
    road.land("search_term_days", a_row(2, 10, search_term="a"), site=PREFIX)
    road.land("site_days", a_row(5, 10) | {"date_day": "2026-04-02"})
    road.load()
    assert road.query(
        "select distinct site, cast(date_day as varchar)"
        " from staging.stg_search_console__organic_search where search_term = 'a'"
    ) == [(PREFIX, "2026-04-01")]


@pytest.mark.parametrize(
    ("row", "quarantined"),
    [
        (a_row(1, 2, 3.25), 0),
        (a_row(1.2e3, 1e4, 1e300), 0),
        (a_row(0, 9e8, 80.5), 0),
        (a_row(-1, 2), 1),
        ({"clicks": "many", "impressions": 2, "position": 1}, 1),
    ],
)
def test_figures_that_cannot_be_read_cost_their_row_and_no_run(
    road: Road, row: dict[str, Any], quarantined: int
) -> None:
    """What can be read is published, however odd; the rest is named in the quarantine."""
    road.land("page_days", {**row, "page": PREFIX})
    assert sum(item.rows_quarantined for item in road.load()) == quarantined
    assert len(road.staged()) == 1 - quarantined
