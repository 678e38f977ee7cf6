"""`devforge why`: why an extension is here, at this version, and why not at a newer one."""

from __future__ import annotations

import json

import click

from devforge.cli.opening import open_updates, warn_of_age
from devforge.cli.options import Place, argument, command, hosted, parse_id
from devforge.errors import BadInput, Unavailable


@command
@argument("extension", help="developer.name, for example acme.todo-tree")
@hosted
def why(extension: str, place: Place, as_json: bool) -> None:
    """Say why an extension is here, who needs it, and what stands against each newer version."""
    from devforge.updates.words import Case, render_why, why_to_json  # noqa: PLC0415

    name = parse_id(extension)
    with open_updates(place) as updates:
        state, known = updates.home.state(), updates.home.known()
        document = known.documents.get(name)
        try:
            if place.index and not place.offline:
                document = updates.index.document(name)
                if document is None and name not in state.by_id:
                    raise BadInput(updates.absent(name))
        except Unavailable as error:
            click.echo(f"devforge: {error}; going by what was known", err=True)
        warn_of_age(updates)
        case = Case(
            name,
            installed=state.by_id,
            document=document,
            known=known,
            here=updates.circumstances(state, known),
            events=updates.home.history(),
        )
    click.echo(json.dumps(why_to_json(case), indent=2) if as_json else render_why(case))
