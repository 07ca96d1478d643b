"""The journeys of the benchmark are those that its document describes, on every machine."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benchmarks.attribution.journeys import CHANNELS, make_journeys, shares, write_for_peers

SIZE = 10_000


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    """Journeys of 10,000 touches."""
    con = duckdb.connect()
    make_journeys(con, SIZE)
    return con


def test_journeys_are_as_described(con: duckdb.DuckDBPyConnection) -> None:
    """Exactly as many touches as asked for, and ties, so that their order must be stated."""
    counted = con.execute(
        """
        select
            count(*),
            count(distinct touchpoint_id),
            count(distinct person),
            count(*) - count(distinct (person, occurred_at)),
            max(occurred_at) < timestamp '2026-01-01'
        from touches
        """
    ).fetchone()
    assert counted is not None
    touches, ids, people, ties, within = counted
    assert (touches, ids, within) == (SIZE, SIZE, True)
    assert SIZE / people == pytest.approx(4, rel=0.1)
    assert ties > 0
    first = con.execute("select count(*) from touches where channel = 0").fetchone()
    assert first is not None
    assert first[0] / SIZE == pytest.approx(shares()[0], rel=0.1)


def test_journeys_are_the_same_everywhere(con: duckdb.DuckDBPyConnection) -> None:
    """Measurements of two machines, or of two versions, must be of the same data."""
    digest = con.execute(
        """
        select md5(string_agg(
            touchpoint_key || channel || occurred_at, ',' order by touchpoint_key
        ))
        from touches
        """
    ).fetchone()
    assert digest == ("7b843400a826fe7d5b45a82397e55658",)


def test_the_path_table_holds_every_person_once(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """Peers that start from finished paths must not start from fewer people or conversions."""
    write_for_peers(con, tmp_path)
    paths = con.execute(
        f"select sum(conversions), sum(nulls), max(path) from '{tmp_path}/paths.parquet'"
    ).fetchone()
    people = con.execute(
        "select (select count(*) from conversions), (select count(*) from people)"
    ).fetchone()
    assert paths is not None
    assert people is not None
    assert (paths[0], paths[0] + paths[1]) == people
    assert people[0] / people[1] == pytest.approx(0.05, rel=0.2)
    assert set(paths[2].split(" > ")) <= {channel for channel, _ in CHANNELS}
