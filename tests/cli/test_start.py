"""A command imports what it needs and no more, so that it starts at once."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from signed_index import SignedIndex

from devforge.cli import main
from devforge.cli.table import COMMANDS

_RUN = """
import sys
from devforge.cli import main
code = main(sys.argv[1:])
print("\\n" + " ".join(sorted(sys.modules)), file=sys.stderr)
sys.exit(code)
"""
NETWORK = {"tuf", "urllib3", "requests", "securesystemslib", "cryptography", "boto3"}
HEAVY = {
    "devforge.model.submission",
    "devforge.publish",
    "devforge.review",
    "checks",
}


def imported(*arguments: str) -> set[str]:
    """Run a command line and return every module it imported."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    "line", ["search --help", "show --help", "install --help", "update --help", "list --help"]
)
def test_the_help_of_a_command_imports_no_other_command_and_no_model(line):
    modules = imported(*line.split())

    assert modules & (NETWORK | HEAVY) == set()
    assert {name for name in modules if name.startswith("devforge.model.")} <= {
        "devforge.model.collector", "devforge.model.names", "devforge.model.parsed", "devforge.model.versions",
    }  # fmt: skip
    commands = {name for name in modules if name.startswith("devforge.cli.")}
    assert "devforge.cli.check" not in commands


@pytest.fixture
def home(tmp_path):
    """A home with one extension in it."""
    registry = SignedIndex(
        tmp_path / "index", clock=datetime.now(UTC)
    )  # `main` reads the real clock
    root = tmp_path / "root.json"
    registry.add("acme.ink", "1.0.0")
    root.write_bytes(registry.root)
    assert main(["install", "acme.ink", *where(tmp_path)]) == 0
    return tmp_path / "home"


def where(folder):
    """What names the registry and the home in `folder`."""
    named = {"--index": "index", "--root": "root.json", "--home": "home"}
    return [word for option, name in named.items() for word in (option, str(folder / name))]


@pytest.mark.parametrize(
    "line",
    ["list", "list --json", "history", "config", "verify", "pin acme.ink", "unpin acme.ink",
     "hold acme.ink", "disable acme.ink"],
)  # fmt: skip
def test_what_asks_nobody_reads_a_home_without_what_reads_strangers_files(home, line):
    modules = imported(*line.split(), "--home", str(home))

    assert modules & (NETWORK | HEAVY | {"pydantic", "jinja2", "rich"}) == set()


@pytest.mark.parametrize(
    "line", ["show acme.ink", "search ink", "why acme.ink", "outdated", "update", "doctor"]
)
def test_what_asks_the_registry_reads_its_words_without_what_reads_the_records(home, line):
    modules = imported(*line.split(), *where(home.parent))

    assert "tuf" in modules or line.split()[0] in ("why", "doctor")
    assert modules & (HEAVY | {"pydantic", "jinja2", "rich"}) == set()


def test_the_version_is_said_with_hardly_an_import():
    assert imported("--version") & (NETWORK | HEAVY | {"pydantic"}) == set()


def test_the_help_names_every_command():
    done = subprocess.run(
        [sys.executable, "-c", _RUN, "--help"], capture_output=True, text=True, check=False
    )

    assert not {"pydantic", "yaml"} & set(done.stderr.splitlines()[-1].split())
    names = [name for commands in COMMANDS.values() for name in commands]
    for name in names:
        assert f"\n  {name} " in done.stdout
