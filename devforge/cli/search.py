"""`devforge search`: find extensions by words."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import click

from devforge.cli.opening import open_updates, warn_of_age
from devforge.cli.options import Place, argument, command, placed

if TYPE_CHECKING:
    from devforge.model.index import SearchEntry

SHOWN = 25


@command
@argument("words", nargs=-1, required=False, help="All of them must occur; none lists all.")
@placed
def search(words: tuple[str, ...], place: Place, as_json: bool) -> None:
    """Find extensions whose name, description, keywords or categories hold every word."""
    from devforge.updates.similar import meant  # noqa: PLC0415

    terms = [word.casefold() for word in words or []]
    with open_updates(place) as updates:
        entries = updates.index.search()
        warn_of_age(updates)
    found = sorted(
        (e for e in entries if _score(e, terms)), key=lambda e: (-_score(e, terms), e.id)
    )
    if as_json:
        from devforge.model.plain import to_plain  # noqa: PLC0415 - see options.py

        click.echo(json.dumps(to_plain(found), indent=2))
        return
    columns = os.get_terminal_size().columns if sys.stdout.isatty() else 0
    for entry in found[:SHOWN]:
        line = f"{entry.id!s:<28} {entry.version!s:<10} {entry.description}"
        click.echo(f"{line[: columns - 1]}…" if 0 < columns < len(line) else line)
    if len(found) > SHOWN:
        click.echo(f"… and {len(found) - SHOWN} more; add a word to narrow it down", err=True)
    if not found:
        wanted = " ".join(words or [])
        near = meant(wanted, (entry.id.name for entry in entries))
        click.echo(
            f"nothing matches {wanted!r}{near}" if terms else "this registry is still empty",
            err=True,
        )


def _score(entry: SearchEntry, terms: list[str]) -> int:
    """How well `entry` answers: 0 where a word is missing; a hit in the name weighs most."""
    fields = (
        (8, f"{entry.id} {entry.display_name} {entry.id.name.replace('-', '')}"),
        (4, " ".join(entry.keywords)),
        (2, " ".join(entry.categories)),
        (1, entry.description),
    )
    scores = [sum(weight for weight, text in fields if term in text.casefold()) for term in terms]
    return (sum(scores) if all(scores) else 0) if terms else 1
