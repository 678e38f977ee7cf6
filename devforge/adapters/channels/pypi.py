"""PyPI, or any index that speaks its protocol: twine uploads, pip reads back.

Without a token twine proves by the workflow's identity who it is (trusted publishing), where it
runs in one. Source: PyPI, "Trusted publishers".
"""

from __future__ import annotations

import hashlib
import re
import sys
import tempfile
from pathlib import Path

from devforge.adapters.channels.commands import Said, run_client
from devforge.errors import Refused, Unavailable
from devforge.model.channels import Carrier

_ABSENT = re.compile(r"No matching distribution found|Could not find a version")
# pip says "no matching distribution" of an index that gave no answer, too; these words tell.
_NO_ANSWER = re.compile(
    r"Retrying|ConnectionError|ConnectTimeout|ReadTimeout|HTTP error 5|5\d\d Server"
)
_SAID_NO = re.compile(
    r"\b(?:400|401|403|409)\b|Invalid API Token|already exists|InvalidDistribution"
)


class Pypi:
    """One index: `upload` is where twine sends files, `simple` where pip finds them."""

    def __init__(self, upload: str | None, simple: str | None, token: str | None) -> None:
        self._upload, self._simple, self._token = upload, simple, token

    def holds(self, carrier: Carrier) -> bool | None:
        """Whether the index has exactly this wheel; None where it has no such version."""
        with tempfile.TemporaryDirectory(prefix="devforge-pypi-") as scratch:
            command = [
                sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir",
                "--disable-pip-version-check", "--no-input", "--retries", "1", "--timeout", "30", "--only-binary", ":all:", "--dest", scratch,
                *(("--index-url", self._simple) if self._simple else ()),
                f"{carrier.name}=={carrier.version}",
            ]  # fmt: skip
            said = run_client(command, tool="pip", directory=Path(scratch), secrets={})
            if said.code != 0:
                if _ABSENT.search(said.errors) and not _NO_ANSWER.search(said.errors):
                    return None
                raise Unavailable(f"pip download: {said.reason()}")
            found = Path(scratch, carrier.file)
            if not found.is_file():  # another file of this version
                return False
            return hashlib.sha256(found.read_bytes()).hexdigest() == carrier.sha256

    def publish(self, carrier: Carrier, *, newest: bool) -> None:  # noqa: ARG002 - PyPI sorts by itself
        """Upload the wheel.

        Raises:
            Unavailable: no answer. Refused: the index said no.
        """
        with tempfile.TemporaryDirectory(prefix="devforge-pypi-") as scratch:
            wheel = Path(scratch, carrier.file)
            wheel.write_bytes(carrier.content)
            command = [
                sys.executable, "-m", "twine", "upload", "--non-interactive", "--disable-progress-bar",
                *(("--repository-url", self._upload) if self._upload else ()), str(wheel),
            ]  # fmt: skip
            secrets = {"TWINE_USERNAME": "__token__", "TWINE_PASSWORD": self._token or ""}
            said = run_client(
                command,
                tool="twine",
                directory=Path(scratch),
                secrets=secrets if self._token else {},
            )
        if said.code != 0:
            raise _failed(said)


def _failed(said: Said) -> Refused | Unavailable:
    reason = said.reason()
    both = f"{said.output}\n{said.errors}"
    kind = Refused if _SAID_NO.search(both) and not _NO_ANSWER.search(both) else Unavailable
    return kind(f"twine upload: {reason}")
