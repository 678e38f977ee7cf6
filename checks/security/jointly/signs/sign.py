"""What a sign is, and what several of them are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass

# An argument that is no plain text: a name, a call, or texts that are joined.
VARIABLE = r"(?![\"'`\s)\]}]|[rbuf]{1,2}[\"'])"
JOINED = rf"(?:[\"'][^\"'\n]*[\"']\s*,\s*)*(?:{VARIABLE}|[\"'][^\"'\n]*[\"']\s*\+|`[^`\n]*\$\{{|[rb]?f[\"'][^\"'\n]*\{{)"

SEPARATOR = r"[\"'`\s,\[\](]+"


@dataclass(frozen=True, slots=True)
class Sign:
    """An everyday thing that code does.

    One of `words` stands on each line on which `pattern` matches; to look for them costs far less. Where `unless` matches the line, the
    place does not count; `also`, where there is one, must stand in the same file, `without` must not.
    """

    says: str
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    also: re.Pattern[str] | None = None
    without: re.Pattern[str] | None = None
    beyond: int = 200  # how many characters below its line a match may reach
    in_data: bool = False  # looked for in the package's files of data instead of its code


def sign(
    says: str,
    words: str,
    *patterns: str,
    unless: str = "",
    also: str = "",
    without: str = "",
    beyond: int = 200,
    in_data: bool = False,
) -> Sign:
    return Sign(
        says,
        tuple(words.split()),
        # What must not follow is not to be met by giving back the space before it: `f( "text" )`.
        re.compile("|".join(patterns).replace(r"\s*(?!", r"\s*+(?!"), re.MULTILINE),
        re.compile(unless) if unless else None,
        re.compile(also) if also else None,
        re.compile(without) if without else None,
        beyond,
        in_data,
    )
