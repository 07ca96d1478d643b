"""The published file's own documentation: comments on its tables and columns.

Belongs here: comments as a reader of the file finds them. Does not belong here: rules for the
descriptions of the models (``tests/unit/models/test_descriptions.py``).
"""

from __future__ import annotations

from tests.kit.demo import Demo

SCHEMAS = "('core', 'marts', 'meta')"
RELATIONS = (
    "(select schema_name, table_name as name, comment from duckdb_tables() "
    "union all select schema_name, view_name, comment from duckdb_views())"
)


def test_every_table_says_what_a_row_is(demo: Demo) -> None:
    """A comment ends in the grain and travels with the file, also a view's and the last tables'."""
    tables = demo.rows(
        f"select schema_name || '.' || name, comment from {RELATIONS} "
        f"where schema_name in {SCHEMAS}"
    )
    assert {"core.fct_leads", "core.fct_attribution_credits", "meta.checks"} <= dict(tables).keys()
    grain = r"(^|[.!?]\s)One row( per [^.!?]+)?\.$"
    ends = demo.rows(
        f"select schema_name || '.' || name from {RELATIONS} where schema_name in {SCHEMAS} "
        f"and not coalesce(regexp_matches(comment, '{grain}'), false)"
    )
    assert ends == []


def test_every_column_says_what_it_holds(demo: Demo) -> None:
    """CREATE TABLE AS drops dbt's comments, and BI tools show their users nothing else."""
    bare = demo.rows(
        "select schema_name, table_name, column_name from duckdb_columns() "
        f"where schema_name in {SCHEMAS} and coalesce(comment, '') = ''"
    )
    assert bare == []
    loose = demo.rows(
        "select schema_name, table_name, column_name from duckdb_columns() "
        f"where schema_name in {SCHEMAS} and not regexp_matches(comment, '^\\S(.*\\S)?$', 's')"
    )
    assert loose == [], "a block of YAML ends in a line end, which tools show"
    unfilled = demo.rows(
        "select schema_name, table_name, column_name from duckdb_columns() "
        f"where schema_name in {SCHEMAS} and contains(comment, '{{{{')"
    )
    assert unfilled == [], "a doc block was not put in its place"


def test_a_shared_column_says_the_same_everywhere(demo: Demo) -> None:
    """The words of a doc block reach a fact, a mart, and the facts of the attribution layer."""
    said = demo.rows(
        "select distinct left(comment, 37) from duckdb_columns() "
        f"where schema_name in {SCHEMAS} and column_name = 'conversion_key'"
    )
    assert said == [("Key of the conversion in `core.fct_co",)]
    tables = demo.rows(
        "select table_name from duckdb_columns() "
        "where column_name = 'attribution_model' and comment like 'Code of the attribution model%' "
        "order by table_name"
    )
    assert [name for (name,) in tables] == [
        "attribution",
        "attribution_performance",
        "dim_attribution_models",
        "fct_attribution_credits",
        "fct_channel_attribution",
    ]


def test_a_column_with_nulls_says_what_null_means(demo: Demo) -> None:
    """A reader who has to guess may take a null as zero, unknown or not applicable."""
    silent = demo.rows(
        "select schema_name || '.' || table_name, list(column_name order by column_index) "
        f"from duckdb_columns() where schema_name in {SCHEMAS} "
        "and not contains(lower(comment), 'null') group by all"
    )
    assert len(silent) > 20
    unexplained = []
    for table, columns in silent:
        asked = ", ".join(f'bool_or("{column}" is null)' for column in columns)
        ((*found,),) = demo.rows(f"select {asked} from {table}")
        unexplained += [
            f"{table}.{column}"
            for column, has_nulls in zip(columns, found, strict=True)
            if has_nulls
        ]
    assert unexplained == []
