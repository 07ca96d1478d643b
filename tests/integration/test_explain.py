"""``tributary explain`` against journeys worked out from what truly happened.

Touches are those of the simulator's people; credits come from the second implementation in
``tests/unit/models/reference_credits.py``. Neither has seen a table of the warehouse.
"""

from __future__ import annotations

import random
import re
import shutil
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from io import StringIO
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from orchestration.assistants.tools import Tools
from orchestration.commands.explain import run_explain
from orchestration.configuration.settings import Settings
from orchestration.foundation.errors import TributaryError
from simulator.generation.calendar import DEMO_NOW
from simulator.journeys import Touch
from simulator.visits import LOOKBACK_DAYS, counting_touches
from tests.kit.demo import Demo
from tests.kit.models.reference_credits import ROLE_WEIGHTS, Step, shares, weights

SEED = 20260703
HALF_LIFE_DAYS = 7
"""Not configured by the demo, so the default."""

CHOSEN = ("time_decay", "last_non_direct", "first_non_direct", "last_paid", "first_paid")
MODELS = ({*ROLE_WEIGHTS, *CHOSEN, "shapley_coverage", "markov_path"}) - {"custom"}

_CONVERSIONS = """
    select
        conversions.conversion_key, conversions.conversion_type, conversions.conversion_id,
        conversions.occurred_at, conversions.value,
        leads.lead_id, leads.created_at, leads.opportunity_at, leads.customer_at
    from core.fct_conversions as conversions
    inner join core.fct_leads as leads on conversions.lead_key = leads.lead_key
    where not conversions.is_correction
    order by conversions.source_system, conversions.conversion_id, conversions.conversion_type
"""

_CRM_RECORDS = """
    select leads.lead_id, touches.occurred_at, sources.lead_source, channels.lead_channel
    from core.fct_touchpoints as touches
    inner join core.fct_leads as leads on touches.touchpoint_id = 'crm:' || leads.lead_id
    inner join core.dim_lead_sources as sources
        on touches.lead_source_key = sources.lead_source_key
    inner join core.dim_lead_channels as channels
        on touches.lead_channel_key = channels.lead_channel_key
    where touches.touch_type = 'crm_record'
"""

_EFFECTS = """
    select conversion_type, lead_channel, removal_effect
    from core.fct_channel_attribution
    inner join core.dim_lead_channels on member_key = lead_channel_key
    where attribution_model = 'markov' and dimension = 'lead_channel'
"""


def explained(settings: Settings, identifier: str, *, every_touch: bool = False) -> str:
    """What the command prints where there is room for everything."""
    console = Console(record=True, width=1000, file=StringIO())
    run_explain(settings, identifier, console, every_touch=every_touch)
    return console.export_text()


def cells(line: str) -> list[str]:
    """The cells of a table's row."""
    return [cell.strip() for cell in line.split("│")[1:-1]]


@dataclass(frozen=True)
class Happened:
    """A true touch."""

    step: Step
    kind: str
    source: str

    @property
    def row(self) -> list[str]:
        """As far as codes and moments go, the row that the command prints."""
        return [f"{self.step.at}", self.kind, self.source, self.step.channel]


class Truly:
    """Who met what, as the simulator made it; the facts give moments of stages and effects."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.paid = {
            code
            for (code,) in demo.rows("select lead_source from core.dim_lead_sources where is_paid")
        }
        self.effects = {(kind, code): effect for kind, code, effect in demo.rows(_EFFECTS)}
        self.touches: dict[int, list[Happened]] = defaultdict(list)
        for touch in demo.world.touches:
            if touch.at <= DEMO_NOW:
                at = touch.at.replace(tzinfo=None)
                codes = (touch.lead_source, touch.lead_channel)
                self._happened(touch.person_id, touch.touch_id, at, touch.kind, *codes)
        self.counting = {
            touch.touch_id
            for touches in by_person(demo.world.touches).values()
            for touch in counting_touches(touches)
        }
        for lead_id, at, source, channel in demo.rows(_CRM_RECORDS):
            person = demo.truth.leads[lead_id].contact.person_id
            self._happened(person, f"crm:{lead_id}", at, "crm_record", source, channel)

    def _happened(
        self, person: int, name: str, at: datetime, kind: str, source: str, channel: str
    ) -> None:
        step = Step(name, at, channel, source == "direct", source in self.paid)
        self.touches[person].append(Happened(step, kind, source))

    def counts(self, touch: Happened) -> bool:
        """Whether it is a touch of its own, and no hit of another one's visit."""
        return touch.kind == "crm_record" or touch.step.touchpoint_id in self.counting

    def met(self, kind: str, conversion_id: str, lead_id: str) -> list[Happened]:
        """Every touch of the people whom a conversion concerns, in order."""
        leads = self.demo.truth.leads.values()
        contact = self.demo.truth.leads[lead_id].contact
        people = {contact.person_id}
        company = ""
        if conversion_id == f"customer:{lead_id}":
            company = contact.company_id
        elif kind in ("opportunity", "customer", "repeat_customer"):
            (deal,) = (
                deal
                for deal in self.demo.world.every_deal
                if f"opportunity:{deal.deal_id}" == conversion_id.removeprefix("customer:")
            )
            company = deal.company_id or contact.company_id
        if company:
            people |= {
                lead.contact.person_id for lead in leads if lead.contact.company_id == company
            }
        touches = [touch for person in people for touch in self.touches[person]]
        return sorted(touches, key=lambda touch: (touch.step.at, touch.step.touchpoint_id))

    def credits(
        self,
        model: str,
        kind: str,
        journey: list[Happened],
        milestones: dict[str, datetime | None],
    ) -> list[str]:
        """As the command prints them: by touch, and at last what no touch has."""
        steps = [touch.step for touch in journey]
        if not steps:
            given: list[Fraction] = []
        elif model == "markov_path":
            given = [Fraction(self.effects[kind, step.channel]) for step in steps]
        else:
            given = weights(model, steps, milestones, HALF_LIFE_DAYS)
        credited = {name: credit for name, credit, _ in shares(steps, given, None)}
        names = [*(step.touchpoint_id for step in steps), "unattributed"]
        return [f"{credited[name]:.4f}" if credited.get(name) else "·" for name in names]


def by_person(touches: list[Touch]) -> dict[int, list[Touch]]:
    """What each person did until the demo's moment, in order of time."""
    own: dict[int, list[Touch]] = defaultdict(list)
    for touch in touches:
        if touch.at <= DEMO_NOW:
            own[touch.person_id].append(touch)
    return own


def eligible(touch: Happened, at: datetime) -> bool:
    """Whether a touch may earn credit: not after the conversion, within its type's look-back."""
    return timedelta(0) <= at - touch.step.at <= timedelta(days=LOOKBACK_DAYS[touch.kind])


def test_ten_random_conversions_are_credited_as_worked_out_by_hand(demo: Demo) -> None:
    """Journey, what is left out and why, and every model's credits, as they are printed."""
    truly = Truly(demo)
    codes = dict(
        demo.rows(
            "select name_en, lead_source from core.dim_lead_sources "
            "union select name_en, lead_channel from core.dim_lead_channels"
        )
    )
    conversions = demo.rows(_CONVERSIONS)
    kinds = set()
    for key, kind, name, at, value, lead_id, *moments in random.Random(SEED).sample(
        conversions, 10
    ):
        kinds.add(kind)
        rows = [
            cells(line) for line in explained(demo.settings, key, every_touch=True).splitlines()
        ]
        met = truly.met(kind, name, lead_id)
        journey = [touch for touch in met if truly.counts(touch) and eligible(touch, at)]
        shown = [
            row[1:3] + [codes[n] for n in row[3:5]] for row in rows if row and row[0].isdigit()
        ]
        assert shown == [touch.row for touch in journey], (kind, name)
        # Two systems may see one touch: of one moment and kind, one counts and one does not.
        left_out: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in rows:
            if row and re.match(r"\d{4}-", row[0]):
                left_out[row[0], row[1]].add(row[-1])
        # Only a true touch is in the world; that an e-mail was opened is none.
        opened = {
            moment for moment, whys in left_out.items() if any("never earns" in why for why in whys)
        }
        assert {touch_type for _, touch_type in opened} <= {"email_open"}
        assert left_out.keys() - opened == {
            (touch.row[0], touch.row[1]) for touch in met if touch not in journey
        }, (kind, name)
        for touch in met:
            if touch not in journey:
                whys = left_out[touch.row[0], touch.row[1]]
                if truly.counts(touch):
                    assert reason(touch, at) in whys
                else:
                    assert any("belongs to the visit of" in w or "counts in" in w for w in whys)
        milestones = {
            role: moment if moment is not None and moment <= at else None
            for role, moment in zip(("lead", "opportunity", "customer"), moments, strict=True)
        }
        if (role := kind.removeprefix("repeat_")) in milestones:
            milestones[role] = at
        credited = {row[0]: row[1:-2] for row in rows if row and row[0] in MODELS}
        if not credited:
            (agreed,) = (row for row in rows if row and row[0] == f"all {len(MODELS)} models")
            credited = dict.fromkeys(MODELS, agreed[1:-2])
            rows.append(["linear", *agreed[1:]])
        assert credited.keys() == MODELS
        for model in MODELS:
            expected = truly.credits(model, kind, journey, milestones)
            assert credited[model] in (expected, expected[:-1]), (kind, name, model)
            assert expected[-1] == "·" or credited[model] == expected
        assert {row[-2] for row in rows if row and row[0] in MODELS} == {"1.0000 ✓"}
        totals = {row[-1] for row in rows if row and row[0] in MODELS}
        assert totals == {"" if value is None else f"{value:,.2f}"}
    assert len(kinds) >= 3


def reason(touch: Happened, at: datetime) -> str:
    """Why a touch is not in the journey, in the command's words."""
    age = abs(at - touch.step.at)
    clock = str(age - timedelta(days=age.days)).rjust(8, "0")
    if touch.step.at > at:
        return f"{age.days} d {clock} after"
    return f"{age.days} d {clock} before; {touch.kind} counts {LOOKBACK_DAYS[touch.kind]} d"


def test_a_lead_is_shown_before_and_after_stitching(demo: Demo) -> None:
    """Touches that identify the person directly are shown apart from stitched ones."""
    ((lead_id, own, stitched),) = demo.rows(
        """
        select leads.lead_id,
            count(*) filter (where not touches.is_stitched),
            count(*) filter (where touches.is_stitched)
        from core.fct_leads as leads
        inner join core.fct_conversions as conversions
            on leads.lead_key = conversions.lead_key and conversions.conversion_type = 'lead'
        inner join core.fct_attribution_credits as credits
            on conversions.conversion_key = credits.conversion_key
            and credits.attribution_model = 'linear'
        inner join core.fct_touchpoints as touches using (touchpoint_key)
        group by leads.lead_id
        order by least(2, count(*) filter (where not touches.is_stitched)) desc, 3 desc, 1
        limit 1
        """
    )
    assert own
    assert stitched
    shown = explained(demo.settings, lead_id)
    assert f"Lead      {lead_id}" in shown
    journey = shown.split("\nlead lead:")[1].split("└")[0]
    assert journey.count(", stitched") == stitched
    (sentence,) = re.findall(r"Journey: before identity stitching (.*); after it all", shown)[:1]
    assert len(sentence.split(", ")) == own


def test_a_source_and_a_channel_of_one_name_are_shown_with_intervals(demo: Demo) -> None:
    """Figures match the mart and core; each model's meaning is shown below them."""
    shown = explained(demo.settings, "webinar")
    assert "Lead source Webinar" in shown
    assert "Lead channel Webinar" in shown
    for table, dimension in (("lead_source", "source"), ("lead_channel", "channel")):
        part = shown.split(f"Lead {dimension} Webinar")[1]
        ((linear, of),) = demo.rows(
            f"""
            select linear_conversions,
                (select count(*) from core.fct_conversions where conversion_type = 'lead')
            from marts.attribution_model_comparison
            where dimension = '{table}' and member = 'webinar' and conversion_type = 'lead'
            """
        )
        row = next(cells(line) for line in part.splitlines() if "│ linear " in line)
        header = next(line for line in part.splitlines() if "credited to its touches" in line)
        column = [cell.strip() for cell in header.split("┃")[1:-1]].index(f"lead of {of:,}")
        assert row[column] == f"{linear:,.1f}"
        ((*conversions, effect, low, high),) = demo.rows(
            f"""
            select conversions, conversions_low, conversions_high,
                removal_effect, removal_effect_low, removal_effect_high
            from core.fct_channel_attribution
            inner join core.dim_{table}s on member_key = {table}_key
            where dimension = '{table}' and {table} = 'webinar'
                and attribution_model = 'markov' and conversion_type = 'lead'
            """
        )
        row = next(
            cells(line) for line in part.splitlines() if cells(line)[:2] == ["lead", "markov"]
        )
        assert row[2:4] == [
            f"{conversions[0]:,.1f}",
            "{:,.1f} to {:,.1f}".format(*conversions[1:]),
        ]
        assert row[-2:] == [f"{effect:.1%}", f"{low:.1%} to {high:.1%}"]
        assert low < effect < high
    assert "first-order chain" in shown


@pytest.fixture
def altered(demo: Demo, tmp_path: Path) -> tuple[Settings, duckdb.DuckDBPyConnection]:
    """A copy of the published file, open for writing; credits as a table."""
    settings = replace(demo.settings, home=tmp_path)
    settings.published_dir.mkdir(parents=True)
    shutil.copyfile(demo.settings.published_path, settings.published_path)
    con = duckdb.connect(str(settings.published_path))
    con.execute("create table core.long as select * from core.fct_attribution_credits")
    con.execute("drop view core.fct_attribution_credits")
    con.execute("alter table core.long rename to fct_attribution_credits")
    return settings, con


def test_what_does_not_add_up_is_marked(
    altered: tuple[Settings, duckdb.DuckDBPyConnection],
) -> None:
    """explain does not believe the credits: it sums them, and knows the journey without them."""
    settings, con = altered
    key, stranger = con.execute(
        """
        select credits.conversion_key, touches.touchpoint_key
        from core.fct_attribution_credits as credits, core.fct_touchpoints as touches
        where credits.attribution_model = 'linear' and credits.credit < 1
            and credits.conversion_type = 'customer' and touches.touch_type = 'visit'
            and touches.person_key not in (
                select person_key from core.bridge_conversion_people
                where conversion_key = credits.conversion_key
            )
        order by all limit 1
        """
    ).fetchall()[0]
    con.execute(
        "update core.fct_attribution_credits set touchpoint_key = ? "
        "where conversion_key = ? and attribution_model = 'first_touch'",
        [stranger, key],
    )
    con.execute(
        "update core.fct_attribution_credits set credit = credit / 2 "
        "where conversion_key = ? and attribution_model = 'last_touch'",
        [key],
    )
    con.execute(
        "update core.fct_attribution_credits set credited_value = credited_value + 1 "
        "where conversion_key = ? and attribution_model = 'j_shaped'",
        [key],
    )
    con.close()
    shown = explained(settings, key)
    assert "✗ first_touch: 1 touches outside the journey have credit" in shown
    assert "✗ last_touch: credits sum to 0.500000000000, not to 1" in shown
    assert "✗ j_shaped: values sum to " in shown
    assert "✗ linear" not in shown
    marked = {
        cells(line)[0] for line in shown.splitlines() if cells(line) and "✗" in cells(line)[-2]
    }
    assert marked == {"first_touch", "last_touch", "j_shaped"}


def test_ids_of_several_things_are_listed_with_their_keys(
    altered: tuple[Settings, duckdb.DuckDBPyConnection],
) -> None:
    """Two systems may use one id, and a deal may be called like a source: ask by key."""
    settings, con = altered
    leads = con.execute("select lead_key from core.fct_leads order by 1 limit 2").fetchall()
    con.execute(
        "update core.fct_leads set lead_id = '77' where lead_key in (?, ?)", [*leads[0], *leads[1]]
    )
    con.execute(
        "update core.fct_conversions set conversion_id = 'webinar' where conversion_key = "
        "(select min(conversion_key) from core.fct_conversions)"
    )
    con.close()
    with pytest.raises(TributaryError) as refused:
        explained(settings, "77")
    assert all(key in str(refused.value) for (key,) in leads)
    with pytest.raises(TributaryError, match="3 things are called 'webinar'"):
        explained(settings, "webinar")
    assert "Lead      77" in explained(settings, leads[0][0])
    with pytest.raises(TributaryError, match="No lead, conversion, lead source or lead channel"):
        explained(settings, "nobody")


def test_a_file_of_an_earlier_version_is_not_half_explained(
    altered: tuple[Settings, duckdb.DuckDBPyConnection],
) -> None:
    """Without the table of whose touches count, it names the remedy and shows no traceback."""
    settings, con = altered
    ((key,),) = con.execute("select min(conversion_key) from core.fct_conversions").fetchall()
    con.execute("drop table core.bridge_conversion_people")
    con.close()
    with pytest.raises(TributaryError, match="tributary run"):
        explained(settings, key)


def test_an_assistant_is_told_of_which_generation_an_explanation_is(demo: Demo) -> None:
    """Every other answer of an assistant's tool said it."""
    about, said = Tools(demo.settings).explain("paid_search").split("\n", 1)
    ((generation,),) = demo.rows("select generation from meta.publication")
    assert about.startswith(f"Generation {generation}, data through 2026-07-01 ")
    assert "amounts in EUR" in about
    assert said == explained(demo.settings, "paid_search")
