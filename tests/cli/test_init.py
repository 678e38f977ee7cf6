"""`devforge init` reads what a project says of itself, and names what a person has to look at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from devforge.cli import main
from devforge.model.manifest import Manifest
from devforge.model.reading import read_record

MIT = (Path(__file__).parents[2] / "devforge/cli/skeletons/common/LICENSE").read_text()


def _project(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def _manifest(root: Path) -> Manifest:
    return read_record((root / "devforge.yaml").read_bytes(), Manifest, file="devforge.yaml")


def test_a_package_json_is_carried_over_and_its_built_entry_traced_to_the_source(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    said = {
        "name": "@acme/ink", "displayName": "Ink", "version": "2.3.1", "license": "MIT",
        "description": "Writes in ink: \"blue\" or #black.", "main": "./out/extension.js",
        "keywords": ["Ink", "pens & paper", "blue"], "categories": ["Linters", "Other", "Keymaps"],
        "icon": "./ink.png",
    }  # fmt: skip
    root = _project(
        tmp_path,
        {
            "package.json": json.dumps(said),
            "src/extension.ts": "export function activate() {}\n",
            "ink.png": "png",
            "LICENSE": MIT,
        },
    )

    assert main(["init", "acme.ink", str(root)]) == 0

    read = _manifest(root)
    assert (str(read.version), read.display_name, read.language) == ("2.3.1", "Ink", "typescript")
    assert read.description == 'Writes in ink: "blue" or #black.'
    assert (read.entry, read.icon, read.license) == ("src/extension.ts", "ink.png", "MIT")
    assert read.keywords == ("ink", "blue")  # no keyword may hold an ampersand
    assert read.categories == ("linters", "other", "editors")
    assert (root / ".devforge/devforge.schema.json").is_file()
    out = capsys.readouterr().out
    assert "read from  package.json, LICENSE" in out
    assert "guessed    entry: src/extension.ts" in out


def test_a_setup_py_is_read_and_never_run(tmp_path: Path):
    root = _project(
        tmp_path,
        {
            "setup.py": (
                "from setuptools import setup\nopen('ran', 'w')\nNAME = 'acme-ink'\n"
                "setup(name=NAME, version='1.2', description='Writes in blue ink.', license='MIT')\n"
            ),
            "acme_ink/__init__.py": "def activate(context): ...\n",
            "LICENSE": MIT,
        },
    )

    assert main(["init", "acme.ink", str(root)]) == 0

    read = _manifest(root)
    assert (str(read.version), read.entry, read.language) == (
        "1.2.0",
        "acme_ink/__init__.py",
        "python",
    )
    assert not (root / "ran").exists()


def test_a_version_that_the_build_reads_from_the_source_is_read_there(tmp_path: Path):
    root = _project(
        tmp_path,
        {
            "pyproject.toml": '[project]\nname = "ink"\ndynamic = ["version"]\nlicense = {text = "MIT"}\n',
            "tests/other.py": '__version__ = "9.9.9"\n',
            "src/ink/__init__.py": '__version__ = "0.4.0"\n',
            "README.md": "# Ink\n\n[![built](x)](y)\n\nWrites what you say in `blue` ink. Then more.\n",
        },
    )

    assert main(["init", "acme.ink", str(root)]) == 0

    read = _manifest(root)
    assert (str(read.version), read.entry) == ("0.4.0", "src/ink/__init__.py")
    assert (read.description, read.license) == ("Writes what you say in blue ink.", "MIT")


def test_a_plugin_without_a_project_file_is_read_from_its_name_licence_and_readme(tmp_path: Path):
    root = _project(
        tmp_path,
        {
            "blue_ink.py": "def activate(context): ...\n",
            "other.py": "",
            "MIT-LICENSE": MIT,
            "README.md": "Blue Ink plug-in\n================\n\nWrites what you say in blue ink.\n",
        },
    )

    assert main(["init", "acme.blue-ink", str(root)]) == 0

    read = _manifest(root)
    assert (read.entry, read.license) == ("blue_ink.py", "MIT")
    assert read.description == "Writes what you say in blue ink."


def test_what_nobody_can_read_is_named_for_a_person_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    odd = {
        "name": 7,
        "version": ["1"],
        "description": {"a": 1},
        "keywords": "x",
        "main": "../../etc",
    }
    root = _project(tmp_path, {"package.json": json.dumps(odd), "notes.txt": "nothing"})

    assert main(["init", "acme.ink", str(root)]) == 0

    out = capsys.readouterr().out
    for field in ("description", "license", "entry"):
        assert f"to write   {field}" in out
        assert f"# {field}:  to be written" in (root / "devforge.yaml").read_text()
    assert "guessed    version: 0.1.0" in out


def test_a_manifest_that_is_there_and_an_empty_directory_are_left_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    root = _project(tmp_path / "there", {"devforge.yaml": "id: acme.ink\n"})
    (tmp_path / "empty").mkdir()

    assert main(["init", "acme.ink", str(root)]) == 64
    assert "already there; `devforge check --fix` mends it" in capsys.readouterr().err
    assert main(["init", "acme.ink", str(tmp_path / "empty")]) == 64
    assert "`devforge new acme.ink` writes an extension" in capsys.readouterr().err

    assert (root / "devforge.yaml").read_text() == "id: acme.ink\n"
    assert list((tmp_path / "empty").iterdir()) == []
