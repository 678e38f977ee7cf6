"""The index on its branch: the same bytes as in a directory, read and written without having the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from signed_index import ONLINE, SignedIndex, small_config
from test_index_keeps_its_word import _with_other_offline_metadata

from devforge.adapters import git_partial
from devforge.adapters.git import Objects
from devforge.adapters.git_program import GitProgram
from devforge.adapters.index_branch import IndexBranch
from devforge.model.generation import MadeFrom
from devforge.model.index import ExtensionDocument
from devforge.model.names import ExtensionId
from devforge.publish.index import build_index, update_index
from devforge.publish.layout import encode_document, without_usual_urls
from devforge.publish.present import PresentIndex
from devforge.publish.resign import resign
from devforge.publish.revision import Signing

REGISTRY = "operator/registry"
MADE_FROM = MadeFrom(registry="0" * 40, state=None, engine=None)
NAMES = [f"acme.ext-{number}" for number in range(40)]


class Branch:
    """The index of `made`, published on a branch as well; each run begins with an empty clone."""

    def __init__(self, github, folder: Path, made: SignedIndex) -> None:
        self.github, self.folder, self.made = github, folder, made
        self.token = github.create_account("operator").token
        github.create_repository(REGISTRY)
        self.runs = 0

    def run(self, write, by: Signing | None = None) -> tuple[str, ...]:
        """Let `write(place)` write, renew and push; return what lies in the index no longer."""
        by, policy = by or signing(self.made), self.made.policy
        with self._objects() as objects:
            branch = IndexBranch(objects)
            with branch.opened(self.folder / f"new-{self.runs}") as files:
                write(files)
                fresh = resign(files, policy, by)
                branch.push(files, made_from=MADE_FROM, signed_until=fresh.roles, message="Publish")
                return tuple(sorted(files.removed))

    def contents(self) -> dict[str, bytes]:
        """All that is on the branch, as the jobs that need all of it see it."""
        out = self.folder / f"all-{self.runs}"
        with self._objects() as objects:
            IndexBranch(objects).restore(out)
        return contents(out)

    def _objects(self) -> Objects:
        self.runs += 1
        clone = self.folder / f"clone-{self.runs}"
        return Objects(clone, self.github.url, origin=REGISTRY, token=self.token)


def signing(made: SignedIndex) -> Signing:
    """What signs, with no more memory than the index itself."""
    return Signing(made.trust, ONLINE, made.clock)


def contents(out: Path) -> dict[str, bytes]:
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and "packages" not in path.parts
    }


@pytest.fixture
def made(tmp_path):
    """Forty extensions in an index in a directory."""
    index = SignedIndex(tmp_path / "index")
    for name in NAMES:
        index.shelve(name, "1.0.0")
    index.rebuild()
    return index


@pytest.fixture
def branch(github, tmp_path, made):
    """The same on a branch."""
    published = Branch(github, tmp_path, made)
    published.run(lambda at: build_index([], at, made.policy, signing(made)))
    published.run(lambda at: build_index(made.shelf.values(), at, made.policy, signing(made)))
    return published


def both(made: SignedIndex, branch: Branch, *documents, gone=()) -> tuple[str, ...]:
    """Write one change into the directory and onto the branch."""
    withdrawn = [(id, version.version) for id in gone for version in made.shelf[id].versions]
    changes = {"gone": gone, "withdrawn": withdrawn}
    removed = branch.run(
        lambda at: update_index(documents, at, made.policy, signing(made), **changes)
    )
    update_index(documents, made.out, made.policy, signing(made), **changes)
    resign(made.out, made.policy, signing(made))
    return removed


def test_step_by_step_the_branch_holds_the_bytes_of_the_directory(made, branch):
    assert branch.contents() == contents(made.out)
    both(made, branch, made.shelve("acme.ext-7", "1.1.0"))
    both(made, branch, made.shelve("jane.new", "1.0.0"), made.shelve("acme.ext-8", "2.0.0"))
    both(made, branch, gone=[ExtensionId.parse("acme.ext-3")])
    made.clock += timedelta(hours=20)
    both(made, branch)
    assert branch.contents() == contents(made.out)
    made.clock += timedelta(days=11)  # all signatures are renewed

    both(made, branch, made.shelve("acme.ext-7", "1.2.0"))

    assert branch.contents() == contents(made.out)
    assert PresentIndex(made.out, made.trust).generation == 7


def test_what_no_client_reads_any_more_goes_from_the_branch_once_a_day(made, branch):
    for number in range(1, 8):
        made.clock += timedelta(hours=9)
        both(made, branch, made.shelve("acme.ext-7", f"1.{number}.0"))
        # Never less than the directory, where all is looked at in each run, and one day more at most.
        assert contents(made.out).keys() <= branch.contents().keys()
    made.clock += timedelta(days=3)
    removed = both(made, branch, made.shelve("acme.ext-9", "3.0.0"))

    assert removed
    assert branch.contents() == contents(made.out)


def test_a_document_that_says_again_what_it_said_is_not_tidied_away(made, branch):
    calm = made.shelf[ExtensionId.parse("acme.ext-7")]
    for number in range(3):
        made.clock += timedelta(days=3)
        both(made, branch, replace(calm, description=f"Says something else, {number}."))
        made.clock += timedelta(hours=3)
        both(made, branch, calm)
        assert encoded(calm) in branch.contents().values()
    made.clock += timedelta(days=3)
    both(made, branch, made.shelve("acme.ext-9", "3.0.0"))

    there = branch.contents()
    assert there == contents(made.out)
    assert len([path for path in there if path.endswith(".acme.ext-7.json")]) == 1


def encoded(document: ExtensionDocument) -> bytes:
    return encode_document(without_usual_urls(document, small_config()))


def test_one_version_more_fetches_what_it_touches_and_nothing_else(made, branch, monkeypatch):
    brought: list[str] = []
    bring = git_partial.PartialCommit.bring

    def watched(self, names):
        wanted = list(names)
        brought.extend(wanted)
        bring(self, wanted)

    monkeypatch.setattr(git_partial.PartialCommit, "bring", watched)
    document = made.shelve("acme.ext-7", "1.1.0")
    branch.run(lambda at: update_index([document], at, made.policy, signing(made)))
    fetched = set(brought)

    assert len(fetched) < 40  # of more than 250 objects
    assert branch.contents()  # the rest was carried over, and all of it is there


def test_documents_lie_in_folders_so_that_no_listing_grows_long(made, branch):
    names = branch.contents()
    assert any(path.startswith("targets/extensions/") and path.count("/") == 2 for path in names)
    with branch._objects() as objects:
        [tip] = objects.remote_refs("origin", "refs/heads/index").values()
        objects.fetch("origin", tip, depth=1)
        paths = objects.names(tip, "index/targets/extensions")

    assert all(path.count("/") == 4 for path in paths)
    assert {path.split("/")[3] for path in paths} == {path.split("/")[4][:2] for path in paths}


def test_the_bins_of_a_coarser_division_go_when_no_client_can_be_reading_them(made, branch):
    before = {path for path in contents(made.out) if "/e-" in path or ".e-" in path}
    made.clock += timedelta(hours=1)
    by = Signing(_with_other_offline_metadata(made, bits=5).trust, ONLINE, made.clock)
    for at in (made.out, None):
        if at is None:
            branch.run(lambda place: build_index(made.shelf.values(), place, made.policy, by), by)
        else:
            build_index(made.shelf.values(), at, made.policy, by)
    old = {path for path in before if path.endswith(tuple(f".e-{n}.json" for n in range(4)))}
    assert old <= contents(made.out).keys()  # a client may have read the timestamp a moment ago
    assert old <= branch.contents().keys()

    for days, version in ((4, "1.1.0"), (7, "1.2.0")):
        document = made.shelve("acme.ext-7", version)
        later = Signing(by.trust, ONLINE, made.clock + timedelta(days=days))
        publish = partial(update_index, [document], policy=made.policy, by=later)
        branch.run(lambda place, publish=publish: publish(out=place), later)
        publish(out=made.out)
        resign(made.out, made.policy, later)

    assert not old & contents(made.out).keys()
    assert not old & branch.contents().keys()
    present = PresentIndex(made.out, by.trust)
    assert "e-0" in present.versions  # a snapshot that forgot a role would be believed by nobody
    assert "e-0" not in present.bins


class Killed(BaseException):
    """The run is no more."""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_killed_at_any_step_leaves_the_index_before_or_the_one_it_made(
    made, branch, monkeypatch, when
):
    run, left = GitProgram.run, [0]

    def dying(self, *arguments, **options):
        left[0] -= 1
        if left[0] == 0 and when == "before":
            raise Killed
        said = run(self, *arguments, **options)
        if left[0] == 0:
            raise Killed
        return said

    monkeypatch.setattr(GitProgram, "run", dying)
    document = made.shelve("acme.ext-7", "1.1.0")
    write = lambda at: update_index([document], at, made.policy, signing(made))  # noqa: E731
    before = branch.contents()
    steps = 0
    while True:
        steps += 1
        left[0] = steps
        try:
            branch.run(write)
            break
        except Killed:
            left[0] = 0
            now = branch.contents()
            timestamp = now["metadata/timestamp.json"]
            if timestamp != before["metadata/timestamp.json"]:
                break  # killed after the push: the answer was lost, the index was not
            assert now == before
    left[0] = 0
    branch.run(write)
    update_index([document], made.out, made.policy, signing(made))
    resign(made.out, made.policy, signing(made))

    assert steps > 10
    assert branch.contents() == contents(made.out)
