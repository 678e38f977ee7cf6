"""What was read before is read from the cache, unless anything at all is odd about it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devforge.adapters.registry import read_registry_tree
from devforge.adapters.registry_cache import RegistryCache
from devforge.model.reading import RECORD_BYTES


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache/registry"


def mark(cache, oid):
    """Change every developer's name in the cache, so that what was read from it shows."""
    limit = RECORD_BYTES
    known = RegistryCache.load(cache, limit_bytes=limit).whole(oid)
    units = [
        unit.model_copy(update={"developer": unit.developer.model_copy(update={"name": "kept"})})
        if unit.developer
        else unit
        for unit in known.units
    ]
    RegistryCache.save(cache, oid, units, known.problems, limit_bytes=limit)


def names(registry):
    return {key: developer.name for key, developer in registry.developers.items()}


def test_nothing_is_read_twice(stocked, cache):
    objects = stocked.commit()
    first = read_registry_tree(objects, "main", cache)
    assert read_registry_tree(objects, "main", cache) == first
    mark(cache, objects.entry("main", "registry").blob)

    assert names(read_registry_tree(objects, "main", cache)) == {"acme": "kept", "jane": "kept"}


def test_only_what_changed_is_read_again(stocked, cache):
    objects = stocked.commit()
    read_registry_tree(objects, "main", cache)
    mark(cache, objects.entry("main", "registry").blob)
    stocked.extension("jane/notes", "2.1.0", id=13)
    stocked.developer("jane", id=2, login="Jane")
    registry = read_registry_tree(stocked.commit(), "main", cache)

    assert names(registry) == {"acme": "kept", "jane": "Developer jane"}
    assert "2.1.0" in {str(v) for e in registry.extensions.values() for v in e.versions}


def test_what_is_gone_is_gone(stocked, cache):
    read_registry_tree(stocked.commit(), "main", cache)
    (stocked.root / "registry/developers/jane.yaml").unlink()
    objects = stocked.commit()

    assert "jane" not in read_registry_tree(objects, "main", cache).developers
    assert "jane" in read_registry_tree(objects, "main~1", cache).developers


def test_a_moved_directory_is_read_under_its_new_name(stocked, cache):
    read_registry_tree(stocked.commit(), "main", cache)
    extensions = stocked.root / "registry/extensions"
    (extensions / "acme/notes").rename(extensions / "acme/remarks")
    registry = read_registry_tree(stocked.commit(), "main", cache)

    assert "acme.remarks" in map(str, registry.extensions)


def test_problems_are_remembered_too(stocked, cache):
    stocked.write("registry/developers/bob.yaml", "name: Bob\n")
    stocked.write("registry/stray", "x")
    objects = stocked.commit()
    first = read_registry_tree(objects, "main", cache)

    assert len(first.problems) == 2
    assert read_registry_tree(objects, "main", cache) == first


def test_another_limit_is_another_reading(stocked, cache):
    stocked.write("registry/developers/bob.yaml", "name: Bob\n" + "#" * 5000 + "\n")
    read_registry_tree(stocked.commit(), "main", cache)
    policy = (stocked.root / "registry/policy.yaml").read_text()
    stocked.write(
        "registry/policy.yaml", policy.replace("record_bytes: 65_536", "record_bytes: 4_096")
    )
    registry = read_registry_tree(stocked.commit(), "main", cache)

    assert any("at most 4,096 are read" in problem.problem for problem in registry.problems)


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(stocked, tmp_path):
    (tmp_path / "file").write_text("")
    objects = stocked.commit()

    assert read_registry_tree(objects, "main", tmp_path / "file/cache").problems == ()


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(where=st.integers(0, 10**6), what=st.binary(max_size=5), cut=st.booleans())
def test_a_damaged_cache_is_never_believed(stocked, cache, where, what, cut):
    if not (stocked.root / ".git").exists():
        stocked.objects = stocked.commit()
        stocked.expected = read_registry_tree(stocked.objects, "main", cache)
        stocked.sound = cache.read_bytes()
    sound = stocked.sound
    where %= len(sound)
    rest = b"" if cut else sound[where + len(what) :]
    cache.write_bytes(sound[:where] + what + rest)

    assert read_registry_tree(stocked.objects, "main", cache) == stocked.expected
