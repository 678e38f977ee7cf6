"""The index: same documents, same bytes; one version, a few files; nothing lost unnoticed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from published import manifest_of, policy_of, shelves
from signed_index import NOW, ONLINE, SignedIndex, signed_trust, small_config

from devforge.errors import BadInput, Refused
from devforge.model.index import Config, ExtensionDocument, ListEntry, StateList
from devforge.model.names import ExtensionId
from devforge.publish.ceremony import config_of
from devforge.publish.guard import refuse_missing
from devforge.publish.index import build_index, update_index
from devforge.publish.layout import encode, target_path
from devforge.publish.present import PresentIndex
from devforge.publish.revision import Signing

POLICY = policy_of(keep_percent=90)
RELEASES = "https://github.com/operator/registry/releases/download/{tag}/{file}"


def documents(*names: str, versions: tuple[str, ...] = ("1.0.0",)) -> list[ExtensionDocument]:
    manifests = [
        manifest_of(f"acme.{name}", version, display_name=name.title())
        for name in names
        for version in versions
    ]
    return [listing.document for listing in shelves(manifests)[1].extensions]


def contents(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def signing(tmp_path):
    """Return `make(now=…, config=…)`: what signs an index."""

    def make(now=NOW, config: Config | None = None) -> Signing:
        config = config or small_config(packages=RELEASES)
        trust = signed_trust(tmp_path / f"trust-{config.extension_bits}", config)
        return Signing(trust, ONLINE, now)

    return make


def listed(out: Path, by: Signing) -> dict[str, object]:
    """Everything an index lists, apart from versions and times."""
    present = PresentIndex(out, by.trust)
    return {name: present.targets(name) for name in [*present.bins, "lists"]}


MANY = {doc.id: doc for doc in documents(*(f"ext-{number}" for number in range(40)))}


def test_what_is_written_is_what_was_meant_but_for_the_usual_addresses(tmp_path, signing):
    built, by = documents("alpha", "beta", versions=("1.0.0", "2.0.0", "2.1.0-beta.1")), signing()
    build_index(built, tmp_path / "out", POLICY, by)
    present = PresentIndex(tmp_path / "out", by.trust)
    targets = {t: at for name in present.bins for t, at in present.targets(name).items()}

    for document in built:
        found = present.document(document.id, targets[target_path(document.id)])
        assert found.versions[0].package.url is None
        for version in found.versions:
            address = by.trust.config.package_url(document.id, version.version, version.package)
            [same] = [v for v in document.versions if v.version == version.version]
            assert address == same.package.url
    assert sum(target.startswith("packages/") for target in targets) == 6
    shards = [t for t in present.targets("lists") if t.startswith("search/")]
    entries = [e for t in shards for e in present.json(t, present.targets("lists")[t])["entries"]]
    assert {entry["version"] for entry in entries} == {"2.0.0"}


def test_a_document_of_five_ordinary_versions_is_small():
    versions = tuple(f"1.{minor}.0" for minor in range(5))
    [document] = documents("todo-tree", versions=versions)
    published = [
        replace(version, package=replace(version.package, url=None), published=when)
        for number, version in enumerate(document.versions)
        if (when := f"2026-{11 - number:02d}-20T10:00:00Z")
    ]
    short = replace(document, versions=tuple(published))

    assert len(encode(short)) <= 1680
    assert [bool(one.package.evidence) for one in short.versions] == [True, *[False] * 4]


def test_order_leaves_no_trace_and_a_second_build_writes_nothing(tmp_path, signing):
    by, later = signing(), signing(NOW + timedelta(hours=20))
    build_index(MANY.values(), tmp_path / "a", POLICY, by)
    build_index(reversed(list(MANY.values())), tmp_path / "b", POLICY, by)

    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert build_index(MANY.values(), tmp_path / "a", POLICY, later).written == ()


def test_one_new_version_writes_nine_files_the_timestamp_last(tmp_path, signing):
    build_index(MANY.values(), tmp_path / "out", POLICY, signing())
    [newer] = documents("ext-7", versions=("1.0.0", "1.1.0"))

    written = update_index([newer], tmp_path / "out", POLICY, signing()).written

    folders = ["/".join(path.split("/")[:-1]) for path in written]
    assert folders == [
        "targets/extensions", "targets/search", "targets/summary",
        "changes", *["metadata"] * 5,
    ]  # fmt: skip
    assert written[-1] == "metadata/timestamp.json"
    assert written[-2].endswith(".snapshot.json")


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    first=st.sets(st.sampled_from(sorted(MANY)), min_size=1),
    steps=st.lists(
        st.tuples(st.sampled_from(sorted(MANY)), st.sampled_from(["old", "new", "gone"])),
        max_size=6,
    ),
)
def test_many_updates_list_what_one_whole_build_lists(tmp_path_factory, first, steps):
    step_by_step, at_once = (tmp_path_factory.mktemp(name) for name in ("steps", "once"))
    by = Signing(signed_trust(step_by_step / "trust", small_config()), ONLINE, NOW)
    build_index([MANY[id] for id in first], step_by_step / "out", POLICY, by)
    now = {id: MANY[id] for id in first}
    for id, what in steps:
        withdrawn = [(id, version.version) for version in MANY[id].versions]
        if what == "gone":
            update_index([], step_by_step / "out", POLICY, by, gone=[id], withdrawn=withdrawn)
            now.pop(id, None)
        else:
            changed = {"description": "Something else."} if what == "new" else {}
            now[id] = replace(MANY[id], **changed)
            update_index([now[id]], step_by_step / "out", POLICY, by)
    build_index(now.values(), at_once / "out", POLICY, by)

    assert listed(step_by_step / "out", by) == listed(at_once / "out", by)


def test_a_list_is_changed_without_touching_any_bin(tmp_path, signing):
    build_index(MANY.values(), tmp_path / "out", POLICY, signing())
    entry = ListEntry(reason="It steals keys.", when="2026-11-23T09:00:00Z")
    bad = StateList(entries={ExtensionId.parse("acme.ext-1"): entry})

    written = update_index(
        [], tmp_path / "out", POLICY, signing(), lists={"malicious": bad}
    ).written

    kinds = [path.removesuffix(".json").rpartition(".")[2] for path in written]
    assert kinds[0] == "malicious"
    assert kinds[2:] == ["lists", "snapshot", "metadata/timestamp"]
    changes = PresentIndex(tmp_path / "out", signing().trust).changes()
    assert changes is not None
    assert [(change.g, change.list) for change in changes.changes] == [(2, "malicious")]
    assert not update_index(
        [], tmp_path / "out", POLICY, signing(), lists={"malicious": bad}
    ).written


def test_files_of_a_generation_stay_for_a_day_and_the_one_before_always(tmp_path, signing):
    out = tmp_path / "out"
    shelf = [
        documents("alpha", versions=versions)
        for versions in (("1.0.0",), ("1.0.0", "1.1.0"), ("1.0.0", "1.1.0", "1.2.0"))
    ]
    build_index(shelf[0], out, POLICY, signing())
    first = set(contents(out))
    build_index(shelf[1], out, POLICY, signing(NOW + timedelta(hours=1)))
    second = set(contents(out))
    build_index(shelf[2], out, POLICY, signing(NOW + timedelta(hours=2)))
    assert first <= second <= set(contents(out))

    build_index(shelf[2], out, POLICY, signing(NOW + timedelta(hours=40)))
    left = set(contents(out))
    assert any(path.startswith("metadata/1.snapshot") for path in first - left)
    assert second - first <= left
    assert not [path for path in left if "/1.e-" in path and path not in second]


def test_an_index_that_lost_too_much_is_refused_and_nothing_is_written(tmp_path, signing):
    out = tmp_path / "out"
    build_index(MANY.values(), out, POLICY, signing())
    before = contents(out)

    with pytest.raises(Refused, match=r"would lose 5 of 40 extensions \(acme.ext-.*keep_percent"):
        build_index(list(MANY.values())[:35], out, POLICY, signing())
    assert contents(out) == before
    build_index(list(MANY.values())[:36], out, POLICY, signing())


def test_a_lost_version_counts_too_unless_it_was_withdrawn(tmp_path, signing):
    out, versions = tmp_path / "out", ("1.0.0", "1.1.0")
    build_index(documents("alpha", versions=versions), out, POLICY, signing())
    [shorter] = documents("alpha")
    gone = [(shorter.id, manifest_of(version="1.1.0").version)]

    for write in (build_index, update_index):
        with pytest.raises(Refused, match=r"lose 1 of 2 versions \(acme.alpha 1.1.0\)"):
            write([shorter], out, POLICY, signing())
    with pytest.raises(Refused, match="lose 1 of 1 extensions"):
        update_index([], out, POLICY, signing(), gone=[shorter.id])
    assert update_index([shorter], out, POLICY, signing(), withdrawn=gone).written


def test_an_empty_registry_has_an_index_with_every_bin(tmp_path, signing):
    by = signing(config=config_of("Shelf", RELEASES))
    build_index([], tmp_path / "out", POLICY, by)

    present = PresentIndex(tmp_path / "out", by.trust)
    assert len(present.bins) == 256 + 64
    assert all(present.has(name) for name in present.bins)


def test_an_update_wants_a_sound_index_of_the_same_bins(tmp_path, signing):
    out = tmp_path / "out"
    with pytest.raises(BadInput, match="holds no index of 4 bins; build it whole"):
        update_index(documents("alpha"), out, POLICY, signing())
    build_index(documents("alpha"), out, POLICY, signing())
    finer = signing(config=small_config(bits=4))
    with pytest.raises(BadInput, match=r"no key of this registry|holds no index of 16 bins"):
        update_index(documents("alpha"), out, POLICY, finer)
    for path in out.glob("metadata/1.e-*.json"):
        path.write_bytes(path.read_bytes().replace(b"acme.alpha", b"acme.alfha"))
    with pytest.raises(BadInput, match="no key of this registry has signed it"):
        update_index(documents("alpha"), out, POLICY, signing())


def test_a_damaged_document_is_noticed_before_it_is_believed(tmp_path):
    made = SignedIndex(tmp_path / "out")
    made.add("acme.ink", "1.0.0")
    [path] = made.out.glob("targets/extensions/*.json")
    path.write_bytes(path.read_bytes().replace(b"1.0.0", b"9.0.0"))
    with pytest.raises(BadInput, match=r"is not what its name promises; empty .* and build anew"):
        made.add("acme.ink", "1.1.0")


def test_lost_records_are_noticed_without_an_index_to_compare_with():
    refuse_missing(listed=9, released=10, keep_percent=90)
    refuse_missing(listed=0, released=0, keep_percent=100)
    with pytest.raises(Refused, match="only 8 of 10 released versions have a record"):
        refuse_missing(listed=8, released=10, keep_percent=90)
