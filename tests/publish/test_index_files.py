"""The index: same documents, same bytes; one version, four files; nothing lost unnoticed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from published import manifest_of, policy_of, shelves

from devforge.errors import BadInput, Refused
from devforge.model.index import ExtensionDocument
from devforge.model.names import ExtensionId
from devforge.publish.guard import refuse_missing
from devforge.publish.index import build_index, update_index
from devforge.updates.index import Index
from devforge.updates.source import open_source

POLICY = policy_of(bins=16, keep_percent=90)


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


MANY = {doc.id: doc for doc in documents(*(f"ext-{number}" for number in range(40)))}


def test_what_is_written_is_what_a_client_reads(tmp_path):
    built = documents("alpha", "beta", versions=("1.0.0", "2.0.0", "2.1.0-beta.1"))
    build_index(built, tmp_path, POLICY)
    index = Index(open_source(str(tmp_path)))

    assert [index.document(doc.id) for doc in built] == built
    assert index.document(ExtensionId.parse("acme.gamma")) is None
    assert {str(entry.version) for entry in index.search()} == {"2.0.0"}
    for path, content in contents(tmp_path).items():
        name = path.rpartition("/")[2]
        assert name == "index.json" or name.startswith(hashlib.sha256(content).hexdigest())


def test_order_leaves_no_trace_and_a_second_build_writes_nothing(tmp_path):
    build_index(MANY.values(), tmp_path / "a", POLICY)
    build_index(reversed(list(MANY.values())), tmp_path / "b", POLICY)

    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert build_index(MANY.values(), tmp_path / "a", POLICY).written == ()


def test_one_new_version_writes_four_files(tmp_path):
    build_index(MANY.values(), tmp_path, POLICY)
    [newer] = documents("ext-7", versions=("1.0.0", "1.1.0"))

    written = update_index([newer], tmp_path, POLICY).written

    assert [path.split("/")[0] for path in written] == [
        "extensions",
        "bins",
        "search",
        "index.json",
    ]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    first=st.sets(st.sampled_from(sorted(MANY)), min_size=1),
    steps=st.lists(st.sampled_from(sorted(MANY)), max_size=4),
)
def test_many_updates_end_in_the_bytes_of_one_whole_build(tmp_path_factory, first, steps):
    step_by_step, at_once = (tmp_path_factory.mktemp(name) for name in ("steps", "once"))
    build_index([MANY[id] for id in first], step_by_step, POLICY)
    for id in steps:
        update_index([MANY[id]], step_by_step, POLICY)
    build_index([MANY[id] for id in {*first, *steps}], at_once, POLICY)

    stepped, whole = contents(step_by_step), contents(at_once)
    assert {path: stepped[path] for path in whole} == whole


def test_files_of_the_index_before_stay_until_the_next_whole_build(tmp_path):
    old, new = documents("alpha"), documents("alpha", versions=("1.0.0", "1.1.0"))
    newest = documents("alpha", versions=("1.0.0", "1.1.0", "1.2.0"))
    build_index(old, tmp_path, POLICY)
    before = set(contents(tmp_path))
    build_index(new, tmp_path, POLICY)
    assert before <= set(contents(tmp_path))

    report = build_index(newest, tmp_path, POLICY)

    assert set(report.removed) == before - {"index.json"}


def test_an_index_that_lost_too_much_is_refused_and_nothing_is_written(tmp_path):
    build_index(MANY.values(), tmp_path, POLICY)
    before = contents(tmp_path)

    build_index(list(MANY.values())[:36], tmp_path / "kept", POLICY)
    with pytest.raises(Refused, match=r"would lose 5 of 40 extensions \(acme.ext-.*keep_percent"):
        build_index(list(MANY.values())[:35], tmp_path, POLICY)
    assert {p: c for p, c in contents(tmp_path).items() if not p.startswith("kept/")} == before


def test_a_lost_version_counts_too_unless_it_was_withdrawn(tmp_path):
    versions = ("1.0.0", "1.1.0")
    build_index(documents("alpha", versions=versions), tmp_path, POLICY)
    [shorter] = documents("alpha")
    gone = [(shorter.id, manifest_of(version="1.1.0").version)]

    for write in (build_index, update_index):
        with pytest.raises(Refused, match=r"lose 1 of 2 versions \(acme.alpha 1.1.0\)"):
            write([shorter], tmp_path, POLICY)
    assert update_index([shorter], tmp_path, POLICY, withdrawn=gone).written


def test_an_empty_registry_has_an_index(tmp_path):
    build_index([], tmp_path, POLICY)
    assert Index(open_source(str(tmp_path))).search() == ()


def test_an_update_wants_a_sound_index_of_the_same_bins(tmp_path):
    with pytest.raises(BadInput, match="holds no index of 16 bins; build it whole"):
        update_index(documents("alpha"), tmp_path, POLICY)
    build_index(documents("alpha"), tmp_path, POLICY)
    with pytest.raises(BadInput, match="holds no index of 256 bins"):
        update_index(documents("alpha"), tmp_path, policy_of(bins=256))
    for file in (tmp_path / "bins").iterdir():
        file.write_bytes(b"{}")
    with pytest.raises(BadInput, match="is not what its name promises; empty"):
        update_index(documents("alpha"), tmp_path, POLICY)


def test_records_that_vanished_are_noticed_even_in_an_empty_directory():
    refuse_missing(listed=9, released=10, keep_percent=90)
    refuse_missing(listed=0, released=0, keep_percent=100)
    with pytest.raises(Refused, match="only 8 of 10 released versions have a record"):
        refuse_missing(listed=8, released=10, keep_percent=90)
