"""`registry/trust/` in a checkout: what waits for signatures, and how it takes its place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from pathlib import Path

from devforge.adapters.registry_directory import read_file
from devforge.errors import BadInput, Unavailable
from devforge.model.problem import Problem
from devforge.model.reading import BadRecord
from devforge.model.trust import FOLDER, PENDING, SHIPPED, role_of

_LIMIT_BYTES = 512 << 10
_FOLDERS = ("metadata", "targets")


class TrustFolder:
    """The folder below one `registry/` directory."""

    def __init__(self, registry: Path) -> None:
        self.path = registry / FOLDER
        self._registry = registry

    @property
    def is_begun(self) -> bool:
        """Whether a root is published."""
        return (self.path / "metadata/1.root.json").exists()

    def pending(self) -> dict[str, bytes]:
        """Return what waits for signatures, content by name."""
        found: dict[str, bytes] = {}
        for folder in _FOLDERS:
            directory = self.path / PENDING / folder
            names = sorted(directory.glob("*.json")) if directory.is_dir() else []
            for path in names:
                content = read_file(path, str(path), limit_bytes=_LIMIT_BYTES)
                if isinstance(content, Problem):
                    raise BadRecord((content,), file=str(path))
                found[f"{folder}/{path.name}"] = content
        return found

    def propose(self, name: str, content: bytes) -> None:
        """Write one pending file, whole or not at all."""
        _replace(self.path / PENDING / name, content)

    def preview(self, names: Collection[str]) -> Path:
        """Lay out beside the folder what it will be once everything pending is in its place."""
        new = self._registry / f".{FOLDER}.new"
        try:
            shutil.rmtree(new, ignore_errors=True)
            shutil.copytree(self.path, new, ignore=shutil.ignore_patterns(PENDING))
            for name in sorted(names):
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(self.path / PENDING / name, new / name)
        except OSError as error:
            raise Unavailable(f"{new}: {error.strerror}") from error
        return new

    def discard(self, preview: Path) -> None:
        """Remove a preview that is not to be."""
        shutil.rmtree(preview, ignore_errors=True)

    def complete(self, preview: Path) -> None:
        """Put a preview in the folder's place by renaming, and ship the newest root."""
        old = self._registry / f".{FOLDER}.old"
        try:
            shutil.rmtree(old, ignore_errors=True)
            self.path.rename(old)
            preview.rename(self.path)
            shutil.rmtree(old)
            roots = [
                p
                for p in (self.path / "metadata").iterdir()
                if role_of(f"metadata/{p.name}") == "root"
            ]
            newest = max(roots, key=lambda path: int(path.name.partition(".")[0]))
            _replace(self._registry / SHIPPED, newest.read_bytes())
        except OSError as error:
            raise Unavailable(f"{self.path}: {error.strerror}; bring it back from Git") from error


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a machine that stops, sees the old or the new one."""
    scratch = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with scratch.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error
