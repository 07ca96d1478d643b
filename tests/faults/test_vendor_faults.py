"""Promise 7: on any vendor fault no partial page is loaded, the rest goes on, and it is reported.

Every fault meets every connector, over HTTP, through the same call that a run makes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from orchestration.commands.run import show_success
from orchestration.configuration.model import Config, ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.configuration.settings import Settings
from orchestration.connectors.registry import CONNECTORS
from orchestration.connectors.stream import Kind
from orchestration.extract.failures import ExtractionFailed, FailureKind
from orchestration.extract.landing import Landing
from orchestration.extract.patience import Patience
from orchestration.extract.stream import Extraction, extract_stream
from orchestration.extract.window import Window
from orchestration.loading.failed_accounts import record_failed_accounts
from orchestration.warehouse.schema import OPS_TABLES
from simulator.faults import Fault, FaultKind
from simulator.generation.calendar import DEMO_NOW
from simulator.http import Clock
from simulator.server import SimulatorServer
from tests.kit.faults.report import Table
from tests.kit.lead_forms import company_with_forms

NOW = DEMO_NOW.astimezone(UTC)
WEEK = Window(NOW.date() - timedelta(days=8), NOW.date() - timedelta(days=1))
STREAMS = {
    "google_ads": "campaign_days",
    "hubspot": "companies",
    "mailchimp": "campaigns",
    "linkedin_ads": "creatives",
    "meta_ads": "campaigns",
    "meta_leads": "forms",
    "matomo": "visits",
    "search_console": "site_days",
    "salesforce": "opportunities",
}
"""The stream of each connector that short tests ask for."""

OPTIONS = {
    "mailchimp": {"server": "us1"},
    "salesforce": {"domain": "acme", "currency": "EUR"},
}

PASSING = {
    FaultKind.THROTTLED,
    FaultKind.THROTTLED_SILENTLY,
    FaultKind.SERVER_ERROR,
    FaultKind.TIMEOUT,
    FaultKind.RESET,
    FaultKind.TRUNCATED,
    FaultKind.HALF_JSON,
    FaultKind.HTML,
}
"""What is worth another attempt."""

LASTING = {
    FaultKind.UNAUTHORIZED: FailureKind.UNAUTHORIZED,
    FaultKind.FORBIDDEN: FailureKind.FORBIDDEN,
    FaultKind.THROTTLED: FailureKind.THROTTLED,
    FaultKind.THROTTLED_SILENTLY: FailureKind.THROTTLED,
    FaultKind.SERVER_ERROR: FailureKind.SERVER_ERROR,
    FaultKind.TIMEOUT: FailureKind.TIMEOUT,
    FaultKind.RESET: FailureKind.UNREACHABLE,
    FaultKind.TRUNCATED: FailureKind.INCOMPLETE,
    FaultKind.HALF_JSON: FailureKind.INCOMPLETE,
    FaultKind.HTML: FailureKind.NOT_JSON,
}
"""What a fault that stays is called."""


@dataclass
class Company:
    """A company whose vendors answer from a simulator."""

    server: SimulatorServer
    waits: list[float] = field(default_factory=list)
    silence: float = 60.0
    """Seconds that a vendor may be silent. Short only where silence is the fault: Python stops for
    half a second to collect garbage, and an honest answer was then taken for a second fault."""

    def meets(self, *faults: Fault) -> None:
        """Switch faults on, in place of those before."""
        self.server.faults.clear()
        for fault in faults:
            self.server.faults.add(fault)
        silent = [fault for fault in faults if fault.kind is FaultKind.TIMEOUT]
        self.silence = min([fault.seconds / 2 for fault in silent], default=60.0)

    def config(self, connector: str) -> ConnectorConfig:
        """As a company would write it."""
        declared = CONNECTORS[connector]
        accounts = {
            "google_ads": ["4821093377", "7730562914"],
            "matomo": ["1"],
            "linkedin_ads": ["512001"],
            "meta_ads": ["90210077"],
            "search_console": ["sc-domain:fjordbase.example"],
            "meta_leads": ["104000000000077"],
        }
        return ConnectorConfig(
            base_url=self.server.base_url(connector),
            accounts=accounts.get(connector, []),
            secrets={name: Secret("VENDOR_FAULTS_SECRET", name) for name in declared.secrets},
            options=OPTIONS.get(connector, {}),
        )

    def extract(self, connector: str, stream: str, landing: Landing) -> Extraction:
        """Ask for a stream; waits are noted and not slept."""
        declared = CONNECTORS[connector]
        asked = declared.stream(stream)
        patience = Patience(attempts=3, read=self.silence, sleep=self.waits.append)
        window = None if asked.kind is Kind.ENTITY_SNAPSHOT else WEEK
        return extract_stream(
            declared, asked, self.config(connector), landing, window, NOW, patience=patience
        )


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    """The vendors."""
    with SimulatorServer(company_with_forms(), Clock(NOW)) as running:
        yield running


@pytest.fixture
def company(server: SimulatorServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """The company, with every fault off before and after."""
    monkeypatch.setenv("VENDOR_FAULTS_SECRET", "secret")
    server.faults.clear()
    yield Company(server)
    server.faults.clear()
    assert server.errors == []


@pytest.fixture(scope="module")
def undisturbed(
    server: SimulatorServer, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, str]]:
    """By connector and account: the hash of what an undisturbed extraction lands."""
    server.faults.clear()
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VENDOR_FAULTS_SECRET", "secret")
        for connector, stream in STREAMS.items():
            landing = Landing(tmp_path_factory.mktemp("undisturbed"))
            extraction = Company(server).extract(connector, stream, landing)
            assert extraction.rows > 0
            found[connector] = contents(extraction)
    return found


def contents(extraction: Extraction) -> dict[str, str]:
    """What was landed, by account."""
    return {item.account_id: item.content_sha256 for item in extraction.slices}


def nothing_landed(landing: Landing) -> bool:
    """Whether there is neither a slice nor part of one."""
    return landing.slices() == [] and not list(landing.root.rglob("*.zst*"))


@pytest.mark.parametrize("connector", STREAMS)
@pytest.mark.parametrize("kind", sorted(PASSING))
def test_trouble_that_passes_costs_waiting_and_nothing_else(
    company: Company,
    undisturbed: dict[str, dict[str, str]],
    tmp_path: Path,
    connector: str,
    kind: FaultKind,
) -> None:
    """The slices are the same, to the byte, as if nothing had happened."""
    # Only the fault may time out here: everything else has two seconds.
    company.meets(Fault(kind, path=f"/{connector}/", seconds=4 if kind is FaultKind.TIMEOUT else 1))
    extraction = company.extract(connector, STREAMS[connector], Landing(tmp_path))
    assert contents(extraction) == undisturbed[connector]
    assert extraction.failures == []
    assert len(company.waits) == 1
    if kind is FaultKind.THROTTLED:
        assert company.waits == [1.0]


@pytest.mark.parametrize("connector", STREAMS)
@pytest.mark.parametrize("kind", sorted(LASTING))
def test_trouble_that_stays_lands_nothing_and_has_a_name(
    company: Company, tmp_path: Path, connector: str, kind: FaultKind
) -> None:
    """Attempts are bounded, no partial page is left, and the message says what to do."""
    company.meets(Fault(kind, path=f"/{connector}/", times=0, seconds=1))
    landing = Landing(tmp_path)
    with pytest.raises(ExtractionFailed) as caught:
        company.extract(connector, STREAMS[connector], landing)
    expected = {LASTING[kind]}
    assert {failure.kind for failure in caught.value.failures} == expected
    assert nothing_landed(landing)
    assert all("Next: " in failure.message for failure in caught.value.failures)
    requests = 2 if connector == "google_ads" else 8 if connector == "matomo" else 1
    assert len(company.waits) <= 2 * requests, "each request is tried three times"


@pytest.mark.parametrize("kind", sorted(LASTING))
def test_one_account_in_trouble_does_not_stop_the_others(
    company: Company, undisturbed: dict[str, dict[str, str]], tmp_path: Path, kind: FaultKind
) -> None:
    """The first account is refused, fails or breaks off; the second lands as always."""
    company.meets(Fault(kind, path="/customers/4821093377/", times=0, seconds=2))
    landing = Landing(tmp_path)
    extraction = company.extract("google_ads", "campaign_days", landing)
    assert contents(extraction) == {
        "7730562914": undisturbed["google_ads"]["7730562914"],
    }
    (failure,) = extraction.failures
    assert (failure.account_id, failure.kind) == ("4821093377", LASTING[kind])
    assert "account 4821093377" in failure.message
    assert [item.account_id for item in landing.slices()] == ["7730562914"]


def test_a_token_that_expires_midway_is_renewed(
    company: Company, undisturbed: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    """Between two accounts of one run the vendor stops accepting the token."""
    company.meets(Fault(FaultKind.UNAUTHORIZED, path="/googleAds:searchStream", first=2))
    extraction = company.extract("google_ads", "campaign_days", Landing(tmp_path))
    assert contents(extraction) == undisturbed["google_ads"]
    assert company.waits == []


def test_the_end_of_a_run_names_accounts_that_could_not_be_read(
    company: Company, tmp_path: Path
) -> None:
    """A revoked account must not hide behind a green line: its figures are of an earlier run."""
    company.meets(Fault(FaultKind.FORBIDDEN, path="/customers/7730562914/", times=0))
    extraction = company.extract("google_ads", "campaign_days", Landing(tmp_path / "landing"))
    settings = Settings(home=tmp_path, config_path=None, config=Config(), fixed_now=NOW)
    settings.published_dir.mkdir()
    with duckdb.connect(str(settings.published_path)) as con:
        columns = ", ".join(f"{name} {kind}" for name, kind in OPS_TABLES["accounts_failed"])
        con.execute(
            f"create schema ops; create schema meta; create table ops.accounts_failed ({columns})"
        )
        record_failed_accounts(con, "google_ads", "campaign_days", extraction.failures, NOW)
        con.execute(
            "create table meta.sources as select connector, stream, 5 as rows_loaded,"
            " 0 as rows_quarantined, 0 as rows_left_out, count(*) as accounts_failed,"
            " min(account_id || ': ' || message) as first_failure"
            " from ops.accounts_failed group by all;"
            "create table meta.cleared_cells as select connector, stream, account_id,"
            " '' as column_name, '' as reason_code, 1 as cells"
            " from ops.accounts_failed where false;"
            "create table meta.accepted_losses (source varchar);"
            "create table meta.losses as select connector, stream, account_id,"
            " '' as reason_code, 1 as rows, 1 as first_line, '' as example, 1 as money"
            " from ops.accounts_failed where false;"
            'create table meta.reconciliation ("check" varchar, subject varchar,'
            " difference decimal(28, 6));"
            "create table meta.identity as select 0 as identifiers_across_companies,"
            " 0 as identifiers_across_sources;"
            "create table meta.publication as select 3 as generation,"
            " cast(null as timestamp) as data_through;"
            "create table meta.checks (kind varchar, name varchar, status varchar,"
            " observed varchar, expected varchar)"
        )
    console = Console(record=True, width=160)
    show_success(settings, 1.0, console)
    shown = console.export_text()
    assert "google_ads: 1 account(s) could not be read (campaign_days)" in shown
    assert "7730562914" in shown
    assert "Give the credentials access to this account" in shown
    # The next run reads it again: nothing is said any more.
    company.meets()
    again = company.extract("google_ads", "campaign_days", Landing(tmp_path / "landing"))
    assert again.failures == []


def _streams_without_parents() -> list[tuple[str, str]]:
    return [
        (connector, stream.name)
        for connector in STREAMS
        for stream in CONNECTORS[connector].streams
        if stream.request.parent is None
    ]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_random_faults_at_random_requests(
    company: Company, tmp_path: Path, rng: random.Random, table: Table
) -> None:
    """Every stream of every connector: what lands is whole and equal, or it is not there."""
    tried = failed = 0
    for connector, stream in _streams_without_parents():
        company.meets()
        whole = contents(company.extract(connector, stream, Landing(tmp_path / f"{tried}-whole")))
        # Replaying an answer makes sense where pages of one list share an address.
        kinds = [
            kind
            for kind in FaultKind
            if kind is not FaultKind.REPEATED_CURSOR or connector in ("hubspot", "mailchimp")
        ]
        for _ in range(20):
            tried += 1
            faults = [
                Fault(
                    rng.choice(kinds),
                    path=f"/{connector}/",
                    first=rng.randint(1, 8),
                    times=rng.choice([1, 1, 2, 5]),
                    seconds=1,
                )
                for _ in range(rng.randint(1, 3))
            ]
            company.meets(*faults)
            landing = Landing(tmp_path / str(tried))
            try:
                extraction = company.extract(connector, stream, landing)
                landed = contents(extraction)
                refused = [failure.account_id for failure in extraction.failures]
            except ExtractionFailed as error:
                landed, refused = {}, [failure.account_id for failure in error.failures]
                assert nothing_landed(landing)
            failed += bool(refused)
            assert landed.items() <= whole.items()
            assert landed.keys() | set(refused) == whole.keys()
            assert len(list(landing.root.rglob("*.zst*"))) == len(landed)
    company.server.faults.clear()
    table.add(
        "7 vendors",
        "random faults at random requests of every stream",
        f"{tried} extractions",
        f"{failed} ended with a named account, the others whole; no partial page landed",
        ".venv/bin/pytest tests/faults/test_vendor_faults.py -m slow",
    )
    assert tried > 100
