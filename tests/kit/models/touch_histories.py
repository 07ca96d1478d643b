"""A company's raw rows that change between runs: what its touches say, and what others say of them.

Belongs here: the rows and the changes. Does not belong here: running the models, or comparing.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from duckdb import DuckDBPyConnection

from tests.kit.models.company import random_company, write_company
from tests.kit.models.spend_company import Slice, at, spend, write_slice

_DAY = at(1, 5).date()
_TAGS: tuple[dict[str, Any], ...] = (
    {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "Spring"},
    {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "Spring"},
    {"landing_page": "https://acme.test/a?utm_source=bing&utm_campaign=c1&gclid=Click{n}"},
    {"landing_page": "https://acme.test/a?x=1"},
    {"click_id": "Click{n}"},
    {"click_id": "Click{n}", "click_id_type": "msclkid"},
    {"referrer": "https://www.bing.com/search?q=acme"},
    {"referrer": "https://partner.example/a"},
    {"campaign_id": "c1"},
    {},
)
_CLICKS = 12
"""Click ids are few, so that several touches have the same one."""


class TouchHistory:
    """Raw rows of a random company, and ways in which they change.

    Attributes:
        con: The warehouse; a test sets it before each change.
        rng: Decides what changes.
        changes: Each of them a change of its own.
    """

    def __init__(self, con: DuckDBPyConnection, seed: int, touches: int = 300) -> None:
        """Write the first state."""
        self.con = con
        self.rng = random.Random(seed)
        self._added = 0
        company = random_company(seed, leads=60, touches=touches)
        for number, row in enumerate(company.touchpoints):
            row |= self._evidence()
            if number % 2:
                row |= {"lead_source": None, "lead_channel": None}
        write_company(con, company)
        lines = tuple(
            spend(_DAY, "Meta Ads", "10", campaign_id=f"c{i}", campaign_name=name, currency="EUR")
            for i, name in enumerate(("Spring", "Autumn"), start=1)
        )
        write_slice(con, Slice(90, "inbox", "ad_spend", "campaigns.csv", lines))
        self.changes: tuple[Callable[[], None], ...] = (
            self.late_touch,
            self.restated_touch,
            self.vanished_touch,
            self.moved_lines,
            self.merged_people,
            self.split_people,
            self.typed_click,
            self.logged_click,
            self.forgotten_click,
            self.renamed_campaign,
            self.vanished_lead,
            self.restated_lead,
        )
        self.rules: tuple[Callable[[], None], ...] = (
            self.company_rule,
            self.own_domain,
            self.brand_term,
            self.look_back,
        )

    def _evidence(self) -> dict[str, Any]:
        return {
            name: value.format(n=self.rng.randrange(_CLICKS))
            for name, value in self.rng.choice(_TAGS).items()
        }

    def _touch(self) -> str:
        ids = self.con.execute(
            "select touchpoint_id from raw.inbox__touchpoints order by 1"
        ).fetchall()
        return str(self.rng.choice(ids)[0])

    def _update(self, **values: Any) -> None:
        assignments = ", ".join(f"{name} = ?" for name in values)
        self.con.execute(
            f"update raw.inbox__touchpoints set {assignments} where touchpoint_id = ?",
            [*values.values(), self._touch()],
        )

    def late_touch(self) -> None:
        """A touch that happened before others and arrives after them."""
        self._added += 1
        self.con.execute(
            "insert into raw.inbox__touchpoints by name (select * replace ("
            " ? as touchpoint_id, occurred_at - interval 3 hours as occurred_at,"
            " occurred_until - interval 3 hours as occurred_until,"
            " (select max(_row_number) + 1 from raw.inbox__touchpoints) as _row_number)"
            " from raw.inbox__touchpoints where touchpoint_id = ?)",
            [f"late{self._added}", self._touch()],
        )

    def restated_touch(self) -> None:
        """A touch says something else, or nothing."""
        empty = dict.fromkeys(
            ("utm_source", "utm_medium", "utm_campaign", "landing_page", "click_id", "referrer")
        )
        self._update(**empty | self._evidence())

    def vanished_touch(self) -> None:
        """The file has the touch no longer."""
        self.con.execute(
            "delete from raw.inbox__touchpoints where touchpoint_id = ?", [self._touch()]
        )

    def moved_lines(self) -> None:
        """Lines were put before all others: each touch is on another line."""
        self.con.execute("update raw.inbox__touchpoints set _row_number = _row_number + 7")

    def merged_people(self) -> None:
        """A visitor turns out to be somebody else, too."""
        self._update(visitor_id="v1", email_hash=f"e{self.rng.randrange(60)}")

    def split_people(self) -> None:
        """What joined two people is taken back."""
        self._update(email_hash=None, lead_id=None)

    def typed_click(self) -> None:
        """One touch says what kind of click id it is; others with that id depend on it."""
        self._update(click_id=f"Click{self.rng.randrange(_CLICKS)}", click_id_type="gclid")

    def logged_click(self) -> None:
        """The platform's log of clicks has a click id, perhaps for a second time."""
        self._added += 1
        self.con.execute(
            "insert into raw.google_ads__clicks (customer_id, gclid, date_day, campaign_id,"
            " keyword, _slice_id, _row_number, _extracted_at, _account_id, _sequence)"
            " values (?, ?, ?, ?, 'crm', 'clicks', ?, ?, '77', 99)",
            [
                f"7{self.rng.randrange(2)}",
                f"Click{self.rng.randrange(_CLICKS)}",
                _DAY + timedelta(days=self._added),
                str(self.rng.randrange(3)),
                self._added,
                at(2, 1),
            ],
        )

    def forgotten_click(self) -> None:
        """The platform's log has a click id no longer."""
        self.con.execute(
            "delete from raw.google_ads__clicks where gclid = ?",
            [f"Click{self.rng.randrange(_CLICKS)}"],
        )

    def renamed_campaign(self) -> None:
        """A campaign gets a name that tells another kind of it, or a tag's name."""
        self.con.execute(
            "update raw.inbox__ad_spend set campaign_name = ?, platform = ? where campaign_id = ?",
            [
                self.rng.choice(("Spring", "Autumn", "brand retargeting", "newsletter")),
                self.rng.choice(("Meta Ads", "Bing Ads", "google_ads")),
                self.rng.choice(("c1", "c2")),
            ],
        )

    def vanished_lead(self) -> None:
        """A lead is deleted; its forms and records go with it."""
        self.con.execute(
            "delete from raw.inbox__leads where lead_id = ?", [f"l{self.rng.randrange(60)}"]
        )

    def restated_lead(self) -> None:
        """A lead came by another page."""
        self.con.execute(
            "update raw.inbox__leads set utm_source = ?, utm_campaign = ? where lead_id = ?",
            [
                self.rng.choice(("google", "facebook", None)),
                self.rng.choice(("Spring", None)),
                f"l{self.rng.randrange(60)}",
            ],
        )

    def company_rule(self) -> None:
        """The company states a rule of its own."""
        self._added += 1
        self.con.execute(
            "insert into ops.classification_rules (priority, rule_id, referrer_host,"
            " landing_parameter, lead_source, lead_channel) values (?, ?, ?, ?, 'partner', ?)",
            [
                self._added,
                f"own{self._added}",
                self.rng.choice(("partner.example", None)),
                self.rng.choice(("x=1", None)),
                self.rng.choice(("website", "partner_listing")),
            ],
        )

    def own_domain(self) -> None:
        """A host turns out to be the company's own."""
        self.con.execute("insert into ops.company_domains values ('partner.example')")

    def brand_term(self) -> None:
        """The company names its brand."""
        self.con.execute("insert into ops.brand_terms values ('acme')")

    def look_back(self) -> None:
        """Touches of a type count for longer, or for less long."""
        self.con.execute(
            "update ops.lookbacks set lookback_days = ? where touch_type = 'visit'",
            [self.rng.choice((1.0, 30.0, 90.0))],
        )
