"""What carries a package to a channel: the released zip itself, inside the channel's own form. Pure.

The zip is never taken apart, so that whoever gets it from a channel can compare it with the signed
index. Nothing here is compressed a second time: the same package gives the same bytes everywhere,
whatever version of a compressor is at work, so a second run recognises what the first one sent.

Source: docs/decisions/channels.md.
"""

from __future__ import annotations

import base64
import csv
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
from devforge.model.channels import Carrier
from devforge.model.manifest import Manifest
from devforge.model.names import ExtensionId, RepositoryUrl
from devforge.model.outlets import NpmChannel, OciChannel, PypiChannel, S3Channel
from devforge.model.platforms import Name
from devforge.model.versions import Version

_EPOCH = (1980, 1, 1, 0, 0, 0)
_PRE = re.compile(r"(?P<stage>alpha|beta|rc|a|b|c)\.?(?P<number>\d+)")
_STAGE = {"alpha": "a", "beta": "b", "c": "rc"}


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


def npm_name(id: ExtensionId, channel: NpmChannel) -> str:
    """The package's name on npm, `@acme/acme.todo-tree`."""
    return f"{channel.scope}/{id}"


def pypi_name(id: ExtensionId, channel: PypiChannel) -> str:
    """The project's name on PyPI, `acme-extensions-jane-todo-tree`.

    PyPI takes `.`, `-` and `_` for one, so two extensions may share it; the plan lets the first one.
    """
    return f"{channel.prefix}{id.developer}-{id.name}"


def oci_reference(id: ExtensionId, version: Version, channel: OciChannel) -> str:
    """The artifact's reference, `registry.example/acme/extensions/jane/todo-tree:1.4.0`."""
    return f"{channel.repository}/{id.path}:{version}"


def s3_key(parcel: Parcel, channel: S3Channel) -> str:
    """The object's key: where a mirror of the index has packages."""
    return f"{channel.prefix}targets/packages/{parcel.sha256}.{parcel.file}"


def pypi_version(version: Version) -> str:
    """Return the version as PyPI writes it. Raises BadInput where it has no form for it."""
    text, _, pre = str(version).partition("-")
    if not pre:
        return text
    found = _PRE.fullmatch(pre)
    if found is None:
        raise BadInput(
            f"PyPI has no form for the version {version}; of prereleases it knows alpha.N, beta.N, rc.N"
        )
    return f"{text}{_STAGE.get(found['stage'], found['stage'])}{int(found['number'])}"


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
    """Return the tarball `npm publish` takes: a package.json, the readme, and the zip."""
    manifest, name = parcel.manifest, npm_name(parcel.id, channel)
    described = {
        "name": name,
        "version": str(parcel.version),
        "description": manifest.description,
        "license": str(manifest.license),
        "keywords": ["dev-forge-extension", *manifest.keywords],
        "homepage": str(parcel.repository),
        # npm compares this with the workflow that publishes, before it believes where it came from.
        "repository": {"type": "git", "url": f"git+{parcel.registry}.git"},
        "files": [parcel.file],
        "devforge": {"id": str(parcel.id), "package": parcel.file, "sha256": parcel.sha256},
    }
    files = {
        "package/package.json": json.dumps(described, indent=2, ensure_ascii=False).encode()
        + b"\n",
        "package/README.md": _readme(parcel).encode(),
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


def pypi_carrier(parcel: Parcel, channel: PypiChannel) -> Carrier:
    """Return the wheel: the zip as data of the namespace `devforge_extensions`.

    Source: packaging.python.org, "Binary distribution format"; core metadata 2.1.
    """
    name, version = pypi_name(parcel.id, channel), pypi_version(parcel.version)
    stem = f"{re.sub(r'[-_.]+', '_', name)}-{version}"
    files = {
        f"devforge_extensions/{parcel.id}/{parcel.file}": parcel.package,
        f"{stem}.dist-info/METADATA": _metadata(parcel, name, version),
        f"{stem}.dist-info/WHEEL": (
            b"Wheel-Version: 1.0\nGenerator: devforge-registry\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
    }
    files[f"{stem}.dist-info/RECORD"] = _record(files, f"{stem}.dist-info/RECORD")
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_STORED) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.external_attr, entry.create_system = (0o100644) << 16, 3
            archive.writestr(entry, content)
    return Carrier(name, version, f"{stem}-py3-none-any.whl", wheel.getvalue())


def _readme(parcel: Parcel) -> str:
    about = (
        f"# {parcel.manifest.display_name}\n\n{parcel.manifest.description}\n\n"
        f"An extension for Dev Forge. Install it with `devforge install {parcel.id}`; "
        f"`{parcel.file}` is the reviewed package, sha256 `{parcel.sha256}`.\n"
    )
    return parcel.readme or about


def _metadata(parcel: Parcel, name: str, version: str) -> bytes:
    manifest = parcel.manifest
    head = [
        "Metadata-Version: 2.1",
        f"Name: {name}",
        f"Version: {version}",
        f"Summary: {manifest.description}",
        f"License: {manifest.license}",
        f"Keywords: {','.join(['dev-forge-extension', *manifest.keywords])}",
        f"Project-URL: Source, {parcel.repository}",
        f"Project-URL: Marketplace, {parcel.registry}",
        "Description-Content-Type: text/markdown",
    ]
    return ("\n".join(head) + "\n\n" + _readme(parcel)).encode()


def _record(files: dict[str, bytes], own: str) -> bytes:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        writer.writerow([path, f"sha256={digest}", len(content)])
    writer.writerow([own, "", ""])
    return lines.getvalue().encode()
