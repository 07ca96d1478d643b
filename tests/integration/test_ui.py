"""The page: on the loopback address, read-only, and gone with the process that was started."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.kit.page import Page, served


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page, read-only as it is by default; when it ends, nothing of it stays behind."""
    with served(tmp_path_factory.mktemp("ui")) as page:
        yield page
        family = psutil.Process(page.process.pid).children(recursive=True)
        assert family, "the code server is a child"
    with pytest.raises(OSError, match="refused"):
        page.ask("GET", "/server_info")
    _, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []


def test_the_page_shows_the_graph(page: Page) -> None:
    """Every asset of the definitions is there, with no secret set and no vendor reachable."""
    nodes = page.graphql("{ assetNodes { groupName } }").json["data"]["assetNodes"]
    groups = {node["groupName"] for node in nodes}
    vendors = {
        "google_ads", "hubspot", "linkedin_ads", "mailchimp", "matomo", "meta_ads", "meta_leads",
        "salesforce", "search_console",
    }  # fmt: skip
    assert vendors | {"inbox", "marts"} <= groups
    assert len(nodes) > 150


def test_nothing_can_be_changed_from_the_page(page: Page) -> None:
    """Anyone who reaches the page can look but not launch: all changing permissions are off."""
    asked = page.graphql("{ permissions { permission value } }")
    permissions = asked.json["data"]["permissions"]
    assert len(permissions) > 10
    assert [each["permission"] for each in permissions if each["value"]] == []
    mutation = 'mutation { deletePipelineRun(runId: "x") { __typename } }'
    refused = page.graphql(mutation).json["data"]["deletePipelineRun"]
    assert refused["__typename"] == "UnauthorizedError"
    reported = page.ask(
        "POST", "/report_asset_materialization/publication", {"Content-Type": "application/json"}
    )
    assert reported.status == 405


def test_looking_needs_the_pages_own_name_too(page: Page) -> None:
    """A foreign site that points its name at 127.0.0.1 could read runs and logs."""
    assert page.ask("GET", "/", {"Accept": "text/html"}).status == 200
    assert page.ask("GET", "/", {"Host": "evil.example"}).status == 403
    foreign = {"Origin": "http://evil.example", "Content-Type": "application/json"}
    assert page.graphql("{ version }", foreign).status == 403
    assert page.websocket({"Origin": "http://evil.example"}) == 403
    assert page.websocket({"Origin": page.origin}) == 101


def test_the_terminal_shows_the_address_alone(page: Page) -> None:
    """Beta warnings of Dagster flooded it; they are in the log, of which only --verbose shows."""
    page.graphql("{ version }")
    assert page.output.read_text() == (
        f"Tributary at {page.origin} (read-only). Stop with Ctrl-C.\n"
    )
    log = page.output.parent / "logs" / "ui.log"
    assert "BetaWarning" in log.read_text(encoding="utf-8")


def test_a_port_that_is_taken_is_named_at_once(page: Page) -> None:
    """The page had begun for seconds, and ended without a word that anybody saw."""
    done = subprocess.run(
        [Path(sys.executable).parent / "tributary", "ui", "--port", str(page.port)],
        env=os.environ | {"TRIBUTARY_HOME": str(page.output.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"cannot listen on port {page.port}" in done.stderr
    assert "--port" in done.stderr.partition("Next:")[2]
