"""A client that is told to end, or whose home turns read-only, between any two steps of any change."""

from __future__ import annotations

import errno
import io
import json
import shutil
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime

import pytest
from signed_index import SignedIndex
from updates.stops import count, fail_at, tell_at

from devforge.cli import main
from devforge.updates.home import Home
from devforge.updates.verify import differences

LINES = {
    "install acme.pen": {"acme.ink": "1.1.0", "acme.pen": "1.0.0"},
    "update --now acme.ink": {"acme.ink": "1.2.0"},
    "rollback acme.ink": {"acme.ink": "1.0.0"},
    "pin acme.ink": {"acme.ink": "1.1.0"},
}
OLD = {"acme.ink": "1.1.0"}


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home with a version to go back to and one to go on to; `before` beside it is how it was."""
    registry = SignedIndex(tmp_path / "index", clock=datetime.now(UTC))
    (tmp_path / "root.json").write_bytes(registry.root)
    for name, value in {"INDEX": tmp_path / "index", "ROOT": tmp_path / "root.json", "HOME": tmp_path / "home", "VERSION": "2.0.0"}.items():  # fmt: skip
        monkeypatch.setenv(f"DEVFORGE_{name}", str(value))
    registry.add("acme.pen", "1.0.0")
    for version in ("1.0.0", "1.1.0"):
        registry.add("acme.ink", version, {"a.py": version})
        assert run(f"install acme.ink --version {version}")[0] == 0
    registry.add("acme.ink", "1.2.0", {"a.py": "new"})
    assert run("outdated")[0] == 0
    shutil.copytree(tmp_path / "home", tmp_path / "before")
    return tmp_path / "home"


def again(home):
    shutil.rmtree(home)
    shutil.copytree(home.parent / "before", home)


def run(line):
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(line.split())
    return code, out.getvalue(), err.getvalue()


def program(line):
    """The same as a program of its own does it, which heeds signals."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        sys.argv[1:] = line.split()
        return main()


def state_of(home):
    held = Home(home)
    for entry in held.installed().values():
        assert not differences(held.root / entry.directory, held.record(entry.directory))
    return {str(id): str(entry.version) for id, entry in held.installed().items()}


def scratch(home):
    return [*home.rglob(".new-*"), *home.glob("incoming/*"), *home.glob("journal.json")]


@pytest.mark.long
@pytest.mark.parametrize(("number", "late"), [(signal.SIGTERM, False), (signal.SIGHUP, True)])
@pytest.mark.parametrize("line", LINES)
def test_told_to_end_at_any_step_it_leaves_the_old_or_the_new_and_no_scratch(
    home, line, number, late
):
    steps, seen = count(lambda: run(line)), set()
    again(home)
    for step in range(1, steps + 1, 2):
        code = tell_at(step, lambda: program(line), number, late=late)

        assert code in (128 + number, 0), f"step {step}"
        after = state_of(home)
        assert after in (OLD, LINES[line]), f"step {step}"
        assert scratch(home) == [], f"step {step}"
        assert json.loads(run("doctor --json")[1])["left_over"] == [], f"step {step}"
        seen.add(code)
        assert run(line)[0] in ((0,) if after == OLD else (0, 64)), f"step {step}"
        again(home)
    assert 128 + number in seen


@pytest.mark.long
@pytest.mark.parametrize("line", LINES)
def test_a_home_that_turns_read_only_at_any_step_is_said_and_holds_the_old_or_the_new(home, line):
    steps = count(lambda: run(line))
    again(home)
    for step in range(1, steps + 1, 3):
        said = fail_at(step, lambda: "{} {} {}".format(*run(line)), code=errno.EROFS)

        assert said[:2] in ("0 ", "1 "), f"step {step}: {said}"
        assert "our fault" not in said, f"step {step}: {said}"
        assert said[0] == "0" or "Read-only file system" in said, f"step {step}: {said}"
        after = state_of(home)
        assert after in (OLD, LINES[line]), f"step {step}"
        assert after == LINES[line] or said[0] == "1" or line == "pin acme.ink", (
            f"step {step}: {said}"
        )
        assert run(line)[0] in ((0,) if after == OLD else (0, 64)), f"step {step}"
        assert run("doctor")[0] == 0, f"step {step}"
        again(home)
