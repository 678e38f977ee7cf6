"""`devforge keys init`, `rotate`, `admit`, `revoke`, `renew`, `mirrors`: what is then to be signed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from devforge.cli.desk import Desk, at_desk, key_at, reference_argument, threshold_option
from devforge.cli.options import PATH, argument, command
from devforge.errors import BadInput

if TYPE_CHECKING:
    from securesystemslib.signer import Key

    from devforge.trust.offline import Keyring


@command
@click.option(
    "--key",
    "keys",
    type=PATH,
    multiple=True,
    required=True,
    metavar="KEY",
    help="An offline key; name each.",
)
@click.option("--online", type=PATH, required=True, metavar="KEY", help="The online key.")
@threshold_option
@click.option(
    "--repository",
    metavar="OWNER/NAME",
    envvar="GITHUB_REPOSITORY",
    help="Whose releases hold the packages.",
    show_envvar=True,
)
@click.option(
    "--packages",
    metavar="URL",
    help="Instead: where packages lie, with {id} {version} {tag} {file} in it.",
)
@at_desk
def init(
    desk: Desk,
    keys: tuple[Path, ...],
    online: Path,
    threshold: int | None,
    repository: str | None,
    packages: str | None,
) -> None:
    """Begin: write the first root and what it names, to be signed by `keys sign`."""
    if desk.held is not None:
        raise BadInput(
            f"{desk.folder.path} holds a root already; `devforge keys rotate` changes its keys"
        )
    from devforge.trust.configured import first_config  # noqa: PLC0415
    from devforge.trust.offline import Keyring  # noqa: PLC0415

    config = first_config(
        desk.policy(), repository=repository, packages=packages,
        server_url=os.environ.get("GITHUB_SERVER_URL", "https://github.com"),
    )  # fmt: skip
    offline = tuple(map(key_at, keys))
    signer = key_at(online, online=True)
    ring = Keyring(offline, threshold or _usual_threshold(len(offline)), signer)
    desk.change("begin", ring, config)


@command
@argument("old", help="The name of the key that goes, or its id.")
@reference_argument
@threshold_option
@at_desk
def rotate(desk: Desk, old: str, new_key: Path, threshold: int | None) -> None:
    """Put a new key in the place of an old one, offline or online."""
    ring = desk.keyring()
    gone = _named(ring, old)
    is_online = gone.keyid == ring.online.keyid
    key = key_at(new_key, online=is_online)
    if is_online:
        ring = replace(ring, online=key)
    else:
        ring = replace(ring, offline=tuple(key if k is gone else k for k in ring.offline))
    desk.change(f"rotate {old}", _with(ring, threshold))


@command
@reference_argument
@threshold_option
@at_desk
def admit(desk: Desk, new_key: Path, threshold: int | None) -> None:
    """Let one offline key more sign."""
    ring = desk.keyring()
    ring = _with(replace(ring, offline=(*ring.offline, key_at(new_key))), threshold)
    desk.change("admit", ring)


@command
@argument("old", help="The name of the offline key that goes, or its id.")
@threshold_option
@at_desk
def revoke(desk: Desk, old: str, threshold: int | None) -> None:
    """Let an offline key sign no longer, without another in its place."""
    ring = desk.keyring()
    gone = _named(ring, old)
    if gone.keyid == ring.online.keyid:
        raise BadInput("the online key is replaced, not taken away: devforge keys rotate")
    ring = replace(ring, offline=tuple(k for k in ring.offline if k is not gone))
    desk.change(f"revoke {old}", _with(ring, threshold))


@command
@at_desk
def renew(desk: Desk) -> None:
    """Have everything signed anew, for another year."""
    desk.change("renew", desk.keyring(), renew=True)


@command
@click.option("--add", metavar="URL", help="A place that serves the index too.")
@click.option("--remove", metavar="URL", help="A place that serves it no more.")
@click.option("--region", default="", help="Where it is, such as eu.")
@click.option("--weight", type=int, default=1, help="Its share beside others.")
@at_desk
def mirrors(
    desk: Desk,
    add: str | None,
    remove: str | None,
    region: str,
    weight: int,
) -> None:
    """Change which mirrors clients may use; also brings the bins and the beacon to what the policy says."""
    from devforge.trust.configured import changed_config  # noqa: PLC0415

    config = changed_config(
        desk.config(), desk.policy(), add=add, remove=remove, region=region, weight=weight
    )
    desk.change("configure", desk.keyring(), config)


def _named(ring: Keyring, word: str) -> Key:
    from devforge.trust.words import described  # noqa: PLC0415

    found = ring.named(word)
    if found is None:
        known = ", ".join(described(key) for key in (*ring.offline, ring.online))
        raise BadInput(f"no key is called {word}; there are {known}")
    return found


def _with(ring: Keyring, threshold: int | None) -> Keyring:
    return ring if threshold is None else replace(ring, threshold=threshold)


def _usual_threshold(count: int) -> int:
    """More than half, so that no two halves can both sign: 1 of 1, 2 of 2, 2 of 3, 3 of 5."""
    return count // 2 + 1
