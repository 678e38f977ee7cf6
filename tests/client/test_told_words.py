"""What the signed index says of itself is shown to people: whoever signs it can lie there, and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from places import INK, Place

from devforge.model.index import ListEntry, PublishedYank, StateList

EVIL = {
    "colours and moves the cursor": "\x1b[31m\x1b[2J\x9b1;1Hall is well",
    "rings, and begins a line of its own": "bad\a\r\ndevforge: nothing is wrong",
    "runs backwards": "safe \u202etxe.exe",
    "floods": "x" * 100_000,
}


@pytest.mark.parametrize("words", EVIL.values(), ids=EVIL)
def test_words_of_the_index_stay_on_one_line_that_a_terminal_shows_as_it_is(place: Place, words):
    known = place.registry.shelf[INK]
    [version] = known.versions
    yanked = replace(version, yanked=PublishedYank(reason=words, replacement=words))
    place.registry.lists = {
        "malicious": StateList(entries={INK: ListEntry(reason=words, when="2026-11-23T09:00:00Z")})
    }
    place.registry.shelf[INK] = replace(
        known, display_name=words, description=words, developer=words, versions=(yanked,)
    )
    place.registry.rebuild()
    with place.open() as index:
        document, lists = index.document(INK), index.lists()

    told = [document.display_name, document.description, document.developer]
    told += [document.versions[0].yanked.sentence, lists.malicious[INK].sentence]
    assert all(line.isprintable() and 5 < len(line) < 1100 for line in told), told


def test_letters_that_are_joined_are_left_as_they_are(place: Place):
    known = place.registry.shelf[INK]
    words = "می‌خواهم 👩‍💻"
    place.registry.publish(replace(known, description=words))

    assert place.open().document(INK).description == words
