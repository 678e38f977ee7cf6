"""Feeds: what came out lately, in all and per extension, in Atom and in JSON. Same input, same bytes. Pure.

Source: RFC 4287 (Atom), RFC 4151 (`tag:` URIs, which name entries wherever the site lies), JSON Feed 1.1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

_ATOM = "http://www.w3.org/2005/Atom"
_NEVER = "1970-01-01T00:00:00Z"  # an empty feed has to have been updated at some time
# Characters no XML 1.0 document may hold, escaped or not.
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ENTRIES = 50

ET.register_namespace("", _ATOM)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One release."""

    extension: str
    version: str
    title: str
    summary: str
    author: str
    published: str  # RFC 3339
    page: str  # relative to the site


@dataclass(frozen=True, slots=True)
class FeedOf:
    """What a feed is about and where it and its page lie, relative to the site."""

    title: str
    subtitle: str
    path: str
    page: str

    @property
    def json_path(self) -> str:
        """Where the JSON Feed lies, beside the Atom one."""
        return self.path.replace(".xml", ".json")


def render_feed(
    feed: FeedOf, entries: Sequence[FeedEntry], *, site_url: str, home: str | None = None
) -> bytes:
    """Return the feed with the newest `ENTRIES` entries, the newest first.

    Args:
        site_url: where the site is served, ending in `/`: a feed is read away from its site, so
            its links are absolute.
        home: the address that names entries, whichever domain the site moves to; default: `site_url`.
    """
    shown = _newest(entries)
    root = ET.Element(f"{{{_ATOM}}}feed", {"xml:lang": "en"})
    _text(root, "title", feed.title)
    _text(root, "subtitle", feed.subtitle)
    home = home or site_url
    _text(root, "id", _tag(home, feed.path))
    _text(root, "updated", shown[0].published if shown else _NEVER)
    _link(root, "self", site_url + feed.path, "application/atom+xml")
    _link(root, "alternate", site_url + feed.page, "text/html")
    _text(root, "generator", "Dev Forge Registry")
    author = ET.SubElement(root, f"{{{_ATOM}}}author")
    _text(author, "name", feed.title)
    for entry in shown:
        _entry(root, entry, site_url, home)
    ET.indent(root, " ")
    content: bytes = ET.tostring(root, "utf-8", xml_declaration=True)
    return content + b"\n"


def render_json_feed(
    feed: FeedOf, entries: Sequence[FeedEntry], *, site_url: str, home: str | None = None
) -> bytes:
    """Return the same as a JSON Feed, with the same ids."""
    whole = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _clean(feed.title),
        "description": _clean(feed.subtitle),
        "home_page_url": site_url + feed.page,
        "feed_url": site_url + feed.json_path,
        "language": "en",
        "items": [
            {
                "id": _tag(home or site_url, f"{entry.extension}/{entry.version}"),
                "url": site_url + entry.page,
                "title": _clean(f"{entry.title} {entry.version}"),
                "content_text": _clean(entry.summary),
                "date_published": entry.published,
                "authors": [{"name": _clean(entry.author)}],
            }
            for entry in _newest(entries)
        ],
    }
    return json.dumps(whole, indent=1, ensure_ascii=False).encode() + b"\n"


def _newest(entries: Sequence[FeedEntry]) -> list[FeedEntry]:
    newest = sorted(entries, key=lambda e: (e.published, e.extension, e.version), reverse=True)
    return newest[:ENTRIES]


def _clean(text: str) -> str:
    """Return what both formats can say; a reader of XML is handed every end of a line as \\n."""
    return _FORBIDDEN.sub("\ufffd", re.sub("\r\n?", "\n", text))


def _entry(root: ET.Element, entry: FeedEntry, site_url: str, home: str) -> None:
    node = ET.SubElement(root, f"{{{_ATOM}}}entry")
    _text(node, "title", f"{entry.title} {entry.version}")
    _text(node, "id", _tag(home, f"{entry.extension}/{entry.version}"))
    _text(node, "published", entry.published)
    _text(node, "updated", entry.published)
    _link(node, "alternate", site_url + entry.page, "text/html")
    author = ET.SubElement(node, f"{{{_ATOM}}}author")
    _text(author, "name", entry.author)
    _text(node, "summary", entry.summary)


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}").text = _clean(text)


def _link(parent: ET.Element, relation: str, href: str, kind: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}link", {"rel": relation, "type": kind, "href": href})


def _tag(home: str, specific: str) -> str:
    place = urlsplit(home)
    return f"tag:{place.hostname},2026:{quote(place.path.strip('/') + '/' + specific, safe='/.-_')}"
