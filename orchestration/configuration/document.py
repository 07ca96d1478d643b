"""A YAML file as plain data that still knows the line of every key.

Belongs here: YAML and lines. Does not belong here: what keys mean (``model.py``) or where the file
is (``settings.py``).
"""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from orchestration.foundation.errors import TributaryError
from orchestration.foundation.regular import open_regular
from orchestration.foundation.repository import EXAMPLE_CONFIGURATION

_MOST_BYTES = 10 * 10**6
_MOST_VALUES = 200_000
"""Aliases of aliases make billions of values from a few lines."""


class SettingsError(TributaryError):
    """The configuration or the environment cannot be used as it is."""

    exit_status = 2


class Document:
    """A YAML file as plain data, with the line of every key.

    Args:
        path: The file.

    Raises:
        SettingsError: It cannot be read, is not YAML, or contains a key twice.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[tuple[Hashable, ...], int] = {}
        self._values = 0
        try:
            file, status = open_regular(path)
            with file:
                if status.st_size > _MOST_BYTES:
                    raise self.error((), f"the file is larger than {_MOST_BYTES // 10**6} MB")
                text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise SettingsError(
                f"The configuration is not text in UTF-8: byte {error.start + 1} is "
                f"0x{error.object[error.start]:02x}.",
                where=f"{path}, line {error.object.count(10, 0, error.start) + 1}",
                remedy="Save the file in UTF-8.",
            ) from None
        except OSError as error:
            raise SettingsError(
                f"The configuration cannot be read: {error.strerror}.",
                where=str(path),
                remedy=f"Check TRIBUTARY_CONFIG, or create the file from {EXAMPLE_CONFIGURATION}.",
            ) from error
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
            self.data: Any = {} if node is None else self._value(node, (), ())
        except RecursionError:
            raise self.error((), "lists or mappings are nested too deeply") from None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f", line {mark.line + 1}" if mark else ""
            raise SettingsError(
                f"The configuration is not valid YAML: {getattr(error, 'problem', error)}.",
                where=f"{path}{line}",
                remedy="Fix the file at that line.",
            ) from error
        if not isinstance(self.data, dict):
            raise self.error((), "the file must contain keys such as company and inbox")

    def _value(
        self, node: yaml.Node, at: tuple[Hashable, ...], above: tuple[yaml.Node, ...]
    ) -> Any:
        self.lines[at] = node.start_mark.line + 1
        self._values += 1
        if self._values > _MOST_VALUES:
            raise self.error(at, f"the file has more than {_MOST_VALUES:,} values with its aliases")
        if any(node is each for each in above):
            raise self.error(at, "an alias names what it is part of")
        above = (*above, node)
        if isinstance(node, yaml.MappingNode):
            result: dict[str, Any] = {}
            for key_node, value_node in node.value:
                if not isinstance(key_node, yaml.ScalarNode):
                    raise self.error(at, "a key must be a text")
                key = str(key_node.value)
                if key in result:
                    self.lines[(*at, key)] = key_node.start_mark.line + 1
                    raise self.error((*at, key), "the key appears twice")
                result[key] = self._value(value_node, (*at, key), above)
                self.lines[(*at, key)] = key_node.start_mark.line + 1
            return result
        if isinstance(node, yaml.SequenceNode):
            return [self._value(child, (*at, i), above) for i, child in enumerate(node.value)]
        try:
            return yaml.SafeLoader("").construct_object(node)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            said = getattr(error, "problem", None) or "it is no value that YAML knows"
            raise self.error(at, f"the value cannot be read: {said}") from None

    def line(self, at: tuple[Hashable, ...]) -> int | None:
        """The line of a key, or of its nearest parent that appears in the file."""
        while at not in self.lines and at:
            at = at[:-1]
        return self.lines.get(at)

    def error(
        self, at: tuple[Hashable, ...], what: str, remedy: str = "Fix that line, then run again."
    ) -> SettingsError:
        """An error at a key."""
        key = ".".join(str(part) for part in at)
        line = self.line(at)
        return SettingsError(
            f"Configuration: {key + ': ' if key else ''}{what}.",
            where=f"{self.path}" + (f", line {line}" if line else ""),
            remedy=remedy,
        )
