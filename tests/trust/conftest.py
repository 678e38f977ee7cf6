"""A registry's records, keys made in a folder, and the command line as a person types it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from devforge.cli import main

ROOT = Path(__file__).parents[2]
PASSPHRASE = "correct horse battery staple"


class Office:
    """One person's desk: `registry/` and `keys/` in one directory."""

    def __init__(self, directory: Path, capsys) -> None:
        self.registry, self.keys, self._capsys = directory / "registry", directory / "keys", capsys
        self.registry.mkdir()
        shutil.copy(ROOT / "registry/policy.yaml", self.registry / "policy.yaml")

    def type(self, *words: str) -> tuple[int, str]:
        """Run `devforge keys …`; return its exit code and all it printed."""
        code = main(["keys", *words])
        return code, "".join(self._capsys.readouterr())

    def key(self, name: str, *options: str) -> str:
        """Make a key; return its reference's path."""
        code, said = self.type("new", name, "--dir", str(self.keys), *options)
        assert code == 0, said
        return str(self.keys / f"{name}.key.json")

    def here(self, command: str, *words: str) -> tuple[int, str]:
        """Run a command on this registry."""
        return self.type(command, *words, "--registry", str(self.registry))

    def does(self, command: str, *words: str) -> str:
        """Run and apply a command that must succeed; return what it printed."""
        code, said = self.here(command, *words, "--apply")
        assert code == 0, said
        return said

    def begin(self, offline: tuple[str, ...] = ("usb-a", "usb-b", "paper")) -> None:
        """Hold the first ceremony, signed by the first two keys (or the only one)."""
        keys = [word for name in offline for word in ("--key", self.key(name))]
        self.does(
            "init", *keys, "--online", self.key("online-1", "--online"),
            "--repository", "operator/registry",
        )  # fmt: skip
        self.sign(*offline[: len(offline) // 2 + 1])

    def sign(self, *names: str) -> str:
        """Sign what is pending with keys of the folder, one after the other."""
        return "".join(self.does("sign", str(self.keys / f"{name}.key.json")) for name in names)

    @property
    def trust(self) -> Path:
        return self.registry / "trust"


@pytest.fixture
def office(tmp_path, capsys, monkeypatch) -> Office:
    """An empty registry, and somebody who knows the passphrase."""
    monkeypatch.setenv("DEVFORGE_KEY_PASSPHRASE", PASSPHRASE)
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    return Office(tmp_path, capsys)
