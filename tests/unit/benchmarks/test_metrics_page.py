"""docs/metrics.md is written from the definitions."""

from __future__ import annotations

from benchmarks.figures.metrics import PAGE, page


def test_the_page_says_what_is_defined() -> None:
    """A metric that was added or changed and not printed would have two definitions."""
    text = PAGE.read_text("utf-8")
    assert page(text) == text, "run: make docs-figures"
    assert "| `cost_per_lead` | money |" in text
