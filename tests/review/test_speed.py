"""Several submissions overlap in one run, and what did not change is not read again."""

from __future__ import annotations

import json
import time

import pytest
from world import REGISTRY, World

from devforge.model.scans import Scans

SCANS = "scans/alice/word-count.json"
SUBMISSIONS = 10
SLOW_SECONDS = 0.5


def of_run(world: World, pull: int) -> dict:
    """What the static job of the last run handed on about a pull request."""
    path = world.scratch / f"run-{world.runs}" / "static" / str(pull) / "static.json"
    return json.loads(path.read_text())


def test_what_was_read_of_one_version_is_not_read_again_in_the_next(world):
    world.known()
    world.update()
    world.review()
    scans = Scans.model_validate(world.state(SCANS))
    marked = {
        key: [{"tool": "ruff", "code": "F821", "path": "", "line": 1, "message": "as remembered"}]
        for key in scans.files
    }
    kept = scans.model_copy(update={"files": {}}).model_dump(mode="json") | {"files": marked}
    world.push("operator", REGISTRY, "state", {SCANS: json.dumps(kept)}, onto="state")

    pull = world.update("1.2.0", {"word_count/more.py": '"""More."""\n\nprint(nobody)\n'})
    world.review()

    lint = of_run(world, pull.number)["lint"]
    said = {finding["path"]: finding["message"] for finding in lint}
    assert said.pop("word_count/more.py") == "Undefined name `nobody`"
    assert len(said) >= 2
    assert set(said.values()) == {"as remembered"}


@pytest.mark.parametrize("spoilt", ["{", '{"schema_version": 1, "tools": "x", "files": {}}', "[]"])
def test_a_memory_that_somebody_spoilt_is_no_memory(world, spoilt):
    world.known()
    world.update()
    world.review()
    world.push("operator", REGISTRY, "state", {SCANS: spoilt}, onto="state")
    pull = world.update("1.2.0")

    run = world.review()

    assert run.decide == 0, run.printed
    assert world.pull(pull.number).merged
    assert Scans.model_validate(world.state(SCANS)).files


@pytest.mark.long
def test_ten_submissions_at_once_overlap_in_one_run(world):
    names = [f"count-{number}" for number in range(SUBMISSIONS)]
    for name in names:
        world.known("alice", name)
    slow = {"path": "/alice/", "times": None, "seconds": SLOW_SECONDS}
    world.github.faults.add("slow", **slow)
    seconds = []
    for some in (names[:1], names[1:]):
        pulls = []
        for name in some:
            pinned, id = world.source("alice", name, version="1.1.0")
            records = world.records("alice", name, pinned, id, version="1.1.0", first=False)
            pulls.append(world.submit("alice", f"{name}-next", records))
        start = time.monotonic()
        run = world.review()
        seconds.append(time.monotonic() - start)
        assert run.decide == 0, run.printed
        assert all(world.status(pull.number) != "none" for pull in pulls)

    one, others = seconds
    assert others < one * len(names[1:]) * 0.7
