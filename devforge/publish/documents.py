"""What the index says of an extension, from its records and the notes of its releases. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from devforge.model.index import ExtensionDocument, IndexedVersion
from devforge.model.names import ExtensionId
from devforge.model.records import Developer, Extension, Rollout, VersionRecord
from devforge.model.release import ReleaseNote
from devforge.model.versions import Version
from devforge.publish.layout import newest


def document_of(
    id: ExtensionId,
    extension: Extension,
    *,
    versions: Mapping[Version, VersionRecord],
    notes: Mapping[Version, ReleaseNote],
    developer: Developer | None,
    rollout: Rollout | None,
) -> ExtensionDocument | None:
    """Return the extension's document, or None while no version of it is out.

    A version is listed when it has a record and a release that was not withdrawn. What the
    extension says of itself is taken from the version it shows.

    Args:
        rollout: the policy's, for versions whose record has none of its own.
    """
    out = sorted(
        (version for version in versions if version in notes and not notes[version].withdrawn),
        reverse=True,
    )
    if not out:
        return None
    listed = tuple(_listed(versions[version], notes[version], rollout) for version in out)
    shown = notes[newest(listed).version].source.manifest
    return ExtensionDocument(
        id=id,
        display_name=shown.display_name,
        description=shown.description,
        license=shown.license,
        language=shown.language,
        categories=shown.categories,
        keywords=shown.keywords,
        developer=developer.name if developer else id.developer,
        repository=str(extension.repository.url),
        support=developer.support if developer else None,
        price=extension.price,
        versions=listed,
    )


def _listed(record: VersionRecord, note: ReleaseNote, rollout: Rollout | None) -> IndexedVersion:
    manifest = note.source.manifest
    return IndexedVersion(
        version=note.version,
        engines=manifest.engines.devforge,
        permissions=manifest.permissions,
        extension_dependencies=manifest.extension_dependencies,
        package=note.package,
        sbom=note.sbom,
        review=note.review,
        commit=note.source.commit,
        tree_sha256=note.source.tree_sha256,
        published=note.published,
        rollout=record.rollout or rollout,
        yanked=record.yanked,
    )
