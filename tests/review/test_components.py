"""A submission's components are looked up in the registry's copy and in its own advisories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from world import REGISTRY

from devforge.adapters.git import Objects
from devforge.advisories.known import Known
from devforge.advisories.matching import Span
from devforge.advisories.shards import Fetched, Meta
from devforge.advisories.shelf import registry_shelf

EVIL = Known(
    id="MAL-2026-7", severity="malicious", ecosystem="PyPI", name="colorful", versions=("1.0.1",)
)
GRAVE = Known(
    id="GHSA-grav-grav-grav", severity="high", ecosystem="PyPI", name="requests",
    summary="Credentials are sent to another host", spans=(Span("0", "2.20.0"),),
)  # fmt: skip
OWN = """
id: DEVFORGE-2026-2
modified: 2026-11-23T09:00:00Z
summary: Its makers gave it up.
database_specific: {malicious: true}
affected:
  - package: {ecosystem: PyPI, name: abandoned}
"""


@pytest.fixture
def copy(world, tmp_path):
    """Put a copy of the OSV database on the registry's branch, of so many days ago."""

    def put(*known: Known, days: int = 0) -> None:
        token = world.accounts["operator"].token
        with Objects(tmp_path / "put", world.github.url, origin=REGISTRY, token=token) as objects:
            when = datetime.now(UTC) - timedelta(days=days)
            ecosystems = {"PyPI": Fetched(records=len(known)), "npm": Fetched(records=0)}
            meta = Meta.model_validate({"as_of": when.isoformat(), "ecosystems": ecosystems})
            registry_shelf(objects).put(known, meta)

    return put


def comment(world, files: dict[str, str]) -> str:
    """What the author of a submission with `files` is told; none of them is merged unless harmless."""
    world.known()
    pull = world.update(files=files)
    world.review()
    said = "\n".join(world.comments(pull.number))
    assert world.pull(pull.number).merged is ("is malicious" not in said and "raise " not in said)
    return said


def test_a_malicious_dependency_stops_a_submission(world, copy):
    copy(EVIL)
    said = comment(world, {"requirements.txt": "colorful==1.0.1\n"})

    assert "colorful 1.0.1 is malicious" in said


def test_a_grave_vulnerability_is_told_with_the_exact_thing_to_do(world, copy):
    copy(GRAVE)
    said = comment(world, {"requirements.txt": "requests==2.19.0\n"})

    assert "raise requests to 2.20.0 in requirements.txt" in said
    assert "GHSA-grav-grav-grav" in said


def test_our_own_advisory_counts_where_there_is_no_copy_which_is_not_its_authors_matter(world):
    world.push("operator", REGISTRY, "main", {"registry/advisories/DEVFORGE-2026-2.yaml": OWN}, onto="main")  # fmt: skip
    said = comment(world, {"requirements.txt": "abandoned==1.0\n"})

    assert "abandoned 1.0 is malicious" in said
    assert "OSV" not in said


def test_an_old_copy_is_called_old(world, copy):
    copy(GRAVE, days=30)
    said = comment(world, {"requirements.txt": "requests==2.32.4\n"})

    assert "30 days old" in said


def test_a_copy_that_cannot_be_read_is_no_verdict_and_nobodys_fault(world, copy):
    world.push("operator", REGISTRY, "advisories", {"meta.json": "[]"})
    world.known()
    pull = world.update(files={"requirements.txt": "requests==2.32.4\n"})
    world.review()

    assert world.status(pull.number) == "error"
    assert not world.pull(pull.number).merged
