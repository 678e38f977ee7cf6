"""Strangers' Markdown as HTML that can do nothing. Pure.

As on GitHub some HTML may be written inside it, `<details>` and `<sub>` among it; what is not on
the list below is taken away, and images become links: a page asks no other server for anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from markupsafe import Markup

_TAGS = {
    "a", "blockquote", "br", "code", "dd", "del", "details", "dl", "dt", "em", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "kbd", "li", "ol", "p", "pre", "s", "strong", "sub", "summary", "sup",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "details": {"open"}}
_SCHEMES = {"http", "https", "mailto"}


def _image(_renderer: object, tokens: Sequence[Token], index: int, *_more: Any) -> str:
    token = tokens[index]
    target, words = str(token.attrs.get("src", "")), token.content or "image"
    return f'<a href="{escapeHtml(target)}">Image: {escapeHtml(words)}</a>'


_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_PARSER.add_render_rule("image", _image)


def render_prose(markdown: str | None, base: str = "") -> Markup:
    """Return `markdown` as safe HTML; relative links lead on from `base`, where that is given."""

    def kept(_tag: str, attribute: str, value: str) -> str | None:
        if attribute != "href" or not base:
            return value
        try:
            return urljoin(base, value)
        except ValueError:
            return None

    return Markup(  # noqa: S704 - nh3 has just made it safe
        nh3.clean(
            str(_PARSER.render(markdown or "")),
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            attribute_filter=kept,
            url_schemes=_SCHEMES,
            link_rel="nofollow noopener noreferrer",
        )
    )


def text_of(markdown: str) -> str:
    """Return what a reader sees of the Markdown, without any markup."""
    reader = _Text()
    reader.feed(render_prose(markdown))
    return "".join(reader.parts).strip()


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
