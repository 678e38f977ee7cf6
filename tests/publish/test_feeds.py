"""Feeds: what RFC 4287 asks for, whatever an extension calls itself."""

from __future__ import annotations

import json
import re
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest
from feed_grammar import ATOM, atom_faults, json_faults
from hypothesis import given
from hypothesis import strategies as st

from devforge.publish.feeds import ENTRIES, FeedEntry, FeedOf, render_feed, render_json_feed

SITE = "https://operator.github.io/registry/"
FEED = FeedOf("Everything", "What is new", "feed.xml", "index.html")


def entry(number: int = 0, **changes: str) -> FeedEntry:
    values = {
        "extension": "acme.todo-tree",
        "version": f"1.{number}.0",
        "title": "Todo Tree",
        "summary": "Shows every TODO.",
        "author": "Acme",
        "published": f"2026-11-{1 + number % 28:02d}T10:00:00Z",
        "page": "extensions/acme/todo-tree/index.html",
    }
    return FeedEntry(**(values | changes))


def parsed(entries: list[FeedEntry]) -> ET.Element:
    return ET.fromstring(render_feed(FEED, entries, site_url=SITE))


def test_a_feed_reads_as_it_should(golden):
    golden("feed.xml", render_feed(FEED, [entry(1), entry(2)], site_url=SITE).decode())


def test_everything_the_standard_requires_is_there_once():
    feed = parsed([entry(n) for n in range(3)])
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1, name
        assert element.findall(f"{ATOM}author/{ATOM}name")
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated") or "")
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {"self": f"{SITE}feed.xml", "alternate": f"{SITE}index.html"}
    ids = [element.text for element in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids)


@given(text=st.text(max_size=80))
def test_no_name_breaks_the_feed(text):
    feed = parsed([entry(title=text, summary=text, author=text)])
    [found] = feed.findall(f"{ATOM}entry")
    assert found.findtext(f"{ATOM}title") is not None


def test_the_newest_come_first_and_no_more_than_a_reader_wants():
    feed = parsed([entry(number) for number in range(80)])
    dates = [found.findtext(f"{ATOM}updated") for found in feed.iter(f"{ATOM}entry")]

    assert len(dates) == ENTRIES
    assert dates == sorted(dates, reverse=True)
    assert feed.findtext(f"{ATOM}updated") == dates[0]


@given(order=st.permutations(range(6)))
def test_order_leaves_no_trace(order):
    shuffled = [entry(number) for number in order]
    assert render_feed(FEED, shuffled, site_url=SITE) == render_feed(
        FEED, [entry(number) for number in range(6)], site_url=SITE
    )


def test_an_empty_feed_is_a_feed():
    assert faults([]) == []
    assert parsed([]).findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"


def faults(entries, feed=FEED):
    return [
        *atom_faults(render_feed(feed, entries, site_url=SITE)),
        *json_faults(render_json_feed(feed, entries, site_url=SITE)),
    ]


HOSTILE = {
    "control characters": "".join(map(chr, range(0xA0))) + "\ufffe\uffff\U0001ffff",
    "ends of what one is inside of": "]]> --> </title></entry></feed> <![CDATA[ &amp; &#0; <?xml?> '\"}]",
    "an entity": '<!DOCTYPE feed [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    "emoji": "👩‍👩‍👧 🏳️‍🌈 \U0001f9ff",
    "right to left": "\u202e txt.exe \u2066 שלום \u200f العربية",
    "half of a pair": "\ud83d and \udc00",
    "long": "long & <wide> " * 7000,
    "nothing": "",
    "line ends": "\r\none\rtwo\u2028three\x85",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_both_standards_hold_whatever_an_extension_says_of_itself(text):
    entries = [entry(n, title=text, summary=text, author=text or "Acme") for n in range(2)]

    assert faults(entries, FeedOf(text, text, "feed.xml", "index.html")) == []


@given(texts=st.lists(st.text(max_size=60), min_size=2, max_size=2))
def test_a_reader_reads_in_both_feeds_what_was_written_but_for_what_xml_cannot_say(texts):
    title, summary = texts
    atom = parsed([entry(title=title, summary=summary)]).find(f"{ATOM}entry")
    [item] = json.loads(render_json_feed(FEED, [entry(title=title, summary=summary)], site_url=SITE))["items"]  # fmt: skip

    assert atom.findtext(f"{ATOM}title") == item["title"]
    assert atom.findtext(f"{ATOM}summary") == item["content_text"]
    said = re.sub("\r\n?", "\n", summary)
    assert [c for c in item["content_text"] if c != "\ufffd"] == [
        c for c in said if c in "\t\n" or (c >= " " and c not in "\ufffd\ufffe\uffff")
    ]


@pytest.mark.parametrize(
    ("good", "bad", "fault"),
    [
        (b"2026-11-02T10:00:00Z</updated>", b"</updated>", "updated is None"),
        (b"<name>Acme</name>", b"", "author holds name 0 times"),
        (b"<summary>", b"<summary kind='a'>", "summary has {'kind'}"),
        (b"</summary>", b"<b xmlns=''/></summary>", "summary holds b"),
        (b"tag:operator.github.io,2026:registry/a", b"urn:a", "id is 'urn:acme.todo-tree/1.1.0'"),
    ],
)  # fmt: skip
def test_what_the_standard_forbids_is_seen(good, bad, fault):
    content = render_feed(FEED, [entry(1)], site_url=SITE)
    assert good in content

    assert fault in atom_faults(content.replace(good, bad))


def test_the_json_feed_says_the_same(golden):
    golden("feed.json", render_json_feed(FEED, [entry(1), entry(2)], site_url=SITE).decode())


def test_entries_keep_their_names_when_the_site_moves_to_a_domain_of_its_own():
    moved = {"site_url": "https://extensions.example/", "home": SITE}
    entries = [entry(1), entry(2)]
    before, after = (
        (ET.fromstring(render_feed(FEED, entries, **place)), json.loads(render_json_feed(FEED, entries, **place)))
        for place in ({"site_url": SITE}, moved)
    )  # fmt: skip

    names = [[node.text for node in atom.iter(f"{ATOM}id")] for atom, _ in (before, after)]
    assert names[0] == names[1]
    assert [item["id"] for item in before[1]["items"]] == [item["id"] for item in after[1]["items"]]
    assert after[1]["items"][0]["url"].startswith("https://extensions.example/")


@given(texts=st.lists(st.text(max_size=40), max_size=4))
def test_both_feeds_name_the_same_releases_whatever_they_are_called(texts):
    entries = [entry(number, title=text, summary=text) for number, text in enumerate(texts)]
    told = json.loads(render_json_feed(FEED, entries, site_url=SITE))
    atom = parsed(entries)

    assert [item["id"] for item in told["items"]] == [
        found.findtext(f"{ATOM}id") for found in atom.findall(f"{ATOM}entry")
    ]
    assert told["feed_url"] == f"{SITE}feed.json"
