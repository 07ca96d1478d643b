"""The parts of ``docs/benchmarks.md`` that commands write."""

from __future__ import annotations

from orchestration.foundation.repository import REPOSITORY

DOCUMENT = REPOSITORY / "docs" / "benchmarks.md"


def write_part(name: str, body: str) -> None:
    """Replace what is between the marks of a part.

    Args:
        name: As in ``<!-- NAME: written by the command -->`` and ``<!-- NAME: end -->``.
        body: Markdown.

    Raises:
        ValueError: The document has not exactly one such part.
    """
    begin, end = f"<!-- {name}: written by the command -->", f"<!-- {name}: end -->"
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(begin)
    _, after = rest.split(end)
    DOCUMENT.write_text(f"{before}{begin}\n\n{body}\n\n{end}{after}", encoding="utf-8")
