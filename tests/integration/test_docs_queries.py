"""Every query that docs/marts.md prints is answered by the demo company's file."""

from __future__ import annotations

import re
from operator import itemgetter

import pytest

from benchmarks.figures.blocks import Block, blocks
from benchmarks.questions import PAGE, asked
from tests.kit.demo import Demo
from tests.kit.printed_queries import QUERIES, table

DIFFERENCES = "meta.reconciliation"
"""Empty where all is well."""

ANSWERED = [block for block in blocks(PAGE.read_text(encoding="utf-8")) if block.kind == "answered"]
"""With answers from the demo of full size; what they leave out as too few is all of a small one."""


@pytest.mark.parametrize("sql", QUERIES, ids=table)
def test_a_printed_query_is_answered(demo: Demo, sql: str) -> None:
    """Readers copy it, and take no answer for none."""
    ((has_rows,),) = demo.rows(f"select count(*) > 0 from {table(sql)}")
    small = sql in {block.command for block in ANSWERED}
    assert bool(demo.rows(sql)) == has_rows or small or table(sql) == DIFFERENCES


@pytest.mark.parametrize("block", ANSWERED, ids=lambda block: table(block.command))
def test_every_printed_answer_has_a_row(block: Block) -> None:
    """`make docs-check` compares it with the demo, where a heading alone would pass."""
    assert re.search(r"^\|[ :|-]+\|\n\| \S", block.body, re.MULTILINE)


@pytest.mark.parametrize("sql", QUERIES, ids=table)
def test_no_printed_query_shows_missing_cost_as_free(sql: str) -> None:
    """One printed 0.00 for 17 of 30 sources: what divides spend takes 0 for nothing first."""
    assert not re.search(r"(?<!nullif\()sum\(spend\)\s*/", sql)


def test_all_thirty_questions_have_an_answer_that_is_printed() -> None:
    """In their order, each by one query; a heading without one would be a promise."""
    assert [number for number, _, _ in asked(PAGE.read_text(encoding="utf-8"))] == [*range(1, 31)]


@pytest.mark.parametrize("question", asked(PAGE.read_text(encoding="utf-8")), ids=itemgetter(1))
def test_no_tie_decides_what_is_printed(demo: Demo, question: tuple[int, str, str]) -> None:
    """Engines return equal rows in any order: what a question is ordered by tells rows apart."""
    _, _, sql = question
    found = re.fullmatch(r"(.*)\norder by (.*?)(\nlimit \d+)?", sql, re.DOTALL)
    assert found is not None
    keys = [key.split(".")[-1].split()[0] for key in found[2].split(", ")]
    ((rows, different),) = demo.rows(
        f"select count(*), count(distinct row({', '.join(keys)})) from ({found[1]}) as answer"
    )
    assert rows == different
