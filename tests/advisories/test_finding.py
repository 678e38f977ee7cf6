"""What is found of components: locked, unlocked, aliased, known to several databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import yaml
from osv import malicious, record

from devforge.advisories.find import find_vulnerabilities, parts_of
from devforge.model.advisories import Advisory
from devforge.model.observed import DependencyFact, SourceFile, SourceTree
from devforge.review.dependencies import read_dependencies

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def found(
    requirement: str, said: dict[str, object], *, ecosystem: str = "PyPI", locked: str | None = None
):
    name = str(said["affected"][0]["package"]["name"])  # type: ignore[index]
    fact = DependencyFact.model_validate(
        {
            "ecosystem": ecosystem,
            "name": name,
            "requirement": requirement,
            "source": "a file",
            "locked": locked,
        }
    )
    own = Advisory.model_validate(said)
    return find_vulnerabilities(parts_of([fact]), own=[own], shelf=None, now=NOW).found


MENDED = record("GHSA-a", "PyPI", "lib", {"introduced": "1.2"}, {"fixed": "1.5"})
NPM_MENDED = record("GHSA-a", "npm", "lib", {"introduced": "1.2.0"}, {"fixed": "1.5.0"})
LAST = record("GHSA-a", "PyPI", "lib", {"introduced": "0"}, {"last_affected": "2.3.1"})
NEVER = record("GHSA-a", "PyPI", "lib", {"introduced": "0"})
TAKEN = malicious(1, "npm", "lib", versions=("3.3.6",))


@pytest.mark.parametrize(
    ("requirement", "said", "ecosystem", "certain"),
    [
        ("lib>=1", MENDED, "PyPI", False),
        ("lib>=1,<1.5", MENDED, "PyPI", True),
        ("lib<1.2", MENDED, "PyPI", None),
        ("lib>=1.5", MENDED, "PyPI", None),
        ("lib", MENDED, "PyPI", False),
        ("lib ^1.2", MENDED, "PyPI", False),
        ("lib ~1.3", MENDED, "PyPI", True),
        ("^1.0.0", NPM_MENDED, "npm", False),
        ("~1.3.0", NPM_MENDED, "npm", True),
        ("^2.0.0", NPM_MENDED, "npm", None),
        ("lib>=2", LAST, "PyPI", False),
        ("lib<=2.3", LAST, "PyPI", True),
        ("lib>=1", NEVER, "PyPI", True),
        ("^3.3.0", TAKEN, "npm", False),
        ("3.3.6", TAKEN, "npm", True),
        ("^2.0.0", TAKEN, "npm", None),
    ],
)  # fmt: skip
def test_what_no_lock_pins_is_judged_by_the_best_it_admits(requirement, said, ecosystem, certain):
    hits = found(requirement, said, ecosystem=ecosystem)

    assert [hit.certain for hit in hits] == ([] if certain is None else [certain])


def test_the_version_to_raise_to_is_above_the_one_there_is_and_mends_everything():
    both = record("GHSA-a", "PyPI", "lib", {"introduced": "0"}, {"fixed": "1.5"}, {"introduced": "2.0"}, {"fixed": "2.1"})  # fmt: skip

    assert [hit.fixed for hit in found("lib==2.0", both, locked="2.0")] == [("2.1",)]
    assert [hit.fixed for hit in found("lib==1.0", both, locked="1.0")] == [("1.5", "2.1")]


def test_one_thing_in_several_databases_is_told_once_and_by_the_gravest():
    tree = SourceTree({"requirements.txt": SourceFile("requirements.txt", "file", b"lib==1.0\n")})
    said = [
        record("PYSEC-1", "PyPI", "lib", {"introduced": "0"}, aliases=["CVE-2026-1"]),
        record("GHSA-a", "PyPI", "lib", {"introduced": "0"}, aliases=["CVE-2026-1"], database_specific={"severity": "HIGH"}),
    ]  # fmt: skip
    own = [Advisory.model_validate(one) for one in said]
    (hit,) = find_vulnerabilities(
        parts_of(read_dependencies(tree)), own=own, shelf=None, now=NOW
    ).found

    assert (hit.id, hit.severity) == ("GHSA-a", "high")


def test_an_alias_is_looked_up_by_the_name_that_is_installed():
    fact = DependencyFact(
        ecosystem="npm", name="nice", requirement="npm:@evil/lib@1.0.0", source="package.json"
    )
    own = Advisory.model_validate(malicious(1, "npm", "@evil/lib", {"introduced": "0"}))

    assert find_vulnerabilities(parts_of([fact]), own=[own], shelf=None, now=NOW).found


def facts(**files: str) -> dict[str, tuple[str | None, bool]]:
    tree = SourceTree({p: SourceFile(p, "file", c.encode()) for p, c in files.items()})
    return {fact.name: (fact.locked, fact.for_tests) for fact in read_dependencies(tree)}


PACKAGE = '{"dependencies": {"chalk": "^5.0.0"}, "devDependencies": {"webpack": "^5.1.0"}}'
EXPECTED = {"chalk": ("5.1.2", False), "webpack": ("5.2.0", True), "@x/y": ("1.0.1", False), "minimist": ("1.2.0", True)}  # fmt: skip
LOCKS = yaml.safe_load("""
yarn 1: |
  # yarn lockfile v1


  "@x/y@^1.0.0":
    version "1.0.1"
    resolved "https://registry.yarnpkg.com/@x/y/-/y-1.0.1.tgz#abc"

  chalk@^5.0.0, chalk@^5.1.0:
    version "5.1.2"
    dependencies:
      "@x/y" "^1.0.0"

  webpack@^5.1.0:
    version "5.2.0"
    dependencies:
      minimist "^1.0.0"

  minimist@^1.0.0:
    version "1.2.0"
yarn 4: |
  __metadata:
    version: 8

  "@x/y@npm:^1.0.0":
    version: 1.0.1
    checksum: 10/abc

  "chalk@npm:^5.0.0, chalk@npm:^5.1.0":
    version: 5.1.2
    dependencies:
      "@x/y": "npm:^1.0.0"

  "webpack@npm:^5.1.0":
    version: 5.2.0
    dependencies:
      minimist: "npm:^1.0.0"

  "minimist@npm:^1.0.0":
    version: 1.2.0
pnpm 9: |
  lockfileVersion: '9.0'

  importers:

    .:
      dependencies:
        chalk:
          specifier: ^5.0.0
          version: 5.1.2
      devDependencies:
        webpack:
          specifier: ^5.1.0
          version: 5.2.0(react@18.0.0)

  packages:

    '@x/y@1.0.1':
      resolution: {integrity: sha512-aaa}

    chalk@5.1.2:
      resolution: {integrity: sha512-aaa}

    webpack@5.2.0:
      resolution: {integrity: sha512-aaa}

    minimist@1.2.0:
      resolution: {integrity: sha512-aaa}

  snapshots:

    '@x/y@1.0.1': {}

    chalk@5.1.2:
      dependencies:
        '@x/y': 1.0.1

    webpack@5.2.0(react@18.0.0):
      dependencies:
        minimist: 1.2.0

    minimist@1.2.0: {}
pnpm 6: |
  lockfileVersion: '6.0'

  dependencies:
    chalk:
      specifier: ^5.0.0
      version: 5.1.2

  devDependencies:
    webpack:
      specifier: ^5.1.0
      version: 5.2.0

  packages:

    /@x/y@1.0.1:
      resolution: {integrity: sha512-aaa}

    /chalk@5.1.2:
      resolution: {integrity: sha512-aaa}
      dependencies:
        '@x/y': 1.0.1

    /webpack@5.2.0:
      resolution: {integrity: sha512-aaa}
      dependencies:
        minimist: 1.2.0

    /minimist@1.2.0:
      resolution: {integrity: sha512-aaa}
""")


@pytest.mark.parametrize("kind", LOCKS)
def test_locks_of_yarn_and_pnpm_pin_and_tell_what_ships(kind):
    name = "yarn.lock" if "yarn" in kind else "pnpm-lock.yaml"

    assert facts(**{"package.json": PACKAGE, name: LOCKS[kind]}) == EXPECTED


def test_locks_of_python_projects_pin_and_tell_what_ships():
    poetry = '[tool.poetry]\n[tool.poetry.dependencies]\nlib = "^2"\n[tool.poetry.group.dev.dependencies]\npytest = "*"\n'
    lock = (
        '[[package]]\nname = "lib"\nversion = "2.1"\n[package.dependencies]\ninner = "*"\n'
        '[[package]]\nname = "inner"\nversion = "1.0"\n'
        '[[package]]\nname = "pytest"\nversion = "8.0"\n[package.dependencies]\npluggy = "*"\n'
        '[[package]]\nname = "pluggy"\nversion = "1.5"\n'
    )
    pipenv = (
        '{"default": {"lib": {"version": "==2.1"}}, "develop": {"pytest": {"version": "==8.0"}}}'
    )
    expected = {"lib": ("2.1", False), "inner": ("1.0", False), "pytest": ("8.0", True), "pluggy": ("1.5", True)}  # fmt: skip

    assert facts(**{"pyproject.toml": poetry, "poetry.lock": lock}) == expected
    assert facts(**{"Pipfile": '[packages]\nlib = "*"\n[dev-packages]\npytest = "*"\n', "Pipfile.lock": pipenv}) == {
        "lib": ("2.1", False), "pytest": ("8.0", True),
    }  # fmt: skip


def test_a_lock_below_the_root_counts_and_a_second_version_of_a_name_is_seen():
    lock = (
        '{"packages": {"node_modules/a": {"version": "2.0.0"}, '
        '"node_modules/b": {"version": "1.0.0"}, "node_modules/b/node_modules/a": {"version": "1.0.0"}}}'
    )
    tree = SourceTree(
        {
            path: SourceFile(path, "file", text.encode())
            for path, text in {
                "server/package.json": '{"dependencies": {"a": "^2.0.0", "b": "^1.0.0"}}',
                "server/package-lock.json": lock,
                "tests/fixtures/package.json": '{"dependencies": {"evil": "*"}}',
            }.items()
        }
    )

    seen = [(f.name, f.locked, f.source) for f in read_dependencies(tree)]

    assert seen == [
        ("a", "2.0.0", "server/package.json: dependencies"),
        ("b", "1.0.0", "server/package.json: dependencies"),
        ("a", "1.0.0", "server/package-lock.json"),
    ]
