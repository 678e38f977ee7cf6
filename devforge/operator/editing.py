"""Changes one field of a record's text and leaves every other line as its author wrote it. Pure."""

from __future__ import annotations

import re

import yaml

from devforge.errors import BadInput
from devforge.model.reading import T, read_record

_TOP = re.compile(r"^(?P<key>[A-Za-z_]+):")


def with_field(text: str, key: str, value: object, kind: type[T], *, file: str) -> str:
    """Return `text` with the top-level `key` set to `value`, on one line; None takes it out.

    Raises:
        BadInput: the record is written in a way in which one line cannot be changed, or it would
            not be a record any more.
    """
    lines = text.splitlines()
    if not any(map(_TOP.match, lines)):
        raise BadInput(f"{file}: is written so that one line cannot be changed; change it by hand")
    start, end = _place(lines, key)
    written = [] if value is None else [f"{key}: {_flow(value)}"]
    made = "\n".join([*lines[:start], *written, *lines[end:]]) + "\n"
    read_record(made.encode(), kind, file=file)
    before, after = yaml.safe_load(text), yaml.safe_load(made)
    wanted = {name: said for name, said in before.items() if name != key}
    if value is not None:
        wanted[key] = value
    if after != wanted:
        raise BadInput(f"{file}: is written so that one line cannot be changed; change it by hand")
    return made


def _place(lines: list[str], key: str) -> tuple[int, int]:
    """Return the lines from `key` to the next top-level key; at the end where it is not there."""
    tops = [(n, match["key"]) for n, line in enumerate(lines) if (match := _TOP.match(line))]
    for at, (number, name) in enumerate(tops):
        if name == key:
            following = tops[at + 1][0] if at + 1 < len(tops) else len(lines)
            end = number + 1
            while end < following and lines[end][:1] in (" ", "\t", "-"):
                end += 1
            return number, end
    return len(lines), len(lines)


def _flow(value: object) -> str:
    text = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, width=10_000, sort_keys=False
    )
    return text.removesuffix("...\n").strip()
