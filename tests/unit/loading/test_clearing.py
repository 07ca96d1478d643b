"""What a value that cannot be read costs: its cell, or its record."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.connectors.field import Costs, Field, Type
from orchestration.connectors.landed import CLEARED
from orchestration.connectors.registry import all_streams
from orchestration.loading.slices import ContractBroken
from tests.kit.loader import Loader, stream

PEOPLE = stream(
    Field("id", required=True),
    Field("email", type=Type.EMAIL, omitted_when_empty=True),
    Field("phone", type=Type.PHONE, omitted_when_empty=True),
    Field("calls", type=Type.INTEGER, non_negative=True, omitted_when_empty=True),
    Field("seen_at", type=Type.TIMESTAMP, costs=Costs.CELL, omitted_when_empty=True),
    Field("amount", type=Type.DECIMAL, omitted_when_empty=True),
)


def test_an_untidy_address_costs_the_cell_and_not_the_lead(tmp_path: Path) -> None:
    """Six of eight leads and all revenue were lost to notes in columns of numbers and addresses."""
    loader = Loader(tmp_path, PEOPLE, connector="inbox")
    loader.land(
        [
            {"id": "1", "email": "a@x.se", "phone": "+46701112233", "calls": 2, "amount": "10"},
            {"id": "2", "email": "unknown", "phone": "ask Eva", "calls": "many", "amount": "20"},
            {"id": "3", "phone": "123", "calls": -1, "seen_at": "yesterday", "amount": "30"},
        ]
    )
    (loaded,) = loader.load()
    assert loader.rows("id, calls, amount, seen_at") == [
        ("1", 2, Decimal(10), None),
        ("2", None, Decimal(20), None),
        ("3", None, Decimal(30), None),
    ]
    assert [row == (None, None) for row in loader.rows("email_hash, phone_hash")] == [
        False,
        True,
        True,
    ]
    assert loader.cleared() == [
        ("calls", "bad_type", 1),
        ("calls", "negative_amount", 1),
        ("email", "bad_type", 1),
        ("phone", "bad_type", 2),
        ("seen_at", "bad_type", 1),
    ]
    assert (loaded.rows_quarantined, loaded.cells_cleared) == (0, 6)
    assert loader.ledger("cells_cleared") == [(6,)]


def test_the_first_cleared_cell_is_shown_and_a_personal_one_hidden(tmp_path: Path) -> None:
    """Who mends a source needs an example; an address must not be in the warehouse."""
    loader = Loader(tmp_path, PEOPLE)
    loader.land([{"id": "1", "email": "eva(at)x.se", "calls": "many", "_line": 7}])
    loader.load()
    assert loader.cleared("column_name, example") == [
        ("calls", "line 7: calls: 'many'"),
        ("email", "line 7: email: (hidden)"),
    ]


def test_a_bad_amount_beside_an_untidy_address_costs_the_record(tmp_path: Path) -> None:
    """A record in quarantine keeps all its reasons, and its cells are not counted twice."""
    loader = Loader(tmp_path, PEOPLE, connector="inbox")
    loader.land([{"id": "1", "calls": "many", "amount": "x"}, {"id": "", "email": "none"}])
    loader.load()
    assert loader.rows("id") == []
    assert loader.quarantine("reason_code, detail") == [
        ("bad_type", "calls: 'many' (bad_type); amount: 'x' (bad_type)"),
        ("missing_key", "id: '' (missing_key); email: (hidden) (bad_type)"),
    ]
    assert loader.cleared() == []


def test_an_identifier_that_cannot_be_read_identifies_nobody(tmp_path: Path) -> None:
    """A touch of the address ``unknown`` is nobody's, unless something else names a person."""
    touches = stream(
        Field("email", type=Type.EMAIL, omitted_when_empty=True),
        Field("lead", omitted_when_empty=True),
        one_of=("email", "lead"),
    )
    loader = Loader(tmp_path, touches, connector="inbox")
    loader.land([{"email": "unknown"}, {"email": "unknown", "lead": "7"}, {"email": "a@x.se"}])
    loader.load()
    assert loader.quarantine("row_number, reason_code") == [(1, "missing_key")]
    assert loader.rows("_row_number, lead") == [(2, "7"), (3, None)]
    assert loader.cleared() == [("email", "bad_type", 1)]


def test_a_cell_that_the_reader_cleared_is_counted_with_its_detail(tmp_path: Path) -> None:
    """A file's own format can make a cell unreadable; the loader sees the reason alone."""
    loader = Loader(tmp_path, PEOPLE, connector="inbox")
    note = {"reason_code": "bad_type", "detail": "calls: '1,2,3' is not a number"}
    loader.land([{"id": "1", "calls": None, CLEARED: {"calls": note}}, {"id": "2", "calls": 1}])
    loader.load()
    assert loader.rows("id, calls") == [("1", None), ("2", 1)]
    assert loader.cleared("column_name, cells, example") == [
        ("calls", 1, "calls: '1,2,3' is not a number")
    ]


def test_one_untidy_number_is_not_a_changed_contract(tmp_path: Path) -> None:
    """One contact's ``ask at the desk`` stopped every later run: no value of phone was a number."""
    loader = Loader(tmp_path, PEOPLE)
    loader.land([{"id": "1", "phone": "ask at the desk", "amount": "1"}])
    loader.load()
    assert loader.ledger("rows_loaded, cells_cleared") == [(1, 1)]


def test_a_field_that_is_wrong_in_a_hundred_records_is_a_changed_contract(tmp_path: Path) -> None:
    """A vendor that renames its values must not fill a column with null."""
    loader = Loader(tmp_path, PEOPLE)
    loader.land([{"id": str(i), "calls": f"{i} calls"} for i in range(100)])
    with pytest.raises(ContractBroken, match="No value of calls has the declared type") as caught:
        loader.load()
    assert "Seen: calls: '***'" in str(caught.value)
    assert loader.rows("id") == []


def test_money_keys_and_currencies_cost_the_record() -> None:
    """What would change a published sum is never dropped from a record that stays."""
    for connector, declared in all_streams():
        for field in declared.fields:
            if field.required or field.currency or "cost" in field.name or "amount" in field.name:
                assert not field.costs_its_cell, f"{connector}.{declared.name}.{field.name}"
