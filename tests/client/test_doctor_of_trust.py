"""`devforge doctor` also looks at what is remembered of registries: it says what is damaged or foreign, and moves it aside."""

from __future__ import annotations

import os

import pytest
from places import INK, Place, versions

from devforge.updates.doctor import examine, mend
from devforge.updates.home import Home

KEPT = ("state.json", "metadata/root.json", "metadata/root_history/1.root.json", "metadata/timestamp.json", "metadata/e-*.json", "documents/*")  # fmt: skip


@pytest.fixture
def used(place: Place):
    """A place whose home remembers it, and where nothing is wrong."""
    with place.open() as index:
        index.document(INK)
    assert examine(Home(place.home)) == []
    return place


def flip(path):
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 4]) + content[1:])


def pipe(path):
    path.unlink()
    os.mkfifo(path)


def circle(path):
    path.unlink()
    path.symlink_to(path.name)


def folder(path):
    path.unlink()
    path.mkdir()


HARM = {
    "flipped": flip,
    "empty": lambda path: path.write_bytes(b""),
    "nested": lambda path: path.write_bytes(b"[" * 100_000),
    "vast": lambda path: os.truncate(path, 2**36),
    "pipe": pipe,
    "circle": circle,
    "folder": folder,
}


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM)
@pytest.mark.parametrize("name", KEPT)
def test_what_is_damaged_is_said_and_moved_aside_and_all_works_as_before(used: Place, name, harm):
    path = min(used.memory.glob(name))
    harm(path)

    [trouble] = examine(Home(used.home))
    assert str(path.relative_to(used.memory)) in trouble.what
    done, left = mend(Home(used.home))

    assert (len(done), left) == (1, [])
    assert os.path.lexists(used.home / f"damaged/{path.name}-1")
    assert versions(used.open()) == ["1.0.0"]
    assert examine(Home(used.home)) == []


@pytest.mark.parametrize(
    "name",
    ["a-note", "0123456789abcdef", "{}/x.sh", "{}/metadata/evil.sh", "{}/metadata/root_history/x", "{}/documents/x"],
)  # fmt: skip
def test_what_is_not_ours_is_said_and_moved_aside(used: Place, name):
    path = used.home / "trust" / name.format(used.memory.name)
    path.write_bytes(b"{}")

    [trouble] = examine(Home(used.home))
    assert path.name in trouble.what
    mend(Home(used.home))

    assert (used.home / f"damaged/{path.name}-1").read_bytes() == b"{}"
    assert examine(Home(used.home)) == []


def test_harmless_damage_hides_no_other(used: Place):
    flip(used.memory / "state.json")
    (used.home / "history.jsonl").write_text("no line of ours\n")

    [*others, last] = examine(Home(used.home))
    assert "state.json is damaged" in last.what
    assert any("history.jsonl: cannot be read in line 1" in one.what for one in others)


def test_where_trust_is_no_directory_it_is_moved_aside(place: Place):
    place.home.mkdir()
    (place.home / "trust").write_text("x")

    [trouble] = examine(Home(place.home))
    assert trouble.what.endswith("trust: it cannot be read (Not a directory)")
    mend(Home(place.home))

    assert versions(place.open()) == ["1.0.0"]
