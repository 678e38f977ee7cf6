"""What the offline keys have signed: read from a directory and believed only as far as it verifies.

The directory is laid out as the index itself, so publishing copies it as it is:

    metadata/<n>.root.json                   every root, from 1 on
    metadata/<n>.{targets,extensions,packages}.json
    targets/<sha256>.config.json
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from securesystemslib.signer import Key, Signer
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Targets
from tuf.api.serialization import DeserializationError

from devforge.errors import BadInput
from devforge.model.fields import Misfits, from_json
from devforge.model.index import Config

ROLES = ("targets", "extensions", "packages")
_MOST_ROOTS = 10_000
S = TypeVar("S", Root, Targets)


@dataclass(frozen=True, slots=True)
class Trust:
    """The offline half of a repository.

    Attributes:
        files: path in the index → its bytes; none of them ever changes.
        roots: every root there has been, the first one first.
        versions: `targets`, `extensions`, `packages` → the version that counts.
        expires: `root` and the roles above → when somebody must have signed them anew.
    """

    files: Mapping[str, bytes]
    roots: tuple[Root, ...]
    versions: Mapping[str, int]
    expires: Mapping[str, datetime]
    config: Config

    @property
    def root(self) -> Root:
        """The root that counts."""
        return self.roots[-1]

    @property
    def online_keys(self) -> dict[str, Key]:
        """The keys that may sign timestamps now, by id."""
        return _keys(self.root)

    @property
    def online_keys_ever(self) -> dict[str, Key]:
        """The same, with those of earlier roots."""
        return {id: key for root in self.roots for id, key in _keys(root).items()}

    def admit(self, signer: Signer) -> None:
        """Raise `BadInput` unless `signer` holds the online key."""
        if signer.public_key.keyid not in self.online_keys:
            raise BadInput(
                f"the online key {signer.public_key.keyid[:12]}… is not the one that root "
                f"{self.root.version} names; use that one, or change keys with devforge keys"
            )


def read_trust(directory: Path) -> Trust:
    """Return what lies in `directory`.

    Raises:
        BadInput: something is missing, or is not signed by as many keys as it must be.
    """
    return _Reader(directory).trust()


class _Reader:
    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._files: dict[str, bytes] = {}

    def trust(self) -> Trust:
        roots = self._roots()
        root = roots[-1]
        targets = self._role("targets", root.verify_delegate)
        delegated = targets.verify_delegate
        others = {name: self._role(name, delegated) for name in ROLES[1:]}
        signed = {"root": root, "targets": targets, **others}
        config = self._config(targets, others)
        return Trust(
            files=dict(self._files),
            roots=roots,
            versions={name: signed[name].version for name in ROLES},
            expires={name: one.expires for name, one in signed.items()},
            config=config,
        )

    def _roots(self) -> tuple[Root, ...]:
        found: list[Root] = []
        for version in range(1, _MOST_ROOTS):
            path = f"metadata/{version}.root.json"
            if not (self._directory / path).is_file():
                break
            metadata = self._metadata(path, Root)
            for by in {id(one): one for one in (*found[-1:], metadata.signed)}.values():
                self._verify(by.verify_delegate, "root", metadata, path)
            if metadata.signed.version != version:
                raise BadInput(f"{self._directory / path}: says version {metadata.signed.version}")
            found.append(metadata.signed)
        if not found:
            raise BadInput(
                f"{self._directory}: holds no metadata/1.root.json; make keys and sign with "
                "devforge keys, or name the directory that has it"
            )
        return tuple(found)

    def _role(self, name: str, verify: Callable[[str, bytes, dict], None]) -> Targets:  # type: ignore[type-arg]
        folder = self._directory / "metadata"
        numbers = [
            int(number)
            for path in folder.glob(f"*.{name}.json")
            if (number := path.name.partition(".")[0]).isdigit()
        ]
        if not numbers:
            raise BadInput(f"{folder}: holds no {name}.json; sign it with devforge keys")
        path = f"metadata/{max(numbers)}.{name}.json"
        metadata = self._metadata(path, Targets)
        self._verify(verify, name, metadata, path)
        if metadata.signed.version != max(numbers):
            raise BadInput(f"{self._directory / path}: says version {metadata.signed.version}")
        return metadata.signed

    def _config(self, targets: Targets, bins: Mapping[str, Targets]) -> Config:
        file = targets.targets.get("config.json")
        if file is None or "sha256" not in file.hashes:
            raise BadInput(f"{self._directory}: targets.json names no config.json")
        digest = file.hashes["sha256"]
        path = f"targets/{digest}.config.json"
        content = self._read(path)
        if hashlib.sha256(content).hexdigest() != digest:
            raise BadInput(f"{self._directory / path}: is not what its name promises")
        try:
            config = from_json(Config, content)
        except Misfits as error:
            raise BadInput(f"{self._directory / path}: {error}") from error
        for name, bits in (
            ("extensions", config.extension_bits),
            ("packages", config.package_bits),
        ):
            delegations = bins[name].delegations
            roles = delegations.succinct_roles if delegations else None
            if roles is None or (roles.bit_length, roles.name_prefix) != (bits, name[0]):
                raise BadInput(f"{self._directory}: {name}.json and config.json disagree on bins")
        return config

    def _metadata(self, path: str, kind: type[S]) -> Metadata[S]:
        try:
            metadata: Metadata[S] = Metadata.from_bytes(self._read(path))
        except DeserializationError as error:
            raise BadInput(f"{self._directory / path}: is no TUF metadata") from error
        if not isinstance(metadata.signed, kind):
            raise BadInput(f"{self._directory / path}: is metadata of another kind")
        return metadata

    def _verify(
        self, verify: Callable[..., None], name: str, metadata: Metadata[S], path: str
    ) -> None:
        try:
            verify(name, metadata.signed_bytes, metadata.signatures)
        except (RepositoryError, ValueError) as error:
            raise BadInput(
                f"{self._directory / path}: {error}; collect the missing signatures with "
                "devforge keys"
            ) from error

    def _read(self, path: str) -> bytes:
        try:
            content = (self._directory / path).read_bytes()
        except OSError as error:
            raise BadInput(f"{self._directory / path}: {error.strerror or error}") from error
        self._files[path] = content
        return content


def _keys(root: Root) -> dict[str, Key]:
    return {id: root.keys[id] for id in root.roles["timestamp"].keyids if id in root.keys}
