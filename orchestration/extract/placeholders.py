"""Fills in requests: placeholders are replaced by values and never evaluated.

Belongs here: the placeholders of ``connectors.stream.Request``.
Does not belong here: sending the result (``client``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

from orchestration.extract.window import Window

_PLACEHOLDER = re.compile(r"\{([a-z_]+(?::\w+)?)\}")


def window_values(window: Window | None) -> dict[str, Any]:
    """The placeholders of a window; empty without one."""
    if window is None:
        return {}
    return {
        "window_start_date": window.start.isoformat(),
        "window_end_date": window.last_day.isoformat(),
        "window_start_iso": _iso(window.start_at),
        "window_end_iso": _iso(window.end_at),
        "window_start_millis": _millis(window.start_at),
        "window_end_millis": _millis(window.end_at),
        "window_start_seconds": _seconds(window.start_at),
        "window_end_seconds": _seconds(window.end_at),
        **_calendar("window_start", window.start),
        **_calendar("window_end", window.last_day),
    }


def option_values(options: Mapping[str, str]) -> dict[str, str]:
    """The placeholders of a connector's options."""
    return {f"option:{name}": value for name, value in options.items()}


def secret_values(secrets: Mapping[str, str]) -> dict[str, str]:
    """The placeholders of a connector's secrets."""
    return {f"secret:{name}": value for name, value in secrets.items()}


def fill(text: str, values: Mapping[str, Any]) -> str:
    """The text with every placeholder replaced by its value; names of a list joined by commas.

    Raises:
        ValueError: A placeholder has no value here.
    """
    return _PLACEHOLDER.sub(lambda match: ",".join(_texts(_value(match[1], values))), text)


def fill_path(text: str, values: Mapping[str, Any]) -> str:
    """Like ``fill``, with each value encoded so that it stays one segment of the path."""
    return _PLACEHOLDER.sub(
        lambda match: ",".join(quote(t, safe="") for t in _texts(_value(match[1], values))), text
    )


def fill_body(body: Any, values: Mapping[str, Any]) -> Any:
    """``fill`` for every text inside; a text that is only a placeholder becomes its value."""
    if isinstance(body, Mapping):
        return {key: fill_body(value, values) for key, value in body.items()}
    if isinstance(body, list | tuple):
        return [fill_body(value, values) for value in body]
    if not isinstance(body, str):
        return body
    alone = _PLACEHOLDER.fullmatch(body)
    return _value(alone[1], values) if alone else fill(body, values)


def _value(name: str, values: Mapping[str, Any]) -> Any:
    if name not in values:
        raise ValueError(f"The placeholder {{{name}}} has no value in this request")
    return values[name]


def fill_form(form: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """``fill`` for every text of a form, which has no lists."""
    return {
        name: fill(text, values) if isinstance(text, str) else text for name, text in form.items()
    }


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _calendar(name: str, day: date) -> dict[str, int]:
    return {f"{name}_year": day.year, f"{name}_month": day.month, f"{name}_day": day.day}


def _iso(moment: datetime) -> str:
    return f"{moment.isoformat()}Z"


def _seconds(moment: datetime) -> str:
    return str(int(moment.replace(tzinfo=UTC).timestamp()))


def _millis(moment: datetime) -> str:
    return f"{_seconds(moment)}000"
