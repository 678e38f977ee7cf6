"""Our part of the GraphQL schema is GitHub's own: so a document that fits ours fits GitHub's.

graphql-core holds every answer to our schema's types and nullability while it executes; what is
shown here is that those are the public schema's.
"""

from __future__ import annotations

import inspect
from functools import cache
from pathlib import Path

import pytest
from github import PullRequest, Repository, RepositoryDiscussion
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    build_schema,
    is_required_argument,
    is_required_input_field,
    parse,
    validate,
)

from devforge.local.graphql.engine import schema

NAMED = sorted(name for name in schema().type_map if not name.startswith("__"))


@cache
def _public(path: Path) -> GraphQLSchema:
    return build_schema(path.read_text(encoding="utf-8"), assume_valid=True)


@pytest.fixture(scope="session")
def public(node_modules):
    return _public(node_modules / "@octokit/graphql-schema/schema.graphql")


@pytest.mark.parametrize("name", NAMED)
def test_a_type_of_ours_is_githubs(public, name):
    ours, theirs = schema().type_map[name], public.type_map.get(name)

    assert theirs is not None, f"GitHub has no type {name}"
    assert type(ours) is type(theirs)
    if isinstance(ours, GraphQLObjectType | GraphQLInterfaceType):
        assert {one.name for one in ours.interfaces} <= {one.name for one in theirs.interfaces}
        assert differences(ours.fields, theirs.fields) == []
    elif isinstance(ours, GraphQLInputObjectType):
        assert differences_of_inputs(ours, theirs) == []
    elif isinstance(ours, GraphQLEnumType):
        assert ours.values.keys() <= theirs.values.keys()
    elif isinstance(ours, GraphQLUnionType):
        assert {one.name for one in ours.types} <= {one.name for one in theirs.types}


def differences(ours, theirs):
    """Return each field, or argument of one, that is not the same in the public schema."""
    found = []
    for name, field in ours.items():
        public = theirs.get(name)
        if public is None or str(field.type) != str(public.type):
            found.append(f"{name}: {field.type}, GitHub's is {public and public.type}")
            continue
        for argument, one in field.args.items():
            other = public.args.get(argument)
            if other is None or (str(one.type), one.default_value) != (
                str(other.type),
                other.default_value,
            ):
                found.append(f"{name}({argument}: {one.type}), GitHub's is {other and other.type}")
        found += [
            f"{name} lacks {argument}, which GitHub requires"
            for argument, one in public.args.items()
            if is_required_argument(one) and argument not in field.args
        ]
    return found


def differences_of_inputs(ours, theirs):
    """Return each input field that is not the same, and each that GitHub would require."""
    found = [
        f"{name}: {field.type}"
        for name, field in ours.fields.items()
        if name not in theirs.fields
        or str(field.type) != str(theirs.fields[name].type)
        or (field.default_value is Undefined)
        is not (theirs.fields[name].default_value is Undefined)
    ]
    return found + [
        f"{name} is missing, which GitHub requires"
        for name, field in theirs.fields.items()
        if is_required_input_field(field) and name not in ours.fields
    ]


DISCUSSION = (
    "id number title body comments(first: 1) { nodes { id } } labels(first: 1) { nodes { name } }"
)
DOCUMENTS = {
    "PyGithub, get_discussion": f"""query Q($repo: String!, $owner: String!, $number: Int!) {{
        repository(name: $repo, owner: $owner) {{ discussion(number: $number) {{ {DISCUSSION} }} }} }}""",
    "PyGithub, get_discussions": f"""query Q($repo: String!, $owner: String!, $answered: Boolean,
        $category_id: ID, $states: [DiscussionState!], $first: Int, $last: Int, $before: String,
        $after: String) {{ repository(name: $repo, owner: $owner) {{ discussions(answered: $answered,
        categoryId: $category_id, states: $states, first: $first, last: $last, before: $before,
        after: $after) {{ totalCount pageInfo {{ startCursor endCursor hasNextPage hasPreviousPage }}
        nodes {{ {DISCUSSION} }} }} }} }}""",
    "PyGithub, get_comments": """query Q($discussionId: ID!, $first: Int, $last: Int, $before: String,
        $after: String) { node(id: $discussionId) { ... on Discussion { comments(first: $first,
        last: $last, before: $before, after: $after) { totalCount pageInfo { startCursor endCursor
        hasNextPage hasPreviousPage } nodes { id body } } } } }""",
    **{
        f"PyGithub, {name}": f"""mutation Mutation($input: {name[0].upper()}{name[1:]}Input!) {{
            {name}(input: $input) {{ {selection} }} }}"""
        for name, selection in {
            "addDiscussionComment": "comment { id }",
            "convertPullRequestToDraft": "clientMutationId pullRequest { isDraft }",
            "deleteDiscussionComment": "comment { id }",
            "disablePullRequestAutoMerge": "actor { avatarUrl login resourcePath url } clientMutationId",
            "enablePullRequestAutoMerge": "actor { avatarUrl login resourcePath url } clientMutationId",
            "markPullRequestReadyForReview": "clientMutationId pullRequest { isDraft }",
            "minimizeComment": "minimizedComment { isMinimized }",
            "unminimizeComment": "unminimizedComment { isMinimized }",
            "updateDiscussionComment": "comment { id }",
        }.items()
    },
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_what_pygithub_sends_fits_our_schema_and_githubs(public, document):
    assert validate(schema(), parse(document)) == []
    assert validate(public, parse(document)) == []


def test_no_graphql_of_pygithub_is_forgotten_here():
    modules = (PullRequest, Repository, RepositoryDiscussion)
    text = "".join(inspect.getsource(module) for module in modules)
    mutations = {name for name in schema().mutation_type.fields if f'"{name}"' in text}

    assert mutations <= {name.removeprefix("PyGithub, ") for name in DOCUMENTS}
    assert mutations >= {"enablePullRequestAutoMerge", "addDiscussionComment"}
