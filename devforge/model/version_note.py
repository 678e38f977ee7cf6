"""What a job remembers of one version on the `state` branch: where it lies, and how it is read back."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import ValidationError

from devforge.errors import Refused
from devforge.model.base import Strict
from devforge.model.names import ExtensionId
from devforge.model.versions import Version


class VersionNote(Strict):
    """`<folder>/<developer>/<name>/<version>.json`, written by one job alone."""

    FOLDER: ClassVar[str]

    schema_version: Literal[1] = 1
    id: ExtensionId
    version: Version

    @classmethod
    def path_of(cls, id: ExtensionId, version: Version) -> str:
        """Where it lies on the `state` branch."""
        return f"{cls.FOLDER}/{id.path}/{version}.json"

    @property
    def path(self) -> str:
        """Where this lies on the `state` branch."""
        return self.path_of(self.id, self.version)

    @classmethod
    def read(cls, content: bytes | None, id: ExtensionId, version: Version) -> Self:
        """Return what is remembered; nothing yet where there is no file.

        Raises:
            Refused: the file is not one of ours, so nobody can tell what was done.
        """
        return cls(id=id, version=version) if content is None else cls.parsed(content, id, version)

    @classmethod
    def parsed(cls, content: bytes, id: ExtensionId, version: Version) -> Self:
        """Return what the file of a version says.

        Raises:
            Refused: it is not one of ours, or is another version's.
        """
        path = cls.path_of(id, version)
        try:
            found = cls.model_validate_json(content)
        except ValidationError as error:
            said = error.errors()[0]["msg"]
            raise Refused(
                f"state: {path} is not one of ours ({said}); look who wrote it"
            ) from error
        if (found.id, found.version) != (id, version):
            raise Refused(f"state: {path} is about {found.id} {found.version}; look who wrote it")
        return found
