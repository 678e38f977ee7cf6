"""An index from two plain directories, as somebody without GitHub builds and serves it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from published import COMMIT, manifest_of, tree_of
from signed_index import NOW, ONLINE, ROOT, TARGETS, holders, signed_trust, small_config

from devforge.adapters.keys import make_key, public_key
from devforge.adapters.registry import read_registry
from devforge.cli import main
from devforge.errors import BadInput
from devforge.model.addresses import package_name
from devforge.model.index import ExtensionDocument
from devforge.model.platforms import cut
from devforge.publish.ceremony import initialise
from devforge.publish.from_directory import DirectoryReport, build_from_directory
from devforge.publish.layout import target_path
from devforge.publish.package import pack
from devforge.publish.present import PresentIndex
from devforge.publish.revision import Signing

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def plain(tmp_path):
    """Return `plain(records, packages)`: writes both directories for acme.todo-tree."""
    registry, packages = tmp_path / "registry", tmp_path / "packages"
    folder = registry / "extensions/acme/todo-tree"
    (folder / "versions").mkdir(parents=True)
    (registry / "developers").mkdir()
    packages.mkdir()
    shutil.copy(PROJECT / "registry/policy.yaml", registry / "policy.yaml")
    (registry / "developers/acme.yaml").write_text("name: Acme\nmembers: [{login: acme, id: 1}]\n")
    (folder / "extension.yaml").write_text(
        "owners: [acme]\nrepository: {url: https://github.com/acme/todo-tree, id: 7}\n"
    )

    def write(records, made):
        for version in records:
            (folder / f"versions/{version}.yaml").write_text(f"commit: {COMMIT}\n")
        for version in made:
            manifest = manifest_of(version=version)
            path = packages / package_name(manifest.id, manifest.version)
            path.write_bytes(pack(tree_of(manifest), manifest))
        return registry, packages, tmp_path / "out"

    return write


def build(registry, packages, out, base_url=None, now=NOW) -> DirectoryReport:
    by = Signing(signed_trust(registry / "trust"), ONLINE, now)
    return build_from_directory(read_registry(registry), packages, out, by, base_url=base_url)


def document_in(out, registry) -> ExtensionDocument:
    present = PresentIndex(out, signed_trust(registry / "trust"))
    target = target_path(manifest_of().id)
    [at] = [at for n in present.bins for t, at in present.targets(n).items() if t == target]
    return present.document(manifest_of().id, at)


def test_packages_lie_where_clients_look_for_them(plain):
    registry, packages, out = plain(["1.0.0", "1.1.0"], ["1.0.0", "1.1.0"])

    report = build(registry, packages, out)

    assert report.is_complete, str(report)
    document = document_in(out, registry)
    assert [str(v.version) for v in document.versions] == ["1.1.0", "1.0.0"]
    for version in document.versions:
        assert version.package.url is None
        assert version.rollout is None  # nobody knows when it came out
        name = f"{version.package.sha256}.acme.todo-tree-{version.version}.zip"
        original = packages / f"acme.todo-tree-{version.version}.zip"
        assert (out / "targets/packages" / name).read_bytes() == original.read_bytes()


def test_a_version_is_indexed_with_all_its_platforms_packages_or_not_at_all(plain):
    registry, packages, out = plain(["1.0.0"], [])
    manifest = manifest_of(version="1.0.0", platforms={"linux-x64": ["lib/"], "win32-x64": []})
    parts = cut(tree_of(manifest, {"lib/fast.so": b"x"}), manifest.platforms)
    for name, part in parts.items():
        path = packages / package_name(manifest.id, manifest.version, name)
        path.write_bytes(pack(part, manifest, name))

    assert build(registry, packages, out).is_complete
    [version] = document_in(out, registry).versions
    assert version.package is None
    assert set(version.platforms) == {"linux-x64", "win32-x64"}
    (packages / "acme.todo-tree-1.0.0-win32-x64.zip").unlink()
    said = str(build(registry, packages, out.with_name("other")))
    assert "acme.todo-tree 1.0.0: has no acme.todo-tree-1.0.0-win32-x64.zip" in said


def test_a_base_url_is_used_as_given_and_nothing_is_copied(plain):
    registry, packages, out = plain(["1.0.0"], ["1.0.0"])
    build(registry, packages, out, base_url="https://cdn.example/x/")

    [version] = document_in(out, registry).versions
    assert version.package.url == "https://cdn.example/x/acme.todo-tree-1.0.0.zip"
    assert not (out / "targets/packages").exists()


@pytest.fixture
def command(plain, tmp_path, monkeypatch):
    """The command line for one version, and the key it signs with, which a passphrase opens."""
    monkeypatch.delenv("DEVFORGE_KEY_PASSPHRASE", raising=False)
    registry, packages, out = plain(["1.0.0"], ["1.0.0"])
    reference = make_key("online", tmp_path / "keys", "six words that nobody guesses")
    drafted = holders(online=public_key(reference))
    initialise(registry / "trust", small_config(), drafted, root_signers=ROOT[:2], targets_signers=TARGETS[:2], now=datetime.now(UTC))  # fmt: skip
    (tmp_path / "passphrase").write_text("six words that nobody guesses\n")
    words = ["index", "build", "--registry", str(registry), "--packages", str(packages)]
    return [*words, "--out", str(out), "--passphrase-file", str(tmp_path / "passphrase"), "--keys"]


def test_the_command_signs_with_a_locked_key_and_then_only_what_changed(
    command, plain, tmp_path, capsys
):
    assert main([*command, str(tmp_path / "keys")]) == 0
    assert "generation 1 of the index" in capsys.readouterr().out
    plain(["1.1.0"], ["1.1.0"])
    assert main([*command, str(tmp_path / "keys/online.key.json")]) == 0
    assert "generation 2 of the index: 9 files new or changed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda keys: (keys.parent / "passphrase").write_text("another one\n"), "the passphrase is wrong, or the file is damaged"),
        (lambda keys: (keys / "online.pem").unlink(), "cannot be read: No such file"),
        (lambda keys: (keys / "online.key.json").unlink(), "no NAME.key.json there is of the key"),
        (lambda keys: (keys / "online.key.json").write_text("{}"), "name the file NAME.key.json that `devforge keys new` wrote"),
    ],
    ids=["wrong passphrase", "no private half", "no reference", "damaged"],
)  # fmt: skip
def test_a_key_that_does_not_open_is_told_of_in_a_sentence(command, tmp_path, capsys, spoil, told):
    spoil(tmp_path / "keys")

    code = main([*command, str(tmp_path / "keys")])

    assert code == 64
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out/metadata/timestamp.json").exists()


def test_a_version_is_published_when_the_index_first_lists_it(plain):
    registry, packages, out = plain(["1.0.0"], ["1.0.0"])
    first = build(registry, packages, out)
    plain(["1.1.0"], ["1.1.0"])
    second = build(registry, packages, out, now=NOW + timedelta(days=3))
    third = build(registry, packages, out, now=NOW + timedelta(days=5))

    assert "1 version from before this index began, nobody knows when" in str(first)
    assert "published with this build: acme.todo-tree 1.1.0" in str(second)
    assert "published with this build" not in str(third)
    newer, older = document_in(out, registry).versions
    assert newer.published == "2026-11-26T09:00:00Z"
    assert newer.rollout is not None
    assert (older.published, older.rollout) == (None, None)


def test_whatever_is_missing_or_wrong_is_reported_and_the_rest_is_indexed(plain, golden):
    registry, packages, out = plain(["1.0.0", "1.1.0", "1.2.0", "1.3.0"], ["1.0.0", "2.0.0"])
    (packages / "acme.todo-tree-1.2.0.zip").write_bytes(b"no zip")
    shutil.copy(packages / "acme.todo-tree-1.0.0.zip", packages / "acme.todo-tree-1.3.0.zip")

    report = build(registry, packages, out)

    assert not report.is_complete
    golden("index_build.txt", str(report) + "\n")


def test_the_same_directories_give_the_same_index_and_a_second_build_writes_nothing(
    plain, tmp_path
):
    registry, packages, out = plain(["1.0.0", "1.1.0"], ["1.0.0", "1.1.0"])
    build(registry, packages, out)
    build(registry, packages, tmp_path / "other")
    again = build(registry, packages, out)

    def files(directory):
        return {
            p.relative_to(directory): p.read_bytes() for p in directory.rglob("*") if p.is_file()
        }

    assert files(out) == files(tmp_path / "other")
    assert again.index is not None
    assert again.index.written == ()


def test_a_directory_that_is_not_there_is_named(plain, tmp_path):
    registry, _, out = plain([], [])
    with pytest.raises(
        BadInput, match="gone is not a directory: name the one that holds the packages"
    ):
        build(registry, tmp_path / "gone", out)
