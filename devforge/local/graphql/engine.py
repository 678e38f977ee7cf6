"""The schema with a resolver for every field, and the way of one query through it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from devforge.local.graphql.refusals import from_rest, shown
from devforge.local.graphql.registry import FIELDS, Resolver
from devforge.local.graphql.things import Thing
from devforge.local.graphql.view import View
from devforge.local.refusals import ApiRefusal

_SCHEMA = Path(__file__).parent / "schema"
_RESOLVERS = (
    "accounts",
    "automerge",
    "comments",
    "commits",
    "discussions",
    "discussion_changes",
    "issues",
    "label_changes",
    "pulls",
    "query",
    "reactions",
    "refs",
    "releases",
    "repositories",
)
_MOST_TOKENS = 20_000


@cache
def schema() -> GraphQLSchema:
    """Return our part of GitHub's schema, every field of it answered."""
    for name in _RESOLVERS:
        importlib.import_module(f"devforge.local.graphql.{name}")
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(_SCHEMA.glob("*.graphql")))
    built = build_schema(text)
    answered = {kind for kind, _ in FIELDS}
    for kind in answered:
        _attach(built.type_map[kind], kind)
    return built


def _attach(declared: Any, kind: str) -> None:
    """Give every field of the type its resolver; one without is a bug, found at start."""
    if not isinstance(declared, GraphQLObjectType):
        raise TypeError(f"{kind} has fields that are answered, but is no object type")
    for name, one in declared.fields.items():
        if (kind, name) not in FIELDS:
            raise LookupError(f"nothing answers {kind}.{name}")
        one.resolve = _resolving(FIELDS[kind, name])
    unknown = {name for owner, name in FIELDS if owner == kind} - declared.fields.keys()
    if unknown:
        raise LookupError(f"the schema has no {kind}.{', '.join(sorted(unknown))}")


def _resolving(resolve: Resolver) -> Callable[..., Any]:
    def answer(source: Any, info: GraphQLResolveInfo[View], **arguments: Any) -> Any:
        try:
            return resolve(source, info.context, arguments)
        except ApiRefusal as error:
            raise from_rest(error) from error

    return answer


def run_query(
    view: View, query: str, variables: Mapping[str, Any] | None, operation: str | None
) -> dict[str, Any]:
    """Return the answer to a query in GitHub's shape, its errors beside what could be told."""
    try:
        document = parse(query, max_tokens=_MOST_TOKENS)
    except GraphQLError as error:
        return {"errors": [shown(error)]}
    problems = validate(schema(), document)
    if problems:
        return {"errors": [shown(problem) for problem in problems]}
    result = _executed(view, document, variables, operation)
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        for problem in result.errors:
            _raise_bug(problem)
        answer["errors"] = [shown(problem) for problem in result.errors]
    return answer


def _executed(
    view: View, document: DocumentNode, variables: Mapping[str, Any] | None, operation: str | None
) -> ExecutionResult:
    return execute_sync(
        schema(),
        document,
        context_value=view,
        variable_values=dict(variables or {}),
        operation_name=operation,
        type_resolver=_kind_of,
    )


def _kind_of(value: Any, _info: GraphQLResolveInfo[View], _type: Any) -> str:
    if not isinstance(value, Thing):
        raise TypeError(f"{type(value).__name__} stands where a thing of the graph should")
    return value.kind


def _raise_bug(error: GraphQLError) -> None:
    """Let an exception of ours, which is no refusal, be what it is: a server error."""
    cause = error.original_error
    if cause is not None and not isinstance(cause, GraphQLError):
        raise cause
