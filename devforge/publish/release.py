"""Brings one version's release about, from whatever point an earlier run was stopped at.

draft → package, bill of materials, review report → published → noted by the caller. At each point
what is there is looked at before anything is added, so a lost answer, a half-finished upload or a
second run end in the same one release. Nothing that was published is ever changed or removed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from devforge.adapters.releases import NEWEST, Asset, Release, Releases
from devforge.errors import Refused, Unavailable
from devforge.model.addresses import release_tag
from devforge.model.release import Files, IndexedFile, ReleaseNote
from devforge.publish.build import Built

_ATTEMPTS = 3


@dataclass(slots=True)
class Publisher:
    """Releases versions in one repository. `commit` is the registry's, which tags point at."""

    releases: Releases
    commit: str
    pause: Callable[[float], object]
    server_url: str = "https://github.com"
    _drafts: dict[str, Release] | None = None
    _published: dict[str, Release] | None = None
    _all_seen: bool = False  # the list of releases was whole
    _in_doubt: bool = False  # an answer was lost: lists lag, so each release is asked for by name

    def release(self, built: Built) -> ReleaseNote:
        """Make the release of `built` exist and return what to note of it. Safe to repeat.

        Raises:
            Refused: a release of this version is out with other bytes.
            Unavailable: GitHub did not answer, several times in a row.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._release(built)
            except Unavailable:
                if attempt == _ATTEMPTS:
                    raise
                self._in_doubt = True
                self._drafts = self._published = None  # look again: it may have happened
                self.pause(2.0**attempt)
        raise AssertionError("unreachable")  # pragma: no cover

    def _release(self, built: Built) -> ReleaseNote:
        tag = release_tag(built.id, built.version)
        release = self._find(tag)
        if release is None or release.draft:
            release = self._complete(release or self._create(tag, built), built)
        return _note(tag, release, built)

    def _find(self, tag: str) -> Release | None:
        """Return the published release of `tag`, or else a draft of it, or else None."""
        if self._drafts is None or self._published is None:
            newest = self.releases.newest()
            self._all_seen = len(newest) < NEWEST
            self._drafts = {r.tag_name: r for r in reversed(newest) if r.draft}
            self._published = {r.tag_name: r for r in newest if not r.draft}
        published = self._published.get(tag)
        if published is None and (self._in_doubt or not self._all_seen):
            published = self.releases.tagged(tag)
        return published or self._drafts.get(tag)

    def _create(self, tag: str, built: Built) -> Release:
        return self.releases.draft(
            tag,
            title=f"{built.source.manifest.display_name} {built.version}",
            body=render_notes(built, self.server_url),
            commit=self.commit,
            prerelease=built.version.is_prerelease,
        )

    def _complete(self, draft: Release, built: Built) -> Release:
        """Give the draft what it lacks, then publish it."""
        present = {asset.name: asset for asset in draft.assets}
        for name, (content, kind) in built.files.items():
            asset = present.get(name)
            if asset is not None and not _holds(asset, content):
                self.releases.discard_upload(asset)
                asset = None
            if asset is None:
                self.releases.upload(draft, name, content, kind)
        return self.releases.publish(draft.id)


def render_notes(built: Built, server_url: str) -> str:
    """Return the text people see on the release's page; the author's words stay out of it."""
    tree = built.source.tree_sha256
    packages = "".join(
        f"| package{f' for {platform}' if platform else ''} | `{file.sha256}` |\n"
        for platform, file in built.pointers.items()
    )
    return (
        f"`{built.id}` {built.version}, built from "
        f"{server_url}/{built.repository}/tree/{built.source.commit}\n\n"
        f"| | sha256 |\n|---|---|\n{packages}| reviewed source | `{tree}` |\n\n"
        f"Install it with `devforge install {built.id} --version {built.version}`.\n"
    )


def _holds(asset: Asset, content: bytes) -> bool:
    """Whether the asset is complete and, as far as the server tells, exactly `content`."""
    if asset.state != "uploaded" or asset.size != len(content):
        return False
    return asset.digest in (None, f"sha256:{hashlib.sha256(content).hexdigest()}")


def _note(tag: str, release: Release, built: Built) -> ReleaseNote:
    """Return the note of a published release that holds exactly what was built."""
    present = {asset.name: asset for asset in release.assets}
    for name, (content, _) in built.files.items():
        if name not in present or not _holds(present[name], content):
            raise Refused(
                f"release {tag}: {name} is missing or is not what was built now; a published "
                "release is never changed. Compare the two, then note or delete the release by hand"
            )
    *files, review = (
        IndexedFile(
            name=name,
            url=present[name].browser_download_url,
            sha256=hashlib.sha256(content).hexdigest(),
            length=len(content),
        )
        for name, (content, _) in built.files.items()
    )
    pairs = zip(built.packages, files[::2], files[1::2], strict=True)
    packages = {platform: Files(package=one, sbom=bom) for platform, one, bom in pairs}
    common = packages.pop(None, None)
    return ReleaseNote(
        id=built.id,
        version=built.version,
        tag=tag,
        published=release.published_at or "",
        source=built.source,
        package=common.package if common else None,
        sbom=common.sbom if common else None,
        platforms={platform: one for platform, one in packages.items() if platform},
        review=review,
    )
