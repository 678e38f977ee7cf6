"""npm, or any registry that speaks its protocol, through npm's own client.

Without a token npm proves by the workflow's identity who it is (trusted publishing), where it runs
in one. Source: npm, "Trusted publishing for npm packages".
"""

from __future__ import annotations

import base64
import hashlib
import json
import shlex
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from devforge.adapters.channels.commands import Said, run_client
from devforge.adapters.node import node_program, npm_command
from devforge.errors import Refused, Unavailable
from devforge.model.channels import Carrier, Notice
from devforge.model.escape import code

_SAID_NO = ("E400", "E401", "E402", "E403", "E409", "EPUBLISHCONFLICT", "ENEEDAUTH")
_LATEST, _NEXT, _OLDER = "latest", "next", "older"
_OURS = (_NEXT, _OLDER)  # npm takes no `latest` away, it can only be moved


class Npm:
    """One registry. `token` is handed to npm in a variable, never in an argument or a file."""

    def __init__(self, registry: str | None, token: str | None) -> None:
        self._registry, self._token = registry, token

    def holds(self, carrier: Carrier) -> bool | None:
        """Whether the registry has exactly this tarball; None where it has no such version."""
        said = self._npm("view", f"{carrier.name}@{carrier.version}", "dist", "--json")
        if said.code != 0:
            if _code(said) == "E404":
                return None
            raise self._failed("view", said)
        if not said.output.strip():  # the package is there, this version is not
            return None
        try:
            dist = json.loads(said.output)
            return bool(dist["integrity"] == _integrity(carrier.content))
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable("npm view: the answer has no integrity to compare") from error

    def publish(self, carrier: Carrier, *, newest: bool) -> None:
        """Publish the tarball; only the newest version that is no prerelease becomes `latest`.

        Raises:
            Unavailable: no answer. Refused: the registry said no.
        """
        tag = _NEXT if "-" in carrier.version else _LATEST if newest else _OLDER
        with tempfile.TemporaryDirectory(prefix="devforge-npm-") as scratch:
            tarball = Path(scratch, carrier.file)
            tarball.write_bytes(carrier.content)
            said = self._npm("publish", str(tarball), "--access", "public", "--tag", tag, "--json")
        if said.code != 0:
            raise self._failed("publish", said)

    def heeds(self, notice: Notice) -> bool:
        """Whether the version is deprecated as it should be, and no tag leads to what was taken back."""
        return not self._missing(notice)

    def heed(self, notice: Notice) -> None:
        """Deprecate the version, or take that back, and move the tags.

        Raises:
            Unavailable: no answer. Refused: the registry said no, or would without a token.
        """
        commands = self._missing(notice)
        if self._token is None:
            by_hand = code("; ".join(f"npm {shlex.join(command)}" for command in commands), 900)
            raise Refused(
                f"a workflow's identity lets npm publish and no more; do it by hand: {by_hand}"
            )
        for verb, *arguments in commands:
            said = self._npm(verb, "--", *arguments)
            if said.code != 0:
                raise self._failed(verb, said)

    def _missing(self, notice: Notice) -> list[list[str]]:
        """Return the commands that are still to be run; none where there is no such version."""
        one = f"{notice.name}@{notice.version}"
        said = self._npm("view", one, "name", "deprecated", "dist-tags", "--json")
        if said.code != 0 and _code(said) != "E404":
            raise self._failed("view", said)
        if said.code != 0 or not said.output.strip():
            return []
        try:
            shown = json.loads(said.output)
            against, tags = str(shown.get("deprecated") or ""), dict(shown["dist-tags"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unavailable("npm view: the answer has no tags") from error
        commands = [] if against == notice.against else [["deprecate", one, notice.against]]
        commands += [
            ["dist-tag", "add", f"{notice.name}@{version}", tag]
            for tag, version in notice.tags.items()
            if tags.get(tag) != version
        ]
        gone = [tag for tag in _OURS if tags.get(tag) == notice.version and notice.against]
        return commands + [
            ["dist-tag", "rm", notice.name, tag] for tag in gone if tag not in notice.tags
        ]

    def _npm(self, *arguments: str) -> Said:
        with tempfile.TemporaryDirectory(prefix="devforge-npm-") as scratch:
            settings = Path(scratch, ".npmrc")
            settings.write_text(self._settings(), encoding="utf-8")
            quiet = ("--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts")
            registry = ("--registry", self._registry) if self._registry else ()
            command = [*npm_command(), *quiet, *registry, "--userconfig", str(settings), *arguments]
            secrets = {"NPM_TOKEN": self._token} if self._token else {}
            secrets["PATH"] = f"{Path(node_program()).parent}:/usr/bin:/bin"
            return run_client(command, tool="npm", directory=Path(scratch), secrets=secrets)

    def _settings(self) -> str:
        # The next run of the job asks again; npm's own patience is minutes.
        lines = ["fetch-retries=1", "fetch-retry-mintimeout=500", "fetch-timeout=60000"]
        if self._token:
            place = urlsplit(self._registry or "")
            host = f"//{place.netloc}{place.path.rstrip('/')}/" if self._registry else None
            lines.append(f"{host}:_authToken=${{NPM_TOKEN}}" if host else "_authToken=${NPM_TOKEN}")
        return "\n".join(lines) + "\n"

    def _failed(self, what: str, said: Said) -> Refused | Unavailable:
        code, told = _code(said), _summary(said)
        # The client itself refuses what it sees is there already, with no code.
        is_no = code.startswith(_SAID_NO) or "previously published" in told
        kind = Refused if is_no else Unavailable
        return kind(f"npm {what}: {code or 'failed'}: {told}")


def _integrity(content: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def _error(said: Said) -> dict[str, object]:
    for text in (said.output, said.errors):
        try:
            found = json.loads(text[text.index("{") :])["error"]
        except (ValueError, KeyError, TypeError):
            continue
        if isinstance(found, dict):
            return found
    return {}


def _code(said: Said) -> str:
    return str(_error(said).get("code") or "")


def _summary(said: Said) -> str:
    told = str(_error(said).get("summary") or said.reason())
    return " ".join(told.split())[:300]
