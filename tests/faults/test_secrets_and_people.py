"""Promise 10: secrets appear nowhere; people's addresses and numbers only where they must.

Whole runs with people are in ``tests/integration``: ``test_published.py`` (the demo company's CRM)
and ``test_csv_company.py`` (free text in files).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from rich.console import Console

from orchestration.commands.doctor import run_doctor
from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings, load_settings
from orchestration.connectors.registry import CONNECTORS
from orchestration.connectors.stream import Auth
from orchestration.defs.keys import raw_key
from orchestration.defs.sources import assets
from orchestration.defs.sources.assets import source_assets
from orchestration.extract import stream as extraction
from orchestration.extract.patience import Patience
from orchestration.privacy.text import hide
from orchestration.publication.publish import publish
from orchestration.publication.reader import query
from orchestration.quality.checks import Check, Verdict
from orchestration.runs.home import prepare_dagster_home
from orchestration.runs.output import output_to
from simulator.faults import Fault, FaultKind
from simulator.http import Clock, Request, Response, Route
from simulator.server import SimulatorServer
from simulator.world import World
from tests.kit.days import COMPLETE_DAYS
from tests.kit.faults.report import Result
from tests.kit.scan import forms, found

pytestmark = pytest.mark.exhaustive
ROW = Result(
    "10 secrets",
    "a canary in every connector's secrets, an address and a number, repeated by vendors in 401s, "
    "500s, redirects and broken bodies",
    "cases",
    "in no file that was written, no log, no event, no artifact; nothing of it in the terminal",
    ".venv/bin/pytest tests/faults/test_secrets_and_people.py -m 'slow or exhaustive'",
)

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
STREAMS = {
    "google_ads": "campaigns",
    "hubspot": "contacts",
    "mailchimp": "campaigns",
    "matomo": "visits",
    "linkedin_ads": "campaigns",
    "meta_ads": "campaigns",
    "search_console": "site_days",
    "salesforce": "leads",
    "meta_leads": "forms",
}
"""One stream per connector; all of a connector's streams share its client."""
ACCESS_TOKEN = "canary-access/token+of=google"
ADDRESS = "canary.person@kund.example"
NUMBER = "+46701234567"


def secret_of(connector: str, name: str) -> str:
    """A secret that holds signs which URLs, JSON and Base64 write otherwise."""
    return f"canary/{connector}+{name}=&\"s'"


def echo(request: Request) -> dict[str, Any]:
    """All that a request brought, secrets first, beside a person's record."""
    given = request.headers.get("authorization", "")
    return {
        "message": f"{given} {request.body.decode()} {ADDRESS} {NUMBER}",
        "headers": dict(request.headers),
        "body": request.body.decode(),
        "email": ADDRESS,
        "phone": NUMBER,
    }


def refused(status: int, request: Request) -> Response:
    """An error that repeats the request."""
    return Response(status, json.dumps(echo(request)).encode())


ANSWERS: dict[str, Callable[[Request], Response]] = {
    "unauthorized": partial(refused, 401),
    "forbidden": partial(refused, 403),
    "rejected": partial(refused, 400),
    "server error": partial(refused, 500),
    "half of a JSON": lambda request: Response(
        200, json.dumps({"results": [echo(request)] * 3}).encode()[:-40]
    ),
    "another JSON": lambda request: Response(200, json.dumps(echo(request)).encode()),
    "an error with 200": lambda request: Response(
        200, json.dumps({"result": "error", "error": echo(request), **echo(request)}).encode()
    ),
    "a page": lambda request: Response(
        200, f"<html>{echo(request)}</html>".encode(), "text/html; charset=utf-8"
    ),
    "a page that says it is JSON": lambda request: Response(200, f"{echo(request)}".encode()),
    "a redirect": lambda request: Response(
        302, b"", headers={"Location": f"/login?token={request.headers.get('authorization')}"}
    ),
    "nothing": lambda request: Response(200, b""),
    "silence": lambda request: Response(200, b""),
}


@dataclass
class Vendors:
    """All vendors at once, answering each request with one kind of trouble."""

    trouble: str = "nothing"
    with_token: bool = True
    asked: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> Response:
        """Answer; Google's token address hands out a token unless it is to fail as well."""
        self.asked.append("\n".join([*request.headers.values(), request.body.decode()]))
        if "token" in request.path and self.with_token:
            return Response(200, json.dumps({"access_token": ACCESS_TOKEN}).encode())
        return ANSWERS[self.trouble](request)


@dataclass(frozen=True)
class Company:
    """A company whose every connector's every secret is a canary."""

    settings: Settings
    vendors: Vendors
    server: SimulatorServer
    secrets: list[str]

    def read(self, console: Console) -> None:
        """Read every source as a run does, with Dagster's own store and log; all of them fail."""
        log = self.settings.home / "logs" / "run.log"
        with output_to(log, console), dg.DagsterInstance.get() as instance:
            result = dg.materialize(
                source_assets(self.settings), instance=instance, raise_on_error=False
            )
        failed = {event.step_key for event in result.get_step_failure_events()}
        assert failed == {
            raw_key(name, stream).to_python_identifier() for name, stream in STREAMS.items()
        }


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """The company; patience is cut short, because each vendor fails for ever."""
    folder = tmp_path_factory.mktemp("secrets")
    lines = ["company:", "  identity_key: ${env:CANARY_IDENTITY}", "connectors:"]
    secrets = {"CANARY_IDENTITY": secret_of("company", "identity_key")}
    vendors = Vendors()
    routes = {
        name: [Route(method, ".*", vendors) for method in ("GET", "POST")] for name in CONNECTORS
    }
    with (
        SimulatorServer(World.__new__(World), Clock(NOW), routes=routes) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, connector in CONNECTORS.items():
            lines += [f"  {name}:", f"    base_url: {server.base_url(name)}"]
            lines += [f"    streams: [{STREAMS[name]}]", '    accounts: ["1"]']
            for secret in connector.secrets:
                variable = f"CANARY_{name}_{secret}".upper()
                secrets[variable] = secret_of(name, secret)
                lines.append(f"    {secret}: ${{env:{variable}}}")
            lines += [f"    {key}: us1" for key, value in connector.options.items() if not value]
        (folder / "tributary.yaml").write_text("\n".join(lines) + "\n")
        for variable, value in secrets.items():
            patch.setenv(variable, value)
        patch.setenv("TRIBUTARY_HOME", str(folder / "home"))
        patch.setenv("TRIBUTARY_CONFIG", str(folder / "tributary.yaml"))
        patch.setenv("DAGSTER_HOME", "")

        def quick(**_: Any) -> Patience:
            silence = 0.3 if vendors.trouble == "silence" else 60
            return Patience(attempts=2, read=silence, sleep=lambda seconds: None)

        patch.setattr(extraction, "Patience", quick)
        patch.setattr(assets, "EXTRACTION_RETRIES", None)
        settings = load_settings(os.environ)
        prepare_dagster_home(settings)
        yield Company(settings, vendors, server, [*secrets.values(), ACCESS_TOKEN])


def troubles() -> Iterator[Any]:
    """Each kind of trouble; those that take the road of another one only in the long form."""
    alike = {"forbidden", "rejected", "a page that says it is JSON", "a redirect", "nothing"}
    for trouble in ANSWERS:
        for with_token in (True, False):
            long = trouble in alike or (not with_token and trouble != "unauthorized")
            yield pytest.param(
                trouble,
                with_token,
                id=trouble + ("" if with_token else ", also for tokens"),
                marks=[pytest.mark.slow] if long else [],
            )


@pytest.mark.parametrize(("trouble", "with_token"), troubles())
def test_a_vendor_that_repeats_what_it_was_sent_is_not_repeated(
    company: Company, trouble: str, with_token: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever a vendor, proxy or login page echoes, our messages contain no secret or person."""
    company.vendors.trouble, company.vendors.with_token = trouble, with_token
    company.vendors.asked.clear()
    company.server.faults.clear()
    if trouble == "silence":
        company.server.faults.add(Fault(FaultKind.TIMEOUT, times=0, seconds=1.0))
    console = Console(record=True, width=200)
    company.read(console)
    if trouble == "unauthorized":
        run_doctor(console)
    printed = capfd.readouterr()
    said = console.export_text() + printed.out + printed.err
    needles = {form for secret in company.secrets for form in forms(secret)} | {ADDRESS, NUMBER}
    assert [needle for needle in needles if needle in said] == []
    assert found(company.settings.home, needles) == {}


def test_every_secret_was_really_sent(company: Company) -> None:
    """Else the test above would prove nothing."""
    company.vendors.trouble, company.vendors.with_token = "unauthorized", True
    company.vendors.asked.clear()
    company.server.faults.clear()
    company.read(Console(record=True))
    sent = "\n".join(company.vendors.asked)
    for name, connector in CONNECTORS.items():
        for secret in connector.secrets:
            value = secret_of(name, secret)
            optional = connector.auth is not Auth.OAUTH_REFRESH and secret != connector.secrets[0]
            basic = forms(f"tributary:{value}")
            assert optional or any(form in sent for form in forms(value) | basic), (name, secret)
    assert ACCESS_TOKEN in sent


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("anna@kund.example", "***@***"),
        ("Börje.Ö@kund.example wrote", "***@*** wrote"),
        ("https://x.se/?email=anna%40kund.example&b=1", "https://x.se/?email=***@***&b=1"),
        ('{"email":"anna+news@sub.kund.co.uk"}', '{"email":"***@***"}'),
        ("call +46 (0)70-123 45 67 today", "call +*** today"),
        ("tel:+46701234567", "tel:+***"),
        ("?p=%2B46701234567", "?p=+***"),
        ("utm_campaign=spring+20260101", "utm_campaign=spring+20260101"),
        ("2026-01-01T00:00:00+02:00", "2026-01-01T00:00:00+02:00"),
        ("https://medium.com/@writer/post", "https://medium.com/@writer/post"),
        ("120210987654321", "120210987654321"),
        ("50% off @ home", "50% off @ home"),
    ],
)
def test_what_is_a_person_and_what_is_not(tmp_path: Path, text: str, hidden: str) -> None:
    """Messages hide addresses and numbers; a published text with one is hidden as a whole."""
    assert hide(text) == hidden
    (shown,) = published_texts(tmp_path, [f"before {text}"])
    assert shown == f"before {text}" if hidden == text else shown.startswith("person-")


def published_texts(home: Path, texts: list[str]) -> list[str]:
    """What readers see of texts in a published table, and of a check that saw the first."""
    settings = Settings(home=home, config_path=None, config=Config(), fixed_now=NOW)
    settings.build_dir.mkdir()
    with duckdb.connect(str(settings.warehouse_path)) as con:
        con.execute("create schema ops")
        con.execute("create schema core")
        con.execute("create table ops.ledger (window_end timestamp, extracted_at timestamp)")
        con.execute(COMPLETE_DAYS)
        con.execute("create table core.leads as select unnest(?) as content", [texts])
    check = Check("name", "dbt", "core.leads", "warn", "warn", f"saw {texts[0]}", "none", NOW)
    publish(settings, Verdict("run", (check,), (("core", "leads"),)))
    observed = query(settings, "select observed from meta.checks").rows
    assert observed == [(f"saw {hide(texts[0])}",)]
    return [text for (text,) in query(settings, "select content from core.leads").rows]


def test_hiding_costs_no_more_than_the_text_is_long() -> None:
    """A long text without a space must not take the square of its length."""
    length = 10**5
    for text in ("a" * length + "@", "@" + "a" * length, "+1" * length, "%40" * length):
        assert len(hide(text)) <= len(text)


def test_the_scan_looks_inside_what_is_packed(tmp_path: Path) -> None:
    """A scan that cannot find a text would find that every promise holds."""
    import gzip
    import sqlite3

    import pyarrow

    canary = f"{'x' * 3000}{ADDRESS}"
    (tmp_path / "a.log").write_text(canary)
    (tmp_path / "b.gz").write_bytes(gzip.compress(canary.encode()))
    with pyarrow.CompressedOutputStream(tmp_path.joinpath("c.zst").open("wb"), "zstd") as file:
        file.write(canary.encode())
    with sqlite3.connect(tmp_path / "d.db") as lite:
        lite.execute("create table t (v text)")
        lite.execute("insert into t values (?)", [canary])
    with duckdb.connect(str(tmp_path / "e.duckdb")) as duck:
        duck.execute("create table t as select ? as v from range(100000)", [canary])
    (tmp_path / ADDRESS).mkdir()
    (tmp_path / "clean").write_text("nothing")
    names = {"a.log", "b.gz", "c.zst", "d.db", "e.duckdb", ADDRESS}
    assert found(tmp_path, [ADDRESS]).keys() == names
    assert found(tmp_path, [ADDRESS], without=["a.log", ADDRESS]).keys() == names - {
        "a.log",
        ADDRESS,
    }
