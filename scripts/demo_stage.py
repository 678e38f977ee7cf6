"""The demo's stage: one local GitHub, the people on it, and what they type."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import github as pygithub
import github.Repository

from devforge.errors import Refused
from devforge.local import LocalGitHub

ROOT = Path(__file__).resolve().parent.parent
REGISTRY = "operator/registry"


class Stage:
    """One local GitHub, the people on it, and what they type."""

    def __init__(self, server: LocalGitHub, data: Path) -> None:
        self.server, self.data, self.started = server, data, time.monotonic()
        self.root = data / "root.json"  # what clients trust, as they are given it by the operator
        self.accounts = {"operator": server.create_account("operator")}
        server.create_repository(REGISTRY)

    def chapter(self, title: str) -> None:
        print(
            f"\n── {title} {'─' * max(3, 76 - len(title))} {time.monotonic() - self.started:4.0f} s\n",
            flush=True,
        )

    def client(self, login: str) -> pygithub.Github:
        """Return PyGithub, unmodified, as `login`."""
        return pygithub.Github(
            base_url=self.server.api_url,
            auth=pygithub.Auth.Token(self.accounts[login].token),
            seconds_between_requests=None,
            seconds_between_writes=None,
        )

    def registry(self, login: str = "operator") -> github.Repository.Repository:
        return self.client(login).get_repo(REGISTRY)

    def environment(self, login: str) -> dict[str, str]:
        return os.environ | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "GITHUB_SERVER_URL": self.server.url,
            "GITHUB_API_URL": self.server.api_url,
            "GITHUB_REPOSITORY": REGISTRY,
            "DEVFORGE_REGISTRY": REGISTRY,
            "GITHUB_TOKEN": self.accounts[login].token,
            "PYTHONPATH": str(ROOT),
            "DEVFORGE_ROOT": str(self.root),
            "DEVFORGE_KEY_PASSPHRASE": "only for this demo",
        }

    def run(
        self,
        login: str,
        *command: str,
        cwd: Path | None = None,
        quiet: bool = False,
        codes: tuple[int, ...] = (0,),
    ) -> str:
        """Run a command as `login` would type it, show it, and return what it printed."""
        typed = " ".join(
            Path(word).name if word.startswith("/") and n == 0 else word
            for n, word in enumerate(command)
        )
        if not quiet:
            print(f"{login}$ {typed.replace(str(self.data), '.')}")
        done = subprocess.run(
            command,
            cwd=cwd,
            env=self.environment(login),
            text=True,
            capture_output=True,
            check=False,
            timeout=300,
        )
        if done.returncode not in codes:
            raise Refused(
                f"`{typed}` ended with {done.returncode}: {done.stderr.strip() or done.stdout.strip()}"
            )
        if not quiet:
            print(
                "".join(f"  {line}\n" for line in done.stdout.strip().splitlines()),
                end="",
                flush=True,
            )
        return done.stdout

    def push(self, login: str, directory: Path, repository: str, message: str) -> None:
        """Commit everything in `directory` and push it to `repository` with real Git."""
        url = f"{self.server.url}/{repository}.git".replace(
            "://", f"://{login}:{self.accounts[login].token}@"
        )
        if not (directory / ".git").exists():
            self._git(login, directory, "init", "--quiet", "--initial-branch=main")
            self._git(
                login, directory, "remote", "add", "origin", f"{self.server.url}/{repository}.git"
            )
        self._git(login, directory, "add", "--all", "--force")
        self._git(login, directory, "commit", "--quiet", "--message", message)
        self._git(login, directory, "push", "--quiet", url, "HEAD:refs/heads/main")

    def _git(self, login: str, directory: Path, *arguments: str) -> None:
        who = (
            "-c",
            f"user.name={login}",
            "-c",
            f"user.email={login}@users.invalid",
            "-c",
            "commit.gpgsign=false",
        )
        self.run(login, "git", *who, *arguments, cwd=directory, quiet=True)

    def wait(self, what: str) -> None:
        """Let the workflows run until nothing is left to do."""
        begun = time.monotonic()
        print(f"  … {what}", end="", flush=True)
        self.server.wait_until_idle(timeout=600)
        print(f" ({time.monotonic() - begun:.0f} s)", flush=True)
