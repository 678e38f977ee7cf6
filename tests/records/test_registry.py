"""A whole registry: from a directory or from Git, whatever single records look like."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from devforge.adapters.registry import read_registry, read_registry_tree
from devforge.errors import BadInput
from devforge.model.names import ExtensionId

TODO = ExtensionId("acme", "todo-tree")
WAYS = {
    "directory": lambda shelf: read_registry(shelf.root),
    "git tree": lambda shelf: read_registry_tree(shelf.commit(), "main"),
}


@pytest.fixture(params=WAYS, ids=lambda name: name.replace(" ", "-"))
def read(request):
    return WAYS[request.param]


def said(registry):
    return [f"{p.at}: {p.problem}" for p in registry.problems]


def test_every_record_is_read(stocked, read):
    registry = read(stocked)

    assert said(registry) == []
    assert list(registry.developers) == ["acme", "jane"]
    assert [str(id) for id in registry.extensions] == ["acme.notes", "acme.todo-tree", "jane.notes"]
    assert [str(v) for v in registry.extensions[TODO].versions] == ["1.10.0", "1.9.0", "1.0.0"]
    assert [advisory.id for advisory in registry.advisories] == ["DEVFORGE-2026-1"]
    assert registry.policy.publishing.bins == 256


def test_the_trust_is_in_its_place_and_no_record(stocked, read):
    stocked.write("registry/root.json", "{}")
    stocked.write("registry/trust/metadata/1.root.json", "{}")
    stocked.write("registry/trust/pending/metadata/2.root.json", "{}")

    assert said(read(stocked)) == []


def test_the_seed_of_this_repository_is_an_empty_registry():
    registry = read_registry(Path(__file__).parents[2])

    assert said(registry) == []
    assert not registry.extensions


def test_the_records_alone_can_be_named(stocked):
    assert read_registry(stocked.root / "registry") == read_registry(stocked.root)


def test_a_wrong_record_hides_no_other(stocked, read, golden):
    stocked.write("registry/developers/bob.yaml", "name: B\n")
    stocked.write("registry/developers/Bad Name.yaml", "name: Bad\nmembers: [{login: b, id: 9}]\n")
    stocked.write("registry/extensions/acme/notes/extension.yaml", "owners: acme\n")
    stocked.write("registry/extensions/acme/todo-tree/versions/1.9.0.yaml", "comit: 1\n")
    stocked.write("registry/extensions/acme/todo-tree/versions/v2.yaml", "commit: x\n")
    stocked.write("registry/extensions/acme/todo-tree/README.md", "hello\n")
    stocked.write("registry/extensions/jane/Upper/versions/1.0.0.yaml", "commit: x\n")
    stocked.write("registry/advisories/DEVFORGE-2026-2.yaml", "[")
    stocked.write("registry/stray.yaml", "a: b\n")
    registry = read(stocked)

    assert [str(id) for id in registry.extensions] == ["acme.todo-tree", "jane.notes"]
    assert [str(v) for v in registry.extensions[TODO].versions] == ["1.10.0", "1.0.0"]
    lines = [f"{p.at}\n  {p.problem}\n  → {p.remedy}" for p in sorted(registry.problems, key=str)]
    golden("records/registry-problems.txt", "\n".join(lines) + "\n")


def test_records_that_contradict_each_other_are_found(stocked, read, golden):
    stocked.extension("jane/todo-tree", "1.0.0", id=11)
    stocked.extension("acme/todotree", id=14)
    stocked.extension("acme/other", id=12, url="https://github.com/acme/renamed")
    stocked.extension("acme/ghost", id=15, owners="nobody")
    stocked.developer("mallory", id=2, login="mallory")
    stocked.write(
        "registry/extensions/jane/notes/versions/2.0.0.yaml",
        f"commit: {'a' * 40}\nyanked: {{reason: It is broken, replacement: 2.0.0}}\n",
    )
    stocked.write(
        "registry/advisories/DEVFORGE-2026-3.yaml",
        "id: DEVFORGE-2026-4\nmodified: 2026-11-23T09:00:00Z\n"
        "affected: [{package: {ecosystem: DevForge, name: jane.gone}}]\n",
    )
    registry = read(stocked)

    assert len(registry.extensions) == 7
    lines = [f"{p.at}\n  {p.problem}\n  → {p.remedy}" for p in registry.problems]
    golden("records/contradictions.txt", "\n".join(lines) + "\n")


def test_yanked_versions_are_not_in_the_catalogue(stocked, read):
    stocked.write(
        "registry/extensions/acme/todo-tree/versions/1.10.0.yaml",
        f"commit: {'a' * 40}\nyanked: {{reason: It is broken, replacement: 1.9.0}}\n",
    )
    registry = read(stocked)

    assert said(registry) == []
    assert [str(version) for version in registry.catalogue[TODO]] == ["1.9.0", "1.0.0"]


def test_links_and_giants_are_refused_without_reading_them(stocked, read):
    (stocked.root / "registry/developers/link.yaml").symlink_to("/etc/passwd")
    stocked.write("registry/developers/giant.yaml", b"a" * 1_000_000)
    registry = read(stocked)

    giant, link = sorted(said(registry))
    assert giant == ("registry/developers/giant.yaml: is 1,000,000 bytes, at most 65,536 are read")
    assert "link.yaml: is not a plain file" in link
    assert list(registry.developers) == ["acme", "jane"]


def test_a_policy_that_cannot_be_read_is_a_problem_and_the_default_holds(stocked, read):
    stocked.write("registry/policy.yaml", "limits: 5\n")
    registry = read(stocked)

    assert "registry/policy.yaml: limits: found 5; must be a mapping" in "\n".join(said(registry))
    assert registry.policy.limits.record_bytes == 65_536
    assert len(registry.extensions) == 3


def test_no_registry_at_all_is_said_so(tmp_path, shelf):
    with pytest.raises(BadInput, match="is not a directory"):
        read_registry(tmp_path / "nowhere")
    shelf.write("other.txt", "x")
    (shelf.root / "registry/policy.yaml").unlink()
    objects = shelf.commit()
    with pytest.raises(BadInput, match="has no directory registry/"):
        read_registry_tree(objects, "main")
    with pytest.raises(BadInput, match="no tree"):
        read_registry_tree(objects, "elsewhere")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_problem(stocked):
    (stocked.root / "registry/developers/jane.yaml").chmod(0)

    assert "cannot be read" in said(read_registry(stocked.root))[0]


def test_names_that_are_no_text_are_problems(stocked, read):
    strange = os.fsencode(stocked.root) + b"/registry/developers/\xff\xfe.yaml"
    with open(strange, "wb") as file:  # noqa: PTH123 - a name that no Path spells
        file.write(b"name: Acme\nmembers: [{login: x, id: 7}]\n")
    registry = read(stocked)

    assert list(registry.developers) == ["acme", "jane"]
    assert "the file's name must be lower-case letters" in said(registry)[0]
