"""What a licence's text is called, and which is taken along with an extension that has none of its own. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAME = re.compile(
    r"(?:(?:un)?licen[sc]es?|copying|copyright|(?:mit|apache|bsd|isc|l?gpl|mpl)[-_. ]licen[sc]e)(?:[-_. ][\w.-]+)?|licenses/[^/]+(?:\.txt|-[\w.-]+)|licenses/(?:MIT|ISC|Zlib|Unlicense)",
    re.IGNORECASE,
)
_NOT_TEXT = (".py", ".js", ".ts", ".json", ".html", ".header")


def is_licence_file(path: str) -> bool:
    """Whether what stands at `path`, from the extension's root, is by its name the text of a licence."""
    return bool(_NAME.fullmatch(path)) and not path.lower().endswith(_NOT_TEXT)


def lent(below: Iterable[str], above: Iterable[str]) -> list[str]:
    """Return the names at a repository's root, `above`, of licences that an extension in a directory gets.

    One repository of many packages has its licence once. Each package must travel with the text, so it is
    taken along wherever the directory has none.
    """
    if any(map(is_licence_file, below)):
        return []
    return sorted(name for name in above if "/" not in name and is_licence_file(name))
