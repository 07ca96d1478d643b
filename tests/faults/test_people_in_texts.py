"""Promise 18: however somebody is written, no text, id or page that is published shows them."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.publication.hiding import Hiding
from tests.kit.faults.report import Result
from tests.kit.people import PEOPLE

pytestmark = pytest.mark.exhaustive
ROW = Result(
    "18 people",
    "spellings of addresses, telephone and personal numbers and hashes: alone and within a text, "
    "as an id of a file, in the path and in a tag of a page",
    "spellings",
    "hidden in each place; of a page its other parts stay",
    ".venv/bin/pytest tests/faults/test_people_in_texts.py -m exhaustive",
)
KEY = b"0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("person", PEOPLE)
def test_a_spelling_is_hidden_in_each_place(person: str) -> None:
    """Of 45 spellings 32 were published, because only the usual ones were searched for."""
    con = duckdb.connect()
    con.execute("create table facts (content varchar, term varchar, lead_id varchar, url varchar)")
    unbroken = "".join(sign for sign in person if sign not in "/?#&;%")
    con.execute(
        "insert into facts values ($p, 'call ' || $p || ' now', $p,"
        " 'https://x.example/a/' || $u || '/b?utm_source=news&utm_term=' || $u)",
        {"p": person, "u": unbroken},
    )
    hiding = Hiding(KEY)
    select, _ = hiding.select(con, "facts")
    ((content, term, lead_id, url),) = con.execute(select, hiding.parameters).fetchall()
    assert content.startswith("person-")
    assert term.startswith("person-")
    assert "person-" in lead_id
    assert person not in lead_id
    assert url.startswith("https://x.example/a/")
    if unbroken == person:
        assert url == "https://x.example/a/***/b?utm_source=news"
