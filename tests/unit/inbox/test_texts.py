"""One spelling for one text, and ids as they were before a spreadsheet met them."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.inbox.files import InboxError
from orchestration.inbox.texts import composed, decoded
from tests.kit.inbox import Inbox


def test_letters_composed_otherwise_are_the_same_letters(inbox: Inbox) -> None:
    """A file saved on a Mac: maps, columns and conditions name the same words in it."""
    text = "lead_id;created_at;Källa\n1;2026-01-01;Mässa\n2;2026-01-01;Återförsäljare\n"
    inbox.load(
        unicodedata.normalize("NFD", text),
        "leads",
        delimiter=";",
        columns={"lead_source": "Källa"},
        values={"lead_source": {"Mässa": "event"}},
        words={"where": {"skip": {"Källa": ["Åter*tivt"]}}},
    )
    assert inbox.rows("lead_source", "leads") == [("event",), ("Återförsäljare",)]


ENTITIES = [
    ("Sommar &amp; Sol", "Sommar & Sol"),
    ("Mother&#039;s day &amp; more", "Mother's day & more"),
    ("Sommar &amp;amp; Sol", "Sommar & Sol"),
    ("K&ouml;p &#x1F3AF;", "Köp 🎯"),
    ("A & B; C", "A & B; C"),
    ("a=1&copy=2", "a=1&copy=2"),
    ("&nosuchname;", "&nosuchname;"),
    ("&", "&"),
]


@pytest.mark.parametrize(("written", "meant"), ENTITIES)
def test_html_entities_are_decoded_in_names(inbox: Inbox, written: str, meant: str) -> None:
    """A campaign and its leads were two campaigns, one with the spend, one with the leads."""
    inbox.load(
        f'date_day,platform,spend,currency,campaign_name\n2026-01-01,x,1,EUR,"{written}"\n',
        "ad_spend",
    )
    assert inbox.rows("campaign_name", "ad_spend") == [(meant,)]


def test_an_address_keeps_its_parameters(inbox: Inbox) -> None:
    """What separates the parameters of a URL is no entity of a name."""
    url = "https://x.se/?a=1&copy=2&amp;b=3"
    inbox.load(f"lead_id,created_at,landing_page\n1,2026-01-01,{url}\n", "leads")
    assert inbox.rows("landing_page", "leads") == [(url,)]


@given(st.text(max_size=30))
def test_reading_a_text_twice_changes_nothing_more(text: str) -> None:
    """A text that was read is a text as it is written."""
    assert composed(composed(text)) == composed(text)
    assert decoded(text) == text or "&" in text


IDS: list[tuple[str, str, str | None]] = [
    ("", "20300014837.0", "20300014837"),
    ("", "20300014837,00", "20300014837"),
    ("", "20300014837.5", "20300014837.5"),
    ("", '"=""00123"""', "00123"),
    ("", "007", "007"),
    ("", "1.2.0", "1.2.0"),
    ("", "12e5", "12e5"),
    ("", "5E10", "5E10"),
    ("", "9.82E+14", None),
    ("", "1,20213E+17", None),
    ("", "1.20213e+17", None),
    ("", "1.2E17", None),
    ("as_written", "17.0", "17.0"),
    ("as_written", "9.82E+14", None),
    ("salesforce", "00Q5g00000AbCdEFGH", "00Q5g00000AbCdE"),
    ("salesforce", "00Q5g00000AbCdE", "00Q5g00000AbCdE"),
    ("", "00Q5g00000AbCdEFGH", "00Q5g00000AbCdEFGH"),
]


@pytest.mark.parametrize(("form", "cell", "meant"), IDS)
def test_an_id_is_what_it_was_before_a_spreadsheet_met_it(
    inbox: Inbox, form: str, cell: str, meant: str | None
) -> None:
    """Three leads became one, ``9.82E+14``, and deals met no lead because of a ``.0``."""
    words: dict[str, Any] = {"ids": {"lead_id": form}} if form else {}
    quoted = cell if cell.startswith('"') else f'"{cell}"'
    inbox.load(f"lead_id,created_at\n{quoted},2026-01-01\n", "leads", words=words)
    if meant is None:
        assert inbox.rows("lead_id", "leads") == []
        ((_, detail),) = inbox.quarantine()
        assert "a spreadsheet shortened it" in detail
    else:
        assert inbox.rows("lead_id", "leads") == [(meant,)]


def test_a_shortened_id_of_a_campaign_costs_the_id(inbox: Inbox) -> None:
    """Its spend counts, and its name tells it apart."""
    inbox.load(
        "date_day,platform,spend,currency,campaign_id,campaign_name\n"
        "2026-01-01,x,1,EUR,1.20213E+17,Shoes\n2026-01-01,x,3,EUR,1.20213E+17,Coats\n",
        "ad_spend",
    )
    assert inbox.rows("campaign_id, campaign_name, spend", "ad_spend") == [
        (None, "Shoes", 1),
        (None, "Coats", 3),
    ]
    ((reason, example),) = inbox.cleared()
    assert reason == "bad_type"
    assert "'1.20213E+17' is not an id" in example


LEADS = "lead_id;created_at;lead_source\n1;2026-01-01;Mässa\n2;2026-01-01;Fair\n"


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "iso-8859-15", "mac_roman", "cp437"])
def test_utf8_under_another_declaration_stops_the_file(inbox: Inbox, encoding: str) -> None:
    """Every byte is a letter in these encodings, so ``MÃ¤ssa`` matched no map, in silence."""
    with pytest.raises(InboxError, match="The file is UTF-8") as caught:
        inbox.load(LEADS, "leads", delimiter=";", encoding=encoding)
    assert "encoding" in caught.value.remedy
    inbox.load(LEADS.encode(encoding), "leads", delimiter=";", encoding=encoding)
    assert inbox.rows("lead_source", "leads")[0] == ("Mässa",)


def test_one_line_that_is_not_utf8_keeps_the_declaration(inbox: Inbox) -> None:
    """A name that another system spoilt does not make a file UTF-8."""
    spoilt = LEADS.encode("cp1252") + "3;2026-01-01;MÃ¤ssa\n".encode("cp1252")
    inbox.load(spoilt, "leads", delimiter=";", encoding="cp1252")
    assert inbox.totals("count(*)", "leads") == (3,)
