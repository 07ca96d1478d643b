"""Promises 7 and 10, by whole runs over HTTP: a revoked account, and where people and secrets are.

The command that an operator types is run twice, a day apart; in between one of three advertising
accounts is taken from the company. Its CRM holds a person whose address and number are in
unexpected fields.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from orchestration.configuration.settings import Settings, load_settings
from orchestration.publication.reader import query
from orchestration.transform.dbt import dbt_executable
from simulator.faults import Fault, FaultKind
from simulator.generation.calendar import DEMO_NOW
from simulator.generator import generate
from simulator.http import Clock, Request, Response, Route
from simulator.inbox_files import write_inbox_files
from simulator.server import SimulatorServer, vendor_routes
from simulator.world import World
from tests.kit.faults.report import Table
from tests.kit.places import REPOSITORY
from tests.kit.scan import forms, found

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

NOW = DEMO_NOW
KEPT = {"4821093377", "7730562914"}
REVOKED = "9155502206"
FIRST_DAY, LAST_DAY = date(2026, 5, 1), date(2026, 6, 30)
ADDRESS = "canary.person@kund.example"
NUMBER = "+46701234567"
SECRETS = ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "HUBSPOT", "IDENTITY")
CONFIG = """
company:
  name: Fjordbase AB
  reporting_currency: EUR
  reporting_timezone: Europe/Stockholm
  domains: [fjordbase.example]
  history_start: 2026-05-01
  identity_key: ${env:VENDORS_IDENTITY}
connectors:
  google_ads:
    base_url: ${env:VENDORS_URL}/google_ads
    accounts: ["4821093377", "7730562914", "9155502206"]
    client_id: ${env:VENDORS_CLIENT_ID}
    client_secret: ${env:VENDORS_CLIENT_SECRET}
    refresh_token: ${env:VENDORS_REFRESH_TOKEN}
  hubspot:
    base_url: ${env:VENDORS_URL}/hubspot
    service_key: ${env:VENDORS_HUBSPOT}
inbox:
  - path: inbox/fx_rates.csv
    stream: fx_rates
    columns: {date_day: date_day, currency: currency, rate: rate}
quality:
  max_loss: 0.5
"""


def secret(name: str) -> str:
    """A secret that holds signs which URLs, JSON and Base64 write otherwise."""
    return f"canary/{name.lower()}+=&\"s'"


def with_a_third_account(world: World) -> None:
    """Some campaigns of the first account move to a separate account."""
    first = world.ad_accounts[0]
    world.ad_accounts.append(replace(first, account_id=REVOKED, name="Fjordbase Baltikum"))
    own = [each for each in world.campaigns if each.account_id == first.account_id]
    moved = {campaign.campaign_id for campaign in own[::2]}
    everything = (world.campaigns, world.ad_groups, world.ads, world.keywords)
    for each in [*(row for rows in everything for row in rows), *world.ad_clicks, *world.ad_days]:
        if each.campaign_id in moved:
            each.account_id = REVOKED


def with_a_person_where_none_is_expected(world: World) -> str:
    """One contact's address and number in every field; another's id, for ``damaged``."""
    live = [
        contact
        for contact in world.contacts
        if not (contact.archived_at or contact.erased_at or contact.merged_at)
    ]
    contact, other = live[-10], live[-20]
    text = f"ask {ADDRESS} or call {NUMBER}"
    url = "https://www.fjordbase.example/x?mail=canary.person%40kund.example&tel=%2B46701234567"
    contact.email, contact.phone = ADDRESS, NUMBER
    contact.first_url, contact.self_reported_source = url, text
    contact.analytics_source_data_1 = contact.analytics_source_data_2 = text
    contact.lead_source, contact.segment, contact.user_id = text, text, ADDRESS
    contact.utm_source, contact.utm_campaign, contact.utm_term = ADDRESS, text, text
    for touch in world.touches_via("hubspot_form")[-20:]:
        touch.landing_page, touch.referrer, touch.utm_campaign = url, url, text
    return other.contact_id


def damaged(routes: dict[str, list[Route]], contact_id: str) -> dict[str, list[Route]]:
    """The vendors' routes; the CRM has an address in place of one contact's creation time."""
    wrong = re.compile(rb'("hs_object_id":"%s","createdate":)"[^"]+"' % contact_id.encode())

    def broken(route: Route) -> Route:
        def handler(request: Request) -> Response:
            response = route.handler(request)
            body = wrong.sub(rb'\1"%s"' % ADDRESS.encode(), response.body)
            return replace(response, body=body)

        return replace(route, handler=handler)

    return routes | {"hubspot": [broken(route) for route in routes["hubspot"]]}


@dataclass(frozen=True)
class Company:
    """A company after its two runs.

    Attributes:
        settings: Its settings.
        world: What happened.
        before: By account, day: native spend that readers saw after the first run.
        said: What the terminal showed, run by run.
    """

    settings: Settings
    world: World
    before: dict[str, dict[date, Decimal]]
    said: list[str]


def spend(settings: Settings) -> dict[str, dict[date, Decimal]]:
    """By account and day: the native spend that readers see."""
    seen: dict[str, dict[date, Decimal]] = {}
    for account, day, amount in query(
        settings,
        "select account_id, date_day, sum(spend_native) from core.fct_ad_spend"
        " where platform = 'google_ads' group by all",
        max_rows=10_000,
    ).rows:
        seen.setdefault(account, {})[day] = amount
    return seen


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Two runs of ``tributary run``; both publish."""
    folder = tmp_path_factory.mktemp("vendors")
    (folder / "inbox").mkdir()
    (folder / "tributary.yaml").write_text(CONFIG, encoding="utf-8")
    world = generate(seed=7, scale=0.02)
    with_a_third_account(world)
    wrong = with_a_person_where_none_is_expected(world)
    write_inbox_files(world, folder / "inbox", NOW)
    clock = Clock(NOW - timedelta(days=1))
    routes = damaged(vendor_routes(world, clock), wrong)
    said = []
    with SimulatorServer(world, clock, routes=routes) as server:
        environment = os.environ | {
            "TRIBUTARY_HOME": str(folder / "home"),
            "TRIBUTARY_CONFIG": str(folder / "tributary.yaml"),
            "VENDORS_URL": server.url,
            "COLUMNS": "200",
            **{f"VENDORS_{name}": secret(name) for name in SECRETS},
        }

        def run() -> None:
            environment["TRIBUTARY_NOW"] = clock.now().isoformat()
            ended = subprocess.run(
                [str(dbt_executable().with_name("tributary")), "run"],
                env=environment,
                cwd=REPOSITORY,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            said.append(ended.stdout)
            assert ended.returncode == 0, ended.stdout

        settings = load_settings(environment)
        run()
        before = spend(settings)
        clock.advance(timedelta(days=1))
        server.faults.add(Fault(FaultKind.FORBIDDEN, path=f"/customers/{REVOKED}/", times=0))
        run()
        assert server.errors == []
    return Company(settings, world, before, said)


def answered(world: World, account: str, day: date) -> Decimal:
    """An account's spend on a day, according to the vendor."""
    figures = world.ad_figures(account, day, day + timedelta(days=1), NOW)
    return Decimal(sum(figure.cost_micros for figure in figures)) / 1_000_000


def test_one_revoked_account_among_three_does_not_stop_the_others(
    company: Company, table: Table
) -> None:
    """Its figures stay as they were; the others' day is there; the exit status was 0."""
    after = spend(company.settings)
    assert company.before.keys() == after.keys() == KEPT | {REVOKED}
    assert after[REVOKED] == company.before[REVOKED]
    assert sum(after[REVOKED].values()) > 0
    # The first run saw the morning of that day.
    assert after[REVOKED].get(LAST_DAY, 0) < answered(company.world, REVOKED, LAST_DAY)
    for account in KEPT:
        right = answered(company.world, account, LAST_DAY)
        assert right > 0
        assert after[account][LAST_DAY] == right
    table.add(
        "7 vendors",
        "one of three advertising accounts is revoked between two runs",
        "2 whole runs over HTTP",
        "published with exit status 0; the account's spend as before, the others' new day to the "
        "cent; named in the terminal and in meta.sources",
        ".venv/bin/pytest tests/faults/test_whole_runs_with_vendors.py -k revoked -m slow",
    )


def test_the_run_says_which_account_was_revoked(company: Company) -> None:
    """In the terminal, once per reason, with what to do; in the published file; not before."""
    first, second = company.said
    assert "could not be read" not in first
    told = query(
        company.settings,
        "select stream, accounts_failed, first_failure from meta.sources"
        " where accounts_failed > 0 or connector = 'google_ads'",
        max_rows=100,
    ).rows
    assert len(told) > 3
    (line,) = [line for line in second.splitlines() if "could not be read" in line]
    assert line.startswith("google_ads: 1 account(s) could not be read (")
    for stream, failed, message in told:
        assert stream in second
        assert failed == 1
        assert message.startswith(f"{REVOKED}: ")
        assert "Next: Give the credentials access to this account" in message
    assert REVOKED in second
    assert "Published generation 2" in second


def test_a_canary_of_the_crm_stands_in_landing_and_the_private_build_alone(
    company: Company,
) -> None:
    """Address and number, also in free text, in URLs, and as a value that goes to quarantine."""
    # Without their signs they appeared in codes made from free text, and were published.
    codes = {"canary.person", "canary_person", "canary person", "46701234567"}
    needles = forms(ADDRESS) | forms(NUMBER) | codes
    home = company.settings.home
    private = ["landing", "build/warehouse.duckdb"]
    assert found(home / "landing", needles), "the CRM has told"
    assert found(home, needles, without=private) == {}
    assert all(needle not in said for needle in needles for said in company.said)
    ((reasons,),) = query(
        company.settings,
        "select count(*) from meta.quarantine_summary where connector = 'hubspot'",
    ).rows
    assert reasons > 0, "the wrong creation date was quarantined"


def test_no_secret_stands_in_any_file_of_the_home(company: Company) -> None:
    """Landing and the build included."""
    needles = {form for name in SECRETS for form in forms(secret(name))}
    assert found(company.settings.home, needles) == {}
    assert all(needle not in said for needle in needles for said in company.said)
