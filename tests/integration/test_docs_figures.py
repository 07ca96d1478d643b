"""Figures in the docs come from commands that still work and still print what the docs show.

After ``make demo``, ``make docs-check`` checks them against the full-size demo.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import pytest

from benchmarks.figures.blocks import PAGES, Block, blocks, headings, shortened
from benchmarks.figures.printed import PublishedDemo, full_demo, printed
from orchestration.foundation.errors import TributaryError
from simulator.generator import generate
from tests.kit.demo import Demo

BLOCKS = [
    pytest.param(block, id=f"{page.name}-{number}")
    for page in PAGES
    for number, block in enumerate(blocks(page.read_text(encoding="utf-8")))
]


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_shows_what_its_command_prints(demo: Demo, block: Block) -> None:
    """A renamed column or model shows here at once, and not only after a demo of full size."""
    shown = shape(block, block.body)
    assert shown
    asked = of_this_demo(block, demo)
    # A journey of more touches prints its credits in parts, with headings of their own.
    assert shown <= shape(block, printed(asked, PublishedDemo(demo.settings, demo.truth)))


def test_a_demo_of_another_size_is_refused(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures of a small demo, or of a real company, must not get into the docs."""
    # Stands for the full size, which takes twenty times as long.
    monkeypatch.setattr("benchmarks.figures.printed.generate", partial(generate, scale=0.1))
    with pytest.raises(TributaryError, match=r"the full-size demo company has [\d,]+\."):
        full_demo(demo.settings)


def of_this_demo(block: Block, demo: Demo) -> Block:
    """The block, for a win that the small company has, too: its most valuable one.

    A journey that holds touches of colleagues is shown with a column more.
    """
    command, explain, _ = block.command.partition(" explain ")
    if not explain:
        return block
    colleagues = ">" if "Account scope" in block.body else "="
    ((conversion,),) = demo.rows(
        f"""
        select conversions.conversion_id
        from core.fct_conversions as conversions
        inner join core.fct_attribution_credits as credits
            on conversions.conversion_key = credits.conversion_key
        inner join core.fct_touchpoints as touchpoints
            on credits.touchpoint_key = touchpoints.touchpoint_key
        where conversions.conversion_type in ('customer', 'repeat_customer')
        group by conversions.conversion_id, conversions.value
        having count(distinct touchpoints.person_key) {colleagues} 1
        order by conversions.value desc, conversions.conversion_id
        limit 1
        """
    )
    return replace(block, command=f"{command}{explain}{conversion}")


def shape(block: Block, text: str) -> set[str] | set[tuple[str, ...]]:
    """What does not depend on the company's size: the models, or the columns of every table."""
    if block.kind == "models":
        return set(re.findall(r"`(\w+)`", text))
    lines = list(shortened(text.split("\n"), block.rows if text is not block.body else ()))
    return {
        tuple(name for name in row if not re.fullmatch(r"#\d+", name))
        for row in headings("\n".join(lines))
    }
