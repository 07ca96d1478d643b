"""Modules that are imported when something of them is used, or not at all."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class _Later(ModuleType):
    """Stands for a module until one of its attributes is asked for.

    The standard library's lazy loader imports a module as soon as a second one names it.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def import_later(*names: str) -> None:
    """Let whoever imports these modules from now on get them when something of them is used.

    Args:
        names: Modules; those that are imported already stay as they are.
    """
    for name in names:
        sys.modules.setdefault(name, _Later(name))


@contextmanager
def not_installed(*names: str) -> Iterator[None]:
    """Let what is imported in the body do without modules, as where they are not installed.

    Args:
        names: Modules; those that are imported already stay available.
    """
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: not to be found
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
