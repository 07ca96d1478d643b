"""Keeps people out of the published file: what a column may show is allowed, not searched for.

Belongs here: which rule a column follows, and the SQL and rows that apply it. Does not belong here:
how a person is written in a text (``privacy/free_text.py``), or hashing declared personal fields
(``loading/fields.py``).

People are hidden while a generation is filled, not in the models: the private warehouse needs a
landing page's query to classify a touch, and plain keys to join, but readers need neither. What is
hidden becomes ``person-<hash>``, keyed, and the same everywhere, so that equal values stay equal.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.foundation.sql import literal, quoted
from orchestration.privacy.bank_accounts import FORM as BANK_ACCOUNT
from orchestration.privacy.free_text import CANDIDATE, TAGS, shown_page, shows_a_person
from orchestration.privacy.hashes import hmac_pads, hmac_sql

_HASH = "_hash"
"""Suffix of columns of keyed hashes, which stay."""
_KEY = "_key"
"""Suffix of columns of keys: plain hashes in the warehouse, of ids that may be addresses."""
_FEW = 1_000
"""Rows whose keys are hashed sooner than looked up."""
_WORDS = "('unknown', 'unattributed')"
_IDS = frozenset(
    (
        "touchpoint_id", "lead_id", "conversion_id", "opportunity_id", "engagement_id", "cost_id",
        "referred_by",
    )
)  # fmt: skip
"""Columns of ids of records; a file may use an address, a number or a name as one."""
_PAGES = frozenset(("landing_page", "page", "url"))
"""Columns of pages; a text of the row that repeats one is shown as the page is."""
_FILES = frozenset(("media_id",))
"""Columns of ids of pictures, which are hashes of files and look like those of addresses."""
_KNOWN = ("campaign_id", "ad_group_id", "ad_id", "account_id")
_OF_A_PLATFORM = r"[0-9A-Za-z_:-]{1,64}"
_PERSONAL_NUMBER = r"(?:[0-9]{2})?[0-9]{6}-[0-9]{4}"

_OURS = "^(?:[a-z][a-z_]{0,30}:)*"
"""What our models write before an id: ``crm:``, ``customer:opportunity:``."""
_PLAIN = (
    "not regexp_matches({id}, '[^0-9A-Za-z_.:/|#-]|[0-9A-Fa-f]{{32}}"
    "|^[0-9A-Fa-f]{{8}}-[0-9A-Fa-f]{{4}}-[02359A-Fa-f]|^.{{43}}')"
    " and not case when regexp_full_match({id}, '[0-9A-Za-z]{{12,}}') then coalesce(try(contains("
    "decode(from_base64({id} || repeat('=', (4 - length({id}) % 4) % 4))), '@')), false)"
    " else false end"
)
"""An id without signs of an address or a text, which is no hash, no number that is written as one
may say it, and no address in Base64. `try` takes 6 CPU seconds for a million ids, so most are not
decoded."""
_OF_A_MACHINE = (
    "(regexp_full_match({id}, '[0-9A-Fa-f]{{8}}(?:-[0-9A-Fa-f]{{4}}){{3}}-[0-9A-Fa-f]{{12}}')"
    " or regexp_matches({id}, '[0-9]') and not regexp_matches({id},"
    " '(?:^|[^0-9])[0-9](?:[^0-9A-Za-z]?[0-9]){{7,13}}(?:[^0-9]|$)"
    "|[A-Za-z]{{3}}[^0-9A-Za-z]+[A-Za-z]{{3}}')"
    " and not regexp_full_match({id}, '[0-9OoIil]{{9,13}}|0[0-9]{{2}}x[0-9]{{6,8}}"
    "|[A-Za-z]{{2}}[0-9]{{6}}[A-Da-d]|[A-Za-z]{{6}}[0-9]{{2}}(?:[A-Za-z][0-9]{{2}}){{2}}[0-9][A-Za-z]')"
    ")"
)
"""An id that a machine gave: it has digits, no two words, and no telephone or personal number."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """How the keys of a relation ``r`` are hidden.

    Attributes:
        replaced: The columns of the query.
        joined: Its joins with what is shown instead.
        own: The column whose hashes are computed row by row, as ``_shown``.
    """

    replaced: Sequence[str] = ()
    joined: str = ""
    own: str = ""


@dataclass(frozen=True, slots=True)
class Hiding:
    """How one company's people are hidden.

    Attributes:
        key: The company's key.
        known: Ids of campaigns, ad groups, ads and ad accounts, which may be shown.
        parameters_shown: Of a landing page.
    """

    key: bytes
    known: frozenset[str] = frozenset()
    parameters_shown: tuple[str, ...] = TAGS

    @property
    def parameters(self) -> dict[str, bytes]:
        """What the SQL is run with; bound, so that no error message repeats it."""
        inner, outer = hmac_pads(self.key)
        return {"inner_pad": inner, "outer_pad": outer}

    def select(self, con: duckdb.DuckDBPyConnection, relation: str) -> tuple[str, bool]:
        """The query that reads a relation as readers may see it.

        Args:
            con: A connection that sees the relation; gets a temporary table of replaced texts.
            relation: Its quoted name.

        Returns:
            The query, and whether it uses the ``parameters``.
        """
        columns = con.execute(f"describe select * from {relation}").fetchall()
        names = [name for name, *_ in columns]
        texts = [name for name, type_, *_ in columns if type_ == "VARCHAR"]
        con.execute(
            "create or replace temp table shown_texts (name varchar, value varchar, shown varchar)"
        )
        replaced, joined = [], ""
        pages: list[tuple[str, str]] = []
        for name in sorted(texts, key=lambda name: name not in _PAGES):
            column = f"r.{quoted(name)}"
            if name.endswith((_HASH, _KEY)):
                continue
            if name in _IDS:
                is_vendors = "r.source_system <> 'inbox'" if "source_system" in names else "false"
                replaced.append(f"{_shown_id(column, is_vendors)} as {quoted(name)}")
                continue
            repeated = "".join(f" when {column} = {page} then {shown}" for page, shown in pages)
            shown = column
            if self._replace(con, relation, name):
                alias = f"t{len(replaced)}"
                joined += (
                    f" left join shown_texts as {alias} on {alias}.name = {literal(name)}"
                    f" and {alias}.value = {column}"
                )
                shown = f"coalesce({alias}.shown, {column})"
                if name in _PAGES:
                    pages.append((column, shown))
            if repeated and name not in _PAGES:
                shown = f"case{repeated} else {shown} end"
            if shown != column:
                replaced.append(f"{shown} as {quoted(name)}")
        keys = self._keys(con, relation, [name for name in texts if name.endswith(_KEY)])
        replaced += keys.replaced
        if not replaced:
            return f"select * from {relation}", False
        hides = bool(keys.own) or not _IDS.isdisjoint(texts)
        source, left_out = relation, ""
        if keys.own:
            source = f"(select *, {_keyed(quoted(keys.own))} as _shown from {relation})"
            left_out = " exclude (_shown)"
        shown = f"r.*{left_out} replace ({', '.join(replaced)})"
        return f"select {shown} from {source} as r{joined}{keys.joined}", hides

    def _keys(self, con: duckdb.DuckDBPyConnection, relation: str, names: list[str]) -> _Keys:
        """How a relation's keys are hidden, each of them hashed as seldom as possible.

        A key of a million touches takes two CPU seconds to hash and 0.2 to look up. So keys that
        many rows share are hashed once each, and where a row repeats its own key, that is not
        hashed again.
        """
        if not names:
            return _Keys()
        counted = ", ".join(f"approx_count_distinct({quoted(name)})" for name in names)
        ((rows, *different),) = con.execute(
            f"select count(*), {counted} from {relation}"
        ).fetchall()
        most = rows / 2 if rows > _FEW else 0
        shared = [name for name, count in zip(names, different, strict=True) if count < most]
        alone = [name for name in names if name not in shared]
        own = alone[0] if alone else ""
        replaced, joined = [], ""
        if shared:
            values = " union ".join(
                f"select distinct {quoted(name)} as value from {relation}" for name in shared
            )
            con.execute(
                "create or replace temp table shown_keys as"
                f" select value, {_keyed('value')} as shown from ({values})"
                " where value is not null",
                self.parameters,
            )
        for i, name in enumerate(shared):
            joined += f" left join shown_keys as k{i} on k{i}.value = r.{quoted(name)}"
            replaced.append(f"k{i}.shown as {quoted(name)}")
        for name in alone:
            column = f"r.{quoted(name)}"
            shown = "r._shown"
            if name != own:
                shown = (
                    f"case when {column} = r.{quoted(own)} then {shown} else {_keyed(column)} end"
                )
            replaced.append(f"{shown} as {quoted(name)}")
        return _Keys(replaced, joined, own)

    def keys_shown(self, relation: str, name: str) -> str:
        """The query of a relation's keys as they are published; it uses the ``parameters``."""
        return f"select {_keyed(quoted(name))} from {relation}"

    def shown_id(self, con: duckdb.DuckDBPyConnection, identifier: str) -> str:
        """An id of a file's record as it is published."""
        query = f"select {_shown_id('r.id', 'false')} from (select $id as id) as r"
        row = con.execute(query, self.parameters | {"id": identifier}).fetchone()
        return str(row[0]) if row else identifier

    def _replace(self, con: duckdb.DuckDBPyConnection, relation: str, name: str) -> bool:
        """Note what is shown instead of a column's texts; whether there is anything."""
        column = quoted(name)
        if name in _PAGES:
            con.execute(
                "create or replace temp table pages as"
                f" select value, {_reduced('value', self.parameters_shown)} as reduced"
                f" from (select distinct {column} as value from {relation})"
                " where value is not null"
            )
            reduced = _texts(con, "select distinct reduced from pages")
            shown = ((page, shown_page(page, self.known)) for page in reduced)
            _insert(con, "", ((page, other) for page, other in shown if page != other))
            con.execute(
                "insert into shown_texts"
                f" select {literal(name)}, pages.value, coalesce(t.shown, pages.reduced)"
                " from pages left join shown_texts as t on t.name = '' and t.value = pages.reduced"
                " where pages.value <> coalesce(t.shown, pages.reduced)"
            )
        else:
            candidates = _texts(
                con,
                f"select distinct {column} from {relation}"
                f" where regexp_matches({column}, {literal(CANDIDATE)})",
            )
            is_file = name in _FILES
            hidden = (
                text for text in candidates if shows_a_person(text, self.known, is_click=is_file)
            )
            _insert(con, name, ((text, self._person(text)) for text in hidden))
        found = con.execute("select count(*) from shown_texts where name = ?", [name]).fetchone()
        return found != (0,)

    def _person(self, text: str) -> str:
        """What is shown instead of a text; as the SQL of ``_shown_id``."""
        message = text.strip(" ").lower() if "@" in text else text
        return f"person-{hmac.new(self.key, message.encode(), 'sha256').hexdigest()[:16]}"


def known_ids(con: duckdb.DuckDBPyConnection, database: str) -> frozenset[str]:
    """The ids of the campaigns, ad groups, ads and ad accounts of the company's platforms."""
    present = con.execute(
        "select table_name, column_name from duckdb_columns()"
        " where database_name = ? and schema_name = 'core'"
        " and table_name in ('dim_campaigns', 'fct_ad_spend')",
        [database],
    ).fetchall()
    found: set[str] = set()
    for table, name in present:
        if name in _KNOWN:
            # What no platform confirms is called after its tag, which anybody may write.
            found.update(
                _texts(
                    con,
                    f"select distinct {quoted(name)} from {quoted(database)}.core.{quoted(table)}"
                    f" where platform <> 'utm'"
                    f" and regexp_full_match({quoted(name)}, {literal(_OF_A_PLATFORM)})"
                    f" and not regexp_full_match({quoted(name)}, {literal(_PERSONAL_NUMBER)})",
                )
            )
    return frozenset(found)


def _texts(con: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return [text for (text,) in con.execute(query).fetchall()]


def _insert(con: duckdb.DuckDBPyConnection, name: str, rows: Iterable[tuple[str, str]]) -> None:
    values, shown = [], []
    for value, other in rows:
        values.append(value)
        shown.append(other)
    con.execute("insert into shown_texts select ?, unnest(?), unnest(?)", [name, values, shown])


def _keyed(column: str) -> str:
    """A key of the warehouse under the company's key."""
    return f"case when {column} in {_WORDS} then {column} else left({hmac_sql(column)}, 32) end"


def _shown_id(column: str, is_vendors: str) -> str:
    """An id, or what our models write before it and the hash of the rest."""
    rest = f"regexp_replace({column}, {literal(_OURS)}, '')"
    ours = f"regexp_extract({column}, {literal(_OURS)})"
    message = f"case when contains({rest}, '@') then lower(trim({rest})) else {rest} end"
    plain = _PLAIN.format(id=rest)
    account = f"regexp_full_match({rest}, {literal(f'(?i){BANK_ACCOUNT}')})"
    # A case, because both sides of an `and` are computed for every row.
    other = f"case when length({rest}) > 14 then not {account} else true end"
    machine = f"{_OF_A_MACHINE.format(id=rest)} and {other}"
    return (
        f"case when {plain} and ({is_vendors} or {machine}) or {rest} = '' then {column}"
        f" else {ours} || 'person-' || left({hmac_sql(message)}, 16) end"
    )


def _reduced(page: str, parameters: Iterable[str]) -> str:
    """A page's path and the parameters that are shown."""
    path = r"(?s)^(.*?)(?:[?#;&]|%(?:25)*(?:3[FfBb]|2[36])|$)"
    tags = ", ".join(
        f"'{tag}=' || nullif(regexp_extract({page}, '(?i)[?&;#]{tag}=([^&#;]*)', 1), '')"
        for tag in parameters
    )
    return (
        f"regexp_extract({page}, {literal(path)}, 1)"
        f" || coalesce('?' || nullif(concat_ws('&', {tags}), ''), '')"
    )
