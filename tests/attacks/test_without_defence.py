"""Each defence of the attack table is taken away in a copy of this repository, and its tests fail.

That proves two things at once: the test notices, and nothing else happened to stop the attack.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from attacks.removals import REMOVALS, Removal
from attacks.removals_of_downloads import REMOVALS_OF_DOWNLOADS
from attacks.removals_of_health import REMOVALS_OF_HEALTH
from attacks.removals_of_trust import REMOVALS_OF_TRUST
from attacks.removals_of_updates import REMOVALS_OF_UPDATES
from attacks.starts import Starts

ROOT = Path(__file__).parents[2]
_TABLE = ROOT / "docs/threat-model.md"
_COPIED = ("checks", "devforge", "docs", "registry", "requirements", "scripts", "site", "tests",
           ".github", "pyproject.toml", "Makefile", "README.md", "LICENSE")  # fmt: skip


_AGES = itertools.count(1_000_000_000)


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is tested, once for every process of this run."""
    copy = tmp_path_factory.mktemp("copy") / "registry"
    copy.mkdir()
    forgotten = shutil.ignore_patterns("__pycache__", "node_modules", ".*_cache")
    for name in _COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=forgotten)
        elif (ROOT / name).exists():
            shutil.copy2(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="session")
def starts(pristine: Path) -> Iterator[Starts]:
    made = Starts(pristine)
    yield made
    made.close()


def _write(path: Path, text: str) -> None:
    """Write a file with an age of its own, so that nothing compiled before is taken for it."""
    path.write_text(text)
    age = next(_AGES)
    os.utime(path, (age, age))


_ALL = (
    REMOVALS + REMOVALS_OF_TRUST + REMOVALS_OF_UPDATES + REMOVALS_OF_HEALTH + REMOVALS_OF_DOWNLOADS
)


@pytest.mark.parametrize("removal", _ALL, ids=lambda removal: removal.id)
def test_without_its_defence_a_test_fails(removal: Removal, pristine: Path, starts: Starts):
    # Of one test the first failure tells; without a defence against slowness each takes its time.
    shortly = ["-x"] if len(removal.tests) == 1 else []
    before = {edit.path: (pristine / edit.path).read_text() for edit in removal.edits}
    try:
        for edit in removal.edits:
            text = (pristine / edit.path).read_text()
            assert text.count(edit.old) == 1, f"{edit.path} has changed: look for the defence anew"
            _write(pristine / edit.path, text.replace(edit.old, edit.new))
        code, said = starts.run(
            "-q", "-p", "no:cacheprovider", "--no-header", *shortly, *removal.tests, seconds=280
        )
    finally:
        for path, text in before.items():
            _write(pristine / path, text)

    assert code == 1, said[-6000:]
    failed = set(re.findall(r"^FAILED ([^\s\[]+)", said, re.MULTILINE))
    assert failed == set(removal.tests), said[-6000:]


def test_the_table_of_the_threat_model_names_every_row_and_its_tests():
    table = dict(re.findall(r"^\| (A\d+) \|(.*)$", _TABLE.read_text(), re.MULTILINE))

    assert list(table) == [f"A{number}" for number in range(1, 22)]
    assert {removal.row for removal in REMOVALS} == set(table)
    unnamed = [
        (removal.row, test)
        for removal in REMOVALS
        for test in removal.tests
        if f"`{test.partition('::')[0]}" not in table[removal.row]
    ]
    assert unnamed == []


def test_the_table_of_updates_names_every_row_and_its_tests():
    table = dict(re.findall(r"^\| (B\d+) \|(.*)$", _TABLE.read_text(), re.MULTILINE))
    removals = REMOVALS_OF_TRUST + REMOVALS_OF_UPDATES + REMOVALS_OF_DOWNLOADS

    assert {removal.row for removal in removals} == set(table)
    unnamed = [
        (removal.row, test)
        for removal in removals
        for test in removal.tests
        if f"`{test.partition('::')[0]}" not in table[removal.row]
    ]
    assert unnamed == []


def test_the_table_of_the_beacon_names_each_row_that_is_taken_away_and_its_tests():
    table = dict(re.findall(r"^\| (H\d+) \|(.*)$", _TABLE.read_text(), re.MULTILINE))

    unnamed = [
        (removal.row, test)
        for removal in REMOVALS_OF_HEALTH
        for test in removal.tests
        if f"`{test.partition('::')[0]}" not in table[removal.row]
    ]
    assert unnamed == []
