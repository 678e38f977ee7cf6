"""PyPI, or any index that speaks its protocol: twine uploads, pip reads back.

Without a token twine proves by the workflow's identity who it is (trusted publishing), where it
runs in one. Source: PyPI, "Trusted publishers".
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from devforge.adapters.channels.commands import Said, run_client
from devforge.errors import Refused, Unavailable
from devforge.model.channels import Carrier, Notice
from devforge.model.escape import code

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
            wanted = f"{carrier.name}=={carrier.version}"
            if self._pip(Path(scratch), "download", "--dest", scratch, wanted) is None:
                return None
            found = Path(scratch, carrier.file)
            if not found.is_file():  # another file of this version
                return False
            return hashlib.sha256(found.read_bytes()).hexdigest() == carrier.sha256

    def heeds(self, notice: Notice) -> bool:
        """Whether the index has the version yanked, or not, as it should be; what the reason says is not asked.

        Source: PEP 592; pip's installation report, `is_yanked`.
        """
        with tempfile.TemporaryDirectory(prefix="devforge-pypi-") as scratch:
            said = self._pip(
                Path(scratch), "install", "--dry-run", "--ignore-installed", "--report", "report.json",
                f"{notice.name}=={notice.version}",
            )  # fmt: skip
            if said is None:
                return True
            try:
                [found] = json.loads(Path(scratch, "report.json").read_bytes())["install"]
                return bool(found["is_yanked"]) == bool(notice.against)
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise Unavailable("pip install: its report cannot be read") from error

    def heed(self, notice: Notice) -> None:
        """Say what a person must click: indexes let no program yank.

        Raises:
            Refused: always.
        """
        where = f"manage/project/{notice.name}/release/{notice.version}/"
        if self._simple:
            place = urlsplit(self._simple)
            where = f"{place.scheme}://{place.netloc}/{where}"
        what = f"*Options → Yank*, with the reason {code(notice.against, 400)}"
        done = what if notice.against else "*Options → Un-yank*"
        raise Refused(
            f"no program may do it; on the index, *Your projects → {notice.name} → Manage → "
            f"{notice.version}* ({where}): {done}"
        )

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

    def _pip(self, scratch: Path, verb: str, *arguments: str) -> Said | None:
        """Run pip on the index; None where it says that there is no such version."""
        command = [
            sys.executable, "-m", "pip", verb, "--quiet", "--no-deps", "--no-cache-dir",
            "--disable-pip-version-check", "--no-input", "--retries", "1", "--timeout", "30",
            "--only-binary", ":all:", *(("--index-url", self._simple) if self._simple else ()), *arguments,
        ]  # fmt: skip
        said = run_client(command, tool="pip", directory=scratch, secrets={})
        if said.code == 0:
            return said
        if _ABSENT.search(said.errors) and not _NO_ANSWER.search(said.errors):
            return None
        raise Unavailable(f"pip {verb}: {said.reason()}")


def _failed(said: Said) -> Refused | Unavailable:
    reason = said.reason()
    both = f"{said.output}\n{said.errors}"
    kind = Refused if _SAID_NO.search(both) and not _NO_ANSWER.search(both) else Unavailable
    return kind(f"twine upload: {reason}")
