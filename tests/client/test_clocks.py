"""A clock that was wrong once, here or at the registry: nobody is fooled by it, and nobody is locked out for ever."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta

import pytest
from places import INK, NOW, Place, versions
from signed_index import ROOT, holders

from devforge.errors import Refused
from devforge.publish.ceremony import draft_root, file_of
from devforge.publish.resign import resign
from devforge.publish.trust import read_trust

AHEAD = NOW + timedelta(days=4000)


def sign_anew(registry):
    """What the publishing job does at each run, whether or not anything changed."""
    done = resign(registry.out, registry.policy, registry.signing)
    registry.floor = done.floor
    return done


def renew_root(place):
    """What `devforge keys renew` brings about: the same keys, a root of a higher version."""
    root = draft_root(holders(), version=2, expires=NOW + timedelta(days=365))
    for signer in ROOT[:2]:
        root.sign(signer, append=True)
    trust = place.site / "index-trust"
    (trust / "metadata/2.root.json").write_bytes(file_of(root))
    place.registry.trust = read_trust(trust)


def test_a_clock_that_was_ahead_and_is_right_again_is_believed(place: Place):
    place.open(clock=lambda: NOW + timedelta(days=6)).document(INK)

    assert versions(place.open()) == ["1.0.0"]


def test_a_timestamp_good_for_decades_freezes_nobody(place: Place):
    rules = place.registry.policy.publishing.signing.model_copy(update={"timestamp_days": 9999})
    publishing = place.registry.policy.publishing.model_copy(update={"signing": rules})
    place.registry.policy = place.registry.policy.model_copy(update={"publishing": publishing})
    place.registry.add("acme.ink", "1.1.0")

    with pytest.raises(Refused, match=r"the registry has signed until 20[5-9]"):
        place.open().document(INK)


@pytest.mark.parametrize("is_new", [False, True], ids=["known before", "fresh home"])
def test_what_a_registry_signed_with_a_clock_ahead_is_refused_and_forgotten(place: Place, is_new):
    if not is_new:
        place.open().document(INK)
    place.sync("before")
    floor = place.registry.floor
    place.registry.clock = AHEAD
    place.registry.add("acme.ink", "1.1.0")
    with pytest.raises(
        Refused, match=r"the registry has signed on 20.*its operator has to sign anew"
    ):
        place.open().document(INK)

    place.go_back_to("before")  # the job is run again, and its clock is right
    place.registry.clock, place.registry.floor = NOW, floor
    place.registry.add("acme.ink", "1.1.0")

    assert versions(place.open()) == ["1.1.0", "1.0.0"]


def test_the_registrys_next_run_with_a_right_clock_signs_anew_what_was_signed_ahead(place: Place):
    place.open().document(INK)
    place.registry.clock = AHEAD
    place.registry.add("acme.ink", "1.1.0")
    ahead = place.registry.floor
    with pytest.raises(Refused):
        place.open().document(INK)

    place.registry.clock = NOW
    done = sign_anew(place.registry)

    assert done.floor.timestamp > ahead.timestamp
    assert max(moment for _, moment in done.expires) < NOW + timedelta(days=400)
    assert versions(place.open()) == ["1.1.0", "1.0.0"]
    assert sign_anew(place.registry).written == ()


@pytest.fixture
def ahead(tmp_path):
    """A registry that was made with a clock ahead."""
    with ExitStack() as stack:
        yield Place(tmp_path, stack, clock=AHEAD)


def test_where_both_clocks_were_ahead_a_new_root_takes_the_client_back(ahead: Place):
    assert versions(ahead.open(clock=lambda: AHEAD)) == ["1.0.0"]
    ahead.registry.clock = NOW
    sign_anew(ahead.registry)
    with pytest.raises(Refused, match="the registry has signed on"):
        ahead.open().document(INK)

    renew_root(ahead)
    sign_anew(ahead.registry)

    assert versions(ahead.open()) == ["1.0.0"]
