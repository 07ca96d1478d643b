"""The landed section: what it must say, and when what it reads has changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestration.configuration.document import SettingsError
from orchestration.configuration.inbox_files import present_paths
from orchestration.defs.sources.sensors import inbox_fingerprint
from tests.kit.landed import entries, write_duckdb

GOOGLE = "  - {loader: fivetran, vendor: google_ads, path: w.duckdb}\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  - {loader: stitch, vendor: google_ads, path: w}\n", "there is no loader 'stitch'"),
        ("  - {loader: fivetran, vendor: myspace, path: w}\n", "there is no vendor 'myspace'"),
        ("  - {loader: fivetran, path: w}\n", "the key name is missing"),
        ("  - {loader: fivetran, vendor: google_ads}\n", "say where the tables are"),
        (
            "  - {loader: fivetran, vendor: google_ads, path: w, postgres: '${env:A}'}\n",
            "say where the tables are",
        ),
        (
            "  - {loader: fivetran, vendor: google_ads, postgres: 'host=db'}\n",
            "a secret must not be written in the file",
        ),
        (
            "  - {loader: fivetran, vendor: google_ads, path: w, sql: select 1}\n",
            "a query of your own has none",
        ),
        (
            "  - {loader: fivetran, vendor: google_ads, path: w, streams: [leads]}\n",
            "there is no 'leads'; there are: ad_spend",
        ),
        (
            "  - {loader: fivetran, vendor: google_ads, path: w, constants: {lead_id: x}}\n",
            "has a column 'lead_id'",
        ),
        ("  - {loader: fivetran, vendor: google_ads, path: w, columns: {}}\n", "not known here"),
        ("  - {name: a, path: w, stream: costs}\n", "the key loader is missing"),
        ("  - {name: '*', path: w, stream: costs, sql: select 1}\n", "is no name"),
        ("  - {name: a, path: w, sql: select 1}\n", "the key stream is missing"),
        ("  - {name: a, path: w, stream: costs, sql: select 1, sheet: 2}\n", "not known here"),
        (GOOGLE + GOOGLE, "appears twice"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    """A mistake is found when the configuration is read, not when a run reaches the tables."""
    with pytest.raises(SettingsError, match=words) as caught:
        entries(tmp_path, text)
    assert f"line {text.count(chr(10)) + 1}" in str(caught.value)


def test_constants_go_to_the_streams_that_have_the_column(tmp_path: Path) -> None:
    """A currency is of deals, and no column of stages."""
    text = (
        "  - {loader: fivetran, vendor: hubspot, path: w, constants: {currency: SEK},"
        " streams: [opportunities, stage_history]}\n"
    )
    assert [entry.constants for entry in entries(tmp_path, text)] == [{"currency": "SEK"}, {}]


def test_a_table_that_changed_is_read_soon(tmp_path: Path) -> None:
    """The sensor and a run that looks for changes see the database file and every Parquet file."""
    write_duckdb(tmp_path / "w.duckdb", "main", {"t": "select 1 as a"})
    (entry,) = entries(tmp_path, "  - {name: a, path: w.duckdb, stream: costs, sql: from t}\n")
    os.utime(tmp_path / "w.duckdb", (1_000, 1_000))
    found = inbox_fingerprint([entry], 2_000)
    assert found is not None
    assert list(found) == ["costs:landed/a"]
    os.utime(tmp_path / "w.duckdb", (1_500, 1_500))
    assert inbox_fingerprint([entry], 2_000) != found
    assert inbox_fingerprint([entry], 1_501) is None
    part = tmp_path / "lake" / "t" / "1.parquet"
    part.parent.mkdir(parents=True)
    part.touch()
    (entry,) = entries(tmp_path, "  - {name: a, path: lake, stream: costs, sql: from t}\n")
    assert present_paths(entry) == [part]


def test_a_database_tells_nothing_of_its_changes(tmp_path: Path) -> None:
    """It is read at every run."""
    text = "  - {name: a, postgres: '${env:DB}', stream: costs, sql: from t}\n"
    (entry,) = entries(tmp_path, text)
    assert present_paths(entry) is None
    assert inbox_fingerprint([entry], 0) == {}
