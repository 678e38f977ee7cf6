"""What the index says of an extension, from its records and what is out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from devforge.errors import BadInput
from devforge.model.fields import Misfits, from_plain
from devforge.model.index import (
    ExtensionDocument,
    IndexedVersion,
    PackageFile,
    PublishedPrice,
    PublishedRollout,
    PublishedYank,
    evidence_of,
)
from devforge.model.manifest import Manifest
from devforge.model.names import ExtensionId
from devforge.model.plain import to_plain
from devforge.model.platforms import Name
from devforge.model.profile import Profile
from devforge.model.recall import Recall
from devforge.model.records import Developer, Extension, Price, Rollout, VersionRecord, Yank
from devforge.model.release import ReleaseNote
from devforge.model.versions import Version
from devforge.publish.layout import newest
from devforge.publish.signing import read_time

Listed = tuple[IndexedVersion, Manifest]


def document_of(
    id: ExtensionId, extension: Extension, developer: Developer | None, listed: Iterable[Listed]
) -> ExtensionDocument | None:
    """Return the extension's document, its newest version first; None while nothing is out.

    What the extension says of itself is taken from the version it shows.

    Raises:
        BadInput: no client could read it.
    """
    pairs = {version.version: (version, manifest) for version, manifest in listed}
    if not pairs:
        return None
    ordered = tuple(pairs[version][0] for version in sorted(pairs, reverse=True))
    latest = newest(ordered).version
    shown = pairs[latest][1]
    document = ExtensionDocument(
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
        price=_priced(extension.price),
        min_secure_version=extension.min_secure_version,
        versions=tuple(
            one if one.version == latest else without_evidence(one)
            for one in without_settled(ordered)
        ),
    )
    try:
        return from_plain(ExtensionDocument, to_plain(document, sparse=True))
    except Misfits as error:
        raise BadInput(f"{id}: no client could read what the index would say: {error}") from error


def released(
    records: Mapping[Version, VersionRecord],
    notes: Mapping[Version, ReleaseNote],
    rollout: Rollout | None,
    recalls: Mapping[Version, Recall] = {},
) -> list[Listed]:
    """Return every version that has a record and a release that was not withdrawn.

    What a record says of a yank counts; where it says nothing, an advisory's recall does.
    """
    out = [version for version in records if version in notes and not notes[version].withdrawn]
    return [
        (
            _of_release(_recalled(records[v], recalls.get(v)), notes[v], rollout),
            notes[v].source.manifest,
        )
        for v in out
    ]


def _recalled(record: VersionRecord, recall: Recall | None) -> VersionRecord:
    if record.yanked is not None or recall is None:
        return record
    return record.model_copy(update={"yanked": recall.yanked})


def listed_version(
    record: VersionRecord,
    manifest: Manifest,
    packages: Mapping[Name | None, PackageFile],
    *,
    rollout: Rollout | None,
    published: str | None = None,
    profile: Profile | None = None,
) -> IndexedVersion:
    """Return one version as a client needs it.

    Args:
        packages: by platform; None is for whoever has none of their own.
        rollout: in which stages users get it; None: all at once.
        published: when it came out; without that no stage of a roll-out can be told, so there is none.
    """
    return IndexedVersion(
        version=manifest.version,
        engines=manifest.engines.devforge,
        permissions=manifest.permissions,
        extension_dependencies=manifest.extension_dependencies,
        package=packages.get(None),
        platforms={name: file for name, file in packages.items() if name},
        published=published,
        rollout=_staged(rollout) if published else None,
        halted=record.halted,
        security=record.security,
        yanked=_taken_back(record.yanked),
        powers=tuple(use.power for use in profile.uses) if profile else (),
    )


def without_settled(versions: tuple[IndexedVersion, ...]) -> tuple[IndexedVersion, ...]:
    """Leave out roll-outs that were over when another version came out: nobody has to compute them.

    The versions' own times tell, so that a document says the same whenever it is made.
    """
    latest = max((one.published for one in versions if one.published), default=None)
    if latest is None:
        return versions
    end = read_time(latest)
    return tuple(replace(one, rollout=None) if _is_settled(one, end) else one for one in versions)


def without_evidence(one: IndexedVersion) -> IndexedVersion:
    """Leave out which files beside its packages are vouched for: of old versions attestations tell."""
    return replace(
        one,
        package=one.package and replace(one.package, evidence=None),
        platforms={name: replace(file, evidence=None) for name, file in one.platforms.items()},
    )


def _is_settled(one: IndexedVersion, end: datetime) -> bool:
    rollout = one.rollout
    if rollout is None or not rollout.stages or one.published is None:
        return False
    return (
        read_time(one.published) + timedelta(hours=rollout.hours * (len(rollout.stages) - 1)) <= end
    )


def _staged(rollout: Rollout | None) -> PublishedRollout | None:
    """A roll-out that begins with everybody is none."""
    if rollout is None or rollout.stages[0] == 100:
        return None
    return PublishedRollout(stages=rollout.stages, hours=rollout.hours)


def _priced(price: Price | None) -> PublishedPrice | None:
    if price is None:
        return None
    return PublishedPrice(amount=price.amount, currency=price.currency, billing=price.billing)


def _taken_back(yank: Yank | None) -> PublishedYank | None:
    return None if yank is None else PublishedYank(reason=yank.reason, replacement=yank.replacement)


def slowest(one: Rollout, other: Rollout | None) -> Rollout:
    """Return the roll-out that reaches all users later, or begins with fewer of them."""
    if other is None:
        return one
    return max(one, other, key=lambda r: (r.hours * (len(r.stages) - 1), -r.stages[0]))


def _of_release(
    record: VersionRecord, note: ReleaseNote, rollout: Rollout | None
) -> IndexedVersion:
    """A version as it was released; where the review wants it slower than the record, it is slower."""
    source = note.source
    wanted = record.rollout or rollout
    if source.rollout is not None:
        wanted = slowest(source.rollout, wanted)
    return listed_version(
        record,
        source.manifest,
        {
            name: PackageFile(
                sha256=one.package.sha256,
                length=one.package.length,
                url=one.package.url,
                evidence=evidence_of(one.sbom.sha256, note.review.sha256),
            )
            for name, one in note.packages.items()
        },
        rollout=wanted,
        published=note.published,
        profile=source.profile,
    )
