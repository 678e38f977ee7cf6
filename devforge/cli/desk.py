"""What every command about keys begins with, the options they share, and how they carry out a plan."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.exceptions import Exit

from devforge.cli.options import PATH, argument
from devforge.errors import BadInput
from devforge.plan import Plan, apply

if TYPE_CHECKING:
    from securesystemslib.signer import Key, Signer

    from devforge.adapters.trust_folder import TrustFolder
    from devforge.model.index import Config
    from devforge.model.policy import Policy
    from devforge.trust.offline import Held, Keyring
    from devforge.trust.plan import Change

registry_option = click.option(
    "--registry", type=PATH, default=Path("registry"), metavar="DIR",
    help="The records: a `registry/` directory.",
)  # fmt: skip
passphrase_file_option = click.option(
    "--passphrase-file", type=PATH, metavar="FILE",
    help="Its first line is the passphrase; else DEVFORGE_KEY_PASSPHRASE, else you are asked.",
)  # fmt: skip
threshold_option = click.option(
    "--threshold", type=int, metavar="N", help="How many offline keys must sign."
)
reference_argument = argument("new_key", type=PATH, metavar="KEY", help="A NAME.key.json.")
_apply_option = click.option(
    "--apply", "applied", is_flag=True, help="Do it; without, only the plan is shown."
)


def at_desk(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command that changes something the desk it does so at, as its first argument."""

    def called(registry: Path, applied: bool, **given: Any) -> None:
        function(Desk(registry, is_applied=applied), **given)

    for option in (_apply_option, registry_option):
        called = option(called)
    return functools.update_wrapper(called, function)


def key_at(path: Path, *, online: bool = False) -> Key:
    """Return the key of a NAME.key.json.

    Raises:
        BadInput: it is of the other kind: jobs type no passphrase, and what has none is not for a safe.
    """
    from devforge.adapters.keys import ENCRYPTED, UNLOCKED, public_key, read_reference  # noqa: PLC0415

    reference = read_reference(path)
    scheme = reference.uri.partition(":")[0]
    if online and scheme == ENCRYPTED:
        raise BadInput(
            f"{reference.name} is locked by a passphrase, which no job can type: make the online key "
            f"with `devforge keys new {reference.name}-online --online`"
        )
    if not online and scheme == UNLOCKED:
        raise BadInput(
            f"{reference.name} has no passphrase, so whoever sees its file can sign: make an offline key "
            "with `devforge keys new NAME --dir DIR`"
        )
    return public_key(reference)


def _no_signer(keyid: str) -> Signer:
    raise BadInput(f"the key {keyid[:12]} is needed: name its NAME.key.json")


class Desk:
    """What every command looks at first: what is published and what is pending."""

    def __init__(self, registry: Path, *, is_applied: bool = False) -> None:
        from devforge.adapters.trust_folder import TrustFolder  # noqa: PLC0415
        from devforge.publish.trust import read_trust  # noqa: PLC0415
        from devforge.trust.offline import held_of  # noqa: PLC0415
        from devforge.trust.reading import pending_of  # noqa: PLC0415

        if not registry.is_dir():
            raise BadInput(f"{registry} is no directory: name your registry's with --registry DIR")
        self._registry, self._is_applied = registry, is_applied
        self.folder: TrustFolder = TrustFolder(registry)
        self.now = datetime.now(UTC)
        begun = self.folder.is_begun
        self.held: Held | None = held_of(read_trust(self.folder.path)) if begun else None
        self.pending = pending_of(self.held, self.folder.pending())

    def policy(self) -> Policy:
        """The registry's policy."""
        from devforge.adapters.policy import load_policy  # noqa: PLC0415

        return load_policy(self._registry / "policy.yaml")

    def config(self) -> Config:
        """What clients are told now."""
        return self._begun().trust.config

    def keyring(self) -> Keyring:
        """Who signs now."""
        return self._begun().keyring

    def change(
        self, title: str, ring: Keyring, config: Config | None = None, *, renew: bool = False
    ) -> None:
        """Have the metadata say who is in `ring`, and what is in `config`."""
        self.carry_out(self._changed(title, ring, config, renew=renew))

    def _changed(
        self, title: str, ring: Keyring, config: Config | None = None, *, renew: bool = False
    ) -> Plan[Change]:
        from devforge.trust.plan import plan_change  # noqa: PLC0415

        return plan_change(
            title=title, held=self.held, waiting=self.pending.files, keyring=ring,
            config=config or self.config(), now=self.now, renew=renew,
        )  # fmt: skip

    def carry_out(
        self, plan: Plan[Change], signer_of: Callable[[str], Signer] = _no_signer
    ) -> None:
        """Show a plan and, if it was asked for, do it and say what is next."""
        from devforge.trust.act import Actor  # noqa: PLC0415
        from devforge.trust.offline import name_of  # noqa: PLC0415

        click.echo(plan.render())
        if not self._is_applied or plan.refusals:
            raise Exit(plan.exit_code)
        actor = Actor(self.folder, signer_of)
        apply(plan, actor.act)
        after = Desk(self._registry)
        for line in after.next_steps():
            click.echo(f"next: {line}")
        before = self.held.keyring.online.keyid if self.held else None
        if after.held and after.held.keyring.online.keyid != before:
            name = name_of(after.held.keyring.online)
            click.echo(f"next: gh secret set SIGNING_KEY --env index < {name}.pem")

    def next_steps(self) -> Sequence[str]:
        """What a person does next, in their order."""
        from devforge.trust.status import Status  # noqa: PLC0415

        return Status(self.held, self.pending, self.now).next_steps or (
            "commit registry/ and open a pull request: what is merged is published",
        )

    def _begun(self) -> Held:
        if self.held is None:
            raise BadInput("no ceremony was held yet: begin with `devforge keys init`")
        return self.held
