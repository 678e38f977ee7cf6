"""Dependencies come from the index as they are, and nothing of them runs while they come."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox.indexes import Shelf
from sandbox.trials import package, quick, tree, try_python, try_script

from devforge.adapters.dependencies import Unresolvable, fetch_node_modules, fetch_wheels
from devforge.errors import Unavailable
from devforge.model.observed import Failure, Missing, TestRun
from devforge.model.unresolvable import FOR_TESTS, SOURCE_ONLY
from devforge.review.trial.requirements import python_requirements

TEN_MEGABYTES = 10_000_000


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "NPM_CONFIG_REGISTRY"):
        monkeypatch.delenv(name, raising=False)
    with Shelf() as shelf:
        monkeypatch.setenv("PIP_INDEX_URL", f"{shelf.url}/simple")
        monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
        monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path / "pip-cache"))
        monkeypatch.setenv("npm_config_registry", shelf.url)
        monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm-cache"))
        yield shelf


def lock(**packages: dict[str, object]) -> str:
    root = {"name": "greet", "version": "1.0.0"}
    wanted = {name: str(entry["version"]) for name, entry in packages.items()}
    inner = {f"node_modules/{name}": entry for name, entry in packages.items()}
    entries = {"": {**root, "dependencies": wanted}, **inner}
    return json.dumps({**root, "lockfileVersion": 3, "requires": True, "packages": entries})


def test_a_dependency_is_there_when_the_tests_run(shelf: Shelf, tmp_path: Path) -> None:
    shelf.add_wheel("tinywords", "1.2.0", {"tinywords.py": "HELLO = 'hello'\n"})
    trial = try_python(
        tmp_path,
        {
            "requirements.txt": "tinywords>=1,<2  # words\n",
            "test_greet.py": """
                import tinywords
                from greet import greeting
                def test_it(): assert greeting("x").startswith(tinywords.HELLO)
            """,
        },
    )

    assert isinstance(trial.tests, TestRun), trial
    assert (trial.tests.passed, trial.tests.failed) == (1, 0)
    assert trial.unresolvable == {}


def test_nothing_of_a_wheel_runs_while_it_is_fetched(shelf: Shelf, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    write = f"open({str(marker)!r}, 'w')"
    files = {"evil.pth": f"import os; {write}\n", "evil/__init__.py": f"{write}\n"}
    shelf.add_wheel("evil", "1.0", files)
    target = fetch_wheels(["evil==1.0"], tmp_path / "into", disk_bytes=TEN_MEGABYTES)

    assert (target / "evil.pth").exists()
    assert not marker.exists()


def test_a_source_archive_is_never_built(shelf: Shelf, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    shelf.add_sdist("built", "1.0", f"open({str(marker)!r}, 'w')")
    with pytest.raises(Unresolvable) as error:
        fetch_wheels(["built"], tmp_path / "into", disk_bytes=TEN_MEGABYTES)

    assert error.value.reasons == {"built": SOURCE_ONLY}
    assert not marker.exists()


def test_a_version_that_does_not_exist_is_named(shelf: Shelf, tmp_path: Path) -> None:
    shelf.add_wheel("tinywords", "1.2.0", {"tinywords.py": ""})
    with pytest.raises(Unresolvable) as error:
        fetch_wheels(["tinywords==9"], tmp_path / "into", disk_bytes=TEN_MEGABYTES)

    assert error.value.reasons == {
        "tinywords": "no wheel satisfies tinywords==9; the index has 1.2.0"
    }


def test_pinned_hashes_are_held(shelf: Shelf, tmp_path: Path) -> None:
    digest = shelf.add_wheel("tinywords", "1.2.0", {"tinywords.py": ""})
    right = f"tinywords==1.2.0 --hash=sha256:{digest}"
    wrong = f"tinywords==1.2.0 --hash=sha256:{'0' * 64}"

    assert fetch_wheels([right], tmp_path / "a", disk_bytes=TEN_MEGABYTES).is_dir()
    with pytest.raises(Unresolvable, match="hash is not the one that is pinned"):
        fetch_wheels([wrong], tmp_path / "b", disk_bytes=TEN_MEGABYTES)


def test_dependencies_larger_than_allowed_are_the_authors_to_mend(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.add_wheel("large", "1.0", {"large.txt": "x" * 3_000_000})
    with pytest.raises(Unresolvable, match="bytes, 1,000,000 allowed"):
        fetch_wheels(["large"], tmp_path / "into", disk_bytes=1_000_000)


def test_an_index_that_does_not_answer_is_nobodys_fault(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    with pytest.raises(Unavailable, match="index did not answer"):
        fetch_wheels(["tinywords"], tmp_path / "a", disk_bytes=TEN_MEGABYTES)
    wanted = package(dependencies={"tiny": "1.0.0"}).encode()
    locked = lock(tiny={"version": "1.0.0", "integrity": f"sha512-{'A' * 86}=="}).encode()
    with pytest.raises(Unavailable, match="npm could not fetch the dependencies"):
        fetch_node_modules(wanted, locked, tmp_path / "b", disk_bytes=TEN_MEGABYTES)


def test_an_index_that_is_down_is_nobodys_fault(shelf: Shelf, tmp_path: Path) -> None:
    shelf.add_wheel("tinywords", "1.2.0", {"tinywords.py": ""})
    shelf.is_down = True
    with pytest.raises(Unavailable, match="index did not answer"):
        fetch_wheels(["tinywords"], tmp_path / "a", disk_bytes=TEN_MEGABYTES)
    wanted = package(dependencies={"tiny": "1.0.0"}).encode()
    locked = lock(tiny={"version": "1.0.0", "integrity": f"sha512-{'A' * 86}=="}).encode()
    with pytest.raises(Unavailable, match="npm could not fetch the dependencies"):
        fetch_node_modules(wanted, locked, tmp_path / "b", disk_bytes=TEN_MEGABYTES)


def test_without_the_index_there_is_no_verdict(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    trial = try_python(tmp_path, {"requirements.txt": "tinywords", "test_x.py": "def test(): pass"})

    assert isinstance(trial.tests, Missing)
    assert isinstance(trial.activation, Missing)
    assert isinstance(trial.unresolvable, Missing)


def test_what_cannot_be_had_is_named_and_the_rest_is_still_tried(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.add_wheel("tinywords", "1.2.0", {"tinywords.py": ""})
    trial = try_python(
        tmp_path,
        {
            "requirements.txt": "tinywords==1.2.0\ngone==3\n",
            "test_greet.py": "import tinywords\ndef test(): pass\n",
        },
    )

    assert trial.unresolvable == {
        "gone": "no wheel satisfies gone==3; the index has none for this Python"
    }
    assert isinstance(trial.tests, TestRun)
    assert trial.tests.passed == 1


def test_node_packages_come_from_the_lock_and_run_no_script(shelf: Shelf, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    touch = f"node -e \"require('fs').writeFileSync('{marker}', '')\""
    scripts = {"preinstall": touch, "install": touch, "postinstall": touch, "prepare": touch}
    inner = {"name": "tiny", "version": "1.0.0", "scripts": scripts}
    integrity = shelf.add_package(
        "tiny", "1.0.0", {"package.json": json.dumps(inner), "index.js": "exports.hello = 'hello';"}
    )
    trial = try_script(
        tmp_path,
        {
            "package.json": package(dependencies={"tiny": "1.0.0"}, scripts=scripts),
            "package-lock.json": lock(tiny={"version": "1.0.0", "integrity": integrity}),
            ".npmrc": "registry=http://127.0.0.1:9/\nignore-scripts=false\n",
            "greet.test.js": """
                import { test } from 'node:test';
                import tiny from 'tiny';
                test('it is there', () => { if (tiny.hello !== 'hello') throw new Error('no'); });
            """,
        },
    )

    assert isinstance(trial.tests, TestRun), trial
    assert (trial.tests.passed, trial.tests.failed) == (1, 0)
    assert not marker.exists()


def test_typescript_finds_a_part_of_a_package_as_its_compiler_does(
    shelf: Shelf, tmp_path: Path
) -> None:
    parts = {
        "package.json": '{"name": "tiny"}',
        "node.js": "exports.hello = 'hello';",
        "main/index.js": "exports.here = 1;",
    }
    integrity = shelf.add_package("tiny", "1.0.0", parts)
    trial = try_script(
        tmp_path,
        {
            "package.json": package(dependencies={"tiny": "1.0.0"}),
            "package-lock.json": lock(tiny={"version": "1.0.0", "integrity": integrity}),
            "greet.test.ts": """
                import { test } from 'node:test';
                import { hello } from 'tiny/node';
                import { here } from 'tiny/main';
                test('both are there', () => { if (hello !== 'hello' || here !== 1) throw new Error('no'); });
            """,
        },
    )

    assert isinstance(trial.tests, TestRun), trial
    assert (trial.tests.passed, trial.tests.failed) == (1, 0)


def test_whatever_host_a_lock_names_the_configured_registry_is_asked(
    shelf: Shelf, tmp_path: Path
) -> None:
    integrity = shelf.add_package("tiny", "1.0.0", {"package.json": '{"name": "tiny"}'})
    resolved = "https://elsewhere.example/tiny/-/tiny-1.0.0.tgz"
    entry = {"version": "1.0.0", "resolved": resolved, "integrity": integrity}
    wanted = package(dependencies={"tiny": "1.0.0"}).encode()
    modules = fetch_node_modules(
        wanted, lock(tiny=entry).encode(), tmp_path, disk_bytes=TEN_MEGABYTES
    )

    assert (modules / "tiny" / "package.json").exists()
    assert "/tiny/-/tiny-1.0.0.tgz" in shelf.asked


def test_a_mirrors_own_address_is_read_as_the_registrys_where_a_hash_says_which_file_is_meant(
    shelf: Shelf, tmp_path: Path
) -> None:
    integrity = shelf.add_package("tiny", "1.0.0", {"package.json": '{"name": "tiny"}'})
    mirror = "http://mirror.example/tiny/download/tiny-1.0.0.tgz"
    entry: dict[str, object] = {"version": "1.0.0", "resolved": mirror}
    wanted = package(dependencies={"tiny": "1.0.0"}).encode()

    def fetched(name: str, **also: str) -> Path:
        locked = lock(tiny=entry | also).encode()
        return fetch_node_modules(wanted, locked, tmp_path / name, disk_bytes=TEN_MEGABYTES)

    assert (fetched("a", integrity=integrity) / "tiny" / "package.json").exists()
    with pytest.raises(Unresolvable, match="not from the registry"):
        fetched("b")
    with pytest.raises(Unresolvable, match="hash is not the one in the lock"):
        fetched("c", integrity=f"sha512-{'A' * 86}==")


def test_a_path_that_windows_wrote_leads_to_the_same_directory(
    shelf: Shelf, tmp_path: Path
) -> None:
    own = {"lib/part/package.json": b'{"name": "part", "version": "2.0.0"}', "lib/part/a.js": b"1"}
    wanted = package(dependencies={"part": "file:lib\\part"}).encode()
    root = {"name": "greet", "version": "1.0.0", "dependencies": {"part": "file:lib\\part"}}
    linked = {"resolved": "lib/part", "link": True}
    inside = {"": root, "lib/part": {"version": "2.0.0"}, "node_modules/part": linked}
    locked = json.dumps({"name": "greet", "lockfileVersion": 3, "packages": inside}).encode()
    modules = fetch_node_modules(wanted, locked, tmp_path, disk_bytes=TEN_MEGABYTES, own=own)

    assert (modules / "part" / "a.js").read_bytes() == b"1"


def test_a_lock_that_names_hundreds_of_other_places_is_reported_like_any_other(
    tmp_path: Path,
) -> None:
    entry = {"version": "1.0.0", "resolved": "git+ssh://git@example.com/a/b.git#abc"}
    many = {f"part-{number}": entry for number in range(400)}
    trial = try_script(
        tmp_path,
        {
            "package.json": package(dependencies=dict.fromkeys(many, "1.0.0")),
            "package-lock.json": lock(**many),
        },
    )

    assert isinstance(trial.unresolvable, dict)
    assert len(trial.unresolvable) == 300


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"resolved": "git+ssh://git@example.com/a/b.git#abc"}, "not from the registry"),
        ({"resolved": "https://example.com/evil.js"}, "not from the registry"),
        ({"resolved": "file:../../etc"}, "not from the registry"),
        ({"link": True, "resolved": "../../etc"}, "is a link to a directory"),
    ],
)
def test_a_lock_that_points_elsewhere_is_refused(
    tmp_path: Path, entry: dict[str, object], reason: str
) -> None:
    wanted = package(dependencies={"tiny": "1.0.0"}).encode()
    locked = lock(tiny={"version": "1.0.0", **entry}).encode()
    with pytest.raises(Unresolvable, match=reason):
        fetch_node_modules(wanted, locked, tmp_path, disk_bytes=TEN_MEGABYTES)


@pytest.mark.parametrize("content", [b"{", b"[]", b"[" * 100_000, b"\xff"])
def test_a_lock_that_is_no_lock_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Unresolvable, match=r"package-lock\.json"):
        fetch_node_modules(b"{}", content, tmp_path, disk_bytes=TEN_MEGABYTES)


def test_a_lock_that_lags_behind_is_the_authors_to_mend(shelf: Shelf, tmp_path: Path) -> None:
    shelf.add_package("tiny", "2.0.0", {"package.json": "{}"})
    wanted = package(dependencies={"tiny": "2.0.0"}).encode()
    locked = lock(tiny={"version": "1.0.0"}).encode()
    with pytest.raises(Unresolvable, match="do not agree"):
        fetch_node_modules(wanted, locked, tmp_path, disk_bytes=TEN_MEGABYTES)


def test_without_a_lock_tests_that_need_no_package_still_run(tmp_path: Path) -> None:
    trial = try_script(
        tmp_path,
        {
            "package.json": package(devDependencies={"eslint": "^9"}),
            "greet.test.js": "import { test } from 'node:test'; test('runs', () => {});",
        },
        quick(),
    )

    assert isinstance(trial.tests, TestRun)
    assert trial.tests.passed == 1
    assert trial.unresolvable == {}


def test_without_a_lock_what_cannot_start_says_so(tmp_path: Path) -> None:
    trial = try_script(
        tmp_path,
        {
            "package.json": package(dependencies={"tiny": "^1"}),
            "greet.js": "import 'tiny';",
        },
    )

    assert isinstance(trial.activation, Failure)
    assert trial.activation.what == (
        "activating greet.js failed (without a package-lock.json no dependency is installed; commit one)"
    )
    assert "Cannot find package 'tiny'" in trial.activation.output


def test_tests_for_a_runner_that_is_not_installed_are_said_to_be_so(tmp_path: Path) -> None:
    trial = try_script(
        tmp_path,
        {
            "package.json": package(scripts={"test": "jest --ci"}),
            "greet.test.js": "test('runs', () => {});",
        },
    )

    assert trial.tests == Failure(
        what="its tests are written for jest, which its lock does not install"
    )


def test_requirements_are_read_from_every_usual_place() -> None:
    found = python_requirements(
        tree(
            {
                "requirements.txt": "one==1 # first\n-r inner/more.txt\n--index-url http://evil\n",
                "inner/more.txt": "two ; python_version > '3'\nnever ; python_version < '3'\n",
                "requirements-dev.txt": "three[extra] \\\n  >=3\nruff\n-e .\n",
                "pyproject.toml": """
                    [project]
                    name = "Own.Name"
                    dependencies = ["four~=4.0"]
                    optional-dependencies = {test = ["five", "own-name[x]"], gpu = ["not-needed"]}
                    [dependency-groups]
                    dev = ["six", {include-group = "inner"}]
                    inner = ["seven"]
                """,
            }
        )
    )

    assert sorted(found.plain) == [
        "five", "four~=4.0", "one==1", "seven", "six", "three[extra]>=3", 'two; python_version > "3"',
    ]  # fmt: skip
    assert found.refused == {}


def test_what_tox_installs_for_the_tests_is_asked_for_too() -> None:
    tox = """
        [tox]
        envlist = py311
        [testenv]
        deps = pytest
            pexpect>=4  # drives a terminal
            py311: six
            -rmore.txt
            {[base]deps}
            ../beside
        [testenv:linting]
        deps = nothing-of-it
    """
    found = python_requirements(tree({"tox.ini": tox}))

    assert sorted(found.plain) == ["pexpect>=4", "pytest", "six"]
    assert found.for_tests == frozenset(found.plain)
    assert python_requirements(tree({"tox.ini": "no section\n"})).plain == ()


def test_of_tox_s_factors_none_takes_the_place_of_what_the_project_asks_for() -> None:
    this = f"py{sys.version_info.major}{sys.version_info.minor}"
    tox = f"""
        [testenv]
        deps = pexpect
            old: one==1.0
            {this}: for-this
            {{py38,{this}}}-x: for-this-too
            py38: for-another
            !fast: slow
            four: web~=4.0
            five: web~=5.0
    """
    pyproject = '[project]\nname = "own"\ndependencies = ["one>=1"]\n'
    found = python_requirements(tree({"tox.ini": tox, "pyproject.toml": pyproject}))

    wanted = {"for-this", "for-this-too", "one>=1", "pexpect", "slow", "web~=5.0"}
    assert set(found.plain) == wanted


def test_addresses_and_nonsense_in_requirements_are_refused_by_name() -> None:
    lines = "a @ https://example.com/a.whl\ngit+https://example.com/b.git\n-e git+ssh://x/c#egg=c\n"
    found = python_requirements(tree({"requirements.txt": lines + "../outside\n$(id)\n"}))

    assert found.plain == ()
    assert found.refused["a"] == "comes from https://example.com/a.whl, not from the package index"
    assert len(found.refused) == 4


def test_pinned_by_hash_wins_over_the_same_package_without_one() -> None:
    lines = f"one==1 \\\n    --hash=sha256:{'a' * 64} \\\n    --hash=sha256:{'b' * 64}\n"
    pyproject = '[project]\nname = "x"\ndependencies = ["one>=1", "two"]\n'
    found = python_requirements(tree({"requirements.txt": lines, "pyproject.toml": pyproject}))

    assert found.hashed == (f"one==1 --hash=sha256:{'a' * 64} --hash=sha256:{'b' * 64}",)
    assert found.plain == ("two",)


def test_a_file_that_the_registry_lacks_just_now_is_nobodys_fault(
    shelf: Shelf, tmp_path: Path
) -> None:
    integrity = shelf.add_package("tiny", "1.0.0", {"index.js": "1\n"})
    del shelf.files["/tiny/-/tiny-1.0.0.tgz"]
    address = f"{shelf.url}/tiny/-/tiny-1.0.0.tgz"
    wanted = package(dependencies={"tiny": "1.0.0"}).encode()
    locked = lock(tiny={"version": "1.0.0", "resolved": address, "integrity": integrity}).encode()

    with pytest.raises(Unavailable, match=r"no file for tiny 1\.0\.0 just now"):
        fetch_node_modules(wanted, locked, tmp_path / "a", disk_bytes=TEN_MEGABYTES)

    del shelf.files["/tiny"]
    with pytest.raises(Unresolvable) as error:
        fetch_node_modules(wanted, locked, tmp_path / "b", disk_bytes=TEN_MEGABYTES)
    assert error.value.reasons == {"tiny": "the registry has no such version as 1.0.0"}


def test_what_comes_as_source_only_is_said_to_be_so(shelf: Shelf, tmp_path: Path) -> None:
    shelf.add_sdist("built", "1.0", "")
    shelf.add_wheel("top", "1.0", {"top.py": ""}, "built>=1")
    for wanted in ("built", "built>=1", "top"):
        with pytest.raises(Unresolvable) as error:
            fetch_wheels([wanted], tmp_path / wanted, disk_bytes=TEN_MEGABYTES)
        assert error.value.reasons == {"built": SOURCE_ONLY}

    with pytest.raises(Unresolvable, match="no wheel satisfies built==9"):
        fetch_wheels(["built==9"], tmp_path / "none", disk_bytes=TEN_MEGABYTES)


def test_a_conflict_that_only_tests_bring_is_not_of_what_is_shipped(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.add_wheel("tinywords", "1.0", {"tinywords.py": ""})
    shelf.add_wheel("tinywords", "2.0", {"tinywords.py": ""})
    shelf.add_wheel("helper", "1.0", {"helper.py": ""}, "tinywords<2")
    shelf.add_wheel("other", "1.0", {"other.py": ""})
    trial = try_python(
        tmp_path,
        {
            "requirements.txt": "tinywords==2.0\n",
            "requirements-dev.txt": "-r requirements.txt\nhelper\nother\nabsent==3\n",
            "test_greet.py": "import tinywords\ndef test(): pass\n",
        },
    )

    assert isinstance(trial.tests, TestRun), trial
    assert trial.tests.passed == 1
    assert isinstance(trial.unresolvable, dict)
    assert {"helper", "absent"} <= set(trial.unresolvable) <= {"helper", "absent", "other"}
    assert all(why.startswith(FOR_TESTS) for why in trial.unresolvable.values())


def test_what_is_shipped_and_lacking_is_named_and_tests_keep_theirs(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.add_wheel("other", "1.0", {"other.py": ""})
    trial = try_python(
        tmp_path,
        {
            "requirements.txt": "gone==3\n",
            "requirements-dev.txt": "other\n",
            "test_greet.py": "import other\ndef test(): pass\n",
        },
    )

    assert isinstance(trial.tests, TestRun), trial
    assert trial.tests.passed == 1
    assert isinstance(trial.unresolvable, dict)
    assert list(trial.unresolvable) == ["gone"]
    assert not trial.unresolvable["gone"].startswith(FOR_TESTS)


@pytest.mark.parametrize("version", [1, 3])
def test_a_linked_directory_inside_the_extension_is_its_own_code(
    shelf: Shelf, tmp_path: Path, version: int
) -> None:
    root: dict[str, object] = {"name": "greet", "version": "1.0.0"}
    wanted = {"tiny": "file:./lib/tiny"}
    if version == 1:
        inner: dict[str, object] = {"dependencies": {"tiny": {"version": "file:lib/tiny"}}}
    else:
        packages = {
            "": {**root, "dependencies": wanted},
            "lib/tiny": {"version": "1.0.0"},
            "node_modules/tiny": {"resolved": "lib/tiny", "link": True},
        }
        inner = {"packages": packages}
    trial = try_script(
        tmp_path,
        {
            "package.json": package(dependencies=wanted),
            "package-lock.json": json.dumps({**root, "lockfileVersion": version, **inner}),
            "lib/tiny/package.json": '{"name": "tiny", "version": "1.0.0"}',
            "lib/tiny/index.js": "exports.hello = 'hello';",
            "greet.test.js": """
                import { test } from 'node:test';
                import tiny from 'tiny';
                test('it is there', () => { if (tiny.hello !== 'hello') throw new Error('no'); });
            """,
        },
    )

    assert trial.unresolvable == {}
    assert isinstance(trial.tests, TestRun), trial
    assert (trial.tests.passed, trial.tests.failed) == (1, 0)
