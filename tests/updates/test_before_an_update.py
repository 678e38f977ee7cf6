"""What a person is told of an update: what is new in it, and how far its download has come."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from signed_index import SignedIndex, serve
from updates.conftest import id_, version_

from devforge.errors import BadInput

LOG = "# Changes\n\n## 1.2.0\n- Draws \x1b[31min red\u202e.\n\n## 1.1.0\n- Draws.\n\n## 1.0.0\n- Is.\n"
DEVFORGE = [sys.executable, "-c", "import sys; from devforge.cli import main; sys.exit(main())"]


def told(found):
    return {str(one.version): one.changes for one in found}


@pytest.fixture
def ink(shelf, person):
    """acme.ink 1.0.0 is installed; 1.1.0 and 1.2.0 are out, and the newest's changelog tells of all."""
    shelf.add("acme.ink", "1.0.0")
    person.install("acme.ink")
    return shelf.add("acme.ink", "1.1.0").add("acme.ink", "1.2.0", {"CHANGELOG.md": LOG})


def test_what_is_new_is_told_before_anything_is_installed(ink, person):
    found = told(person.updates.changes(id_("acme.ink")))

    assert found == {"1.2.0": ("Draws <U+001B>[31min red<U+202E>.",), "1.1.0": ("Draws.",)}
    assert person.has == {"acme.ink": "1.0.0"}
    with pytest.raises(BadInput, match=r"acme.ink 3.0.0: the registry has 1.2.0, 1.1.0, 1.0.0"):
        person.updates.changes(id_("acme.ink"), version_("3.0.0"))


def test_an_update_tells_what_it_brought_and_afterwards_asks_nobody(ink, person):
    outcome = person.update()

    assert told(person.updates.brought(outcome.done[0])).keys() == {"1.2.0", "1.1.0"}
    ink.asked.clear()
    assert told(person.updates.changes(id_("acme.ink"))).keys() == {"1.2.0"}
    assert not any("download" in what for what in ink.asked)


def test_a_version_that_was_withdrawn_is_not_the_news(ink, person):
    ink.change("acme.ink", "1.2.0", yanked={"reason": "Eats ink."})

    assert told(person.updates.changes(id_("acme.ink"))) == {"1.1.0": ()}


def test_a_terminal_sees_how_far_a_download_is_and_a_pipe_does_not(tmp_path):
    registry, root = (
        SignedIndex(tmp_path / "index", clock=datetime.now(UTC)),
        tmp_path / "root.json",
    )
    registry.add("acme.atlas", "1.0.0", {"map.bin": os.urandom(3_000_000)})
    root.write_bytes(registry.root)
    watched, screen = pty.openpty()

    with serve(registry.out) as server:
        line = [*DEVFORGE, "install", "acme.atlas", "--index", server.url, "--root", str(root), "--home"]  # fmt: skip
        subprocess.run([*line, str(tmp_path / "seen")], stderr=screen, stdout=subprocess.PIPE, timeout=60, check=True)  # fmt: skip
        piped = subprocess.run([*line, str(tmp_path / "piped")], capture_output=True, timeout=60, check=True)  # fmt: skip
    os.close(screen)

    shown = os.read(watched, 65536).decode()
    os.close(watched)
    assert shown.startswith("downloading acme.atlas 1.0.0\r")
    assert shown.endswith("downloading acme.atlas 1.0.0  100 % of 3.0 MB\r\n")
    assert piped.stderr == b""
