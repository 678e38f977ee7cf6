"""Reads what is pending of the trust: what each file says, and whose signatures it still needs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tuf.api.metadata import Key, Metadata
from tuf.api.serialization import DeserializationError

from devforge.errors import BadInput
from devforge.model.fields import Misfits, from_json
from devforge.model.index import Config
from devforge.model.trust import config_file, metadata_file, role_of
from devforge.publish.trust import ROLES
from devforge.trust.offline import Held, Signed, name_of


@dataclass(frozen=True, slots=True)
class Needed:
    """Who of those that one delegator names has signed a file, and who has not."""

    whose: str  # "the keys so far", "the keys from now on", or "the offline keys"
    threshold: int
    by: tuple[Key, ...]
    left: tuple[Key, ...]

    @property
    def is_met(self) -> bool:
        return len(self.by) >= self.threshold

    @property
    def missing(self) -> int:
        """How many signatures it still needs."""
        return max(0, self.threshold - len(self.by))

    def __str__(self) -> str:
        names = ", ".join(sorted(map(name_of, self.by))) or "nobody yet"
        text = f"signed by {names}"
        waiting = ", ".join(sorted(map(name_of, self.left)))
        return text if self.is_met else f"{text}; {self.missing} more of {waiting}"


@dataclass(frozen=True, slots=True)
class Pending:
    """What waits for signatures: every file, and what each of metadata still needs."""

    files: Mapping[str, bytes]
    metadata: Mapping[str, Signed]
    needs: Mapping[str, tuple[Needed, ...]]

    @property
    def is_complete(self) -> bool:
        """Whether enough keys have signed everything."""
        return all(need.is_met for needs in self.needs.values() for need in needs)

    def role(self, name: str) -> Signed | None:
        """Return the pending metadata of a role."""
        return next((m for path, m in self.metadata.items() if role_of(path) == name), None)


def pending_of(held: Held | None, files: Mapping[str, bytes]) -> Pending:
    """Return what `files`, by name below `pending/`, still need. Raises BadInput naming a file."""
    metadata = {path: _parse(path, files[path]) for path in sorted(files) if _is_metadata(path)}
    by_role = {role_of(path): (path, signed) for path, signed in metadata.items()}
    if len(by_role) < len(metadata):
        raise BadInput("two versions of one role are pending: delete registry/trust/pending")
    return Pending(files, metadata, dict(_needs(held, by_role)))


def config_of(content: bytes) -> Config:
    """Return what is configured. Raises BadInput."""
    try:
        return from_json(Config, content)
    except Misfits as error:
        raise BadInput(f"the pending config.json: {error}") from error


def _needs(
    held: Held | None, by_role: Mapping[str | None, tuple[str, Signed]]
) -> Iterator[tuple[str, tuple[Needed, ...]]]:
    root = held.root if held else None
    if "root" in by_role:
        path, new = by_role["root"]
        _refuse_gap(path, new, held)
        before = (_needed("root", new, root, "the keys so far"),) if root else ()
        yield path, (*before, _needed("root", new, new, "the keys from now on"))
        root = new
    there = {name: signed for name, (_, signed) in by_role.items()}
    above = there.get("targets") or (held.roles["targets"] if held else None)
    for name in ROLES:
        if name not in by_role:
            continue
        path, signed = by_role[name]
        delegator = root if name == "targets" else above
        if delegator is None:
            raise BadInput(f"registry/trust/pending/{path} hangs in the air: begin with keys init")
        yield path, (_needed(name, signed, delegator, "the offline keys"),)


def _needed(name: str, signed: Signed, delegator: Signed, whose: str) -> Needed:
    try:
        found = delegator.signed.get_verification_result(
            name, signed.signed_bytes, signed.signatures
        )
    except ValueError as error:
        raise BadInput(f"pending: nothing delegates {name}") from error
    return Needed(
        whose, found.threshold, tuple(found.signed.values()), tuple(found.unsigned.values())
    )


def _refuse_gap(path: str, new: Signed, held: Held | None) -> None:
    wanted = held.root.signed.version + 1 if held else 1
    if new.signed.version != wanted:
        raise BadInput(
            f"registry/trust/pending/{path}: the next root is {wanted}: delete pending, begin again"
        )


def _is_metadata(path: str) -> bool:
    return role_of(path) in ("root", *ROLES)


def _parse(path: str, content: bytes) -> Signed:
    where = f"registry/trust/pending/{path}"
    try:
        metadata: Signed = Metadata.from_bytes(content)
    except DeserializationError as error:
        said = f"{error.__cause__ or error}"[:200]
        raise BadInput(
            f"{where} is no metadata: {said}; get the file again from where it was signed last, or give "
            "the change up by deleting registry/trust/pending"
        ) from error
    role = role_of(path) or ""
    if metadata.signed.type != ("root" if role == "root" else "targets"):
        raise BadInput(f"{where} is metadata of {metadata.signed.type}")
    if path != metadata_file(role, metadata.signed.version):
        raise BadInput(f"{where} says it is version {metadata.signed.version}")
    return metadata


def pending_config(files: Mapping[str, bytes]) -> Config | None:
    """Return the configuration that is pending, if one is. Raises BadInput."""
    for path, content in files.items():
        if path.endswith(".config.json"):
            if path != config_file(content):
                raise BadInput(f"registry/trust/pending/{path} is not what its name promises")
            return config_of(content)
    return None
