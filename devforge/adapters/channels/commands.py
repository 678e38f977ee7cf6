"""Runs the channels' own command-line clients: quiet, without a prompt, their secrets in variables."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devforge.errors import Unavailable

SECONDS = 300
_KEPT_BYTES = 256 * 1024
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
# What a client may know of this machine; a runner's identity is what trusted publishing needs.
_PASSED_ON = (
    "PATH", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
    "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "CI", "GITHUB_ACTIONS", "GITHUB_REPOSITORY",
    "GITHUB_SERVER_URL", "GITHUB_WORKFLOW_REF", "GITHUB_SHA", "GITHUB_REF", "GITHUB_RUN_ID",
    "GITHUB_RUN_ATTEMPT", "GITHUB_EVENT_NAME", "GITHUB_REPOSITORY_ID", "GITHUB_REPOSITORY_OWNER_ID",
    "RUNNER_ENVIRONMENT", "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "PIP_CERT", "PIP_INDEX_URL", "PIP_FIND_LINKS",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """How a client ended, and what it printed."""

    code: int
    output: str
    errors: str

    def reason(self) -> str:
        """The last thing it complained of, in one line, with no address's user and password."""
        lines = [line.strip() for line in (self.errors or self.output).splitlines() if line.strip()]
        telling = [
            line for line in lines if re.search(r"error|ERR|refus|denied|fail", line, re.IGNORECASE)
        ]
        text = (telling or lines or ["it said nothing"])[-1]
        return re.sub(r"//[^/@\s]*@", "//", "".join(c for c in text if c.isprintable()))[:300]


def run_client(
    arguments: Sequence[str], *, tool: str, directory: Path, secrets: Mapping[str, str]
) -> Said:
    """Run a client in `directory` and return what it said.

    Raises:
        Unavailable: it could not be started, or took longer than five minutes.
    """
    inherited = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(
            list(arguments),
            cwd=directory,
            env={**inherited, "HOME": str(directory), "NO_COLOR": "1", "TERM": "dumb", **secrets},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"{tool} took longer than {SECONDS} seconds") from error
    except OSError as error:
        raise Unavailable(f"{tool} could not be started: {error.strerror}") from error
    return Said(done.returncode, _text(done.stdout), _text(done.stderr))


def _text(printed: bytes) -> str:
    return _COLOURS.sub("", printed[-_KEPT_BYTES:].decode("utf-8", "replace"))
