"""Fetches what a release says of itself and asks GitHub's own program who made it. Decides nothing else."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from devforge.adapters.files import folder_aside
from devforge.errors import BadInput, DevForgeError
from devforge.model.addresses import report_name, sbom_name
from devforge.model.index import evidence_of
from devforge.model.names import ExtensionId
from devforge.model.plaintext import shorten
from devforge.updates.evidence import Answer, judge_bill, judge_review

if TYPE_CHECKING:
    from devforge.model.index import IndexedVersion, PackageFile
    from devforge.updates.api import Updates
    from devforge.updates.installed import Installed, StoredFile

_RELEASE = re.compile(r"https://github\.com/([A-Za-z0-9-]+/[A-Za-z0-9._-]+)/releases/download/")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,199}\.zip")
_EVIDENCE_BYTES = 4 * 1024 * 1024
SECONDS = 120


@dataclass(frozen=True, slots=True)
class Findings:
    """Who built it, what is in it, and who let it in."""

    built: Answer
    materials: Answer
    review: Answer

    @property
    def all(self) -> tuple[Answer, ...]:
        return (self.built, self.materials, self.review)

    def as_json(self) -> dict[str, object]:
        """Return it for a program."""
        named = {"provenance": self.built, "materials": self.materials, "review": self.review}
        found: dict[str, object] = {
            name: {"proven": each.is_good, "says": each.says} for name, each in named.items()
        }
        return found | {"commit": self.review.commit}


class Provenance:
    """Looks at the release an installed version came from."""

    def __init__(self, updates: Updates, *, program: str | None = None) -> None:
        self._updates = updates
        self._program = program or shutil.which("gh")

    def of(self, extension: ExtensionId) -> Findings:
        """Return what can be told of an installed version; what cannot is said, with why."""
        try:
            release = _Release(self._updates, extension)
        except DevForgeError as error:
            return Findings(
                Answer(False, f"not known who built it: {error}"),
                Answer(False, "bill of materials: not looked at"),
                Answer(False, "review: not looked at"),
            )
        built = self._said("not known who built it", lambda: self._built(release))
        try:
            bill, report = self._evidence(release)
        except DevForgeError as error:
            return Findings(
                built,
                Answer(False, f"bill of materials: {error}"),
                Answer(False, "review: not looked at"),
            )
        materials = judge_bill(bill, release.entry, release.files)
        review = judge_review(report, release.entry, materials.commit)
        return Findings(built, materials, review)

    def _said(self, what: str, ask: Callable[[], Answer]) -> Answer:
        try:
            return ask()
        except DevForgeError as error:
            return Answer(False, f"{what}: {error}")

    def _built(self, release: _Release) -> Answer:
        if self._program is None:
            return Answer(
                False,
                "not known who built it: build attestations are verified by the program `gh` "
                "(https://cli.github.com), which is not here",
            )
        repository = release.repository
        if repository is None:
            raise BadInput("its package is not a release on GitHub, which keeps the attestations")
        said = self._verified(release.package(), release.name, repository)
        if said is None:
            return Answer(True, f"built by the workflow of {repository}, as its attestation says")
        return Answer(False, f"not proven who built it: {said}")

    def _evidence(self, release: _Release) -> tuple[bytes, bytes]:
        """Return the bill of materials and the review, once the index or an attestation vouches for them."""
        names = sbom_name(release.name), report_name(release.name)
        bill, report = (release.beside(name) for name in names)
        if release.vouches_for(bill, report):
            return bill, report
        if self._program is None or release.repository is None:
            raise BadInput(
                f"the index vouches for the newest version's alone, and no attestation for {release.entry.label}'s"
            )
        for name, content in zip(names, (bill, report), strict=True):
            if said := self._verified(content, name, release.repository):
                raise BadInput(f"{name} is not proven to be the registry's: {said}")
        return bill, report

    def _verified(self, content: bytes, name: str, repository: str) -> str | None:
        """Return None if the program says that the workflow of `repository` made `content`; else why not."""
        folder = folder_aside(self._updates.home.root)
        try:
            file = folder / name
            file.write_bytes(content)
            return _ran([str(self._program), "attestation", "verify", str(file), "--repo", repository])  # fmt: skip
        finally:
            shutil.rmtree(folder, ignore_errors=True)


class _Release:
    """The release of an installed version, by what the signed index says of it.

    Raises:
        BadInput: the registry does not have this very version any more.
    """

    def __init__(self, updates: Updates, extension: ExtensionId) -> None:
        self._updates = updates
        self.entry: Installed = updates.installed()[extension]
        document = updates.index.document(extension)
        versions = document.versions if document else ()
        found = next((v for v in versions if v.version == self.entry.version), None)
        if found is None:
            raise BadInput(f"this registry does not have {self.entry.label} any more")
        self._version: IndexedVersion = found
        package = found.package_for(self.entry.platform or "")
        if package is None or package.sha256 != self.entry.package_sha256:
            raise BadInput(f"this registry has another package of {self.entry.label}")
        self._package: PackageFile = package
        self._url = updates.index.package_url(extension, found, package)
        name = unquote(self._url.rpartition("/")[2])  # as whoever signs the index likes it
        self.name = name if _PLAIN.fullmatch(name) else f"{extension}-{found.version}.zip"
        on_github = _RELEASE.match(self._url)
        self.repository = on_github[1] if on_github else None

    def package(self) -> bytes:
        return self._updates.index.download(self.entry.id, self._version, self._package)

    @property
    def files(self) -> Mapping[str, StoredFile]:
        """What was recorded of its files when they were unpacked."""
        record = self._updates.home.record(self.entry.directory)
        if record is None:
            raise BadInput(
                f"the record of {self.entry.label} is gone; `devforge doctor --fix` fetches it again"
            )
        return record.files

    def vouches_for(self, bill: bytes, report: bytes) -> bool:
        """Whether the signed index has these very bytes; False where it says nothing of this version's.

        Raises:
            BadInput: it has others.
        """
        if self._package.evidence is None:
            return False
        found = evidence_of(*(hashlib.sha256(content).hexdigest() for content in (bill, report)))
        if found != self._package.evidence:
            raise BadInput("it or the review is not what the index vouches for; neither was read")
        return True

    def beside(self, name: str) -> bytes:
        """Return another file of the release; nothing of it is verified yet."""
        return self._updates.index.fetch(
            f"{self._url.rpartition('/')[0]}/{name}", limit_bytes=_EVIDENCE_BYTES
        )


def _ran(line: list[str]) -> str | None:
    try:
        done = subprocess.run(line, capture_output=True, timeout=SECONDS, check=False, text=True)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"gh did not answer ({error})"
    if done.returncode == 0:
        return None
    said = (done.stderr or done.stdout).strip().splitlines()
    return f"gh says {shorten(said[-1], 200) if said else done.returncode}"
