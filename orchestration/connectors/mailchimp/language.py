"""What Mailchimp's streams have in common: paging, moments, counts, and a recipient's columns."""

from __future__ import annotations

from orchestration.connectors.field import Field, Person, Type
from orchestration.connectors.stream import Pager, Paging

PAGES = Pager(
    paging=Paging.OFFSET,
    page_size=1000,
    limit_param="count",
    offset_param="offset",
    total_path="total_items",
)


def moment(name: str, path: str = "", *, required: bool = False, optional: bool = False) -> Field:
    """A time; that of something that did not happen is ``null`` or an empty text."""
    return Field(
        name,
        path=path,
        type=Type.TIMESTAMP,
        required=required,
        omitted_when_empty=optional,
        null_values=("",),
    )


def count(name: str, path: str = "", *, optional: bool = False) -> Field:
    """How many, never below zero."""
    return Field(name, path=path, type=Type.INTEGER, non_negative=True, omitted_when_empty=optional)


RECIPIENT = (
    Field("campaign_id", required=True),
    Field("email_id", required=True, person=Person.MEMBER),
    Field("email_address", type=Type.EMAIL),
    Field("list_id"),
)

SETTINGS = (
    "settings.authenticate", "settings.auto_fb_post", "settings.auto_footer",
    "settings.drag_and_drop", "settings.inline_css", "settings.reply_to", "settings.to_name",
    "settings.use_conversation",
)  # fmt: skip
