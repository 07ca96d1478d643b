"""Tables, views and seeds are replaced in place, as safely as in dbt's own way."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.kit.places import REPOSITORY

ENGINE = REPOSITORY / "dbt_project" / "macros" / "engine"

PROJECT = {
    "dbt_project.yml": """
name: replaced
version: "1.0"
config-version: 2
profile: replaced
flags: {send_anonymous_usage_stats: false}
""",
    "profiles.yml": """
replaced:
  target: d
  outputs: {d: {type: duckdb, path: warehouse.duckdb, schema: main}}
""",
    "models/changing.sql": """
{{ config(materialized=var('kind', 'table')) }}
select {{ var('value', 1) }} as value
""",
    "models/promised.sql": """
{{ config(materialized='table') }}
select cast({{ var('value', 1) }} as {{ var('type', 'integer') }}) as value
""",
    "models/growing.sql": """
{{ config(materialized='table') }}
select {{ var('value', 1) }} as value
{% if load_relation(this) is not none %}union all select value from {{ this }}{% endif %}
""",
    "models/counted.py": """
import pyarrow
def model(dbt, session):
    dbt.config(materialized="table")
    changing = dbt.ref("changing")
    return pyarrow.table({"value": [row[0] * 10 for row in changing.fetchall()]})
""",
    "models/all.yml": """
models:
  - name: promised
    description: It's promised.
    config:
      contract: {enforced: true}
      persist_docs: {relation: true, columns: true}
    columns: [{name: value, data_type: integer, description: "A \\"value\\"; with $signs$."}]
""",
}

WORDS = yaml.safe_load("""
seeds:
  - name: words
    config:
      column_types: {word: string, kind: string, number: bigint, is_new: boolean}
      meta: {primary_key: [word, kind]}
    columns:
      - name: word
        constraints: [{type: not_null}]
      - name: kind
        constraints: [{type: check, expression: "kind in ('noun', 'verb')"}]
      - name: number
        constraints: [{type: unique}]
""")
SOUND = 'word,kind,number,is_new\n007,noun,1,true\n007,verb,,\n"a, b",noun,,false\n'
BROKEN = {
    "a key that appears twice": SOUND + "007,noun,2,true\n",
    "a number that appears twice": SOUND + "x,noun,1,true\n",
    "a kind that is none": SOUND + "x,adverb,2,true\n",
    "a word that is missing": SOUND + ",noun,2,true\n",
    "a number that is none": SOUND + "x,noun,two,true\n",
    "a cell too many": SOUND + "x,noun,2,true,y\n",
    "a column that nobody declared": SOUND.replace("is_new", "is_old"),
}

SEEDS = """
import json, sys
from pathlib import Path
from dbt.cli.main import dbtRunner
for what, text, fails in json.loads(sys.argv[1]):
    Path("seeds/words.csv").write_text(text, encoding="utf-8")
    done = dbtRunner().invoke(["--quiet", "seed"])
    assert done.success != fails, (what, done.exception or [
        result.message for result in done.result.results])
"""

BUILDS = """
import json, sys
from dbt.cli.main import dbtRunner
for number, (variables, fails) in enumerate(json.loads(sys.argv[1])):
    done = dbtRunner().invoke(["--quiet", "run", "--vars", json.dumps(variables)])
    assert done.success != fails, (variables, done.result and [
        result.message for result in done.result.results])
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The models with our materializations, not built yet."""
    folder = tmp_path_factory.mktemp("replaced")
    for name, text in PROJECT.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    shutil.copytree(ENGINE / "materializations", folder / "macros" / "materializations")
    shutil.copy(ENGINE / "persist_docs.sql", folder / "macros")
    return folder


def _build(folder: Path, builds: str, code: str = BUILDS) -> None:
    subprocess.run(
        [sys.executable, "-c", code, builds],
        cwd=folder,
        env=os.environ | {"DO_NOT_TRACK": "1"},
        check=True,
    )


def _state(folder: Path) -> dict[str, tuple[str, list[int]]]:
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as con:
        kinds = con.execute(
            "select table_name, table_type from information_schema.tables"
        ).fetchall()
        return {
            name: (kind, [row[0] for row in con.execute(f"from {name} order by 1").fetchall()])
            for name, kind in kinds
        }


def test_what_is_built_replaces_what_was_there(project: Path) -> None:
    """A table becomes a view and back, a table may read its own former rows, nothing is left over.

    A model that fails, and one that breaks its contract, keep the rows they had.
    """
    _build(
        project,
        """[
            [{}, false],
            [{"kind": "view", "value": 2}, false],
            [{"kind": "table", "value": 3}, false],
            [{"value": "cast('x' as integer)"}, true],
            [{"value": 4, "type": "bigint"}, true]
        ]""",
    )
    assert _state(project) == {
        # The last build broke only the contract; the one before it broke every model.
        "changing": ("BASE TABLE", [4]),
        "counted": ("BASE TABLE", [40]),
        "growing": ("BASE TABLE", [1, 2, 3, 4]),
        "promised": ("BASE TABLE", [3]),
    }
    with duckdb.connect(str(project / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute(
            "select comment from duckdb_tables() where table_name = 'promised'"
        ).fetchone() == ("It's promised.",)
        assert con.execute(
            "select comment from duckdb_columns() where table_name = 'promised'"
        ).fetchone() == ('A "value"; with $signs$.',)


def test_a_seed_is_loaded_whole_or_not_at_all(tmp_path: Path) -> None:
    """Types and empty cells are as declared; a file that breaks a promise leaves the old rows."""
    for name in ("dbt_project.yml", "profiles.yml"):
        (tmp_path / name).write_text(PROJECT[name], encoding="utf-8")
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "words.yml").write_text(yaml.safe_dump(WORDS, sort_keys=False), "utf-8")
    shutil.copytree(ENGINE / "materializations", tmp_path / "macros" / "materializations")
    broken = [[what, text, True] for what, text in BROKEN.items()]
    _build(tmp_path, json.dumps([["what is sound", SOUND, False], *broken]), SEEDS)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute("select * from words order by all").fetchall() == [
            ("007", "noun", 1, True),
            ("007", "verb", None, None),
            ("a, b", "noun", None, False),
        ]
