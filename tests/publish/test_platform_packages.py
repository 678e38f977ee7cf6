"""One package for each platform: cut from one reviewed tree, released together, chosen by each machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from publish.native import LIBRARIES, NAMES, PLATFORMS, native_manifest, native_tree
from published import built_of, candidate_of, manifest_of, note_of, tree_of
from pydantic import ValidationError

from devforge.errors import BadInput
from devforge.model.addresses import package_name
from devforge.model.platforms import cut
from devforge.model.release import ReleaseNote
from devforge.publish.documents import released
from devforge.publish.package import pack, read_package
from devforge.publish.parcel import digest, read_parcels, write_parcels
from devforge.publish.release import render_notes
from devforge.updates.api import Updates

ROOT = Path(__file__).parents[2]
MANIFEST = native_manifest()


def packed(built, platform):
    return set(read_package(built.packages[platform].package)[1].files)


def test_what_a_platform_lists_is_in_its_package_alone_and_the_rest_in_all():
    built = built_of(MANIFEST, native_tree())
    shared = {"devforge.yaml", "README.md", MANIFEST.entry}

    assert tuple(built.packages) == NAMES
    for name in NAMES:
        assert packed(built, name) == {*shared, f"bin/{name}/fast.node"}


def test_whoever_is_not_named_gets_a_package_only_where_the_author_says_any():
    manifest = native_manifest(platforms=PLATFORMS | {"any": ["slow/"]})
    built = built_of(manifest, native_tree(manifest, {**LIBRARIES, "slow/fast.py": b"\n"}))

    assert tuple(built.packages) == (None, *NAMES)
    assert {path for path in packed(built, None) if "fast" in path} == {"slow/fast.py"}
    assert "slow/fast.py" not in packed(built, "linux-x64")


def test_a_file_that_two_platforms_list_is_in_both_packages_and_in_no_other():
    platforms = {"darwin-x64": ["lib/mac.so"], "darwin-arm64": ["lib/mac.so"], "linux-x64": []}
    manifest = native_manifest(platforms=platforms)
    parts = cut(tree_of(manifest, {"lib/mac.so": b"\xca\xfe\xba\xbe"}), manifest.platforms)

    assert {name for name, part in parts.items() if "lib/mac.so" in part.files} == {
        "darwin-x64",
        "darwin-arm64",
    }


def test_no_pattern_takes_the_manifest_or_the_list_of_what_stays_out_from_another_platform():
    manifest = native_manifest(platforms={"linux-x64": ["*"], "win32-x64": []})
    parts = cut(tree_of(manifest, {".devforgeignore": b"x\n"}), manifest.platforms)

    assert set(parts["win32-x64"].files) == {"devforge.yaml", ".devforgeignore"}
    with pytest.raises(BadInput, match=r"the entry point is not among the packed files for win32-x64; .* of another platform"):  # fmt: skip
        pack(parts["win32-x64"], manifest, "win32-x64")


def test_each_package_has_its_own_bill_of_materials():
    built = built_of(MANIFEST, native_tree())
    for name, pointer in built.pointers.items():
        bom = json.loads(built.packages[name].sbom)
        listed = {part["name"] for part in bom["components"] if part["type"] == "file"}
        assert listed == packed(built, name)
        assert bom["metadata"]["component"]["hashes"][0]["content"] == pointer.sha256


def test_an_extension_without_platforms_has_its_three_files_as_ever():
    built = built_of(manifest_of())

    assert list(built.files) == [
        "acme.todo-tree-1.4.0.zip",
        "acme.todo-tree-1.4.0.cdx.json",
        "acme.todo-tree-1.4.0.review.json",
    ]
    assert note_of(built).platforms == {}
    assert "| package | `" in render_notes(built, "https://github.com")


def test_packages_of_all_platforms_are_the_same_bytes_in_another_process():
    program = (
        "import sys; sys.path[:0] = ['.', 'tests']; import hashlib;"
        "from publish.native import *; from published import built_of;"
        "b = built_of(native_manifest(), native_tree());"
        "print({n: hashlib.sha256(c).hexdigest() for n, (c, _) in b.files.items() if 'review' not in n})"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("77", "Pacific/Kiritimati"))
    }
    assert len(said) == 1
    assert said.pop().count(b".zip") == len(NAMES)


def test_what_one_job_packs_for_several_platforms_another_reads_back(tmp_path):
    built = built_of(MANIFEST, native_tree())

    assert read_parcels(tmp_path, write_parcels([built], tmp_path)) == (built,)
    (tmp_path / f"acme.fast-1.0.0/{package_name(MANIFEST.id, MANIFEST.version, 'win32-x64')}").unlink()  # fmt: skip
    with pytest.raises(BadInput):
        read_parcels(tmp_path, digest(tmp_path))


def test_a_note_without_a_package_or_with_half_of_one_is_none_of_ours():
    note = json.loads(note_of(built_of(MANIFEST, native_tree())).model_dump_json())
    assert ReleaseNote.model_validate(note).platforms.keys() == set(NAMES)

    for broken in (
        {"platforms": {}},
        {"sbom": note["review"]},
        {"platforms": {"solaris-x64": note["platforms"]["linux-x64"]}},
    ):
        with pytest.raises(ValidationError):
            ReleaseNote.model_validate(note | broken)


def test_a_version_that_reads_as_the_package_of_another_is_refused():
    with pytest.raises(ValidationError, match=r"must not end like a platform \(linux-x64\)"):
        manifest_of(version="1.0.0-linux-x64")
    with pytest.raises(ValidationError, match="like a platform"):
        manifest_of(version="1.0.0-rc.1-win32-arm64")
    assert manifest_of(version="1.0.0-linux").version.is_prerelease


HOSTILE = {
    "absolute": ["/etc/passwd"],
    "upwards": ["../../other/"],
    "upwards within": ["bin/../../x"],
    "this directory": ["./bin"],
    "backslashes": ["bin\\x64"],
    "a drive": ["C:/bin"],
    "taking back": ["!bin/linux-x64/"],
    "a comment": ["#bin"],
    "empty": [""],
    "spaces around": [" bin/"],
    "ten thousand": [f"bin/{number}/" for number in range(10_000)],
    "minutes to match": ["*a*a*a*a*a*a*a*a*b"],
    "many stars": ["**/a/**/b/**/c/**"],
    "long": ["a" * 251],
    "a line break": ["bin/\nx"],
    "no text": [7],
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pattern_is_refused_at_once(name):
    with pytest.raises(ValidationError):
        native_manifest(platforms={"linux-x64": HOSTILE[name]})


@pytest.mark.parametrize("name", ["linux", "linux-x86_64", "Linux-x64", "../x", "web", ""])
def test_a_platform_nobody_has_is_refused(name):
    with pytest.raises(ValidationError):
        native_manifest(platforms={name: ["bin/"]})


def test_the_whole_road_ends_with_the_right_library_on_each_machine(market):
    market.submit(MANIFEST, files=LIBRARIES)
    code, printed = market.publish()
    assert code == 0, printed

    [(_, draft, files)] = market.releases()
    assert (draft, files) == (False, list(built_of(MANIFEST, native_tree()).files))
    assert "10 requests" in printed  # three, and two for each package, and the report
    note = market.note("acme.fast", "1.0.0")
    assert note.package is None
    assert tuple(note.platforms) == NAMES
    page = (market.site() / "extensions/acme/fast/index.html").read_text()
    assert "win32-x64, linux-x64, darwin-arm64" in page
    for name in NAMES:
        assert note.platforms[name].package.url in page
        home = market.data / f"home-{name}"
        with market.client(f"client-{name}") as index:
            updates = Updates(home, index=index, platform=name)
            done = updates.apply(updates.plan_install([MANIFEST.id])).done
            [entry] = updates.installed().values()
        assert f"for {name}" in done[0].line
        found = {p.relative_to(home / entry.directory).as_posix() for p in (home / entry.directory).rglob("*.node")}  # fmt: skip
        assert found == {f"bin/{name}/fast.node"}
        library = home / entry.directory / f"bin/{name}/fast.node"
        assert library.read_bytes() == LIBRARIES[f"bin/{name}/fast.node"]
    with market.client("client-none") as index:
        updates = Updates(market.data / "home-none", index=index, platform="linux-arm64")
        with pytest.raises(BadInput, match=r"1.0.0 has no package for linux-arm64, only for darwin-arm64, linux-x64, win32-x64"):  # fmt: skip
            updates.plan_install([MANIFEST.id])


def test_the_document_of_the_index_names_each_package():
    built = built_of(MANIFEST, native_tree())
    record = candidate_of(MANIFEST).record
    [(listed, _)] = released({MANIFEST.version: record}, {MANIFEST.version: note_of(built)}, None)

    assert listed.package is None
    assert {name: file.sha256 for name, file in listed.platforms.items()} == {
        name: pointer.sha256 for name, pointer in built.pointers.items()
    }
