"""``python -m benchmarks.figures [--check]``: write the demo's figures into the docs, or compare.

Needs the demo of full size, published below ``TRIBUTARY_HOME`` (``make demo``).
"""

from __future__ import annotations

import argparse
import difflib
import sys

from benchmarks.figures.blocks import PAGES, rewritten
from benchmarks.figures.printed import full_demo, printed
from orchestration.configuration.settings import load_settings
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.repository import REPOSITORY


def main(arguments: list[str]) -> int:
    """Write or compare every block of every page.

    Args:
        arguments: ``--check`` compares and writes nothing.

    Returns:
        0 when all blocks are up to date or were updated; 1 when ``--check`` found stale ones.

    Raises:
        TributaryError: The demo of full size is not published there, or a command of a block fails.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.figures", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where stale")
    check = parser.parse_args(arguments).check
    demo = full_demo(load_settings())
    stale = 0
    for page in PAGES:
        before = page.read_text(encoding="utf-8")
        after = rewritten(before, lambda block: printed(block, demo))
        if after == before:
            continue
        stale += 1
        name = str(page.relative_to(REPOSITORY))
        now, of_the_demo = before.splitlines(), after.splitlines()
        names = f"{name}, now", f"{name}, of the demo"
        print(*difflib.unified_diff(now, of_the_demo, *names, n=0, lineterm=""), sep="\n")
        if not check:
            page.write_text(after, encoding="utf-8")
    if stale and check:
        print(f"{stale} page(s) show figures that differ from the demo's. Next: make docs-figures")
    return 1 if stale and check else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except TributaryError as error:
        sys.exit(f"Error: {error}")
