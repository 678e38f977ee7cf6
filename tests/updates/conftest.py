"""A small registry's index, written by hand so that the client is tested against the layout itself."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest

from devforge.cli import main
from devforge.model.observed import SourceFile, SourceTree


class Shelf:
    """Packages and the index over them, in `root`: what a registry's site would serve."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.index = root / "index"
        self.versions: dict[str, list[dict]] = {}

    def add(self, id_, version, files=None, **fields):
        """Put a version on the shelf; `fields` go into its index entry."""
        files = files or {"extension.py": f"VERSION = {version!r}\n"}
        package = _zip(files)
        name = f"{id_}-{version}.zip"
        (self.root / "packages").mkdir(parents=True, exist_ok=True)
        (self.root / "packages" / name).write_bytes(package)
        tree = SourceTree({p: SourceFile(p, "file", t.encode()) for p, t in files.items()})
        entry = {
            "version": version,
            "engines": ">=1.0.0",
            "package": _pointer(package) | {"name": name, "url": f"../packages/{name}"},
            "tree_sha256": tree.sha256,
        }
        self.versions.setdefault(id_, []).insert(0, entry | fields)
        self.write()
        return self

    def write(self):
        """Write the whole index anew."""
        bins: dict[str, dict] = {}
        for id_, versions in self.versions.items():
            target = f"extensions/{id_}.json"
            document = {
                "id": id_, "display_name": id_.title(), "description": "For the tests of the client.",
                "license": "MIT", "language": "python", "categories": ["other"],
                "keywords": ["sample"], "developer": "Somebody", "versions": versions,
            }  # fmt: skip
            pointer = self._put("extensions", f"{id_}.json", document)
            bins.setdefault(hashlib.sha256(target.encode()).hexdigest()[:2], {})[target] = pointer
        pointers = {b: self._put("bins", f"{b}.json", {"targets": t}) for b, t in bins.items()}
        entries = [
            {
                "id": id_, "display_name": id_.title(), "description": "For the tests of the client.",
                "keywords": ["sample"], "categories": ["other"], "version": versions[0]["version"],
            }
            for id_, versions in self.versions.items()
        ]  # fmt: skip
        shard = self._put("search", "0.json", {"entries": entries})
        root = {"registry": "Shelf", "bins": pointers, "bin_digits": 2, "search": {"0": shard}}
        (self.index / "index.json").write_text(json.dumps(root))

    def _put(self, folder, name, value):
        content = json.dumps(value).encode()
        path = self.index / folder / f"{hashlib.sha256(content).hexdigest()}.{name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return _pointer(content)


def _pointer(content):
    return {"sha256": hashlib.sha256(content).hexdigest(), "length": len(content)}


def _zip(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return buffer.getvalue()


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "site")


@pytest.fixture
def devforge(shelf, tmp_path, capsys):
    """Run `devforge …` with the shelf as index and a home of its own; return code, stdout, stderr."""

    def run(*arguments, index=None, home=None):
        command = arguments[0]
        extra = []
        if command in ("search", "show", "install"):
            extra += ["--index", str(index or shelf.root)]
        if command in ("install", "list", "remove"):
            extra += ["--home", str(home or tmp_path / "home")]
        code = main([*arguments, *extra])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
