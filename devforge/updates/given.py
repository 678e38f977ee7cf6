"""What a host hands over, parsed where it comes in: text, or what an earlier answer held."""

from __future__ import annotations

from devforge.errors import BadInput
from devforge.model.names import ExtensionId
from devforge.model.versions import Version

Id = ExtensionId | str
Number = Version | str


def as_id(given: Id) -> ExtensionId:
    """Return the extension that is meant. Raises BadInput where it is no `developer.name`."""
    try:
        return given if isinstance(given, ExtensionId) else ExtensionId.parse(given)
    except ValueError as error:
        raise BadInput(f"{given!r} is not an extension: {error}") from error


def as_version(given: Number) -> Version:
    """Return the version that is meant. Raises BadInput where it is none."""
    try:
        return given if isinstance(given, Version) else Version.parse(given)
    except ValueError as error:
        raise BadInput(f"{given!r} is not a version: {error}") from error
