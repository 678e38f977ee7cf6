"""A plugin under test is found by what it plugs into, however its project is written down."""

from __future__ import annotations

import pytest
from sandbox.trials import tree

from devforge.review.trial.installed import installed_project

PYPROJECT = (
    '[project]\nname = "my-plugin"\nversion = "1.2"\n[project.scripts]\nrun = "p:main"\n'
    '[project.entry-points.host]\none = "p"\n'
)
SETUP = "from setuptools import setup\nsetup(name='my-plugin', version=VERSION, entry_points={})\n"
VERSION = "VERSION = '1.2'\n"
CONFIG = (
    "[metadata]\nname = my-plugin\nversion = 1.2\n[options.entry_points]\nhost =\n    one = p\n"
)


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": PYPROJECT},
        {"setup.cfg": CONFIG},
        {"setup.py": VERSION + SETUP.format("{'host': ['one = p']}")},
        {"setup.py": VERSION + SETUP.format("{'host': 'one = p'}")},
        {"setup.py": VERSION + SETUP.format("'[host]\\none = p'")},
        {"setup.cfg": CONFIG, "setup.py": "from setuptools import setup\nsetup()\n"},
    ],
)
def test_name_version_and_entry_points_are_read(files: dict[str, str]) -> None:
    found = installed_project(tree(files))

    assert found is not None
    assert found.directory == "my_plugin-1.2.dist-info"
    assert found.entry_points["host"] == ("one = p",)
    assert "[host]\none = p\n" in found.files()["entry_points.txt"]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"setup.py": "import os\nsetup(name=os.environ['NAME'])\n"},
        {"setup.py": "def (\n"},
        {"setup.cfg": "no section\n"},
        {"pyproject.toml": '[project]\nname = "../../out"\n'},
        {"setup.py": "setup(name='../out')\n"},
    ],
)
def test_what_names_no_project_installs_none(files: dict[str, str]) -> None:
    assert installed_project(tree(files)) is None


def test_odd_values_are_left_out() -> None:
    odd = (
        "setup(name='p', version=1, entry_points={'a': 7, 'b': [None, 'x = y'], 'c': open('z')})\n"
    )
    assert installed_project(tree({"setup.py": odd})) is not None
    odd = odd.replace(", 'c': open('z')", "")
    found = installed_project(tree({"setup.py": odd}))

    assert found is not None
    assert (found.version, dict(found.entry_points)) == ("0", {"a": (), "b": ("x = y",)})
