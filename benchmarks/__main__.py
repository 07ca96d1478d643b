"""``python -m benchmarks NAME ...``: run the named benchmarks, or all of them."""

from __future__ import annotations

import sys
from importlib import import_module

BENCHMARKS = ("demo", "loading")


def main() -> None:
    """Run what was named."""
    for name in sys.argv[1:] or BENCHMARKS:
        if name not in BENCHMARKS:
            sys.exit(f"There is no benchmark {name!r}; there are: {', '.join(BENCHMARKS)}")
        print(f"== {name}", flush=True)
        import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
