"""Whose name it is and whose repository: proven by numbers and files, else shown to a person."""

from __future__ import annotations

import pytest
from world import extension

CLAIM = ".devforge/claim.yaml"


def claim(developer, account):
    return {CLAIM: f"developer: {developer}\naccount: {account}\n"}


def named(world, login, developer):
    """Open the pull request in which `login` would become the developer `developer`."""
    record = {f"registry/developers/{developer}.yaml": world.developer(login)}
    return world.submit(login, f"introduce-{developer}", record)


def put(world, login, repository, files):
    """Put `files` on the default branch of `repository`, made if need be."""
    if repository not in {r.full_name for r in world.client(login).get_user().get_repos()}:
        world.github.create_repository(repository)
    world.push(login, repository, "main", files)
    return world.client(login).get_repo(repository).id


def foreign(world, files=None):
    """Have alice, a known developer, submit bob's repository, whose manifest says her name."""
    world.known()
    id = put(world, "bob", "bob/tool", {"README.md": "Tool.\n"} | (files or {}))
    made = world.push("bob", "bob/tool", "v1.0.0", extension("alice.tool", "1.0.0"))
    folder = "registry/extensions/alice/tool"
    repository = f"repository: {{url: https://github.com/bob/tool, id: {id}}}\n"
    records = {
        f"{folder}/extension.yaml": f"owners: [alice]\n{repository}",
        f"{folder}/versions/1.0.0.yaml": f"commit: {made}\n",
    }
    return world.submit("alice", "tool", records)


def test_a_developer_called_like_somebody_elses_account_is_shown_to_a_person(world):
    pull = named(world, "mallory", "bob")
    world.review()

    assert world.labels(pull.number) == {"review: person"}
    [comment] = world.comments(pull.number)
    assert "name-of-another" in comment
    assert f"id {world.accounts['bob'].id}" in comment
    assert "registry/developers/bob.yaml" not in world.tree()


def test_the_account_itself_may_lend_its_name_and_is_believed(world):
    put(world, "bob", "bob/.github", claim("bob", world.accounts["alice"].id))
    pull = named(world, "alice", "bob")
    world.review()

    assert world.pull(pull.number).merged


@pytest.mark.parametrize(
    "lie",
    [
        lambda world: claim("bob", 1),
        lambda world: claim("alice", world.accounts["mallory"].id),
        lambda world: {CLAIM: "developer: [bob\n"},
        lambda world: {CLAIM: f"developer: bob\naccount: {world.accounts['mallory'].id}\n" * 400},
        lambda world: {CLAIM: ("120000", "../../registry/policy.yaml")},
    ],
    ids=["another account", "another name", "not YAML", "too large", "a link"],
)
def test_a_claim_that_does_not_say_exactly_this_says_nothing(world, lie):
    put(world, "bob", "bob/.github", lie(world))
    pull = named(world, "mallory", "bob")
    world.review()

    assert world.labels(pull.number) == {"review: person"}


def test_only_what_stands_at_the_address_today_speaks_and_no_redirect_is_followed(world):
    put(world, "bob", "bob/.github", claim("bob", world.accounts["mallory"].id))
    world.client("bob").get_repo("bob/.github").edit(name="moved")
    pull = named(world, "mallory", "bob")
    world.review()

    assert world.labels(pull.number) == {"review: person"}


def test_somebody_elses_repository_is_not_submitted_unseen(world):
    pull = foreign(world)
    world.review()

    assert world.labels(pull.number) == {"review: person"}
    [comment] = world.comments(pull.number)
    assert "owner-repository" in comment
    assert "bob/tool" in comment


@pytest.mark.parametrize("where", ["bob/tool", "bob/.github"])
def test_a_repository_that_names_its_submitter_needs_nobody(world, where):
    files = claim("alice", world.accounts["alice"].id)
    if where == "bob/.github":
        put(world, "bob", where, files)
        files = {}
    pull = foreign(world, files)
    world.review()

    assert "owner-repository" not in world.comments(pull.number)[0]


def test_the_claim_costs_a_known_submission_nothing(world):
    world.known()
    pull = world.update()
    run = world.review()

    assert world.pull(pull.number).merged
    assert sum(run.requests.values()) <= 15
