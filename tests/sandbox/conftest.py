"""A sandbox to break out of, started by root and by an ordinary user, as both really happen."""

from __future__ import annotations

import os
import pickle
import sys
import textwrap
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from devforge.adapters import sandbox
from devforge.adapters.sandbox import Outcome, View, available, run
from devforge.model.reviewing import Sandbox as Limits

NOBODY = 65534
MEBIBYTE = 2**20
LIMITS = Limits(
    memory_bytes=256 * MEBIBYTE,
    processes=24,
    seconds=5,
    disk_bytes=16 * MEBIBYTE,
    output_bytes=64 * 1024,
)
Attack = Callable[..., Outcome]


@pytest.fixture(scope="session", autouse=True)
def _sandbox() -> None:
    if (missing := available()) is not None:
        why = f"these tests need the sandbox: {missing.reason}"
        pytest.fail(why) if os.environ.get("CI") == "true" else pytest.skip(why)


@pytest.fixture(params=["root", "ordinary user"] if os.geteuid() == 0 else ["ordinary user"])
def attack(request: pytest.FixtureRequest) -> Attack:
    """Run Python code in the sandbox as whoever starts it; return how it ended."""

    def attempt(code: str, *, view: View | None = None, limits: Limits = LIMITS) -> Outcome:
        view = view or View()
        if request.param == "root" or os.geteuid() != 0:
            return run([*interpreter(), textwrap.dedent(code)], with_python(view), limits)
        if not Path("/usr/bin/python3").exists() or not others_may_read(Path(sandbox.__file__)):
            pytest.skip("an ordinary user may read no Python in /usr, or not this checkout")
        command = ["/usr/bin/python3", "-Ic", textwrap.dedent(code)]
        return as_nobody(lambda: run(command, view, limits))

    return attempt


def others_may_read(file: Path) -> bool:
    """Whether a stranger to this machine's owner gets to `file`; below root's own home nobody does."""
    return all(place.stat().st_mode & 0o001 for place in file.parents) and bool(
        file.stat().st_mode & 0o004
    )


def interpreter() -> list[str]:
    return [os.path.realpath(sys.executable), "-Ic"]


def with_python(view: View) -> View:
    """Show the interpreter these tests run on, where /usr does not hold it."""
    base = Path(sys.base_prefix)
    mounts = dict(view.mounts) if base.is_relative_to("/usr") else {**view.mounts, str(base): base}
    return View(view.source, mounts, view.environment, view.reserved_bytes)


def as_nobody(act: Callable[[], Outcome]) -> Outcome:
    """Do `act` in a process that has given up being root."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of fork
        child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            with os.fdopen(writing, "wb") as out:
                pickle.dump(act(), out)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        content = answer.read()
    os.waitpid(child, 0)
    assert content, "the run as an ordinary user failed; its traceback is above"
    return pickle.loads(content)
