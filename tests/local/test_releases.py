"""Releases as PyGithub makes them and as a browser gets them."""

from __future__ import annotations

import hashlib
from xml.etree import ElementTree as ET

import pytest
import requests
from github import Auth, Github, GithubException, UnknownObjectException

from devforge.local import LocalGitHub
from devforge.local.tokens import create_workflow_token


@pytest.fixture
def gh(tmp_path):
    with LocalGitHub(tmp_path / "github") as server:
        yield server


@pytest.fixture
def alice(gh):
    return gh.create_account("alice")


@pytest.fixture
def repo(gh, alice):
    gh.create_repository("alice/tool", auto_init=True)
    return connect(gh, alice).get_repo("alice/tool")


def connect(gh, account):
    return Github(
        auth=Auth.Token(account.token),
        base_url=gh.api_url,
        seconds_between_requests=None,
        seconds_between_writes=None,
        retry=None,
    )


def rest(gh, account, method, path, **options):
    headers = {"Authorization": f"token {account.token}"} | options.pop("headers", {})
    return requests.request(method, f"{gh.api_url}{path}", headers=headers, timeout=30, **options)


def actions(gh):
    rows = gh.hub.store.all("SELECT action FROM event WHERE name = 'release' ORDER BY id")
    return [row["action"] for row in rows]


def test_a_draft_becomes_public_with_its_tag_only_when_it_is_published(gh, repo, tmp_path):
    package = tmp_path / "tool-1.0.0.zip"
    package.write_bytes(b"PK-something")
    draft = repo.create_git_release("v1.0.0", name="One", message="first", draft=True)
    asset = draft.upload_asset(str(package), label="the tool", content_type="application/zip")

    assert draft.draft
    assert "/untagged-" in draft.html_url
    assert [tag.name for tag in repo.get_tags()] == []
    with pytest.raises(UnknownObjectException):
        repo.get_release("v1.0.0")
    assert actions(gh) == []

    published = draft.update_release("One", "first", draft=False)

    assert published.html_url.endswith("/alice/tool/releases/tag/v1.0.0")
    assert [tag.name for tag in repo.get_tags()] == ["v1.0.0"]
    assert repo.get_release("v1.0.0").id == repo.get_latest_release().id == draft.id
    assert (asset.size, asset.label, asset.content_type) == (12, "the tool", "application/zip")
    assert actions(gh) == ["published", "released"]


def test_a_download_is_counted_and_brings_the_bytes_whose_digest_is_shown(
    gh, repo, alice, tmp_path
):
    package = tmp_path / "tool.zip"
    package.write_bytes(b"payload" * 1000)
    release = repo.create_git_release("acme.tool-v1.0.0", "One", "")
    asset = release.upload_asset(str(package))

    for _ in range(3):
        got = requests.get(asset.browser_download_url, timeout=30)
        assert got.content == package.read_bytes()
    latest = requests.get(f"{gh.url}/alice/tool/releases/latest/download/tool.zip", timeout=30)
    raw = rest(
        gh, alice, "GET", f"/repos/alice/tool/releases/assets/{asset.id}",
        headers={"Accept": "application/octet-stream"},
    )  # fmt: skip
    shown = rest(gh, alice, "GET", f"/repos/alice/tool/releases/assets/{asset.id}").json()

    assert [step.status_code for step in got.history] == [302]
    assert [step.status_code for step in latest.history] == [302, 302]
    assert latest.content == raw.content == package.read_bytes()
    assert shown["download_count"] == 5
    assert shown["digest"] == "sha256:" + hashlib.sha256(package.read_bytes()).hexdigest()
    assert "attachment; filename=tool.zip" in got.headers["Content-Disposition"]


def test_drafts_are_shown_to_who_may_push_and_to_nobody_else(gh, repo):
    stranger = gh.create_account("stranger")
    repo.create_git_release("v1", "public", "")
    draft = repo.create_git_release("v2", "secret", "", draft=True)
    theirs = connect(gh, stranger).get_repo("alice/tool")

    assert [release.tag_name for release in repo.get_releases()] == ["v2", "v1"]
    assert [release.tag_name for release in theirs.get_releases()] == ["v1"]
    with pytest.raises(UnknownObjectException):
        theirs.get_release(draft.id)
    assert requests.get(f"{draft.html_url}/x", timeout=30).status_code == 404


def test_a_tag_or_a_file_name_that_is_taken_is_refused_as_github_does(gh, repo, tmp_path):
    package = tmp_path / "a b.zip"
    package.write_bytes(b"x")
    release = repo.create_git_release("v1", "One", "")

    assert release.upload_asset(str(package)).name == "a.b.zip"
    with pytest.raises(GithubException) as again:
        release.upload_asset(str(package))
    with pytest.raises(GithubException) as twice:
        repo.create_git_release("v1", "Other", "")

    assert again.value.status == twice.value.status == 422
    assert again.value.data["errors"] == [
        {"resource": "ReleaseAsset", "code": "already_exists", "field": "name"}
    ]
    assert twice.value.data["errors"] == [
        {"resource": "Release", "code": "already_exists", "field": "tag_name"}
    ]


def test_a_release_of_a_commit_that_does_not_exist_is_refused(repo):
    with pytest.raises(GithubException) as refused:
        repo.create_git_release("v1", "One", "", target_commitish="no-such-branch")

    assert refused.value.status == 422
    assert refused.value.data["errors"][0]["field"] == "target_commitish"
    assert list(repo.get_releases()) == []


def test_the_latest_release_is_neither_a_prerelease_nor_one_that_was_told_not_to_be(repo):
    repo.create_git_release("v1", "One", "")
    repo.create_git_release("v2-rc", "Candidate", "", prerelease=True)
    repo.create_git_release("v1.0.1", "Old line", "", make_latest="false")

    assert repo.get_latest_release().tag_name == "v1"


def test_an_immutable_release_keeps_its_assets_and_spends_its_tag(gh, repo, alice, tmp_path):
    package = tmp_path / "tool.zip"
    package.write_bytes(b"x")
    assert rest(gh, alice, "GET", "/repos/alice/tool/immutable-releases").status_code == 404
    assert rest(gh, alice, "PUT", "/repos/alice/tool/immutable-releases").status_code == 204
    draft = repo.create_git_release("v1", "One", "", draft=True)
    draft.upload_asset(str(package))
    release = draft.update_release("One", "", draft=False)
    [asset] = release.assets

    assert rest(gh, alice, "GET", f"/repos/alice/tool/releases/{release.id}").json()["immutable"]
    for change in (
        lambda: release.upload_asset(str(package), name="more.zip"),
        asset.delete_asset,
        lambda: asset.update_asset("other.zip", ""),
    ):
        with pytest.raises(GithubException) as refused:
            change()
        assert refused.value.status == 422
    with pytest.raises(GithubException) as held:
        repo.get_git_ref("tags/v1").delete()
    assert "an immutable release has it" in str(held.value)
    release.delete_release()
    with pytest.raises(GithubException) as spent:
        repo.create_git_release("v1", "Again", "")
    assert "immutable" in spent.value.data["errors"][0]["message"]


def test_a_release_holds_a_thousand_files_and_not_one_more(gh, repo, alice, tmp_path):
    release = repo.create_git_release("v1", "One", "", draft=True)
    now = gh.hub.clock.stamp()
    with gh.hub.store.transaction():
        for number in range(1000):
            gh.hub.store.insert(
                "release_asset", release_id=release.id, name=f"f{number}", content_type="text/plain",
                size=1, sha256="0" * 64, uploader_id=alice.id, created_at=now, updated_at=now,
            )  # fmt: skip
    package = tmp_path / "one-too-many.zip"
    package.write_bytes(b"x")

    with pytest.raises(GithubException) as refused:
        release.upload_asset(str(package))
    assert refused.value.status == 422
    assert "1000" in refused.value.data["errors"][0]["message"]
    assert len(list(release.get_assets())) == 1000


def test_no_more_than_a_thousand_releases_are_listed(gh, alice, repo):
    path = f"/repos/{repo.full_name}/releases?per_page=100&page="
    refused = rest(gh, alice, "GET", f"{path}11")

    assert rest(gh, alice, "GET", f"{path}10").json() == []
    assert (refused.status_code, refused.json()["message"]) == (
        422,
        "Only the first 1000 results are available.",
    )


def test_a_workflow_token_needs_contents_write_to_release(gh, repo):
    token = create_workflow_token(gh.hub.store, repo.id, 1, {"contents": "read"})
    answer = requests.post(
        f"{gh.api_url}/repos/alice/tool/releases",
        json={"tag_name": "v1"},
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )

    assert answer.status_code == 403
    assert answer.json()["message"] == "Resource not accessible by integration"
    assert answer.headers["X-Accepted-GitHub-Permissions"] == "contents=write"


def test_the_feed_lists_published_releases_newest_first(gh, repo):
    repo.create_git_release("v1", "One & only", "first <b>")
    repo.create_git_release("v2", "Two", "second")
    repo.create_git_release("v3", "Three", "draft", draft=True)
    answer = requests.get(f"{gh.url}/alice/tool/releases.atom", timeout=30)
    feed = ET.fromstring(answer.content)
    titles = [title.text for title in feed.iterfind("{*}entry/{*}title")]

    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    assert titles == ["Two", "One & only"]


def test_deleting_a_release_leaves_its_tag(gh, repo):
    release = repo.create_git_release("v1", "One", "")
    release.delete_release()

    assert list(repo.get_releases()) == []
    assert [tag.name for tag in repo.get_tags()] == ["v1"]
    assert actions(gh) == ["created", "published", "released", "deleted"]
