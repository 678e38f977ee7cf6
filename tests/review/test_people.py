"""What people say below a pull request, from the comment to the merge, over real HTTP and real Git."""

from __future__ import annotations

import json

import pytest
from building import commit, git
from world import GOOD_TRIAL, REGISTRY, World, extension

ALICE_YAML = "registry/developers/alice.yaml"
# Not one text, so that nobody takes this file for a leak.
KEY = "AKIA" + "QX7RZ2M4T9LB6WKD"


@pytest.fixture
def waiting(world):
    """A pull request that waits for a person: alice lets bob publish in her name."""
    world.known()
    pull = new_member(world)
    world.review()
    assert world.labels(pull.number) == {"review: person"}
    return pull


def new_member(world: World, note: str = "") -> object:
    record = world.developer("alice").replace(
        "]\n", f", {{login: bob, id: {world.accounts['bob'].id}}}]\n"
    )
    return world.submit("alice", "let-bob-in", {ALICE_YAML: f"# {note}\n{record}"})


def say(world: World, pull, words: str, *, by: str = "operator"):
    """Comment, in another second than whatever came before."""
    world.github.advance(seconds=2)
    return world.client(by).get_repo(REGISTRY).get_issue(pull.number).create_comment(words)


def reactions(world: World, said) -> list[str]:
    issue = (
        world.client("operator").get_repo(REGISTRY).get_issue(int(said.issue_url.split("/")[-1]))
    )
    return [r.content for r in issue.get_comment(said.id).get_reactions()]


def look(world: World, **more):
    """Run the job in another second than whatever came before."""
    world.github.advance(seconds=2)
    run = world.review(**more)
    assert (run.static, run.decide) == (0, 0), run.printed
    return run


def ours(world: World, pull) -> str:
    [comment] = [c for c in world.comments(pull.number) if c.startswith("<!-- devforge:review -->")]
    return comment


def memory(world: World, pull) -> dict:
    return world.state(f"pulls/0/{pull.number}.json")


def test_an_approval_in_a_comment_merges_what_waits_and_is_answered_and_recorded(world, waiting):
    said = say(world, waiting, "Looks right to me.\n\n/approve")
    run = look(world)

    assert world.pull(waiting.number).merged, run.printed
    assert reactions(world, said) == ["+1"]
    assert "approved by operator" in ours(world, waiting)
    [order] = memory(world, waiting)["orders"]
    assert (order["what"], order["by"], order["comment"], order["head"]) == (
        "approve", world.accounts["operator"].id, said.id, world.pull(waiting.number).head.sha,
    )  # fmt: skip


@pytest.mark.parametrize("by", ["alice", "bob", "mallory"])
def test_nobody_else_approves_and_one_answer_is_enough(world, waiting, by):
    said = say(world, waiting, "/approve", by=by)
    for _ in range(3):
        look(world)

    assert not world.pull(waiting.number).merged
    assert reactions(world, said) == ["-1"]


def test_a_push_after_the_approval_voids_it(world, waiting):
    said = say(world, waiting, "/approve")
    new_member(world, "and something else")
    look(world)

    assert not world.pull(waiting.number).merged
    assert reactions(world, said) == ["confused"]
    assert "said before this commit had been reviewed" in ours(world, waiting)
    # Said of what is there now, it counts.
    say(world, waiting, "/approve")
    look(world)
    assert world.pull(waiting.number).merged


def test_a_push_between_reading_and_deciding_voids_an_approval_too(world, waiting):
    say(world, waiting, "/approve")
    world.github.advance(seconds=2)
    run = world.review(between=lambda _: new_member(world, "sneaked in"))

    assert not world.pull(waiting.number).merged, run.printed
    look(world)
    look(world)
    assert not world.pull(waiting.number).merged


def test_an_edited_comment_is_no_command(world, waiting):
    said = say(world, waiting, "I like it.")
    world.github.advance(seconds=2)
    said.edit("/approve")
    look(world)

    assert not world.pull(waiting.number).merged
    assert reactions(world, said) == ["confused"]
    assert "edited after it was written" in ours(world, waiting)


def test_a_comment_edited_after_it_was_heard_changes_nothing_more(world, waiting):
    said = say(world, waiting, "I like it.")
    look(world)
    world.github.advance(seconds=2)
    said.edit("/approve")
    look(world)

    assert not world.pull(waiting.number).merged
    assert reactions(world, said) == []


def test_words_edited_into_a_hold_are_heard_and_hold_until_a_later_approval(world, waiting):
    said = say(world, waiting, "I like it.")
    look(world)
    say(world, waiting, "/approve")
    world.github.advance(seconds=2)
    said.edit("Wait, please: I saw something.")
    look(world)

    assert not world.pull(waiting.number).merged
    assert "operator wants nothing merged here for now" in ours(world, waiting)
    assert reactions(world, said) == ["+1"]
    look(world)
    say(world, waiting, "/approve")
    run = look(world)
    assert world.pull(waiting.number).merged, run.printed


@pytest.mark.parametrize("words", ["/hold until I am back", "Wait, please: I want to read it."])
def test_a_hold_stays_over_pushes_until_an_approval(world, words):
    world.known()
    pull = world.submit("alice", "stray", {"stray.txt": "x\n"})
    look(world)
    said = say(world, pull, words)
    better = world.developer("alice") + "support: https://example.org/1\n"
    for number in range(2):
        world.submit("alice", "stray", {ALICE_YAML: f"# {number}\n{better}"})
        look(world)
        assert world.labels(pull.number) == {"review: person"}
        assert "operator wants nothing merged here for now" in ours(world, pull)
    assert reactions(world, said) == ["+1"]

    say(world, pull, "/approve")
    run = look(world)
    assert world.pull(pull.number).merged, run.printed


def test_a_hold_given_before_the_first_look_holds(world):
    pull = world.introduce("alice")
    say(world, pull, "/hold")
    look(world)

    assert not world.pull(pull.number).merged
    assert world.labels(pull.number) == {"review: person"}


def test_a_strangers_wait_holds_nothing(world):
    pull = world.introduce("alice")
    say(world, pull, "wait, that name is mine!", by="mallory")
    look(world)

    assert world.pull(pull.number).merged


def test_changes_asked_for_in_a_review_hold_what_would_be_merged(world):
    world.known()
    pull = world.submit("alice", "stray", {"stray.txt": "x\n"})
    look(world)
    world.pull(pull.number).create_review(event="REQUEST_CHANGES", body="no")
    better = world.developer("alice") + "support: https://example.org/1\n"
    world.submit("alice", "stray", {ALICE_YAML: better})
    look(world)

    assert not world.pull(pull.number).merged
    assert "asks for changes" in ours(world, pull)
    world.github.advance(seconds=2)
    world.pull(pull.number).create_review(event="APPROVE", body="yes")
    run = look(world)
    assert world.pull(pull.number).merged, run.printed


def test_a_rejection_reaches_its_author_as_it_was_said_and_lasts_until_a_push(world, waiting):
    said = say(world, waiting, "/reject bob is <b>not</b> one of you, @alice")
    look(world)

    assert reactions(world, said) == ["+1"]
    assert world.labels(waiting.number) == {"review: mend"}
    assert world.status(waiting.number) == "failure"
    assert "bob is &lt;b>not&lt;/b> one of you, @\u2060alice" in ours(world, waiting).replace(
        "\\", ""
    )
    look(world)
    assert world.labels(waiting.number) == {"review: mend"}
    new_member(world, "he is")
    look(world)
    assert world.labels(waiting.number) == {"review: person"}


def test_the_later_of_two_opposite_words_counts_and_is_said(world, waiting):
    second_maintainer(world)
    say(world, waiting, "/approve", by="bob")
    say(world, waiting, "/hold not yet")
    look(world)

    assert not world.pull(waiting.number).merged
    assert "operator's hold came after bob's approving it; the later word counts" in ours(
        world, waiting
    )
    say(world, waiting, "/approve", by="bob")
    look(world)
    assert world.pull(waiting.number).merged
    assert "bob's approval came after operator's holding it" in ours(world, waiting)


def second_maintainer(world: World) -> None:
    operator, bob = world.accounts["operator"].id, world.accounts["bob"].id
    world.change_policy(
        (f"{{login: operator, id: {operator}}}", f"{{login: operator, id: {operator}}}, {{login: bob, id: {bob}}}")
    )  # fmt: skip


def test_what_the_policy_calls_dangerous_needs_two_people(world, waiting):
    second_maintainer(world)
    world.change_policy(("dangerous: []", "dangerous: [person-new-owner]"))
    say(world, waiting, "/approve")
    look(world)

    assert not world.pull(waiting.number).merged
    assert "**1 of 2** so far: operator" in ours(world, waiting)
    say(world, waiting, "/approve")  # the same person twice is one person
    look(world)
    assert not world.pull(waiting.number).merged

    world.client("bob").get_repo(REGISTRY).get_pull(waiting.number).create_review(event="APPROVE")
    world.github.advance(seconds=2)
    run = look(world)
    assert world.pull(waiting.number).merged, run.printed
    assert "approved by operator and bob" in ours(world, waiting).replace("\\", "")


def test_where_two_are_needed_and_one_is_named_it_says_that_nobody_can(world):
    world.known()
    world.change_policy(("dangerous: []", "dangerous: [person-new-owner]"))
    pull = new_member(world)
    look(world)

    assert "nobody can let it in" in ours(world, pull)


def test_another_look_is_queued_and_taken(world):
    world.known()
    pull = world.submit("alice", "stray", {"stray.txt": "x\n"})
    look(world)
    said = say(world, pull, "/recheck", by="alice")
    run = look(world)

    assert reactions(world, said) == ["eyes"]
    assert "dispatch review on main" in run.printed
    assert memory(world, pull)["again"] is True
    run = look(world)
    assert f"remember #{pull.number}" in run.printed
    assert memory(world, pull)["again"] is False
    assert "review: mend" in world.labels(pull.number)


def test_a_rules_page_is_added_to_the_one_comment(world):
    world.known()
    pull = world.submit("alice", "stray", {"stray.txt": "x\n"})
    look(world)
    say(world, pull, "/explain change-outside", by="mallory")
    look(world)

    assert "The rule change-outside: Only your own files change" in ours(world, pull)
    assert "Anything else could change the rules it is judged by." in ours(world, pull)


def test_nothing_is_waived_that_is_no_matter_of_opinion(world):
    world.known()
    pull = world.submit("alice", "stray", {"stray.txt": "x\n"})
    look(world)
    said = say(world, pull, "/waive change-outside it is only a text")
    look(world)

    assert reactions(world, said) == ["-1"]
    assert "not a matter of opinion" in ours(world, pull)
    assert world.labels(pull.number) == {"review: mend"}


def test_hearing_that_nobody_gave_a_command_costs_two_requests_and_once(world, waiting):
    look(world)  # our own comment is news once
    quiet = sum(look(world).requests.values())
    say(world, waiting, "Interesting.", by="mallory")
    run = look(world)

    assert sum(run.requests.values()) - quiet <= 2, run.printed
    assert "comment" not in run.printed
    assert sum(look(world).requests.values()) == quiet


def test_a_known_developers_update_with_a_key_is_excused_once_and_for_that_code_only(world):
    world.known()
    code = f'"""A client id."""\n\nCLIENT = "{KEY}"\n'
    files = {"word_count/client.py": code}
    pull = world.update("1.1.0", files)
    look(world)
    assert world.labels(pull.number) == {"review: mend"}
    assert "secret-in-package" in ours(world, pull)

    # Its author says why, and a maintainer agrees once.
    manifest = justified(world, "1.1.0")
    pull = world.update("1.1.0", files | {"devforge.yaml": manifest})
    look(world)
    assert world.labels(pull.number) == {"review: person"}, ours(world, pull)
    assert "Its author says: “a client id that its service makes public”" in ours(world, pull)
    say(world, pull, "/approve")
    look(world)
    assert world.pull(pull.number).merged
    [kept] = world.state("waivers/alice/word-count.json")["accepted"]
    assert (kept["rule"], kept["login"]) == ("secret-in-package", "operator")

    # The same code further down in the file is still excused, without the manifest's word.
    pull = world.update("1.2.0", {"word_count/client.py": code.replace("\n\n", "\n\n\n\n", 1)})
    run = look(world)
    assert world.pull(pull.number).merged, run.printed
    assert "accepted by operator on" in ours(world, pull)

    # Another key in its place is asked about anew.
    other = code.replace(KEY, KEY[:-3] + "ZZY")
    pull = world.update("1.3.0", {"word_count/client.py": other})
    look(world)
    assert world.labels(pull.number) == {"review: mend"}


def test_what_a_maintainer_approved_is_not_asked_about_again_while_it_stays(world):
    world.known()
    untested = GOOD_TRIAL.model_copy(update={"tests": None, "coverage": ()})
    pull = world.update("1.1.0")
    look(world, trial=untested)
    assert world.labels(pull.number) == {"review: person"}
    assert "not asked about again" in ours(world, pull)
    say(world, pull, "/approve")
    look(world)
    assert world.pull(pull.number).merged

    pull = world.update("1.2.0", {"word_count/more.py": '"""More to come."""\n'})
    run = look(world, trial=untested)
    assert world.pull(pull.number).merged, run.printed
    assert "accepted by operator on" in ours(world, pull)
    assert "seen when 1.1.0 was approved" in ours(world, pull)


def test_an_approval_lets_a_sign_of_malice_in_once_and_the_next_version_is_looked_at_again(world):
    world.known()
    odd = "class Odd:\n    def inside(self):\n        return ().__class__.__mro__[-1]\n"
    files = {"word_count/odd.py": f'"""Odd."""\n\n\n{odd}'}
    for version in ("1.1.0", "1.2.0"):
        pull = world.update(version, files)
        look(world)
        assert world.labels(pull.number) == {"review: person"}, ours(world, pull)
        assert "hidden-code" in ours(world, pull)
        say(world, pull, "/approve")
        look(world)
        assert world.pull(pull.number).merged


def justified(world: World, version: str) -> str:
    return str(extension("alice.word-count", version)["devforge.yaml"]) + (
        "waivers:\n  - rule: secret-in-package\n    path: word_count/client.py\n"
        "    reason: a client id that its service makes public\n"
    )


def test_a_maintainer_waives_a_rule_by_its_name_and_the_next_run_reads_it_anew(world):
    world.known()
    files = {"word_count/client.py": f'"""A client id."""\n\nCLIENT = "{KEY}"\n'}
    pull = world.update("1.1.0", files)
    look(world)
    said = say(world, pull, "/waive secret-in-package it is a public client id")
    look(world)

    assert reactions(world, said) == ["eyes"]
    assert world.state("waivers/alice/word-count.json")["accepted"][0]["reason"] == (
        "it is a public client id"
    )
    run = look(world)
    assert world.pull(pull.number).merged, run.printed


def test_a_new_name_stays_open_to_objections_and_is_merged_when_the_time_is_over(world):
    world.change_policy(("wait_hours: 0", "wait_hours: 24"))
    pull = world.introduce("alice")
    look(world)

    assert world.labels(pull.number) == {"review: wait"}
    assert world.status(pull.number) == "pending"
    assert "Nobody's turn" in ours(world, pull)
    world.github.advance(hours=23)
    look(world)
    assert not world.pull(pull.number).merged
    # A push that keeps the name keeps its place.
    record = world.developer("alice") + "support: https://example.org/1\n"
    world.submit("alice", "introduce-alice", {ALICE_YAML: record})
    look(world)
    assert not world.pull(pull.number).merged
    world.github.advance(hours=1)
    run = look(world)
    assert world.pull(pull.number).merged, run.printed


def test_another_name_begins_to_wait_anew_and_a_maintainer_may_end_the_wait(world):
    world.change_policy(("wait_hours: 0", "wait_hours: 24"))
    pull = world.introduce("alice")
    look(world)
    world.github.advance(hours=23)
    record = {"registry/developers/wonderland.yaml": world.developer("alice")}
    world.submit("alice", "introduce-alice", record)
    look(world)
    world.github.advance(hours=2)
    look(world)

    assert not world.pull(pull.number).merged
    assert world.labels(pull.number) == {"review: wait"}
    say(world, pull, "/approve")
    run = look(world)
    assert world.pull(pull.number).merged, run.printed


def test_one_account_that_opens_twenty_in_ten_minutes_is_held_after_ten(world):
    world.known()
    for number in range(20):
        record = world.developer("alice") + f"support: https://example.org/{number}\n"
        world.submit("alice", f"wave-{number}", {ALICE_YAML: record})
        world.github.advance(seconds=30)
    run = world.review(apply=False)

    assert run.printed.count("+ merge ") == 10
    assert run.printed.count("review: person") == 10


def test_what_was_merged_today_counts_and_what_was_merged_yesterday_does_not(world):
    world.known()
    world.change_policy(("versions_a_day: 10", "versions_a_day: 1"))

    def next_one(number: int):
        record = world.developer("alice") + f"support: https://example.org/{number}\n"
        pull = world.submit("alice", f"wave-{number}", {ALICE_YAML: record})
        look(world)
        return pull

    first, second = next_one(1), next_one(2)
    assert world.pull(first.number).merged
    assert world.labels(second.number) == {"review: person"}
    assert "person-many-a-day" in ours(world, second)
    world.pull(second.number).edit(state="closed")
    world.github.advance(hours=25)
    assert world.pull(next_one(3).number).merged


def test_the_line_of_those_who_wait_keeps_its_order_and_says_how_long_it_takes(world):
    world.known()
    pulls = [new_member(world)]
    bob = world.introduce("bob")
    first = look(world)
    more = world.developer("bob").replace(
        "]\n", f", {{login: alice, id: {world.accounts['alice'].id}}}]\n"
    )
    assert world.pull(bob.number).merged, first.printed
    pulls.append(world.submit("bob", "let-alice-in", {"registry/developers/bob.yaml": more}))
    look(world)

    assert "the only one that waits for a maintainer" in ours(world, pulls[0])
    assert "the second of two that wait for a maintainer" in ours(world, pulls[1])
    world.github.advance(hours=5)
    say(world, pulls[1], "/approve")
    look(world)
    assert world.pull(pulls[1].number).merged
    new_member(world, "pushed again")  # a push sends nobody back
    look(world)
    assert "the last one waited five hours" in ours(world, pulls[0])


def test_a_pull_request_a_job_opened_is_its_submitters_by_their_id(world):
    world.known()
    path = world.github.git_path(REGISTRY)
    switches = "/repos/operator/registry/actions/permissions/workflow"
    may = {"can_approve_pull_request_reviews": True}
    world.client("operator").requester.requestJsonAndCheck("PUT", switches, input=may)
    pinned, id = world.source("alice", "word-count", version="1.1.0")
    records = world.records("alice", "word-count", pinned, id, version="1.1.0", first=False)

    def opened(branch: str, submitter: str | None, note: str = "") -> object:
        files = {name: f"{text}# {note}\n" for name, text in records.items()}
        main = git(path, "rev-parse", "main")
        head = commit(path, f"refs/heads/{branch}", files, parent=main)
        if submitter is not None:
            kept = {
                "head": head,
                "id": world.accounts[submitter].id,
                "login": submitter,
                "issue": 1,
            }
            tip = git(path, "for-each-ref", "--format=%(objectname)", "refs/heads/state") or None
            where = f"submissions/{head[:2]}/{head}.json"
            commit(path, "refs/heads/state", {where: json.dumps(kept)}, parent=tip)
        text = f"Submitted by @alice (id {world.accounts['alice'].id})"
        return (
            world.by_bot()
            .get_repo(REGISTRY)
            .create_pull(base="main", head=branch, title="alice.word-count", body=text)
        )

    forged = opened("submit/1", None, "nobody wrote down whose it is")
    stolen = opened("submit/2", "mallory", "whose it is decides, not what it says")
    look(world)
    for pull in (forged, stolen):
        assert "owner-author" in ours(world, pull)
    honest = opened("submit/3", "alice")
    run = look(world)
    assert world.pull(honest.number).merged, run.printed
