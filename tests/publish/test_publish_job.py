"""The publish job, through its real script, real Git and a GitHub that answers over HTTP."""

from __future__ import annotations

import hashlib

import pytest
from published import manifest_of

from devforge.adapters.archive import read_zip
from devforge.model.names import ExtensionId
from devforge.publish.parcel import digest
from devforge.updates.opening import open_index

TAG = "acme.todo-tree-v1.4.0"
FILES = [
    "acme.todo-tree-1.4.0.zip",
    "acme.todo-tree-1.4.0.cdx.json",
    "acme.todo-tree-1.4.0.review.json",
]


def test_a_reviewed_version_is_released_with_its_three_files_and_noted(market):
    market.submit()

    code, printed = market.publish()

    assert code == 0, printed
    assert market.releases() == [(TAG, False, FILES)]
    note = market.note("acme.todo-tree", "1.4.0")
    assert note is not None
    package = (market.packages / "acme.todo-tree-1.4.0/acme.todo-tree-1.4.0.zip").read_bytes()
    assert note.package.sha256 == hashlib.sha256(package).hexdigest()
    assert "devforge.yaml" in {member.path for member in read_zip(package, name="package")}


def test_one_release_costs_six_requests_and_a_second_run_costs_none(market):
    market.submit()
    _, first = market.publish()
    printed = market.build()

    assert "6 requests" in first
    assert "nothing to do" in printed
    assert market.written["count"] == "0"


def test_two_versions_cost_one_listing_between_them(market):
    market.submit()
    market.submit(manifest_of(version="1.5.0"))
    code, printed = market.publish()

    assert code == 0
    assert "11 requests" in printed
    assert len(market.releases()) == 2


def test_a_dry_run_shows_the_plan_and_touches_nothing(market):
    market.submit()
    market.submit(manifest_of("jane.notes", "2.0.0", display_name="Notes"), reviewed=False)
    market.build()

    code, printed = market.release()

    assert code == 2
    assert "release  acme.todo-tree 1.4.0  sha256 " in printed
    assert "from acme/todo-tree@" in printed
    assert market.releases() == []
    assert market.note("acme.todo-tree", "1.4.0") is None


def test_a_version_without_a_report_waits_and_stops_no_other(market):
    market.submit(manifest_of("jane.notes", "2.0.0", display_name="Notes"), reviewed=False)
    market.submit()
    printed = market.build()

    assert "  . wait     jane.notes 2.0.0  has no review report yet" in printed
    assert "  + release  acme.todo-tree 1.4.0" in printed


def test_a_source_that_is_not_the_reviewed_one_is_held(market):
    manifest = manifest_of()
    market.submit(manifest, reviewed=False)
    market.review(manifest, market.recorded_commit(manifest), tree_sha256="0" * 64)

    printed = market.build()

    assert "held     acme.todo-tree 1.4.0  its source" in printed
    assert "is not the reviewed 000000000000…" in printed
    assert market.written["count"] == "0"


@pytest.mark.parametrize("decision", ["mend", "no verdict"])
def test_a_record_whose_review_did_not_end_well_is_held(market, decision):
    manifest = manifest_of()
    market.submit(manifest, reviewed=False)
    market.review(manifest, market.recorded_commit(manifest), decision=decision)

    assert f"its review ended with “{decision}”" in market.build()


def test_a_commit_that_is_gone_is_held_and_stops_no_other(market):
    market.submit()
    market.submit(manifest_of("jane.notes", "2.0.0", display_name="Notes"))
    market.github.delete_repository("jane/notes")

    printed = market.build()
    assert "held     jane.notes 2.0.0  commit " in printed
    assert "is gone: git fetch" in printed
    code, printed = market.release("--apply")

    assert code == 0, printed
    assert [tag for tag, _, _ in market.releases()] == [TAG]


def test_a_changed_package_is_refused_between_the_jobs(market):
    market.submit()
    market.build()
    package = market.packages / "acme.todo-tree-1.4.0/acme.todo-tree-1.4.0.zip"
    package.write_bytes(package.read_bytes() + b"\0")

    code, printed = market.release("--apply")

    assert code == 1
    assert "the build made" in printed
    assert market.releases() == []


def test_a_record_that_changed_since_packing_waits_for_the_next_run(market):
    manifest = manifest_of()
    market.submit(manifest)
    market.build()
    record = market.checkout / "registry/extensions/acme/todo-tree/versions/1.4.0.yaml"
    record.write_text(f"commit: {'ab' * 20}\n")
    market.push("Point elsewhere")

    code, printed = market.release("--apply")

    assert code == 0, printed
    assert "its record or report changed since it was packed" in printed
    assert market.releases() == []


def test_two_builds_under_different_skies_are_compared(market):
    market.submit()
    code, printed = market.job("build", "--out", str(market.data / "packages"), "--twice")

    assert code == 0, printed
    assert market.written["count"] == "1"


def test_a_release_that_was_never_noted_is_noted_by_the_next_run(market):
    market.submit()
    market.publish()
    noted = market.note("acme.todo-tree", "1.4.0")
    market.forget_last_note()
    assert market.note("acme.todo-tree", "1.4.0") is None

    code, printed = market.publish()

    assert code == 0, printed
    assert market.note("acme.todo-tree", "1.4.0") == noted
    assert market.releases() == [(TAG, False, FILES)]


def test_a_half_uploaded_file_is_uploaded_anew(market, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    market.submit()
    market.build()
    market.github.faults.add("502 after", method="POST", path="/assets", times=None)
    code, printed = market.release("--apply")
    assert code == 1
    assert "502" in printed
    market.github.faults.clear()

    code, printed = market.release("--apply")

    assert code == 0, printed
    assert [entry for entry in market.releases() if not entry[1]] == [(TAG, False, FILES)]


def test_a_release_that_is_out_with_other_bytes_is_never_touched(market):
    market.submit()
    market.publish()
    before = market.releases()
    market.forget_last_note()
    market.build()
    folder = market.packages / "acme.todo-tree-1.4.0"
    sbom = folder / "acme.todo-tree-1.4.0.cdx.json"
    sbom.write_bytes(sbom.read_bytes() + b"\n")
    market.written["digest"] = digest(market.packages)
    code, printed = market.release("--apply")

    assert code == 1
    assert "a published release is never changed" in printed
    assert market.releases() == before


def test_the_site_and_the_index_show_what_was_released(market):
    market.submit()
    market.publish()
    out = market.site()

    page = (out / "extensions/acme/todo-tree/index.html").read_text()
    assert "devforge install acme.todo-tree" in page
    assert "Acme Tools" in page
    root = market.checkout / "registry/root.json"
    with open_index(str(out), home=market.data / "home", root=root) as index:
        [entry] = index.search()
        document = index.document(entry.id)
    assert document is not None
    assert [str(version.version) for version in document.versions] == ["1.4.0"]


def test_a_yank_shows_on_the_site_and_releases_nothing(market):
    market.submit()
    market.publish()
    record = market.checkout / "registry/extensions/acme/todo-tree/versions/1.4.0.yaml"
    record.write_text(record.read_text() + "yanked: {reason: Loses data on save.}\n")
    market.push("Yank 1.4.0")

    assert "nothing to do" in market.build()
    assert (
        "Loses data on save."
        in (market.site() / "extensions/acme/todo-tree/index.html").read_text()
    )
    assert market.releases() == [(TAG, False, FILES)]


def test_lost_records_are_noticed_before_the_site_forgets_them(market):
    market.submit()
    market.publish()
    market.git(market.checkout, "rm", "-rq", "registry/extensions")
    market.push("A mistake")

    code, printed = market.index()

    assert code == 1
    assert "only 0 of 1 released versions have a record" in printed
    assert market.tip is None


def test_removing_needs_the_digest_of_the_plan_and_marks_only(market):
    market.submit()
    market.submit(manifest_of(version="1.5.0"))
    market.publish()
    remove = ("remove", "acme.todo-tree", "1.5.0", "--reason", "A court asked for it.")

    code, printed = market.job(*remove)
    assert code == 2
    assert market.job(*remove, "--approve", "0" * 12)[0] == 1
    plan = printed.split("digest ")[1].split()[0]
    assert market.job(*remove, "--approve", plan)[0] == 0

    market.site()
    with market.client() as index:
        document = index.document(ExtensionId.parse("acme.todo-tree"))
        removed = index.lists().removed
    assert document is not None
    assert [str(version.version) for version in document.versions] == ["1.4.0"]
    assert [entry.reason for entry in removed.values()] == ["A court asked for it."]
    assert len(market.releases()) == 2
    assert "left alone" in market.job(*remove)[1]
    assert "nothing to do" not in market.build() or market.written["count"] == "0"
