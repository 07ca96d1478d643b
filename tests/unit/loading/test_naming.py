"""Errors name a refused record by its id, and nobody by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from orchestration.configuration.model import Config
from orchestration.connectors.field import Field, Type
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Kind, Request, Stream
from orchestration.loading.naming import record_name
from orchestration.loading.refusals import ContractBroken
from orchestration.quality.losses import find_losses, too_much_lost
from tests.kit.inbox import Inbox
from tests.kit.loader import Loader

DEALS = Stream(
    "deals",
    "Deals.",
    Kind.ENTITY_CHANGES,
    Request(path=""),
    (Field("deal_id", "properties.id", required=True), Field("amount", type=Type.DECIMAL)),
    ("deal_id",),
    money="amount",
)


def deal(number: int, amount: str) -> dict[str, Any]:
    """A vendor's record."""
    return {"properties": {"id": str(number)}, "amount": amount}


def test_what_a_vendor_lost_is_named_by_its_id(tmp_path: Path) -> None:
    """A position in an answer finds no record at the vendor's; its id does."""
    loader = Loader(tmp_path, DEALS)
    loader.land([deal(51234567890, "1"), deal(51234567891, "lots")])
    loader.load()
    (source,) = find_losses(loader.con, [("vendor", DEALS)], Config())
    said = str(too_much_lost([source], Config()))
    assert "the first in line 2 (deal_id 51234567891): amount: '***'" in said
    assert "lots" not in said


def test_a_changed_contract_names_records(tmp_path: Path) -> None:
    """Whoever asks the vendor needs to say which records."""
    loader = Loader(tmp_path, DEALS)
    loader.land([deal(70 + n, "lots") for n in range(20)])
    with pytest.raises(ContractBroken, match=r"Seen: deal_id 70: amount: .*; deal_id 71: amount: "):
        loader.load()


def test_a_line_of_a_file_is_named_by_line_and_id(tmp_path: Path) -> None:
    """Each reason names its first record, whichever that is."""
    inbox = Inbox(tmp_path)
    inbox.load(
        "opportunity_id,lead_id,created_at,amount\nD-1,a,2026-01-01,1\nD-2,a,2026-01-01,x\n"
        "D-3,a,2026-01-01,y\nD-4,a,never,1\n",
        "opportunities",
    )
    entry = {"path": "/file.csv", "written_path": "file.csv", "stream": "opportunities"}
    config = Config.model_validate({"inbox": [entry]})
    found = find_losses(inbox.con, [(INBOX.name, INBOX.stream("opportunities"))], config)
    (source,) = found
    assert [(loss.rows, loss.line, loss.name) for loss in source.losses] == [
        (3, 3, "opportunity_id D-2")
    ]


@pytest.mark.parametrize(
    ("record", "name"),
    [
        ({"opportunity_id": "D-17", "lead_id": "L4"}, "opportunity_id D-17, lead_id L4"),
        ({"opportunity_id": 17}, "opportunity_id 17"),
        ({"opportunity_id": "D-17", "lead_id": "eva@example.se"}, "opportunity_id D-17"),
        ({"opportunity_id": "D-17", "lead_id": "Eva Berg"}, "opportunity_id D-17"),
        ({"opportunity_id": "D-17", "lead_id": "eva"}, "opportunity_id D-17"),
        ({"opportunity_id": "+46 70 123 45 67", "lead_id": "0701234567"}, ""),
        ({"opportunity_id": "d41d8cd98f00b204e9800998ecf8427e"}, ""),
        ({"opportunity_id": None, "lead_id": ["1"]}, ""),
        ({"_cells": ["D-17", "x"]}, ""),
        (["D-17"], ""),
    ],
)
def test_an_id_that_may_be_a_person_is_not_shown(record: object, name: str) -> None:
    """A file may use an address, a number or a name as an id; messages reach logs and webhooks."""
    stream = INBOX.stream("opportunities")
    assert record_name(INBOX.name, stream, json.dumps(record)) == name


def test_a_day_names_a_row_of_a_report_where_it_is_one() -> None:
    """A cell that should be a day may be anything."""
    stream = INBOX.stream("ad_spend")
    for day, name in (
        ("2026-01-02", "date_day 2026-01-02, campaign_id c1"),
        ("eva7", "campaign_id c1"),
    ):
        record = {"date_day": day, "platform": "linkedin_ads", "campaign_id": "c1"}
        assert record_name(INBOX.name, stream, json.dumps(record)) == name
    assert record_name(INBOX.name, stream, "{") == ""
    assert record_name(INBOX.name, stream, None) == ""
