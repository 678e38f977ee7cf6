"""`devforge remove`: take extensions out of a home."""

from __future__ import annotations

from pathlib import Path

from click.exceptions import Exit

from devforge.cli.opening import carry_out, open_updates
from devforge.cli.options import (
    Place,
    argument,
    command,
    dry_run_option,
    home_option,
    json_option,
    parse_id,
)


@command
@argument("extensions", nargs=-1, required=True, help="developer.name, one or more")
@dry_run_option
@home_option
@json_option
def remove(extensions: tuple[str, ...], dry_run: bool, home: Path | None, as_json: bool) -> None:
    """Remove installed extensions; refused while another one needs them."""
    with open_updates(Place(home=home)) as updates:
        proposal = updates.plan_remove(parse_id(extension) for extension in extensions)
        raise Exit(carry_out(updates, proposal, dry_run=dry_run, as_json=as_json))
