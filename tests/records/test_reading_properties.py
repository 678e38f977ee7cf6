"""Whatever the bytes, reading answers with a value or a BadRecord, quickly, as other readers do."""

from __future__ import annotations

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from devforge.model.manifest import Manifest
from devforge.model.reading import BadRecord, parse_yaml, read_record
from devforge.model.records import Advisory, Developer, VersionRecord

KINDS = (Developer, VersionRecord, Manifest, Advisory)
# Pieces that YAML gives a meaning to, so that chance finds its corners.
PIECES = st.sampled_from(
    ["a", "b: ", "- ", "? ", ": ", "\n", "  ", "\t", "[", "]", "{", "}", ",", "'", '"', "&x ", "*x",
     "!!str ", "!", "|", ">", "---\n", "...\n", "%YAML 1.1\n", "#", "<<: ", "1.10", "NO", "~", "\\x",
     "\r", "\ufeff", "\u2028", "é", "name: ", "members: ", "{login: x, id: 1}", "commit: "]
)  # fmt: skip
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)


class _Decimal(yaml.CSafeLoader):
    """PyYAML itself, but for dates, which we leave text."""


_Decimal.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith((":timestamp", ":merge"))]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_as_every_kind(content):
    for kind in KINDS:
        error = refusal(lambda kind=kind: read_record(content, kind, file="x.yaml"))
        if error is not None:
            assert error.problems
            assert str(error).startswith("x.yaml: ")
            assert all(problem.problem and problem.remedy for problem in error.problems)


def refusal(read):
    try:
        read()
    except BadRecord as error:
        return error
    return None


@given(st.binary(max_size=300))
def test_arbitrary_bytes_raise_nothing_but_a_bad_record(content):
    read_as_every_kind(content)


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=30))
def test_arbitrary_yaml_raises_nothing_but_a_bad_record(pieces):
    read_as_every_kind("".join(pieces).encode())


@given(plain)
def test_values_of_any_shape_raise_nothing_but_a_bad_record(value):
    read_as_every_kind(yaml.safe_dump(value, allow_unicode=True).encode())


@given(st.dictionaries(st.text(max_size=8), plain, max_size=5))
def test_what_is_read_is_what_another_reader_reads(value):
    text = yaml.safe_dump(value, allow_unicode=True, default_style='"')
    error = refusal(lambda: parse_yaml(text.encode(), file="x", limit_bytes=100_000))
    if error:  # nulls and numbers are tagged when everything is quoted
        assert all("invisible" in p.problem or "tag" in p.problem for p in error.problems)
    else:
        assert parse_yaml(text.encode(), file="x", limit_bytes=100_000) == yaml.safe_load(text)


@given(st.lists(PIECES, max_size=20))
def test_text_that_is_read_at_all_is_read_as_another_reader_reads_it(pieces):
    text = "".join(pieces)
    try:
        ours = parse_yaml(text.encode(), file="x", limit_bytes=10_000)
    except BadRecord:
        return
    assert ours == yaml.load(text, _Decimal)
