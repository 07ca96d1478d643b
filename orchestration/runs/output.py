"""What a command shows a person: its own lines. Everything else goes to a log file.

Belongs here: sending the output of this process and of its children to a file. Does not belong
here: the text of the lines (``progress.py`` and ``commands``).
"""

from __future__ import annotations

import codecs
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from rich.console import Console

from orchestration.foundation.terminal import visible_log

_POLL_SECONDS = 0.1


@contextmanager
def output_to(log_path: Path, console: Console, *, verbose: bool = False) -> Iterator[None]:
    """Send this process's output, and that of its children, to a log file.

    The console keeps writing where it wrote before. Nothing may replace ``sys.stdout`` meanwhile,
    as Rich's live displays do by default: they would bring every line back to the screen.

    Args:
        log_path: The file; its existing content stays.
        console: The console of the command.
        verbose: Also show what is written to the file.
    """
    log_path.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    before = console.file
    with (
        log_path.open("ab", buffering=0) as log,
        # A character that the terminal's encoding lacks must not end a run.
        os.fdopen(os.dup(1), "w", errors="replace") as screen,
    ):
        console.file = screen
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        try:
            with _followed(log_path, screen, verbose):
                yield
                sys.stdout.flush()
                sys.stderr.flush()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            screen.flush()
            console.file = before
            for saved, target in zip(kept, (1, 2), strict=True):
                os.dup2(saved, target)
                os.close(saved)


@contextmanager
def _followed(log_path: Path, screen: TextIO, verbose: bool) -> Iterator[None]:
    """Copy additions to the file to the screen.

    It follows the file instead of splitting a pipe: pausing the screen with Ctrl-S does not stop
    the run, and the log is complete whatever happens to the screen.
    """
    if not verbose:
        yield
        return
    ended = threading.Event()

    def follow() -> None:
        with log_path.open("rb") as log:
            log.seek(0, os.SEEK_END)
            begun.set()
            last = False
            decode = codecs.getincrementaldecoder("utf-8")("replace").decode
            while not last:
                last = ended.wait(_POLL_SECONDS)
                screen.write(visible_log(decode(log.read())))
                screen.flush()

    begun = threading.Event()
    follower = threading.Thread(target=follow, name="follows the log", daemon=True)
    follower.start()
    begun.wait()
    try:
        yield
    finally:
        ended.set()
        follower.join()
