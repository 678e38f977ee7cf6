"""Versions sort as Semantic Versioning says, and as node does."""

from __future__ import annotations

import functools
from itertools import pairwise

import nodesemver
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devforge.model.ranges import Range
from devforge.model.versions import Version

ORDER = "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0"
number = st.integers(0, 120).map(str)
part = number | st.from_regex(r"[a-zA-Z-][0-9a-zA-Z-]{0,3}", fullmatch=True)
texts = st.builds(
    lambda a, b, c, pre: f"{a}.{b}.{c}" + (f"-{'.'.join(pre)}" if pre else ""),
    number, number, number, st.lists(part, max_size=3),
)  # fmt: skip


def test_the_standards_own_example_is_in_order():
    versions = [Version.parse(text) for text in ORDER.split()]

    assert all(lower < higher for lower, higher in pairwise(versions))


@given(st.lists(texts, max_size=6))
def test_versions_sort_as_node_sorts_them(found):
    ours = [str(version) for version in sorted(map(Version.parse, found))]
    compare = functools.cmp_to_key(lambda a, b: nodesemver.compare(a, b, loose=False))

    assert [compare(text) for text in ours] == [
        compare(text) for text in sorted(found, key=compare)
    ]


@given(texts)
def test_a_version_keeps_its_spelling(text):
    assert str(Version.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["1", "1.2", "v1.2.3", "1.2.3.4", "01.2.3", "1.2.3+build", "1.2.3-", "1.2.3-01", "1.2.3\n", " 1.2.3",
     "1.2.x", "", "1.2.3-ä", "٣.1.2", "9999999999.0.0", "1.2.3-" + "a" * 64],
)  # fmt: skip
def test_what_clients_could_not_order_is_refused(text):
    with pytest.raises(ValueError, match=r"must be major\.minor\.patch"):
        Version.parse(text)


@pytest.mark.parametrize(
    ("wrote", "meant"),
    [("1", "1.0.0"), ("v1.4", "1.4.0"), ("1.04.0", "1.4.0"), ("1.2.3.0", "1.2.3"),
     ("1.2.3+build", "1.2.3"), ("1.4.0b1", "1.4.0-b.1"), ("1.4.0rc1", "1.4.0-rc.1"), ("latest", None),
     ("9" * 5000, None)],
)  # fmt: skip
def test_the_version_that_was_meant_is_offered(wrote, meant):
    assert Version.nearest(wrote) == meant


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [(">=1.2.0 <2", "1.9.9", "2.0.0"), ("^1.4", "1.5.0", "2.0.0"), ("1.x", "1.0.0", "0.9.0"),
     ("~1.2.3", "1.2.9", "1.3.0"), ("*", "7.0.0", "7.0.0-beta.1"), (">=1.0.0-a", "1.0.0-b", "2.0.0-b")],
)  # fmt: skip
def test_a_range_admits_what_node_admits(text, inside, outside):
    assert Range.parse(text).admits(Version.parse(inside))
    assert not Range.parse(text).admits(Version.parse(outside))


_PARTIAL = r"v?([0-3]|[1-9][0-9]|[xX*])(\.([0-3]|[xX*])){0,2}|[0-2]\.[0-2]\.[0-2]-[ab0-1](\.[b1])?"
_ONE = rf"(|[<>]=?|=|~>?|\^) ?({_PARTIAL})"
ranges = st.from_regex(
    rf"({_ONE})( {_ONE})?( ?\|\| ?({_ONE}|({_PARTIAL}) - ({_PARTIAL})))?", fullmatch=True
)


@given(ranges, texts)
def test_a_range_admits_exactly_what_node_admits(text, version):
    theirs = nodesemver.valid_range(text, loose=False)
    found = Range.parse(text).admits(Version.parse(version))

    assert theirs is not None
    assert found == bool(nodesemver.satisfies(version, text, loose=False))


@given(st.text(alphabet="01.xv<>=~^|- *ab+", max_size=16))
def test_whatever_is_written_is_a_range_as_node_has_it_or_refused(text):
    try:
        found = str(Range.parse(text))
    except ValueError as refused:
        found = str(refused)

    allowed = {"must be a version range such as >=1.2.0 <2 or ^1.4.0"}
    assert found in allowed | ({text} if nodesemver.valid_range(text, loose=False) else set())


@pytest.mark.parametrize(
    "text", ["", " ", "latest", ">=", "x" * 200, "1.2.3 and up", "\n", "$(id)"]
)
def test_what_is_no_range_is_refused(text):
    with pytest.raises(ValueError, match="must be a version range"):
        Range.parse(text)


@given(st.text(max_size=30))
def test_any_text_is_a_range_or_a_value_error(text):
    try:
        assert str(Range.parse(text)) == text
    except ValueError as error:
        assert "version range" in str(error)  # noqa: PT017 - the text may be a range by chance
