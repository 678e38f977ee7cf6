"""What the index says of an extension, from its records and what is out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from devforge.model.index import ExtensionDocument, IndexedFile, IndexedVersion
from devforge.model.manifest import Manifest
from devforge.model.names import CommitSha, ExtensionId, Sha256
from devforge.model.records import Developer, Extension, Rollout, VersionRecord
from devforge.model.release import ReleaseNote
from devforge.model.versions import Version
from devforge.publish.layout import newest

Listed = tuple[IndexedVersion, Manifest]


def document_of(
    id: ExtensionId, extension: Extension, developer: Developer | None, listed: Iterable[Listed]
) -> ExtensionDocument | None:
    """Return the extension's document, its newest version first; None while nothing is out.

    What the extension says of itself is taken from the version it shows.
    """
    pairs = {version.version: (version, manifest) for version, manifest in listed}
    if not pairs:
        return None
    ordered = tuple(pairs[version][0] for version in sorted(pairs, reverse=True))
    shown = pairs[newest(ordered).version][1]
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
        versions=ordered,
    )


def released(
    records: Mapping[Version, VersionRecord],
    notes: Mapping[Version, ReleaseNote],
    rollout: Rollout | None,
) -> list[Listed]:
    """Return every version that has a record and a release that was not withdrawn."""
    out = [version for version in records if version in notes and not notes[version].withdrawn]
    return [(_of_release(records[v], notes[v], rollout), notes[v].source.manifest) for v in out]


def listed_version(
    record: VersionRecord,
    manifest: Manifest,
    package: IndexedFile,
    *,
    tree_sha256: Sha256,
    commit: CommitSha,
    rollout: Rollout | None,
) -> IndexedVersion:
    """Return one version as a client needs it. `rollout` is for records without their own."""
    return IndexedVersion(
        version=manifest.version,
        engines=manifest.engines.devforge,
        permissions=manifest.permissions,
        extension_dependencies=manifest.extension_dependencies,
        package=package,
        commit=commit,
        tree_sha256=tree_sha256,
        rollout=record.rollout or rollout,
        yanked=record.yanked,
    )


def _of_release(
    record: VersionRecord, note: ReleaseNote, rollout: Rollout | None
) -> IndexedVersion:
    source = note.source
    listed = listed_version(
        record,
        source.manifest,
        note.package,
        tree_sha256=source.packed_sha256,
        commit=source.commit,
        rollout=rollout,
    )
    extra = {"sbom": note.sbom, "review": note.review, "published": note.published}
    return listed.model_copy(update=extra)
