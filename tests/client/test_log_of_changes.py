"""An update check reads the log of changes, however long somebody was away; all of it is signed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from places import INK, PEN, Place

from devforge.model.index import SEGMENTS, Change, Changes, Earlier
from devforge.model.names import ExtensionId
from devforge.updates.changes import read_changes

NAMES = [ExtensionId.parse(f"acme.{letter}") for letter in "abcde"]


def test_what_changed_vanished_or_was_listed_is_told_and_nothing_else(place: Place):
    with place.open() as index:
        generation = index.changed([INK, PEN]).generation
    place.registry.add("acme.ink", "1.1.0")
    place.registry.add("acme.ink", "1.2.0")
    place.registry.add("acme.other", "1.0.0")
    place.registry.list_as("malicious", "acme.other")
    place.registry.remove("acme.pen")
    place.server.forget()

    with place.open() as index:
        checked = index.changed([INK, PEN], generation)

    assert str(checked.documents[INK].versions[0].version) == "1.2.0"
    assert checked.documents[PEN] is None
    assert set(checked.documents) == {INK, PEN}
    assert [str(id_) for id_ in checked.lists.malicious] == ["acme.other"]
    assert checked.lists.removed == {}
    asked = [p for p in place.server.paths if "snapshot" in p or ".e-" in p]
    assert asked == []  # neither snapshot nor bins


def test_whoever_was_away_for_hundreds_of_changes_learns_of_all(place: Place):
    with place.open() as index:
        generation = index.changed([INK]).generation
    place.registry.add("acme.ink", "1.1.0")
    for number in range(45):
        place.registry.add("acme.busy", f"1.{number}.0")

    with place.open() as index:
        assert str(index.changed([INK], generation).documents[INK].versions[0].version) == "1.1.0"
        assert index.changed([INK], 10**9).documents[INK] is not None  # a generation that never was


def test_whoever_was_away_longer_than_the_log_reaches_reads_summaries_and_only_what_changed(place: Place):  # fmt: skip
    place.registry.add("acme.third", "1.0.0")
    names = [INK, PEN, ExtensionId.parse("acme.third")]
    with place.open() as index:
        index.changed(names)
    for number in range(12):  # every bin changes
        place.registry.add(f"acme.x{number}", "1.0.0")
    place.registry.change("acme.pen", "1.0.0", yanked={"reason": "It is wrong."})
    place.registry.remove("acme.third")
    place.server.forget()

    with place.open() as index:
        documents = index.changed(names, None).documents

    assert documents[PEN].versions[0].yanked.reason == "It is wrong."
    assert documents[INK].id == INK
    assert documents[names[2]] is None
    fetched = [path for path in place.server.paths if "targets/extensions/" in path]
    assert [path.partition(".")[2] for path in fetched] == ["acme.pen.json"]
    assert any("targets/summary/" in path for path in place.server.paths)


def test_a_summary_that_cannot_be_read_only_costs_more(place: Place, monkeypatch):
    monkeypatch.setattr("devforge.publish.layout.summary_entry", lambda newest, _: newest)
    place.registry.add("acme.ink", "1.0.0")
    with place.open() as index:
        index.changed([INK])
    for number in range(12):
        place.registry.add(f"acme.x{number}", "1.0.0")

    with place.open() as index:
        assert index.changed([INK], None).documents[INK].id == INK


@st.composite
def histories(draw):
    """Segments of a log, the newest first, and all changes there were."""
    changes = [
        Change(g=g, id=name, sha256=f"{g:064x}", length=1)
        for g, name in enumerate(draw(st.lists(st.sampled_from(NAMES), max_size=50)), start=1)
    ]
    size = draw(st.integers(1, 6))
    newest_first = changes[::-1]
    parts = [newest_first[i : i + size] for i in range(0, len(changes), size)] or [[]]
    earlier, segments = None, {}
    for number, part in reversed(list(enumerate(parts))):
        since = part[-1].g - 1 if part else 0
        segment = Changes(
            generation=len(changes), since=since, changes=tuple(part), earlier=earlier
        )
        segments[number] = segment
        earlier = Earlier(sha256=f"{number:064x}", length=1, g=part[0].g if part else 0)
    return changes, segments


@given(histories(), st.integers(0, 51))
def test_the_newest_change_since_then_is_told_of_each_or_the_log_says_it_is_too_short(
    history, since
):
    changes, segments = history
    news = read_changes(
        segments[0], since=since, earlier=lambda pointer: segments[int(pointer.sha256, 16)]
    )

    wanted = {change.id: change for change in changes if change.g > since}
    if news is not None:
        assert news.extensions == wanted
    else:
        assert len(segments) > SEGMENTS


def test_no_segment_is_fetched_where_all_of_them_would_not_do():
    head = Changes(
        generation=10_000,
        since=9_960,
        changes=tuple(Change(g=g, id=NAMES[0], sha256="0" * 64, length=1) for g in range(9_961, 10_001)),
        earlier=Earlier(sha256="0" * 64, length=1, g=9_960),
    )  # fmt: skip
    asked = []

    def earlier(pointer):
        asked.append(pointer)
        return Changes(generation=9_960, since=9_900, changes=())

    assert read_changes(head, since=10, earlier=earlier) is None
    assert asked == []
    assert read_changes(head, since=9_910, earlier=earlier) is not None
    assert len(asked) == 1
