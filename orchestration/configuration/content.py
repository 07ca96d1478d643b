"""The content section of ``tributary.yaml``: which pages are content, of which topic and format.

Belongs here: one pattern of pages. Does not belong here: lists of content, which are files of the
inbox.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from orchestration.configuration.strict import Strict


def _page(value: str) -> str:
    """A page as the models write it: without scheme, ``www.`` and final slash."""
    if re.search(r"[?\s]", value):
        raise ValueError(
            f"{value!r} is not a page such as /blog/* or acme.example/guides/*: "
            "pages have no parameters and no blanks"
        )
    host, slash, path = re.sub(r"^(?:[a-zA-Z]+:)?//", "", value).partition("/")
    if not slash and not re.fullmatch(r"[^.]+(?:\.[^.]+)+", host):
        raise ValueError(f"{value!r} is not a page: begin a path with a slash, as in /{value}")
    return f"{host.lower().removeprefix('www.')}/{path.rstrip('/')}"


class ContentPages(Strict):
    """Pages that are content.

    Attributes:
        url: A pattern in which * means any text; one that begins with a slash is a path of any
            host.
        topic: What they are about.
        format: What they are: ``blog_post``, ``ebook``, ``video``.
    """

    url: Annotated[str, Field(pattern=r"\S"), AfterValidator(_page)]
    topic: Annotated[str, Field(pattern=r"\S")] | None = None
    format: Annotated[str, Field(pattern=r"\S")] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> ContentPages:
        if self.topic is None and self.format is None:
            raise ValueError(f"{self.url}: name a topic, a format or both")
        return self
