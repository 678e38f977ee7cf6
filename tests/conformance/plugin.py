"""In every test, every answer of the local GitHub is held against GitHub's description."""

from __future__ import annotations

import json

import pytest

from conformance.description import Description
from conformance.packages import OPENAPI, published_file


@pytest.fixture(scope="session")
def description() -> Description:
    """GitHub's description of its REST API, ready to compare with."""
    return Description(json.loads(published_file(OPENAPI).read_bytes()))
