"""Who is offered a version: uniform, monotone, independent, and nobody where anything is odd."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from updates.conftest import id_, version_

from devforge.model.fields import from_plain
from devforge.model.index import IndexedVersion
from devforge.updates.rollout import admits, bucket, percent

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
INK, ONE = id_("acme.ink"), version_("1.0.0")
SOUND = {"stages": [10, 50, 100], "hours": 24}
PUBLISHED = "2026-11-30T00:00:00Z"

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("stages", "hours"),
    [
        (["10"], 24), ([10.5], 24), ([-1], 24), ([101], 24), ([None], 24), ([math.nan], 24),
        ([math.inf], 24), ([True], 24), ([], 24), (None, 24), ("100", 24), ([50, 10], 24),
        ([10, 10], 24), ([100], -1), ([100], None), ([100], "24"), ([100], math.nan), ([100], 721),
        ([100], True), ({"0": 100}, 24), ([10**400], 24), ([100], 10**400), (list(range(11)), 24),
    ],
)  # fmt: skip
def test_a_malformed_roll_out_reaches_nobody(stages, hours):
    assert percent({"stages": stages, "hours": hours}, published=PUBLISHED, now=NOW) == 0


@pytest.mark.parametrize("rollout", ["malformed", 100, True, [], {}, {"stages": [100]}, 1.0, ""])
def test_what_is_no_roll_out_reaches_nobody(rollout):
    assert percent(rollout, published=PUBLISHED, now=NOW) == 0


@pytest.mark.parametrize(
    "published",
    [None, "", "yesterday", "2026-11-30", "2026-11-30T00:00:00", 1764460800, math.nan, [],
     "2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z", "2100-01-01T00:00:00Z", "9" * 100],
)  # fmt: skip
def test_a_date_that_is_absent_odd_or_still_to_come_reaches_nobody(published):
    assert percent(SOUND, published=published, now=NOW) == 0


@pytest.mark.parametrize(
    "now", [None, datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)]
)
def test_a_clock_that_cannot_be_right_reaches_nobody(now):
    assert percent(SOUND, published=PUBLISHED, now=now) == 0


@given(rollout=anything.filter(lambda r: r is not None), published=anything)
def test_nothing_that_is_not_a_roll_out_ever_opens(rollout, published):
    assert percent(rollout, published=published, now=NOW) == 0


@given(stages=st.lists(anything, max_size=4), hours=anything)
def test_only_whole_rising_percentages_open(stages, hours):
    share = percent({"stages": stages, "hours": hours}, published=PUBLISHED, now=NOW)

    assert type(share) is int
    if share:
        assert all(type(stage) is int and 0 <= stage <= 100 for stage in stages)
        assert type(hours) is int


@pytest.mark.parametrize(
    ("hours", "share"), [(0, 10), (23.9, 10), (24, 50), (48, 100), (24 * 365, 100)]
)
def test_stages_follow_one_another(hours, share):
    published = datetime(2026, 11, 1, tzinfo=UTC)

    now = published + timedelta(hours=hours)

    assert percent(SOUND, published="2026-11-01T00:00:00Z", now=now) == share


def test_no_hours_go_straight_to_the_last_stage():
    assert percent({"stages": [10, 100], "hours": 0}, published=PUBLISHED, now=NOW) == 100


def test_without_a_roll_out_everybody_is_offered_it():
    assert percent(None, published=None, now=None) == 100


def test_without_a_name_of_its_own_an_install_gets_only_what_everybody_gets():
    given = {"published": PUBLISHED, "now": NOW, "install": None, "extension": INK, "version": ONE}

    assert not admits(SOUND | {"stages": [99, 100]}, **given)
    assert admits(SOUND | {"stages": [100]}, **given)


def test_a_malformed_roll_out_hides_no_other_version():
    version = from_plain(
        IndexedVersion,
        {
            "version": "1.0.0",
            "engines": "*",
            "package": {"sha256": "0" * 64, "length": 1},
            "rollout": {"stages": ["10"], "hours": "soon"},
        },
    )

    assert percent(version.rollout, published=PUBLISHED, now=NOW) == 0


def test_the_buckets_are_as_the_registry_computes_them():
    assert bucket("0" * 32, INK, ONE) == 1820
    assert bucket("1" * 32, INK, version_("2.0.0-beta.1")) == 5708


def test_the_buckets_are_uniform():
    counts = [0] * 100
    for number in range(20_000):
        counts[bucket(f"{number:032x}", INK, ONE) // 100] += 1

    chi_squared = sum((count - 200) ** 2 / 200 for count in counts)
    assert chi_squared < 149.45  # 99 degrees of freedom, one in a thousand


@pytest.mark.parametrize("other", [(INK, version_("1.0.1")), (id_("acme.inks"), ONE)])
def test_the_buckets_of_two_versions_have_nothing_to_do_with_one_another(other):
    table = [[0] * 10 for _ in range(10)]
    for number in range(20_000):
        install = f"{number:032x}"
        table[bucket(install, INK, ONE) // 1000][bucket(install, *other) // 1000] += 1

    rows, columns = (
        [sum(row) for row in table],
        [sum(column) for column in zip(*table, strict=True)],
    )
    expected = [[r * c / 20_000 for c in columns] for r in rows]
    chi_squared = sum(
        (table[i][j] - expected[i][j]) ** 2 / expected[i][j] for i in range(10) for j in range(10)
    )
    assert chi_squared < 126.08  # 81 degrees of freedom, one in a thousand


def test_whoever_is_in_at_one_share_is_in_at_every_larger_one():
    for number in range(500):
        offered = [
            admits(
                {"stages": [share, 100], "hours": 24}, published=PUBLISHED, now=NOW,
                install=f"{number:032x}", extension=INK, version=ONE,
            )
            for share in range(100)
        ]  # fmt: skip

        assert offered == sorted(offered)


def test_a_share_offers_it_to_about_that_many():
    among = sum(
        admits(
            {"stages": [10, 100], "hours": 24}, published=PUBLISHED, now=NOW,
            install=f"{number:032x}", extension=INK, version=ONE,
        )
        for number in range(10_000)
    )  # fmt: skip

    assert 900 < among < 1100
