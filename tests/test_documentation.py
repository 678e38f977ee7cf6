"""The documentation names files, tests and targets that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
OURS = (
    "devforge/",
    "checks/",
    "scripts/",
    "site/",
    "tests/",
    "registry/",
    "docs/",
    ".github/",
    ".ci/",
    "requirements/",
)


def ids(page):
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_file_a_page_names_is_there(page):
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`([^`\s]+)`", text)
    paths = {name.partition("::")[0] for name in named if name.startswith(OURS)}
    plain = {path for path in paths if not set(path) & set("<>*{}…")}
    links = {
        (page.parent / link.partition("#")[0])
        for link in re.findall(r"\]\((?!https?:|#)([^)\s]+)\)", text)
    }

    missing = sorted(path for path in plain if not (ROOT / path).exists())
    broken = sorted(str(link) for link in links if not link.exists())
    assert (missing, broken) == ([], [])


def test_every_test_the_threat_model_names_is_there():
    named = re.findall(r"`(tests/[^`:]+)::(\w+)`", (ROOT / "docs/threat-model.md").read_text())

    assert len(named) > 10
    missing = [f"{f}::{n}" for f, n in named if f"def {n}(" not in (ROOT / f).read_text()]
    assert missing == []


def test_every_make_target_a_page_names_is_there():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = {t for page in PAGES for t in re.findall(r"`?make ([a-z]+)`", page.read_text())}

    assert named <= targets


def test_nothing_names_the_host_of_a_package_registry():
    hosts = re.compile(
        r"pypi\.o" + r"rg|pythonhosted\.o" + r"rg|registry\.npmjs\.o" + r"rg|deb\.debian\.o" + r"rg"
    )
    kept = ("*.py", "*.md", "*.yml", "*.yaml", "*.toml", "*.lock", "*.json", "Makefile")
    skipped = {".venv", "node_modules", ".git", ".cache", "demo", "build"}
    files = [
        f
        for pattern in kept
        for f in ROOT.rglob(pattern)
        if not skipped & set(f.relative_to(ROOT).parts)
    ]

    assert len(files) > 100
    assert [str(f) for f in files if hosts.search(f.read_text(errors="replace"))] == []
