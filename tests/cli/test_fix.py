"""`devforge check --fix`: what is mended, what is asked for, and what is never touched."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from devforge.cli import main
from devforge.model.manifest import Manifest
from devforge.model.reading import read_record

SAMPLE = Path(__file__).parents[1] / "extensions/word-count"


@pytest.fixture
def extension(tmp_path, monkeypatch):
    """A copy of a sample, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(SAMPLE, tmp_path / "x")
    return tmp_path / "x"


@pytest.fixture
def check(capsys, extension):
    """Run `devforge check` on it; return code, stdout, stderr."""

    def run(*arguments):
        code = main(["check", str(extension), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def files_of(directory: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(directory)): p.read_bytes() for p in directory.rglob("*") if p.is_file()
    }


def edit(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text)


def manifest_of(extension: Path) -> Manifest:
    return read_record((extension / "devforge.yaml").read_bytes(), Manifest, file="devforge.yaml")


def spoil(extension: Path) -> None:
    """Take away what can be derived, and use a power that nobody declared."""
    manifest = extension / "devforge.yaml"
    kept = [
        line
        for line in manifest.read_text().split("\n")
        if not line.startswith(("language:", "permissions:"))
    ]
    manifest.write_text("# my own words\n" + "\n".join(kept))
    (extension / "CHANGELOG.md").write_text("# Changelog\n")
    code = extension / "word_count/extension.py"
    code.write_text(
        code.read_text()
        + "\n\ndef other() -> None:\n    import subprocess\n\n    subprocess.run(['ls'], check=True)\n"
    )


def test_diff_shows_what_fix_would_do_and_does_nothing(check, extension):
    spoil(extension)
    before = files_of(extension)

    code, out, _ = check("--diff")

    assert code == 1
    assert files_of(extension) == before
    assert "+language: python" in out


def test_the_diff_is_one_that_patch_takes(check, extension):
    edit(extension / "devforge.yaml", ("language: python\n", ""))
    _, out, _ = check("--diff")

    done = subprocess.run(
        ["git", "apply", "-"], input=out, text=True, cwd=extension, capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert manifest_of(extension).language == "python"


def test_fix_mends_says_so_and_keeps_every_other_word(check, extension):
    spoil(extension)
    code_before = {p: c for p, c in files_of(extension).items() if p.endswith(".py")}

    _, out, err = check("--fix", "--yes", "--json")

    assert "declared process" in err
    mended = (extension / "devforge.yaml").read_text()
    assert mended.startswith("# my own words\n")
    assert manifest_of(extension).language == "python"
    assert "process" in map(str, manifest_of(extension).permissions)
    assert {p: c for p, c in files_of(extension).items() if p.endswith(".py")} == code_before
    rules = {f["rule"] for c in json.loads(out)["checks"] for f in c["findings"]}
    assert not {r for r in rules if r.startswith("undeclared-process") or r == "manifest-field"}


def test_a_second_run_does_nothing(check, extension):
    spoil(extension)
    check("--fix", "--yes")
    before = files_of(extension)

    _, _, err = check("--fix", "--yes")

    assert "mended" not in err
    assert files_of(extension) == before
    assert check("--diff")[:2] == (0, "")


def test_more_power_is_never_declared_unasked(check, extension):
    spoil(extension)

    _, _, err = check("--fix")

    assert "left alone devforge.yaml: declared process; say --yes to have it done" in err
    assert "process" not in map(str, manifest_of(extension).permissions)


def test_a_changelog_gets_a_heading_above_the_older_ones(check, extension):
    version = manifest_of(extension).version
    (extension / "CHANGELOG.md").write_text("# Changelog\n\n## 0.0.1\n\n- First.\n")

    check("--fix")

    text = (extension / "CHANGELOG.md").read_text()
    assert (
        text
        == f"# Changelog\n\n## {version}\n\n- (what users will notice)\n\n## 0.0.1\n\n- First.\n"
    )


def test_a_missing_licence_text_is_written_where_we_have_it(check, extension):
    edit(
        extension / "devforge.yaml", (f"license: {manifest_of(extension).license}", "license: MIT")
    )
    for path in extension.glob("LICEN*"):
        path.unlink()

    _, _, err = check("--fix")

    assert "mended LICENSE: wrote the text of MIT" in err
    assert (extension / "LICENSE").read_text().startswith("MIT License")


def test_an_open_range_is_ended(check, extension):
    wanted = manifest_of(extension).engines.devforge
    edit(extension / "devforge.yaml", (str(wanted), ">=1.0.0"))

    check("--fix")

    assert str(manifest_of(extension).engines.devforge).startswith(">=1.0.0 <")


def test_a_link_is_not_written_through(check, extension, tmp_path):
    outside = tmp_path / "outside.yaml"
    text = (extension / "devforge.yaml").read_text().replace("language: python\n", "")
    outside.write_text(text)
    (extension / "devforge.yaml").unlink()
    (extension / "devforge.yaml").symlink_to(outside)

    check("--fix", "--yes")

    assert outside.read_text() == text


def test_yes_without_fix_is_wrong_use(check):
    code, out, err = check("--yes")

    assert (code, out) == (64, "")
    assert "--yes goes with --fix" in err
