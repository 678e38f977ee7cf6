"""How things are called: developers, extensions, repositories, commits, permissions."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from devforge.model.filenames import is_device
from devforge.model.parsed import Parsed

Language = Literal["python", "javascript", "typescript"]  # an extension is written in
Category = Literal[
    "editors", "languages", "linters", "formatters", "debuggers", "testing", "version-control",
    "data", "ai", "productivity", "themes", "education", "other",
]  # fmt: skip

_SEGMENT = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_DEVELOPER = re.compile(rf"{_SEGMENT}", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII)
_OWNER_NAME = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9])*/[A-Za-z0-9._-]+", re.ASCII)
# Letters of other alphabets that are drawn like ours, beside those Unicode itself folds.
_TWINS = str.maketrans("аеорсухіјѕԁɡвкмнт", "aeopcyxijsdgbkmht")


def is_developer_name(text: str) -> bool:
    """Lower-case letters, digits and single hyphens, at most 39 characters, no device name."""
    return bool(_DEVELOPER.fullmatch(text)) and len(text) <= 39 and not is_device(text)


def is_extension_name(text: str) -> bool:
    """As a developer's name but starting with a letter, at most 64 characters."""
    return bool(_NAME.fullmatch(text)) and len(text) <= 64 and not is_device(text)


def developer_name(text: str) -> str:
    """Return `text` if a developer may be called so. Raises ValueError saying why not."""
    if is_developer_name(text):
        return text
    raise ValueError(f"must be {_RULE}, at most 39 characters{_because(text)}")


def plain_name(text: str) -> str:
    """Return the closest spelling in lower-case letters, digits and single hyphens; maybe empty."""
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_TWINS)
    return re.sub(r"[^a-z0-9]+", "-", folded.encode("ascii", "ignore").decode()).strip("-")


_RULE = "lower-case letters, digits and single hyphens"


def _because(text: str) -> str:
    """Name what cannot be seen: a letter of another alphabet, or a name that means a device."""
    if is_device(text):
        return f"; {text} is a device on Windows"
    odd = next((char for char in text if not char.isascii()), None)
    if odd is None:
        return ""
    return (
        f"; U+{ord(odd):04X} {unicodedata.name(odd, 'a character without a name')} is none of them"
    )


@dataclass(frozen=True, slots=True, order=True)
class ExtensionId(Parsed):
    """`developer.name`, unique in the registry for ever."""

    PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*\.[a-z][a-z0-9]*(-[a-z0-9]+)*$"
    EXAMPLE = "acme.todo-tree"

    developer: str
    name: str

    @classmethod
    def parse(cls, text: str) -> ExtensionId:
        return _extension_id(text)

    @classmethod
    def spellings(cls, text: str) -> tuple[str, ...]:
        developer, _, name = text.replace("/", ".", 1).partition(".")
        return (f"{plain_name(developer)}.{plain_name(name)}",)

    @property
    def path(self) -> str:
        """The extension's directory below `registry/extensions/`."""
        return f"{self.developer}/{self.name}"

    def __str__(self) -> str:
        return f"{self.developer}.{self.name}"


@lru_cache(maxsize=4096)  # each is in the records, the notes and the paths of all its versions
def _extension_id(text: str) -> ExtensionId:
    developer, dot, name = text.partition(".")
    if not (dot and is_developer_name(developer) and is_extension_name(name)):
        because = _because(developer) or _because(name)
        raise ValueError(f"must be developer.name in {_RULE}{because}")
    return ExtensionId(developer, name)


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

    @classmethod
    def spellings(cls, text: str) -> tuple[str, ...]:
        address = re.sub(
            r"^\s*(?:[a-z+]+://)?(?:[^/@\s]*@)?(?:www\.)?", "", text, flags=re.IGNORECASE
        )
        parts = re.split(r"[/:]+", address.strip())
        path = (
            parts[1:3] if parts[0].lower() == "github.com" else parts if "." not in parts[0] else []
        )
        return (f"https://github.com/{'/'.join(path)}",)

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
_PERMISSIONS_IN_WORDS = ", ".join(
    {"network": "network:<host>", "filesystem": "filesystem:read, filesystem:write"}.get(kind, kind)
    for kind in _PERMISSIONS
)


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
        return _permission(text)

    @classmethod
    def spellings(cls, text: str) -> tuple[str, ...]:
        import difflib  # noqa: PLC0415 - hardly ever needed

        kind, _, scope = text.strip().lower().partition(":")
        near = difflib.get_close_matches(kind, _PERMISSIONS, n=1, cutoff=0.5)
        host = re.sub(r"^\s*(?:[a-z+]+:)?/*", "", scope).partition("/")[0]
        scope = ("write" if "w" in scope else "read") if near == ["filesystem"] else host
        return tuple(spelling for name in near for spelling in (f"{name}:{scope}", name))

    def __str__(self) -> str:
        return f"{self.kind}:{self.scope}" if self.scope else self.kind


@lru_cache(maxsize=4096)  # most extensions ask for the same few
def _permission(text: str) -> Permission:
    kind, colon, scope = text.partition(":")
    if kind not in _PERMISSIONS:
        raise ValueError(f"must be one of {_PERMISSIONS_IN_WORDS}")
    grammar = _PERMISSIONS[kind]
    if grammar is None and colon:
        raise ValueError(f"must be {kind} with nothing behind it")
    if grammar is not None and (not grammar.fullmatch(scope) or len(scope) > 255):
        wanted = "read or write" if kind == "filesystem" else "a lower-case host name, or *"
        raise ValueError(f"must be {kind}: followed by {wanted}")
    return Permission(kind, scope)
