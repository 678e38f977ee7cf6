"""What only a build uses is judged as a build file, unless the extension uses it after all."""

from __future__ import annotations

import pytest
from example_trees import submission_of

from checks.places import milder, place_of


def submission(**code):
    return submission_of({"files": {f"{name}.py": {"text": text} for name, text in code.items()}})


@pytest.mark.parametrize(
    "path", ["setup.py", "setupbase.py", "setup_helpers.py", "appveyor.yml", ".travis.yml"]
)
def test_what_stands_beside_setup_or_orders_a_build_is_a_build_file(path):
    assert place_of(path) == "build"
    assert place_of(f"src/{path}") == "build"
    assert place_of(f"src/inner/{path}") == "source"


def test_what_a_release_is_numbered_by_is_a_build_file():
    assert place_of("version-bump.mjs") == "build"


@pytest.mark.parametrize(
    "directory", ["test-fixtures", "test-workspaces", "test_data", "tests-data"]
)
def test_what_tests_read_lies_among_tests(directory):
    assert place_of(f"{directory}/a/b.js") == "tests"
    assert place_of(f"{directory}.js") == "source"


@pytest.mark.parametrize("user", ["setup", "plugin"])
def test_what_is_imported_where_it_runs_is_judged_in_full(user):
    helped = submission(setupbase="x = 1\n", **{user: "from setupbase import x\n"})
    alone = submission(setupbase="x = 1\n", plugin="y = 1\n")

    assert milder("block", "setupbase.py", helped) == "block"
    assert milder("block", "setupbase.py", alone) == "person"


@pytest.mark.parametrize("path", ["run_tests.py", "runtests.py"])
def test_what_runs_the_tests_is_judged_with_them(path):
    assert place_of(path) == "tests"
