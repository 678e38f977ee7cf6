"""What carries a package to a channel: the released zip itself, inside the channel's own form. Pure.

The zip is never taken apart, so that whoever gets it from a channel can compare it with the signed
index. Nothing here is compressed a second time: the same package gives the same bytes everywhere,
whatever version of a compressor is at work, so a second run recognises what the first one sent.

Source: docs/decisions/channels.md.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import tarfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from devforge.errors import BadInput
from devforge.model.addresses import package_name
from devforge.model.channels import Carrier, Copy
from devforge.model.manifest import Manifest
from devforge.model.mirrors import package_path
from devforge.model.names import ExtensionId, RepositoryUrl
from devforge.model.outlets import Channels, NpmChannel, OciChannel, S3Channel
from devforge.model.platforms import Name
from devforge.model.records import ChannelName
from devforge.model.release import ReleaseNote
from devforge.model.versions import Version

_LICENCE = re.compile(r"(LICEN[CS]E|COPYING|NOTICE)([.-][A-Za-z0-9.-]{1,40})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A released version and what its channel pages say of it."""

    manifest: Manifest
    package: bytes
    repository: RepositoryUrl
    registry: str  # the address of the registry's own repository, whose workflow publishes
    readme: str = ""
    platform: Name | None = None

    @property
    def id(self) -> ExtensionId:
        return self.manifest.id

    @property
    def version(self) -> Version:
        return self.manifest.version

    @property
    def file(self) -> str:
        return package_name(self.id, self.version, self.platform)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.package).hexdigest()

    @property
    def licences(self) -> dict[str, bytes]:
        """The licence's files at the package's root, which channels show without taking it apart."""
        with zipfile.ZipFile(io.BytesIO(self.package)) as archive:
            names = sorted(name for name in archive.namelist() if _LICENCE.fullmatch(name))
            return {name: archive.read(name) for name in names}


def npm_name(id: ExtensionId, channel: NpmChannel) -> str:
    """The package's name on npm, `@acme/acme.todo-tree`."""
    return f"{channel.scope}/{id}"


def oci_reference(id: ExtensionId, version: Version, channel: OciChannel) -> str:
    """The artifact's reference, `registry.example/acme/extensions/jane/todo-tree:1.4.0`."""
    return f"{channel.repository}/{id.path}:{version}"


def s3_key(parcel: Parcel, channel: S3Channel) -> str:
    """The object's key: where a mirror of the index has packages."""
    return channel.prefix + package_path(parcel.sha256, parcel.file)


def copies_of(note: ReleaseNote, channel: ChannelName, channels: Channels) -> tuple[Copy, ...]:
    """Return every file of a version that may be on a channel; first what only lists the others."""
    packages = {platform: files.package for platform, files in note.packages.items()}
    if channel == "s3" and channels.s3:
        prefix = channels.s3.prefix
        return tuple(
            Copy(prefix + package_path(file.sha256, file.name), str(note.version), file.sha256)
            for file in packages.values()
        )
    if channel != "oci" or channels.oci is None:
        raise BadInput(f"nothing is deleted from {channel}")
    name, _, tag = oci_reference(note.id, note.version, channels.oci).rpartition(":")
    if list(packages) == [None]:
        return tuple(Copy(name, tag, file.sha256) for file in packages.values())
    each = (Copy(name, f"{tag}-{p or 'any'}", file.sha256) for p, file in packages.items())
    return (Copy(name, tag, None), *each)


def oci_carriers(parcels: Sequence[Parcel], channel: OciChannel) -> tuple[Carrier, ...]:
    """Return an artifact for each package, and last, where there are several, the list of them.

    A package for one platform is also found by a tag of its own, `1.4.0-linux-x64`.
    """
    name, _, tag = oci_reference(parcels[0].id, parcels[0].version, channel).rpartition(":")
    about = _annotations(parcels[0])
    if [parcel.platform for parcel in parcels] == [None]:
        return (Carrier(name, tag, parcels[0].file, parcels[0].package, about=about),)
    each = tuple(
        Carrier(name, f"{tag}-{p.platform or 'any'}", p.file, p.package, p.platform, about=about)
        for p in parcels
    )
    return (*each, Carrier(name, tag, "", b"", parts=each, about=about))


def _annotations(parcel: Parcel) -> dict[str, str]:
    """What container registries show. Source: OCI image specification 1.1, "Annotations"."""
    manifest, prefix = parcel.manifest, "org.opencontainers.image"
    return {
        f"{prefix}.title": manifest.display_name,
        f"{prefix}.description": manifest.description,
        f"{prefix}.licenses": str(manifest.license),
        f"{prefix}.source": str(parcel.repository),
        f"{prefix}.url": parcel.registry,
    }


def npm_carrier(parcel: Parcel, channel: NpmChannel) -> Carrier:
    """Return the tarball `npm publish` takes: a package.json, the readme, the licence, and the zip.

    Source: npm, "package.json"; programs other than node and npm may be named in `engines`.
    """
    manifest, name = parcel.manifest, npm_name(parcel.id, channel)
    described = {
        "name": name,
        "version": str(parcel.version),
        "description": manifest.description,
        "license": str(manifest.license),
        "keywords": ["dev-forge-extension", *manifest.keywords],
        "homepage": str(parcel.repository),
        "bugs": f"{parcel.repository}/issues",
        # npm compares this with the workflow that publishes, before it believes where it came from.
        "repository": {"type": "git", "url": f"git+{parcel.registry}.git"},
        "engines": {"devforge": str(manifest.engines.devforge)},
        "files": [parcel.file],
        "devforge": {"id": str(parcel.id), "package": parcel.file, "sha256": parcel.sha256},
    }
    files = {
        "package/package.json": json.dumps(described, indent=2, ensure_ascii=False).encode()
        + b"\n",
        "package/README.md": readme_of(parcel).encode(),
        **{f"package/{path}": content for path, content in parcel.licences.items()},
        f"package/{parcel.file}": parcel.package,
    }
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(content), 0o644
            tar.addfile(entry, io.BytesIO(content))
    tarball = gzip.compress(plain.getvalue(), compresslevel=0, mtime=0)
    return Carrier(name, str(parcel.version), f"{parcel.id}-{parcel.version}.tgz", tarball)


def readme_of(parcel: Parcel) -> str:
    about = (
        f"# {parcel.manifest.display_name}\n\n{parcel.manifest.description}\n\n"
        f"An extension for Dev Forge. Install it with `devforge install {parcel.id}`; "
        f"`{parcel.file}` is the reviewed package, sha256 `{parcel.sha256}`.\n"
    )
    return parcel.readme or about
