"""What Jinja compiled of dbt's templates, kept for the next process, as Python keeps its own code.

Belongs here: keeping compiled templates and fetching them. Does not belong here: when dbt compiles
(``dbt_contexts.py``). Of a small company's 15 CPU s of dbt, compiling 780 templates takes 1.6.

A template is found by its text, so that every company and version of the project shares one file.
Nothing is lost with it: a cache that cannot be read or written only costs the compiling.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from types import CodeType

from orchestration.foundation.durable import write_at_once
from orchestration.transform.parses import NO_CACHE, cache_folder

KEPT = 10_000
"""Templates; with more, only those that the last process used are kept. 1,000 take about 3 MB."""

_COMPILERS = ("jinja2", "dbt-common")
_DIGEST = hashlib.sha256().digest_size


class Templates:
    """Compiled templates by their text.

    Args:
        path: Where they are kept; ``None`` where nothing can be.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._before = {} if path is None else _read(path)
        self._used: dict[bytes, bytes] = {}

    def compiled(self, kind: str, source: str, compile_one: Callable[[], CodeType]) -> CodeType:
        """The code of a template, compiled only where no earlier process did.

        Args:
            kind: The kind of environment, each of which compiles in its own way.
            source: The template.
            compile_one: Compiles it.
        """
        key = hashlib.sha256(f"{kind}\0{source}".encode()).digest()
        found = self._before.get(key)
        if found is None:
            code = compile_one()
            self._used[key] = marshal.dumps(code)
            return code
        self._used[key] = found
        kept: CodeType = marshal.loads(found)
        return kept

    def keep(self) -> None:
        """Keep what was compiled, if anything was."""
        if self._path is None or self._used.keys() <= self._before.keys():
            return
        every = self._before | self._used
        content = marshal.dumps(every if len(every) <= KEPT else self._used)
        with suppress(*NO_CACHE):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # What two processes wrote at the same moment is damaged, and so none.
            write_at_once(self._path, hashlib.sha256(content).digest() + content)


def templates() -> Templates:
    """Those of this machine, compiled by the versions that would compile them now."""
    versions = [f"{package} {metadata.version(package)}" for package in _COMPILERS]
    name = hashlib.sha256(" ".join([sys.version, *versions]).encode()).hexdigest()
    try:
        return Templates(cache_folder().with_name("templates") / name)
    except NO_CACHE:
        return Templates(None)


def _read(path: Path) -> dict[bytes, bytes]:
    try:
        content = path.read_bytes()
    except NO_CACHE:
        return {}
    digest, content = content[:_DIGEST], content[_DIGEST:]
    if hashlib.sha256(content).digest() != digest:
        return {}
    found: dict[bytes, bytes] = marshal.loads(content)
    return found
