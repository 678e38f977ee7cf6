"""Starts pytest again and again, each time in a fork of one process that holds everything but our own code.

What we wrote is imported anew in every fork; the packages we use, which cost most of a start, are
imported once. Run as a program, this file is that process: it imports nothing of ours.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

_PACKAGES = (
    "boto3", "brotli", "click", "cryptography.hazmat.primitives.asymmetric.ed25519", "cvss",
    "cyclonedx.model.bom", "git", "github", "hypothesis", "jinja2", "jsonschema_rs",
    "license_expression", "markdown_it", "nacl.public", "nh3", "pathspec", "pydantic.main",
    "requests", "securesystemslib.signer", "starlette.applications", "starlette.routing",
    "tree_sitter", "tuf.ngclient", "urllib3", "uvicorn", "yaml",
)  # fmt: skip
# What pytest makes of the tests is kept for the next run.
_NOT_INHERITED = ("PYTEST_", "PYTHONDONTWRITEBYTECODE")


class Starts:
    """Runs pytest in `where`, one run at a time."""

    def __init__(self, where: Path) -> None:
        self._where = where
        self._process: subprocess.Popen[str] | None = None

    def run(self, *arguments: str, seconds: int) -> tuple[int, str]:
        """Return pytest's exit code and all it printed. Raises TimeoutError."""
        process = self._process = self._process or self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        with tempfile.NamedTemporaryFile() as said:
            process.stdin.write(json.dumps([said.name, *arguments]) + "\n")
            process.stdin.flush()
            if not select.select([process.stdout], [], [], seconds)[0]:
                self.close()
                raise TimeoutError(Path(said.name).read_text(errors="replace")[-4000:])
            code = int(process.stdout.readline())
            return code, Path(said.name).read_text(errors="replace")

    def close(self) -> None:
        """End the process and whatever runs in a fork of it."""
        process, self._process = self._process, None
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()

    def _started(self) -> subprocess.Popen[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(_NOT_INHERITED)}
        return subprocess.Popen(
            [sys.executable, "-P", __file__], cwd=self._where, text=True, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=kept | {"PYTHONPATH": str(self._where)},
        )  # fmt: skip


def _serve() -> None:
    import pytest  # noqa: PLC0415 - the process of the tests has it already

    with tempfile.TemporaryDirectory() as empty:  # loads pytest's plugins, as pytest loads them
        pytest.main(["-qq", "-c", os.devnull, "--rootdir", empty, "-p", "no:cacheprovider", empty])
    for name in _PACKAGES:
        importlib.import_module(name)
    for line in sys.stdin:
        said, *arguments = json.loads(line)
        child = os.fork()
        if child == 0:
            output = os.open(said, os.O_WRONLY)
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            code = int(pytest.main(arguments))
            sys.stdout.flush()
            os._exit(code)
        answer.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        answer.flush()


if __name__ == "__main__":
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else is printed is no answer
    _serve()
