"""What jobs hand to each other survives the way, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devforge.errors import BadInput
from devforge.model.observed import Missing, SourceFile, SourceTree
from devforge.model.policy import Limits
from devforge.review.handover import Listed, Tried, read_json, read_source, write_json, write_source

LIMITS = Limits(
    package_bytes=10_000, file_bytes=5_000, files=20, manifest_bytes=100, record_bytes=100
)
paths = st.binary(min_size=1, max_size=20).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
modes = st.sampled_from(["file", "executable", "symlink", "submodule"])
trees = st.dictionaries(paths, st.tuples(modes, st.binary(max_size=200)), max_size=10).map(
    lambda found: SourceTree(files={p: SourceFile(p, m, c) for p, (m, c) in found.items()})
)


@given(tree=trees)
def test_a_source_arrives_as_it_was(tmp_path_factory, tree):
    path = tmp_path_factory.mktemp("handed") / "source"
    write_source(path, tree)

    assert read_source(path, limits=LIMITS).sha256 == tree.sha256


@given(raw=st.binary(max_size=300), whole=st.booleans())
def test_any_other_bytes_are_refused_in_our_own_words(tmp_path_factory, raw, whole):
    path = tmp_path_factory.mktemp("handed") / "source"
    content = (b"devforge source 1\n" if whole else b"") + raw
    path.write_bytes(content)
    try:
        read_source(path, limits=LIMITS)
    except BadInput:
        return
    assert content.startswith(b"devforge source 1\n")


@given(raw=st.binary(max_size=300))
def test_any_json_or_none_is_a_value_or_missing(tmp_path_factory, raw):
    path = tmp_path_factory.mktemp("handed") / "x.json"
    path.write_bytes(raw)

    assert isinstance(read_json(path, Listed), Listed | Missing)


def test_a_source_past_the_limits_is_refused_before_it_is_in_memory(tmp_path):
    big = SourceTree(files={"a": SourceFile("a", "file", b"x" * 20_000)})
    write_source(tmp_path / "source", big)

    with pytest.raises(BadInput, match="limits"):
        read_source(tmp_path / "source", limits=LIMITS)


def test_json_goes_there_and_back(tmp_path):
    tried = Tried(head="a" * 40, tree_sha256="b" * 64, trial=Missing(reason="none"))
    write_json(tmp_path / "deep" / "trial.json", tried)

    assert read_json(tmp_path / "deep" / "trial.json", Tried) == tried
