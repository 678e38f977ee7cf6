"""The fixture that hands out the pinned Node packages tests compare our answers with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conformance import packages

NODE = packages.NODE


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """Return the `node_modules` of tests/package-lock.json; where it cannot be had, skip, or fail in CI."""
    try:
        return packages.node_modules()
    except (RuntimeError, OSError) as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"the pinned Node packages cannot be installed: {error}")
