"""The index of records and notes in Git: as much is read as is needed, and that once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from bench.registry_maker import change_one, make_repository, write_files
from bench.whole_road import write_notes
from bench.writing_index import _signing, _write_trust

from devforge.adapters.git import Objects
from devforge.adapters.git_listing import TreeEntry
from devforge.adapters.policy import load_policy
from devforge.adapters.state import State
from devforge.errors import Refused, Unavailable
from devforge.model.generation import MadeFrom
from devforge.publish.observe import Observed
from devforge.publish.place import Directory
from devforge.publish.resign import resign
from devforge.publish.signed import bring_up_to_date, made_from
from devforge.publish.signing import read_time, render_time


@pytest.fixture
def registry(tmp_path):
    """Eight extensions of two developers, two versions of each released."""
    make_repository(tmp_path / "registry.git", extensions=8, versions=2)
    every = ((number, f"1.{minor}.0") for number in range(8) for minor in range(2))
    write_notes(tmp_path, every)
    _write_trust(tmp_path / "trust")
    with Objects(tmp_path / "registry.git", "https://github.com") as objects:
        yield objects


@pytest.fixture
def bring(registry, tmp_path):
    """Return a function that brings the index up to date, and from what it is made then."""

    def run(before: MadeFrom | None = None):
        state = State(tmp_path / "registry.git", str(tmp_path / "registry.git"))
        state.fetch()
        observed = Observed(registry, registry.resolve("main", "commit"), state)
        done = bring_up_to_date(observed, tmp_path / "index", _signing(str(tmp_path)), before)
        return done, made_from(observed)

    return run


def test_a_damaged_note_refuses_the_whole_and_disturbs_no_update_of_others(
    bring, registry, tmp_path
):
    _, before = bring()
    note = ("releases/dev0/ext-0/1.0.0.json", "{}")
    write_files(tmp_path / "registry.git", "state", [note], is_first=False)
    damaged = before.model_copy(update={"state": registry.resolve("state", "commit")})
    change_one(tmp_path / "registry.git", 5)
    write_notes(tmp_path, [(5, "2.0.0")], is_first=False)

    done, _ = bring(damaged)

    assert done.what == "1 extension looked at: dev1.ext-5"
    [document] = [path for path in done.written if path.startswith("targets/extensions/")]
    assert document.endswith("dev1.ext-5.json")
    with pytest.raises(Refused, match=r"releases/dev0/ext-0/1\.0\.0\.json is not one of ours"):
        bring()


def test_a_developer_called_otherwise_is_all_their_extensions_and_nobody_elses(bring, tmp_path):
    _, before = bring()
    text = "name: Somebody Else\nmembers: [{login: dev1, id: 5}]\ncountry: DE\n"
    record = ("registry/developers/dev1.yaml", text)
    write_files(tmp_path / "registry.git", "main", [record], is_first=False)

    done, _ = bring(before)

    theirs = ", ".join(f"dev1.ext-{number}" for number in range(4, 8))
    assert done.what == f"4 extensions looked at: {theirs}"
    documents = [path for path in done.written if path.startswith("targets/extensions/")]
    assert all(b"Somebody Else" in (tmp_path / "index" / path).read_bytes() for path in documents)
    assert len(documents) == 4


class Watched(Directory):
    """An index of which not all is at hand, and what was read of it."""

    is_whole = False

    def __init__(self, path):
        super().__init__(path)
        self.reads: list[str] = []

    def read(self, path: str) -> bytes:
        self.reads.append(path)
        return super().read(path)


@pytest.mark.parametrize(("days", "renewed"), [(0, False), (12, True)])
def test_each_role_is_verified_once_and_again_only_if_it_was_written(
    bring, tmp_path, days, renewed
):
    bring()
    place, by = Watched(tmp_path / "index"), _signing(str(tmp_path))
    later = type(by)(by.trust, by.online, by.now + timedelta(days=days))

    written = resign(place, load_policy(None), later).written

    roles = [path for path in place.reads if path.startswith(("metadata/1.e-", "metadata/1.p-"))]
    anew = [path for path in place.reads if path.startswith(("metadata/2.e-", "metadata/2.p-"))]
    assert len(roles) == len(set(roles)) > 0
    assert set(anew) == {path for path in written if ".e-" in path or ".p-" in path}
    assert (len(anew) == len(roles)) is renewed


def test_many_blobs_come_in_the_order_asked_for_however_many_batches_they_are(tmp_path):
    files = [(f"{n}.txt", f"{n} " * (3_000_000 if n % 3 == 0 else n)) for n in range(9)]
    make_repository(tmp_path / "registry.git", extensions=1, versions=1)
    write_files(tmp_path / "registry.git", "files", files)
    with Objects(tmp_path / "registry.git", "https://github.com") as objects:
        entries = objects.entries("files")[::-1]
        read = list(objects.blobs(entries))
        gone = TreeEntry("gone", "100644", "0" * 40, 1)
        with pytest.raises(Unavailable, match="is not here"):
            list(objects.blobs([entries[0], gone]))

    assert read == [text.encode() for _, text in sorted(files, reverse=True)]


def test_a_moment_is_read_as_it_is_written_and_in_no_other_way():
    moment = datetime(2026, 11, 23, 9, 0, 7, tzinfo=UTC)

    assert read_time(render_time(moment)) == moment
    for other in ("2026-11-23", "2026-11-23 09:00:07Z", "2026-11-23T09:00:07+00:00", "20261123"):
        with pytest.raises(ValueError, match="is not written as"):
            read_time(other)
