"""``tributary-dbt``: dbt that dies with its parent, so that a killed run leaves no writer behind.

Belongs here: starting dbt under a supervisor. Does not belong here: which command dbt runs
(``dbt.py``), or what is changed in it (``dbt_adapted.py``). Only the standard library is imported
before the fork, so that the supervisor stays small.

The process that is called becomes the supervisor. It forks once; the child runs dbt. The supervisor
passes signals on and ends the child when its own parent is gone; the child ends when the supervisor
is gone. It takes two processes because the kernel's parent-death signal fires when the *thread*
that started a process ends, and Dagster starts dbt from threads. Here the signal is tied to the
supervisor's only thread. Polling covers systems without that signal.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from importlib import metadata

POLL_SECONDS = 0.25
"""How often to check that the parent still runs; well under the promised two seconds."""

PARENT = "TRIBUTARY_DBT_PARENT"
"""The process on whose behalf dbt runs. Without it, a parent that died while this interpreter
started could not be distinguished from the process that inherited us.
"""

_PR_SET_PDEATHSIG = 1
_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def main() -> None:
    """Run dbt with this process's arguments and exit with its status."""
    if sys.argv[1:] == ["--version"]:
        # dagster-dbt asks before every run; importing dbt to answer takes two seconds.
        print(f"Core:\n  - installed: {metadata.version('dbt-core')}")  # noqa: T201
        return
    sys.exit(supervise(_dbt))


def _dbt() -> None:
    from orchestration.foundation.memory import collect_rarely, keep_imports

    collect_rarely()
    from dbt.cli.main import cli

    from orchestration.transform.dbt_adapted import adapt

    templates = adapt(sys.argv[1])
    keep_imports()
    sys.argv[0] = "dbt"
    try:
        cli()
    finally:
        templates.keep()


def supervise(work: Callable[[], None]) -> int:
    """Run ``work`` in a child process that ends when this process or its parent ends.

    Returns:
        The child's exit status; 128 + n when signal n ended it.
    """
    parent = int(os.environ.get(PARENT) or os.getppid())
    if os.getppid() != parent:
        return 128 + signal.SIGKILL
    supervisor = os.getpid()
    # What arrives before both are ready is passed on once they are.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, _FORWARDED)
    ready_read, ready_write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ready_read)
        _become_child(supervisor)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        os.close(ready_write)
        work()
        sys.exit(0)
    os.close(ready_write)
    # Ends when the child is ready, or is no more.
    os.read(ready_read, 1)
    os.close(ready_read)
    return _wait(child, parent, mask)


def _become_child(supervisor: int) -> None:
    # Its own process group, so that Ctrl-C at the terminal reaches dbt once, via the supervisor.
    os.setpgid(0, 0)
    for number in _FORWARDED:
        # An earlier one reached both; ignored for a moment, it no longer waits here.
        handler = signal.getsignal(number) or signal.SIG_DFL
        signal.signal(number, signal.SIG_IGN)
        signal.signal(number, handler)
    # Processes that a shell starts in the background ignore interrupts, but Dagster stops dbt with
    # one.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    watcher = threading.Thread(target=_die_without, args=(supervisor,), daemon=True)
    watcher.start()


def _die_without(supervisor: int) -> None:
    while os.getppid() == supervisor:
        time.sleep(POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def _wait(child: int, parent: int, mask: set[signal.Signals | int]) -> int:
    """Wait for the child, passing signals on, and kill it when the parent is gone."""
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    for number in _FORWARDED:
        signal.signal(number, lambda number, frame: _signal(child, number))
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
        if os.getppid() != parent:
            _signal(child, signal.SIGKILL)
        if select.select([wake_read], [], [], POLL_SECONDS)[0]:
            os.read(wake_read, 512)


def _signal(child: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, number)


if __name__ == "__main__":
    main()
