"""Hold one answer of the local GitHub against what GitHub says it answers. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass

from conformance.description import Description, Json, Operation, Schema
from conformance.exceptions import described, excused

# Statuses that any operation may give, for reasons outside it: a lost login, a rename, a limit, a fault.
_ANYWHERE = {301, 307, 400, 401, 403, 404, 413, 415, 422, 429, 500, 502, 503}
_WITHOUT_BODY = {204, 205, 304}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client saw: the request's line, and the status, media type and body it got."""

    method: str
    path: str  # below the API's base path, percent-encoding left as sent
    status: int
    media_type: str
    body: bytes

    @property
    def line(self) -> str:
        return f"{self.method} {self.path} → {self.status}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was compared with what, and each difference as `path → status, field: reason`."""

    operation: str
    schema: str | None
    problems: tuple[str, ...]


def judge(description: Description, answer: Answer) -> Judgement:
    """Return how the answer differs from what GitHub documents; no problems means it does not."""
    method = "GET" if answer.method == "HEAD" else answer.method
    operation = description.operation(method, described(method, answer.path))
    name = operation.name if operation else f"{method} {answer.path} (undocumented)"
    schema, complaint = _expected(description, operation, answer.status)
    found = [complaint] if complaint else _differences(description, schema, answer)
    problems = [f"{answer.line}, {problem}" for problem in found if not excused(name, problem)]
    return Judgement(name, _schema_name(name, answer.status, schema), tuple(problems))


def _expected(
    description: Description, operation: Operation | None, status: int
) -> tuple[Schema | None, str]:
    if operation and status in operation.responses:
        schema = operation.responses[status]
        return (schema if schema or status < 400 else description.basic_error), ""
    if status == 304:
        return None, ""
    if status in _ANYWHERE:
        return description.basic_error, ""
    if operation is None:
        return None, "(path): GitHub documents no such operation"
    documented = ", ".join(map(str, sorted(operation.responses)))
    return None, f"(status): GitHub documents only {documented} for {operation.name}"


def _differences(description: Description, schema: Schema | None, answer: Answer) -> list[str]:
    if answer.method == "HEAD" or (answer.body and "json" not in answer.media_type):
        return []  # a diff, an archive, a redirect's page
    if not answer.body:
        documents_body = schema is not None and answer.status not in _WITHOUT_BODY
        return ["(body): is empty, where GitHub answers JSON"] if documents_body else []
    if answer.status in _WITHOUT_BODY:
        return [f"(body): a {answer.status} has none"]
    try:
        value: Json = json.loads(answer.body)
    except ValueError as error:
        return [f"(body): is not JSON: {error}"]
    return description.errors(schema, value) if schema is not None else []


def _schema_name(operation: str, status: int, schema: Schema | None) -> str | None:
    if schema is None:
        return None
    reference: str | None = schema.get("$ref")
    return reference.rpartition("/")[2] if reference else f"{operation} {status}"
