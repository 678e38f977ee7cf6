"""The validator itself: it reads GitHub's description right and it does find differences."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.answers import Answer, judge
from conformance.description import Description, json_schema


@pytest.fixture(scope="session")
def examples(description: Description) -> dict[str, Any]:
    return {
        name: one["value"] for name, one in description.document["components"]["examples"].items()
    }


def answer(method: str, path: str, status: int, value: object) -> Answer:
    return Answer(method, path, status, "application/json", json.dumps(value).encode())


@pytest.mark.parametrize(
    ("method", "path", "template"),
    [
        ("GET", "/repos/a/b/contents/deep/down/file.yml", "/repos/{owner}/{repo}/contents/{path}"),
        ("GET", "/repos/a/b/git/ref/heads/main", "/repos/{owner}/{repo}/git/ref/{ref}"),
        ("GET", "/repos/a/b/pulls/comments", "/repos/{owner}/{repo}/pulls/comments"),
        ("GET", "/repos/a/b/pulls/7", "/repos/{owner}/{repo}/pulls/{pull_number}"),
        (
            "GET",
            "/repos/a/b/compare/main...feature%2Fx",
            "/repos/{owner}/{repo}/compare/{basehead}",
        ),
        ("GET", "/repos/a/b/releases/latest", "/repos/{owner}/{repo}/releases/latest"),
        ("DELETE", "/repos/a/b/labels/review%3A%20mend", "/repos/{owner}/{repo}/labels/{name}"),
    ],
)
def test_a_path_is_matched_to_the_operation_github_means(description, method, path, template):
    assert description.operation(method, path).template == template


def test_a_documented_example_fits_and_each_damage_to_it_is_named(description, examples):
    release = examples["release"]
    path = "/repos/octocat/Hello-World/releases/1"

    assert judge(description, answer("GET", path, 200, release)).problems == ()
    damaged = release | {"id": "1", "published_at": "yesterday"}
    del damaged["tag_name"]
    problems = judge(description, answer("GET", path, 200, damaged)).problems

    assert sorted(problem.removeprefix(f"GET {path} → 200, ") for problem in problems) == [
        '(body): "tag_name" is a required property',
        'id: "1" is not of type "integer"',
        'published_at: "yesterday" is not a "date-time"',
    ]


def test_null_is_accepted_exactly_where_the_description_says_nullable(description, examples):
    release = examples["release"]
    path = "/repos/o/r/releases/1"

    assert judge(description, answer("GET", path, 200, release | {"name": None})).problems == ()
    assert judge(description, answer("GET", path, 200, release | {"tag_name": None})).problems


def test_a_status_or_path_that_github_does_not_document_is_a_problem(description, examples):
    undocumented = judge(
        description, answer("GET", "/repos/o/r/releases/1", 201, examples["release"])
    )
    nowhere = judge(description, answer("GET", "/no/such/thing", 200, {}))

    assert "documents only" in undocumented.problems[0]
    assert "no such operation" in nowhere.problems[0]


def test_an_error_must_have_githubs_shape_and_a_304_and_a_204_no_body(description):
    path = "/repos/o/r/releases/1"

    assert judge(description, answer("GET", path, 404, {"message": "Not Found"})).problems == ()
    assert judge(description, answer("GET", path, 404, ["Not Found"])).problems
    assert judge(description, Answer("GET", path, 304, "", b"")).problems == ()
    assert judge(description, answer("DELETE", path, 204, {})).problems
    assert judge(description, Answer("GET", path, 200, "", b"")).problems


def test_nullable_enums_references_and_alternatives_become_json_schema():
    assert json_schema({"type": "string", "enum": ["a"], "nullable": True}) == {
        "type": ["string", "null"],
        "enum": ["a", None],
    }
    assert json_schema({"oneOf": [{"type": "string"}], "nullable": True}) == {
        "anyOf": [{"anyOf": [{"type": "string"}]}, {"type": "null"}]
    }
    assert json_schema({"$ref": "#/components/schemas/x", "nullable": True}) == {
        "$ref": "urn:description#/components/schemas/x"
    }
    assert json_schema({"properties": {"description": {"type": "string", "example": "x"}}}) == {
        "properties": {"description": {"type": "string"}}
    }


def test_most_of_githubs_own_examples_fit_so_a_difference_is_news(description):
    judged = [
        not description.errors(schema, example)
        for operation in description.operations
        for schema, example in _examples(description, operation)
    ]

    assert len(judged) > 900
    assert sum(judged) / len(judged) > 0.8  # the rest lack required fields: teams, old repositories


def _examples(description, operation):
    item = description.document["paths"][operation.template][operation.method.lower()]
    named = description.document["components"]["examples"]
    for status, schema in operation.responses.items():
        for media in item["responses"][str(status)].get("content", {}).values():
            for example in media.get("examples", {}).values():
                name = example.get("$ref", "").rpartition("/")[2]
                value = (named[name] if name else example).get("value")
                if schema is not None and value is not None:
                    yield schema, value
