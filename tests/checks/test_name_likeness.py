"""Names: what is easily taken for another is told, and honest neighbours are left alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.name_distances import slip_distance, visual_distance
from checks.names import likeness, likenesses

bare = st.text("abcdeiloqrnmvw015", max_size=9)
spelt = st.text("abcdeiloqrnmvwABO015-_.", max_size=12)


@pytest.mark.parametrize(
    ("name", "other", "kind", "why"),
    [
        ("todo_tree", "Todo-Tree", "same", "nothing but separators or capitals"),
        ("Todo", "todo", "same", "capitals"),
        ("types-node", "@types/node", "same", "nothing but separators or capitals"),
        ("\u0442odo-tree", "todo-tree", "same", "letters of another alphabet, or accents"),
        ("tod0-tree", "todo-tree", "look", "letters that look alike, 0 for o"),
        ("rnarkdown", "markdown", "look", "letters that look alike, rn for m"),
        ("vvebpack", "webpack", "look", "letters that look alike, vv for w"),
        ("cloclock", "dodock", "look", "letters that look alike"),
        ("g1t", "git", "look", "letters that look alike, 1 for i"),
        ("5ca1e", "scale", "look", "letters that look alike"),
        ("reqeusts", "requests", "slip", "two letters swapped, eu for ue"),
        ("numpu", "numpy", "slip", "one neighbouring key, u for y"),
        ("preztier", "prettier", "slip", "one neighbouring key, z for t"),
        ("markdpwn", "markdown", "slip", "one neighbouring key, p for o"),
        ("markdxwn", "markdown", "slip", "one letter, x for o"),
        ("reqests", "requests", "slip", "one letter less, u"),
        ("axioss", "axios", "slip", "a letter typed twice, s"),
        ("expres", "express", "slip", "a double letter typed once, s"),
        ("tree-todo", "todo-tree", "shape", "the order of its words"),
        ("todo-trees", "todo-tree", "shape", "the plural"),
        ("python-requests", "requests", "shape", "the usual addition python-…"),
        ("todo-tree-cli", "todo-tree", "shape", "the usual addition …-cli"),
    ],
)
def test_an_imitation_is_told_with_what_it_is_made_of(name, other, kind, why):
    found = likeness(name, other)

    assert found is not None
    assert (found.kind, found.why) == (kind, why)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("git", "gist"),
        ("tasks", "masks"),
        ("lang-c", "lang-d"),
        ("pytest-cov", "pytest-xdist"),
        ("pytest-cov", "pytest-env"),
        ("foo-theme", "foo-icons"),
        ("react-cli", "react"),
        ("todo-tree-cli", "todo-tree-utils"),
        ("@acme/core", "@jane/core"),
        ("libxml2", "libxml3"),
        ("markdown", "markdown-preview"),
        ("", "a"),
        ("\u4e2d", "\u6587"),
    ],
)
def test_honest_neighbours_are_left_alone(name, other):
    assert likeness(name, other) is None


def test_policy_widens_and_narrows_what_counts():
    assert likeness("markdxwn", "markdown", slips=0) is None
    assert likeness("tod0-tree", "todo-tree", visual=0, slips=0) is None
    assert likeness("charset-normalizor", "charzet-normalizer") is None
    assert likeness("charset-normalizor", "charzet-normalizer", slips=2) is not None


def test_the_nearest_comes_first():
    names = ["todo-trees", "todo-tree", "todo-treo", "tod0-tree", "unlike"]

    found = [like.other for like in likenesses("todo_tree", names)]

    assert found == ["todo-tree", "tod0-tree", "todo-treo", "todo-trees"]


@given(bare, bare)
def test_distances_are_symmetric_and_zero_for_equals_alone(one, other):
    for distance in (slip_distance, visual_distance):
        assert distance(one, other) == pytest.approx(distance(other, one))
        assert (distance(one, other) == 0) == (one == other)


@given(spelt, spelt)
def test_likeness_is_symmetric_and_zero_for_the_same_name_alone(one, other):
    there, back = likeness(one, other, slips=3), likeness(other, one, slips=3)

    assert (there is None) == (back is None)
    if there and back:
        assert there.kind == back.kind
        assert there.distance == pytest.approx(back.distance)
        assert (there.distance == 0) == (there.kind == "same")


@given(spelt, st.floats(0, 3), st.floats(0, 3))
def test_sorting_out_by_letters_hides_no_likeness(name, slips, visual):
    """Every name one edit away that the plain distances call near is found."""
    for other in (f"{name}x", name[1:], name.replace("o", "0"), name[1::-1] + name[2:]):
        found = likeness(name, other, slips=slips, visual=visual)
        one, two = (n.lower().translate(str.maketrans("", "", "-_.")) for n in (name, other))
        if one and visual_distance(one, two) < visual * min(len(one), len(two), 10) / 10:
            assert found is not None
            assert found.kind in ("same", "look")


def test_ten_thousand_names_are_compared_in_well_under_a_second():
    names = [
        f"{a}{b}-{c}{d}" for a in "aeiou" for b in range(20) for c in "klmno" for d in range(20)
    ]
    likenesses("todo-tree", names)

    start = time.process_time()
    likenesses("e12-n7", names)

    assert len(names) == 10_000
    assert time.process_time() - start < 1
