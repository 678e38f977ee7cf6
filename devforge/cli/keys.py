"""`devforge keys …`: who signs the index, and the ceremony in which they do."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from devforge.cli.desk import Desk, at_desk, passphrase_file_option, registry_option
from devforge.cli.keys_changes import admit, init, mirrors, renew, revoke, rotate
from devforge.cli.options import PATH, Group, argument, command, json_option
from devforge.cli.secrets import ask_passphrase, new_passphrase
from devforge.errors import BadInput

if TYPE_CHECKING:
    from securesystemslib.signer import Signer


@command
@argument("name", help="What you call it, such as usb-stick-1.")
@click.option(
    "--dir",
    "directory",
    type=PATH,
    default=Path(),
    metavar="DIR",
    help="Where: a USB stick, or a safe place.",
)
@click.option("--online", is_flag=True, help="Without a passphrase, for the secret SIGNING_KEY.")
@click.option("--uri", help="Refer to a key in hardware or a cloud service instead.")
@click.option("--public-key", type=PATH, metavar="PEM", help="The public half of it.")
@passphrase_file_option
def new(
    name: str,
    directory: Path,
    online: bool,
    uri: str | None,
    public_key: Path | None,
    passphrase_file: Path | None,
) -> None:
    """Make a key: NAME.pem, locked by a passphrase, and NAME.key.json, which says whose it is."""
    from devforge.adapters.keys import make_key, refer_to_key  # noqa: PLC0415

    if (uri is None) != (public_key is None):
        raise BadInput("--uri and --public-key go together: where the key is, and its public half")
    if uri is not None and public_key is not None:
        pem = _read(public_key)
        made = refer_to_key(name, directory, uri=uri, public_pem=pem)
    else:
        passphrase = None if online else new_passphrase(name, passphrase_file)
        made = make_key(name, directory, passphrase)
        click.echo(f"wrote {directory / f'{name}.pem'}: the private key, for nobody else's eyes")
    click.echo(f"wrote {directory / f'{name}.key.json'}: the key {made.keyid}")
    if online:
        click.echo(
            "put the private key into the secret and keep no copy where a job could read it:\n"
            f"  gh secret set SIGNING_KEY --env index < {directory / f'{name}.pem'}"
        )


@command
@argument(
    "keys",
    type=PATH,
    nargs=-1,
    required=False,
    metavar="[KEY]…",
    help="One NAME.key.json or several.",
)
@passphrase_file_option
@at_desk
def sign(desk: Desk, keys: tuple[Path, ...], passphrase_file: Path | None) -> None:
    """Sign what is pending with one key after the other; what they change is shown in words."""
    from devforge.adapters.keys import open_signer, public_key, read_reference  # noqa: PLC0415
    from devforge.trust.plan import plan_sign  # noqa: PLC0415

    references = {path: read_reference(path) for path in keys or ()}
    if not desk.pending.files:
        click.echo("nothing waits for a signature")
        return
    plan = plan_sign(
        held=desk.held,
        pending=desk.pending,
        keys=[public_key(reference) for reference in references.values()],
    )
    signers: dict[str, Signer] = {}

    def signer_of(keyid: str) -> Signer:
        if keyid not in signers:
            path, found = next((p, r) for p, r in references.items() if r.keyid == keyid)
            ask = ask_passphrase(passphrase_file)
            signers[keyid] = open_signer(found, path.parent, ask)
        return signers[keyid]

    desk.carry_out(plan, signer_of)


@command
@registry_option
@json_option
def status(registry: Path, as_json: bool) -> None:
    """Show who signs, until when it is valid, what waits, and what is due next."""
    from devforge.trust.status import Status  # noqa: PLC0415

    desk = Desk(registry)
    found = Status(desk.held, desk.pending, desk.now)
    click.echo(json.dumps(found.as_data(), indent=1) if as_json else found.render())


@command
def drill() -> None:
    """Rehearse on a copy that the online key was stolen: nothing of yours is read or changed."""
    from devforge.trust.drill import rehearse  # noqa: PLC0415

    for line in rehearse(now=datetime.now(UTC)):
        click.echo(line)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()[: 64 << 10]
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error


app = Group(help="Who signs the index: keys, and the ceremony.")
for _one in (new, init, sign, status, rotate, admit, revoke, renew, mirrors, drill):
    app.add_command(_one)
