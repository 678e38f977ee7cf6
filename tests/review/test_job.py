"""The review job, from a pull request to a merge, over real HTTP and real Git."""

from __future__ import annotations


def test_a_developer_record_is_merged_and_a_second_run_finds_nothing(world):
    pull = world.introduce("alice")
    run = world.review()

    assert (run.static, run.decide) == (0, 0), run.printed
    assert world.pull(pull.number).merged
    assert world.labels(pull.number) == {"review: merge"}
    assert world.status(pull.number) == "success"
    assert len(world.comments(pull.number)) == 1
    assert "registry/developers/alice.yaml" in world.tree()

    again = world.review()
    assert "nothing to do" in again.printed


def test_a_first_extension_waits_for_a_person_and_is_merged_when_one_approves(world):
    world.introduce("alice")
    world.review()
    pinned, id = world.source("alice", "word-count")
    pull = world.submit("alice", "count", world.records("alice", "word-count", pinned, id))
    run = world.review()

    assert run.decide == 0, run.printed
    print(run.printed, world.comments(pull.number)[0], run.requests)
    assert world.labels(pull.number) == {"review: person"}
