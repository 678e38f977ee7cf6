"""The validator of event payloads: it knows the events and finds what GitHub would not send."""

from __future__ import annotations


def test_a_payload_that_lacks_what_github_sends_is_a_problem(payloads):
    problems = payloads.problems("workflow_dispatch", {"inputs": {}, "ref": 7})

    assert 'workflow_dispatch event, ref: 7 is not of type "string"' in problems
    assert 'workflow_dispatch event, (payload): "sender" is a required property' in problems


def test_an_event_or_action_that_github_does_not_know_is_a_problem(payloads):
    assert payloads.problems("issues", {"action": "sneezed"}) == [
        "issues sneezed: GitHub documents no such event"
    ]


def test_an_event_younger_than_the_schemas_is_held_against_the_newer_description(payloads):
    problems = payloads.problems("discussion", {"action": "closed"})

    assert 'discussion closed, (body): "sender" is a required property' in problems


def test_a_schedule_has_no_webhook_and_pull_request_target_is_a_pull_request(payloads):
    assert payloads.problems("schedule", {"schedule": "0 * * * *"}) == []
    assert payloads.name("pull_request_target", {"action": "opened"}) == "pull_request$opened"
