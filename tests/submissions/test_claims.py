"""Claims of names: the proof is looked for and told, and nothing is handed over by a machine."""

from __future__ import annotations

import pytest

FILE = ".devforge/claim.yaml"


@pytest.fixture
def squatted(counter):
    """Mallory has the developer name `bob`; bob is a GitHub account."""
    record = {"registry/developers/bob.yaml": counter.developer("mallory")}
    counter.push("operator", "operator/registry", "main", record, onto="main")
    return counter


def publish(counter, login, repository, text):
    counter.github.create_repository(repository)
    counter.push(login, repository, "main", {FILE: text})
    return f"https://github.com/{repository}"


def claim(counter, repository, name="bob", login="bob"):
    fields = {"name": name, "repository": repository, "reason": "It is my login.\n\n### Name\n\nx"}
    return counter.send(login, form="claim", **fields)


def test_a_proof_is_found_told_and_left_to_a_person(squatted):
    bob = squatted.accounts["bob"].id
    where = publish(squatted, "bob", "bob/.github", f"developer: bob\naccount: {bob}\n")
    issue = squatted.send(
        "bob", form="claim", name="bob.word-count", repository=where, reason="It is my login."
    )

    code, printed = squatted.answer()

    assert code == 0, printed
    [said] = squatted.said(issue)
    assert "bob.word-count: proof found" in said
    assert f"id {bob}" in said
    assert f"mallory (id {squatted.accounts['mallory'].id})" in said
    assert squatted.registry.get_issue(issue).state == "open"
    assert squatted.pulls() == []
    squatted.answer()
    assert "nothing to do" in squatted.answer()[1]


@pytest.mark.parametrize(
    ("login", "repository", "text", "why"),
    [
        ("mallory", "mallory/.github", "developer: bob\naccount: {bob}\n", "belongs to mallory"),
        ("bob", "bob/.github", "developer: bob\naccount: 1\n", "has no"),
        ("bob", "bob/.github", "developer: alice\naccount: {bob}\n", "has no"),
    ],
    ids=["another's repository", "another account", "another name"],
)
def test_what_proves_nothing_is_called_so_with_what_would(squatted, login, repository, text, why):
    content = text.replace("{bob}", str(squatted.accounts["bob"].id))
    where = publish(squatted, login, repository, content)
    issue = squatted.send("bob", form="claim", name="bob", repository=where, reason="Mine.")
    squatted.answer()

    [said] = squatted.said(issue)
    assert "no proof found yet" in said
    assert why in said
    assert f"account: {squatted.accounts['bob'].id}" in said


def test_a_form_that_says_a_thing_twice_or_nothing_is_sent_back(squatted):
    issue = claim(squatted, "https://github.com/bob/.github")
    other = claim(squatted, "somewhere", name="../bob")
    squatted.answer()

    assert "**Name**: one line is expected" in squatted.said(issue)[0]
    assert "one line is expected" in squatted.said(other)[0]
