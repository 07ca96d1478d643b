"""Column lineage from SQL: what each column derives from, through CTEs, unions and joins."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.transform import lineage
from orchestration.transform.lineage import KeptOrigins, column_origins

RELATIONS = {"raw.spend": ("day", "cost", "rate"), "core.campaigns": ("key", "name")}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "select day, cost * rate as spend from raw.spend",
            {
                "day": {("raw.spend", "day")},
                "spend": {("raw.spend", "cost"), ("raw.spend", "rate")},
            },
        ),
        (
            "with s as (select * from raw.spend), t as (select s.day, c.name from s "
            "inner join core.campaigns as c on s.rate = c.key) select * from t",
            {"day": {("raw.spend", "day")}, "name": {("core.campaigns", "name")}},
        ),
        (
            "select day as at from raw.spend union all select name from core.campaigns",
            {"at": {("raw.spend", "day"), ("core.campaigns", "name")}},
        ),
        ("select 1 as one, count(*) as n from raw.spend", {"one": set(), "n": set()}),
        (
            "select sum(cost) over (partition by day) as total from raw.spend",
            {"total": {("raw.spend", "cost"), ("raw.spend", "day")}},
        ),
    ],
)
def test_columns_are_traced_to_relations(
    sql: str, expected: dict[str, set[tuple[str, str]]]
) -> None:
    """A wrong origin sends someone to the wrong place when a figure looks odd."""
    assert column_origins(sql, RELATIONS) == {
        name: frozenset(origins) for name, origins in expected.items()
    }


def test_sql_that_cannot_be_read_has_no_lineage_and_stops_nothing() -> None:
    """Lineage is a help; a run must not fail for the lack of it."""
    assert column_origins("select from where", RELATIONS) == {}


def test_a_relation_without_known_columns_hides_its_own_alone() -> None:
    """A Python model that declares no column took the lineage of all that read it."""
    sql = "select spend.day, other.key from raw.spend as spend cross join raw.other as other"
    found = column_origins(sql, RELATIONS | {"raw.other": ()})
    assert found["day"] == {("raw.spend", "day")}


def test_origins_are_read_once_and_again_when_the_query_or_its_tables_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading the lineage of all models took 1 CPU s of every run."""
    path = tmp_path / "lineage.json"
    wider = RELATIONS | {"raw.spend": (*RELATIONS["raw.spend"], "clicks")}
    asked = [
        ("select * from raw.spend", RELATIONS),
        ("select * from raw.spend", wider),
        ("select day from raw.spend", RELATIONS),
    ]
    read: list[str] = []

    def noted(sql: str, relations: lineage.Columns) -> lineage.Origins:
        read.append(sql)
        return column_origins(sql, relations)

    monkeypatch.setattr(lineage, "column_origins", noted)
    first = KeptOrigins(path)
    expected = [column_origins(*each) for each in asked]
    assert [first.of(*each) for each in asked[:2]] == expected[:2]
    first.keep()
    assert len(read) == 2
    second = KeptOrigins(path)
    assert [second.of(*each) for each in asked] == expected
    assert read[2:] == [asked[2][0]]
    path.write_text("torn")
    assert KeptOrigins(path).of(*asked[0]) == expected[0]
