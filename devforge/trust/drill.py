"""A rehearsal: the online key is stolen, clients are fooled, the offline keys take the registry back.

Everything happens in a directory that is thrown away, with keys made for it; what runs is what runs in
earnest: the ceremony, the index and a client.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from securesystemslib.signer import CryptoSigner, Signer, SSlibKey

from devforge.adapters.policy import load_policy
from devforge.adapters.trust_folder import TrustFolder
from devforge.errors import DevForgeError, Refused
from devforge.model.fields import from_plain
from devforge.model.index import ExtensionDocument
from devforge.model.names import ExtensionId
from devforge.model.trust import NAME_FIELD
from devforge.plan import Plan, apply
from devforge.publish.ceremony import config_of
from devforge.publish.index import build_index
from devforge.publish.revision import Floor, Signing
from devforge.publish.trust import Trust, read_trust
from devforge.trust.act import Actor
from devforge.trust.offline import Held, Keyring, held_of
from devforge.trust.plan import Change, plan_change, plan_sign
from devforge.trust.reading import pending_of
from devforge.updates.opening import open_index

_FAR = 1_000_000  # the number a thief counts up to, so that every true one looks old
_ID = ExtensionId.parse("acme.todo-tree")
_TRUE, _FALSE = "1.4.0", "6.6.6"


def rehearse(*, now: datetime) -> Iterator[str]:
    """Yield what happens, line by line.

    Raises:
        Refused: something did not go as it must; then tell the makers of this.
    """
    with tempfile.TemporaryDirectory(prefix="devforge-drill-") as scratch:
        yield from _Drill(Path(scratch), now).play()


@dataclass(slots=True)
class _Drill:
    place: Path
    now: datetime

    def play(self) -> Iterator[str]:
        offline = tuple(_key(name) for name in ("usb-stick", "safe", "paper"))
        online, fresh = _key("online-1"), _key("online-2")
        ring = Keyring(tuple(k.public_key for k in offline), 2, online.public_key)
        site, mirror = self.place / "site", self.place / "mirror"
        trust = self._ceremony(ring, offline[:2])
        floor = self._publish(site, trust, online, _TRUE, Floor())
        root = self.place / "root.json"
        root.write_bytes(trust.files["metadata/1.root.json"])
        yield "a rehearsal in a directory of its own; your keys and records are not touched"
        yield f"1. two of three offline keys have signed; a client reads {_ID} {self._ask(site, 'old', root)}"

        self._publish(mirror, trust, online, _FALSE, Floor(_FAR, _FAR))
        found = self._ask(mirror, "old", root)
        _demand(found == _FALSE, "the thief fooled nobody, so there is nothing to rehearse")
        yield f"2. the online key is stolen: a mirror of the thief's says {_ID} {found}, generation {_FAR + 1:,}"
        yield f"   the fooled client takes every true generation for an old one: {self._refusal(site, root)}"

        trust = self._ceremony(replace(ring, online=fresh.public_key), (offline[0], offline[2]))
        yield "3. you: devforge keys new online-2 --online; devforge keys rotate online-1 online-2.key.json --apply"
        yield "   then devforge keys sign with two offline keys; merge; gh secret set SIGNING_KEY --env index"
        yield f"   root {trust.root.version} no longer trusts online-1"

        self._publish(site, trust, fresh, _TRUE, floor)
        found = self._ask(site, "old", root)
        _demand(found == _TRUE, f"the fooled client still reads {found}")
        yield f"4. publish runs; the fooled client recovers by itself: {_ID} {found}, in a true generation"
        _demand(self._ask(site, "new", root) == _TRUE, "a client of the first day is left behind")
        yield "5. a client that knows only the first root follows to the newest one"
        yield f"6. what the thief goes on serving is refused: {self._refusal(mirror, root)}"
        yield "the rehearsal went well; nothing is left of it"

    def _ceremony(self, ring: Keyring, signers: tuple[CryptoSigner, ...]) -> Trust:
        """Propose, sign with each, complete: as `devforge keys` does."""
        folder = TrustFolder(self.place / "registry")
        held = self._held(folder)
        config = (
            held.trust.config if held else config_of("Drill", "packages/{file}", extension_bits=4)
        )
        plan = plan_change(
            title="drill", held=held, waiting=(), keyring=ring, config=config, now=self.now
        )
        self._carry_out(folder, plan, {})
        for signer in signers:
            pending = pending_of(held, folder.pending())
            plan = plan_sign(held=held, pending=pending, keys=[signer.public_key])
            self._carry_out(folder, plan, {signer.public_key.keyid: signer})
        return read_trust(folder.path)

    def _held(self, folder: TrustFolder) -> Held | None:
        return held_of(read_trust(folder.path)) if folder.is_begun else None

    def _carry_out(
        self, folder: TrustFolder, plan: Plan[Change], signers: dict[str, Signer]
    ) -> None:
        folder.path.mkdir(parents=True, exist_ok=True)
        apply(plan, Actor(folder, signers.__getitem__).act)

    def _publish(
        self, out: Path, trust: Trust, online: CryptoSigner, version: str, floor: Floor
    ) -> Floor:
        by = Signing(trust, online, self.now, floor)
        policy = load_policy(None)
        return build_index([_document(version)], out, policy, by).floor

    def _ask(self, where: Path, home: str, root: Path) -> str:
        """Return the version that a client with this home reads there. Raises Refused."""
        known_as = str(self.place / "site")
        with open_index(
            str(where), home=self.place / home, root=root, known_as=known_as, clock=lambda: self.now
        ) as index:
            found = index.document(_ID)
            if index.freshness.is_offline:
                raise Refused("; ".join(index.freshness.warnings))
        _demand(found is not None, f"{where.name} lists nothing")
        return str(found.versions[0].version) if found else ""

    def _refusal(self, where: Path, root: Path) -> str:
        """Return why the client of the first day does not believe what lies there."""
        try:
            found = self._ask(where, "old", root)
        except DevForgeError as error:
            return str(error).rpartition(": ")[2][:120]
        raise Refused(f"the rehearsal failed: the client believed {where.name}, {_ID} {found}")


def _key(name: str) -> CryptoSigner:
    made = CryptoSigner.generate_ed25519()
    public = made.public_key
    named = SSlibKey(public.keyid, public.keytype, public.scheme, public.keyval, {NAME_FIELD: name})
    return CryptoSigner(made._private_key, named)  # noqa: SLF001  only to give it a name


def _document(version: str) -> ExtensionDocument:
    return from_plain(
        ExtensionDocument,
        {
            "id": str(_ID), "display_name": "Todo Tree", "description": "Shows every TODO.",
            "license": "MIT", "language": "python", "categories": ["productivity"],
            "developer": "Acme Tools",
            "versions": [
                {"version": version, "engines": ">=1.0.0", "package": {"sha256": "0" * 64, "length": 1}}
            ],
        },
    )  # fmt: skip


def _demand(held: object, otherwise: str) -> None:
    if not held:
        raise Refused(f"the rehearsal failed: {otherwise}")
