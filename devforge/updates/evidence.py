"""What a release's bill of materials and review say, held against the signed package. Pure.

They lie beside the package. Of the newest version the signed index has one hash of both, of older ones an
attestation tells; what neither vouches for is not read here. What they say of files is compared with what was installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, ValidationError

from devforge.model.base import Foreign
from devforge.updates.installed import Installed, StoredFile

_DECISIONS = {
    "merge": "let in: nothing stood against it",
    "person": "let in by a maintainer, who was asked",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found out, in a sentence; `is_good` only if something was proven."""

    is_good: bool
    says: str
    commit: str | None = None  # which it speaks of


class _Hash(Foreign):
    alg: str
    content: str


class _Property(Foreign):
    name: str
    value: str = ""


class _Component(Foreign):
    type: str
    name: str
    hashes: tuple[_Hash, ...] = ()
    properties: tuple[_Property, ...] = ()

    @property
    def sha256(self) -> str | None:
        return next((each.content for each in self.hashes if each.alg == "SHA-256"), None)


class _Metadata(Foreign):
    component: _Component


class _Bill(Foreign):
    metadata: _Metadata
    components: tuple[_Component, ...] = ()


class _Review(Foreign):
    extension: str
    version: str
    decision: str
    reasons: tuple[dict[str, object] | str, ...] = ()
    commit: Annotated[str, Field(pattern="^[0-9a-f]{40}$")] | None = None
    tree_sha256: str | None = None


def judge_bill(content: bytes, entry: Installed, files: Mapping[str, StoredFile]) -> Answer:
    """Return whether a bill of materials is of this very package and names exactly its files."""
    try:
        bill = _Bill.model_validate_json(content)
    except ValidationError:
        return Answer(False, "bill of materials: cannot be read")
    root = bill.metadata.component
    if root.sha256 != entry.package_sha256:
        return Answer(False, "bill of materials: is of another package than the installed one")
    named = {part.name: part.sha256 for part in bill.components if part.type == "file"}
    have = {path: file.sha256 for path, file in files.items()}
    if named != have:
        odd = sorted(path for path in named.keys() | have.keys() if named.get(path) != have.get(path))  # fmt: skip
        more = f" and {len(odd) - 3} more" if len(odd) > 3 else ""
        return Answer(False, f"bill of materials: differs from the package in {', '.join(odd[:3])}{more}")  # fmt: skip
    parts = [part.name for part in bill.components if part.type == "library"]
    commit = next((p.value for p in root.properties if p.name == "devforge:commit"), None)
    count = f"{len(parts)} dependenc{'y' if len(parts) == 1 else 'ies'}"
    plural = "" if len(named) == 1 else "s"
    return Answer(True, f"bill of materials: exactly the {len(named)} file{plural} of the package, and {count}", commit)  # fmt: skip


def judge_review(content: bytes, entry: Installed, commit: str | None) -> Answer:
    """Return what a review decided, if it is of this version, of the commit the bill of materials names."""
    try:
        review = _Review.model_validate_json(content)
    except ValidationError:
        return Answer(False, "review: cannot be read")
    if (review.extension, review.version) != (str(entry.id), str(entry.version)):
        return Answer(False, "review: is of another version than the installed one")
    if review.commit is None or commit not in (None, review.commit):
        return Answer(False, "review: is of another commit than the one that was packed")
    decided = _DECISIONS.get(review.decision)
    if decided is None:
        return Answer(False, f"review: ended with {review.decision[:40]!r}, which lets nothing in")
    of = ", exactly these files" if review.tree_sha256 == entry.tree_sha256 else ""
    return Answer(True, f"review: {decided} (commit {review.commit[:12]}{of})", review.commit)
