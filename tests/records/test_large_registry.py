"""The registry that benchmarks read is a right one, and reading it takes no time per version."""

from __future__ import annotations

import time

from bench.registry_maker import change_one, make_repository

from devforge.adapters.git import Objects
from devforge.adapters.registry import read_registry_tree


def test_the_benchmarks_registry_is_right(tmp_path):
    make_repository(tmp_path / "registry.git", extensions=9, versions=3)
    with Objects(tmp_path / "registry.git", "https://github.com") as objects:
        registry = read_registry_tree(objects, "main")

    assert registry.problems == ()
    assert len(registry.extensions) == 9
    assert {len(entry.versions) for entry in registry.extensions.values()} == {3}


def test_a_large_registry_is_read_in_seconds_and_again_in_less_than_one(tmp_path):
    """A quarter of the benchmark's size with all of its time: machines of CI are shared."""
    repository, cache = tmp_path / "registry.git", tmp_path / "cache"
    make_repository(repository, extensions=2_500, versions=5)
    with Objects(repository, "https://github.com") as objects:
        seconds = []
        for _ in range(2):
            start = time.process_time()
            assert len(read_registry_tree(objects, "main", cache).extensions) == 2_500
            seconds.append(time.process_time() - start)
        change_one(repository, 42)
        registry = read_registry_tree(objects, "main", cache)

    assert seconds[0] < 10
    assert seconds[1] < 1
    assert sum(len(entry.versions) for entry in registry.extensions.values()) == 12_501
