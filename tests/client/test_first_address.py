"""A home that knows no mirror yet: it asks each address it was given, in turn, and each for all of it."""

from __future__ import annotations

import shutil

import pytest
from places import INK, PEN, Place, versions

from devforge.cli import main
from devforge.errors import BadInput, Refused, Unavailable


def both(place):
    return f"{place.server.url} {place.mirrors['east'].url}"


def test_a_fresh_home_installs_from_the_second_address_where_the_first_is_down(
    mirrored: Place, monkeypatch, capsys
):
    mirrored.sync("east")
    mirrored.server.misbehave("", "drop")
    for name, value in {"INDEX": both(mirrored), "ROOT": mirrored.root, "HOME": mirrored.home, "VERSION": "2.0.0"}.items():  # fmt: skip
        monkeypatch.setenv(f"DEVFORGE_{name}", str(value))

    assert main(["install", "acme.ink"]) == 0
    assert capsys.readouterr().err == ""
    assert main(["list"]) == 0
    assert capsys.readouterr().out.split() == ["acme.ink", "1.0.0"]


def test_where_the_first_address_answers_nobody_else_is_asked(mirrored: Place):
    mirrored.sync("east")

    index = mirrored.open(both(mirrored))
    index.download(INK, index.document(INK).versions[0])

    assert mirrored.mirrors["east"].requests == []


def test_one_address_or_two_is_the_same_registry_with_one_memory(mirrored: Place):
    mirrored.sync("yesterday", "east")
    mirrored.registry.add("acme.ink", "1.1.0")
    assert versions(mirrored.open(mirrored.server.url)) == ["1.1.0", "1.0.0"]
    mirrored.server.misbehave("", "drop")

    index = mirrored.open(both(mirrored))

    assert index.location == mirrored.server.url
    assert mirrored.memory.is_dir()
    with pytest.raises(Refused, match="older than what was seen before"):
        index.document(PEN)  # the second address has yesterday's


def test_no_answer_is_put_together_from_two_addresses(mirrored: Place):
    mirrored.sync("east")
    mirrored.registry.add("acme.ink", "1.1.0")
    shutil.rmtree(mirrored.site / "index/targets/extensions")

    assert versions(mirrored.open(both(mirrored))) == ["1.0.0"]


def test_where_no_address_answers_each_is_said(mirrored: Place):
    for server in (mirrored.server, mirrored.mirrors["east"]):
        server.misbehave("", "error", 503)

    with pytest.raises(Unavailable) as said:
        mirrored.open(both(mirrored)).document(INK)

    assert f"{mirrored.server.url}: metadata/2.root.json: 503" in str(said.value)
    assert f"{mirrored.mirrors['east'].url}: metadata/2.root.json: 503" in str(said.value)


@pytest.mark.parametrize(
    "other", ["ftp://registry.example/", "/srv/registry", "http://registry.example/"]
)
def test_only_safe_addresses_stand_beside_one_another(mirrored: Place, other):
    with pytest.raises(BadInput, match="https"):
        mirrored.open(f"{mirrored.server.url} {other}")
