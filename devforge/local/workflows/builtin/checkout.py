"""actions/checkout: real Git against this server, with the job's token."""

from __future__ import annotations

import base64
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from devforge.local.workflows.builtin.values import flag, lines, whole
from devforge.local.workflows.execution.world import StepFailed, World

_TIMEOUT_SECONDS = 600
_UNSUPPORTED = {"lfs": "false", "submodules": "false"}


def checkout(world: World, inputs: Mapping[str, str]) -> dict[str, str]:
    """Fetch a repository into the workspace; return `ref` and `commit`."""
    for name, only in _UNSUPPORTED.items():
        if inputs.get(name, only) not in {"", only}:
            raise StepFailed(f"the input {name!r} is not supported here; leave it {only}")
    name = inputs.get("repository") or world.github["repository"]
    home = name.lower() == world.github["repository"].lower()
    directory = world.directory(inputs.get("path") or "")
    if not directory.resolve().is_relative_to(world.place.workspace.resolve()):
        raise StepFailed(f"path {inputs.get('path')!r} leads out of the workspace")
    git = _Git(world, directory, inputs.get("token") or world.token)
    url = f"{world.hub.url}/{name}"
    ref = inputs.get("ref") or (world.github["ref"] if home else "")
    wanted = inputs.get("ref") or (world.github["sha"] if home else "HEAD")
    _prepare(git, directory, url, keep=not flag(inputs, "clean", otherwise=True))
    commit = _fetch(git, inputs, ref if not inputs.get("ref") else wanted, wanted)
    _place(git, inputs, ref, commit)
    if flag(inputs, "persist-credentials", otherwise=True):
        git.run("config", "--local", f"http.{world.hub.url}/.extraheader", git.header)
    world.log.write(f"HEAD is now at {commit}")
    return {"ref": ref or wanted, "commit": commit}


class _Git:
    """Git in one directory, with the token in its environment and nowhere else."""

    def __init__(self, world: World, directory: Path, token: str) -> None:
        self._world, self._directory = world, directory
        secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        world.log.masks.add(secret)
        self.header = f"AUTHORIZATION: basic {secret}"

    def run(self, *arguments: str) -> str:
        """Return what git prints. Raises StepFailed with what it complains of."""
        environment = self._world.environment({}) | {
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{self._world.hub.url}/.extraheader",
            "GIT_CONFIG_VALUE_0": self.header,
        }
        if arguments[0] == "config":
            environment["GIT_CONFIG_COUNT"] = "0"
        try:
            done = subprocess.run(
                ["git", *arguments],
                cwd=self._directory,
                env=environment,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_TIMEOUT_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise StepFailed(f"git {arguments[0]}: {error}") from error
        if done.returncode != 0:
            raise StepFailed(f"git {arguments[0]} failed: {done.stderr.strip()[-1000:]}")
        return done.stdout


def _prepare(git: _Git, directory: Path, url: str, *, keep: bool) -> None:
    if directory.exists() and not keep:
        for entry in directory.iterdir():
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    directory.mkdir(parents=True, exist_ok=True)
    if not (directory / ".git").exists():
        git.run("init", "--quiet", "--initial-branch=main")
        git.run("remote", "add", "origin", url)
        git.run("config", "--local", "gc.auto", "0")


def _fetch(git: _Git, inputs: Mapping[str, str], ref: str, wanted: str) -> str:
    """Fetch and return the commit: of the sha the event names, else of what the ref points to now."""
    options = ["--no-tags", "--quiet", "--force"]
    depth = whole(inputs, "fetch-depth", otherwise=1)
    if depth:
        options.append(f"--depth={depth}")
    if chosen := inputs.get("filter"):
        options.append(f"--filter={chosen}")
    elif inputs.get("sparse-checkout"):
        options.append("--filter=blob:none")
    specs = [_spec(git, ref, wanted)]
    if depth == 0:
        specs += ["+refs/heads/*:refs/remotes/origin/*"]
    if depth == 0 or flag(inputs, "fetch-tags", otherwise=False):
        specs += ["+refs/tags/*:refs/tags/*"]
    git.run("fetch", *options, "origin", *specs)
    return git.run("rev-parse", "refs/checkout/wanted^{commit}").strip()


def _spec(git: _Git, ref: str, wanted: str) -> str:
    if wanted == "HEAD" or _is_sha(wanted):
        return f"+{wanted}:refs/checkout/wanted"
    if ref.startswith("refs/"):
        return f"+{ref}:refs/checkout/wanted"
    listed = git.run("ls-remote", "origin", f"refs/heads/{ref}", f"refs/tags/{ref}")
    names = [line.split("\t")[1] for line in listed.splitlines()]
    if not names:
        raise StepFailed(f"a branch or tag with the name {ref!r} could not be found")
    return f"+{names[0]}:refs/checkout/wanted"


def _place(git: _Git, inputs: Mapping[str, str], ref: str, commit: str) -> None:
    """Write the files; on a branch stand on the branch, else on the commit alone."""
    if sparse := lines(inputs, "sparse-checkout"):
        cone = flag(inputs, "sparse-checkout-cone-mode", otherwise=True)
        git.run("sparse-checkout", "set", "--cone" if cone else "--no-cone", *sparse)
    branch = ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else ""
    if not branch and ref and not ref.startswith("refs/") and not _is_sha(ref):
        branch = ref
    if branch:
        git.run("update-ref", f"refs/remotes/origin/{branch}", commit)
        git.run("checkout", "--quiet", "--force", "-B", branch, f"refs/remotes/origin/{branch}")
    else:
        git.run("checkout", "--quiet", "--force", "--detach", commit)
    git.run("update-ref", "-d", "refs/checkout/wanted")


def _is_sha(text: str) -> bool:
    return len(text) == 40 and all(character in "0123456789abcdef" for character in text)
