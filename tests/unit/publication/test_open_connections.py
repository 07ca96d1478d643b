"""What docs/bi.md says of programs that keep the published file open."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.settings import Settings
from tests.kit.faults.shelf import company, publish_version
from tests.kit.places import REPOSITORY

GENERATION = "select generation from {}meta.publication"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with one published generation."""
    publish_version(str(tmp_path), 1)
    return company(tmp_path)


def asked(con: duckdb.DuckDBPyConnection, catalog: str = "") -> int:
    """The generation that a connection sees."""
    ((generation,),) = con.execute(GENERATION.format(catalog)).fetchall()
    return int(generation)


def test_an_open_connection_hides_the_new_generation_from_its_process(settings: Settings) -> None:
    """Every author of an app meets this; if DuckDB changes it, the page must change."""
    path = str(settings.published_path)
    with duckdb.connect(path, read_only=True) as first:
        assert asked(first) == 1
        publish_version(str(settings.home), 2)
        with duckdb.connect(path, read_only=True) as second:
            assert asked(first) == asked(second) == 1
        with pytest.raises(duckdb.ConnectionException, match="different configuration"):
            duckdb.connect(path, read_only=True, config={"threads": 1})
        with duckdb.connect() as other:
            other.execute(f"attach '{path}' as marts (read_only)")
            assert asked(other, "marts.") == 2
    with duckdb.connect(path, read_only=True) as after:
        assert asked(after) == 2


def test_the_printed_connection_answers_with_exact_whole_numbers(settings: Settings) -> None:
    """A pandas user copies it; without its casts, leads are floats."""
    page = (REPOSITORY / "docs" / "bi.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    ours = code.replace("lead_source_performance", "totals").replace("lead_source", "version")
    found: dict[str, object] = {"PUBLISHED": str(settings.published_path)}
    exec(ours, found)
    answer = found["answer"]
    assert {name: str(kind) for name, kind in answer.dtypes.items()} == {  # type: ignore[attr-defined]
        "version": "int32",
        "leads": "int64",
        "revenue": "float64",
    }
