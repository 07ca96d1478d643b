"""The road of HubSpot and Mailchimp: asked over HTTP, landed, loaded, staged as the world has it.

For look-back, changed records, deletes and merges there is a value here each that is wrong as soon
as the rule is broken.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.configuration.settings import Settings, load_settings
from orchestration.connectors.hubspot import HUBSPOT
from orchestration.connectors.mailchimp import MAILCHIMP
from orchestration.connectors.stream import Connector
from orchestration.extract.landing import Landing
from orchestration.extract.stream import Extraction, extract_stream
from orchestration.loading.slices import Loaded, load_pending
from orchestration.privacy.hashes import email_hash, phone_hash
from orchestration.warehouse.connection import connect
from orchestration.warehouse.schema import ensure_schema
from simulator.crm import ANALYTICS_SOURCE_CODES, DEAL_STAGES
from simulator.generator import generate
from simulator.http import Clock
from simulator.server import SimulatorServer
from simulator.world import Contact, EmailActivity, StageChange, World
from tests.kit.models.dbt import run_dbt

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
SINCE = date(2025, 1, 1)
PEOPLE = (
    "companies",
    "contacts",
    "contact_lifecycle_history",
    "contact_companies",
    "archived_contacts",
    "contact_ids",
)
"""The streams that say who is a lead; tests of deals need all."""
MAIL = ("campaigns", "automations", "automation_emails", "email_activity")
LONG_AGO = NOW - timedelta(days=90)
IDENTITY_KEY = b"k" * 32

Row = tuple[Any, ...]


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty warehouse with dbt's staging views; the views follow what is loaded."""
    settings = load_settings({"TRIBUTARY_HOME": str(tmp_path_factory.mktemp("staged"))})
    for vendor in ("hubspot", "mailchimp"):
        (settings.landing_dir / vendor).mkdir(parents=True)
    with connect(settings.warehouse_path, settings=settings) as con:
        ensure_schema(con)
        con.execute(
            "insert into ops.company (reporting_currency, reporting_timezone)"
            " values ('EUR', 'Europe/Stockholm')"
        )
    selected = ["+staging.hubspot", "+staging.mailchimp"]
    run = run_dbt(
        settings.warehouse_path, "build", "--exclude-resource-type", "test", "--select", *selected
    )
    assert run.returncode == 0, run.stdout
    return settings.warehouse_path


class Road:
    """One company's landing and warehouse.

    The simulator indexes the world when it starts, with the first run: a test must change the world
    before that.
    """

    def __init__(self, world: World, home: Path, staged: Path, stack: ExitStack) -> None:
        self.world = world
        self.clock = Clock(NOW)
        self.settings: Settings = load_settings({"TRIBUTARY_HOME": str(home)})
        self.landing = Landing(self.settings.landing_dir)
        self.settings.build_dir.mkdir(parents=True)
        shutil.copy(staged, self.settings.warehouse_path)
        self._stack = stack

    @cached_property
    def server(self) -> SimulatorServer:
        """The company's vendors."""
        return self._stack.enter_context(SimulatorServer(self.world, self.clock))

    def extract(self, connector: Connector, stream: str, now: datetime) -> Extraction:
        """Extract one stream, as a company would; only the base URL differs from the vendor's."""
        config = ConnectorConfig(
            base_url=self.server.base_url(connector.name),
            secrets={name: Secret("ROAD_SECRET", name) for name in connector.secrets},
            options={"server": "us21"} if connector is MAILCHIMP else {},
        )
        return extract_stream(
            connector,
            connector.stream(stream),
            config,
            self.landing,
            None,
            now,
            history_start=SINCE,
        )

    def run(
        self,
        connector: Connector,
        now: datetime,
        *,
        without: str = "",
        only: tuple[str, ...] = (),
    ) -> list[Loaded]:
        """A daily run of one vendor at a moment."""
        self.clock.set(now)
        for stream in connector.streams:
            if stream.name != without and (not only or stream.name in only):
                extraction = self.extract(connector, stream.name, now)
                assert not extraction.failures
        streams = [(connector.name, stream) for stream in connector.streams]
        with connect(self.settings.warehouse_path, settings=self.settings) as con:
            loaded = load_pending(con, self.landing, streams, identity_key=IDENTITY_KEY)
        assert not sum(item.rows_quarantined for item in loaded)
        assert not self.server.errors
        return loaded

    def query(self, sql: str) -> list[Row]:
        """Rows of the warehouse."""
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as con:
            return con.execute(sql).fetchall()

    def column(self, sql: str) -> list[Any]:
        """The one column of a query, sorted."""
        return sorted(row[0] for row in self.query(sql))


@pytest.fixture(scope="module")
def template() -> World:
    """A fiftieth of the demo company."""
    return generate(seed=7, scale=0.02)


@pytest.fixture
def road(
    template: World, tmp_path: Path, staged: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Road]:
    """The company with its own copies of the lists, so that a test may change what happened."""
    monkeypatch.setenv("ROAD_SECRET", "any-key")
    world = dataclasses.replace(
        template,
        contacts=[dataclasses.replace(contact) for contact in template.contacts],
        deals=[dataclasses.replace(deal) for deal in template.deals],
        email_activity=list(template.email_activity),
    )
    with ExitStack() as stack:
        yield Road(world, tmp_path / "home", staged, stack)


def hashed(email: str) -> str | None:
    """As the loader keeps an address."""
    return email_hash(IDENTITY_KEY, email) if email else None


def naive(moment: datetime | None) -> datetime | None:
    """As the warehouse keeps a moment."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None


def true_lead(world: World, contact: Contact, now: datetime) -> Row:
    """The expected staging row of an active contact."""
    companies = {company.company_id: company.name for company in world.organisations}
    stages = [change.stage for change in contact.stages if change.at <= now]
    texts = (
        contact.matomo_visitor_id,
        contact.user_id,
        contact.company_id,
        companies.get(contact.company_id, ""),
        contact.lead_source or ANALYTICS_SOURCE_CODES[contact.analytics_source] or "",
        contact.lead_channel,
        contact.self_reported_source,
        contact.first_url.partition("?")[0],
        contact.utm_source,
        contact.utm_medium,
        contact.utm_campaign,
        contact.gclid,
        contact.segment,
        contact.country,
        contact.referred_by,
    )
    return (
        contact.contact_id,
        naive(world.contact_created_at(contact, now)),
        hashed(contact.email),
        phone_hash(IDENTITY_KEY, contact.phone) if contact.phone else None,
        *(text or None for text in texts),
        *(
            naive(contact.stage_at(stage, now))
            for stage in ("marketingqualifiedlead", "salesqualifiedlead", "customer")
        ),
        stages[-1:] == ["customer"],
    )


LEADS = """
    select
        lead_id, created_at, email_hash, phone_hash, visitor_id, user_id, account_id, account_name,
        crm_lead_source, crm_lead_channel, self_reported_source, landing_page, utm_source,
        utm_medium, utm_campaign, click_id, segment, country, referred_by, mql_at, sql_at,
        customer_at, coalesce(is_customer, false)
    from staging.stg_hubspot__leads
"""


def true_leads(world: World, now: datetime) -> list[Row]:
    """Every living contact as staging must have it."""
    return sorted(true_lead(world, each, now) for each in world.contacts if each.is_live(now))


def true_opportunities(world: World, now: datetime) -> list[Row]:
    """Every living deal; its lead is its earliest living contact."""
    labels = {stage[0]: stage[1] for stage in DEAL_STAGES}
    rows = []
    for deal in world.deals:
        if not deal.is_live(now):
            continue
        contacts = [
            contact
            for contact_id in deal.contact_ids
            if (contact := world.contact(world.survivor_id(contact_id, now))).is_live(now)
        ]
        contacts.sort(key=lambda each: (world.contact_created_at(each, now), each.contact_id))
        rows.append(
            (
                deal.deal_id,
                contacts[0].contact_id if contacts else None,
                deal.company_id or None,
                naive(deal.created_at),
                labels[deal.stage(now).stage],
                Decimal(deal.amount),
                deal.currency,
                deal.is_won(now),
                naive(deal.closed_at(now)),
            )
        )
    return sorted(rows)


def true_forms(world: World, now: datetime) -> list[Row]:
    """Every submission of a form."""
    return sorted(
        (
            naive(touch.at),
            hashed(touch.email),
            touch.visitor_id or None,
            touch.utm_source or None,
            touch.utm_campaign or None,
            touch.referrer or None,
            touch.landing_page,
            touch.click_id or None,
            touch.click_id_type or None,
        )
        for touch in world.touches_via("hubspot_form")
        if touch.at <= now
    )


def sortable(rows: list[Row]) -> list[Row]:
    """Rows in one order, nulls included."""
    return sorted(rows, key=lambda row: tuple((value is None, str(value)) for value in row))


def test_the_crm_is_staged_as_the_world_has_it(road: Road) -> None:
    """Leads, deals, their contacts, forms and merges: every row and every column."""
    loaded = road.run(HUBSPOT, NOW)
    assert {field for item in loaded for field in item.unknown_fields} == set()
    world = road.world

    assert sorted(road.query(LEADS)) == true_leads(world, NOW)

    opportunities = road.query(
        "select opportunity_id, lead_id, account_id, created_at, stage, amount, currency, is_won,"
        " closed_at from staging.stg_hubspot__opportunities"
    )
    assert sortable(opportunities) == sortable(true_opportunities(world, NOW))

    contacts = road.query(
        "select opportunity_id, lead_id from staging.stg_hubspot__opportunity_contacts"
    )
    assert sorted(contacts) == sorted(
        {
            (deal.deal_id, survivor)
            for deal in world.deals
            for contact_id in deal.contact_ids
            if deal.is_live(NOW)
            and world.contact(survivor := world.survivor_id(contact_id, NOW)).is_live(NOW)
        }
    )

    forms = road.query(
        "select occurred_at, email_hash, visitor_id, utm_source, utm_campaign, referrer,"
        " landing_page, click_id, click_id_type from staging.stg_hubspot__touchpoints"
    )
    assert sortable(forms) == sortable(true_forms(world, NOW))

    merges = road.query(
        "select merged_lead_id, surviving_lead_id from staging.stg_hubspot__lead_merges"
    )
    merged = [each for each in world.contacts if each.merged_at and each.merged_at <= NOW]
    assert merged
    assert sorted(merges) == sorted(
        (each.contact_id, world.survivor_id(each.contact_id, NOW)) for each in merged
    )


def true_engagement(world: World, now: datetime) -> Counter[Row]:
    """E-mail activity for which Mailchimp reports a time."""
    automated = {mail.campaign_id for mail in world.email_campaigns if mail.automation_id}
    return Counter(
        (event.campaign_id, hashed(event.email), event.action, naive(event.at), event.url or None)
        for event in world.email_activity
        if event.at <= now and not (event.action == "sent" and event.campaign_id in automated)
    )


ENGAGEMENT = """
    select campaign_id, email_hash, engagement_type, occurred_at, url
    from staging.stg_mailchimp__email_engagement
"""


def test_mail_is_staged_as_the_world_has_it(road: Road) -> None:
    """Every e-mail sent, opened, clicked, bounced and answered by leaving the list."""
    loaded = road.run(MAILCHIMP, NOW)
    assert {field for item in loaded for field in item.unknown_fields} == set()
    assert Counter(road.query(ENGAGEMENT)) == true_engagement(road.world, NOW)

    clicks = road.query(
        "select campaign_id, occurred_at, email_hash, utm_source, utm_medium, utm_campaign,"
        " landing_page, campaign_platform, campaign_name from staging.stg_mailchimp__touchpoints"
        " where touch_type = 'email_click'"
    )
    mails = {mail.campaign_id: mail for mail in road.world.email_campaigns}
    assert sorted(clicks) == sorted(
        (
            event.campaign_id,
            naive(event.at),
            hashed(event.email),
            "mailchimp",
            mails[event.campaign_id].utm_medium,
            mails[event.campaign_id].utm_campaign,
            event.url,
            "mailchimp",
            mails[event.campaign_id].title,
        )
        for event in road.world.email_activity
        if event.action == "click"
    )
    types = road.query(
        "select campaign_type, count(distinct campaign_id) from staging.stg_mailchimp__campaigns"
        " group by campaign_type"
    )
    assert dict(types) == Counter(mail.campaign_type for mail in road.world.email_campaigns)


def test_clicks_agree_with_the_campaigns_own_totals(road: Road) -> None:
    """Mailchimp counts clicks itself: activity that was lost or doubled differs from the report."""
    road.run(MAILCHIMP, NOW)
    differing = road.query(
        "select reports.campaign_id, reports.clicks_total, count(actions.action_id)"
        " from raw.mailchimp__reports as reports"
        " left join staging.stg_mailchimp__actions as actions"
        "     on reports.campaign_id = actions.campaign_id and actions.engagement_type = 'click'"
        " group by reports.campaign_id, reports.clicks_total"
        " having reports.clicks_total <> count(actions.action_id)"
    )
    assert differing == []


def newest_mail(world: World, before: datetime) -> str:
    """The campaign that was sent last before a moment."""
    sent = [mail for mail in world.email_campaigns if not mail.automation_id]
    return max(
        (mail for mail in sent if mail.sent_at < before), key=lambda m: m.sent_at
    ).campaign_id


def test_a_campaign_is_clicked_for_weeks(road: Road) -> None:
    """A click 40 days after the sending, on the day of the run, must be found (look-back)."""
    first_run = NOW - timedelta(days=60)
    campaign_id = newest_mail(road.world, first_run)
    sent_at = next(m.sent_at for m in road.world.email_campaigns if m.campaign_id == campaign_id)
    email = road.world.members[0].email
    late = EmailActivity(
        campaign_id, email, "click", sent_at + timedelta(days=40), "https://fjordbase.example/late"
    )
    road.world.email_activity.append(late)
    for days in (0, 20, 44):
        road.run(
            MAILCHIMP,
            first_run + timedelta(days=days),
            only=MAIL,
        )
    clicks = road.query(
        "select occurred_at from staging.stg_mailchimp__touchpoints where landing_page like '%late'"
    )
    assert clicks == [(naive(late.at),)]


def test_activity_read_twice_counts_once_and_twins_count_twice(road: Road) -> None:
    """Overlapping windows list an action again; two equal clicks of one second are two clicks."""
    run_at = NOW - timedelta(days=3)
    campaign_id = newest_mail(road.world, run_at)
    email = road.world.members[0].email
    at = run_at - timedelta(hours=1)
    twin = EmailActivity(campaign_id, email, "click", at, "https://fjordbase.example/twin")
    road.world.email_activity.extend([twin, dataclasses.replace(twin)])
    for now in (run_at, run_at + timedelta(days=1)):
        road.run(MAILCHIMP, now, only=MAIL)
    landed = road.query("select count(*) from raw.mailchimp__email_activity")
    assert landed[0][0] > 0
    clicks = road.column(
        "select touchpoint_id from staging.stg_mailchimp__touchpoints"
        " where landing_page like '%twin'"
    )
    assert len(clicks) == 2


def test_what_changed_is_read_again(road: Road) -> None:
    """A first run long ago and one now: stages, deals, merges and deletions of three months."""
    for now in (LONG_AGO, NOW):
        road.run(HUBSPOT, now, only=PEOPLE)
        assert sorted(road.query(LEADS)) == true_leads(road.world, now)


def test_a_stage_entered_again_keeps_its_first_moment(road: Road) -> None:
    """The date on the record is reset; the history keeps the first."""
    contact = next(each for each in living(road.world) if each.stage_at("customer", LONG_AGO))
    again = StageChange("customer", NOW - timedelta(days=5))
    first = contact.stage_at("customer", NOW)
    contact.stages = [*contact.stages, StageChange("lead", NOW - timedelta(days=9)), again]
    road.run(HUBSPOT, NOW, only=PEOPLE)
    assert road.query(
        f"select customer_at from staging.stg_hubspot__leads where lead_id = '{contact.contact_id}'"
    ) == [(naive(first),)]


def living(world: World) -> Iterator[Contact]:
    """Contacts that nothing happens to before the end."""
    return (each for each in world.contacts if each.is_live(NOW) and each.is_live(LONG_AGO))


def leads(road: Road) -> set[str]:
    """The ids of the staged leads."""
    return set(road.column("select lead_id from staging.stg_hubspot__leads"))


def test_archived_contacts_leave(road: Road) -> None:
    """Search no longer shows an archived contact, and its last version stays in raw."""
    gone = next(living(road.world))
    gone.archived_at = NOW - timedelta(days=1)
    road.run(HUBSPOT, LONG_AGO, only=PEOPLE)
    assert gone.contact_id in leads(road)
    road.run(HUBSPOT, NOW, without="contact_ids", only=PEOPLE)
    assert gone.contact_id not in leads(road)


def test_a_restored_contact_comes_back(road: Road) -> None:
    """Archived by mistake and restored: what was seen last decides."""
    contact = next(living(road.world))
    contact.archived_at = NOW - timedelta(days=10)
    road.run(HUBSPOT, LONG_AGO, only=PEOPLE)
    road.run(HUBSPOT, NOW - timedelta(days=9), only=PEOPLE)
    assert contact.contact_id not in leads(road)
    contact.archived_at = None
    road.run(HUBSPOT, NOW, only=PEOPLE)
    assert contact.contact_id in leads(road)


def test_erased_contacts_leave_and_are_not_recognised_again(road: Road) -> None:
    """An erased contact is in no list of changes or archived records: only its absence shows it."""
    gone = next(living(road.world))
    gone.erased_at = NOW - timedelta(days=1)
    road.run(HUBSPOT, LONG_AGO, only=PEOPLE)
    road.run(HUBSPOT, NOW, without="contact_ids", only=PEOPLE)
    assert gone.contact_id in leads(road)
    road.run(HUBSPOT, NOW + timedelta(hours=1), only=PEOPLE)
    assert gone.contact_id not in leads(road)
    edges = road.query(
        f"select * from staging.stg_hubspot__identity_edges where left_id = '{gone.contact_id}'"
    )
    assert edges == []


def test_an_empty_list_of_ids_deletes_nobody(road: Road) -> None:
    """A list that lost its rows on the way must not empty the CRM."""
    road.run(HUBSPOT, NOW, only=PEOPLE)
    before = leads(road)
    for contact in road.world.contacts:
        contact.erased_at = NOW
    road.run(HUBSPOT, NOW + timedelta(days=1), only=PEOPLE)
    assert leads(road) == before != set()


def test_merged_contacts_live_on_in_their_survivor(road: Road) -> None:
    """The vanished record's deal and address lead to the survivor."""
    world = road.world
    survivor, gone = [each for each in living(world) if each.email][:2]
    gone.merged_into, gone.merged_at = survivor.contact_id, NOW - timedelta(days=2)
    deal = next(each for each in world.deals if each.is_live(LONG_AGO) and each.is_live(NOW))
    deal.contact_ids = (gone.contact_id,)
    owner = (
        "select lead_id from staging.stg_hubspot__opportunities"
        f" where opportunity_id = '{deal.deal_id}'"
    )
    road.run(HUBSPOT, LONG_AGO)
    assert road.column(owner) == [gone.contact_id]

    road.run(HUBSPOT, NOW)
    assert gone.contact_id not in leads(road)
    assert road.column(owner) == [survivor.contact_id]
    assert hashed(gone.email) in road.column(
        "select right_id from staging.stg_hubspot__identity_edges"
        f" where left_id = '{survivor.contact_id}' and right_type = 'email'"
    )


def test_a_survivor_that_is_merged_again_is_followed(road: Road) -> None:
    """Three records, merged one after the other, are one lead."""
    first, second, third = [each for each in living(road.world) if each.email][:3]
    first.merged_into, first.merged_at = second.contact_id, NOW - timedelta(days=20)
    second.merged_into, second.merged_at = third.contact_id, NOW - timedelta(days=2)
    road.run(HUBSPOT, LONG_AGO, only=PEOPLE)
    road.run(HUBSPOT, NOW - timedelta(days=10), only=PEOPLE)
    road.run(HUBSPOT, NOW, only=PEOPLE)
    merges = road.query(
        "select merged_lead_id, surviving_lead_id from staging.stg_hubspot__lead_merges"
    )
    for gone in (first, second):
        assert (gone.contact_id, third.contact_id) in merges


def test_two_records_merged_into_one_leave_both_addresses(road: Road) -> None:
    """HubSpot lists the addresses as one text; taken as one, it would quarantine the survivor."""
    survivor, *gone = [each for each in living(road.world) if each.email][:3]
    for each in gone:
        each.merged_into, each.merged_at = survivor.contact_id, NOW - timedelta(days=2)
    road.run(HUBSPOT, NOW, only=PEOPLE)
    known = road.column(
        "select right_id from staging.stg_hubspot__identity_edges"
        f" where left_id = '{survivor.contact_id}' and right_type = 'email'"
    )
    assert {hashed(each.email) for each in gone} <= set(known)
    assert survivor.contact_id in leads(road)


def test_archived_deals_leave(road: Road) -> None:
    """Revenue of a deal in the recycle bin does not count."""
    deal = next(each for each in road.world.deals if each.is_live(NOW) and each.is_won(LONG_AGO))
    deal.archived_at = NOW - timedelta(hours=1)
    road.run(HUBSPOT, LONG_AGO)
    ids = "select opportunity_id from staging.stg_hubspot__opportunities"
    assert deal.deal_id in road.column(ids)
    road.run(HUBSPOT, NOW)
    assert deal.deal_id not in road.column(ids)


def test_a_second_run_of_the_same_moment_changes_nothing(road: Road) -> None:
    """A run that is repeated asks for the overlap alone, and must be harmless."""
    staged: list[list[Row]] = []
    for _ in range(2):
        road.run(HUBSPOT, NOW)
        road.run(MAILCHIMP, NOW)
        staged.append(sorted(road.query(LEADS)) + sortable(road.query(ENGAGEMENT)))
    assert staged[0] == staged[1] != []


def test_forms_stop_where_the_window_starts(road: Road) -> None:
    """HubSpot cannot filter submissions: a daily run must not read and land all of them again."""
    form = road.world.forms[0]
    road.world.touches = [
        dataclasses.replace(touch, form_id=form.form_id) for touch in road.world.touches
    ]
    road.run(HUBSPOT, NOW)
    everything = road.query("select count(*) from raw.hubspot__form_submissions")[0][0]
    assert everything > 100
    extraction = road.extract(HUBSPOT, "form_submissions", NOW)
    assert extraction.requests == len(road.world.forms)
    assert extraction.rows == 50
