"""Work done by an account that is neither root nor the owner of this checkout.

Belongs here: becoming that account in a child. Does not belong here: the work.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from pathlib import Path

NOBODY = 65534


def as_ordinary_user(folder: Path, work: Callable[[], object]) -> str:
    """Do something in a child as an ordinary user; returns what it returned, or its error.

    Everything that the work imports must be imported: the account may not read this environment.
    Where the tests do not run as root, they are an ordinary user's already.

    Args:
        folder: Given to the account first.
        work: What to do.
    """
    reads, writes = os.pipe()
    if os.geteuid() == 0:
        for above in (folder, *folder.parents):
            if above.stat().st_mode & 0o011 != 0o011 and above != Path("/"):
                above.chmod(above.stat().st_mode | 0o011)
        os.chown(folder, NOBODY, NOBODY)
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            said = str(work())
        except BaseException as error:
            said = f"{type(error).__name__}: {error}\n{traceback.format_exc()}"
        os.write(writes, said.encode()[:60_000])
        os._exit(0)
    os.close(writes)
    with os.fdopen(reads, "rb") as answer:
        said = answer.read().decode()
    os.waitpid(child, 0)
    return said
