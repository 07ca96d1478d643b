"""Loading as a whole: exactly once, all or nothing, and loud about what a vendor changed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.connectors.field import Field, TimeFormat, Type
from orchestration.connectors.stream import Kind
from orchestration.extract.landing import DamagedSlice
from orchestration.loading import slices as loading
from orchestration.loading.slices import ContractBroken, LoadError
from orchestration.privacy.hashes import email_hash, phone_hash
from tests.kit.loader import KEY, NOW, Loader, stream

PLAIN = stream(Field("id", required=True), Field("amount", type=Type.DECIMAL))

EVERY_TYPE = stream(
    Field("id", required=True, omitted_when_empty=True),
    Field("amount", type=Type.DECIMAL, non_negative=True, omitted_when_empty=True),
    Field("count", "deep.count", Type.INTEGER, omitted_when_empty=True),
    Field("share", "deep.er.share", Type.DOUBLE, omitted_when_empty=True),
    Field("flag", type=Type.BOOLEAN, omitted_when_empty=True),
    Field("day", type=Type.DATE, omitted_when_empty=True),
    Field("at", type=Type.TIMESTAMP, not_future=True, omitted_when_empty=True),
    Field(
        "mixed",
        type=Type.TIMESTAMP,
        time_format=TimeFormat.ISO_OR_EPOCH_MILLIS,
        omitted_when_empty=True,
    ),
    Field("extra", type=Type.JSON, omitted_when_empty=True),
    Field("email", type=Type.EMAIL, omitted_when_empty=True),
    Field("phone", type=Type.PHONE, omitted_when_empty=True),
    Field("currency", currency=True, omitted_when_empty=True),
)

_TEXTS = st.text(max_size=8) | st.sampled_from(
    ["1", "-1", "1.5", "1e3", "NaN", "SEK", "a@b.se", "+46701234567", "2025-01-01", "{", "[1]"]
)
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**64 - 1) | st.floats() | _TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_TEXTS, inner, max_size=2),
    max_leaves=4,
)
_NAMES = st.sampled_from(
    ["id", "amount", "deep", "flag", "day", "at", "mixed", "extra", "email", "phone", "currency"]
)
_DEEP = st.dictionaries(
    st.sampled_from(["count", "er"]), _VALUES | st.dictionaries(st.just("share"), _VALUES)
)
_RECORDS = st.lists(
    st.dictionaries(_NAMES, _VALUES, max_size=6)
    | st.fixed_dictionaries({"id": st.just("1"), "deep": _DEEP}),
    max_size=12,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(records=_RECORDS)
def test_every_record_is_loaded_or_quarantined_exactly_once(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, Any]]
) -> None:
    """Rows in = loaded + quarantined, whatever the records hold, and no row number twice."""
    loader = Loader(tmp_path_factory.mktemp("any"), EVERY_TYPE, connector="inbox")
    item = loader.land(records)
    loader.load()
    numbers = [row for (row,) in loader.rows("_row_number") + loader.quarantine("row_number")]
    assert sorted(numbers) == list(range(1, item.row_count + 1))
    reasons = [reason for (reason,) in loader.quarantine()]
    assert all(reasons)
    assert loader.ledger() == [(len(records), len(records) - len(reasons), len(reasons))]


def test_replaying_changes_nothing(tmp_path: Path) -> None:
    """The same slice loaded twice would double spend."""
    loader = Loader(tmp_path, PLAIN)
    item = loader.land([{"id": "1", "amount": "2"}, {"id": "", "amount": "3"}])
    first = loader.load()
    before = (loader.rows(), loader.quarantine("*"), loader.ledger("*"))
    assert loader.load() == []
    again = loading.load_slice(loader.con, loader.landing, item, PLAIN, identity_key=KEY)
    assert [again] == first
    assert (loader.rows(), loader.quarantine("*"), loader.ledger("*")) == before


@pytest.mark.parametrize("step", ["_count", "quarantine_reasons", "refuse_breach", "ledger_values"])
def test_a_run_killed_half_way_leaves_nothing_and_the_next_one_completes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Rows in = loaded + quarantined also after a crash between any two statements."""
    loader = Loader(tmp_path, PLAIN)
    loader.land([{"id": "1", "amount": "2"}, {"id": "2", "amount": "x"}, {"id": "3"}])
    real = getattr(loading, step)

    def killed(*arguments: Any) -> Any:
        real(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(loading, step, killed)
    with pytest.raises(KeyboardInterrupt):
        loader.load()
    assert (loader.rows(), loader.quarantine(), loader.ledger()) == ([], [], [])
    monkeypatch.undo()
    loader.load()
    assert loader.ledger() == [(3, 2, 1)]
    assert loader.rows("id") == [("1",), ("3",)]


def test_a_process_that_dies_leaves_whole_slices_in_the_file(tmp_path: Path) -> None:
    """DuckDB's own log must give back the state before the transaction."""
    import subprocess
    import sys

    path = tmp_path / "warehouse.duckdb"
    loader = Loader(tmp_path, PLAIN, con=duckdb.connect(str(path)))
    loader.land([{"id": "1", "amount": "2"}])
    loader.load()
    loader.con.close()
    script = (
        "import os, duckdb\n"
        f"con = duckdb.connect({str(path)!r})\n"
        "con.execute('begin')\n"
        "con.execute('insert into raw.vendor__things select * from raw.vendor__things')\n"
        "os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 9
    with duckdb.connect(str(path)) as con:
        assert con.execute("select count(*) from raw.vendor__things").fetchall() == [(1,)]


def test_a_miscount_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The invariant is checked inside the transaction, not assumed."""
    loader = Loader(tmp_path, PLAIN)
    loader.land([{"id": "1", "amount": "2"}, {"id": "", "amount": "2"}])
    monkeypatch.setattr(loading, "_count", lambda *_: 1 if "raw." in _[1] else 0)
    with pytest.raises(LoadError, match="2 rows came in, but 1 were loaded and 0 quarantined"):
        loader.load()
    assert loader.rows() == []


def test_a_changed_file_is_never_loaded(tmp_path: Path) -> None:
    """Landing is immutable: provenance is checked before data is read."""
    loader = Loader(tmp_path, PLAIN)
    path = loader.landing.file(loader.land([{"id": "1", "amount": "2"}]))
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(DamagedSlice, match="expected sha256"):
        loader.load()


def test_a_removed_field_breaks_the_contract_by_name(tmp_path: Path) -> None:
    """A vendor that drops a field must not fill a column with NULL."""
    loader = Loader(tmp_path, PLAIN)
    loader.land([{"id": "1"}, {"id": "2"}])
    with pytest.raises(ContractBroken, match="no longer sends amount") as caught:
        loader.load()
    assert "vendor/things" in str(caught.value)
    assert loader.rows() == []


def test_a_retyped_field_breaks_the_contract_by_name(tmp_path: Path) -> None:
    """All values wrong in one field is the vendor's change, not the rows' fault."""
    loader = Loader(tmp_path, PLAIN)
    loader.land([{"id": str(i), "amount": f"{i} kr"} for i in range(20)] + [{"id": "x"}])
    with pytest.raises(ContractBroken, match="No value of amount has the declared type") as caught:
        loader.load()
    assert "amount: '***'" in str(caught.value)
    assert (loader.rows(), loader.quarantine(), loader.ledger()) == ([], [], [])


def test_one_wrong_value_in_a_sparse_field_is_a_bad_row(tmp_path: Path) -> None:
    """It must not block 199 good rows, although no other row states the field."""
    loader = Loader(tmp_path, PLAIN)
    loader.land([{"id": str(i), "amount": "x" if i == 7 else None} for i in range(200)])
    loader.load()
    assert loader.ledger() == [(200, 199, 1)]


def test_an_unknown_field_is_recorded(tmp_path: Path) -> None:
    """Fields that a vendor adds are reported, and no load stops because of them."""
    loader = Loader(tmp_path, PLAIN)
    loader.land([{"id": "1", "amount": "2", "novelty": 1}])
    assert loader.load()[0].unknown_fields == ("novelty",)
    assert loader.ledger("unknown_fields") == [('["novelty"]',)]


def test_a_bad_day_does_not_block_the_days_after_it(tmp_path: Path) -> None:
    """A slice is immutable: without this a single bad answer would fail every later run."""
    loader = Loader(tmp_path, PLAIN)
    loader.land([{"id": str(i), "amount": "x"} for i in range(20)])
    with pytest.raises(LoadError):
        loader.load()
    loader.land([{"id": "1", "amount": "5"}])
    loader.load()
    assert loader.rows("id, cast(amount as integer)") == [("1", 5)]


def test_a_few_wrong_values_are_no_changed_contract(tmp_path: Path) -> None:
    """One to three bad values of a small slice blocked it, and with it every later run."""
    loader = Loader(tmp_path, PLAIN)
    loader.land([{"id": str(i), "amount": "x"} for i in range(3)])
    loader.load()
    assert loader.ledger() == [(3, 0, 3)]


def test_a_bad_window_is_only_excused_by_a_window_that_covers_it(tmp_path: Path) -> None:
    """A report's newer slice of other days does not cover the bad ones."""
    loader = Loader(tmp_path, stream(*PLAIN.fields, kind=Kind.REPORT))

    def window(start: int, end: int) -> dict[str, Any]:
        return {
            "window_start": dt.datetime.fromisoformat(f"2026-06-{start:02}"),
            "window_end": dt.datetime.fromisoformat(f"2026-06-{end:02}"),
        }

    loader.land([{"id": str(i), "amount": "x"} for i in range(20)], **window(1, 10))
    loader.land([{"id": "1", "amount": "1"}], **window(5, 15))
    with pytest.raises(LoadError):
        loader.load()
    loader.land([{"id": "1", "amount": "2"}], **window(1, 12))
    loader.load()
    assert len(loader.ledger()) == 2


def test_personal_values_are_only_kept_as_hashes(tmp_path: Path) -> None:
    """Neither raw nor quarantine may hold an address or a number; SQL and Python agree."""
    people = stream(
        Field("id", required=True),
        Field("email", "contact.email", Type.EMAIL),
        Field("phone", type=Type.PHONE),
    )
    loader = Loader(tmp_path, people)
    loader.land(
        [
            {"id": "1", "contact": {"email": " Åsa@Example.SE "}, "phone": "+46 (0)70-123"},
            {"id": "", "contact": {"email": "eva@example.se"}, "phone": "070-555 12 34"},
            {"id": "", "contact": {"email": 5}, "phone": None},
        ]
    )
    loader.load()
    assert loader.rows("email_hash, phone_hash") == [
        (email_hash(KEY, "åsa@example.se"), phone_hash(KEY, "+46070123"))
    ]
    kept = json.dumps(loader.quarantine("record, detail"))
    assert "eva" not in kept
    assert "555" not in kept
    assert "(hidden)" in kept


def test_the_hash_of_a_role_mailbox_is_marked(tmp_path: Path) -> None:
    """`info@` is a company's, and only the loader sees the address; SQL and Python agree."""
    loader = Loader(tmp_path, stream(Field("email", type=Type.EMAIL)))
    emails = ["Info@kund.se", "info+web@kund.se", "infokund@kund.se", "sv@info.se", "Sales@x.se"]
    loader.land([{"email": email} for email in emails])
    loader.load()
    hashes = [row[0] for row in loader.rows("email_hash")]
    assert hashes == [email_hash(KEY, email) for email in emails]
    assert [text.startswith("role:") for text in hashes] == [True, True, False, False, True]


def test_several_addresses_are_hashed_one_by_one(tmp_path: Path) -> None:
    """HubSpot joins merged contacts' addresses by semicolons; as one text they match no person."""
    loader = Loader(tmp_path, stream(Field("id"), Field("emails", type=Type.EMAILS)))
    loader.land(
        [
            {"id": "1", "emails": "B@x.se; a@x.se ;info@x.se;"},
            {"id": "2", "emails": None},
            {"id": "3", "emails": "b@x.se, none"},
        ]
    )
    loader.load()
    expected = ";".join(email_hash(KEY, email) for email in ("b@x.se", "a@x.se", "info@x.se"))
    assert loader.rows("id, emails_hashes") == [("1", expected), ("2", None), ("3", None)]
    assert loader.cleared() == [("emails", "bad_type", 1)]


def test_other_role_mailboxes_or_another_key_load_the_stream_anew(tmp_path: Path) -> None:
    """Old and new hashes of one address would be two people."""
    loader = Loader(tmp_path, stream(Field("email", type=Type.EMAIL)))
    loader.land([{"email": "kassan@kund.se"}])
    loader.load()

    def load(key: bytes, *names: str) -> list[Any]:
        streams = [(loader.connector, loader.stream)]
        loading.load_pending(
            loader.con, loader.landing, streams, identity_key=key, role_mailboxes=names
        )
        return loader.rows("email_hash")

    digest = email_hash(KEY, "kassan@kund.se")
    assert load(KEY, "kassan") == [(f"role:{digest}",)]
    assert load(KEY) == [(digest,)]
    assert load(b"another key of ours") == [(email_hash(b"another key of ours", "kassan@kund.se"),)]
    assert loader.ledger() == [(1, 1, 0)]


def test_rows_say_where_they_came_from(tmp_path: Path) -> None:
    """Every row has its slice, position, time, account and sequence."""
    loader = Loader(tmp_path, PLAIN)
    item = loader.land([{"id": "", "amount": "1"}, {"id": "2", "amount": "1"}], account_id="a/b")
    loader.load()
    moment = NOW.replace(tzinfo=None)
    assert loader.rows("_slice_id, _row_number, _extracted_at, _account_id, _sequence") == [
        (item.slice_id, 2, moment, "a/b", 1)
    ]


def test_an_empty_slice_is_loaded(tmp_path: Path) -> None:
    """A day that became empty is an answer too."""
    loader = Loader(tmp_path, PLAIN)
    loader.land([])
    assert loader.load()[0].rows_in == 0
    assert loader.ledger() == [(0, 0, 0)]


def test_the_session_zone_does_not_change_what_is_loaded(tmp_path: Path) -> None:
    """A cast of a time without an offset depends on DuckDB's TimeZone."""
    loader = Loader(tmp_path, stream(Field("happened_at", type=Type.TIMESTAMP)))
    loader.con.execute("set TimeZone = 'America/New_York'")
    loader.land([{"happened_at": "2025-06-01T10:00:00.250000"}])
    loader.load()
    assert loader.rows("happened_at") == [(dt.datetime.fromisoformat("2025-06-01T10:00:00.250"),)]


def test_many_rows_keep_their_numbers(tmp_path: Path) -> None:
    """Scanning in parallel must not mix up which row is which."""
    loader = Loader(tmp_path, PLAIN)
    loader.con.execute("set threads = 4")
    loader.land([{"id": str(i), "amount": "x" if i % 997 == 0 else "1"} for i in range(50_000)])
    loader.load()
    wrong = loader.con.execute(
        "select count(*) from raw.vendor__things where cast(id as bigint) + 1 <> _row_number"
    ).fetchall()
    assert wrong == [(0,)]
    assert loader.quarantine("row_number")[:2] == [(1,), (998,)]


@pytest.mark.parametrize(
    ("address", "made_up"),
    [
        ("none@none.com", True),
        ("Test@Test.com", True),
        ("test+1@example.org", True),
        ("info@example.com", True),
        ("a@a.com", True),
        ("noreply@kund.se", True),
        ("ingen.epost@kund.se", True),
        ("eva@nomail.com", True),
        ("xxx@xxx.xx", True),
        ("kassa@butik.se", True),
        ("eva@intern.se", True),
        ("eva@example.com", False),
        ("info@kund.se", False),
        ("test@kund.se", False),
        ("anna@test.com", False),
        ("nonene@kund.se", False),
        ("a@b.se", False),
        ("a@x.com", False),
    ],
)
def test_addresses_that_people_make_up_are_marked(
    tmp_path: Path, address: str, made_up: bool
) -> None:
    """none@none.com made four strangers one person, and all their leads one lead's origin."""
    loader = Loader(tmp_path, stream(Field("email", type=Type.EMAIL)))
    loader.land([{"email": address}])
    own = ["kassa@butik.se", "@intern.se"]
    streams = [(loader.connector, loader.stream)]
    loading.load_pending(loader.con, loader.landing, streams, identity_key=KEY, made_up=own)
    ((marked,),) = loader.rows("email_hash")
    assert marked.startswith("role:made_up:") == made_up
    assert marked.endswith(email_hash(KEY, address, frozenset()))


@pytest.mark.parametrize(
    ("number", "made_up"),
    [
        ("000 00 00", True),
        ("+46 70 000 00 00", True),
        ("08-1234567", True),
        ("11111", True),
        ("+46 70 555 12 34", False),
        ("08-777 00 00", False),
    ],
)
def test_numbers_that_people_make_up_are_marked(tmp_path: Path, number: str, made_up: bool) -> None:
    """A field that a form requires gets zeros, and zeros joined everybody who typed them."""
    loader = Loader(tmp_path, stream(Field("phone", type=Type.PHONE)))
    loader.land([{"phone": number}])
    loader.load()
    ((marked,),) = loader.rows("phone_hash")
    assert marked == ("made_up:" if made_up else "") + phone_hash(KEY, number)
