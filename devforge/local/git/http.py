"""Git over HTTP: git's own backend as a CGI program, fed by us and watched by us."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO, cast

from devforge.errors import Unavailable
from devforge.local.git.repositories import environment

_TIMEOUT_SECONDS = 600
_CHUNK_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Reply:
    """What the backend answered; `body` is read once."""

    status: int
    headers: Mapping[str, str]
    body: Iterator[bytes]


def ask_backend(
    repository: Path,
    *,
    method: str,
    service_path: str,
    query: str,
    headers: Mapping[str, str],
    body: IO[bytes],
    login: str | None,
    hooks: Path | None = None,
) -> Reply:
    """Run `git http-backend` for one request on one bare repository."""
    variables = environment() | {
        "GIT_PROJECT_ROOT": str(repository.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{repository.name}{service_path}",
        "REQUEST_METHOD": method,
        "QUERY_STRING": query,
        "CONTENT_TYPE": headers.get("content-type", ""),
        "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
        "REMOTE_ADDR": "127.0.0.1",
        "HOME": str(repository),
    }
    if login is not None:
        variables["REMOTE_USER"] = login
    if protocol := headers.get("git-protocol"):
        variables["GIT_PROTOCOL"] = protocol
    if hooks is not None:
        variables |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "core.hooksPath",
            "GIT_CONFIG_VALUE_0": str(hooks),
        }
    return _run(variables, body)


def _run(variables: Mapping[str, str], body: IO[bytes]) -> Reply:
    said = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the body has been read
    descriptor = body.fileno()
    os.lseek(descriptor, 0, os.SEEK_SET)  # Python's own seek may stay within its buffer
    try:
        process = subprocess.Popen(
            ["git", "http-backend"],
            stdin=descriptor,
            stdout=subprocess.PIPE,
            stderr=said,
            env=dict(variables),
        )
    except OSError as error:
        said.close()
        raise Unavailable(f"git http-backend: {error}") from error
    watchdog = threading.Timer(_TIMEOUT_SECONDS, process.kill)
    watchdog.daemon = True
    watchdog.start()
    output = cast("BufferedReader", process.stdout)
    status = 200
    headers: dict[str, str] = {}
    while line := output.readline(8192).strip():
        name, _, value = line.decode("latin-1").partition(":")
        if name.lower() == "status":
            status = int(value.split()[0])
        else:
            headers[name] = value.strip()
    return Reply(status, headers, _rest(process, output, watchdog, said, body))


def _rest(
    process: subprocess.Popen[bytes],
    output: BufferedReader,
    watchdog: threading.Timer,
    said: IO[bytes],
    body: IO[bytes],
) -> Iterator[bytes]:
    try:
        while chunk := output.read1(_CHUNK_BYTES):
            yield chunk
    finally:
        watchdog.cancel()
        output.close()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        said.close()
        body.close()
