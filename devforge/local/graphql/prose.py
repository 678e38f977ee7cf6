"""Markdown as the HTML and the plain text that GitHub makes of it, near enough to read."""

from __future__ import annotations

from html.parser import HTMLParser

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def html_of(markdown: str) -> str:
    """Return Markdown rendered; raw HTML in it is shown, not used."""
    return str(_MARKDOWN.render(markdown))


def text_of(markdown: str) -> str:
    """Return what a reader sees of the Markdown, without any markup."""
    reader = _Text()
    reader.feed(html_of(markdown))
    return "".join(reader.parts).strip()


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
