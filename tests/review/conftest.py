"""What the review's tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from registries import Bench
from world import World


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "registry.git")
    yield made
    made.objects.close()


@pytest.fixture
def world(github, tmp_path, monkeypatch, capsys) -> World:
    return World(github, tmp_path / "world", monkeypatch, capsys).start()
