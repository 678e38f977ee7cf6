"""Feeds: what RFC 4287 asks for, whatever an extension calls itself."""

from __future__ import annotations

import json
from datetime import datetime
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from devforge.publish.feeds import ENTRIES, FeedEntry, FeedOf, render_feed, render_json_feed

ATOM = "{http://www.w3.org/2005/Atom}"
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
    assert parsed([]).findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"


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
