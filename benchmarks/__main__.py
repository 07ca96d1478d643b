"""``python -m benchmarks [fixed] [demo] [loading] [company]``: run the named ones, or all.

``python -m benchmarks daily`` runs a company again after its files grew.

``python -m benchmarks questions`` asks the demo the questions of docs/marts.md.

``python -m benchmarks attribution``, which has its own options, compares attribution with peers.
"""

from __future__ import annotations

import argparse
import sys

NAMES = ("fixed", "demo", "loading", "company")


def main() -> None:
    """Run what was named."""
    if sys.argv[1:2] == ["attribution"]:
        # A process's peak includes the memory of the process that started it: this one imports
        # little.
        from benchmarks.attribution import command

        command.main(sys.argv[2:])
        return
    if sys.argv[1:] == ["daily"]:
        from benchmarks import daily

        daily.main()
        return
    if sys.argv[1:] == ["questions"]:
        from benchmarks import questions

        questions.main(rounds=3)
        return
    from benchmarks import company, demo, fixed, loading

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="|".join(NAMES))
    parser.add_argument("--pairs", type=int, default=3, help="of the demo and a bare dbt build")
    options = parser.parse_args()
    names = options.names or NAMES
    for name in names:
        if name not in NAMES:
            parser.error(f"there is no benchmark {name!r}")
    if "fixed" in names:
        fixed.main()
    if "demo" in names:
        demo.main(options.pairs)
    if "loading" in names:
        loading.main()
    if "company" in names:
        company.main()


if __name__ == "__main__":
    main()
