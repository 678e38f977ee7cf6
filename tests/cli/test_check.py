"""`devforge check`: the registry's review on a directory, in the words and numbers it promises."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from devforge.cli import main

SAMPLES = Path(__file__).parents[1] / "extensions"
CHECKS = [
    "manifest", "quality", "security", "coverage", "documentation",
    "licence", "dependencies", "performance", "compatibility", "decision",
]  # fmt: skip


@pytest.fixture
def check(capsys):
    """Run `devforge check …`; return its code, stdout and stderr."""

    def run(*arguments):
        code = main(["check", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def new(capsys, tmp_path):
    """Write an extension by `devforge new` and return where it is."""

    def write(language):
        assert main(["new", "acme.todo-tree", "-l", language, "--into", str(tmp_path / "x")]) == 0
        capsys.readouterr()
        return tmp_path / "x"

    return write


@pytest.mark.parametrize("language", ["python", "javascript", "typescript"])
def test_what_new_writes_passes_and_waits_only_because_it_is_its_developers_first(
    check, new, language
):
    code, out, err = check(new(language), "--json")

    report = json.loads(out)
    assert (code, report["decision"], err) == (2, "person", "")
    assert sorted(c["name"] for c in report["checks"]) == sorted(CHECKS)
    said = [f for c in report["checks"] for f in c["findings"] if f["severity"] != "info"]
    assert [f["rule"] for f in said] == ["person-first-submission"]
    assert [c["name"] for c in report["checks"] if c["verdict"] != "passed"] == ["decision"]


def test_an_author_sees_at_once_that_all_passed_and_nothing_is_to_be_mended(check, new):
    _, out, _ = check(new("python"))

    first, *others = out.splitlines()
    assert first == (
        "acme.todo-tree 0.1.0 passes; nothing to mend, and a maintainer looks once at a developer's "
        "first extension"
    )
    assert "To mend" not in out
    assert any("The change itself" in line and "a person looks" in line for line in others)
    assert "as far as this machine can tell" in out


def test_the_json_has_exactly_the_promised_shape(check):
    code, out, _ = check(SAMPLES / "token-thief", "--json")

    report = json.loads(out)
    assert code == 1
    assert list(report) == ["extension", "version", "decision", "reasons", "checks", "profile"]
    assert {tuple(c) for c in report["checks"]} == {
        ("name", "verdict", "score", "seconds", "findings")
    }
    findings = [f for c in report["checks"] for f in c["findings"]]
    said = ("rule", "severity", "at", "line", "problem", "remedy", "lines", "excused")
    assert {tuple(f) for f in findings} == {said}
    assert report["decision"] == "mend"
    assert report["reasons"]


def test_a_thief_is_told_the_line(check):
    code, out, _ = check(SAMPLES / "token-thief")

    assert code == 1
    assert "branch_badge/usage.py:" in out
    assert "To mend" in out


def test_what_it_can_do_is_said_in_plain_lines_and_in_json(check):
    _, text, _ = check(SAMPLES / "token-thief")
    _, out, _ = check(SAMPLES / "token-thief", "--json")

    profile = json.loads(out)["profile"]
    assert "network" in [use["power"] for use in profile["uses"]]
    assert "What it can do: it\n  reaches the network (branch_badge/usage.py:26)\n" in text


def test_sarif_is_written_beside_the_answer(check, tmp_path):
    check(SAMPLES / "token-thief", "--sarif", tmp_path / "out.sarif")

    sarif = json.loads((tmp_path / "out.sarif").read_text())
    assert sarif["version"] == "2.1.0"
    assert sarif["runs"][0]["results"]


def test_a_directory_without_a_manifest_says_what_is_missing(check, tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n")

    code, out, _ = check(tmp_path)

    assert code == 1
    assert "devforge.yaml" in out
    assert "Traceback" not in out


def test_a_wrong_manifest_lists_all_that_is_wrong_at_once(check, tmp_path):
    shutil.copytree(SAMPLES / "quick-note", tmp_path / "x")
    manifest = tmp_path / "x/devforge.yaml"
    text = manifest.read_text().replace("language: javascript", "language: javscript")
    manifest.write_text(text + "keyword: [typo]\n")

    code, out, _ = check(tmp_path / "x")

    assert code == 1
    assert "javascript" in out
    assert "keywords" in out


def test_a_place_that_is_no_directory_is_wrong_input(check, tmp_path):
    code, out, err = check(tmp_path / "gone")

    assert (code, out) == (64, "")
    assert str(tmp_path / "gone") in err


def test_an_extension_that_needs_another_asks_for_the_registry(check, tmp_path):
    shutil.copytree(SAMPLES / "quick-note", tmp_path / "x")
    manifest = tmp_path / "x/devforge.yaml"
    manifest.write_text(manifest.read_text() + 'extension_dependencies: {acme.base: "^1.0.0"}\n')

    code, out, _ = check(tmp_path / "x")

    assert code == 3
    assert "--records" in out


def test_a_sarif_file_that_cannot_be_written_is_the_callers_to_mend(check, tmp_path):
    code, _, err = check(tmp_path, "--sarif", tmp_path / "nowhere/x.sarif")

    assert code == 64
    assert err == (
        f"devforge: --sarif {tmp_path}/nowhere/x.sarif: No such file or directory; "
        "name a file that can be written\n"
    )


def test_a_directory_without_a_manifest_is_still_spoken_of(check, tmp_path):
    _, out, _ = check(tmp_path)

    assert out.startswith("the extension has 2 things to mend\n")


def test_the_seconds_of_a_check_count_the_tools_it_waits_for(check, capsys, tmp_path):
    assert main(["new", "acme.todo-tree", "--into", str(tmp_path / "x")]) == 0
    capsys.readouterr()

    seconds = {
        c["name"]: c["seconds"] for c in json.loads(check(tmp_path / "x", "--json")[1])["checks"]
    }

    assert all(seconds[name] > 0.01 for name in ("quality", "security", "coverage"))
    assert seconds["licence"] < 5
