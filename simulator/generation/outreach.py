"""Which letters and calls there were, who answered, and whom the company left out.

Belongs here: what a list of outreach shows. Does not belong here: that somebody answered a letter
at all (``touches``).
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from simulator.outreach import Contacted
from simulator.rates import reporting_day
from simulator.world import Contact, Touch, World

ANSWERS = "inbox:outreach"
"""The file that shows letters, calls and their answers."""


@dataclass(frozen=True)
class _Wave:
    """Attributes: ``silent`` did not answer, ``held_out`` were left out; per thousand leads."""

    campaign: str
    code: str
    wave: str
    kind: str
    via: str
    first_day: date
    last_day: date
    silent: int
    held_out: int
    amount: Decimal


_WAVES = (
    _Wave("Brev hösten 2025", "brev_hösten_2025", "oktober", "direct_mail", "inbox:direct_mail",
          date(2025, 10, 6), date(2025, 12, 5), 30, 20, Decimal("18.50")),
    _Wave("Brev hösten 2025", "brev_hösten_2025", "januari", "direct_mail", "inbox:direct_mail",
          date(2026, 1, 19), date(2026, 3, 20), 30, 20, Decimal("18.50")),
    _Wave("Ringrunda våren 2026", "ringrunda_våren_2026", "1", "call", "inbox:calls",
          date(2026, 4, 7), date(2026, 4, 30), 25, 0, Decimal("32.00")),
)  # fmt: skip
"""A letter's answers come until the last day; a call is answered at once."""

_RETURNED = 0.1


def write_outreach(rng: random.Random, world: World) -> None:
    """Letters, calls and their answers, which the list shows instead of sales' own files."""
    addresses = Counter(contact.email.lower() for contact in world.contacts)
    usable = [
        contact
        for contact in world.contacts
        if addresses[contact.email.lower()] == 1
        and not (contact.archived_at or contact.erased_at or contact.merged_at)
    ]
    for wave in _WAVES:
        answered = _answers(world, wave)
        rest = [one for one in usable if one.person_id not in answered]
        silent = max(5, round(wave.silent * world.scale * 8))
        held_out = round(wave.held_out * world.scale * 8)
        chosen = rng.sample(rest, min(silent + held_out, len(rest)))
        for place, contact in enumerate(chosen):
            _add(world, wave, contact, held_out=place >= silent, returned=rng.random() < _RETURNED)


def _answers(world: World, wave: _Wave) -> set[int]:
    """Move answers to the list, which shows a person once."""
    listed: set[int] = set()
    for touch in world.touches:
        if touch.via != wave.via or not touch.email or touch.person_id in listed:
            continue
        day = reporting_day(touch.at)
        if not wave.first_day < day <= wave.last_day:
            continue
        listed.add(touch.person_id)
        touch.via, touch.label, touch.code, touch.cost, touch.currency = (
            ANSWERS, wave.campaign, wave.wave, None, "",
        )  # fmt: skip
        touch.campaign_platform, touch.campaign_id = "utm", wave.code
        contacted = day if wave.kind == "call" else wave.first_day
        world.outreach.append(_line(world, wave, touch, contacted))
    return listed


def _line(world: World, wave: _Wave, touch: Touch, day: date) -> Contacted:
    return Contacted(
        f"U{len(world.outreach) + 1:05d}", wave.campaign, wave.wave, wave.kind, touch.person_id,
        touch.email, day, touch_id=touch.touch_id, amount=wave.amount,
    )  # fmt: skip


def _add(world: World, wave: _Wave, contact: Contact, *, held_out: bool, returned: bool) -> None:
    world.outreach.append(
        Contacted(
            f"U{len(world.outreach) + 1:05d}", wave.campaign, wave.wave, wave.kind,
            contact.person_id, contact.email, wave.first_day, is_held_out=held_out,
            is_delivered=not returned, amount=Decimal(0) if held_out else wave.amount,
        )
    )  # fmt: skip
