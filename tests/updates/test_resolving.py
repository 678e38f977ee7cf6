"""Versions that go together: found by backtracking, and told in words where there are none."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest
from updates.conftest import id_, version_
from updates.memory import packed, pointer

from devforge.model.ranges import Range
from devforge.updates.resolve import Candidate, Domain, NoSolution, resolve


def test_the_newest_set_that_works_is_found_not_the_newest_of_each(shelf, person):
    shelf.add("acme.base", "1.5.0").add("acme.base", "2.0.0")
    shelf.add("acme.pen", "1.0.0", extension_dependencies={"acme.base": "^1"})
    shelf.add("acme.ink", "1.0.0", extension_dependencies={"acme.pen": "*", "acme.base": "*"})

    person.install("acme.ink")

    assert person.has == {"acme.ink": "1.0.0", "acme.pen": "1.0.0", "acme.base": "1.5.0"}


def test_an_older_version_of_what_was_asked_for_is_taken_when_the_newest_cannot_work(shelf, person):
    shelf.add("acme.base", "1.0.0")
    shelf.add("acme.ink", "1.0.0", extension_dependencies={"acme.base": "^1"})
    shelf.add("acme.ink", "2.0.0", extension_dependencies={"acme.base": "^2"})

    person.install("acme.ink")

    assert person.has == {"acme.ink": "1.0.0", "acme.base": "1.0.0"}


def test_what_is_installed_moves_along_when_it_must(shelf, person):
    shelf.add("acme.base", "1.0.0")
    shelf.add("acme.pen", "1.0.0", extension_dependencies={"acme.base": "^1"})
    person.install("acme.pen")
    shelf.add("acme.base", "2.0.0")
    shelf.add("acme.pen", "2.0.0", extension_dependencies={"acme.base": ">=1"})
    shelf.add("acme.ink", "1.0.0", extension_dependencies={"acme.base": "^2"})

    person.install("acme.ink")

    assert person.has == {"acme.ink": "1.0.0", "acme.pen": "2.0.0", "acme.base": "2.0.0"}
    assert person.entry("acme.pen").requested
    assert not person.entry("acme.base").requested


def test_nothing_installed_is_moved_to_an_older_version_for_anothers_sake(shelf, person):
    shelf.add("acme.base", "1.0.0").add("acme.base", "2.0.0")
    person.install("acme.base")
    shelf.add("acme.evil", "1.0.0", extension_dependencies={"acme.base": "<2"})

    with pytest.raises(NoSolution) as caught:
        person.install("acme.evil")

    assert "acme.base: acme.evil 1.0.0 needs <2" in str(caught.value)
    assert "2.0.0 is not in <2, which acme.evil 1.0.0 needs" in str(caught.value)
    assert person.has == {"acme.base": "2.0.0"}


def test_a_dead_end_is_told_with_the_chain_that_leads_there(shelf, person, golden):
    shelf.add("acme.base", "1.9.0").add("acme.base", "2.0.0", engines=">=3")
    shelf.add("acme.tools", "1.0.0", extension_dependencies={"acme.base": "^1"})
    person.install("acme.tools")
    person.configure("extensions:\n  acme.tools: {policy: pinned}\n")
    shelf.add("acme.pen", "1.0.0", extension_dependencies={"acme.base": "^2"})
    shelf.add("acme.ink", "1.0.0", extension_dependencies={"acme.pen": "*", "acme.tools": "*"})

    with pytest.raises(NoSolution) as caught:
        person.install("acme.ink")

    golden("updates/no_solution.txt", str(caught.value) + "\n")


def test_extensions_that_need_one_another_in_a_circle_are_installed(shelf, person):
    shelf.add("acme.ink", "1.0.0", extension_dependencies={"acme.pen": "^1"})
    shelf.add("acme.pen", "1.0.0", extension_dependencies={"acme.ink": "^1"})

    person.install("acme.ink")

    assert person.has == {"acme.ink": "1.0.0", "acme.pen": "1.0.0"}


def test_what_is_broken_already_does_not_stand_in_the_way_of_the_rest(shelf, person):
    shelf.add("acme.base", "1.0.0")
    shelf.add("acme.ink", "1.0.0", extension_dependencies={"acme.base": "^1"})
    shelf.add("acme.pen", "1.0.0")
    person.install("acme.ink")
    state = person.home.state()
    left = tuple(e for e in state.extensions if str(e.id) != "acme.base")
    with person.home.changing():
        person.home.switch(state, replace(state, extensions=left), [])

    person.install("acme.pen")

    assert person.has == {"acme.ink": "1.0.0", "acme.pen": "1.0.0"}


def test_a_package_for_this_platform_is_taken_before_the_common_one(shelf, person, monkeypatch):
    shelf.add("acme.ink", "1.0.0")
    special = packed({"extension.py": "SPECIAL = True\n"})
    shelf.change("acme.ink", "1.0.0", platforms={"plan-9": pointer(special)})
    here = person.updates.circumstances
    person.updates.circumstances = lambda *a: replace(here(*a), platform="plan-9")
    proposal = person.updates.plan_install([id_("acme.ink")])

    assert proposal.plan.changes[0].package.sha256 == pointer(special)["sha256"]


def _world(seed):
    """A small random registry: name → version → needs."""
    draw = random.Random(seed)
    names = ["a.a", "b.b", "c.c", "d.d"]
    ranges = ["*", "^1", "^2", ">=2", "<2", "1.0.0"]
    return {
        id_(name): {
            version_(v): {id_(d): Range(draw.choice(ranges)) for d in names if d != name and draw.random() < 0.4}
            for v in ("1.0.0", "1.1.0", "2.0.0")
        }
        for name in names
    }  # fmt: skip


def _fits(world, picked):
    return all(
        d in picked and r.admits(picked[d])
        for id, version in picked.items()
        for d, r in world[id][version].items()
    )


@pytest.mark.parametrize("seed", range(60))
def test_it_finds_a_set_exactly_where_trying_all_finds_one(seed):
    world = _world(seed)

    def domain(id):
        return Domain(
            tuple(
                Candidate(v, world[id][v], offer=object()) for v in sorted(world[id], reverse=True)
            )  # type: ignore[arg-type]
        )

    ids = list(world)
    sets = [
        picked
        for choice in itertools.product(*([None, *world[id]] for id in ids))
        if (picked := {id: v for id, v in zip(ids, choice, strict=True) if v}).get(ids[0])
        and _fits(world, picked)
    ]
    try:
        found = resolve([ids[0]], domain=domain, installed={})
    except NoSolution:
        assert sets == []
        return
    picked = {id: candidate.version for id, candidate in found.chosen.items()}
    assert _fits(world, picked)
    assert picked[ids[0]] == max(each[ids[0]] for each in sets)


def test_a_registry_made_to_be_entangled_is_given_up_on():
    names = [id_(f"a.x{number}") for number in range(40)]

    def domain(id):
        number = names.index(id)
        needs = {n: Range("*") for n in names[number + 1 :]} if number < 39 else {id_("a.none"): Range("*")}  # fmt: skip
        return Domain(tuple(Candidate(version_(f"{v}.0.0"), needs, offer=object()) for v in range(9, 0, -1)))  # type: ignore[arg-type]  # fmt: skip

    with pytest.raises(NoSolution, match=r"entangled|nothing fits"):
        resolve([names[0]], domain=lambda id: domain(id) if id in names else Domain(()), installed={})  # fmt: skip
