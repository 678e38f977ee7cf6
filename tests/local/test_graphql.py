"""Discussions and search through PyGithub and plain GraphQL, in GitHub's own shapes."""

from __future__ import annotations

import pytest
import requests
from github import Auth, Github, GithubException, UnknownObjectException

from devforge.local import LocalGitHub
from devforge.local.tokens import create_workflow_token

SCHEMA = """
    id databaseId number title body bodyText url isAnswered closed stateReason
    author { login } category { id name isAnswerable }
    answer { id body }
    labels(first: 10) { nodes { id name color } }
    comments(first: 10) { totalCount nodes { id body replies(first: 5) { nodes { id body } } } }
"""


@pytest.fixture
def gh(tmp_path):
    with LocalGitHub(tmp_path / "github") as server:
        yield server


@pytest.fixture
def alice(gh):
    account = gh.create_account("alice")
    gh.create_repository("alice/tool", auto_init=True, has_discussions=True)
    return account


def connect(gh, account):
    return Github(
        auth=Auth.Token(account.token),
        base_url=gh.api_url,
        seconds_between_requests=None,
        seconds_between_writes=None,
        retry=None,
    )


@pytest.fixture
def repo(gh, alice):
    return connect(gh, alice).get_repo("alice/tool")


@pytest.fixture
def ask(gh, alice):
    """Return `ask(query, token=…, **variables)`: the JSON of GraphQL's answer."""

    def ask(query, token=alice.token, **variables):
        answer = requests.post(
            gh.graphql_url,
            json={"query": query, "variables": variables},
            headers={"Authorization": f"bearer {token}"},
            timeout=10,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    return ask


@pytest.fixture
def category(ask):
    """Return `category(name)`: the node id of a discussion category."""
    query = """{ repository(owner: "alice", name: "tool") {
        discussionCategories(first: 10) { nodes { id name } } } }"""

    def category(name):
        nodes = ask(query)["data"]["repository"]["discussionCategories"]["nodes"]
        return next(node["id"] for node in nodes if node["name"] == name)

    return category


@pytest.fixture
def discuss(ask, category):
    """Return `discuss(title, body, category, token)`: the new discussion's number and node id."""
    query = """mutation($input: CreateDiscussionInput!) {
        createDiscussion(input: $input) { discussion { id number } } }"""

    def discuss(title, body="How?", name="Q&A", **options):
        repository = ask('{ repository(owner: "alice", name: "tool") { id } }')
        given = {
            "repositoryId": repository["data"]["repository"]["id"],
            "categoryId": category(name),
            "title": title,
            "body": body,
        }
        return ask(query, input=given, **options)["data"]["createDiscussion"]["discussion"]

    return discuss


def mutate(ask, name, selection, token=None, **given):
    """Run one mutation; return its payload, or its errors."""
    kind = name[0].upper() + name[1:] + "Input"
    query = f"mutation($input: {kind}!) {{ {name}(input: $input) {{ {selection} }} }}"
    told = ask(query, input=given, **({} if token is None else {"token": token}))
    return told["errors"] if "errors" in told else told["data"][name]


def events(gh, name):
    rows = gh.hub.store.all("SELECT action FROM event WHERE name = ? ORDER BY id", name)
    return [row["action"] for row in rows]


def test_a_question_is_asked_answered_and_read_through_pygithub(gh, repo, discuss, ask):
    bob = gh.create_account("bob")
    made = discuss("How do I install it?", "I *tried* `x`.", token=bob.token)
    discussion = repo.get_discussion(made["number"], SCHEMA)
    comment = discussion.add_comment("Like **this**.", output_schema="id body bodyText")
    reply = discussion.add_comment("Thanks", reply_to=comment, output_schema="id")
    mutate(ask, "markDiscussionCommentAsAnswer", "discussion { isAnswered }", id=comment.id)
    seen = repo.get_discussion(made["number"], SCHEMA)

    assert (discussion.title, discussion.body_text) == ("How do I install it?", "I tried x.")
    assert discussion.category.name == "Q&A"
    assert comment.body_text == "Like this."
    assert seen.answer.id == comment.id
    [only] = seen.get_comments("id")
    assert [each.id for each in only.get_replies()] == [reply.id]
    assert events(gh, "discussion") == ["created", "answered"]
    assert events(gh, "discussion_comment") == ["created", "created"]


def test_discussions_are_listed_a_page_at_a_time_and_filtered(gh, repo, discuss, category):
    numbers = [discuss(f"Question {n}")["number"] for n in range(5)]
    discuss("Hello", name="General")
    api = connect(gh, gh.create_account("reader"))
    api.per_page = 2
    listed = api.get_repo("alice/tool").get_discussions("number title", category_id=category("Q&A"))

    assert listed.totalCount == 5
    assert sorted(each.number for each in listed) == numbers
    assert list(repo.get_discussions("number", answered=True)) == []
    assert {each.number for each in repo.get_discussions("number", states=["OPEN"])} >= set(numbers)
    assert list(repo.get_discussions("number", states=["CLOSED"])) == []


def test_comments_are_edited_deleted_and_keep_their_place_while_replied_to(gh, repo, discuss):
    discussion = repo.get_discussion(discuss("Question")["number"], "id number")
    first = discussion.add_comment("first")
    discussion.add_comment("reply", reply_to=first)
    second = discussion.add_comment("second")
    assert first.edit("first, edited", output_schema="id body").body == "first, edited"
    second.delete()
    first.delete()
    left = list(discussion.get_comments("id body deletedAt replies(first: 5) { nodes { body } }"))

    assert [comment.body for comment in left] == [""]
    assert [reply.body for reply in left[0].get_replies()] == ["reply"]
    assert events(gh, "discussion_comment") == ["created"] * 3 + ["edited", "deleted", "deleted"]


def test_a_discussion_is_labelled_closed_reopened_locked_moved_and_deleted(
    gh, ask, repo, discuss, category
):
    made = discuss("Question")
    label = ask('{ repository(owner: "alice", name: "tool") { label(name: "bug") { id } } }')
    label_id = label["data"]["repository"]["label"]["id"]

    labelled = mutate(
        ask, "addLabelsToLabelable", "labelable { ... on Discussion { labels(first: 5) { nodes { name } } } }",
        labelableId=made["id"], labelIds=[label_id],
    )  # fmt: skip
    assert labelled["labelable"]["labels"]["nodes"] == [{"name": "bug"}]
    mutate(
        ask,
        "removeLabelsFromLabelable",
        "clientMutationId",
        labelableId=made["id"],
        labelIds=[label_id],
    )
    closed = mutate(
        ask,
        "closeDiscussion",
        "discussion { closed stateReason }",
        discussionId=made["id"],
        reason="OUTDATED",
    )
    assert closed["discussion"] == {"closed": True, "stateReason": "OUTDATED"}
    mutate(ask, "reopenDiscussion", "discussion { closed }", discussionId=made["id"])
    locked = mutate(
        ask,
        "lockLockable",
        "lockedRecord { locked activeLockReason }",
        lockableId=made["id"],
        lockReason="SPAM",
    )
    assert locked["lockedRecord"] == {"locked": True, "activeLockReason": "SPAM"}
    mutate(ask, "unlockLockable", "clientMutationId", lockableId=made["id"])
    moved = mutate(
        ask, "updateDiscussion", "discussion { title category { name } }",
        discussionId=made["id"], title="Better", categoryId=category("Ideas"),
    )  # fmt: skip
    assert moved["discussion"] == {"title": "Better", "category": {"name": "Ideas"}}
    mutate(ask, "deleteDiscussion", "discussion { title }", id=made["id"])
    with pytest.raises(UnknownObjectException):
        repo.get_discussion(made["number"], "id")
    assert events(gh, "discussion") == [
        "created", "labeled", "unlabeled", "closed", "reopened", "locked", "unlocked", "edited",
        "category_changed", "deleted",
    ]  # fmt: skip


def test_reactions_are_given_once_counted_and_taken_back(ask, discuss):
    made = discuss("Question")
    select = """subject { reactions(first: 5) { totalCount viewerHasReacted nodes { content user { login } } }
                          reactionGroups { content reactors(first: 1) { totalCount } } }"""
    for _ in range(2):
        given = mutate(ask, "addReaction", select, subjectId=made["id"], content="ROCKET")
    groups = {
        group["content"]: group["reactors"]["totalCount"]
        for group in given["subject"]["reactionGroups"]
    }

    assert given["subject"]["reactions"] == {
        "totalCount": 1,
        "viewerHasReacted": True,
        "nodes": [{"content": "ROCKET", "user": {"login": "alice"}}],
    }
    assert groups["ROCKET"] == 1
    assert sum(groups.values()) == 1
    taken = mutate(ask, "removeReaction", select, subjectId=made["id"], content="ROCKET")
    assert taken["subject"]["reactions"]["totalCount"] == 0


def test_a_stranger_may_ask_and_comment_but_not_change_what_others_wrote(gh, ask, discuss, repo):
    made = discuss("Mine")
    stranger = gh.create_account("stranger")
    theirs = connect(gh, stranger).get_repo("alice/tool").get_discussion(made["number"], "id")
    comment = theirs.add_comment("May I?")
    [refused] = mutate(
        ask, "closeDiscussion", "clientMutationId", token=stranger.token, discussionId=made["id"]
    )

    assert refused["type"] == "FORBIDDEN"
    assert refused["path"] == ["closeDiscussion"]
    seen = ask('{ repository(owner: "alice", name: "tool") { discussion(number: 1) { closed } } }')
    assert seen["data"]["repository"]["discussion"] == {"closed": False}
    [unmarked] = mutate(
        ask,
        "markDiscussionCommentAsAnswer",
        "clientMutationId",
        token=stranger.token,
        id=comment.id,
    )
    assert unmarked["type"] == "FORBIDDEN"


def test_a_workflow_needs_discussions_write_to_change_them_and_nothing_to_read(
    gh, ask, discuss, repo
):
    made = discuss("Question")
    reader = create_workflow_token(gh.hub.store, repo.id, 1, {"contents": "read"})
    writer = create_workflow_token(gh.hub.store, repo.id, 2, {"discussions": "write"})
    read = '{ repository(owner: "alice", name: "tool") { discussion(number: %d) { title } } }'
    given = {"discussionId": made["id"], "body": "An answer"}

    seen = ask(read % made["number"], token=reader)
    assert seen["data"]["repository"]["discussion"]["title"] == "Question"
    [refused] = mutate(ask, "addDiscussionComment", "comment { id }", token=reader, **given)
    assert refused["message"] == "Resource not accessible by integration"
    assert refused["type"] == "FORBIDDEN"
    told = mutate(
        ask,
        "addDiscussionComment",
        "comment { author { __typename login } }",
        token=writer,
        **given,
    )
    assert told["comment"]["author"] == {"__typename": "Bot", "login": "github-actions"}


def test_a_private_repository_is_not_there_for_a_stranger(gh, ask):
    gh.create_repository("alice/secret", private=True)
    stranger = gh.create_account("stranger")
    told = ask('{ repository(owner: "alice", name: "secret") { id } }', token=stranger.token)

    assert told["data"] == {"repository": None}
    [error] = told["errors"]
    assert error["type"] == "NOT_FOUND"
    assert error["path"] == ["repository"]
    assert error["message"] == "Could not resolve to a Repository with the name 'alice/secret'."


def test_a_renamed_repository_is_found_by_its_old_name(gh, ask):
    gh.rename_repository("alice/tool", "instrument")
    query = '{ repository(owner: "alice", name: "tool"%s) { nameWithOwner } }'

    assert ask(query % "")["data"]["repository"] == {"nameWithOwner": "alice/instrument"}
    assert ask(query % ", followRenames: false")["data"]["repository"] is None


def test_pagination_has_githubs_bounds_and_cursors(ask, discuss):
    for n in range(3):
        discuss(f"Question {n}")
    query = """query($first: Int, $after: String, $last: Int) {
        repository(owner: "alice", name: "tool") {
            discussions(first: $first, after: $after, last: $last, orderBy: {field: CREATED_AT, direction: ASC}) {
                totalCount nodes { title } pageInfo { endCursor hasNextPage hasPreviousPage } } } }"""

    def page(**variables):
        told = ask(query, **variables)
        return told["data"]["repository"]["discussions"] if "errors" not in told else told["errors"]

    first = page(first=2)
    second = page(first=2, after=first["pageInfo"]["endCursor"])
    last = page(last=1)
    assert [node["title"] for node in first["nodes"]] == ["Question 0", "Question 1"]
    assert first["pageInfo"]["hasNextPage"]
    assert [node["title"] for node in second["nodes"]] == ["Question 2"]
    assert (second["pageInfo"]["hasNextPage"], second["pageInfo"]["hasPreviousPage"]) == (
        False,
        True,
    )
    assert [node["title"] for node in last["nodes"]] == ["Question 2"]
    assert page()[0]["type"] == "MISSING_PAGINATION_BOUNDARIES"
    assert page(first=101)[0]["type"] == "EXCESSIVE_PAGINATION"
    assert page(first=1, after="nonsense")[0]["type"] == "INVALID_CURSOR_ARGUMENTS"


def test_search_finds_by_word_and_qualifier(ask, discuss, repo):
    discuss("Install on Windows", "It says `error 7`.")
    discuss("Colours", "Which?", name="Ideas")
    repo.create_issue("Crash on Windows", "Trace", labels=["bug"])

    def found(kind, query):
        told = ask(
            """query($q: String!, $type: SearchType!) { search(query: $q, type: $type, first: 10) {
                discussionCount issueCount
                nodes { ... on Discussion { title } ... on Issue { title } ... on PullRequest { title } } } }""",
            q=query,
            type=kind,
        )
        return [node["title"] for node in told["data"]["search"]["nodes"]]

    assert found("DISCUSSION", "repo:alice/tool windows") == ["Install on Windows"]
    assert found("DISCUSSION", 'repo:alice/tool category:"q&a" is:unanswered "error 7"') == [
        "Install on Windows"
    ]
    assert found("DISCUSSION", "repo:alice/other windows") == []
    assert found("ISSUE", "repo:alice/tool is:open label:bug -label:question windows") == [
        "Crash on Windows"
    ]
    assert found("ISSUE", "repo:alice/tool is:pr") == []


def test_what_the_schema_does_not_have_and_who_is_nobody_is_said(gh, ask):
    told = ask("{ viewer { shoeSize } }")
    assert "shoeSize" in told["errors"][0]["message"]
    assert "data" not in told
    anonymous = requests.post(gh.graphql_url, json={"query": "{ viewer { login } }"}, timeout=10)
    assert anonymous.status_code == 401
    assert ask("{ viewer { login } rateLimit { cost limit } }")["data"] == {
        "viewer": {"login": "alice"},
        "rateLimit": {"cost": 1, "limit": 5000},
    }


def test_a_comment_on_an_issue_is_minimized_through_pygithub(repo):
    comment = repo.create_issue("Title").create_comment("noise")

    assert comment.minimize("OFF_TOPIC")
    assert comment.unminimize()


def test_discussions_that_are_switched_off_take_nothing(gh, ask):
    gh.create_repository("alice/quiet")
    repository = ask(
        '{ repository(owner: "alice", name: "quiet") { id hasDiscussionsEnabled discussionCategories(first: 1) { totalCount } } }'
    )["data"]["repository"]

    assert repository["hasDiscussionsEnabled"] is False
    assert repository["discussionCategories"] == {"totalCount": 0}
    with pytest.raises(GithubException):
        connect(gh, gh.create_account("bob")).get_repo("alice/quiet").get_discussion(1, "id")
