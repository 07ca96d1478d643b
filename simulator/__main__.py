"""Serves the demo company: ``python -m simulator --port 0 --inbox DIR``.

Writes the demo's CSV files, prints one line of JSON with the address once every vendor answers,
and serves until its parent ends or it receives a stop signal.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from datetime import datetime
from pathlib import Path

from simulator.generation.calendar import DEMO_NOW
from simulator.generator import generate
from simulator.http import Clock
from simulator.inbox_files import write_inbox_files
from simulator.server import SimulatorServer


def main(arguments: list[str] | None = None) -> int:
    """Runs the server; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--inbox", type=Path, help="folder for the demo's CSV files")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the demo's size")
    parser.add_argument(
        "--now", type=datetime.fromisoformat, default=DEMO_NOW, help="the clock, with a zone"
    )
    options = parser.parse_args(arguments)
    parent = os.getppid()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    world = generate(options.seed, options.scale)
    if options.inbox is not None:
        write_inbox_files(world, options.inbox, options.now)
    with SimulatorServer(world, Clock(options.now), options.port) as server:
        sys.stdout.write(json.dumps({"url": server.url, "port": server.port}) + "\n")
        sys.stdout.flush()
        # A killed parent cannot stop us, so we check that it is still our parent.
        while not stop.wait(0.5) and os.getppid() == parent:
            while server.errors:
                sys.stderr.write(server.errors.pop(0))
    return 0


if __name__ == "__main__":
    sys.exit(main())
