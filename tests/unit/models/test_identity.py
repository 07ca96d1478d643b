"""Identity: identifiers that meet are joined, and an identifier that many share joins no one."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.model import Identity
from tests.kit.models.built import Built
from tests.kit.models.dbt import run_dbt
from tests.kit.models.graph import Groups, Rows, key_of, random_graph, write_rows

LIMITS = Identity()


@dataclass
class Resolved:
    """What the models made of the rows.

    Attributes:
        people: Person keys by node; nodes that meet no other are absent.
        shared: Nodes that many people share.
        contested: Devices and clicks of several leads.
        contacts: Ids of HubSpot's contacts that are leads.
        known_ids: Ids that mean one of these, its own or one that was merged into it.
        random: The expected groups of the random part of the rows.
        warehouse: The file, to be read.
        workshop: A file beside dbt's cache for more builds; any test may replace it.
    """

    people: dict[str, str]
    shared: set[str]
    contested: set[str]
    contacts: set[str]
    known_ids: set[str]
    random: Groups
    warehouse: Path
    workshop: Path

    def person(self, node: str) -> str:
        """The key of a node's person."""
        return self.people.get(node) or key_of([node])

    def persons(self, *nodes: str) -> int:
        """How many people these nodes are."""
        return len({self.person(node) for node in nodes})


def hand_made() -> Rows:
    """Every rule once; each case has its own names."""
    rows = Rows()
    for number in range(LIMITS.max_emails + 1):
        rows.touch(visitor_id="kiosk", email_hash=f"kiosk{number}")
        rows.visit("till", f"till{number}")
        if number:
            rows.touch(visitor_id="family", email_hash=f"family{number}")
    for number in range(LIMITS.max_visitors + 1):
        rows.visit(f"guest{number}", "guest")
    rows.touch(visitor_id="guest1", email_hash="guest1")
    rows.touch(visitor_id="guest2", email_hash="guest2")

    rows.lead("role1", email_hash="role:many")
    rows.lead("role2", email_hash="role:many")
    rows.touch(visitor_id="role3", email_hash="role:many")
    rows.lead("role4", email_hash="role:one")
    rows.touch(visitor_id="role4", email_hash="role:one")
    rows.lead("double1", email_hash="double")
    rows.lead("double2", email_hash="double")

    rows.lead("clicker", click_id="CAPS-and-small")
    rows.touch(visitor_id="clicker", click_id="CAPS-and-small")
    rows.touch(visitor_id="other", click_id="caps-and-small")
    rows.touch(visitor_id="nobody1", click_id="nobody")
    rows.touch(visitor_id="nobody2", click_id="nobody")

    # A forwarded link: two leads show the click id, and devices of both of them.
    rows.lead("forward1", click_id="forwarded", email_hash="forward1")
    rows.touch(lead_id="forward2", click_id="forwarded", email_hash="forward2")
    rows.touch(visitor_id="forward3", click_id="forwarded")
    # A link of one lead that another lead's device, a reader with an address and a stranger open.
    rows.lead("owner", click_id="lent")
    rows.lead("borrower")
    rows.touch(lead_id="borrower", visitor_id="borrowed")
    rows.touch(visitor_id="borrowed", click_id="lent")
    rows.touch(visitor_id="stranger", click_id="lent")
    rows.lead("host", click_id="hosted")
    rows.touch(email_hash="reader", click_id="hosted")
    rows.touch(visitor_id="passer", click_id="hosted")
    rows.lead("host2", click_id="hosted2")
    rows.touch(visitor_id="wanderer", click_id="hosted")
    rows.touch(visitor_id="wanderer", click_id="hosted2")

    # A laptop of two leads, one of whom has a telephone of her own on which she logs in.
    rows.touch(lead_id="he", visitor_id="laptop")
    rows.touch(email_hash="she", visitor_id="laptop")
    rows.lead("he")
    rows.lead("she", email_hash="she")
    rows.touch(lead_id="she", visitor_id="mobile")
    rows.visit("mobile", "her_login")
    rows.visit("tablet", "her_login")
    # A login that met devices of both says nothing, and makes them no one person either.
    rows.lead("third")
    rows.touch(lead_id="third", visitor_id="desktop")
    rows.visit("mobile", "their_login")
    rows.visit("desktop", "their_login")

    rows.lead("desk1", phone_hash="switchboard")
    rows.lead("desk2", phone_hash="switchboard")

    # Merged from left to right, and one that HubSpot lists on its direct survivor only.
    for number in range(1, 60):
        rows.contact(f"9{number:03}", merged=f"9{number - 1:03}", email_hash=f"chain{number}")
    rows.contact("8001", merged="8002", email_hash="circle1")
    rows.contact("8002", merged="8001", email_hash="circle2")
    rows.contact("7001", email_hash="gone1")
    rows.contact("7002", merged="7001", email_hash="gone2", matomo_visitor_id="gone2")
    rows.archived.append("7002")
    rows.touch(email_hash="gone1", visitor_id="gone1")
    return rows


def resolve(warehouse: Path, rows: Rows, order: random.Random | None = None) -> dict[str, str]:
    """Build the people of these rows."""
    with duckdb.connect(str(warehouse)) as con:
        write_rows(con, rows, order)
    outcome = run_dbt(
        warehouse,
        *("build", "--select", "+int_identity__people"),
        *("--indirect-selection", "buildable", "--exclude", "test_type:unit"),
    )
    assert outcome.returncode == 0, outcome.stdout[-6000:]
    with duckdb.connect(str(warehouse), read_only=True) as con:
        rows_of_people = "select node, person_key from intermediate.int_identity__people"
        return dict(con.execute(rows_of_people).fetchall())


@pytest.fixture(scope="module")
def resolved(tmp_path_factory: pytest.TempPathFactory) -> Resolved:
    """The hand-made cases and a random graph, resolved in one dbt run."""
    workshop = tmp_path_factory.mktemp("identity") / "warehouse.duckdb"
    rows = hand_made()
    groups = random_graph(random.Random(3), rows, size=400, chain=700)
    people = resolve(workshop, rows)
    warehouse = Path(shutil.copy(workshop, workshop.with_name("resolved.duckdb")))
    with duckdb.connect(str(workshop), read_only=True) as con:
        shared, contested, contacts, known_ids = (
            {
                name
                for (name,) in con.execute(f"select {column} from intermediate.{where}").fetchall()
            }
            for column, where in (
                ("node", "int_identifiers__judged where is_shared"),
                ("node", "int_identity__people where is_contested"),
                ("lead_id", "int_leads__unioned where source_system = 'hubspot'"),
                ("lead_id", "int_lead_ids__resolved where source_system = 'hubspot'"),
            )
        )
    return Resolved(people, shared, contested, contacts, known_ids, groups, warehouse, workshop)


def test_a_shared_device_joins_nobody_and_one_at_the_limit_joins(resolved: Resolved) -> None:
    """A kiosk with 11 addresses, or a till with 11 users, is no person; a tablet with 10 may be."""
    count = LIMITS.max_emails + 1
    assert (
        resolved.persons(*(f"email:kiosk{n}" for n in range(count)), "visitor:kiosk") == 1 + count
    )
    assert resolved.persons(*(f"user:till{n}" for n in range(count)), "visitor:till") == 1 + count
    assert resolved.persons(*(f"email:family{n}" for n in range(1, count)), "visitor:family") == 1


def test_a_user_id_of_all_visitors_joins_nobody(resolved: Resolved) -> None:
    """`guest` is what a shop writes for those who are not logged in."""
    assert "user:guest" in resolved.shared
    assert resolved.persons("user:guest", "visitor:guest1", "visitor:guest2", "visitor:guest3") == 4
    assert resolved.person("visitor:guest1") == resolved.person("email:guest1")


def test_a_role_mailbox_joins_one_lead_and_no_more(resolved: Resolved) -> None:
    """`info@` is of everybody in the company; an address of two leads is one person's double."""
    many = ("lead:inbox:role1", "lead:inbox:role2", "visitor:role3", "email:role:many")
    assert resolved.persons(*many) == 4
    assert resolved.persons("lead:inbox:role4", "visitor:role4", "email:role:one") == 1
    assert resolved.persons("lead:inbox:double1", "lead:inbox:double2", "email:double") == 1


def test_a_click_joins_only_where_a_lead_carries_it(resolved: Resolved) -> None:
    """A link with a click id is passed on; click ids keep their case."""
    assert resolved.persons("lead:inbox:clicker", "visitor:clicker") == 1
    assert resolved.persons("visitor:clicker", "visitor:other") == 2
    assert resolved.persons("visitor:nobody1", "visitor:nobody2") == 2


def test_a_forwarded_click_joins_no_two_leads(resolved: Resolved) -> None:
    """Two leads of two companies who opened one link were one person, with all their revenue.

    The anonymous hits of such a link are nobody's, and neither are those of a lead's device that
    shows another lead's click.
    """
    forwarded = ("lead:inbox:forward1", "lead:inbox:forward2", "visitor:forward3")
    assert resolved.persons(*forwarded, "click:forwarded") == 4
    assert resolved.persons("lead:inbox:forward2", "email:forward2") == 1
    assert resolved.persons("lead:inbox:owner", "lead:inbox:borrower") == 2
    assert resolved.persons("lead:inbox:borrower", "visitor:borrowed") == 1
    assert resolved.persons("lead:inbox:owner", "visitor:stranger", "click:lent") == 3
    assert {"click:forwarded", "click:lent"} <= resolved.contested


def test_a_click_joins_what_is_anonymous(resolved: Resolved) -> None:
    """A reader with an address is somebody; who shows clicks of two leads is neither of them."""
    assert resolved.persons("lead:inbox:host", "visitor:passer", "click:hosted") == 1
    assert resolved.persons("lead:inbox:host", "email:reader") == 2
    assert resolved.persons("lead:inbox:host", "lead:inbox:host2", "visitor:wanderer") == 3


def test_a_device_joins_no_two_leads(resolved: Resolved) -> None:
    """Touches that name their lead were credited to somebody else who used the same laptop."""
    assert resolved.persons("lead:inbox:he", "lead:inbox:she", "visitor:laptop") == 3
    assert "visitor:laptop" in resolved.contested
    hers = ("lead:inbox:she", "email:she", "visitor:mobile", "user:her_login", "visitor:tablet")
    assert resolved.persons(*hers) == 1
    theirs = ("lead:inbox:she", "lead:inbox:third", "user:their_login")
    assert resolved.persons(*theirs) == 3
    assert resolved.persons("lead:inbox:third", "visitor:desktop") == 1


def test_a_switchboard_joins_nobody(resolved: Resolved) -> None:
    """Two leads with one number are colleagues."""
    assert resolved.persons("lead:inbox:desk1", "lead:inbox:desk2", "phone:switchboard") == 3


def test_merges_are_followed_to_their_end(resolved: Resolved) -> None:
    """Fifty-nine merges in a row are one person with all of the addresses."""
    nodes = [f"lead:hubspot:9{number:03}" for number in range(60)]
    nodes += [f"email:chain{number}" for number in range(1, 60)]
    assert resolved.persons(*nodes) == 1
    assert {lead for lead in resolved.contacts if lead.startswith("9")} == {"9059"}
    assert {f"9{number:03}" for number in range(60)} <= resolved.known_ids


def test_a_circle_of_merges_leaves_one_lead(resolved: Resolved) -> None:
    """8001 absorbed 8002, then 8002 absorbed 8001: the later merge counts, no one is lost."""
    nodes = ("lead:hubspot:8001", "lead:hubspot:8002", "email:circle1", "email:circle2")
    assert resolved.persons(*nodes) == 1
    assert {lead for lead in resolved.contacts if lead.startswith("8")} == {"8002"}


def test_a_merge_into_a_deleted_lead_leads_nowhere(resolved: Resolved) -> None:
    """Who was erased is not recognised again, neither by the address nor by that of the merged."""
    nodes = ("lead:hubspot:7002", "email:gone1", "email:gone2", "visitor:gone2")
    assert resolved.persons(*nodes) == 4
    assert resolved.person("email:gone1") == resolved.person("visitor:gone1")
    assert {"7001", "7002"}.isdisjoint(resolved.contacts | resolved.known_ids)


def test_people_equal_a_plain_search(resolved: Resolved) -> None:
    """Over 1,500 identifiers in random pairs, and a chain of 700 in scrambled order.

    The person's key is that of its first lead, else address, else user, else visitor.
    """
    groups = resolved.random.groups()
    assert max(len(group) for group in groups) >= 700
    expected = {node: key_of(group) for group in groups for node in group}
    assert {node: resolved.people.get(node) for node in expected} == expected


def test_the_order_of_rows_and_other_peoples_data_change_no_key(resolved: Resolved) -> None:
    """Readers store keys, so only new facts about a person may change that person's key.

    A lead keeps the key even then: a new click, user and visitor name no other lead.
    """
    rows = hand_made()
    random_graph(random.Random(3), rows, size=400, chain=700)
    for number in range(50):
        rows.visit(f"000new{number}", f"000new{number % 7}")
        rows.touch(email_hash=f"000new{number}", visitor_id=f"000new{number}")
    rows.touch(lead_id="clicker", visitor_id="001", click_id="001")
    rows.visit("clicker", "001")
    resolved.workshop.unlink()
    people = resolve(resolved.workshop, rows, random.Random(5))
    assert {node: people.get(node) for node in resolved.people} == resolved.people
    assert people["user:001"] == people["visitor:001"] == resolved.people["lead:inbox:clicker"]


def test_too_few_rounds_fail_the_build(resolved: Resolved) -> None:
    """A chain that is longer than the rounds reach would be several people in silence."""
    shutil.copy(resolved.warehouse, resolved.workshop)
    (compiled,) = resolved.workshop.parent.glob("target/compiled/**/int_identity__loose.sql")
    rounds = compiled.read_text(encoding="utf-8")
    assert "from labels_16\n" in rounds
    with duckdb.connect(str(resolved.workshop)) as con:
        con.execute(
            "create or replace table intermediate.int_identity__loose as "
            + rounds.replace("from labels_16\n", "from labels_5\n")
        )
    outcome = run_dbt(resolved.workshop, "test", "--select", "assert_person_labels_converged")
    assert outcome.returncode == 1, outcome.stdout[-3000:]
    assert "FAIL" in outcome.stdout


def test_touches_say_how_their_person_is_known(built: Built) -> None:
    """A touch's strongest identifier, and whether only other records link it to the person."""
    shown = {
        row["touchpoint_id"]: next(
            kind
            for kind, name in (
                ("lead", "lead_id"),
                ("email", "email_hash"),
                ("visitor", "visitor_id"),
            )
            if row.get(name)
        )
        for row in built.company.touchpoints
    }
    rows = built.con.execute(
        """
        select touchpoint_id, touchpoints.identified_by, touchpoints.is_stitched, people.is_lead
        from core.fct_touchpoints as touchpoints
        inner join core.dim_people as people using (person_key)
        where touchpoint_id in (select unnest(?))
        """,
        [list(shown)],
    ).fetchall()
    assert {touchpoint_id: kind for touchpoint_id, kind, _, _ in rows} == shown
    for _, kind, is_stitched, is_lead in rows:
        assert is_stitched == (is_lead and kind == "visitor")
    assert any(is_stitched for _, _, is_stitched, _ in rows)


def test_meta_counts_touches_by_how_they_were_stitched(built: Built) -> None:
    """Every touch once: of a lead, anonymous, or without any identifier."""
    counted = {
        kind: tuple(rest)
        for kind, *rest in built.con.execute(
            "select identifier_type, touches, touches_of_leads, touches_stitched,"
            " touches_anonymous, touches_unresolved from meta.identity where touches > 0"
        ).fetchall()
    }
    facts = built.con.execute(
        """
        select identified_by, is_lead, is_stitched, person_key = 'unknown'
        from core.fct_touchpoints inner join core.dim_people using (person_key)
        where touchpoint_key <> 'unattributed'
        """
    ).fetchall()
    tally: dict[str, Counter[str]] = {}
    for kind, is_lead, is_stitched, is_unknown in facts:
        outcome = "of_lead" if is_lead else "unresolved" if is_unknown else "anonymous"
        tally.setdefault(kind, Counter()).update([outcome, *(["stitched"] if is_stitched else [])])
    names = ("of_lead", "stitched", "anonymous", "unresolved")
    expected = {
        kind: (sum(count[name] for name in names if name != "stitched"), *(count[n] for n in names))
        for kind, count in tally.items()
    }
    assert counted == expected
    totals = built.con.execute("select touches, leads from meta.identity_totals").fetchall()
    assert totals == [(len(facts), len(built.company.leads))]
