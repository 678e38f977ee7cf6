"""How things are called: developers, extensions, repositories, commits, permissions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import StringConstraints

from devforge.model.base import Parsed

# Names Windows keeps for devices: a directory of that name cannot exist there.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}
_SEGMENT = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_DEVELOPER = re.compile(rf"{_SEGMENT}", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII)
_OWNER_NAME = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9])*/[A-Za-z0-9._-]+", re.ASCII)

CommitSha = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
NumericId = Annotated[int, "GitHub's numeric id of a user or repository; always positive"]


def is_developer_name(text: str) -> bool:
    """Lower-case letters, digits and single hyphens, at most 39 characters, no device name."""
    return bool(_DEVELOPER.fullmatch(text)) and len(text) <= 39 and text not in _DEVICES


def is_extension_name(text: str) -> bool:
    """As a developer's name but starting with a letter, at most 64 characters."""
    return bool(_NAME.fullmatch(text)) and len(text) <= 64 and text not in _DEVICES


@dataclass(frozen=True, slots=True, order=True)
class ExtensionId(Parsed):
    """`developer.name`, unique in the registry for ever."""

    PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*\.[a-z][a-z0-9]*(-[a-z0-9]+)*$"
    EXAMPLE = "acme.todo-tree"

    developer: str
    name: str

    @classmethod
    def parse(cls, text: str) -> ExtensionId:
        developer, dot, name = text.partition(".")
        if not (dot and is_developer_name(developer) and is_extension_name(name)):
            raise ValueError(
                "must be developer.name in lower-case letters, digits and single hyphens, "
                "for example acme.todo-tree"
            )
        return cls(developer, name)

    @property
    def path(self) -> str:
        """The extension's directory below `registry/extensions/`."""
        return f"{self.developer}/{self.name}"

    def __str__(self) -> str:
        return f"{self.developer}.{self.name}"


@dataclass(frozen=True, slots=True, order=True)
class RepositoryUrl(Parsed):
    """`https://github.com/owner/name`, and nothing else that a URL could be.

    The host is fixed: adapters put the server they were started with in its place, so the same
    record works on GitHub and on a local one.

    Source: attack A2 of the threat model; a URL that reaches a git command is parsed here first.
    """

    PATTERN = r"^https://github\.com/[A-Za-z0-9-]+/[A-Za-z0-9._-]+$"
    EXAMPLE = "https://github.com/acme/todo-tree"

    owner: str
    name: str

    @classmethod
    def parse(cls, text: str) -> RepositoryUrl:
        path = text.removeprefix("https://github.com/").removesuffix(".git")
        plain = path != text and _OWNER_NAME.fullmatch(path) and len(path) <= 140
        if not plain or path.endswith(("/.", "/..")):
            raise ValueError("must be https://github.com/owner/name")
        owner, _, name = path.partition("/")
        return cls(owner, name)

    @property
    def full_name(self) -> str:
        """`owner/name`, as GitHub's API spells it."""
        return f"{self.owner}/{self.name}"

    def __str__(self) -> str:
        return f"https://github.com/{self.full_name}"


_PERMISSIONS = {
    "network": re.compile(r"\*|(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?", re.ASCII),
    "filesystem": re.compile(r"read|write"),
    "process": None,
    "secrets": None,
    "clipboard": None,
    "telemetry": None,
    "native": None,
}


@dataclass(frozen=True, slots=True, order=True)
class Permission(Parsed):
    """A power the extension asks for: `network:host`, `filesystem:read|write`, `process` …"""

    PATTERN = (
        r"^(network:(\*|(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?)|filesystem:(read|write)"
        r"|process|secrets|clipboard|telemetry|native)$"
    )
    EXAMPLE = "network:api.example.com"

    kind: str
    scope: str = ""

    @classmethod
    def parse(cls, text: str) -> Permission:
        kind, colon, scope = text.partition(":")
        if kind not in _PERMISSIONS:
            raise ValueError(f"must start with one of {', '.join(_PERMISSIONS)}")
        grammar = _PERMISSIONS[kind]
        if grammar is None and colon:
            raise ValueError(f"{kind} takes nothing after it")
        if grammar is not None and not grammar.fullmatch(scope):
            wanted = "read or write" if kind == "filesystem" else "a lower-case host name"
            raise ValueError(f"{kind}: must be followed by {wanted}")
        return cls(kind, scope)

    def __str__(self) -> str:
        return f"{self.kind}:{self.scope}" if self.scope else self.kind
