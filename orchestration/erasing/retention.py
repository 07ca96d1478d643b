"""Takes people out of landing when their days are over (``privacy.keep_days``).

Belongs here: when landing is looked through, and what follows. Does not belong here: which records
have come of age (``extract/keeping.py``), or files that are simply removed (``runs/janitor.py``).
"""

from __future__ import annotations

import json
from typing import Any

from orchestration.configuration.settings import Settings
from orchestration.connectors.stream import Kind
from orchestration.erasing.finding import stream_of
from orchestration.extract.keeping import Keeping, cutoffs
from orchestration.extract.landing import Landing
from orchestration.extract.rewriting import rewrite
from orchestration.foundation.durable import make_directories, write_durably
from orchestration.privacy.erasures import held_back
from orchestration.privacy.hashes import identity_key
from orchestration.warehouse.build import discard_build

REASON = "privacy.keep_days"
_NOTE = ".keep_days"
"""In the folder of erasures: up to when landing was looked through."""


def apply_keep_days(settings: Settings) -> int:
    """Rewrite what has come of age; once a month, or when the configuration changed.

    The caller holds the writer's lease. If records changed, the build folder's warehouse is
    discarded: the run builds it again from landing.

    Args:
        settings: Whose home.

    Returns:
        How many records lost their person.
    """
    keep, now = settings.config.privacy.keep_days, settings.now()
    due = cutoffs(keep, now)
    if not due:
        return 0
    note = settings.erasures_dir / _NOTE
    last: dict[str, Any] = json.loads(note.read_text("utf-8")) if note.exists() else {}
    if last == {"cutoffs": due, "done": True}:
        return 0
    make_directories(settings.erasures_dir)
    write_durably(note, json.dumps({"cutoffs": due, "done": False}).encode())
    keeping = Keeping(identity_key(settings), keep, held_back(settings), now)
    landing = Landing(settings.landing_dir)
    newest = {(item.connector, item.stream, item.account_id): item for item in landing.slices()}
    why = {"reason": REASON, "at": now.isoformat(), "requests": []}
    counting = {slice_id for item in newest.values() for slice_id in landing.earlier(item)}
    counting |= {item.slice_id for item in newest.values()}
    changed = 0
    for item in landing.slices():
        stream = stream_of(item.connector, item.stream)
        replaced = stream.kind is Kind.ENTITY_SNAPSHOT and item.slice_id not in counting
        changed += rewrite(landing, item, keeping.of_age(item, stream, replaced=replaced), why)
    # A rewrite that was killed leaves nothing to change and a warehouse from before.
    if changed or last.get("done") is False:
        discard_build(settings)
    write_durably(note, json.dumps({"cutoffs": due, "done": True}).encode())
    return changed
