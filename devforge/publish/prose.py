"""Turns strangers' Markdown into HTML that can do nothing: no script, style, form, image or frame.

Images become links, because a page of ours asks no other server for anything. Links that stay
within the source lead to it at the reviewed commit. Pure.

Source: attack table B16; the allow-list is nh3's (ammonia), narrowed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote, urljoin, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from markupsafe import Markup

_TAGS = {
    "a", "abbr", "blockquote", "br", "code", "dd", "del", "details", "dl", "dt", "em", "h2", "h3",
    "h4", "h5", "h6", "hr", "kbd", "li", "ol", "p", "pre", "s", "samp", "strong", "sub", "summary",
    "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "abbr": {"title"}}
_SCHEMES = {"https", "http", "mailto"}
_DEEPEST = 6
_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def render_prose(markdown: str, *, source_url: str, below: int, title: str = "") -> Markup:
    """Return `markdown` as safe HTML whose highest heading lies one below level `below`.

    Args:
        source_url: where the file's directory is shown at its commit, ending in `/`.
        title: what the page already says above; a first heading of the same words is left out.
    """
    tokens = _without_title(_PARSER.parse(markdown), title)
    _sink_headings(tokens, below)
    for token in tokens:
        if token.children:
            token.children = list(_without_images(token.children))
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if (tag, attribute) == ("a", "href"):
            return _target(value, source_url)
        return value

    return Markup(  # noqa: S704  nh3 has just made it safe
        nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes=_SCHEMES,
            attribute_filter=keep,
            link_rel="nofollow noopener noreferrer ugc",
        )
    )


def _without_title(tokens: list[Token], title: str) -> list[Token]:
    """Leave out a heading at the very beginning that says `title` again."""
    if len(tokens) > 2 and tokens[0].type == "heading_open":
        said = tokens[1].content.strip().casefold()
        return tokens[3:] if said == title.casefold() else tokens
    return tokens


def _sink_headings(tokens: Sequence[Token], below: int) -> None:
    """Shift all headings so that the page's own outline stays whole."""
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    shift = below + 1 - min(levels, default=1)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{max(2, min(_DEEPEST, int(token.tag[1]) + shift))}"


def _without_images(children: Sequence[Token]) -> Iterator[Token]:
    """Yield `children` with each image as a link to it, or as its words where it is in a link."""
    depth = 0
    for child in children:
        depth += (child.type == "link_open") - (child.type == "link_close")
        if child.type != "image":
            yield child
            continue
        words = escapeHtml(child.content.strip() or "image")
        target = escapeHtml(str(child.attrs.get("src", "")))
        shown = words if depth else f'<a href="{target}">Image: {words}</a>'
        yield Token("html_inline", "", 0, content=shown)


def _target(href: str, source_url: str) -> str | None:
    """Where a link of the source leads; None takes the link away and leaves its words."""
    text = href.strip()
    if not text or text.startswith("#"):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.netloc and not parts.scheme:
        return f"https:{text}"
    if parts.scheme:
        return text
    return urljoin(source_url, quote(text.lstrip("/\\"), safe="/#?=&%.-_~+"))
