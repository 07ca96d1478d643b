"""``python -m orchestration``: the same as ``tributary``."""

from orchestration.cli import main

main()
