"""`devforge verify --provenance`: what GitHub's program and the release say, and what is said where neither does."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from published import built_of, manifest_of
from updates.conftest import id_

from devforge.adapters.archive import read_zip
from devforge.model.index import evidence_of
from devforge.updates.evidence import judge_bill, judge_review
from devforge.updates.installed import Installed
from devforge.updates.provenance import Provenance
from devforge.updates.verify import stored_files, tree_hash

RELEASE = "https://github.com/operator/registry/releases/download/acme.ink-1.0.0/acme.ink-1.0.0.zip"


@pytest.fixture
def ink(shelf, person):
    shelf.add("acme.ink", "1.0.0")
    shelf.url = RELEASE
    person.install("acme.ink")
    return person


def program(tmp_path, script):
    path = tmp_path / "gh"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_the_program_is_given_the_very_package_and_the_registrys_repository(ink, tmp_path):
    gh = program(tmp_path, f'echo "$1 $2 $4 $5" > {tmp_path}/asked; cp "$3" {tmp_path}/given')

    answer = Provenance(ink.updates, program=gh).of(id_("acme.ink")).built

    assert answer.is_good
    assert answer.says == "built by the workflow of operator/registry, as its attestation says"
    assert (tmp_path / "asked").read_text() == "attestation verify --repo operator/registry\n"
    assert (tmp_path / "given").read_bytes() == ink.updates.index.packages["acme.ink 1.0.0"]


@pytest.mark.parametrize(
    "name", ["..%2f..%2fcome.zip", "%2e%2e", "a%00.zip", "", "-rf.zip", "x" * 5000 + ".zip"]
)
def test_a_name_that_leads_elsewhere_is_not_taken_and_nothing_is_left(ink, shelf, tmp_path, name):
    shelf.url = RELEASE.rpartition("/")[0] + f"/{name}"
    before = sorted(ink.home.root.rglob("*"))

    answer = Provenance(ink.updates, program=program(tmp_path, f'echo "$3" > {tmp_path}/asked')).of(id_("acme.ink")).built  # fmt: skip

    asked = Path((tmp_path / "asked").read_text().strip())
    assert answer.is_good
    assert (asked.name, asked.parent.parent) == ("acme.ink-1.0.0.zip", ink.home.root)
    assert sorted(ink.home.root.rglob("*")) == before


def test_what_it_does_not_verify_is_not_proven(ink, tmp_path):
    gh = program(tmp_path, 'echo "no attestations found" >&2; exit 1')

    answer = Provenance(ink.updates, program=gh).of(id_("acme.ink")).built

    assert not answer.is_good
    assert answer.says == "not proven who built it: gh says no attestations found"


def test_without_the_program_it_says_so_plainly(ink, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    answer = Provenance(ink.updates).of(id_("acme.ink")).built

    assert not answer.is_good
    assert "verified by the program `gh` (https://cli.github.com), which is not here" in answer.says


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda shelf: setattr(shelf, "url", "https://cdn.example/acme.ink.zip"), "not a release on GitHub"),
        (lambda shelf: shelf.drop("acme.ink"), "does not have acme.ink 1.0.0 any more"),
        (lambda shelf: shelf.add("acme.ink", "1.0.0", {"extension.py": "other"}), "another package of acme.ink 1.0.0"),
        (lambda shelf: setattr(shelf, "is_down", True), "no answer"),
    ],
    ids=["elsewhere", "gone", "other", "down"],
)  # fmt: skip
def test_what_cannot_be_asked_is_not_known(ink, shelf, tmp_path, change, says):
    change(shelf)

    answer = Provenance(ink.updates, program=program(tmp_path, "exit 0")).of(id_("acme.ink")).built

    assert not answer.is_good
    assert answer.says.startswith("not known who built it: ")
    assert says in answer.says


COMMIT = "9b1e2c7d" * 5


def bill(person, **changes):
    """A bill of materials as CycloneDX writes it, of what is installed."""
    record = person.home.record(person.home.installed()[id_("acme.ink")].directory)
    digests = {path: file.sha256 for path, file in record.files.items()} | changes.pop("files", {})
    root = {
        "type": "application", "name": "ink",
        "hashes": [{"alg": "SHA-256", "content": changes.pop("package", record.entry.package_sha256)}],
        "properties": [{"name": "devforge:commit", "value": COMMIT}],
    }  # fmt: skip
    files = [
        {"type": "file", "name": path, "hashes": [{"alg": "SHA-256", "content": digest}]}
        for path, digest in digests.items()
    ]
    parts = [{"type": "library", "name": "pytz"}]
    return {"metadata": {"component": root}, "components": [*files, *parts]} | changes


def review(person, **changes):
    entry = person.home.installed()[id_("acme.ink")]
    plain = {
        "extension": "acme.ink", "version": "1.0.0", "decision": "merge", "commit": COMMIT,
        "tree_sha256": entry.tree_sha256, "checks": [{"id": "security"}],
    }  # fmt: skip
    return plain | changes


def put(shelf, bill, review, *, vouched=True):
    """Put both beside the package, and into the index that it vouches for them."""
    base = RELEASE.removesuffix(".zip")
    both = [
        found if isinstance(found, bytes) else json.dumps(found).encode()
        for found in (bill, review)
    ]
    shelf.beside = dict(zip((f"{base}.cdx.json", f"{base}.review.json"), both, strict=True))
    evidence = evidence_of(*(hashlib.sha256(found).hexdigest() for found in both))
    [package] = [entry["package"] for entry in shelf.versions["acme.ink"]]
    if vouched:
        shelf.change("acme.ink", "1.0.0", package=package | {"evidence": evidence})


def test_what_publishing_writes_beside_a_package_is_understood():
    built = built_of(manifest_of())
    [packed] = built.packages.values()
    members = read_zip(packed.package, name="package.zip")
    entry = Installed(
        built.id, built.version, built.source.manifest.engines.devforge,
        tree_hash(members), hashlib.sha256(packed.package).hexdigest(), requested=True, index="",
    )  # fmt: skip

    materials = judge_bill(packed.sbom, entry, stored_files(members))
    found = judge_review(built.report, entry, materials.commit)

    assert (materials.is_good, found.is_good) == (True, True)
    assert materials.commit == found.commit == built.source.commit
    assert "exactly these files" in found.says


def test_the_bill_of_materials_and_the_review_are_read_and_held_against_what_is_installed(ink, shelf, tmp_path):  # fmt: skip
    put(shelf, bill(ink), review(ink), vouched=False)
    gh = program(tmp_path, f'echo "$3" >> {tmp_path}/asked')

    found = Provenance(ink.updates, program=gh).of(id_("acme.ink"))

    assert [one.is_good for one in found.all] == [True, True, True]
    assert found.materials.says == "bill of materials: exactly the 1 file of the package, and 1 dependency"  # fmt: skip
    assert found.review.says == f"review: let in: nothing stood against it (commit {COMMIT[:12]}, exactly these files)"  # fmt: skip
    names = [line.rpartition("/")[2] for line in (tmp_path / "asked").read_text().splitlines()]
    assert names == ["acme.ink-1.0.0.zip", "acme.ink-1.0.0.cdx.json", "acme.ink-1.0.0.review.json"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"package": "0" * 64}, "is of another package than the installed one"),
        ({"files": {"extension.py": "0" * 64}}, "differs from the package in extension.py"),
        ({"files": {"more.py": "0" * 64}}, "differs from the package in more.py"),
        ({"metadata": []}, "cannot be read"),
    ],
)
def test_a_bill_of_materials_that_is_not_of_the_package_is_said(ink, shelf, tmp_path, wrong, says):
    put(shelf, bill(ink, **wrong), review(ink))

    found = Provenance(ink.updates, program=program(tmp_path, "exit 0")).of(id_("acme.ink"))

    assert (found.materials.is_good, found.materials.says) == (False, f"bill of materials: {says}")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"version": "1.0.1"}, "is of another version than the installed one"),
        ({"commit": "0" * 40}, "is of another commit than the one that was packed"),
        ({"commit": None}, "is of another commit than the one that was packed"),
        ({"decision": "mend"}, "ended with 'mend', which lets nothing in"),
        ({"decision": 7}, "cannot be read"),
    ],
)
def test_a_review_that_lets_nothing_in_or_is_of_something_else_is_said(ink, shelf, tmp_path, wrong, says):  # fmt: skip
    put(shelf, bill(ink), review(ink, **wrong))

    found = Provenance(ink.updates, program=program(tmp_path, "exit 0")).of(id_("acme.ink"))

    assert (found.review.is_good, found.review.says) == (False, f"review: {says}")


def test_what_the_program_does_not_vouch_for_is_not_proven_whatever_it_says(ink, shelf, tmp_path):
    put(shelf, bill(ink), b"[" * 4_000_000, vouched=False)
    gh = program(tmp_path, 'case "$3" in *.review.json) echo "no attestation" >&2; exit 1;; esac')

    found = Provenance(ink.updates, program=gh).of(id_("acme.ink"))

    assert [one.is_good for one in found.all] == [True, False, False]
    assert found.materials.says == (
        "bill of materials: acme.ink-1.0.0.review.json is not proven to be the registry's: gh says no attestation"
    )


@pytest.mark.parametrize("which", [0, 1], ids=["bill", "review"])
def test_what_the_index_does_not_vouch_for_is_not_even_read(ink, shelf, tmp_path, which):
    put(shelf, bill(ink), review(ink))
    name = list(shelf.beside)[which]
    shelf.beside[name] = b"[" * 4_000_000  # what a reader of JSON would choke on

    found = Provenance(ink.updates, program=program(tmp_path, "exit 0")).of(id_("acme.ink"))

    assert [one.is_good for one in found.all] == [True, False, False]
    assert found.materials.says.endswith("is not what the index vouches for; neither was read")


def test_what_neither_the_index_nor_an_attestation_vouches_for_proves_nothing(
    ink, shelf, tmp_path, monkeypatch
):
    put(shelf, bill(ink), review(ink), vouched=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    found = Provenance(ink.updates).of(id_("acme.ink"))

    assert [one.is_good for one in found.all] == [False, False, False]
    assert found.materials.says == (
        "bill of materials: the index vouches for the newest version's alone, and no attestation for acme.ink 1.0.0's"
    )
    put(shelf, bill(ink), review(ink))
    assert [one.is_good for one in Provenance(ink.updates).of(id_("acme.ink")).all] == [
        False,
        True,
        True,
    ]


def test_a_release_without_them_says_so(ink, shelf, tmp_path):
    found = Provenance(ink.updates, program=program(tmp_path, "exit 0")).of(id_("acme.ink"))

    assert not found.materials.is_good
    assert "404" in found.materials.says
    assert found.as_json()["review"]["proven"] is False
