"""An advisory reaches versions that are out: taken back, told, listed, and given back when it was wrong."""

from __future__ import annotations

from osv import malicious, record

CLEAN = record("PYSEC-1", "PyPI", "nobody-uses-this", {"introduced": "0"})
EVIL = malicious(7, "PyPI", "colorful", versions=("1.0.1",))
GRAVE = record(
    "GHSA-grav-grav-grav", "PyPI", "colorful", {"introduced": "1.0.0"}, {"fixed": "1.0.2"},
    summary="Runs | what `it` reads, @everyone", database_specific={"severity": "CRITICAL"},
)  # fmt: skip
OWN = """
id: DEVFORGE-2026-1
modified: 2026-11-23T09:00:00Z
summary: It deletes files it did not make.
affected:
  - package: {ecosystem: DevForge, name: acme.todo-tree}
    ranges: [{type: SEMVER, events: [{introduced: "0"}, {fixed: 1.5.0}]}]
"""


def published(vigil, bucket, *records, requirement: str = "colorful==1.0.1") -> None:
    """One version out, and a fresh copy that holds `records`."""
    vigil.release_with(requirement)
    known(vigil, bucket, *records)


def known(vigil, bucket, *records) -> None:
    bucket.put("PyPI", CLEAN, *records)
    bucket.put("npm", malicious(1, "npm", "nobody-uses-this", {"introduced": "0"}))
    code, printed = vigil.refresh("--apply")
    assert code == 0, printed


def test_a_malicious_dependency_takes_a_version_back_tells_its_makers_and_lists_it(vigil, bucket):
    published(vigil, bucket, EVIL)

    code, printed = vigil.reopen()
    assert code == 2
    assert "yank   acme.todo-tree 1.4.0  MAL-2026-7" in printed
    assert vigil.issues("advisory") == []

    code, printed = vigil.reopen("--apply")
    assert code == 0, printed
    assert vigil.offered() == {"1.4.0": "It uses colorful 1.0.1, which is malicious (MAL-2026-7)."}
    (issue,) = vigil.issues("advisory")
    assert "@acme" in issue["body"]
    assert "remove `colorful`" in issue["body"]
    (inbox,) = vigil.issues("inbox")
    assert "acme.todo-tree 1.4.0 is taken back for `MAL-2026-7`" in inbox["body"]

    code, printed = vigil.reopen("--apply")
    assert code == 0
    assert "0 to apply" in printed


def test_a_grave_one_below_the_threshold_is_told_and_takes_nothing_back(vigil, bucket):
    published(vigil, bucket, GRAVE)

    vigil.reopen("--apply")

    assert vigil.offered() == {"1.4.0": None}
    (issue,) = vigil.issues("advisory")
    assert "raise `colorful` to `1.0.2` in `requirements.txt`" in issue["body"]
    assert "`Runs / what 'it' reads, @everyone`" in issue["body"]
    assert vigil.issues("inbox") == []


def test_a_newer_clean_version_is_named_instead_and_closes_what_was_opened(vigil, bucket):
    published(vigil, bucket, EVIL)
    vigil.reopen("--apply")
    vigil.release_with("colorful==1.0.2", version="1.5.0")

    code, printed = vigil.reopen("--apply")

    assert code == 0, printed
    offered = vigil.offered()
    assert offered["1.5.0"] is None
    assert offered["1.4.0"]
    assert '"replacement": "1.5.0"' in vigil.state_file("recalls/acme/todo-tree/1.4.0.json")
    assert [issue["state"] for issue in vigil.issues("advisory")] == ["closed"]
    assert [issue["state"] for issue in vigil.issues("inbox")] == ["closed"]
    assert "0 to apply" in vigil.reopen("--apply")[1]


def test_a_withdrawn_advisory_gives_the_version_back(vigil, bucket):
    published(vigil, bucket, EVIL)
    vigil.reopen("--apply")
    known(vigil, bucket, {**EVIL, "withdrawn": "2026-11-24T00:00:00Z"})

    code, printed = vigil.reopen("--apply")

    assert "return acme.todo-tree 1.4.0" in printed
    assert code == 0
    assert vigil.offered() == {"1.4.0": None}
    assert [issue["state"] for issue in vigil.issues("advisory")] == ["closed"]
    assert "0 to apply" in vigil.reopen("--apply")[1]


def test_nothing_is_given_back_while_the_copy_is_lost(vigil, bucket):
    published(vigil, bucket, EVIL)
    vigil.reopen("--apply")
    vigil.git(
        vigil.github.git_path("operator/registry"), "update-ref", "-d", "refs/heads/advisories"
    )

    code, printed = vigil.reopen("--apply")

    assert code == 0, printed
    assert "keep   acme.todo-tree 1.4.0 taken back" in printed
    assert vigil.offered()["1.4.0"]
    assert [issue["state"] for issue in vigil.issues("advisory")] == ["open"]


def test_our_own_advisory_takes_back_the_versions_it_names_whatever_its_severity(vigil, bucket):
    published(vigil, bucket, requirement="httpx==0.28.1")
    vigil.advisory("DEVFORGE-2026-1", OWN)

    code, printed = vigil.reopen("--apply")

    assert code == 0, printed
    assert vigil.offered() == {"1.4.0": "DEVFORGE-2026-1: It deletes files it did not make."}
    vigil.advisory("DEVFORGE-2026-1", f"{OWN}withdrawn: 2026-11-24T00:00:00Z\n")
    vigil.reopen("--apply")
    assert vigil.offered() == {"1.4.0": None}


def test_an_advisory_that_cannot_be_read_gives_nothing_back(vigil, bucket):
    published(vigil, bucket, requirement="httpx==0.28.1")
    vigil.advisory("DEVFORGE-2026-1", OWN)
    vigil.reopen("--apply")
    vigil.advisory("DEVFORGE-2026-1", "id: [")

    code, printed = vigil.reopen("--apply")

    assert code == 0, printed
    assert vigil.offered()["1.4.0"]


def test_a_run_that_is_broken_off_anywhere_is_made_up_by_the_next(vigil, bucket):
    published(vigil, bucket, EVIL)
    # Before the first issue, after it was opened unheard, and before the inbox.
    for kind in ("502", "502 after", "502"):
        vigil.github.faults.add(kind, method="POST", path="/issues")
        code, printed = vigil.reopen("--apply")
        assert code == 1, printed

    code, printed = vigil.reopen("--apply")

    assert code == 0, printed
    assert len(vigil.issues("advisory")) == 1
    assert len(vigil.issues("inbox")) == 1
    assert vigil.offered()["1.4.0"]
    assert "0 to apply" in vigil.reopen("--apply")[1]


def test_a_plan_that_a_person_approved_is_done_and_another_is_not(vigil, bucket):
    published(vigil, bucket, EVIL)
    _, printed = vigil.reopen()
    digest = printed.rsplit("digest ", 1)[1].strip().split()[0]

    assert vigil.reopen("--approve", "0" * 12)[0] == 1
    assert vigil.issues("advisory") == []
    assert vigil.reopen("--approve", digest)[0] == 0
    assert len(vigil.issues("advisory")) == 1
