"""Answers in a child process that has a bound of memory and ends within two seconds of Ctrl-C.

Belongs here: the child, its limits, and tidying up after it. Does not belong here: what it answers
(``sql.py``, ``export.py``).

A query can keep DuckDB, or the conversion of one value, busy where no exception reaches it. A
process can always be ended from outside.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType

from orchestration.configuration.settings import Settings
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.reading import READER
from orchestration.privacy.guarded import unexpected
from orchestration.privacy.messages import without_values

GRACE_SECONDS = 1.2
"""How long an interrupted child may tidy up by itself."""
HEADROOM = 2**30
"""Bytes that the child may hold beside DuckDB's limit: Python, and the rows being shown."""
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_PR_SET_PDEATHSIG = 1


class AnswerEnded(TributaryError):
    """The process that was to answer ran out of memory, or was ended."""


def bounded(
    settings: Settings,
    work: Callable[[], None],
    show: Callable[[TributaryError], None],
    leftovers: Callable[[int], Iterable[Path]] = lambda child: (),
) -> int:
    """Do something in a child process; returns the status to exit with.

    Args:
        settings: Name the limit of memory.
        work: What to do.
        show: How to show an error.
        leftovers: What the child of this process id may leave when it is killed, beside its spill
            folder.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _work(settings, work, show)
    asked: list[int] = []
    timers: list[threading.Timer] = []

    def stop(number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGINT)
        if not asked:
            timer = threading.Timer(GRACE_SECONDS, _kill, (child,))
            timer.daemon = True
            timer.start()
            timers.append(timer)
        asked.append(number)

    before = {number: signal.signal(number, stop) for number in _ENDING}
    try:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        # Once the child is gone, its number may be another process's.
        for timer in timers:
            timer.cancel()
    for path in (*Path(tempfile.gettempdir()).glob(f"{READER}{child}-*"), *leftovers(child)):
        shutil.rmtree(path, ignore_errors=True)
    if asked:
        return 128 + asked[0]
    if code < 0:
        show(_too_much(f"The process that answered was ended by signal {-code}."))
        return 1
    return code


def _kill(child: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


def _work(
    settings: Settings, work: Callable[[], None], show: Callable[[TributaryError], None]
) -> None:
    """Do the work and end this process; nothing of what the parent would do next happens here."""
    status = 1
    try:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.signal(signal.SIGINT, _interrupt_once)
        limit_memory(settings.memory_limit)
        work()
        sys.stdout.flush()
        status = 0
    except KeyboardInterrupt:
        status = 128 + signal.SIGINT
    except BrokenPipeError:
        status = 128 + signal.SIGPIPE
    except MemoryError:
        show(_too_much("The answer needs more memory than it may use."))
    except TributaryError as error:
        show(error)
        status = error.exit_status
    except Exception as error:
        show(unexpected(error, without_values(error)))
    finally:
        with contextlib.suppress(OSError):
            sys.stderr.flush()
        os._exit(status)


def _interrupt_once(number: int, frame: FrameType | None) -> None:
    """Ctrl-C reaches this process from the terminal and from its parent; once is enough."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _too_much(what: str) -> AnswerEnded:
    return AnswerEnded(
        what,
        remedy="Select fewer rows or shorter values, for example left(text, 100); "
        "TRIBUTARY_MEMORY_LIMIT raises the limit.",
    )


def limit_memory(limit: str) -> None:
    """Let the system refuse memory beyond the limit, whoever asks for it."""
    found = re.fullmatch(r"\s*([0-9.]+)\s*([kmgt]?)(i?)b?\s*", limit.lower())
    statm = Path("/proc/self/statm")
    if found is None or not statm.exists():
        return
    held = int(statm.read_text().split()[5]) * resource.getpagesize()
    most = held + int(float(found[1]) * _UNITS[found[2]]) + HEADROOM
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    if hard == resource.RLIM_INFINITY or hard > most:
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
