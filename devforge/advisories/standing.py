"""How things stand: versions that are out, what is known against them, and the issues about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from devforge.advisories.find import Part
from devforge.model.components import Vulnerability
from devforge.model.names import ExtensionId
from devforge.model.recall import Recall
from devforge.model.versions import Version


@dataclass(frozen=True, slots=True)
class Own:
    """One of the registry's advisories about an extension of ours. It yanks whatever its severity."""

    id: str
    summary: str


@dataclass(frozen=True, slots=True)
class Out:
    """A version that is out, and all that is known against it."""

    id: ExtensionId
    version: Version
    parts: tuple[Part, ...] = ()
    own: tuple[Own, ...] = ()
    found: tuple[Vulnerability, ...] = ()
    by_record: bool = False  # its own record already takes it back
    recall: Recall | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """An issue as it is."""

    number: int
    title: str
    body: str
    state: Literal["open", "closed"]
