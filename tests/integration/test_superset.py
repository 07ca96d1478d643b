"""The dashboards in a real Superset, as people see them: ``make superset-test``.

Installing Superset needs the package index, and 0.8 GB in ``.tributary/superset-test``.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
import requests
import yaml

from bi.superset import run
from tests.kit.browser import Browser, browser
from tests.kit.demo import Demo
from tests.kit.places import REPOSITORY

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

_SECONDS = 180
PAGES: list[dict[str, Any]] = yaml.safe_load(
    (REPOSITORY / "bi" / "superset" / "dashboards.yaml").read_text("utf-8")
)
FIGURES = [
    ("lead_source_performance", "leads", "sum(leads)"),
    ("lead_source_performance", "revenue", "sum(revenue)"),
    ("lead_source_performance", "conversion_rate", "sum(customers) / sum(leads)"),
    ("lead_source_performance", "cost_per_lead", "sum(spend) / sum(leads)"),
    ("lead_source_performance", "win_rate", "sum(deals_won) / sum(deals_won + deals_lost)"),
    ("lead_channel_performance", "customers", "sum(customers)"),
    ("segment_performance", "pipeline_open", "sum(pipeline_open)"),
    ("performance_daily", "spend", "sum(spend)"),
    ("leads", "customers", "count(*) filter (where is_customer)"),
    ("attribution", "attributed_revenue", "sum(revenue)"),
]


@dataclass(frozen=True)
class Superset:
    """A running Superset.

    Attributes:
        address: Of its pages.
        published: The file that it reads, a copy of the demo's.
        http: Logged in by the page, as a person.
        token: Logged in by the interface for programs.
    """

    address: str
    published: Path
    http: requests.Session
    token: dict[str, str]

    def figure(self, mart: str, metric: str) -> float:
        """What a metric is over all rows of a mart."""
        listed = requests.get(
            f"{self.address}/api/v1/dataset/",
            params={"q": "(page_size:100)"},
            headers=self.token,
            timeout=_SECONDS,
        ).json()["result"]
        (number,) = (each["id"] for each in listed if each["table_name"] == mart)
        answer = requests.post(
            f"{self.address}/api/v1/chart/data",
            json={
                "datasource": {"id": number, "type": "table"},
                "queries": [{"metrics": [metric], "columns": []}],
            },
            headers=self.token,
            timeout=_SECONDS,
        )
        assert answer.status_code == 200, answer.text[:1000]
        (row,) = answer.json()["result"][0]["data"]
        return float(row[metric])


@pytest.fixture(scope="module")
def superset(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Superset]:
    """Superset with the dashboards of the demo company."""
    home = REPOSITORY / ".tributary" / "superset-test"
    for name in ("superset.db", "administrator", "secret.key"):
        (home / name).unlink(missing_ok=True)
    published = tmp_path_factory.mktemp("superset") / "tributary.duckdb"
    shutil.copy2(demo.settings.published_path, published)
    # It makes the administrator and then fails, before anybody is shown the password.
    with pytest.raises(duckdb.IOException):
        run.prepare(home, published.with_name("missing.duckdb"))
    password = run.prepare(home, published)
    assert password is not None
    assert run.prepare(home, published) is None, "done again, the password stays"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = run.server(home, address)
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            command, env=run.environment(home), stdout=log, stderr=subprocess.STDOUT
        )
    try:
        yield _logged_in(f"http://{address}", published, password, process)
    finally:
        process.terminate()
        process.wait(timeout=60)


def _logged_in(
    address: str, published: Path, password: str, process: subprocess.Popen[bytes]
) -> Superset:
    end = time.monotonic() + _SECONDS
    while True:
        assert time.monotonic() < end, "Superset does not answer"
        assert process.poll() is None, "Superset ended"
        try:
            if requests.get(f"{address}/health", timeout=5).ok:
                break
        except requests.RequestException:
            time.sleep(0.5)
    person = {"username": "admin", "password": password}
    http = requests.Session()
    page = http.get(f"{address}/login/", timeout=_SECONDS).text
    found = re.search(r'name="csrf_token"[^>]*?value="([^"]+)"', page)
    found = found or re.search(r"csrf_token&#34;: ?&#34;([^&]+)", page)
    assert found is not None
    form = person | {"csrf_token": found[1]}
    http.post(f"{address}/login/", data=form, timeout=_SECONDS, allow_redirects=False)
    answer = requests.post(
        f"{address}/api/v1/security/login",
        json=person | {"provider": "db", "refresh": False},
        timeout=_SECONDS,
    )
    assert answer.status_code == 200, "the password that was shown does not open it"
    token = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    return Superset(address, published, http, token)


@contextmanager
def _page(superset: Superset, folder: Path) -> Iterator[Browser]:
    with browser(folder) as page:
        session = superset.http.cookies["session"]
        page.ask("Network.setCookie", name="session", value=session, url=superset.address)
        yield page


def test_every_dashboard_opens_with_every_chart(superset: Superset, tmp_path: Path) -> None:
    """In a real browser: a chart whose query fails shows its error, and nothing leaves the machine.

    The built pages ask for a picture elsewhere; the policy of the page must stop that.
    """
    path = str(superset.published)
    # A connection that may write would lock Superset out.
    with _page(superset, tmp_path) as page, duckdb.connect(path, read_only=True) as con:
        for each in PAGES:
            page.open(f"{superset.address}/superset/dashboard/{each['slug']}/", 1440)
            text = _settled(page, [chart["title"] for chart in each["charts"]])
            for sign in ("Unexpected error", "Data error", "DB engine Error", "No results"):
                # A company may have nothing to correct.
                assert sign not in text or each["slug"] == "data-quality", text
            for name in {name for chart in each["charts"] for name in chart.get("by", ())}:
                raw = rf"^(.*\t)?{name}(\t.*)?$"
                assert "_" not in name or not re.search(raw, text, re.MULTILINE), name
            outside = [
                address
                for address in page.requests
                if not address.startswith((superset.address, "data:", "blob:"))
            ]
            stopped = " ".join(page.complaints)
            assert all(address in stopped for address in outside), outside
            if each["slug"] == "marketing-lead":
                ((leads, revenue),) = con.execute(
                    "select sum(leads), round(sum(revenue)) from marts.lead_source_performance"
                ).fetchall()
                assert f"Leads\n{leads:,}\n" in text
                assert f"Revenue\n{revenue:,.0f}\n" in text


def _settled(page: Browser, titles: list[str]) -> str:
    """The text of a page once every chart is there and none is loading."""
    end = time.monotonic() + _SECONDS
    text, quiet = "", 0
    while time.monotonic() < end:
        text = page.value("document.body.innerText")
        loading = page.value("document.querySelectorAll('.loading').length")
        drawn = page.value("document.querySelectorAll('.slice_container').length")
        done = not loading and drawn >= len(titles) and all(title in text for title in titles)
        quiet = quiet + 1 if done else 0
        if quiet == 3:
            return text
        time.sleep(1)
    raise AssertionError(f"still loading: {text[:3000]}")


@pytest.mark.parametrize(("mart", "metric", "sql"), FIGURES)
def test_figures_are_those_of_sql(superset: Superset, mart: str, metric: str, sql: str) -> None:
    """A metric that sums a rate, or divides by hidden zeros, looks as good as a right one."""
    with duckdb.connect(str(superset.published), read_only=True) as con:
        ((expected,),) = con.execute(f"select {sql} from marts.{mart}").fetchall()
    assert superset.figure(mart, metric) == pytest.approx(float(expected), rel=1e-9)


def test_a_new_generation_is_seen_at_the_next_query(superset: Superset) -> None:
    """A pool that keeps a connection, or a cache, would show yesterday's figures all day."""
    before = superset.figure("leads", "leads")
    unfinished = superset.published.with_suffix(".new")
    shutil.copy(superset.published, unfinished)
    unfinished.chmod(0o600)
    with duckdb.connect(str(unfinished)) as con:
        con.execute("delete from marts.leads where rowid = 0")
    unfinished.replace(superset.published)
    assert superset.figure("leads", "leads") == before - 1


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('/etc/hostname')",
        "attach '{elsewhere}'",
        "set enable_external_access = true",
        "delete from marts.leads",
    ],
)
def test_sql_lab_reaches_nothing_else(superset: Superset, statement: str, tmp_path: Path) -> None:
    """People write SQL there, and Superset's account may read more than the published file."""
    statement = statement.replace("{elsewhere}", str(tmp_path / "elsewhere.duckdb"))
    found = requests.get(
        f"{superset.address}/api/v1/database/", headers=superset.token, timeout=_SECONDS
    ).json()["result"]
    csrf = superset.http.get(
        f"{superset.address}/api/v1/security/csrf_token/", timeout=_SECONDS
    ).json()["result"]
    answer = superset.http.post(
        f"{superset.address}/api/v1/sqllab/execute/",
        json={"database_id": found[0]["id"], "sql": statement, "runAsync": False},
        headers={"X-CSRFToken": csrf, "Referer": superset.address},
        timeout=_SECONDS,
    )
    assert answer.status_code >= 400, answer.text[:500]
    assert re.search(
        r"Permission Error|disabled by|not allowed|DML|mutat|Cannot change config", answer.text
    )
