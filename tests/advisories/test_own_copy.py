"""A developer's own copy: fetched by a command, used by `devforge check`, told of when it is missing."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner
from osv import malicious, record

from devforge.adapters.git import Objects
from devforge.adapters.snapshot import Snapshot
from devforge.advisories.find import find_vulnerabilities, parts_of
from devforge.advisories.shards import META, Meta, shard_path
from devforge.advisories.shelf import BRANCH, own_copy
from devforge.cli import app
from devforge.model.observed import Missing, SourceFile, SourceTree
from devforge.review.components import Reference, observe_components
from devforge.review.reference import own_reference


def tree_of(**files: str) -> SourceTree:
    return SourceTree({p: SourceFile(p, "file", c.encode()) for p, c in sorted(files.items())})


def looked_up(tree: SourceTree):
    with own_reference(()) as reference:
        return observe_components(tree, reference).vulnerabilities


def test_a_command_fetches_a_copy_that_checks_then_look_things_up_in(bucket, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    tree = tree_of(**{"requirements.txt": "requests==2.19.0\n"})
    without = looked_up(tree)
    assert (without.as_of, without.found) == (None, ())

    bucket.put("npm", malicious(1, "npm", "evil", {"introduced": "0"}))
    bucket.put(
        "PyPI",
        record("GHSA-a", "PyPI", "requests", {"introduced": "0"}, {"fixed": "2.20.0"},
               database_specific={"severity": "HIGH"}),
    )  # fmt: skip
    done = CliRunner().invoke(app, ["advisories", "refresh", "--osv-url", bucket.url])
    assert done.exit_code == 0, done.output
    assert "1 to apply" in done.output

    found = looked_up(tree)
    assert [(v.id, v.severity, v.fixed) for v in found.found] == [("GHSA-a", "high", ("2.20.0",))]
    assert found.age_days == 0


def test_a_copy_that_cannot_be_read_is_missing_and_not_empty(bucket, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    bucket.put("npm", malicious(1, "npm", "evil", {"introduced": "0"}))
    bucket.put("PyPI", malicious(2, "PyPI", "evil", {"introduced": "0"}))
    CliRunner().invoke(app, ["advisories", "refresh", "--osv-url", bucket.url])
    for pack in Path(tmp_path, "devforge/advisories.git/objects").rglob("*"):
        if pack.is_file():
            pack.chmod(0o600)
            pack.write_bytes(b"damaged")

    answer = looked_up(tree_of(**{"requirements.txt": "evil==1.0\n"}))

    assert answer.reason


def test_a_copy_in_a_carried_library_is_looked_up_too(bucket, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    bucket.put(
        "npm", record("GHSA-j", "npm", "jquery", {"introduced": "1.0.3"}, {"fixed": "3.5.0"})
    )
    bucket.put("PyPI", malicious(2, "PyPI", "evil", {"introduced": "0"}))
    CliRunner().invoke(app, ["advisories", "refresh", "--osv-url", bucket.url])
    from checks.vendored import recognise  # noqa: PLC0415

    tree = tree_of(**{"lib/jquery-1.12.4.min.js": "x"})
    with own_reference(()) as reference:
        assert isinstance(reference, Reference)
        parts = parts_of((), recognise(tree))
        found = find_vulnerabilities(parts, own=(), shelf=reference.shelf, now=reference.now)

    assert [(v.name, v.version, v.source) for v in found.found] == [
        ("jquery", "1.12.4", "lib/jquery-1.12.4.min.js")
    ]


def test_a_shard_that_cannot_be_read_is_missing_and_not_empty(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    meta = Meta(as_of="2026-11-24T00:00:00+00:00").model_dump_json().encode()
    with Objects(own_copy(), "https://github.com") as objects:
        files = [(META, meta), (shard_path("PyPI", "evil"), b"{")]
        Snapshot(objects, BRANCH).write(files, "Damaged")

    answer = looked_up(tree_of(**{"requirements.txt": "evil==1.0\n"}))

    assert isinstance(answer, Missing)
    assert "refresh them anew" in answer.reason
