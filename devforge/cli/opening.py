"""Opens the home and the registry a command line names, and carries out what a person asked for."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from devforge.cli.meter import Meter
from devforge.cli.options import Place, home_directory, parse_version

if TYPE_CHECKING:
    from devforge.updates.acts import Change
    from devforge.updates.api import Proposal, Updates
    from devforge.updates.apply import Outcome


_NEWS_LINES = 5  # of each updated extension's changelog


def now() -> datetime:
    """Return the time, in the user's own zone."""
    return datetime.now().astimezone()


def open_updates(place: Place) -> Updates:
    """Return the home and the registry; the registry is first asked when something needs it."""
    from devforge.updates.api import Updates  # noqa: PLC0415

    parse_version(place.devforge, "--devforge")
    return Updates(
        home_directory(place.home),
        index=place.index or None,
        root=place.root,
        devforge=place.devforge,
        region=place.region,
        offline=place.offline,
        platform=place.platform or None,
        clock=now,
    )


def carry_out(
    updates: Updates, proposal: Proposal, *, dry_run: bool, as_json: bool, told: bool = False
) -> int:
    """Show the plan, do it unless `dry_run`, say how it went, and return the exit code.

    `told`: that the registry could not be asked was said already.
    """
    from devforge.errors import Refused  # noqa: PLC0415

    plan = proposal.plan
    if plan.refusals and not (as_json or dry_run):
        raise Refused("; ".join(plan.refusals))
    if not as_json:
        click.echo(plan.render())
    if not told:
        warn_of_age(updates)
    outcome = None
    if plan.changes and not plan.refusals and not dry_run:
        with Meter() as meter:
            outcome = updates.apply(proposal, progress=meter)
    if as_json:
        click.echo(json.dumps(_as_json(proposal, outcome, updates), indent=2))
    elif outcome:
        _say(outcome, updates)
    return 1 if plan.refusals or (outcome and outcome.failed) else 0


def warn_of_age(updates: Updates) -> None:
    """Say on stderr if what the registry says is old, or was not asked."""
    notice = updates.notice
    if notice:
        click.echo(f"devforge: {notice}", err=True)


def _say(outcome: Outcome, updates: Updates) -> None:
    for id, why in sorted(outcome.failed.items()):
        click.echo(f"not done: {id}: {why}", err=True)
    count = len(outcome.done)
    click.echo(f"{count} change{'' if count == 1 else 's'} made in {updates.home.given}")
    for change in outcome.done:
        if found := updates.brought(change):
            from devforge.updates.news import render_news  # noqa: PLC0415

            for line in render_news(change.id, found, limit=_NEWS_LINES):
                click.echo(line)


def _as_json(proposal: Proposal, outcome: Outcome | None, updates: Updates) -> dict[str, object]:
    from devforge.updates.acts import change_to_json  # noqa: PLC0415

    plan = proposal.plan
    return {
        "title": plan.title,
        "digest": plan.digest,
        "changes": [change_to_json(change) for change in plan.changes],
        "notes": list(plan.notes),
        "refusals": list(plan.refusals),
        "done": [change_to_json(change) for change in outcome.done] if outcome else [],
        "failed": {str(id): why for id, why in outcome.failed.items()} if outcome else {},
        "news": {str(c.id): _news(c, updates) for c in outcome.done} if outcome else {},
    }


def _news(change: Change, updates: Updates) -> dict[str, list[str]]:
    return {str(one.version): list(one.changes) for one in updates.brought(change)}
