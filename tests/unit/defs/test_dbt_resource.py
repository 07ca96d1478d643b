"""How Dagster calls dbt."""

from __future__ import annotations

from pathlib import Path

import pytest
from dagster_dbt import DbtCliInvocation, DbtCliResource

from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.defs.transform import assets
from orchestration.foundation.repository import DBT_PROJECT
from orchestration.transform.dbt import dbt_executable, dbt_variables


def test_dagsters_process_makes_no_adapter_of_dbt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dagster-dbt makes one before each run, from all macros of the project: one CPU second."""

    def started(**given: object) -> object:
        return given["adapter"]

    assert hasattr(DbtCliResource, "_initialize_dbt_core_adapter")
    monkeypatch.setattr(DbtCliInvocation, "run", started)
    resource = assets._DbtWithoutAdapter(
        project_dir=str(DBT_PROJECT), dbt_executable=str(dbt_executable())
    )
    with dbt_variables(Settings(home=tmp_path, config_path=None, config=Config())):
        assert resource.cli(["parse"], target_path=tmp_path) is None
