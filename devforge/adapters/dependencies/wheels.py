"""Fetches Python packages as wheels, which are unpacked and never run: no build, no set-up code."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidSdistFilename, canonicalize_name, parse_sdist_filename
from packaging.version import InvalidVersion

from devforge.adapters.dependencies.fetching import Unresolvable, run_client
from devforge.errors import Unavailable
from devforge.model.unresolvable import SOURCE_ONLY

_OPTIONS = (
    "--only-binary=:all:", "--no-input", "--disable-pip-version-check", "--progress-bar=off",
    "--retries=1", "--no-color", "--root-user-action=ignore", "--no-warn-script-location",
)  # fmt: skip
_LOG_BYTES = 1024 * 1024
_NETWORK = re.compile(
    r"Failed to establish a new connection|Temporary failure in name resolution|Name or service not"
    r"|Connection (?:refused|reset|aborted)|NewConnectionError|ConnectTimeout|Read timed out"
    r"|Max retries exceeded|ProxyError|SSLError|5\d\d Server Error|too many 5\d\d error responses|HTTP error 5\d\d|Network is unreachable|RemoteDisconn"
)
_NONE_FOUND = re.compile(
    r"Could not find a version that satisfies the requirement (?P<what>[^\n]+?) "
    r"\(from (?:versions|[^)]*\) \(from versions): (?P<versions>[^)]*)\)"
)
# pip's log says so of each archive that --only-binary keeps it from.
_SOURCE = re.compile(
    r"No sources permitted for [^\n]*?/(?P<file>[^/\s#?]+\.(?:tar\.gz|zip))(?=[#?\s])"
)
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_WRONG_HASH = re.compile(r"\n\s{4}(?P<what>[A-Za-z0-9._-]+)[^\n]*\n\s+Expected sha", re.ASCII)
_NO_HASH = re.compile(r"\n\s{4}(?P<what>[A-Za-z0-9._-]+==[^\s]+) --hash=")


def fetch_wheels(requirements: Sequence[str], into: Path, *, disk_bytes: int) -> Path:
    """Install `requirements`, lines as pip reads them, into a directory below `into`; return it.

    A line with `--hash` makes hashes required of all of them, as pip does.

    Raises:
        Unresolvable: the index has no fitting wheel, a hash differs, or two lines exclude each other.
        Unavailable: pip is not installed, the index did not answer.
    """
    if importlib.util.find_spec("pip") is None:
        raise Unavailable("pip is not installed beside this program, so no wheel can be fetched")
    into.mkdir(parents=True, exist_ok=True)
    wanted, target = into / "requirements.txt", into / "packages"
    wanted.write_text("\n".join(requirements) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "install", *_OPTIONS]
    log = into / "pip.log"  # pip says there alone that an index answered with an error of its own
    command += ["--target", str(target), "--requirement", str(wanted), "--log", str(log)]
    answer = run_client(
        command, into=into, disk_bytes=disk_bytes, prefix="PIP_", settings={"PIP_USER": "0"}
    )
    if answer.status != 0:
        raise _translated(answer.said, _tail(log), requirements)
    target.mkdir(exist_ok=True)
    return target


def _tail(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _LOG_BYTES))
            return file.read(_LOG_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def _translated(said: str, log: str, requirements: Sequence[str]) -> Unresolvable | Unavailable:
    if network := _NETWORK.search(said) or _NETWORK.search(log):
        return Unavailable(f"the Python package index did not answer: {network.group()}")
    reasons = {}
    for match in _NONE_FOUND.finditer(said):
        name = _name(match["what"])
        seen = match["versions"].strip()
        if _has_source(match["what"], log):
            reasons[name] = SOURCE_ONLY
            continue
        reasons[name] = (
            f"no wheel satisfies {match['what'].strip()}; the index has {_few(seen)}"
            if seen not in ("", "none")
            else f"no wheel satisfies {match['what'].strip()}; the index has none for this Python"
        )
    for match in _WRONG_HASH.finditer(said):
        reasons[_name(match["what"])] = "the file's hash is not the one that is pinned"
    for match in _NO_HASH.finditer(said):
        reasons[_name(match["what"])] = "has no hash, and others have: pin it with one too"
    if "ResolutionImpossible" in said or "conflicting dependencies" in said:
        names = sorted({_name(line) for line in requirements if _name(line) in said})
        reasons |= {name: f"cannot be installed together: {_conflict(said)}" for name in names}
    if reasons:
        return Unresolvable(reasons)
    return Unavailable(f"pip could not install the dependencies: {_last(said)}")


def _has_source(what: str, log: str) -> bool:
    """Whether the index has a source archive of a version that `what` asks for."""
    try:
        wanted = Requirement(what.partition(" (from ")[0])
    except InvalidRequirement:
        return False
    for match in _SOURCE.finditer(log):
        try:
            name, version = parse_sdist_filename(match["file"])
        except (InvalidSdistFilename, InvalidVersion):
            continue
        if name == canonicalize_name(wanted.name) and wanted.specifier.contains(
            version, prereleases=True
        ):
            return True
    return False


def _name(requirement: str) -> str:
    match = _NAME.match(requirement.strip())
    return match.group() if match else requirement.strip()


def _few(versions: str) -> str:
    known = [version.strip() for version in versions.split(",")]
    return ", ".join(known[-5:]) if len(known) <= 5 else f"… {', '.join(known[-5:])}"


def _conflict(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if " depends on " in line]
    return "; ".join(lines[:4]) or "their version ranges exclude each other"


def _last(said: str) -> str:
    errors = [line.strip() for line in said.splitlines() if "ERROR" in line or "rror:" in line]
    lines = errors or [line.strip() for line in said.splitlines() if line.strip()] or ["no word"]
    return lines[-1][:300]
