"""The copy of the OSV database: fetched from a bucket, kept on a branch, read in parts."""

from __future__ import annotations

import subprocess

from osv import malicious, record

REQUESTS = record(
    "GHSA-x84v-xcm2-53pg", "PyPI", "requests", {"introduced": "0"}, {"fixed": "2.20.0"},
    summary="Credentials are sent to another host",
    database_specific={"severity": "HIGH"},
)  # fmt: skip
STREAM = malicious(1, "npm", "event-stream", versions=("3.3.6",))


def both(bucket) -> None:
    bucket.put("PyPI", REQUESTS)
    bucket.put("npm", STREAM, malicious(2, "npm", "@evil/thing", {"introduced": "0"}))


def branch(vigil, *arguments: str) -> str:
    return vigil.git(vigil.github.git_path("operator/registry"), *arguments)


def test_a_first_run_is_dry_and_a_second_stores_what_reviews_then_find(vigil, bucket):
    both(bucket)
    assert vigil.shelf().meta is None

    code, printed = vigil.refresh()
    assert code == 2
    assert "1 to apply" in printed
    assert vigil.shelf().meta is None

    code, printed = vigil.refresh("--apply")
    assert code == 0, printed
    shelf = vigil.shelf()
    assert shelf.meta is not None
    assert shelf.meta.ecosystems["npm"].records == 2
    (known,) = shelf.about([("PyPI", "requests"), ("npm", "left-pad")])
    assert (known.id, known.severity, known.hits("2.19.1"), known.hits("2.20.0")) == (
        "GHSA-x84v-xcm2-53pg", "high", True, False,
    )  # fmt: skip


def test_nothing_is_downloaded_again_while_nothing_changed_and_the_copy_still_turns_fresh(
    vigil, bucket
):
    both(bucket)
    vigil.refresh("--apply")
    first = vigil.shelf().meta
    bucket.served.clear()

    code, printed = vigil.refresh("--apply")

    assert code == 0, printed
    assert bucket.served == []
    shelf = vigil.shelf("later")
    assert shelf.meta is not None
    assert first is not None
    assert shelf.meta.as_of >= first.as_of
    assert len(shelf.about([("npm", "event-stream")])) == 1


def test_what_changed_of_one_ecosystem_leaves_the_other_as_it_is(vigil, bucket):
    both(bucket)
    vigil.refresh("--apply")
    kept = branch(vigil, "rev-parse", "advisories:npm")
    bucket.put("PyPI", REQUESTS, malicious(3, "PyPI", "reqeusts", {"introduced": "0"}))

    vigil.refresh("--apply")

    assert branch(vigil, "rev-parse", "advisories:npm") == kept
    assert len(vigil.shelf().about([("PyPI", "reqeusts"), ("PyPI", "requests")])) == 2
    assert branch(vigil, "rev-list", "--count", "advisories") == "1"


def test_a_review_reads_only_the_shards_of_its_own_components(vigil, bucket):
    both(bucket)
    vigil.refresh("--apply")
    shelf = vigil.shelf()
    shelf.about([("npm", "event-stream")])

    listed = subprocess.run(
        ["git", "-C", str(vigil.data / "reader"), "cat-file", "--batch-check", "--batch-all-objects"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert listed.count(" blob ") == 2  # meta.json and one shard of three


def test_a_copy_is_kept_when_the_server_is_away_broken_off_or_suddenly_empty(vigil, bucket):
    both(bucket)
    vigil.refresh("--apply")
    before = branch(vigil, "rev-parse", "advisories")
    for trouble in ("gone", "cut", "empty", "not a zip", "no records"):
        both(bucket)
        bucket.cut_off = trouble == "cut"
        if trouble == "gone":
            del bucket.dumps["npm"]
        elif trouble == "cut":
            bucket.put("npm", STREAM, malicious(9, "npm", "other", {"introduced": "0"}))
        elif trouble == "empty":
            bucket.put("npm")
        elif trouble == "not a zip":
            bucket.dumps["npm"] = b"<html>"
        else:
            bucket.put("npm", STREAM, raw={f"{n}.json": b"[]" for n in range(9)})

        code, printed = vigil.refresh("--apply")

        assert code == 1, (trouble, printed)
        assert branch(vigil, "rev-parse", "advisories") == before, trouble
        bucket.cut_off = False


def test_without_npm_in_the_policy_only_pypi_is_asked_for(vigil, bucket):
    both(bucket)
    policy = vigil.checkout / "registry/policy.yaml"
    text = policy.read_text()
    assert "ecosystems: [PyPI, npm]" in text
    policy.write_text(text.replace("ecosystems: [PyPI, npm]", "ecosystems: [PyPI]"))

    vigil.refresh("--apply")

    assert bucket.asked == ["/PyPI/all.zip"]


def test_a_dump_that_lost_half_of_its_records_is_not_believed(vigil, bucket):
    both(bucket)
    bucket.put("npm", *(malicious(n, "npm", f"evil-{n}", {"introduced": "0"}) for n in range(5)))
    vigil.refresh("--apply")
    bucket.put("npm", malicious(0, "npm", "evil-0", {"introduced": "0"}))

    code, printed = vigil.refresh("--apply")

    assert code == 1, printed
    assert "where there were 5" in printed
    assert len(vigil.shelf().about([("npm", "evil-4")])) == 1
