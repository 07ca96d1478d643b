"""The step that serves: there for companies that have a server, after the publication."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.defs.keys import POSTGRES_KEY, PUBLICATION_KEY
from orchestration.defs.serving.assets import serve_published, serving_assets
from orchestration.erasing.carrying_out import begin, complete, is_behind, write_down
from orchestration.privacy.erasures import erasures
from orchestration.privacy.people import ADDRESS, Identifier
from tests.kit.faults import shelf
from tests.kit.faults.served import VARIABLE, company, served_by
from tests.kit.postgres_server import postgres_server


def test_a_company_without_a_server_has_no_step(tmp_path: Path) -> None:
    """What a company does not have costs it nothing, not even a line on Dagster's page."""
    settings = Settings(tmp_path, None, Config())
    assert serving_assets(settings) == []
    (asset,) = serving_assets(served_by(settings))
    assert asset.key == POSTGRES_KEY
    assert asset.asset_deps[POSTGRES_KEY] == {PUBLICATION_KEY}


def test_a_certificate_says_which_generation_the_server_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is without the person while the server, away for a week, still counts them."""
    settings = company(tmp_path)
    with postgres_server() as server:
        monkeypatch.setenv(VARIABLE, server.address())
        shelf.publish_version(str(tmp_path), 1)
        assert "replaced" not in serve_published(settings)
        write_down(settings, {Identifier(ADDRESS, "anna@kund.example")}, "asked", shared=0)
        begin(settings)
        shelf.publish_version(str(tmp_path), 2)
        (item,) = complete(settings, 2)
        assert item.removed["serving.postgres"] == "an earlier generation, until it gets this one"
        assert is_behind(item)
        assert serve_published(settings)["replaced"] == 1
        (item,) = erasures(settings)
        assert not is_behind(item)
        assert item.removed["serving.postgres"]["generation"] == 2


def test_a_certificate_without_a_server_says_nothing_of_one(tmp_path: Path) -> None:
    """What a company does not have is in none of its papers."""
    settings = shelf.company(tmp_path)
    shelf.publish_version(str(tmp_path), 1)
    write_down(settings, {Identifier(ADDRESS, "anna@kund.example")}, "asked", shared=0)
    begin(settings)
    shelf.publish_version(str(tmp_path), 2)
    (item,) = complete(settings, 2)
    assert "serving.postgres" not in item.removed
    assert not is_behind(item)
