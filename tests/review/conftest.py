"""What the review's tests share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from registries import Bench  # noqa: E402  found through the line above


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path / "registry.git")
    yield made
    made.objects.close()
