"""What other models built does not stay."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.warehouse import model_fingerprint as model_fingerprint_module
from orchestration.warehouse.build import prepare_build
from orchestration.warehouse.model_fingerprint import drop_other_models, model_fingerprint
from orchestration.warehouse.schema import ensure_schema


def test_what_other_models_built_is_dropped_once() -> None:
    """After an upgrade changed a formula, old credits must not remain next to new ones.

    Raw rows stay, and so does everything when the models are the same as last time.
    """
    con = duckdb.connect()
    ensure_schema(con)
    drop_other_models(con, "old")
    con.execute("create schema intermediate; create schema core; create schema marts")
    con.execute("create table intermediate.kept as select 1; create table marts.m as select 1")
    con.execute("create view core.fact as select * from intermediate.kept")
    drop_other_models(con, "old")
    assert con.execute("select count(*) from core.fact").fetchone() == (1,)
    drop_other_models(con, "new")
    schemas = {row[0] for row in con.execute("select schema_name from duckdb_schemas()").fetchall()}
    assert {"raw", "ops", "marts"} <= schemas
    assert not {"intermediate", "core"} & schemas


def test_nothing_is_kept_under_another_vocabulary(tmp_path: Path) -> None:
    """Whether a touch was bought is told by its source, or in the broad one by its channel.

    Direct mail of an unknown channel has the same keys in both: its credits would stay.
    """
    kept = []
    for vocabulary in ("detailed", "detailed", "broad", "broad", "detailed"):
        config = Config.model_validate({"vocabulary": vocabulary})
        settings = Settings(home=tmp_path, config_path=None, config=config)
        settings.prepare_home()
        prepare_build(settings)
        with duckdb.connect(str(settings.warehouse_path)) as con:
            schemas = con.execute("select schema_name from duckdb_schemas()").fetchall()
            kept.append(("core",) in schemas)
            con.execute("create schema if not exists core")
    assert kept == [False, True, False, True, False]


def test_the_fingerprint_is_of_this_checkout_alone() -> None:
    """It is the same at every call, so that a second run is a refresh."""
    assert model_fingerprint() == model_fingerprint()
    assert len(model_fingerprint()) == 64


@pytest.mark.parametrize(
    "name", ["models/unioned.yml", "models/a.sql", "dbt_project/dbt_project.yml", "seeds/a.csv"]
)
def test_the_fingerprint_sees_all_that_makes_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A union takes its columns from a contract and its vendors from ``dbt_project.yml``."""
    folders = {folder: tmp_path / folder for folder in ("models", "seeds")}
    monkeypatch.setattr(model_fingerprint_module, "_FOLDERS", folders)
    monkeypatch.setattr(model_fingerprint_module, "DBT_PROJECT", tmp_path / "dbt_project")
    for path in (
        "models/unioned.yml",
        "models/a.sql",
        "dbt_project/dbt_project.yml",
        "seeds/a.csv",
    ):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("before", encoding="utf-8")
    before = model_fingerprint()
    (tmp_path / name).write_text("after", encoding="utf-8")
    assert model_fingerprint() != before
