"""Calling dbt: the right executable and environment, without an activated one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.transform.dbt import (
    Artifacts,
    DbtFailed,
    dbt_environment,
    dbt_executable,
    dbt_variables,
    run_dbt,
)
from tests.kit.scan import found


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty home."""
    return Settings(home=tmp_path, config_path=None, config=Config(), threads=3)


def test_dbt_is_found_beside_python_and_not_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """``.venv/bin/tributary`` called by its path finds its own dbt, and no foreign one."""
    monkeypatch.setenv("PATH", "/nonexistent")
    assert dbt_executable() == Path(sys.executable).parent / "tributary-dbt"


def test_an_environment_without_it_says_how_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A checkout that was updated but not installed again."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(DbtFailed) as caught:
        dbt_executable()
    assert "make setup" in caught.value.remedy


def test_the_warehouse_is_given_as_an_absolute_path(settings: Settings) -> None:
    """A relative one would let dbt build a second database and report success."""
    environment = dbt_environment(settings, "run-1")
    assert Path(environment["TRIBUTARY_WAREHOUSE"]).is_absolute()
    assert environment["TRIBUTARY_WAREHOUSE"] == str(settings.warehouse_path)
    assert environment["DBT_ENV_CUSTOM_ENV_TRIBUTARY_RUN_ID"] == "run-1"
    assert environment["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "false"


def test_variables_are_as_before_afterwards(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dagster's process runs many things; what dbt needs must not leak into the next."""
    monkeypatch.setenv("TRIBUTARY_THREADS", "7")
    monkeypatch.delenv("DBT_TARGET_PATH", raising=False)
    before = dict(os.environ)
    with dbt_variables(settings, "run-1"):
        assert os.environ["TRIBUTARY_THREADS"] == "3"
        assert os.environ["DBT_TARGET_PATH"] == str(settings.dbt_target_dir)
    assert dict(os.environ) == before


def test_a_run_without_dagster_gives_output_and_status(settings: Settings) -> None:
    """What parsing the project ahead of Dagster relies on."""
    done = run_dbt(settings, ["no-such-command"])
    assert done.returncode == 2
    assert "no-such-command" in done.stdout


def test_a_cell_that_cannot_be_converted_is_in_nothing_that_dbt_writes(settings: Settings) -> None:
    """dbt writes DuckDB's message to its log, its output and run_results.json."""
    cell = "Zqxanna Svensson"
    made = "'Zqx' || 'anna Svensson'"
    inline = f"select cast({made} as integer) as x from range(3)"
    done = run_dbt(settings, ["show", "--inline", inline])
    assert done.returncode
    assert "Could not convert" in done.stdout
    assert cell not in done.stdout
    assert found(settings.home, [cell]) == {}


def test_no_manifest_says_where_to_look(settings: Settings) -> None:
    """dbt that died early leaves a log and nothing else."""
    with pytest.raises(DbtFailed) as caught:
        Artifacts.read(settings.dbt_target_dir)
    assert caught.value.where == str(settings.dbt_target_dir / "manifest.json")


def test_the_log_has_results_and_no_statements(settings: Settings) -> None:
    """Twelve megabytes a run, each line of it formatted twice, were a tenth of dbt's time."""
    done = run_dbt(settings, ["show", "--inline", "select 4321 as x"])
    assert "4321" in done.stdout
    said = (settings.dbt_target_dir / "dbt.log").read_text(encoding="utf-8")
    assert "Running with dbt" in said
    assert "[debug]" not in said
    assert "select 4321" not in said
