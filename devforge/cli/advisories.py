"""`devforge advisories …`: your own copy of the OSV database, for `devforge check` to look things up in."""

from __future__ import annotations

import click

from devforge.cli.options import Group

app = Group(help="Known vulnerabilities, for `devforge check`.")


@app.command()
@click.option("--osv-url", "address", metavar="URL", help="Another place of the dumps.")
def refresh(address: str | None) -> None:
    """Fetch what changed of the OSV database, or all of it the first time (some hundred megabytes)."""
    import tempfile  # noqa: PLC0415
    from datetime import UTC, datetime  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from devforge.adapters.osv_dump import ADDRESS  # noqa: PLC0415
    from devforge.adapters.policy import load_policy  # noqa: PLC0415
    from devforge.advisories.refresh import Store, observe_dumps, plan_refresh  # noqa: PLC0415
    from devforge.advisories.shelf import own_shelf  # noqa: PLC0415
    from devforge.plan import apply  # noqa: PLC0415

    ecosystems = load_policy(None).advisories.ecosystems
    with own_shelf() as shelf, tempfile.TemporaryDirectory(prefix="devforge-osv-") as scratch:
        seen = observe_dumps(shelf, ecosystems, address=address or ADDRESS, scratch=Path(scratch))
        plan = plan_refresh(seen, now=datetime.now(UTC).isoformat(timespec="seconds"))
        click.echo(plan.render())

        def store(change: Store) -> None:
            shelf.put(change.known, change.meta, keep=change.keep)

        apply(plan, store)
