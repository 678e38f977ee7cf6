"""`devforge verify`: whether what is installed is what was installed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from devforge.cli.opening import open_updates
from devforge.cli.options import Place, argument, command, parse_id, placed
from devforge.errors import BadInput

if TYPE_CHECKING:
    from devforge.model.names import ExtensionId
    from devforge.updates.api import Updates
    from devforge.updates.provenance import Findings


@command
@argument("extensions", nargs=-1, required=False, help="developer.name; none verifies all")
@click.option(
    "--provenance",
    is_flag=True,
    help="Also ask who built the packages, what is in them and who let them in.",
)
@placed
def verify(extensions: tuple[str, ...], provenance: bool, place: Place, as_json: bool) -> None:
    """Hash every installed file again and compare it with what was recorded when it was installed."""
    found: dict[str, list[str]] = {}
    with open_updates(place) as updates:
        names = [parse_id(e) for e in extensions or ()] or sorted(updates.installed())
        for name in names:
            found[str(name)] = _differences(updates, name, named=bool(extensions))
        told = _told(updates, names) if provenance else {}
    is_good = not any(found.values()) and all(
        one.is_good for findings in told.values() for one in findings.all
    )
    if as_json:
        rows = {
            name: {"differences": lines} | (told[name].as_json() if name in told else {})
            for name, lines in found.items()
        }
        click.echo(json.dumps(rows, indent=2))
    else:
        for label, lines in found.items():
            click.echo(
                f"{label:<28} {'as it was installed' if not lines else 'not as it was installed'}"
            )
            for line in lines:
                click.echo(f"  {line}")
            if label in told:
                for one in told[label].all:
                    click.echo(f"  {one.says}")
        if not found:
            click.echo("nothing is installed")
    raise Exit(0 if is_good else 1)


def _told(updates: Updates, names: Iterable[ExtensionId]) -> dict[str, Findings]:
    from devforge.updates.provenance import Provenance  # noqa: PLC0415

    return {str(name): Provenance(updates).of(name) for name in names}


def _differences(updates: Updates, name: ExtensionId, *, named: bool) -> list[str]:
    """Return a line for each difference; one that cannot be verified hides no other."""
    try:
        return [difference.line for difference in updates.verify(name)]
    except BadInput as error:
        if named:
            raise
        return [str(error)]
