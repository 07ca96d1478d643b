"""The page: on the loopback address, read-only, and gone with the process that was started."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def graphql(url: str, query: str) -> dict[str, Any]:
    """The answer to a GraphQL query."""
    request = urllib.request.Request(
        f"{url}/graphql",
        data=json.dumps({"query": query}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: dict[str, Any] = json.loads(answer.read())
    return found


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page of the demo company, which nobody has run yet."""
    home = tmp_path_factory.mktemp("ui")
    (home / "demo").mkdir()
    port = free_port()
    command = Path(sys.executable).parent / "tributary"
    server = subprocess.Popen(
        [str(command), "ui", "--port", str(port)],
        env={k: v for k, v in os.environ.items() if k != "TRIBUTARY_CONFIG"}
        | {"TRIBUTARY_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(180):
            assert server.poll() is None, "the server ended by itself"
            try:
                urllib.request.urlopen(f"{url}/server_info", timeout=5).close()
                break
            except (urllib.error.URLError, TimeoutError):
                time.sleep(1)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=60)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{url}/server_info", timeout=5)


def test_the_page_shows_the_graph(page: str) -> None:
    """Every asset of the definitions is there, with no secret set and no vendor reachable."""
    nodes = graphql(page, "{ assetNodes { groupName } }")["data"]["assetNodes"]
    groups = {node["groupName"] for node in nodes}
    assert {"google_ads", "hubspot", "mailchimp", "matomo", "inbox", "marts"} <= groups
    assert len(nodes) > 150


def test_nothing_can_be_changed_from_the_page(page: str) -> None:
    """Whoever reaches the page can look, not launch: every permission that changes is off."""
    permissions = graphql(page, "{ permissions { permission value } }")["data"]["permissions"]
    assert len(permissions) > 10
    assert [each["permission"] for each in permissions if each["value"]] == []
    refused = graphql(page, 'mutation { deletePipelineRun(runId: "x") { __typename } }')["data"][
        "deletePipelineRun"
    ]
    assert refused["__typename"] == "UnauthorizedError"
