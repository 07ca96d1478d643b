"""What Dagster sees, compared with a snapshot: keys, groups, dependencies, checks, schedules.

After a change on purpose: ``TRIBUTARY_UPDATE_SNAPSHOTS=1 .venv/bin/pytest
tests/integration/test_definitions.py`` and look at the difference in git.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.settings import load_settings
from orchestration.connectors.inbox import INBOX
from orchestration.definitions import build_definitions
from simulator.company import CONFIGURATION

SNAPSHOT = Path(__file__).with_name("definitions.json")


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    """The demo company's definitions with files of every stream, so that all models are there.

    Made without a secret and without a network.
    """
    home = tmp_path_factory.mktemp("definitions")
    settings = load_settings(
        {"TRIBUTARY_HOME": str(home), "TRIBUTARY_CONFIG": str(CONFIGURATION)},
    )
    others = {stream.name for stream in INBOX.streams} - {
        entry.stream for entry in settings.config.inbox
    }
    files = [
        InboxEntry(path=home / f"{name}.csv", written_path=f"{name}.csv", stream=name)
        for name in sorted(others)
    ]
    config = settings.config.model_copy(update={"inbox": [*settings.config.inbox, *files]})
    return build_definitions(replace(settings, config=config))


def described(definitions: dg.Definitions) -> dict[str, Any]:
    """The definitions as plain data."""
    graph = definitions.resolve_asset_graph()
    assets = {}
    for key in sorted(graph.get_all_asset_keys()):
        node = graph.get(key)
        assets[key.to_user_string()] = {
            "group": node.group_name,
            "fresh": node.freshness_policy is not None,
            "partitioned": node.partitions_def is not None,
            "deps": sorted(parent.to_user_string() for parent in node.parent_keys),
            "checks": sorted(check.name for check in node.check_keys),
        }
    repository = definitions.get_repository_def()
    return {
        "assets": assets,
        "jobs": {job.name: sorted(job.tags) for job in repository.get_all_jobs()},
        "schedules": {
            schedule.name: [schedule.cron_schedule, schedule.execution_timezone, schedule.job_name]
            for schedule in repository.schedule_defs
        },
        "sensors": {sensor.name: sensor.job_name for sensor in repository.sensor_defs},
    }


def test_the_graph_is_what_was_agreed(definitions: dg.Definitions) -> None:
    """A renamed key loses its history and a lost dependency publishes half a run."""
    found = described(definitions)
    if os.environ.get("TRIBUTARY_UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    assert found == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_every_stream_is_an_asset_and_nothing_else_is_raw(definitions: dg.Definitions) -> None:
    """Only configured connectors exist; a dependency on any other would wait for ever."""
    graph = definitions.resolve_asset_graph()
    raw = {key for key in graph.get_all_asset_keys() if key.path[0] == "raw"}
    assert {key.path[1] for key in raw} == {
        "google_ads",
        "hubspot",
        "inbox",
        "linkedin_ads",
        "mailchimp",
        "matomo",
        "meta_ads",
        "meta_leads",
        "salesforce",
        "search_console",
    }
    assert all(graph.get(key).is_materializable for key in raw)


def test_publication_waits_for_all_that_is_published(definitions: dg.Definitions) -> None:
    """It reads the whole of core, marts and meta, so it waits for the whole."""
    graph = definitions.resolve_asset_graph()
    published = {
        key for key in graph.get_all_asset_keys() if key.path[0] in ("core", "marts", "meta")
    }
    assert graph.get(dg.AssetKey("publication")).parent_keys == published
    assert len(published) > 20


def test_a_company_has_nothing_of_what_it_does_not_have(tmp_path: Path) -> None:
    """Nodes, checks and the time of vendors that are not configured; what is published stays.

    A vendor that is added later comes with its models, and one that is removed keeps them, because
    it keeps its data.
    """
    folder = tmp_path / "company"
    folder.mkdir()
    files = "inbox:\n  - {path: leads.csv, stream: leads}\n"
    files += "  - {path: touches.csv, stream: touchpoints}\n"
    with_vendor = files + "connectors:\n  matomo: {base_url: 'http://localhost', accounts: ['1'], "
    with_vendor += "token_auth: '${env:TOKEN}'}\n"

    def shown(configuration: str) -> set[str]:
        (folder / "tributary.yaml").write_text(configuration, encoding="utf-8")
        paths = {"TRIBUTARY_HOME": folder / "home", "TRIBUTARY_CONFIG": folder / "tributary.yaml"}
        settings = load_settings({name: str(path) for name, path in paths.items()})
        graph = build_definitions(settings).resolve_asset_graph()
        return {key.to_user_string() for key in graph.get_all_asset_keys()}

    alone = shown(files)
    named = (
        "google_ads", "hubspot", "linkedin_ads", "mailchimp", "matomo", "meta_ads", "meta_leads",
        "salesforce", "search_console",
    )  # fmt: skip
    vendors = {f"stg_{vendor}__" for vendor in named}
    assert not [key for key in alone if any(vendor in key for vendor in vendors)]
    assert {key for key in alone if "stg_inbox__" in key} == {
        "staging/stg_inbox__leads",
        "staging/stg_inbox__slices",
        "staging/stg_inbox__touchpoints",
    }
    facts = ("ad_spend", "costs", "email_engagement", "leads", "opportunities", "touchpoints")
    assert {f"core/fct_{name}" for name in facts} <= alone
    assert {"core/dim_campaigns", "marts/campaign_performance", "meta/reconciliation"} <= alone

    deals = "  - {path: deals.csv, stream: opportunities}\n"
    assert "staging/stg_inbox__opportunities" in shown(files + deals)
    pages = "content:\n  - {url: /blog/*, format: blog_post}\n"
    assert {"core/dim_content", "marts/content_performance"} <= shown(files + pages)
    assert shown(files) == alone

    added = shown(with_vendor)
    models = {
        *(
            f"staging/stg_matomo__{name}"
            for name in ("identity_edges", "page_views", "touchpoints")
        ),
        "intermediate/int_page_views__unioned",
        *("core/fct_page_views", "core/dim_pages", "marts/page_performance"),
    }
    assert added - alone == {"raw/matomo/visits", *models}
    (folder / "home" / "landing" / "matomo").mkdir(parents=True)
    assert shown(files) - alone == models
