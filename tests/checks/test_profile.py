"""Which hosts and programs code names, in each way of writing them."""

from __future__ import annotations

import textwrap

import pytest
from example_trees import submission_of
from joined_trees import observed_together

from checks.profile import profile_of
from checks.profile.starts import entry_points_of

GET = "import requests\n"
HOSTS = {
    "literal": ("py", GET + "requests.get('https://a.example/x')\n"),
    "constant": ("py", GET + "URL = 'https://a.example/x'\nrequests.get(URL)\n"),
    "f-string": ("py", GET + "def f(n):\n    requests.get(f'https://a.example/{n}')\n"),
    "concatenation": ("py", GET + "BASE = 'https://a.example'\nrequests.get(BASE + '/x')\n"),
    "format": ("py", GET + "requests.get('https://a.example/{}'.format(1))\n"),
    "class attribute": (
        "py",
        GET
        + "class A:\n    base = 'https://a.example'\n\n    def f(self):\n        requests.get(self.base)\n",
    ),
    "port": ("py", GET + "requests.get('https://a.example:8443/x')\n"),
    "bare": ("py", "from http.client import HTTPSConnection\nHTTPSConnection('a.example')\n"),
    "template": ("ts", "const BASE = 'https://a.example';\nfetch(`${BASE}/x`);\n"),
}
NO_HOSTS = {
    "loopback": ("py", GET + "requests.get('http://127.0.0.1:8000')\n"),
    "shown": ("py", "def f(view):\n    view.show('see https://a.example/help')\n"),
    "comment": ("py", GET + "# https://a.example\nrequests.get(input())\n"),
}


@pytest.fixture(scope="module")
def hosts():
    asked = HOSTS | NO_HOSTS
    made = [submission_of({"files": {f"src/a.{ext}": code}}) for ext, code in asked.values()]
    return {k: profile_of(one).hosts for k, one in zip(asked, observed_together(made), strict=True)}


@pytest.mark.parametrize("form", HOSTS)
def test_a_host_is_found_however_it_is_written(hosts, form):
    assert hosts[form] == ("a.example",)


@pytest.mark.parametrize("form", NO_HOSTS)
def test_what_is_nobody_elses_machine_or_only_shown_is_no_host(hosts, form):
    assert hosts[form] == ()


def test_a_move_from_setup_py_to_pyproject_is_no_new_start():
    setup = """
        from setuptools import setup

        setup(entry_points={
            "spyder.plugins": ["unittest = own.plugin:Plugin"],
            "console_scripts": "own = own.main:main",
            "computed": [name() for name in ()],
        })
    """
    cfg = "[options.entry_points]\nspyder.plugins =\n    unittest = own.plugin:Plugin\nconsole_scripts =\n    own=own.main:main\n"
    project = '[project.scripts]\nown = "own.main:main"\n[project.entry-points."spyder.plugins"]\nunittest = "own.plugin:Plugin"\n'
    files = {"setup.py": textwrap.dedent(setup), "setup.cfg": cfg, "pyproject.toml": project}
    for path, text in files.items():
        starts = entry_points_of(submission_of({"files": {path: {"text": text}}}))

        assert [one for one in starts if ":" in one] == [
            "scripts own: own.main:main", "spyder.plugins unittest: own.plugin:Plugin"
        ], path  # fmt: skip
