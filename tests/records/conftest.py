"""A small registry to write into, as a directory and as a Git repository."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from devforge.adapters.git import Objects

POLICY = Path(__file__).parents[2] / "registry/policy.yaml"
COMMIT = "9b1e2c7d" * 5


class Shelf:
    """Writes records below a root and commits them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.opened: list[Objects] = []
        self.write("registry/policy.yaml", POLICY.read_bytes())

    def write(self, path: str, content: str | bytes) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def developer(self, name: str, *, id: int = 1, login: str | None = None) -> None:
        text = f"name: Developer {name}\nmembers: [{{login: {login or name}, id: {id}}}]\n"
        self.write(f"registry/developers/{name}.yaml", text)

    def extension(
        self, path: str, *versions: str, id: int = 1, owners: str = "", url: str = ""
    ) -> None:
        below = f"registry/extensions/{path}"
        address = url or f"https://github.com/{path}"
        owners = owners or path.partition("/")[0]
        text = f"owners: [{owners}]\nrepository: {{url: '{address}', id: {id}}}\n"
        self.write(f"{below}/extension.yaml", text)
        for version in versions:
            self.write(f"{below}/versions/{version}.yaml", f"commit: {COMMIT}\n")

    def commit(self) -> Objects:
        """Commit everything to main and return the objects."""
        if not (self.root / ".git").exists():
            self._git("init", "-q", "--template=", "-b", "main")
        self._git("add", "-A")
        self._git("-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qm", "records")
        self.opened.append(Objects(self.root, "https://github.com"))
        return self.opened[-1]

    def _git(self, *arguments: str) -> None:
        quiet = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        subprocess.run(["git", *arguments], cwd=self.root, check=True, timeout=60, env=quiet)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path / "repository")
    yield made
    for objects in made.opened:
        objects.close()


@pytest.fixture
def stocked(shelf: Shelf) -> Shelf:
    """Two developers, three extensions, an advisory: nothing wrong with any."""
    shelf.developer("acme")
    shelf.developer("jane", id=2)
    shelf.extension("acme/todo-tree", "1.0.0", "1.10.0", "1.9.0", id=11)
    shelf.extension("acme/notes", "0.1.0", id=12)
    shelf.extension("jane/notes", "2.0.0-beta.1", "2.0.0", id=13)
    shelf.write(
        "registry/advisories/DEVFORGE-2026-1.yaml",
        "id: DEVFORGE-2026-1\nmodified: 2026-11-23T09:00:00Z\n"
        "affected:\n  - package: {ecosystem: DevForge, name: jane.notes}\n",
    )
    return shelf
