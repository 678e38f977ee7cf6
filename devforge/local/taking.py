"""What a server takes of this machine for itself: a directory and a port."""

from __future__ import annotations

import fcntl
import os
import socket
from pathlib import Path
from typing import IO

from devforge.errors import BadInput, Refused


def take_directory(data: Path) -> IO[str]:
    """Take the data directory for this process, until what is returned is closed.

    Raises:
        BadInput: there can be no such directory. Refused: another process has it.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        file = (data / "lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise BadInput(
            f"{data} cannot hold a server's data: {error.strerror}; name a directory of yours"
        ) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip() or "another process"
        file.close()
        raise Refused(
            f"{data} is in use by {holder}; stop that server, or give this one another directory"
        ) from error
    file.truncate(0)
    file.write(f"process {os.getpid()}")
    file.flush()
    return file


def take_port(port: int) -> socket.socket:
    """Listen on a port of this machine alone; 0 is any free one. Raises Refused where it cannot be had."""
    # asyncio switches Nagle off only where the protocol is named; 40 ms a request hang on it.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise Refused(
            f"port {port} of 127.0.0.1 cannot be used: {error.strerror}; choose another, or 0 for a free one"
        ) from error
    listener.listen(128)
    return listener
