"""What a file may be called so that every machine can hold it. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

# Whatever follows a dot, and however many blanks stand before it.
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\..*)?",
    re.IGNORECASE | re.DOTALL,
)


def is_device(name: str) -> bool:
    """Whether `name`, one part of a path, means a device on Windows: nothing can be stored under it.

    Source: Microsoft, "Naming Files, Paths, and Namespaces".
    """
    return bool(_DEVICE.fullmatch(name))


def folded(path: str) -> str:
    """The form in which two paths collide on a case-folding or Unicode-normalising disk."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def colliding(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield two names, files or directories (these end in a slash), that are one on some disks; each once."""
    seen: dict[str, str] = {}
    told: set[str] = set()
    for path in paths:
        parts = path.rstrip("/").split("/")
        above = ["/".join(parts[:n]) + "/" for n in range(1, len(parts))]
        for name in (*above, path):
            other = seen.setdefault(folded(name.rstrip("/")), name)
            if other != name and name not in told:
                told.add(name)
                yield other, name
