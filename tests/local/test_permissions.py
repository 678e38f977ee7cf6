"""Who may do what: roles of people, permissions of tokens, refusals in GitHub's words."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
from git import GitCommandError
from github import GithubException, UnknownObjectException

from devforge.local.permissions import PERMISSIONS
from devforge.local.routes import every_route
from devforge.local.tokens import create_workflow_token, revoke


@pytest.fixture
def job(github, tool, through):
    """Return `job(**permissions)`: PyGithub with a token that a workflow's job would have."""

    def client(**permissions: str):
        text = create_workflow_token(github.hub.store, tool.id, 7, permissions)
        made = through(text)
        made.token = text
        return made

    return client


def test_every_route_says_which_permission_it_needs():
    named = {route.name for route in every_route().all}

    assert named - PERMISSIONS.keys() == set()
    assert PERMISSIONS.keys() - named == set()


def test_every_needed_permission_is_one_that_workflows_can_have():
    known = {"actions", "administration", "attestations", "checks", "contents", "deployments",
             "discussions", "environments", "issues", "metadata", "pages", "pull_requests",
             "secrets", "statuses", "variables"}  # fmt: skip
    for needs in PERMISSIONS.values():
        if needs not in ("none", "person"):
            for each in needs.split("|"):
                name, _, level = each.partition(":")
                assert name in known
                assert level in ("read", "write")


def test_a_workflow_s_token_does_what_its_permissions_say_and_nothing_else(job, tool):
    repository = job(issues="write").get_repo("alice/tool")
    issue = repository.create_issue("From a job")
    assert issue.user.login == "github-actions[bot]"

    with pytest.raises(GithubException) as refused:
        repository.create_file("a", "a", "a")
    assert refused.value.status == 403
    assert refused.value.data["message"] == "Resource not accessible by integration"
    assert refused.value.headers["x-accepted-github-permissions"] == "contents=write"


@pytest.mark.parametrize(
    ("permissions", "act"),
    [
        ({"contents": "read"}, lambda r: r.create_git_ref("refs/heads/x", r.get_branch("main").commit.sha)),
        ({"pull_requests": "write"}, lambda r: r.get_commit("main").create_status("success")),
        ({"statuses": "write"}, lambda r: r.create_check_run("c", r.get_branch("main").commit.sha)),
        ({"contents": "write"}, lambda r: r.edit(description="x")),
        ({"contents": "write"}, lambda r: r.create_issue("x")),
        ({"issues": "read"}, lambda r: r.create_issue("x")),
        ({}, lambda r: r.create_issue("x")),
    ],
)  # fmt: skip
def test_a_call_outside_the_permissions_is_refused(job, permissions, act):
    with pytest.raises(GithubException) as refused:
        act(job(**permissions).get_repo("alice/tool"))
    assert refused.value.status == 403
    assert "integration" in refused.value.data["message"]


def test_reading_a_public_repository_needs_no_permission(job):
    repository = job().get_repo("alice/tool")

    assert repository.get_contents("README.md").name == "README.md"
    assert list(repository.get_issues()) == []


def test_a_workflow_s_token_ends_at_its_repository(job, github, alice):
    github.create_repository("alice/other", auto_init=True)
    github.create_repository("alice/secret", private=True, auto_init=True)
    client = job(contents="write", issues="write")

    with pytest.raises(GithubException) as refused:
        client.get_repo("alice/other").create_file("a", "a", "a")
    assert refused.value.status == 403
    with pytest.raises(UnknownObjectException):
        client.get_repo("alice/secret")


def test_a_workflow_s_token_is_nobody(job):
    with pytest.raises(GithubException) as refused:
        job(contents="write").get_user().login  # noqa: B018 - reading it asks the server
    assert refused.value.status == 403


def test_a_revoked_token_is_worthless(job, github):
    client = job(issues="write")
    revoke(github.hub.store, client.token)

    with pytest.raises(GithubException) as refused:
        client.get_repo("alice/tool")
    assert refused.value.status == 401


def test_a_check_run_is_made_by_a_workflow_and_by_no_person(job, tool):
    sha = tool.get_branch("main").commit.sha
    with pytest.raises(GithubException) as refused:
        tool.create_check_run("review", sha)
    assert refused.value.status == 403

    run = job(checks="write").get_repo("alice/tool").create_check_run(
        "review", sha, status="in_progress", output={"title": "t", "summary": "s", "annotations": [
            {"path": "README.md", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m"}]},
    )  # fmt: skip
    run.edit(conclusion="success")
    [seen] = tool.get_commit(sha).get_check_runs()
    assert (seen.status, seen.conclusion, seen.output.annotations_count) == (
        "completed",
        "success",
        1,
    )
    assert [a.message for a in seen.get_annotations()] == ["m"]


def test_what_a_workflow_s_token_pushes_says_so(job, github, tool, cloned):
    seen = []
    github.hub.events.subscribe("who", lambda event: seen.append((event.name, event.by_workflow)))
    client = job(contents="write")
    repo = cloned(client)
    repo.git.commit("--allow-empty", "-m", "by a job")
    repo.remote().push("main").raise_if_error()
    tool.create_file("a", "by a person", "a")
    github.wait_until_idle()

    assert seen == [("push", True), ("push", False)]


def test_a_fine_grained_token_has_its_permissions_only(github, tool, through):
    client = through(github.create_token("alice", {"issues": "write"}))
    client.get_repo("alice/tool").create_issue("fine")

    with pytest.raises(GithubException) as refused:
        client.get_repo("alice/tool").create_file("a", "a", "a")
    assert refused.value.data["message"] == "Resource not accessible by personal access token"


def test_somebody_anonymous_reads_and_is_asked_who_they_are_to_write(github, tool, through):
    assert through(None).get_repo("alice/tool").full_name == "alice/tool"
    answer = requests.post(
        f"{github.api_url}/repos/alice/tool/issues", json={"title": "x"}, timeout=10
    )
    assert (answer.status_code, answer.json()["message"]) == (401, "Requires authentication")


def test_a_private_repository_is_not_found_by_strangers(github, bob, through, alice):
    github.create_repository("alice/secret", private=True)
    for client in (bob, through(None)):
        with pytest.raises(UnknownObjectException):
            client.get_repo("alice/secret")
    assert alice.get_repo("alice/secret").private


def test_a_refusal_has_github_s_shape(github):
    answer = requests.get(f"{github.api_url}/repos/nobody/nothing", timeout=10)

    assert answer.json() == {
        "message": "Not Found",
        "documentation_url": "https://docs.github.com/rest",
        "status": "404",
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b'"text"', 400),
        (b'{"title": "\\ud800"}', 400),
        (b"[" * 100_000, 400),
        (b'{"title": 7.5}', 422),
        (b'{"body": "no title"}', 422),
        (b'{"title": ["x"]}', 422),
        (b'{"title": "x", "labels": [7]}', 422),
        (b'{"title": "' + b"x" * 3_000_000 + b'"}', 413),
    ],
)
def test_a_bad_body_is_refused_and_changes_nothing(github, alice, tool, body, status):
    answer = requests.post(
        f"{github.api_url}/repos/alice/tool/issues",
        data=body,
        headers={"Authorization": f"token {alice.token}"},
        timeout=10,
    )

    assert answer.status_code == status
    assert list(tool.get_issues(state="all")) == []


WORKFLOW = ".github/workflows/x.yml"


def test_a_workflow_s_token_never_changes_workflows(job, tool, cloned):
    client = job(contents="write", pull_requests="write")
    repository = client.get_repo("alice/tool")
    with pytest.raises(GithubException) as refused:
        repository.create_file(WORKFLOW, "a", "on: push\n")
    assert refused.value.status == 403
    assert f"create or update workflow `{WORKFLOW}`" in refused.value.data["message"]

    tool.create_git_ref("refs/heads/topic", tool.get_branch("main").commit.sha)
    tool.create_file(WORKFLOW, "by a person", "on: push\n", branch="topic")
    pull = tool.create_pull(title="T", head="topic", base="main")
    with pytest.raises(GithubException) as refused:
        repository.get_pull(pull.number).merge()
    assert refused.value.status == 403
    assert not tool.get_pull(pull.number).merged


def test_nor_does_it_push_them(job, tool, cloned):
    repo = cloned(job(contents="write"))
    path = Path(repo.working_dir) / WORKFLOW
    path.parent.mkdir(parents=True)
    path.write_text("on: push\n")
    repo.git.add(".")
    repo.git.commit("-m", "rewrite the rules")
    for target in ("main", "main:other"):
        with pytest.raises(GitCommandError, match="refusing to allow a GitHub App"):
            repo.git.push("origin", target)
    assert [branch.name for branch in tool.get_branches()] == ["main"]

    repo.git.commit("--amend", "--allow-empty", "-m", "something else", "--only")
    repo.git.rm("-q", "--cached", WORKFLOW)
    repo.git.commit("--amend", "--allow-empty", "-m", "something else")
    repo.git.push("origin", "main")
    assert tool.get_branch("main").commit.commit.message == "something else"


def test_a_workflow_opens_pull_requests_only_where_that_is_allowed(job, tool):
    tool.create_git_ref("refs/heads/topic", tool.get_branch("main").commit.sha)
    tool.create_file("a", "a", "a", branch="topic")
    repository = job(pull_requests="write").get_repo("alice/tool")
    with pytest.raises(GithubException) as refused:
        repository.create_pull(title="T", head="topic", base="main")
    assert refused.value.status == 403

    tool.requester.requestJsonAndCheck(
        "PUT", f"{tool.url}/actions/permissions/workflow",
        input={"can_approve_pull_request_reviews": True},
    )  # fmt: skip
    assert repository.create_pull(title="T", head="topic", base="main").number == 1
