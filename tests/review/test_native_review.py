"""A version with native code for several platforms, from the pull request to the merge: all of it is read."""

from __future__ import annotations

from publish.native import LIBRARIES
from world import extension

PLATFORMS = """permissions: [native]
platforms:
  linux-x64: [bin/linux-x64/]
  win32-x64: [bin/win32-x64/]
  darwin-arm64: [bin/darwin-arm64/]
"""


def native(version, platforms=PLATFORMS):
    manifest = extension("alice.word-count", version)["devforge.yaml"]
    return {"devforge.yaml": manifest + platforms, **LIBRARIES}


def test_the_review_reads_what_ships_anywhere_and_notes_for_whom_each_file_is(world):
    world.known()
    pull = world.update("1.1.0", native("1.1.0"))
    world.review()
    world.pull(pull.number).create_review(event="APPROVE", body="I built them, too")
    run = world.review()

    assert world.pull(pull.number).merged, run.printed
    report = world.state("reviews/alice/word-count/1.1.0.json")
    assert report["profile"]["binaries"] == [
        "bin/darwin-arm64/fast.node (only darwin-arm64)",
        "bin/linux-x64/fast.node (only linux-x64)",
        "bin/win32-x64/fast.node (only win32-x64)",
    ]
    assert "platform-" not in world.comments(pull.number)[0]


def test_a_platform_whose_build_was_forgotten_is_sent_back(world):
    world.known()
    forgotten = PLATFORMS + "  linux-arm64: [bin/linux-arm64/]\n"
    pull = world.update("1.1.0", native("1.1.0", forgotten))
    world.review()

    assert not world.pull(pull.number).merged
    assert world.labels(pull.number) == {"review: mend"}
    assert "platforms.linux-arm64" in world.comments(pull.number)[0]
