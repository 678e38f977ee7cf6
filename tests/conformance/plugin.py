"""In every test, every answer of the local GitHub is held against GitHub's description."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.description import Description
from conformance.packages import OPENAPI, published_file
from conformance.payloads import Payloads


@pytest.fixture(scope="session")
def description() -> Description:
    """GitHub's description of its REST API, ready to compare with."""
    return Description(json.loads(published_file(OPENAPI).read_bytes()))


@pytest.fixture(scope="session")
def payloads(node_modules: Path) -> Payloads:
    """The published schemas of GitHub's webhooks, ready to compare with."""
    schemas = node_modules / "@octokit/webhooks-schemas/schema.json"
    return Payloads(json.loads(schemas.read_bytes()))
