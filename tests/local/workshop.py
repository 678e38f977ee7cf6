"""A repository whose workflows run: files pushed by real Git, runs read through PyGithub's own eyes."""

from __future__ import annotations

import os
import subprocess
import textwrap
from pathlib import Path
from typing import Any

import github
from github.WorkflowRun import WorkflowRun

from devforge.local import LocalGitHub


class Workshop:
    """One account with one repository on a local GitHub."""

    def __init__(self, gh: LocalGitHub, scratch: Path, name: str = "alice/tool") -> None:
        login = name.partition("/")[0]
        self.gh, self.name = gh, name
        self.account = gh.create_account(login)
        gh.create_repository(name)
        self.clone = scratch / "clone"
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(scratch),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": login,
            "GIT_AUTHOR_EMAIL": f"{login}@example.org",
            "GIT_COMMITTER_NAME": login,
            "GIT_COMMITTER_EMAIL": f"{login}@example.org",
        }
        self.clone.mkdir()
        self.git("init", "-q", "--template=", "-b", "main")
        url = gh.url.replace("://", f"://x:{self.account.token}@")
        self.git("remote", "add", "origin", f"{url}/{name}.git")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.clone,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def push(self, files: dict[str, str], message: str = "change", branch: str = "main") -> str:
        """Commit `files`, push and return the commit; workflows are named without their directory."""
        for name, text in files.items():
            path = self.clone / (
                name if "/" in name or "." not in name else f".github/workflows/{name}"
            )
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        self.git("push", "-q", "origin", f"HEAD:refs/heads/{branch}")
        return self.git("rev-parse", "HEAD")

    def run(self, text: str, **more: str) -> WorkflowRun:
        """Push one workflow and return its run once everything has ended."""
        self.push({"test.yml": text, **more})
        self.settle()
        return self.runs()[0]

    def settle(self) -> None:
        self.gh.wait_until_idle(timeout=60)

    @property
    def api(self) -> github.Github:
        return self.api_of(self.account.token)

    def api_of(self, token: str) -> github.Github:
        """Return PyGithub speaking with somebody's token, without its own patience."""
        return github.Github(
            auth=github.Auth.Token(token),
            base_url=self.gh.api_url,
            seconds_between_requests=0,
            seconds_between_writes=0,
            retry=None,
        )

    @property
    def repository(self) -> Any:
        return self.api.get_repo(self.name)

    def runs(self, workflow: str = "test.yml") -> list[WorkflowRun]:
        """Return the runs of one workflow, newest first."""
        path = f".github/workflows/{workflow}"
        return [run for run in self.repository.get_workflow_runs() if run.path == path]

    def log(self, run: WorkflowRun) -> str:
        """Return the logs of the run's jobs without their time stamps."""
        texts = []
        for row in self.gh.hub.store.all(
            "SELECT * FROM workflow_job WHERE run_id = ? AND attempt = ? ORDER BY id",
            run.id,
            run.run_attempt,
        ):
            path = self.gh.hub.data / "actions" / "logs" / str(run.id) / f"{row['id']}.txt"
            if path.exists():
                texts += [line.partition(" ")[2] for line in path.read_text().splitlines()]
            texts.append(row["annotations"])
        return "\n".join(texts)
