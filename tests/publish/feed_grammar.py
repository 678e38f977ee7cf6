"""What Atom and JSON Feed allow, as far as we write it; anything else is a fault.

Source: RFC 4287, sections 3, 4 and appendix B; RFC 3339; RFC 4151; jsonfeed.org, "JSON Feed Version 1.1".
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

ATOM = "{http://www.w3.org/2005/Atom}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_MOMENT = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
)
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_TAG = re.compile(
    r"tag:[a-z0-9.-]+,\d{4}(-\d\d){0,2}:([A-Za-z0-9/._~!$&'()*+,;=:@?-]|%[0-9A-F]{2})+"
)
# An element → its children, each with how often it may stand, and None for any number.
_COMMON = {"title": (1, 1), "id": (1, 1), "updated": (1, 1), "link": (0, None)}
_CHILDREN: dict[str, dict[str, tuple[int, int | None]]] = {
    "feed": _COMMON | {"subtitle": (0, 1), "generator": (0, 1), "author": (0, None), "entry": (0, None)},
    "entry": _COMMON | {"published": (0, 1), "summary": (0, 1), "author": (1, None)},
    "author": {"name": (1, 1), "uri": (0, 1), "email": (0, 1)},
}  # fmt: skip
_ATTRIBUTES = {"feed": {_LANG}, "link": {"rel", "type", "href"}}
_TEXTS = {"updated": _MOMENT, "published": _MOMENT, "id": _TAG}
_FEED = {"version", "title", "description", "home_page_url", "feed_url", "language", "items"}
_ITEM = {"id", "url", "title", "content_text", "date_published", "authors"}


def atom_faults(content: bytes) -> list[str]:
    """Return what is wrong with an Atom document."""
    try:
        root = ET.fromstring(content)
    except ET.ParseError as error:
        return [f"no XML: {error}"]
    faults = [] if root.tag == f"{ATOM}feed" else [f"{root.tag} is no feed"]
    for element in root.iter():
        faults += _element_faults(element)
    faults += _twice("id", [node.text for node in root.iter(f"{ATOM}id")])
    for node in (root, *root.iter(f"{ATOM}entry")):
        links = [(link.get("rel"), link.get("type")) for link in node.iterfind(f"{ATOM}link")]
        faults += _twice("link", links)
        # Without content, an entry leads to a page.
        faults += [] if ("alternate", "text/html") in links else [f"{node.tag} leads nowhere"]
    return faults


def _element_faults(element: ET.Element) -> Iterator[str]:
    namespace, _, name = str(element.tag).rpartition("}")
    if f"{namespace}}}" != ATOM:
        yield f"{element.tag} is not of Atom"
    if extra := element.attrib.keys() - _ATTRIBUTES.get(name, set()):
        yield f"{name} has {extra}"
    children = _CHILDREN.get(name, {})
    found = Counter(str(child.tag).removeprefix(ATOM) for child in element)
    yield from (f"{name} holds {other}" for other in found.keys() - children.keys())
    for child, (least, most) in children.items():
        if not least <= found[child] <= (found[child] if most is None else most):
            yield f"{name} holds {child} {found[child]} times"
    if children and (element.text or "").strip():
        yield f"{name} holds text"
    if (shape := _TEXTS.get(name)) and not shape.fullmatch(element.text or ""):
        yield f"{name} is {element.text!r}"
    if name == "link" and not _ADDRESS.fullmatch(element.get("href", "")):
        yield f"link to {element.get('href')!r}"


def json_faults(content: bytes) -> list[str]:
    """Return what is wrong with a JSON Feed."""
    try:
        feed = json.loads(content.decode("utf-8"))
    except ValueError as error:
        return [f"no JSON: {error}"]
    faults = [f"feed has {extra}" for extra in feed.keys() ^ _FEED]
    if feed["version"] != "https://jsonfeed.org/version/1.1":
        faults.append(feed["version"])
    faults += _addresses(feed, "home_page_url", "feed_url")
    faults += [f"{name} is no text" for name in ("title", "description") if not isinstance(feed[name], str)]  # fmt: skip
    for item in feed["items"]:
        faults += [f"item has {extra}" for extra in item.keys() ^ _ITEM]
        faults += _addresses(item, "url")
        faults += [f"{n} is no text" for n in ("title", "content_text") if not isinstance(item[n], str)]  # fmt: skip
        faults += [] if _MOMENT.fullmatch(item["date_published"]) else [item["date_published"]]
        faults += [] if _TAG.fullmatch(item["id"]) else [item["id"]]
        # An author has at least one of name, url and avatar; an empty name is none.
        faults += [] if item["authors"] and all(a.get("name") for a in item["authors"]) else ["no author"]  # fmt: skip
    return faults + _twice("id", [item["id"] for item in feed["items"]])


def _addresses(value: dict[str, Any], *names: str) -> list[str]:
    return [f"{name} is {value[name]}" for name in names if not _ADDRESS.fullmatch(value[name])]


def _twice(what: str, found: list[Any]) -> list[str]:
    return [f"{what} {one} is there {n} times" for one, n in Counter(found).items() if n > 1]
