"""Mirrors that serve yesterday, nothing new, a mixture or nothing at all (rows B1, B2 and B3)."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import INK, NOW, Place, versions

from devforge.errors import Refused, Unavailable
from devforge.model.index import Mirror
from devforge.updates.mirrors import order_mirrors
from devforge.updates.store import MirrorMemory


def test_yesterdays_index_is_not_taken_once_todays_was_seen(place: Place):
    place.sync("yesterday")
    place.registry.add("acme.ink", "1.1.0")
    assert versions(place.open()) == ["1.1.0", "1.0.0"]
    place.go_back_to("yesterday")

    with pytest.raises(Refused, match="older than what was seen before"):
        place.open().document(INK)


def test_yesterdays_index_is_not_taken_even_where_the_memory_of_todays_was_lost(place: Place):
    place.sync("yesterday")
    place.registry.add("acme.ink", "1.1.0")
    place.open().document(INK)
    for role in ("timestamp", "snapshot"):
        (place.memory / f"metadata/{role}.json").write_bytes(b"{")
    place.go_back_to("yesterday")

    with pytest.raises(Refused, match="older than what was seen before"):
        place.open().document(INK)


def test_a_registry_that_is_frozen_is_believed_until_it_expires_and_no_longer(place: Place):
    later = NOW + timedelta(days=8)
    index = place.open()
    document = index.document(INK)

    old = place.open(clock=lambda: later)
    assert old.document(INK) == document
    assert "What is installed keeps running" in str(old.freshness.sentence())
    with pytest.raises(Refused, match="nothing new is installed until the registry can be reached"):
        old.download(INK, document.versions[0])
    fresh = place.open(home=place.home / "other", clock=lambda: later)
    with pytest.raises(Refused, match=r"expired on \d{4}-\d\d-\d\d"):
        fresh.document(INK)


def test_a_frozen_timestamp_is_no_answer_to_an_update_check(place: Place):
    with place.open() as index:
        generation = index.changed([INK]).generation

    old = place.open(clock=lambda: NOW + timedelta(days=8))

    assert old.changed([INK], generation).documents == {}
    assert old.freshness.is_offline
    assert "expired on" in str(old.freshness.sentence())


def test_a_mirror_that_serves_a_mixture_is_left_for_one_that_is_whole(mirrored: Place):
    mirrored.sync("east", "west")
    versions(mirrored.open())
    mirrored.registry.add("acme.ink", "1.1.0")
    mirrored.sync("west")
    shutil.copy(mirrored.site / "index/metadata/timestamp.json", mirrored.path("east") / "metadata")

    index = mirrored.open(region="east")

    assert versions(index) == ["1.1.0", "1.0.0"]
    assert mirrored.mirrors["east"].requests  # it was asked, and gave the new timestamp
    asked = [r for r in mirrored.mirrors["east"].requests if "e-" in r.path and r.status == 200]
    assert asked == []


def test_no_answer_is_put_together_from_two_mirrors(mirrored: Place):
    """East has all but the document; what west says is asked for from its own root and timestamp."""
    mirrored.sync("east", "west")
    for document in mirrored.path("east").glob("targets/extensions/*.acme.ink.json"):
        document.unlink()
    versions(mirrored.open(home=mirrored.home), INK)
    mirrored.registry.add("acme.ink", "1.1.0")
    mirrored.sync("east", "west")
    for document in mirrored.path("east").glob("targets/extensions/*.acme.ink.json"):
        document.unlink()
    for server in mirrored.mirrors.values():
        server.forget()

    assert versions(mirrored.open(region="east")) == ["1.1.0", "1.0.0"]

    west = mirrored.mirrors["west"].paths
    assert "index/metadata/timestamp.json" in west
    assert any(path.endswith(".snapshot.json") for path in west)


def test_a_mirror_that_lags_is_left_for_one_that_does_not(mirrored: Place):
    mirrored.registry.clock = NOW - timedelta(days=5)
    mirrored.registry.add("acme.pen", "1.0.1")
    mirrored.sync("east")
    versions(mirrored.open(region="east"))
    mirrored.registry.clock = NOW
    mirrored.registry.add("acme.ink", "1.1.0")
    mirrored.sync("west")

    assert versions(mirrored.open(region="east")) == ["1.1.0", "1.0.0"]


def test_where_all_lag_the_newest_of_them_is_taken(mirrored: Place):
    mirrored.registry.clock = NOW - timedelta(days=6)
    mirrored.registry.add("acme.pen", "1.0.1")
    mirrored.sync("east")
    versions(mirrored.open(region="east"))
    mirrored.registry.clock = NOW - timedelta(days=5)
    mirrored.registry.add("acme.ink", "1.1.0")
    mirrored.sync("west")

    assert versions(mirrored.open(region="east")) == ["1.1.0", "1.0.0"]


def test_whoever_does_not_answer_is_left_and_asked_last_next_time(mirrored: Place):
    mirrored.sync("east", "west")
    versions(mirrored.open())
    mirrored.mirrors["east"].misbehave("", "error", 503)

    assert versions(mirrored.open(region="east")) == ["1.0.0"]
    mirrored.mirrors["east"].forget()
    assert versions(mirrored.open(region="east")) == ["1.0.0"]
    assert mirrored.mirrors["east"].requests == []


def test_what_every_mirror_said_stands_in_one_readable_error(mirrored: Place):
    mirrored.sync("east", "west")
    versions(mirrored.open())
    mirrored.mirrors["east"].misbehave("", "error", 503)
    mirrored.mirrors["west"].misbehave("timestamp.json", "wrong")
    mirrored.server.misbehave("", "gone")

    with pytest.raises(Refused) as caught:
        mirrored.open().changed([INK])

    said = str(caught.value).splitlines()
    assert said[0] == f"{mirrored.url}: no mirror served a whole, current index"
    assert len(said) == 4
    assert any("503" in line and mirrored.mirrors["east"].url in line for line in said)
    assert any("cannot be read" in line and mirrored.mirrors["west"].url in line for line in said)


@pytest.mark.parametrize("fault", ["error", "drop", "gone", "stall", "truncate"])
def test_where_nobody_answers_what_was_verified_before_is_shown_with_its_age(place: Place, fault):
    versions(place.open())
    place.server.misbehave("", fault, {"stall": 4, "error": 500}.get(fault))

    index = place.open(clock=lambda: NOW + timedelta(days=2))

    assert versions(index) == ["1.0.0"]
    assert re.search(r"this is what the registry said [12] days? ago", index.freshness.sentence())
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1"):
        place.open(home=place.home / "other").document(INK)


@pytest.mark.parametrize("fault", ["wrong", "oversize", "redirect"])
@pytest.mark.parametrize(
    "path",
    ["timestamp.json", "snapshot.json", "targets.json", "extensions.json", "e-2.json", "ink.json"],
)
def test_a_wrong_answer_to_any_request_is_one_sentence_and_changes_nothing(
    place: Place, fault, path
):
    value = {"redirect": "http://example.invalid/", "oversize": 3 << 20}.get(fault)
    bins = {p.name for p in (place.site / "index/metadata").glob("*.e-*.json")}
    paths = [p.removeprefix("2.") for p in bins] if path == "e-2.json" else [path]
    for one in paths:
        place.server.misbehave(one, fault, value)

    with pytest.raises((Refused, Unavailable)) as caught:
        place.open().document(INK)

    assert place.server.url in str(caught.value)
    assert "\n" not in str(caught.value)
    place.server.behave()
    assert versions(place.open()) == ["1.0.0"]


def test_keys_of_somebody_else_prove_nothing(place: Place, tmp_path):
    timestamp = place.site / "index/metadata/timestamp.json"
    forged = json.loads(timestamp.read_bytes())
    forged["signed"]["version"] += 1
    timestamp.write_text(json.dumps(forged))

    with pytest.raises(Refused, match="not signed by the keys"):
        place.open().document(INK)


def mirror(name: str, region: str = "", weight: int = 1) -> Mirror:
    return Mirror(url=f"https://{name}.example/", region=region, weight=weight)


def met(milliseconds: float | None, hours: float = 1) -> MirrorMemory:
    return MirrorMemory(milliseconds=milliseconds, when=NOW - timedelta(hours=hours))


def test_the_quickest_of_the_region_comes_first():
    slow, quick, far = mirror("slow", "eu"), mirror("quick", "eu"), mirror("far", "us")
    memory = {slow.url: met(80), quick.url: met(20), far.url: met(5)}

    ordered = order_mirrors([slow, far, quick], memory=memory, now=NOW, region="eu")

    assert ordered == (quick, slow, far)
    assert order_mirrors([slow, far, quick], memory=memory, now=NOW) == (far, quick, slow)


def test_one_that_was_not_measured_lately_is_measured_and_one_that_failed_waits():
    known, new, failed, old = mirror("known"), mirror("new"), mirror("failed"), mirror("old")
    memory = {known.url: met(1), failed.url: met(None, 0.5), old.url: met(1, hours=24 * 8)}

    ordered = order_mirrors([known, failed, new, old], memory=memory, now=NOW)

    assert set(ordered[:2]) == {new, old}
    assert ordered[2:] == (known, failed)


def test_twice_the_weight_is_asked_first_twice_as_often():
    heavy, light, never = mirror("heavy", weight=2), mirror("light"), mirror("never", weight=0)
    first = [
        order_mirrors([light, never, heavy], memory={}, now=NOW, seed=str(client))[0]
        for client in range(3000)
    ]

    assert never not in first
    assert 1.8 < first.count(heavy) / first.count(light) < 2.2


mirrors = st.lists(
    st.builds(
        mirror, st.sampled_from("abcdef"), st.sampled_from(["", "eu", "us"]), st.integers(0, 9)
    ),
    unique_by=lambda m: m.url,
)


@given(mirrors, st.dictionaries(st.sampled_from("abcdef"), st.builds(met, st.none() | st.floats(0, 9e3))),
       st.none() | st.just("eu"), st.randoms())  # fmt: skip
def test_every_mirror_is_asked_once_and_their_order_in_the_config_is_no_matter(
    listed, memory, region, chance
):
    known = {mirror(name).url: one for name, one in memory.items()}
    ordered = order_mirrors(listed, memory=known, now=NOW, region=region, seed="x")
    shuffled = list(listed)
    chance.shuffle(shuffled)

    assert sorted(m.url for m in ordered) == sorted(m.url for m in listed)
    assert order_mirrors(shuffled, memory=known, now=NOW, region=region, seed="x") == ordered
