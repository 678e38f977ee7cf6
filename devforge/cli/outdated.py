"""`devforge outdated`: what is newer than what is installed, and why not yet."""

from __future__ import annotations

import json

import click
from click.exceptions import Exit

from devforge.cli.exits import FAILED
from devforge.cli.opening import now, open_updates
from devforge.cli.options import Place, command, hosted


@command
@hosted
def outdated(place: Place, as_json: bool) -> None:
    """Show what is newer, what an update would bring, and why not yet; disable what is malicious."""
    from devforge.updates.words import ago, render_outdated, row_to_json  # noqa: PLC0415

    with open_updates(place) as updates:
        report = updates.check()
    code = FAILED if report.stale and not place.offline else 0
    if as_json:
        rows = [row_to_json(row) for row in report.rows]
        answer = {
            "checked": report.known.checked,
            "stale": report.stale or None,
            "recalled": [str(change.id) for change in report.recalled],
            "extensions": rows,
        }
        click.echo(json.dumps(answer, indent=2))
        raise Exit(code)
    for change in report.recalled:
        click.echo(f"devforge: {change.line}", err=True)
    if report.stale:
        click.echo(f"devforge: {report.stale}", err=True)
    click.echo(render_outdated(report.rows))
    if report.rows:
        click.echo(f"the registry was asked {ago(report.known.checked, now())}")
    raise Exit(code)
