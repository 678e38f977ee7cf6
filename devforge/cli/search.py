"""`devforge search`: find extensions by words."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from devforge.cli.options import IndexAt, Json, index_location
from devforge.model.index import SearchEntry

SHOWN = 25


def search(
    words: Annotated[
        list[str] | None, typer.Argument(help="All of them must occur; none lists all.")
    ] = None,
    index: IndexAt = None,
    as_json: Json = False,
) -> None:
    """Find extensions whose name, description, keywords or categories hold every word."""
    from devforge.updates.index import Index  # noqa: PLC0415
    from devforge.updates.source import open_source  # noqa: PLC0415

    terms = [word.casefold() for word in words or []]
    entries = Index(open_source(index_location(index))).search()
    found = sorted(
        (e for e in entries if _score(e, terms)), key=lambda e: (-_score(e, terms), e.id)
    )
    if as_json:
        typer.echo(json.dumps([entry.model_dump(mode="json") for entry in found], indent=2))
        return
    for entry in found[:SHOWN]:
        typer.echo(f"{entry.id!s:<36} {entry.version!s:<10} {entry.description}")
    if len(found) > SHOWN:
        typer.echo(f"… and {len(found) - SHOWN} more; add a word to narrow it down", err=True)
    if not found:
        wanted = " ".join(words or [])
        typer.echo(
            f"nothing matches {wanted!r}" if terms else "this registry is still empty", err=True
        )


def _score(entry: SearchEntry, terms: list[str]) -> int:
    """How well `entry` answers: 0 where a word is missing; a hit in the name weighs most."""
    fields = (
        (8, f"{entry.id} {entry.display_name}"),
        (4, " ".join(entry.keywords)),
        (2, " ".join(entry.categories)),
        (1, entry.description),
    )
    scores = [sum(weight for weight, text in fields if term in text.casefold()) for term in terms]
    return (sum(scores) if all(scores) else 0) if terms else 1
