"""Who refused marketing, as keyed hashes in ``TRIBUTARY_HOME/erasures``.

Belongs here: keeping and reading them. Does not belong here: reading the company's list
(``erasing/consents.py``), or what is left of a touch (``anonymous.py``).
"""

from __future__ import annotations

import json
from typing import Any

from orchestration.configuration.settings import Settings
from orchestration.connectors.landed import WITHOUT
from orchestration.connectors.stream import Stream
from orchestration.foundation.durable import make_directories, write_durably
from orchestration.privacy.hashes import identity_key
from orchestration.privacy.holding import Change, Held
from orchestration.privacy.people import Names

CONSENT = "consent"
_FILE = ".refused.json"


def refused(settings: Settings) -> tuple[list[str], bool]:
    """The kept hashes, and whether landing was looked through for them."""
    path = settings.erasures_dir / _FILE
    if not path.exists():
        return [], True
    facts: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return facts["refused"], facts["done"]


def keep_refused(settings: Settings, hashes: list[str], *, done: bool) -> None:
    """Keep the hashes of those who refuse now, in place of those of before."""
    make_directories(settings.erasures_dir)
    facts = {"refused": hashes, "done": done}
    write_durably(settings.erasures_dir / _FILE, json.dumps(facts).encode())


def who_refused(settings: Settings) -> Held | None:
    """Whose touches may not name them; ``None`` if nobody refused."""
    hashes, _ = refused(settings)
    return Held(identity_key(settings), hashes) if hashes else None


def consenting(people: Held, connector: str, stream: Stream) -> Change:
    """What may be kept of a touch: all of it, or its day, source and channel."""
    names, anonymous = Names(connector, stream), people.anonymous(connector, stream)

    def change(record: dict[str, Any]) -> dict[str, Any]:
        if any(people.holds(item) for _, item in names.of(record)):
            return {**anonymous.record(record), WITHOUT: CONSENT}
        return record

    return change
