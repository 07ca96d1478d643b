"""Keeps people's addresses and numbers out of the published file, wherever they occur.

Belongs here: finding the columns that contain them, and the SQL that hides them. Does not belong
here: their patterns (``privacy/text.py``), or hashing declared personal fields
(``loading/fields.py``).

They are hidden while a generation is filled, not in the models: the private warehouse may need a
landing page's query to classify a touch, but readers do not.
"""

from __future__ import annotations

import duckdb

from orchestration.foundation.sql import literal, quoted
from orchestration.privacy.hashes import hmac_sql
from orchestration.privacy.text import ADDRESS, HIDDEN_ADDRESS, HIDDEN_NUMBER, NUMBER

_KEYS = ("_key", "_hash")
"""Suffixes of columns of hashes: most of a large table's text, and never an address."""


def hiding_select(con: duckdb.DuckDBPyConnection, relation: str) -> tuple[str, bool]:
    """The query that reads a relation without addresses and numbers of people.

    A text that is only an address or a number (an id, for instance) becomes ``person-<hash>``, the
    same everywhere, so that equal values stay equal. Inside longer texts they are blotted out.

    Args:
        con: A connection that sees the relation.
        relation: Its quoted name.

    Returns:
        The query, and whether it uses the parameters ``$inner_pad`` and ``$outer_pad``. They come
        from the company's key (``privacy.hashes.hmac_pads``) and are bound so that no error repeats
        them.
    """
    columns = con.execute(f"describe select * from {relation}").fetchall()
    texts = [name for name, type_, *_ in columns if type_ == "VARCHAR" and not name.endswith(_KEYS)]
    if not texts:
        return f"select * from {relation}", False
    asked = ", ".join(f"coalesce(bool_or({_personal(quoted(name))}), false)" for name in texts)
    (found,) = con.execute(f"select {asked} from {relation}").fetchall()
    replaced = [
        f"{_hidden(quoted(name))} as {quoted(name)}"
        for name, personal in zip(texts, found, strict=True)
        if personal
    ]
    if not replaced:
        return f"select * from {relation}", False
    return f"select * replace ({', '.join(replaced)}) from {relation}", True


def _personal(column: str) -> str:
    """Whether a text contains any; testing for @ and + first is a hundred times as fast."""
    return (
        f"case when contains({column}, '@') or contains({column}, '%40')"
        f" then regexp_matches({column}, {literal(ADDRESS)}) else false end"
        f" or case when contains({column}, '+') or contains(lower({column}), '%2b')"
        f" then regexp_matches({column}, {literal(NUMBER)}) else false end"
    )


def _hidden(column: str) -> str:
    digest = hmac_sql(f"lower(trim({column}))")
    whole = f"^\\s*(?:{ADDRESS}|{NUMBER})\\s*$"
    blotted = (
        f"regexp_replace(regexp_replace({column}, {literal(ADDRESS)}, {literal(HIDDEN_ADDRESS)},"
        f" 'g'), {literal(NUMBER)}, {literal(HIDDEN_NUMBER)}, 'g')"
    )
    return (
        f"case when regexp_full_match({column}, {literal(whole)})"
        f" then 'person-' || left({digest}, 16) else {blotted} end"
    )
