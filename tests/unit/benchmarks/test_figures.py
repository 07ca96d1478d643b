"""Figures in the docs: parsing blocks, leaving out rows, and detecting stale figures."""

from __future__ import annotations

import pytest

from benchmarks.figures.blocks import (
    PAGES,
    Block,
    blocks,
    headings,
    outside_of_blocks,
    rewritten,
    shortened,
)
from benchmarks.figures.printed import masked
from orchestration.foundation.errors import TributaryError
from tests.kit.places import REPOSITORY

TABLE = """\
┏━━━━━━┳━━━━━━━┓
┃ name ┃ leads ┃
┡━━━━━━╇━━━━━━━┩
│ one  │    11 │
│ two  │     2 │
│      │  more │
│ six  │     1 │
└──────┴───────┘"""
PAGE = """\
Words.

<!-- figures: printed, rows 1 -->
```
.venv/bin/tributary sql "select name,
    leads"
old
```
<!-- figures: end -->

<!-- figures: models -->
old
<!-- figures: end -->
"""
COMMAND = '.venv/bin/tributary sql "select name,\n    leads"'


def test_a_block_is_its_command_and_what_is_kept_of_its_tables() -> None:
    """A command may span lines, so that readers can copy it."""
    fence = f"```\n{COMMAND}\nold\n```\n"
    assert blocks(PAGE) == [
        Block("printed", COMMAND, (1,), fence),
        Block("models", "", (), "old\n"),
    ]


def test_a_block_is_written_anew_and_nothing_else() -> None:
    """Twice the same figures change nothing; other ones show."""
    figures = {"printed": f"\n{TABLE}\n6 rows  \n", "models": "| a |\n| --- |\n"}
    once = rewritten(PAGE, lambda block: figures[block.kind])
    assert f"{COMMAND}\n┏━━━━━━┳━━━━━━━┓\n" in once
    assert "│ one  │    11 │\n  ... 2 more\n└──────┴───────┘\n6 rows\n```\n" in once
    assert "<!-- figures: models -->\n| a |\n| --- |\n<!-- figures: end -->" in once
    assert outside_of_blocks(once) == outside_of_blocks(PAGE)
    assert rewritten(once, lambda block: figures[block.kind]) == once
    changed = figures | {"printed": figures["printed"].replace("11", "12")}
    assert rewritten(once, lambda block: changed[block.kind]) != once


@pytest.mark.parametrize(
    ("most", "kept"),
    [
        ((), [0, 1, 2, 3, 4, 5, 6, 7]),
        ((3,), [0, 1, 2, 3, 4, 5, 6, 7]),
        ((2,), [0, 1, 2, 3, 4, 5, "  ... 1 more", 7]),
        ((1,), [0, 1, 2, 3, "  ... 2 more", 7]),
        ((0,), []),
    ],
)
def test_rows_are_left_out_whole_and_counted(most: tuple[int, ...], kept: list[int | str]) -> None:
    """A folded cell makes a second line, which is not a separate row."""
    lines = TABLE.split("\n")
    expected = [line if isinstance(line, str) else lines[line] for line in kept]
    assert list(shortened(lines, most)) == expected


@pytest.mark.parametrize(
    "page",
    [
        PAGE.replace("<!-- figures: end -->", "", 1),
        PAGE.replace("figures: printed, rows 1", "figures: printed, row 1"),
        PAGE.replace("```\n.venv", "~~~\n.venv"),
    ],
)
def test_a_block_that_cannot_be_read_is_an_error(page: str) -> None:
    """Skipped in silence, its figures would stay as they are for good."""
    with pytest.raises(TributaryError):
        rewritten(page, lambda _: "new")


@pytest.mark.parametrize(
    ("line", "without"),
    [
        ("Published generation 7 in 97 s, data", "Published generation 1 in … s, data"),
        ("first 1000 rows, 0.31 s", "first 1000 rows"),
        ("5 rows, 12.00 s", "5 rows"),
        ("│ 5 rows, 12.00 s │", "│ 5 rows, 12.00 s │"),
    ],
)
def test_durations_are_masked(line: str, without: str) -> None:
    """Otherwise no machine would print the same as the docs."""
    assert masked(line) == without


def test_every_printed_table_of_the_docs_is_in_a_block() -> None:
    """Tables pasted by hand went stale when the next model changed."""
    found = {page.name: blocks(page.read_text(encoding="utf-8")) for page in PAGES}
    assert [block.kind for block in found["README.md"]] == ["printed"] * 4
    assert [block.kind for block in found["attribution.md"]] == ["models"]
    for page in PAGES:
        assert "┏" not in outside_of_blocks(page.read_text(encoding="utf-8")), page.name


def test_headings_are_found_in_both_forms() -> None:
    """The test over a small demo compares them."""
    assert headings(TABLE) == [["name", "leads"]]
    assert headings("| a | `b` |\n| --- | ---: |\n| 1 | 2 |") == [["a", "`b`"]]


def test_ci_compares_the_blocks_after_the_demo() -> None:
    """Only a full-size demo can show whether a figure is stale; CI has just published one."""
    lines = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8").split("\n")
    assert lines.index("make demo") < lines.index("make docs-check")
