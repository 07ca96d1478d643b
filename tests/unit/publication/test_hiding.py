"""What readers see of people: nothing that leads back to one, in any column, however it is written.

Belongs here: the rules of ``publication/hiding.py`` and ``privacy/free_text.py`` on small tables.
Whole companies are in ``tests/integration``.
"""

from __future__ import annotations

import duckdb
import pytest

from orchestration.privacy.free_text import (
    CANDIDATE,
    TAGS,
    click_parameters,
    shown_page,
    shows_a_person,
)
from orchestration.privacy.hashes import email_hash
from orchestration.publication.hiding import Hiding, known_ids
from tests.kit.people import PASSING, PEOPLE, recovered, spellings

KEY = b"0123456789abcdef0123456789abcdef"


def published(
    rows: list[dict[str, str | None]],
    known: frozenset[str] = frozenset(),
    shown: tuple[str, ...] = TAGS,
) -> list[dict[str, str | None]]:
    """The rows of a table as readers see them."""
    con = duckdb.connect()
    names = list(rows[0])
    con.execute(f"create table facts ({', '.join(f'{name} varchar' for name in names)})")
    marks = ", ".join("?" * len(names))
    con.executemany(f"insert into facts values ({marks})", [list(row.values()) for row in rows])
    hiding = Hiding(KEY, known, shown)
    select, uses_key = hiding.select(con, "facts")
    seen = con.execute(select, hiding.parameters if uses_key else None).fetchall()
    return [dict(zip(names, row, strict=True)) for row in seen]


def seen(text: str, column: str = "utm_campaign") -> str | None:
    """One text as readers see it."""
    ((value,),) = [row.values() for row in published([{column: text}])]
    return value


@pytest.mark.parametrize("around", ["{}", "camp {}", "before {} after"])
@pytest.mark.parametrize("person", PEOPLE)
def test_no_spelling_of_a_person_passes(person: str, around: str) -> None:
    """Of 45 such spellings 32 passed, because only the usual ones were searched for."""
    text = around.format(person)
    value = seen(text)
    assert value is not None
    assert value.startswith("person-")
    assert len(value) == len("person-") + 16


@pytest.mark.parametrize("text", PASSING)
def test_what_is_no_person_is_published_as_it_is(text: str) -> None:
    """Names of campaigns, days, shares, versions, handles and ids of ads stay readable."""
    assert seen(text) == text
    assert not shows_a_person(text)


def test_the_first_look_misses_none_that_the_close_look_finds() -> None:
    """Most texts are not looked at closely; a person among them would pass."""
    con = duckdb.connect()
    for text in PEOPLE:
        assert con.execute("select regexp_matches(?, ?)", [text, CANDIDATE]).fetchone() == (True,)


def test_an_id_that_is_an_address_becomes_a_hash_that_tells_people_apart() -> None:
    """Shops use the address as the customer's number; two customers must stay two."""
    texts = ["anna@kund.example", " Anna@kund.example", "bo@kund.example"]
    first, same, other = [row["lead_id"] for row in published([{"lead_id": t} for t in texts])]
    assert first == same == f"person-{email_hash(KEY, 'anna@kund.example')[:16]}"
    assert other != first
    assert [seen(text) for text in texts] == [first, same, other]


@pytest.mark.parametrize(
    "identifier",
    [
        *PEOPLE,
        "anna",
        "Anna Svensson",
        "anna.svensson",
        "anna-svensson-85",
        "0701234567",
        "46701234567",
        "198501011234",
        "850101-1234",
        "5d41402abc4b2a76b9719d911017c592",
        "mc:5d41402abc4b2a76b9719d911017c592:sent",
        "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
        "cfbff0d1-9375-5685-968c-48ce8b15ae17",
    ],
)
def test_an_id_that_may_be_a_person_is_keyed(identifier: str) -> None:
    """Also an unkeyed hash: whoever has a list of addresses has all of their hashes."""
    row = {"lead_id": identifier, "touchpoint_id": f"crm:{identifier}", "source_system": "inbox"}
    ((lead, touch, _),) = [tuple(row.values()) for row in published([row])]
    assert lead is not None
    assert lead.startswith(("person-", "mc:person-", "tel:person-", "mailto:person-"))
    assert touch == f"crm:{lead}", "journeys join records by it"


@pytest.mark.parametrize(
    ("identifier", "system"),
    [
        ("L1", "inbox"),
        ("0012", "inbox"),
        ("lead:opportunity:O-17", "inbox"),
        ("0035g00000ABCdeAAB", "inbox"),
        ("550e8400-e29b-41d4-a716-446655440000", "inbox"),
        ("46701234567", "hubspot"),
        ("crm:46701234567", "hubspot"),
    ],
)
def test_an_id_that_a_machine_gave_stays(identifier: str, system: str) -> None:
    """Ids of a vendor are numbers of the vendor; those of files are judged by their form."""
    (row,) = published([{"lead_id": identifier, "source_system": system}])
    assert row["lead_id"] == identifier


def test_keys_are_keyed_alike_everywhere_and_words_stay() -> None:
    """Tables join as before, and the same key gives the same keys in the next run."""
    key = "0811986aaba1490217ade3a434a63675"
    (row,) = published([{"person_key": key, "touchpoint_key": key, "lead_key": "unknown"}])
    assert row["person_key"] == row["touchpoint_key"] != key
    assert row["lead_key"] == "unknown"
    assert len(row["person_key"] or "") == 32
    assert published([{"person_key": key}])[0]["person_key"] == row["person_key"]


def test_keys_of_many_rows_are_keyed_like_those_of_one() -> None:
    """Shared keys are hashed once, and a row's own key is not hashed for each of its columns.

    A single shared column is made distinct, too: its join once doubled the rows of every account.
    """
    rows: list[dict[str, str | None]] = [
        {
            "touchpoint_key": f"touch {i}",
            "person_key": None if i % 7 == 0 else f"person {i % 90}",
            "visit_key": f"touch {i - i % 3}",
            "campaign_key": "unknown" if i % 2 else "campaign",
            "touchpoint_id": f"anna{i}@x.example",
            "utm_campaign": "spring",
        }
        for i in range(1_100)
    ]
    assert len(published([{"account_key": f"account {i % 9}"} for i in range(1_100)])) == 1_100
    alone = [row for one in rows for row in published([one])]
    assert sorted(map(str, published(rows))) == sorted(map(str, alone))


def test_a_dictionary_of_people_recovers_nobody() -> None:
    """Every hash of planted people, tried on every column of a table that holds all of them."""
    people = ["anna@kund.example", "+46701234567", "19850101-1234"]
    rows = []
    for person in people:
        rows += [dict.fromkeys(COLUMNS, spelled) for spelled in spellings(person)]
    values = [value for row in published(rows) for value in row.values() if value]
    assert recovered(people, values) == []
    assert recovered(people, [value for row in rows for value in row.values()]) != []


COLUMNS = ("person_key", "lead_id", "touchpoint_id", "engagement_id", "conversion_id", "content")


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("https://x.example/p?q=1&name=Anna+Svensson&pnr=850101-1234", "https://x.example/p"),
        (
            "https://x.example/p?utm_source=a&gclid=Cj0&utm_campaign=b%20c#top",
            "https://x.example/p?utm_source=a&utm_campaign=b%20c",
        ),
        (
            "https://x.example/p?utm_source=a&utm_term=anna%2540x.se",
            "https://x.example/p?utm_source=a",
        ),
        ("https://anna:secret@x.example:8080/p", "https://x.example:8080/p"),
        ("https://x.example/u/anna-svensson/edit", "https://x.example/u/***/edit"),
        ("https://x.example/a%40b.se/070-1234567/c", "https://x.example/***/***/c"),
        ("https://x.example/p%3Fname=Anna", "https://x.example/p"),
        ("https://x.example/p;name=Anna", "https://x.example/p"),
        ("https://x.example/reset/q1w2e3r4t5y6u7i8o9p0a1s2", "https://x.example/reset/***"),
        ("/pricing", "/pricing"),
        ("https://x.example//a//", "https://x.example//a//"),
        ("https://medium.com/@writer/post", "https://medium.com/@writer/post"),
        ("mailto:anna@x.se", "***"),
    ],
)
def test_of_a_landing_page_the_path_and_the_campaign_tags_are_shown(page: str, shown: str) -> None:
    """Forms write names and numbers into parameters of any name; reports of searches list them."""
    assert seen(page, "landing_page") == seen(page, "page") == shown
    assert shown_page(shown) == shown


def test_a_text_that_repeats_its_page_is_shown_as_the_page() -> None:
    """Content without a list has its page as id and title: the owner's name stood there in full."""
    page = "acme.example/kund/Anna_Svensson/order"
    rows: list[dict[str, str | None]] = [
        {"content_id": page, "title": page, "url": page},
        {"content_id": "c1", "title": "Prices", "url": page},
        {"content_id": "c2", "title": "E-book", "url": None},
    ]
    shown = "acme.example/kund/***/order"
    assert published(rows) == [
        {"content_id": shown, "title": shown, "url": shown},
        {"content_id": "c1", "title": "Prices", "url": shown},
        {"content_id": "c2", "title": "E-book", "url": None},
    ]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("utm_source=a&gclid=Cj0KCQ-x_y", "utm_source=a&gclid=Cj0KCQ-x_y"),
        (
            "msclkid=0f343e62b5a61b03b0f35d4e1e8fb0c7&x=1",
            "msclkid=0f343e62b5a61b03b0f35d4e1e8fb0c7",
        ),
        ("GCLID=Cj0&fbclid=IwAR1&e=anna%40x.se", "gclid=Cj0&fbclid=IwAR1"),
        ("gclid=anna%40x.example&utm_source=a", "utm_source=a"),
        ("gclid=anna%2540x.example&li_fat_id=0701234567", ""),
    ],
)
def test_click_ids_are_shown_on_request(query: str, shown: str) -> None:
    """Whoever joins touches with a platform's log of clicks needs them; people stay hidden."""
    page = f"https://x.example/p?{query}"
    (row,) = published([{"landing_page": page}], shown=TAGS + click_parameters())
    assert row["landing_page"] == "https://x.example/p" + (f"?{shown}" if shown else "")
    assert "clid" not in str(published([{"landing_page": page}])[0]["landing_page"])


def test_ids_of_the_companys_own_ads_are_shown() -> None:
    """A tag is often the number of its campaign; no platform gives telephone numbers as ids."""
    con = duckdb.connect()
    con.execute("create schema core")
    con.execute(
        "create table core.dim_campaigns as select * from (values"
        " ('google_ads', '12345678901'), ('utm', '46701234567'), ('google_ads', '+46701234567'),"
        " ('meta_ads', '19850101-1234'), ('meta_ads', 'anna@x.example'), ('meta_ads', null))"
        " as t(platform, campaign_id)"
    )
    known = known_ids(con, "memory")
    assert known == {"12345678901"}, "a file of spend may hold anything"
    rows: list[dict[str, str | None]] = [{"tag": "12345678901"}, {"tag": "46701234567"}]
    shown = {row["tag"] for row in published(rows, known)}
    assert "12345678901" in shown
    assert "46701234567" not in shown


def test_the_hash_of_an_ads_picture_is_shown() -> None:
    """It looks like the md5 of an address, which stays hidden anywhere else."""
    picture = "9f2c61a47d0b4e6c8a51c3f07be2d911"
    ((shown, hidden),) = [
        (row["media_id"], row["tag"]) for row in published([{"media_id": picture, "tag": picture}])
    ]
    assert shown == picture
    assert picture not in str(hidden)
    (row,) = published([{"media_id": "anna@kund.example"}])
    assert "anna" not in str(row["media_id"])


def test_judging_costs_no_more_than_the_text_is_long() -> None:
    """A long text without a space must not take the square of its length."""
    length = 10**5
    for sign in ("a", "@", "1", "+1", "%40", "_at_", "a_", "( at", "a at ", "1 ", "&#64;", "/"):
        text = sign * length
        shows_a_person(text)
        shown_page(text)
