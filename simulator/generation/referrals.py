"""Which recommendations a list of referrals shows.

Belongs here: that the list names the customer. Does not belong here: that somebody was recommended
at all (``touches``), or by whom (``records``).
"""

from __future__ import annotations

from simulator.world import World

REFERRALS = "inbox:recommended"
"""The file that shows who recommended us to whom."""


def write_referrals(world: World) -> None:
    """Move the touches whose customer is known, and name the customer on them."""
    customers = {
        contact.person_id: contact.referred_by for contact in world.contacts if contact.referred_by
    }
    for touch in world.touches:
        customer = customers.get(touch.person_id)
        if touch.via == "inbox:referrals" and customer:
            touch.via, touch.code = REFERRALS, customer
