"""The command line itself: help, wrong input, exit codes, and that no traceback reaches a user."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from devforge.cli import main
from devforge.model.manifest import Manifest
from devforge.model.reading import read_record

COMMANDS = ["new", "check", "explain", "schema", "pack", "submit", "search", "show", "install", "list", "remove", "outdated", "update", "rollback", "history", "pin", "unpin", "hold", "why", "enable", "disable", "config", "verify", "doctor", "index build", "local up"]  # fmt: skip
LANGUAGES = ["python", "javascript", "typescript"]


@pytest.fixture
def run(capsys):
    """Run `devforge …` in this process; return code, stdout and stderr."""

    def run(*arguments):
        code = main([str(a) for a in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_explains_itself(run, command):
    code, out, err = run(*command.split(), "--help")

    assert (code, err) == (0, "")
    assert out.startswith("Usage: devforge") or "Usage: devforge" in out
    assert len(out.splitlines()) > 5


def test_the_manual_names_every_command(run):
    manual = (
        Path("docs/user.md").read_text()
        + Path("docs/developer.md").read_text()
        + Path("README.md").read_text()
    )

    missing = [command for command in COMMANDS if f"devforge {command}" not in manual]

    assert missing == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["instal"], "No such command"),
        (["install"], "Missing argument"),
        (["new", "todo"], "developer.name"),
        (["new", "acme.todo", "--language", "cobol"], "'cobol' is not one of"),
        (["search", "--index", "/nowhere/at/all"], "not a directory"),
        (["search"], "--index"),
        (["pack", "/nowhere/at/all"], "/nowhere/at/all"),
        (["submit", "--registry", "only-a-name"], "owner/name"),
    ],
)
def test_a_wrong_line_says_what_is_wrong_and_ends_with_64(run, monkeypatch, arguments, says):
    monkeypatch.delenv("DEVFORGE_INDEX", raising=False)

    code, out, err = run(*arguments)

    assert (code, out) == (64, "")
    assert says in err
    assert "Traceback" not in err


def test_a_bug_of_ours_is_reported_and_not_shown_raw(run, monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    home = tmp_path / "home"
    home.mkdir()
    (home / "installed.json").write_text("{}")

    def broken(*_, **__):
        raise RuntimeError("as a bug would")

    monkeypatch.setattr("json.loads", broken)

    code, _, err = run("list", "--home", home)

    assert code == 3
    assert "Traceback" not in err
    assert "This is our fault" in err
    [kept] = tmp_path.glob("devforge-*.txt")
    assert "as a bug would" in kept.read_text()


def test_the_installed_program_starts_fast_and_loads_no_review_tools():
    code = "import devforge.cli, sys; print(sorted({m.split('.')[0] for m in sys.modules}))"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout

    loaded = set(re.findall(r"'([a-z_0-9]+)'", said))
    assert not loaded & {
        "github",
        "git",
        "semgrep",
        "bandit",
        "jinja2",
        "starlette",
        "urllib3",
        "requests",
        "rich",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_extension_is_complete_and_packs_to_the_same_bytes_twice(run, tmp_path, language):
    target = tmp_path / "todo-tree"
    code, out, _ = run("new", "acme.todo-tree", "--language", language, "--into", target)

    assert code == 0
    assert "devforge check" in out
    manifest = read_record((target / "devforge.yaml").read_bytes(), Manifest, file="devforge.yaml")
    assert (target / manifest.entry).is_file()
    left = [p for p in target.rglob("*") if p.is_file() and re.search("__[A-Z]+__", p.read_text())]
    assert left == []
    first = run("pack", target, "--out", tmp_path / "one")
    assert first[0] == 0
    assert run("pack", target, "--out", tmp_path / "two")[1].split()[-1] == first[1].split()[-1]


def test_packing_for_platforms_writes_a_package_for_each_or_the_one_that_is_named(run, tmp_path):
    target = tmp_path / "todo-tree"
    run("new", "acme.todo-tree", "--language", "python", "--into", target)
    manifest = target / "devforge.yaml"
    manifest.write_text(manifest.read_text() + "platforms: {linux-x64: [lib/], any: []}\n")
    (target / "lib").mkdir()
    (target / "lib/fast.so").write_bytes(b"x" * 999)

    answers = json.loads(run("pack", target, "--out", tmp_path / "all", "--json")[1])
    one = json.loads(run("pack", target, "--out", tmp_path / "one", "--platform", "linux-x64", "--json")[1])  # fmt: skip
    code, _, err = run("pack", target, "--out", tmp_path / "none", "--platform", "win32-x64")

    assert [answer["platform"] for answer in answers] == ["any", "linux-x64"]
    assert [path.name for path in sorted((tmp_path / "one").iterdir())] == [
        Path(one[0]["file"]).name
    ]
    assert one[0]["sha256"] == answers[1]["sha256"] != answers[0]["sha256"]
    assert code != 0
    assert "--platform win32-x64: devforge.yaml names linux-x64, any under platforms" in err
    assert not (tmp_path / "none").exists()


def test_new_never_writes_over_anything(run, tmp_path):
    (tmp_path / "mine.txt").write_text("precious")

    code, _, err = run("new", "acme.todo-tree", "--into", tmp_path)

    assert code == 64
    assert "already there and not empty" in err
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
