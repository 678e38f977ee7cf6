"""What a client reads is what its dataclasses say, or refused with each thing that is wrong; nothing else escapes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from signed_index import document, version_of

from devforge.model.fields import Misfits, from_json
from devforge.model.index import NOBODY, Changes, Config, ExtensionDocument, SearchShard, StateList
from devforge.model.plain import to_plain
from devforge.publish.layout import encode, encode_document
from devforge.updates.known import Known
from devforge.updates.store import State

KINDS = (Changes, Config, ExtensionDocument, SearchShard, StateList, Known, State)
SOUND = document(
    "acme.ink",
    version_of("acme.ink", "2.0.0", published="2026-11-01T00:00:00Z", rollout={"stages": [10, 100], "hours": 24})[0],
    version_of("acme.ink", "1.0.0", yanked={"reason": "It loses files."})[0],
)  # fmt: skip
PLAIN = to_plain(SOUND, sparse=True)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.sampled_from(sorted(PLAIN)), inner, max_size=6),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.parametrize("encoded", [encode, encode_document])
def test_what_is_written_is_read_as_it_was(encoded):
    assert from_json(ExtensionDocument, encoded(SOUND)) == SOUND


def read(kind, content):
    """Return what is read, or why nothing is; let anything else escape."""
    try:
        return from_json(kind, content)
    except Misfits as refused:
        return refused


@given(anything, st.sampled_from(KINDS))
def test_whatever_json_says_it_is_read_or_refused_in_words(value, kind):
    found = read(kind, json.dumps(value).encode())

    assert isinstance(found, kind) or str(found).isprintable()


@given(st.binary(max_size=60), st.sampled_from(KINDS))
def test_whatever_bytes_come_they_are_read_or_refused(content, kind):
    assert isinstance(read(kind, content), (kind, Misfits))


@given(st.sampled_from(sorted(PLAIN)), anything)
def test_one_field_that_is_odd_is_read_or_named(name, value):
    found = read(ExtensionDocument, json.dumps(PLAIN | {name: value}).encode())

    assert isinstance(found, ExtensionDocument) or {m.path[0] for m in found.misfits} == {name}


def test_everything_that_is_wrong_is_told_with_its_place():
    first, second = PLAIN["versions"]
    wrong = PLAIN | {"versions": [first | {"version": "2", "halted": "yes"}, second | {"package": {}}]}  # fmt: skip
    del wrong["license"]

    with pytest.raises(Misfits) as refused:
        from_json(ExtensionDocument, json.dumps(wrong).encode())

    assert {misfit.path for misfit in refused.value.misfits} == {
        ("license",), ("versions", 0, "version"), ("versions", 0, "halted"),
        ("versions", 1, "package", "sha256"), ("versions", 1, "package", "length"),
    }  # fmt: skip


@pytest.mark.parametrize("text", ["half \ud800 a character", "\udfff"])
def test_text_that_no_terminal_could_be_given_is_refused(text):
    with pytest.raises(Misfits, match=r"description: .* is not text"):
        from_json(ExtensionDocument, json.dumps(PLAIN | {"description": text}).encode())


def test_keys_of_a_newer_registry_are_ignored_and_its_odd_roll_out_reaches_nobody():
    first, second = PLAIN["versions"]
    newer = PLAIN | {"colour": "red", "versions": [first | {"rollout": {"waves": 3}}, second | {"shade": 1}]}  # fmt: skip

    read = from_json(ExtensionDocument, json.dumps(newer).encode())

    assert [one.rollout for one in read.versions] == [NOBODY, None]


def test_a_version_without_any_package_is_refused():
    [version, _] = PLAIN["versions"]
    bare = {name: value for name, value in version.items() if name != "package"}

    with pytest.raises(Misfits, match=r"versions\.0: has no package for any platform"):
        from_json(ExtensionDocument, json.dumps(PLAIN | {"versions": [bare]}).encode())
