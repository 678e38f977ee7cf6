"""Carries built versions from the job that builds to the job that releases, as files and one digest.

The job that builds has no secrets; the job that releases runs nothing it is handed. In between
lie files that anyone might have touched: they are read back under caps and one digest over all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from devforge.errors import BadInput, Refused
from devforge.model.addresses import package_name, report_name, sbom_name
from devforge.model.base import Strict
from devforge.model.names import ExtensionId
from devforge.model.platforms import Name, targets
from devforge.model.release import Source
from devforge.model.versions import Version
from devforge.publish.build import Built, Packed
from devforge.publish.files import Writer

_LABEL = "built.json"
_FILE_BYTES = 512 << 20
_FILES = 4000


class Label(Strict):
    """`built.json` beside a version's files: what they are."""

    id: ExtensionId
    version: Version
    repository: str
    source: Source


def write_parcels(built: Iterable[Built], out: Path) -> str:
    """Write each version into a directory of its own below `out`; return the digest over all."""
    writer = Writer(out)
    for one in built:
        folder = package_name(one.id, one.version).removesuffix(".zip")
        label = Label(id=one.id, version=one.version, repository=one.repository, source=one.source)
        writer.write(f"{folder}/{_LABEL}", label.model_dump_json(indent=1).encode())
        for name, (content, _) in one.files.items():
            writer.write(f"{folder}/{name}", content)
    return digest(out)


def read_parcels(directory: Path, expected: str) -> tuple[Built, ...]:
    """Return the versions below `directory`, whose files must have the digest `expected`.

    Raises:
        Refused: a file was added, lost or changed on the way.
        BadInput: the files are no parcels of ours.
    """
    found = digest(directory)
    if found != expected:
        raise Refused(
            f"{directory}: its files have the digest {found[:12]}…, the build made {expected[:12]}…"
        )
    return tuple(_read(label.parent) for label in sorted(directory.glob(f"*/{_LABEL}")))


def digest(directory: Path) -> str:
    """Return one sha256 over the path and content of every file below `directory`."""
    whole = hashlib.sha256()
    for path in _files(directory):
        inner = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(directory).as_posix()}\0{inner}\n".encode())
    return whole.hexdigest()


def _files(directory: Path) -> list[Path]:
    paths = sorted(path for path in directory.rglob("*") if path.is_symlink() or not path.is_dir())
    if len(paths) > _FILES:
        raise BadInput(f"{directory}: more than {_FILES} files")
    for path in paths:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _FILE_BYTES:
            raise BadInput(f"{path}: is not a file of at most {_FILE_BYTES >> 20} MB")
    return paths


def _read(folder: Path) -> Built:
    try:
        label = Label.model_validate_json((folder / _LABEL).read_bytes())
        package = package_name(label.id, label.version)
        wanted = targets(label.source.manifest.platforms)
        return Built(
            id=label.id,
            version=label.version,
            repository=label.repository,
            source=label.source,
            packages={target: _packed(folder, label, target) for target in wanted},
            report=(folder / report_name(package)).read_bytes(),
        )
    except ValidationError as error:
        raise BadInput(f"{folder / _LABEL}: {error.errors()[0]['msg']}") from error
    except OSError as error:
        raise BadInput(f"{folder}: {error.strerror}") from error


def _packed(folder: Path, label: Label, platform: Name | None) -> Packed:
    name = package_name(label.id, label.version, platform)
    return Packed((folder / name).read_bytes(), (folder / sbom_name(name)).read_bytes())
