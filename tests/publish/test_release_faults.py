"""A release on a GitHub that has a bad day at every single call: it always ends in one release."""

from __future__ import annotations

import pytest
from published import built_of, manifest_of

from devforge.adapters.releases import Releases
from devforge.errors import Refused, Unavailable
from devforge.publish.release import Publisher

REGISTRY = "operator/registry"
CALLS = ("list", "draft", "package", "sbom", "report", "publish")
BAD = ("502", "502 after", "lost answer", "too many requests")


@pytest.fixture
def publisher(github):
    """Return `publisher()`: a job that starts anew, knowing nothing."""
    token = github.create_account("operator").token
    github.create_repository(REGISTRY, auto_init=True)
    clients = []

    def start() -> Publisher:
        client = Releases(REGISTRY, token, api_url=github.api_url, retries=0)
        clients.append(client)
        return Publisher(client, "main", lambda _: None)

    yield start
    for client in clients:
        client.close()


def published(publisher, tag):
    found = [r for r in publisher().releases.newest() if r.tag_name == tag and not r.draft]
    return [tuple(asset.name for asset in release.assets) for release in found]


def test_a_bad_answer_to_any_call_ends_in_the_same_one_release(github, publisher):
    for number, kind in enumerate(BAD):
        for call in range(1, len(CALLS) + 1):
            built = built_of(manifest_of(version=f"{number + 1}.{call}.0"))
            fault = github.faults.every_call(call, kind)

            note = publisher().release(built)

            assert fault.struck == 1, (kind, CALLS[call - 1])
            assert published(publisher, note.tag) == [tuple(built.files)], (kind, CALLS[call - 1])
            assert note.package.sha256 == built.pointers[None].sha256
            github.faults.clear()


def test_a_run_that_dies_after_any_call_is_finished_by_the_next(github, publisher):
    for call in range(2, len(CALLS) + 1):
        built = built_of(manifest_of(version=f"1.{call}.0"))
        github.faults.add("502", nth=call, times=None)
        with pytest.raises(Unavailable, match="/releases"):
            publisher().release(built)
        github.faults.clear()

        note = publisher().release(built)

        assert published(publisher, note.tag) == [tuple(built.files)]


def test_a_second_run_finds_the_release_and_says_the_same_of_it(publisher):
    built = built_of(manifest_of())
    again = publisher()

    assert publisher().release(built) == again.release(built)
    assert again.releases.requests == 1


def test_a_release_with_other_bytes_is_refused_and_stays(publisher):
    built = built_of(manifest_of())
    note = publisher().release(built)
    other = built_of(manifest_of(description="Another description of the same version."))

    with pytest.raises(Refused, match="a published release is never changed"):
        publisher().release(other)
    assert publisher().release(built) == note


def test_a_token_without_the_permission_is_refused_by_name(github):
    github.create_account("operator")
    github.create_repository(REGISTRY, auto_init=True)
    stranger = Releases(
        REGISTRY, github.create_account("mallory").token, api_url=github.api_url, retries=0
    )

    with pytest.raises(Refused, match="releases"):
        Publisher(stranger, "main", lambda _: None).release(built_of(manifest_of()))
    stranger.close()


def test_a_half_uploaded_file_in_our_own_draft_is_replaced(publisher):
    built = built_of(manifest_of())
    job = publisher()
    tag = f"{built.id}-v{built.version}"
    draft = job.releases.draft(tag, title="x", body="", commit="main", prerelease=False)
    [package, *_] = built.files
    job.releases.upload(draft, package, built.packages[None].package[:100], "application/zip")

    note = publisher().release(built)

    [names] = published(publisher, tag)
    assert sorted(names) == sorted(built.files)
    assert note.package.length == len(built.packages[None].package)
    assert len([r for r in publisher().releases.newest() if r.tag_name == tag]) == 1


def test_two_runs_at_once_end_in_one_published_release(publisher):
    built = built_of(manifest_of())
    early, late = publisher(), publisher()
    tag = f"{built.id}-v{built.version}"
    assert early.releases.newest() == late.releases.newest() == ()
    late._drafts, late._published = {}, {}  # it looked before the other began

    early.release(built)
    note = late.release(built)

    assert published(publisher, tag) == [tuple(built.files)]
    assert note == publisher().release(built)


def test_a_release_costs_six_requests(publisher):
    first = publisher()
    first.release(built_of(manifest_of()))

    assert first.releases.requests == 6
    first.release(built_of(manifest_of(version="1.1.0")))
    assert first.releases.requests == 11
