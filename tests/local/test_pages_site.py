"""Pages: deployed one at a time, switched whole, served as GitHub serves it."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile

import pytest
import requests

from devforge.local import LocalGitHub, pages
from devforge.local.refusals import ApiRefusal
from devforge.local.workflows.artifacts import archive_path


@pytest.fixture
def gh(tmp_path):
    with LocalGitHub(tmp_path / "github") as server:
        server.create_account("alice")
        server.create_repository("alice/tool", auto_init=True)
        yield server


@pytest.fixture
def repository(gh):
    row = gh.hub.store.find("repository", name="tool")
    pages.enable(gh.hub, row)
    return row


@pytest.fixture
def tar_of(tmp_path):
    """Return `tar_of({path: content})`: a site as the artifact's tar."""

    def tar_of(files, name="artifact.tar"):
        path = tmp_path / name
        with tarfile.open(path, "w") as tar:
            for file, content in files.items():
                info = tarfile.TarInfo(f"./{file}")
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        return path

    return tar_of


SITE = {
    "index.html": b"<h1>front</h1>",
    "404.html": b"<h1>our own</h1>",
    "about.html": b"<h1>about</h1>",
    "extensions/index.html": b"<h1>extensions</h1>",
    "index/v1/bin.json": b"{}",
    "app.js": b"1",
    "feed.atom": b"<feed/>",
}


def get(url, **headers):
    return requests.get(url, headers=headers, timeout=10, allow_redirects=False)


@pytest.mark.parametrize(
    ("path", "status", "media_type", "body"),
    [
        ("", 200, "text/html; charset=utf-8", b"<h1>front</h1>"),
        ("about", 200, "text/html; charset=utf-8", b"<h1>about</h1>"),
        ("extensions/", 200, "text/html; charset=utf-8", b"<h1>extensions</h1>"),
        ("index/v1/bin.json", 200, "application/json; charset=utf-8", b"{}"),
        ("app.js", 200, "application/javascript; charset=utf-8", b"1"),
        ("feed.atom", 200, "application/atom+xml", b"<feed/>"),
        ("nothing/here", 404, "text/html; charset=utf-8", b"<h1>our own</h1>"),
        ("%2e%2e/%2e%2e/github.sqlite3", 404, "text/html; charset=utf-8", b"<h1>our own</h1>"),
    ],
)
def test_a_site_is_served_with_its_types_index_files_and_own_404(
    gh, repository, tar_of, path, status, media_type, body
):
    url = pages.deploy(gh.hub, repository, tar_of(SITE), build_version="a1")
    answer = get(url + path)

    assert url == f"{gh.url}/pages/alice/tool/"
    assert (answer.status_code, answer.content) == (status, body)
    assert answer.headers["Content-Type"] == media_type
    if status == 200:
        assert answer.headers["Cache-Control"] == "max-age=600"


def test_addresses_of_folders_end_in_a_slash(gh, repository, tar_of):
    url = pages.deploy(gh.hub, repository, tar_of(SITE), build_version="a1")

    assert get(url.rstrip("/")).headers["Location"] == url
    assert get(f"{url}extensions").headers["Location"] == f"{url}extensions/"


def test_what_did_not_change_is_not_sent_again(gh, repository, tar_of):
    url = pages.deploy(gh.hub, repository, tar_of(SITE), build_version="a1")
    first = get(url)
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]

    assert get(url, **{"If-None-Match": etag}).status_code == 304
    assert get(url, **{"If-Modified-Since": modified}).status_code == 304
    gh.advance(hours=1)
    pages.deploy(gh.hub, repository, tar_of(SITE | {"index.html": b"new"}), build_version="a2")
    assert get(url, **{"If-None-Match": etag}).content == b"new"
    assert get(url, **{"If-Modified-Since": modified}).content == b"new"


def test_a_second_deployment_waits_for_the_first(gh, repository, tar_of):
    first = pages.begin(gh.hub, repository, "a1")
    with pytest.raises(ApiRefusal) as refused:
        pages.deploy(gh.hub, repository, tar_of(SITE), build_version="a2")

    assert refused.value.status == 400
    assert "due to in progress deployment. Please cancel a1 first" in refused.value.message
    pages.finish(gh.hub, repository, first, tar_of(SITE))
    pages.deploy(gh.hub, repository, tar_of(SITE), build_version="a2")


@pytest.mark.parametrize("name", ["../../escape", "/etc/escape"])
def test_a_site_that_reaches_out_of_its_folder_leaves_the_old_one(
    gh, repository, tar_of, name, tmp_path
):
    url = pages.deploy(gh.hub, repository, tar_of(SITE), build_version="a1")
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as tar:
        info = tarfile.TarInfo(name)
        info.type = tarfile.SYMTYPE
        info.linkname = "/etc/passwd"
        tar.addfile(info)
    with pytest.raises(ApiRefusal):
        pages.deploy(gh.hub, repository, evil, build_version="a2")

    assert get(url).content == b"<h1>front</h1>"
    assert not os.path.lexists("/etc/escape")
    pages.deploy(gh.hub, repository, tar_of(SITE), build_version="a3")


def test_pages_are_switched_on_described_and_deployed_over_rest(gh, tar_of):
    token = gh.create_token("alice")

    def rest(method, path, json=None):
        return requests.request(
            method,
            f"{gh.api_url}/repos/alice/tool/pages{path}",
            json=json,
            headers={"Authorization": f"token {token}"},
            timeout=10,
        )

    assert rest("GET", "").status_code == 404
    assert rest("POST", "", {"build_type": "workflow"}).status_code == 201
    assert rest("POST", "", {"build_type": "workflow"}).status_code == 409
    described = rest("GET", "").json()
    assert (described["build_type"], described["status"]) == ("workflow", None)
    assert described["html_url"] == f"{gh.url}/pages/alice/tool/"

    wanted = {
        "artifact_id": artifact(gh, tar_of(SITE)),
        "pages_build_version": "9b1e2c7",
        "oidc_token": "t",
    }
    deployed = rest("POST", "/deployments", wanted)
    assert deployed.status_code == 200
    assert get(deployed.json()["page_url"]).content == b"<h1>front</h1>"
    assert rest("GET", "/deployments/9b1e2c7").json() == {"status": "succeed"}
    assert rest("GET", "").json()["status"] == "built"
    missing = rest("POST", "/deployments", wanted | {"artifact_id": 999})
    assert missing.status_code == 404
    assert rest("DELETE", "").status_code == 204
    assert rest("GET", "").status_code == 404


def artifact(gh, tar_path):
    """Keep a Pages artifact as a workflow's upload would; return its id."""
    now = gh.hub.clock.stamp()
    id = gh.hub.store.insert(
        "artifact", repository_id=gh.hub.store.find("repository", name="tool")["id"], run_id=1,
        attempt=1, name="github-pages", size_bytes=1, digest="", secret="s", created_at=now,
        expires_at=now,
    )  # fmt: skip
    place = archive_path(gh.hub, id)
    place.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(place, "w") as zipped:
        zipped.write(tar_path, "artifact.tar")
    return id
