"""Canonical shapes: what several vendors deliver alike, held to one contract and to one list.

Belongs here: declared shapes against the models that dbt knows and the columns that DuckDB built.
Does not belong here: the contents of those columns (``test_classification`` and others).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.kit.models.built import Built
from tests.kit.models.dbt import run_dbt
from tests.kit.places import REPOSITORY

Manifest = Mapping[str, Any]
Columns = list[tuple[str, str]]

PROJECT = yaml.safe_load((REPOSITORY / "dbt_project/dbt_project.yml").read_text(encoding="utf-8"))
SHAPES: dict[str, list[str]] = PROJECT["vars"]["canonical_shapes"]

RECONCILED = {
    "ad_spend": "stg_reconciliation__landed_spend",
    "leads": "stg_reconciliation__landed_leads",
    "touchpoints": "stg_reconciliation__landed_touchpoints",
    "opportunities": "stg_reconciliation__landed_opportunities",
    "conversions": "stg_reconciliation__landed_conversions",
    "costs": "stg_reconciliation__landed_costs",
}
"""The shapes whose facts are compared with raw rows, and the model that reads those of all."""

NULL = re.compile(
    r"\bcast\s*\(\s*null\b[^)]*\)*|\bnull\s*::|\btry_cast\s*\(\s*null\b", re.IGNORECASE
)
TYPED_NULL = re.compile(
    r"cast\(null as (?:\{\{ dbt\.type_string\(\) \}\}|\{\{ column\.data_type \}\}"
    r"|decimal\(\d+, \d+\)|bigint|boolean|date|double|integer|smallint|timestamp)\)"
)


def unions(manifest: Manifest) -> dict[str, Mapping[str, Any]]:
    """The union of every shape, by shape."""
    return {
        node["name"].removeprefix("int_").removesuffix("__unioned"): node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["path"].startswith("intermediate/unioned/")
    }


def contract(union: Mapping[str, Any]) -> Columns:
    """The columns of a union as its contract has them, spelled as DuckDB spells types."""
    return [(name, _duckdb_type(column["data_type"])) for name, column in union["columns"].items()]


def _duckdb_type(declared: str) -> str:
    """A portable type as DuckDB calls it."""
    return declared.upper().replace(", ", ",").replace("STRING", "VARCHAR")


def built_columns(built: Built, schema: str, table: str) -> Columns:
    """The columns of a table or view, in order."""
    return built.con.execute(
        "select column_name, data_type from duckdb_columns() "
        "where schema_name = ? and table_name = ? order by column_index",
        [schema, table],
    ).fetchall()


def undeclared(names: set[str], shapes: Mapping[str, list[str]], known: set[str]) -> set[str]:
    """Staging models whose name ends with a canonical shape and that no union reads."""
    declared = {f"stg_{vendor}__{shape}" for vendor, has in shapes.items() for shape in has}
    return {name for name in names - declared if name.partition("__")[2] in known}


def unreconciled(manifest: Manifest, shapes: Mapping[str, list[str]]) -> set[str]:
    """Vendor and shape of every reconciled shape whose landed rows reconciliation does not read."""
    named = {node["name"]: node for node in manifest["nodes"].values()}
    return {
        f"{vendor}: {shape}"
        for vendor, has in shapes.items()
        for shape in has
        if shape in RECONCILED and vendor not in sources_of(manifest, named[RECONCILED[shape]])
    }


def sources_of(manifest: Manifest, node: Mapping[str, Any]) -> set[str]:
    """The vendors whose raw tables a model reads itself, or through ephemeral models."""
    found = set()
    for parent in node["depends_on"]["nodes"]:
        if parent in manifest["sources"]:
            found.add(manifest["sources"][parent]["source_name"])
        elif manifest["nodes"][parent]["config"]["materialized"] == "ephemeral":
            found |= sources_of(manifest, manifest["nodes"][parent])
    return found


def untyped(text: str) -> list[str]:
    """Nulls whose type is spelled otherwise than everywhere else."""
    return [
        found.group() for found in NULL.finditer(text) if not TYPED_NULL.match(text, found.start())
    ]


def sql_files() -> Iterator[Path]:
    """Everything that holds SQL of the project: models, macros and tests."""
    for folder in ("models", "dbt_project/macros", "dbt_project/tests"):
        yield from sorted((REPOSITORY / folder).rglob("*.sql"))


@pytest.mark.parametrize("shape", sorted({shape for has in SHAPES.values() for shape in has}))
def test_all_models_of_a_shape_have_the_columns_of_its_contract(
    built: Built, manifest: Manifest, shape: str
) -> None:
    """Names, order and types are the contract's in a real build.

    Two text columns in each other's place fit a union by position and put campaigns where keywords
    belong.
    """
    agreed = contract(unions(manifest)[shape])
    members = [f"stg_{vendor}__{shape}" for vendor, has in SHAPES.items() if shape in has]
    assert len(agreed) >= 3
    assert {name: built_columns(built, "staging", name) for name in members} == dict.fromkeys(
        members, agreed
    )
    assert built_columns(built, "intermediate", f"int_{shape}__unioned") == agreed


def test_unions_read_what_is_declared_by_name_and_under_contract(manifest: Manifest) -> None:
    """A union that uses ``select *`` or has no contract is not checked at all."""
    found = unions(manifest)
    assert set(found) == {shape for has in SHAPES.values() for shape in has}
    for shape, union in found.items():
        assert union["raw_code"].endswith(f"{{{{ unioned('{shape}') }}}}")
        assert union["config"]["contract"]["enforced"]
        assert {parent.rpartition(".")[2] for parent in union["depends_on"]["nodes"]} == {
            f"stg_{vendor}__{shape}" for vendor, has in SHAPES.items() if shape in has
        }


def test_a_staging_model_of_a_shape_is_declared(manifest: Manifest) -> None:
    """A vendor's leads that no union reads are missing in every mart, and no check sees it."""
    known = set(unions(manifest))
    names = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["path"].startswith("staging/")
    }
    assert undeclared(names, SHAPES, known) == set()
    assert undeclared(names | {"stg_newads__ad_spend"}, SHAPES, known) == {"stg_newads__ad_spend"}
    vendors = {source["source_name"] for source in manifest["sources"].values()} - {"ops"}
    assert vendors == set(SHAPES)


def test_every_vendor_of_a_reconciled_shape_is_compared_with_its_raw_rows(
    manifest: Manifest,
) -> None:
    """A vendor without a branch in ``stg_reconciliation__landed_*`` is compared with itself."""
    assert unreconciled(manifest, SHAPES) == set()
    planted = {**SHAPES, "newads": ["ad_spend", "campaigns"], "newcrm": ["leads"]}
    assert unreconciled(manifest, planted) == {"newads: ad_spend", "newcrm: leads"}


@pytest.mark.parametrize(
    ("shape", "message"),
    [("ad_spend", "spend_reports does not say"), ("leads", "newvendor__leads")],
)
def test_dbt_names_what_a_declared_vendor_lacks(tmp_path: Path, shape: str, message: str) -> None:
    """A shape that is declared and forgotten stops dbt before anything is built."""
    variables = {**PROJECT["vars"], "canonical_shapes": {**SHAPES, "newvendor": [shape]}}
    outcome = run_dbt(tmp_path / "warehouse.duckdb", "parse", "--vars", json.dumps(variables))
    assert outcome.returncode != 0
    assert message in outcome.stdout
    assert "newvendor" in outcome.stdout


def test_what_nobody_delivers_is_there_without_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names, order and types: published tables are the same whatever a company has."""
    monkeypatch.setenv("TRIBUTARY_DELIVERED", json.dumps({"inbox": []}))
    warehouse = tmp_path / "warehouse.duckdb"
    outcome = run_dbt(warehouse, "run", "--select", "path:models/intermediate/unioned")
    assert outcome.returncode == 0, outcome.stdout[-4000:]
    found = unions(json.loads((tmp_path / "target/manifest.json").read_text(encoding="utf-8")))
    assert {"ad_spend", "campaigns", "leads", "opportunities", "touchpoints"} <= set(found)
    with duckdb.connect(str(warehouse)) as con:
        for union in found.values():
            rows = con.execute(f"describe intermediate.{union['name']}").fetchall()
            assert [(name, kind) for name, kind, *_ in rows] == contract(union)


def test_typed_nulls_have_one_spelling() -> None:
    """``varchar`` beside dbt's own word for text: one of them is wrong on the next engine."""
    found = {
        str(path.relative_to(REPOSITORY)): spelled
        for path in sql_files()
        if (spelled := untyped(path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("cast(null as {{ dbt.type_string() }}) as a", 0),
        ("cast(null as decimal(18, 6)) as a", 0),
        ("cast(null as varchar) as a", 1),
        ("CAST(NULL AS date) as a", 1),
        ("cast(null as decimal(18,6)) as a", 1),
        ("null::varchar as a, try_cast(null as date) as b", 2),
        ("cast(null as string) as a, cast(null as date) as b", 1),
    ],
)
def test_another_spelling_is_found(text: str, count: int) -> None:
    """The check above can fail."""
    assert len(untyped(text)) == count
