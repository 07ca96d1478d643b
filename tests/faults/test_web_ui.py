"""Promise 12: the operator's page obeys the operator alone, whatever a browser carries to it.

Tests of what everyone may see without a token are in ``tests/integration/test_ui.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from rich.console import Console

from orchestration.commands.ui import run_ui
from orchestration.configuration.document import SettingsError
from orchestration.configuration.settings import load_settings
from tests.kit.faults.report import Result
from tests.kit.page import Page, served

pytestmark = pytest.mark.exhaustive
ROW = Result(
    "12 page",
    "tributary ui --operate over HTTP: no token, a wrong one, a foreign Host, a foreign Origin, a "
    "mutation by GET, forms",
    "cases",
    "refused, each of them; with the token the page operates",
    ".venv/bin/pytest tests/faults/test_web_ui.py -m 'slow or exhaustive'",
)

TOKEN = "an-operators-token-of-the-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
MUTATION = 'mutation { deletePipelineRun(runId: "x") { __typename } }'
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """``tributary ui --operate`` with its token from the environment."""
    home = tmp_path_factory.mktemp("operate")
    with served(home, "--operate", environment={"TRIBUTARY_UI_TOKEN": TOKEN}) as page:
        yield page
        assert TOKEN not in page.output.read_text()
    holding = [path for path in home.rglob("*") if path.is_file() and has_token(path)]
    assert holding == []


def has_token(path: Path) -> bool:
    """Whether a file holds the token."""
    return TOKEN.encode() in path.read_bytes()


def login(page: Page, token: str, **headers: str) -> tuple[int, str]:
    """The status of logging in, and the cookie that it gave."""
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Origin": page.origin, **headers}
    answer = page.ask("POST", "/login", sent, f"token={quote(token)}")
    return answer.status, answer.headers.get("set-cookie", "")


def test_with_the_token_the_page_operates(page: Page) -> None:
    """With the right token, from the page itself, the mutation reaches Dagster."""
    answer = page.graphql(MUTATION, BEARER)
    assert answer.status == 200
    assert answer.json["data"]["deletePipelineRun"]["__typename"] == "RunNotFoundError"
    permissions = page.graphql("{ permissions { permission value } }", BEARER).json["data"]
    allowed = {each["permission"] for each in permissions["permissions"] if each["value"]}
    assert {"launch_pipeline_execution", "start_schedule", "edit_sensor"} <= allowed


def test_a_browser_logs_in_once(page: Page) -> None:
    """The token is exchanged for a cookie that scripts and other sites cannot use."""
    asked = page.ask("GET", "/", HTML)
    assert (asked.status, 'name="token"' in asked.body) == (401, True)
    status, cookie = login(page, TOKEN)
    assert status == 303
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert TOKEN not in cookie
    session = {"Cookie": cookie.partition(";")[0]}
    opened = page.ask("GET", "/", HTML | session)
    assert (opened.status, opened.headers["x-frame-options"]) == (200, "DENY")
    assert page.graphql(MUTATION, session).status == 200
    assert page.websocket({"Origin": page.origin, **session}) == 101


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wrong-token-of-somebody"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Cookie": f"tributary={TOKEN}"},
        {"Cookie": "tributary_3000="},
    ],
)
def test_without_the_token_nothing_is_told_or_done(page: Page, headers: dict[str, str]) -> None:
    """Other people and programs on this machine reach the same address."""
    assert page.graphql(MUTATION, headers).status == 401
    assert page.graphql("{ version }", headers).status == 401
    assert page.ask("GET", "/server_info", headers).status == 401
    assert page.ask("GET", "/logs/anything/compute_logs/x.out", headers).status == 401
    assert page.websocket({"Origin": page.origin, **headers}) == 403


def test_a_wrong_token_gives_no_session(page: Page) -> None:
    """Nor an empty one, nor one that is far too long, nor one that another site sends."""
    for token in ("", "wrong", TOKEN + "x"):
        assert login(page, token) == (401, "")
    assert login(page, "x" * 5000) == (413, "")
    assert login(page, TOKEN, Origin="http://evil.example") == (403, "")
    assert login(page, TOKEN, Origin="null") == (403, "")


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:3000", "127.0.0.1.evil.example", ""]
)
def test_a_foreign_host_is_refused(page: Page, host: str) -> None:
    """A site that points its own name at 127.0.0.1 gets past the browser's same-origin rule."""
    assert page.graphql(MUTATION, BEARER | {"Host": host}).status == 403
    assert page.ask("GET", "/", BEARER | {"Host": host}).status == 403
    assert page.websocket({"Host": host, "Origin": f"http://{host}", **BEARER}) == 403


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://127.0.0.1", "http://127.0.0.1:1", "null", "file://"]
)
def test_a_foreign_origin_is_refused(page: Page, origin: str) -> None:
    """Whatever a foreign page sends with the operator's cookie stays without effect."""
    assert page.graphql(MUTATION, BEARER | {"Origin": origin}).status == 403
    assert page.websocket({"Origin": origin, **BEARER}) == 403


def test_a_mutation_by_get_is_refused(page: Page) -> None:
    """A link or an image would be enough to start it."""
    for method in ("GET", "HEAD"):
        asked = page.ask(method, f"/graphql?query={quote(MUTATION)}", BEARER)
        assert asked.status == 405
    assert page.ask("GET", f"/graphql?query={quote(MUTATION)}", BEARER | HTML).status == 405


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_what_a_form_can_send_is_refused(page: Page, media: str) -> None:
    """Browsers send these to other sites without asking first."""
    headers = BEARER | {"Content-Type": media, "Origin": page.origin}
    for path in ("/graphql", f"/graphql?query={quote(MUTATION)}"):
        assert page.ask("POST", path, headers, json.dumps({"query": MUTATION})).status == 415


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_not_served(page: Page, method: str) -> None:
    """And no answer tells a browser that another site may send requests."""
    answer = page.ask(method, "/graphql", BEARER | {"Origin": page.origin})
    assert answer.status == 405
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_the_page_listens_on_the_loopback_address_alone(page: Page) -> None:
    """No other machine reaches it, whatever the token."""
    import psutil

    listening = {
        connection.laddr.ip
        for connection in psutil.Process(page.process.pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


def test_runs_do_not_inherit_the_token(page: Page) -> None:
    """What the page starts is another program's code: dbt, vendors' clients."""
    import psutil

    family = psutil.Process(page.process.pid).children(recursive=True)
    assert family
    for process in family:
        assert "TRIBUTARY_UI_TOKEN" not in process.environ()


def test_a_token_that_can_be_guessed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixteen characters are the least."""
    monkeypatch.setenv("TRIBUTARY_UI_TOKEN", "short")
    settings = load_settings({"TRIBUTARY_HOME": str(tmp_path)})
    with pytest.raises(SettingsError, match="5 characters"):
        run_ui(settings, 3000, operate=True, console=Console())


def test_a_new_token_is_shown_once_in_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the variable, each start creates a token of 256 bits and shows it only there."""
    given: list[str | None] = []
    monkeypatch.delenv("TRIBUTARY_UI_TOKEN", raising=False)
    monkeypatch.setattr(
        "orchestration.commands.ui.serve", lambda socket, token, show_error: given.append(token)
    )
    settings = load_settings({"TRIBUTARY_HOME": str(tmp_path)})
    shown = Console(record=True, width=120)
    run_ui(settings, 3000, operate=True, console=shown)
    run_ui(settings, 3000, operate=True, console=Console(record=True))
    run_ui(settings, 3000, operate=False, console=Console(record=True))
    first, second, none = given
    assert none is None
    assert first != second
    assert first is not None
    assert len(first) == 43
    assert shown.export_text().count(first) == 1
