"""Reads the texts and ids of a file: one spelling for one text.

Belongs here: composed letters, HTML entities, and what spreadsheets make of ids. Does not belong
here: value maps (``values``), or what a text means (the models).
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable

from orchestration.connectors.field import Field, Type
from orchestration.foundation.unseen import visible
from orchestration.inbox.cells import Converter, Refused, Value

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
"""An entity that ends: the ``&copy=2`` of an address is none."""
_ENCODED_TWICE = 3
"""How often a name may have been encoded."""
_ADDRESSES = ("landing_page", "page_url", "referrer")
"""Fields that hold URLs, where an ampersand separates parameters."""
_FORMULA = re.compile(r'="([^"]*)"')
"""How a spreadsheet is made to keep a text: ``="00123"``."""
_FRACTION = re.compile(r"([0-9]+)[.,]0+")
_SHORTENED = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?[eE]\+[0-9]+|[+-]?[0-9][.,][0-9]+[eE][0-9]+")
_LONG_ID, _SHORT_ID = 18, 15
_SALESFORCE = re.compile(r"[A-Za-z0-9]{18}")


def composed(text: str) -> str:
    """The text with composed letters (NFC): ``a`` and dots above are ``ä``."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def decoded(text: str) -> str:
    """The text without HTML entities: ``Sommar &amp; Sol`` is ``Sommar & Sol``."""
    for _ in range(_ENCODED_TWICE):
        if "&" not in text:
            break
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return text


def is_id(field: Field) -> bool:
    """Whether a field holds ids, which are compared character by character."""
    return field.type is Type.STRING and field.name.endswith("_id") and field.name != "click_id"


def has_entities(field: Field) -> bool:
    """Whether a field's texts may hold HTML entities; in addresses an ampersand separates."""
    return field.type is Type.STRING and field.name not in _ADDRESSES


def cleaner(field: Field) -> Callable[[str], str]:
    """The function that trims a cell and gives it its one spelling, before maps are applied."""
    is_text = has_entities(field)
    lists_ids = is_id(field)

    def clean(cell: str) -> str:
        if lists_ids and "\n" in cell:
            cell = ";".join(cell.split())
        cell = visible(cell).strip()
        if cell.startswith('="') and (found := _FORMULA.fullmatch(cell)):
            cell = found[1].strip()
        return decoded(composed(cell)) if is_text else composed(cell)

    return clean


def id_reader(form: str) -> Converter:
    """The function that reads an id that no map names.

    Args:
        form: ``as_written``; ``salesforce``, whose ids of 18 characters are those of 15 with a
            checksum behind; or empty, where a whole number written as a fraction is that number.
    """

    def read(cell: str) -> Value:
        if _SHORTENED.fullmatch(cell):
            return Refused(
                cell,
                "bad_type",
                "an id: a spreadsheet shortened it and its last digits are lost; export it again "
                "with this column as text",
            )
        if form == "salesforce" and len(cell) == _LONG_ID and _SALESFORCE.fullmatch(cell):
            return cell[:_SHORT_ID]
        if form != "as_written" and (found := _FRACTION.fullmatch(cell)):
            return found[1]
        return cell

    return read
