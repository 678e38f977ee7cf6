"""A signed registry for each test, with and without mirrors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from places import Place


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        yield Place(tmp_path, stack)


@pytest.fixture
def mirrored(tmp_path: Path) -> Iterator[Place]:
    """The same with two mirrors, `east` and `west`, which are empty until they are synced."""
    with ExitStack() as stack:
        yield Place(tmp_path, stack, mirrors=("east", "west"))
