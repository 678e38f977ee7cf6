"""An index from two plain directories, as somebody without GitHub builds and serves it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from published import COMMIT, manifest_of, tree_of

from devforge.errors import BadInput
from devforge.publish.from_directory import build_from_directory
from devforge.publish.package import pack, package_name
from devforge.updates.index import Index
from devforge.updates.source import open_source

ROOT = Path(__file__).parents[2]


@pytest.fixture
def plain(tmp_path):
    """Return `plain(records, packages)`: writes both directories for acme.todo-tree."""
    registry, packages = tmp_path / "registry", tmp_path / "packages"
    folder = registry / "extensions/acme/todo-tree"
    (folder / "versions").mkdir(parents=True)
    (registry / "developers").mkdir()
    packages.mkdir()
    shutil.copy(ROOT / "registry/policy.yaml", registry / "policy.yaml")
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


def test_packages_lie_beside_the_index_and_install_from_there(plain):
    registry, packages, out = plain(["1.0.0", "1.1.0"], ["1.0.0", "1.1.0"])

    report = build_from_directory(registry, packages, out)

    assert report.is_complete, str(report)
    shutil.rmtree(packages)
    index = Index(open_source(str(out)))
    document = index.document(manifest_of().id)
    assert document is not None
    assert [str(v.version) for v in document.versions] == ["1.1.0", "1.0.0"]
    assert index.download(document.versions[0].package)


def test_a_base_url_is_used_as_given_and_nothing_is_copied(plain):
    registry, packages, out = plain(["1.0.0"], ["1.0.0"])
    build_from_directory(registry, packages, out, base_url="https://cdn.example/x/")

    document = Index(open_source(str(out))).document(manifest_of().id)
    assert document is not None
    assert document.versions[0].package.url == "https://cdn.example/x/acme.todo-tree-1.0.0.zip"
    assert not (out / "packages").exists()


def test_whatever_is_missing_or_wrong_is_reported_and_the_rest_is_indexed(plain, golden):
    registry, packages, out = plain(["1.0.0", "1.1.0", "1.2.0", "1.3.0"], ["1.0.0", "2.0.0"])
    (packages / "acme.todo-tree-1.2.0.zip").write_bytes(b"no zip")
    shutil.copy(packages / "acme.todo-tree-1.0.0.zip", packages / "acme.todo-tree-1.3.0.zip")

    report = build_from_directory(registry, packages, out)

    assert not report.is_complete
    golden("index_build.txt", str(report) + "\n")


def test_the_same_directories_give_the_same_index_and_a_second_build_writes_nothing(
    plain, tmp_path
):
    registry, packages, out = plain(["1.0.0", "1.1.0"], ["1.0.0", "1.1.0"])
    build_from_directory(registry, packages, out)
    build_from_directory(registry, packages, tmp_path / "other")
    again = build_from_directory(registry, packages, out)

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
        build_from_directory(registry, tmp_path / "gone", out)
