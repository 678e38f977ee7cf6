"""Which tests are the extension's own, what they need, and what started them: read from its files."""

from __future__ import annotations

from sandbox.trials import tree

from devforge.review.trial.discovery import (
    other_runner,
    others_directories,
    python_sources,
    python_tests,
    script_sources,
)
from devforge.review.trial.pytest_settings import kept_options
from devforge.review.trial.requirements import python_requirements

TEST = "def test_it():\n    assert 1 + 1 == 2\n"


def test_other_peoples_tests_and_examples_are_not_the_extensions_own() -> None:
    files = tree(
        {
            "src/ink.py": "A = 1\n",
            "tests/test_ink.py": TEST,
            "vendor/jsonschema/core.py": "B = 2\n",
            "vendor/jsonschema/tests/test_core.py": TEST,
            "doc/example/test_foo.py": TEST,
        }
    )

    assert python_tests(files) == ("tests/test_ink.py",)
    assert python_sources(files) == ("src/ink.py",)
    assert others_directories(files) == ("doc", "vendor")


def test_vendored_scripts_need_no_tests_of_the_extensions() -> None:
    files = tree({"index.js": "export const a = 1;\n", "lib/vendor/d3.js": "let b = 2;\n"})

    assert script_sources(files) == ("index.js",)


def test_a_runner_that_the_trial_does_not_know_is_named() -> None:
    def started(script: str) -> str | None:
        return other_runner(tree({"package.json": f'{{"scripts": {{"test": "{script}"}}}}'}))

    assert started("npm run build && qunit test/*.js") == "qunit"
    assert started("c8 ava --verbose") == "ava"
    assert started("node --test tap-results/") is None
    assert started("mocha") is None


def test_a_plugin_of_a_linter_gets_the_linter_and_a_linted_project_does_not() -> None:
    plugin = tree(
        {"pyproject.toml": "[project]\nname = 'a'\ndependencies = ['flake8>=7', 'six']\n"}
    )
    linted = tree({"requirements-dev.txt": "flake8\nsix\n"})

    assert python_requirements(plugin).plain == ("flake8>=7", "six")
    assert python_requirements(linted).plain == ("six",)


def test_the_extra_for_tests_is_read_from_setup_py_and_setup_cfg() -> None:
    setup = (
        "from setuptools import setup\nsetup(extras_require={'test': ['six'], 'docs': ['furo']})\n"
    )
    settings = "[options.extras_require]\ntests =\n    idna\nall =\n    numpy\n"

    assert python_requirements(tree({"setup.py": setup})).plain == ("six",)
    assert python_requirements(tree({"setup.cfg": settings})).plain == ("idna",)


def test_pytests_own_plugin_for_plugins_may_be_asked_for() -> None:
    settings = tree({"pytest.ini": "[pytest]\naddopts = -p pytester -p evil.plugin -k fast\n"})

    assert kept_options(settings) == ("-ppytester", "-k", "fast")
