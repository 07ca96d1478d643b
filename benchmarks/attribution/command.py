"""``python -m benchmarks attribution``: which sizes, how often, and what is written.

Belongs here: the command line and the order of the measurements. Does not belong here: what is
measured (``ours``, ``floor``, ``peers``) and how it is shown (``report``).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.attribution.processes import measure_ours, prepare
from benchmarks.attribution.report import print_models

REPOSITORY = Path(__file__).parents[2]
SIZES = "100000,1000000,10000000"
MEMORY_LIMIT = "700MB"


def main(arguments: list[str]) -> None:
    """Run the measurements that the arguments name."""
    options = _parser().parse_args(arguments)
    sizes = [int(size) for size in options.sizes.split(",")]
    for size in sizes:
        folder = options.folder / str(size)
        prepare(folder, size)
        for _ in range(options.pairs):
            print_models(size, measure_ours(folder, options.memory_limit, "full"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks attribution", description=__doc__)
    parser.add_argument("--sizes", default=SIZES, help="touches, separated by commas")
    parser.add_argument("--pairs", type=int, default=5, help="counted rounds after a warm-up")
    parser.add_argument("--only", choices=["ours"], help="print what each model takes, no peers")
    parser.add_argument("--memory-limit", default=MEMORY_LIMIT, help="DuckDB's, as it is written")
    parser.add_argument(
        "--folder",
        type=Path,
        default=REPOSITORY / ".tributary" / "benchmarks" / "attribution",
        help="where the data and the peers' environment are kept",
    )
    return parser
