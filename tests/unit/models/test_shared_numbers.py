"""Numbers and codes that Python and SQL share are written once on each side, and agree."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from orchestration.attribution.chains import CONVERSION, NONE, NULL, NUMBERED, START
from orchestration.attribution.shapley import WORD_BITS, WORDS
from orchestration.configuration.attribution import TOUCH_ROLES
from orchestration.foundation.repository import DBT_PROJECT, REPOSITORY
from orchestration.privacy.role_mailboxes import ROLE_PREFIX

MACROS = {path: path.read_text("utf-8") for path in (DBT_PROJECT / "macros").rglob("*.sql")}
STATES = {
    "no_state": NONE,
    "start_state": START,
    "conversion_state": CONVERSION,
    "unconverted_state": NULL,
}


def body(name: str) -> str:
    """The text between the marks of a macro."""
    found = [
        text
        for source in MACROS.values()
        for text in re.findall(rf"{{% macro {name}\(.*?\) -%}}(.*?){{%- endmacro %}}", source, re.S)
    ]
    assert len(found) == 1, f"{name}: {len(found)} macros"
    return found[0]


def number(name: str) -> int:
    """The number that a macro without parameters is."""
    found = re.fullmatch(r"\s*(?:{{ return\()?(-?\d+)(?:\) }})?\s*", body(name))
    assert found, f"{name} is not one number: {body(name)}"
    return int(found[1])


def test_states_that_are_no_member_have_the_same_numbers() -> None:
    """Read under another number, a start would be an end and every removal effect wrong."""
    assert {number(macro): state for macro, state in STATES.items()} == NUMBERED


def test_sets_are_packed_as_they_are_unpacked() -> None:
    """A word of another width would name other members; 63 bits and a sign are a BIGINT's all."""
    assert number("bits_of_a_word") == WORD_BITS < 63
    assert [f"set_{word}" for word in range(1, number("words_of_a_set") + 1)] == list(WORDS)
    assert "bits_of_a_word() * words_of_a_set()" in body("bits_of_a_set")


def test_a_day_has_as_many_microseconds_in_sql() -> None:
    """Look-backs, half-lives and days to customer are all computed in microseconds."""
    assert number("micros_of_a_day") == timedelta(days=1) // timedelta(microseconds=1)


def test_the_loader_marks_role_mailboxes_as_the_models_know_them() -> None:
    """Without the mark, everybody who writes from info@ would become one person."""
    assert f"like 'email:{ROLE_PREFIX}%' then 'role_mailbox'" in body("identifier_type")


def test_roles_are_those_that_the_configuration_takes() -> None:
    """A role that only one side knows would be configured and weigh nothing."""
    assert (*re.findall(r"'(\w+)'", body("touch_roles")), "middle") == TOUCH_ROLES


@pytest.mark.parametrize(
    ("pattern", "owner"),
    [
        (r"86_?400_?000_?000", "engine/time.sql"),
        (r"(?<![\w.])(?:62|248)(?![\w.])", "attribution/bits.sql"),
        (r"(?<![\w.)] )-[1-4] as \w*state|\w*state = -[1-4]", "attribution/states.sql"),
    ],
)
def test_no_statement_repeats_a_shared_number(pattern: str, owner: str) -> None:
    """A number written a second time is the one that is forgotten when it changes."""
    assert (DBT_PROJECT / "macros" / owner) in MACROS
    sources = {path: path.read_text("utf-8") for path in (REPOSITORY / "models").rglob("*.sql")}
    repeated = [
        path.name
        for path, source in (sources | MACROS).items()
        if re.search(pattern, source) and path != DBT_PROJECT / "macros" / owner
    ]
    assert repeated == []
