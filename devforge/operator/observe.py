"""Reads the records of one extension from a checkout, and which others there are by their names alone."""

from __future__ import annotations

from pathlib import Path

from devforge.adapters.registry import records_root
from devforge.adapters.registry_directory import read_file
from devforge.errors import BadInput
from devforge.model.layout import ADVISORIES, EXTENSIONS, ROOT
from devforge.model.names import ExtensionId
from devforge.model.problem import Problem
from devforge.model.reading import RECORD_BYTES, BadRecord, read_record
from devforge.model.records import VersionRecord
from devforge.model.versions import Version
from devforge.operator.plan import Shelf


def observe_shelf(directory: Path, id: ExtensionId) -> Shelf:
    """Return what `registry/` in `directory` says of `id`.

    Raises:
        BadInput: there is no registry, or a record of the extension cannot be read.
    """
    root = records_root(directory)
    if not (root / EXTENSIONS).is_dir():
        raise BadInput(f"{directory} is no registry's checkout: name it with --checkout DIR")
    folder = root / EXTENSIONS / id.path
    extension = folder / "extension.yaml"
    texts: dict[Version, str] = {}
    for path in sorted((folder / "versions").glob("*.yaml")):
        try:
            version = Version.parse(path.stem)
        except ValueError:
            continue  # no record of a version; the review and the publish job tell of it
        texts[version] = _text(path, root)
    return Shelf(
        id=id,
        extension=_text(extension, root) if extension.exists() else None,
        texts=texts,
        records={
            version: read_record(text.encode(), VersionRecord, file=f"{folder.name}/{version}.yaml")
            for version, text in texts.items()
        },
        others=frozenset(_others(root / EXTENSIONS)),
        advisories={path.stem: _text(path, root) for path in (root / ADVISORIES).glob("*.yaml")},
    )


def _others(extensions: Path) -> set[ExtensionId]:
    found: set[ExtensionId] = set()
    for path in extensions.glob("*/*/extension.yaml"):
        try:
            found.add(ExtensionId.parse(f"{path.parent.parent.name}.{path.parent.name}"))
        except ValueError:
            continue
    return found


def _text(path: Path, root: Path) -> str:
    name = f"{ROOT}/{path.relative_to(root).as_posix()}"
    found = read_file(path, name, limit_bytes=RECORD_BYTES)
    if isinstance(found, Problem):
        raise BadRecord((found,), file=name)
    return found.decode("utf-8", "replace")
