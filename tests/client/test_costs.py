"""What looking for updates costs, counted by a server, whatever is installed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from places import INK, NOW, Place
from signed_index import SignedIndex, document, serve, small_config, version_of

from devforge.model.names import ExtensionId
from devforge.publish.index import build_index
from devforge.updates.opening import open_index


def count(server):
    """Return (requests, body bytes) since the last count."""
    found = (len(server.requests), server.bytes)
    server.forget()
    return found


def test_nothing_new_costs_two_requests_and_hardly_a_byte(place: Place):
    installed = [ExtensionId.parse(f"acme.e{number}") for number in range(50)]
    with place.open() as index:
        generation = index.changed([*installed, INK]).generation
    for compress, conditional in ((True, True), (False, False)):
        place.server.compress, place.server.conditional = compress, conditional
        place.server.forget()
        with place.open() as index:
            checked = index.changed([*installed, INK], generation)

        requests, bytes_ = count(place.server)
        assert (checked.documents, checked.lists) == ({}, None)
        assert requests == 2
        assert bytes_ == (0 if conditional else pytest.approx(400, abs=200))


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """10,000 extensions with five versions each in 256 bins, as the anchors measure it."""
    out = tmp_path_factory.mktemp("large") / "index"
    registry = SignedIndex(out, config=small_config(bits=8), clock=NOW)
    listed = [version_of("acme.ink", f"1.{minor}.0")[0] for minor in reversed(range(5))]
    one = document("acme.ink", *listed)
    registry.shelf = {
        (id_ := ExtensionId.parse(f"dev{number % 500}.extension-{number}")): replace(one, id=id_)
        for number in range(10_000)
    }
    registry.floor = build_index(
        registry.shelf.values(), out, registry.policy, registry.signing
    ).floor
    registry.add("acme.ink", "1.0.0")
    (out.parent / "root.json").write_bytes(registry.root)
    return registry


def test_in_ten_thousand_a_first_install_and_a_release_cost_little(large, tmp_path):
    def opened():
        root = large.out.parent / "root.json"
        return open_index(f"{server.url}", home=tmp_path, root=root)

    with serve(large.out) as server:
        with opened() as index:
            server.compress = False
            package = index.download(INK, index.document(INK).versions[0])
        requests, total = count(server)
        cold = total - len(package)
        with opened() as index:
            generation = index.changed([INK]).generation
        server.forget()

        large.add("acme.ink", "1.1.0")
        installed = [*list(large.shelf)[:50], INK]
        with opened() as index:
            checked = index.changed(installed, generation)
        after_requests, after = count(server)
        with opened() as index:
            assert str(index.document(INK).versions[0].version) == "1.1.0"
        walk_requests, walk = count(server)

    print(f"cold {requests} requests, {cold} B beside the package; "
          f"after a release {after_requests} requests, {after} B; walk {walk_requests}, {walk} B")  # fmt: skip
    assert list(checked.documents) == [INK]
    assert cold <= 20_000
    assert requests <= 12
    assert after <= 15_000
    assert after_requests <= 4
    assert after + walk <= 20_000
