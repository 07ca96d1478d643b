"""What was done for people, as tables of the published file: ``meta.erasures``, ``meta.consent``.

Belongs here: counting it. Does not belong here: doing it (``erasing``), or who it was: that is
nowhere.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime

from duckdb import DuckDBPyConnection

from orchestration.configuration.settings import Settings
from orchestration.connectors.landed import WITHOUT
from orchestration.connectors.registry import all_streams
from orchestration.connectors.stream import Kind
from orchestration.extract.landing import Landing
from orchestration.privacy.consent import CONSENT, who_refused
from orchestration.privacy.erasures import erasures
from orchestration.privacy.people import leaf

TABLES = """
create table meta.erasures (
    request varchar not null,
    requested_at timestamp not null,
    slices bigint not null,
    records bigint not null
);
comment on table meta.erasures is
    'Requests to erase a person that were carried out. One row per request.';
comment on column meta.erasures.request is 'Its id; the certificate has it as its name.';
comment on column meta.erasures.requested_at is 'When it was made, UTC.';
comment on column meta.erasures.slices is
    'Slices of landing that were rewritten for it. Of requests that were carried out together, '
    'each has all of them.';
comment on column meta.erasures.records is 'Records in them that changed.';
create table meta.consent (
    connector varchar not null,
    stream varchar not null,
    touches bigint not null
);
comment on table meta.consent is
    'Touches that name nobody because their person refused marketing. One row per stream that has '
    'any.';
comment on column meta.consent.connector is 'The connector that delivered them.';
comment on column meta.consent.stream is 'Its stream.';
comment on column meta.consent.touches is
    'How many there are; they keep their day, source and channel. May be added up.';
"""


def fill_people(con: DuckDBPyConnection, settings: Settings) -> dict[str, int]:
    """Create and fill both tables; returns their rows by name."""
    con.execute(TABLES)
    requests = _erasures(settings)
    touches = _without_consent(settings)
    for row in requests:
        con.execute("insert into meta.erasures values (?, ?, ?, ?)", row)
    for name, count in sorted(touches.items()):
        con.execute("insert into meta.consent values (?, ?, ?)", [*name, count])
    return {"meta.erasures": len(requests), "meta.consent": len(touches)}


def _erasures(settings: Settings) -> list[list[object]]:
    found = erasures(settings)
    records: dict[str, list[int]] = defaultdict(list)
    for line in Landing(settings.landing_dir).tombstones() if found else ():
        for name in line["requests"]:
            records[name].append(line["records"])
    return [
        [
            item.request,
            datetime.fromisoformat(item.requested_at).astimezone(UTC).replace(tzinfo=None),
            len(records[item.request]),
            sum(records[item.request]),
        ]
        for item in found
    ]


def _without_consent(settings: Settings) -> dict[tuple[str, str], int]:
    """The touches by stream; one that was read twice is one."""
    if who_refused(settings) is None:
        return {}
    landing = Landing(settings.landing_dir)
    declared = {(name, stream.name): stream for name, stream in all_streams() if stream.touches}
    found: Counter[tuple[str, str]] = Counter()
    for (connector, name), stream in declared.items():
        items = landing.slices(connector, name)
        if stream.kind is Kind.ENTITY_SNAPSHOT:
            items = list({item.account_id: item for item in items}.values())
        fields = [field for field in stream.fields if field.name in stream.natural_key]
        seen = set()
        for item in items:
            for number, record in enumerate(landing.records(item)):
                if record.get(WITHOUT) == CONSENT:
                    keys = [str(leaf(record, field.keys)) for field in fields]
                    is_event = stream.kind is not Kind.ENTITY_SNAPSHOT
                    seen.add(tuple(keys) if is_event else (item.slice_id, str(number)))
        if seen:
            found[connector, name] = len(seen)
    return dict(found)
