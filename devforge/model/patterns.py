"""A stranger's patterns of files, as `.gitignore` writes them, read so that none takes minutes. Pure."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

if TYPE_CHECKING:  # an installed client reads no patterns and has no such library
    from pathspec import GitIgnoreSpec

PATTERNS = 200
# A pattern becomes a regular expression that tries every split of a name: three stars would do for
# 250 letters what takes a third of a second, for each file.
_STARS = 2
_LONGEST = 250  # letters of a pattern: making an expression of thousands takes seconds


def problem_of(pattern: str) -> str | None:
    """Return what is wrong with a pattern, in words that follow it; None if it can be matched."""
    if len(pattern) > _LONGEST:
        return f"has {len(pattern)} letters, {_LONGEST} allowed; name a directory instead"
    segments = re.sub(r"\*{2,}", "**", pattern).split("/")
    if segments.count("**") > _STARS or any(s.count("*") > _STARS for s in segments):
        return f"has more than {_STARS} `*` in one part or more than two `**`; write a plainer one"
    return None


@lru_cache(maxsize=64)
def spec_of(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    """Return what tells whether a path matches. Raises ValueError for what is no pattern.

    One review asks for the same some thirty times.
    """
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - see above

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # a set within a set is theirs to mean
        try:
            return GitIgnoreSpec.from_lines(patterns)
        except re.error as error:
            raise ValueError(str(error)) from error


def _inside(pattern: str) -> str:
    """Only what names files inside the extension, each pattern by itself."""
    parts = pattern.removesuffix("/").split("/")
    odd = re.search(r"[\\:\x00-\x1f\x7f]", pattern) or any(p in ("", ".", "..") for p in parts)
    if odd or pattern.startswith(("!", "#")) or pattern != pattern.strip():
        raise ValueError(
            "must be a pattern of files inside the extension, such as bin/linux-x64/: no / in front, "
            "no .., no !"
        )
    if problem := problem_of(pattern):
        raise ValueError(problem)
    spec_of((pattern,))
    return pattern


# One pattern in a record: relative, and never taking back what another says.
FilePattern = Annotated[
    str,
    Field(
        min_length=1,
        max_length=_LONGEST,
        json_schema_extra={"pattern": r"^(?![!#/])(?!.*(^|/)\.{1,2}(/|$))[^\\:\x00-\x1f\x7f]+$"},
    ),
    AfterValidator(_inside),
]
