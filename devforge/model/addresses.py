"""How releases and their files are called, and where they lie. Pure."""

from __future__ import annotations

from urllib.parse import quote

from devforge.model.names import ExtensionId
from devforge.model.versions import Version


def release_tag(id: ExtensionId, version: Version) -> str:
    """The tag of a version's release, `acme.todo-tree-v1.4.0`."""
    return f"{id}-v{version}"


def package_name(id: ExtensionId, version: Version, platform: str | None = None) -> str:
    """A package's file name, `acme.todo-tree-1.4.0.zip`."""
    return f"{id}-{version}-{platform}.zip" if platform else f"{id}-{version}.zip"


def sbom_name(package: str) -> str:
    """The file name of a package's bill of materials, beside it in the release."""
    return f"{package.removesuffix('.zip')}.cdx.json"


def report_name(package: str) -> str:
    """The file name of the review's report, beside the package in the release."""
    return f"{package.removesuffix('.zip')}.review.json"


def file_url(template: str, id: ExtensionId, version: Version, *, file: str, sha256: str) -> str:
    """Return an address template filled in: `{id}`, `{version}`, `{tag}`, `{file}`, `{sha256}`."""
    parts = {
        "id": str(id),
        "version": str(version),
        "tag": release_tag(id, version),
        "file": file,
        "sha256": sha256,
    }
    for name, value in parts.items():
        template = template.replace(f"{{{name}}}", quote(value))
    return template
