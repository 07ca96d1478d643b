"""Text on its way to a terminal: what data contain is shown, and never acts.

Belongs here: making escape sequences, bidirectional controls and Rich's markup visible. Does not
belong here: what a message may say (``privacy/messages.py``), or the tables of the commands.
"""

from __future__ import annotations

import os
import re
import unicodedata

from rich.console import Console
from rich.text import Text

_ACTING = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Categories of characters that a terminal obeys or that hide: controls, formats, separators."""
_JOINERS = frozenset("\u200c\u200d")
"""Characters of category Cf that belong to the spelling of words and of emoji."""
_PICTURES = 0x2400
_BEFORE_MARKUP = re.compile(r"(\\*)(\[|$)")
_COLOURS = re.compile(r"(\x1b\[[0-9;]*m)")


class Screen(Console):
    """A console whose reader may leave: ``tributary run | head -3`` publishes all the same."""

    def on_broken_pipe(self) -> None:
        """Write to nobody from now on."""
        self.quiet = True
        nobody = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nobody, self.file.fileno())
        os.close(nobody)


def visible(text: str, *, lines: bool = False) -> str:
    """The text with a visible sign for each character that a terminal would obey.

    Args:
        text: Any text.
        lines: Whether its line ends and tabs stay; a cell or a name has none.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(sign, lines) for sign in text)


def _visible(sign: str, lines: bool) -> str:
    if (lines and sign in "\n\t") or sign in _JOINERS or unicodedata.category(sign) not in _ACTING:
        return sign
    if ord(sign) < 0x20:
        return chr(_PICTURES + ord(sign))
    return "\N{REPLACEMENT CHARACTER}"


def shown(text: str, *, lines: bool = False) -> Text:
    """Data as Rich shows them: no markup, no escape sequence, no direction but the terminal's."""
    return Text(visible(text, lines=lines))


def plain(text: str) -> str:
    """Data to be put into a string of Rich's markup.

    ``rich.markup.escape`` leaves a backslash at the end, which would escape the markup after it.
    """
    return _BEFORE_MARKUP.sub(
        lambda found: found[1] * 2 + ("\\[" if found[2] else ""), visible(text)
    )


def visible_log(text: str) -> str:
    """Lines of a log as ``visible`` shows them; colours stay."""
    parts = _COLOURS.split(text)
    return "".join(
        part if at % 2 else visible(part.replace("\r\n", "\n"), lines=True)
        for at, part in enumerate(parts)
    )
