"""The step that serves: there for companies that have a server, after the publication."""

from __future__ import annotations

from pathlib import Path

from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.defs.keys import POSTGRES_KEY, PUBLICATION_KEY
from orchestration.defs.serving.assets import serving_assets
from tests.kit.faults.served import served_by


def test_a_company_without_a_server_has_no_step(tmp_path: Path) -> None:
    """What a company does not have costs it nothing, not even a line on Dagster's page."""
    settings = Settings(tmp_path, None, Config())
    assert serving_assets(settings) == []
    (asset,) = serving_assets(served_by(settings))
    assert asset.key == POSTGRES_KEY
    assert asset.asset_deps[POSTGRES_KEY] == {PUBLICATION_KEY}
