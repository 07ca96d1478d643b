"""A model that is wrong publishes nothing, and the message says why."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.kit.csv_company import environment, write_company
from tests.kit.places import REPOSITORY


def test_a_corrupted_staging_model_publishes_nothing(tmp_path: Path) -> None:
    """Spend is doubled in staging: every mart is wrong, and every dbt key test still passes.

    The reconciliation from raw to facts must see it, the command must fail, and what it prints
    must name the check with both sums.
    """
    checkout = tmp_path / "checkout"
    for folder in ("orchestration", "dbt_project", "models", "seeds"):
        shutil.copytree(
            REPOSITORY / folder,
            checkout / folder,
            symlinks=True,
            ignore=shutil.ignore_patterns("__pycache__", "target", "logs"),
        )
    for name in ("dagster.yaml", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, checkout / name)
    model = checkout / "models" / "staging" / "inbox" / "stg_inbox__costs.sql"
    text = model.read_text(encoding="utf-8")
    assert text.rstrip().endswith("select * from final")
    corrupted = text.rstrip().removesuffix("select * from final") + (
        "select * replace (amount * 2 as amount) from final\n"
    )
    model.write_text(corrupted, encoding="utf-8")
    write_company(tmp_path)

    run = subprocess.run(
        [sys.executable, "-m", "orchestration", "run"],
        cwd=checkout,
        env=os.environ | environment(tmp_path) | {"PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert not (tmp_path / "home" / "published" / "tributary.duckdb").exists()
    assert "Nothing was published" in run.stdout
    assert "reconciliation" in run.stdout
    assert "600" in run.stdout
    assert "300" in run.stdout
