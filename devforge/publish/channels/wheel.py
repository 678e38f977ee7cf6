"""What carries a package to PyPI: a wheel that holds the released zip as data. Pure.

There is no sdist: pip would run its build, and nothing of an extension is to run where it is fetched.

Source: packaging.python.org, "Binary distribution format"; core metadata 2.4 (PEP 639), the first
version that has a licence's expression and files.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
import zipfile

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from devforge.errors import BadInput
from devforge.model.channels import Carrier
from devforge.model.names import ExtensionId
from devforge.model.outlets import PypiChannel
from devforge.model.versions import Version
from devforge.publish.channels.carriers import Parcel, readme_of

_EPOCH = (1980, 1, 1, 0, 0, 0)
_PRE = re.compile(r"(?P<stage>alpha|beta|rc|a|b|c)\.?(?P<number>\d+)")
_STAGE = {"alpha": "a", "beta": "b", "c": "rc"}


def pypi_name(id: ExtensionId, channel: PypiChannel) -> str:
    """The project's name on PyPI, `acme-extensions-jane-todo-tree`.

    PyPI takes `.`, `-` and `_` for one, so two extensions may share it; the plan lets the first one.
    """
    return f"{channel.prefix}{id.developer}-{id.name}"


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


def pypi_carrier(parcel: Parcel, channel: PypiChannel) -> Carrier:
    """Return the wheel: the zip as data of the namespace `devforge_extensions`.

    Raises:
        BadInput: PyPI has no form for its version or its licence.
    """
    name, version = pypi_name(parcel.id, channel), pypi_version(parcel.version)
    stem = f"{re.sub(r'[-_.]+', '_', name)}-{version}"
    about, licences = f"{stem}.dist-info", parcel.licences
    files = {
        f"devforge_extensions/{parcel.id}/{parcel.file}": parcel.package,
        f"{about}/METADATA": _metadata(parcel, name, version),
        f"{about}/WHEEL": (
            b"Wheel-Version: 1.0\nGenerator: devforge-registry\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
        **{f"{about}/licenses/{path}": content for path, content in licences.items()},
    }
    files[f"{about}/RECORD"] = _record(files, f"{about}/RECORD")
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_STORED) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.external_attr, entry.create_system = (0o100644) << 16, 3
            archive.writestr(entry, content)
    return Carrier(name, version, f"{stem}-py3-none-any.whl", wheel.getvalue())


def _metadata(parcel: Parcel, name: str, version: str) -> bytes:
    manifest = parcel.manifest
    try:
        licence = canonicalize_license_expression(str(manifest.license))
    except InvalidLicenseExpression as error:
        raise BadInput(f"PyPI has no form for the licence {manifest.license}: {error}") from error
    head = [
        "Metadata-Version: 2.4",
        f"Name: {name}",
        f"Version: {version}",
        f"Summary: {manifest.description}",
        f"License-Expression: {licence}",
        *(f"License-File: {path}" for path in parcel.licences),
        f"Keywords: {','.join(['dev-forge-extension', *manifest.keywords])}",
        f"Project-URL: Source, {parcel.repository}",
        f"Project-URL: Issues, {parcel.repository}/issues",
        f"Project-URL: Marketplace, {parcel.registry}",
        "Requires-Python: >=3",
        "Description-Content-Type: text/markdown",
    ]
    return ("\n".join(head) + "\n\n" + readme_of(parcel)).encode()


def _record(files: dict[str, bytes], own: str) -> bytes:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        writer.writerow([path, f"sha256={digest}", len(content)])
    writer.writerow([own, "", ""])
    return lines.getvalue().encode()
