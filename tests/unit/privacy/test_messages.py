"""Messages hold no cell, and no first line of a file that may be a person."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.foundation.errors import TributaryError
from orchestration.privacy.guarded import Unexpected, guarded
from orchestration.privacy.messages import looks_like_a_name, names_of, without_values


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of a company without secrets."""
    return Settings(home=tmp_path, config_path=None, config=Config())


PERSON = 'Anna O\'Brien "Annie" Svensson'


@pytest.mark.parametrize(
    "expression",
    [
        "cast($cell as integer)",
        "cast($cell as decimal(18, 2))",
        "cast($cell as timestamp)",
        "cast($cell as date)",
        "cast($cell as boolean)",
        "cast($cell as json)",
        "strptime($cell, '%Y-%m-%d')",
        "json_extract($cell, '$.a')",
        "cast(cast('46701234567' as bigint) as smallint)",
    ],
)
def test_what_duckdb_repeats_of_a_cell_is_left_out(expression: str) -> None:
    """DuckDB quotes the cell, which may itself hold quotes."""
    cell = {"cell": PERSON} if "$cell" in expression else {}
    with duckdb.connect() as con, pytest.raises(duckdb.Error) as caught:
        con.execute(f"select {expression}", cell)
    said = without_values(caught.value)
    assert said.startswith(("Conversion Error", "Invalid Input Error"))
    for part in ("Anna", "Brien", "Annie", "Svensson", "46701234567"):
        assert part not in said


def test_a_key_that_occurs_twice_is_not_repeated() -> None:
    """A constraint names the key of the row, which may be an address or a name."""
    with duckdb.connect() as con:
        con.execute("create table t (name varchar primary key)")
        con.execute("insert into t values ('Anna Svensson')")
        with pytest.raises(duckdb.ConstraintException) as caught:
            con.execute("insert into t values ('Anna Svensson')")
    assert "Anna" in str(caught.value)
    assert "Anna" not in without_values(caught.value)


def test_names_of_columns_and_files_stay() -> None:
    """A message about a statement or a file is useless without its names."""
    with duckdb.connect() as con, pytest.raises(duckdb.BinderException) as caught:
        con.execute("select nothing_like_it from (select 1 as something)")
    assert "nothing_like_it" in without_values(caught.value)
    said = 'IO Error: Cannot open file "/data/warehouse.duckdb": No space left on device'
    assert without_values(said) == said


@pytest.mark.parametrize(
    ("header", "following", "shown"),
    [
        (["Id", "Skapad", "E-post"], [["L1", "2026-01-01", "a@b.example"]], True),
        (["Kundnummer", "Värde (SEK)", "Q3 2026"], [["7", "12,50", "3"]], True),
        (["顧客番号", "作成日"], [["L1", "2026-01-01"]], True),
        (["lead_id", "email"], [], True),
        (["Anna Svensson", "+46701234567", "19850101-1234"], [["Bo Ek", "+46701", "1985"]], False),
        (["Anna Svensson", "anna@kund.example"], [["Bo Ek", "bo@kund.example"]], False),
        (["Anna Svensson", "Storgatan 5"], [["Bo Ek", "Lillgatan 7"]], False),
        (["Anna Svensson", "Stockholm"], [["Bo Ek", "Malmö"]], False),
        (["Anna", "Svensson"], [], False),
        (["2026-01-08", "300", "EUR"], [["2026-01-09", "200", "EUR"]], False),
        (["", ""], [], False),
    ],
)
def test_a_first_line_is_shown_only_where_it_holds_names(
    header: list[str], following: list[list[str]], shown: bool
) -> None:
    """A file without a line of names put its first person into terminal, logs and Dagster."""
    names = names_of(header, following, known=["lead_id", "created_at"])
    assert names == (header if shown else [])


@pytest.mark.parametrize(
    "cell", ["anna@kund.example", "anna%40kund.example", "070-123 45 67", "https://x.example", ""]
)
def test_a_single_name_is_judged_by_its_form(cell: str) -> None:
    """The columns that a file has and nobody mapped are listed one by one."""
    assert not looks_like_a_name(cell)


def test_an_error_leaves_a_step_clean_and_alone(settings: Settings) -> None:
    """Dagster stores an error, its cause and its context; only the first was written by us."""
    raised = TributaryError("No: anna@kund.example", "here", "do +46701234567")
    raised.__cause__ = raised.__context__ = ValueError(PERSON)
    with pytest.raises(TributaryError) as caught, guarded(settings):
        raise raised
    error = caught.value
    assert (error.what, error.where, error.remedy) == ("No: ***@***", "here", "do +***")
    assert error.args == ("No: ***@***",)
    assert error.__cause__ is None
    assert error.__context__ is None


def test_another_error_is_named_with_its_place_and_without_its_cells(settings: Settings) -> None:
    """``int('Anna')`` repeats Anna; what helps is the type, the words around her and the line."""
    with pytest.raises(Unexpected) as caught, guarded(settings):
        int(PERSON)
    said = str(caught.value)
    assert said.startswith("ValueError: invalid literal for int() with base 10: '***'")
    assert "test_messages.py, line" in said
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("import a_package_that_is_not_there.part", "a_package_that_is_not_there"),
        ("from json import nothing_such", "nothing_such"),
    ],
)
def test_a_module_that_is_missing_is_named(statement: str, named: str) -> None:
    """``No module named '***'`` helps nobody; the name is one of the program's own."""
    with pytest.raises(ImportError) as caught:
        exec(statement)
    assert named in without_values(caught.value)
    assert "Anna" not in without_values(f"{caught.value} while reading 'Anna Svensson'")
