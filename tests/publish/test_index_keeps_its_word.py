"""Killed, doubled and late runs, other keys, finer bins: versions never fall and clients always get through."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from signed_index import (
    NOW,
    ONLINE,
    ROOT,
    TARGETS,
    SignedIndex,
    holders,
    serve,
    signer,
    small_config,
    version_of,
)
from signed_index import document as document_of
from tuf.ngclient import Updater

from devforge.errors import BadInput
from devforge.model.fields import from_json
from devforge.model.index import ExtensionDocument
from devforge.publish import layout
from devforge.publish.ceremony import (
    config_bytes,
    draft_bins,
    draft_root,
    draft_targets,
    file_of,
)
from devforge.publish.index import build_index, update_index
from devforge.publish.present import PresentIndex
from devforge.publish.resign import resign
from devforge.publish.revision import Floor, Signing
from devforge.publish.signing import expiry
from devforge.publish.trust import read_trust


@pytest.fixture
def made(tmp_path):
    return SignedIndex(tmp_path / "index")


@pytest.fixture
def client(tmp_path):
    """Return `walk(directory, root)`: a stock TUF client's ids → versions, by what it knew before."""
    home = tmp_path / "client"

    def walk(made: SignedIndex, *ids: str) -> dict[str, list[str] | None]:
        (home / "targets").mkdir(parents=True, exist_ok=True)
        with serve(made.out) as server:
            updater = Updater(
                metadata_dir=str(home),
                metadata_base_url=f"{server.url}metadata/",
                target_dir=str(home / "targets"),
                target_base_url=f"{server.url}targets/",
                bootstrap=made.root,
            )
            updater._trusted_set.reference_time = made.clock
            updater.refresh()
            return {id: _versions(updater, id) for id in ids}

    return walk


def _versions(updater: Updater, id: str) -> list[str] | None:
    info = updater.get_targetinfo(f"extensions/{id}.json")
    if info is None:
        return None
    content = Path(updater.download_target(info)).read_bytes()
    document = from_json(ExtensionDocument, content)
    for version in document.versions:
        package = updater.get_targetinfo(f"packages/{id}-{version.version}.zip")
        assert package is not None
        assert package.hashes["sha256"] == version.package.sha256
        assert updater.download_target(package)
    return [str(version.version) for version in document.versions]


def test_a_stock_client_walks_to_documents_and_packages_and_to_nothing(made, client):
    made.add("acme.ink", "1.0.0")
    made.add("acme.ink", "1.1.0")
    made.add("jane.pen", "2.0.0")

    assert client(made, "acme.ink", "jane.pen", "jane.gone") == {
        "acme.ink": ["1.1.0", "1.0.0"], "jane.pen": ["2.0.0"], "jane.gone": None,
    }  # fmt: skip


def test_a_stock_client_follows_every_step_and_every_way_of_writing(made, client):
    for number in range(4):
        made.add("acme.ink", f"1.{number}.0")
        assert client(made, "acme.ink") == {"acme.ink": [f"1.{n}.0" for n in range(number, -1, -1)]}
    made.remove("acme.ink")
    assert client(made, "acme.ink") == {"acme.ink": None}
    made.clock += timedelta(days=12)
    made.floor = resign(made.out, made.policy, made.signing).floor
    assert client(made, "acme.ink") == {"acme.ink": None}
    made.add("acme.ink", "2.0.0")
    shutil.rmtree(
        made.out
    )  # a runner that starts from nothing but the versions it must not fall below
    made.shelf.pop(document_of("acme.ink").id)
    made.add_whole("acme.ink", "2.1.0")
    assert client(made, "acme.ink") == {"acme.ink": ["2.1.0"]}


def test_equal_input_gives_equal_bytes(tmp_path):
    def contents(name: str) -> dict[str, bytes]:
        made = SignedIndex(tmp_path / name)
        for number in range(3):
            made.add("acme.ink", f"1.{number}.0")
        made.rebuild()
        return {str(p.relative_to(made.out)): p.read_bytes() for p in made.out.rglob("*.json")}

    assert contents("one") == contents("other")


def _killed_at(write: int, act: Callable[[], object]) -> int:
    """Do `act` in another process that dies at its nth change of the disk; return how it ended."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the child only writes and dies
        child = os.fork()
    if child == 0:
        left = [write]

        def watch(event: str, arguments: tuple[object, ...]) -> None:
            if event == "os.rename" or (event == "open" and int(str(arguments[2])) & os.O_WRONLY):
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        act()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("way", ["update", "whole", "resign"])
def test_whoever_is_killed_at_any_write_leaves_the_index_before_or_after(
    made, client, tmp_path, way
):
    made.add("acme.ink", "1.0.0")
    if way == "resign":
        made.clock += timedelta(days=5)
        resign(made.out, made.policy, made.signing)
        made.clock += timedelta(days=6)
    entry, content = version_of("acme.ink", "1.1.0")
    package = made.out / f"targets/packages/{entry.package.sha256}.acme.ink-1.1.0.zip"
    package.write_bytes(content)
    [old] = made.shelf.values()
    new = old if way == "resign" else document_of("acme.ink", entry, *old.versions)

    def act() -> object:
        if way == "update":
            return update_index([new], made.out, made.policy, made.signing)
        if way == "whole":
            return build_index([new], made.out, made.policy, made.signing)
        return resign(made.out, made.policy, made.signing)

    kills, start = 0, tmp_path / "start"
    shutil.copytree(made.out, start)
    while _killed_at(kills, act) != 0:
        kills += 1
        seen = client(made, "acme.ink")["acme.ink"]
        assert seen == [str(version.version) for version in old.versions], kills
        act()  # the next run converges, whatever was left
        assert client(made, "acme.ink")["acme.ink"] == [str(v.version) for v in new.versions]
        shutil.rmtree(made.out)
        shutil.copytree(start, made.out)
        shutil.rmtree(tmp_path / "client")
    assert kills >= 9
    assert client(made, "acme.ink")["acme.ink"] == [str(v.version) for v in new.versions]
    first = made.out / layout.TIMESTAMP
    before = first.read_bytes()
    act()
    assert first.read_bytes() == before


def test_what_a_killed_run_left_half_written_is_written_anew(made, client, tmp_path):
    made.add("acme.ink", "1.0.0")
    shutil.copytree(made.out, tmp_path / "copy")
    entry, content = version_of("acme.ink", "1.1.0")
    name = f"targets/packages/{entry.package.sha256}.acme.ink-1.1.0.zip"
    new = document_of("acme.ink", entry)
    gone = [(new.id, made.shelf[new.id].versions[0].version)]
    files = update_index(
        [new], tmp_path / "copy", made.policy, made.signing, withdrawn=gone
    ).written
    for path in files[:-1]:  # all but the timestamp
        whole = (tmp_path / "copy" / path).read_bytes()
        (made.out / path).write_bytes(whole[: len(whole) // 2])
    (made.out / name).write_bytes(content)

    assert client(made, "acme.ink") == {"acme.ink": ["1.0.0"]}
    update_index([new], made.out, made.policy, made.signing, withdrawn=gone)
    assert client(made, "acme.ink") == {"acme.ink": ["1.1.0"]}


def test_two_writers_at_once_lose_nothing_and_versions_only_rise(made):
    ids = [f"acme.ext-{number}" for number in range(8)]
    seen: list[Floor] = []

    def publish(mine: list[str]) -> None:
        for id in mine:
            entry, _ = version_of(id, "1.0.0")
            report = update_index([document_of(id, entry)], made.out, made.policy, made.signing)
            seen.append(report.floor)

    writers = [threading.Thread(target=publish, args=(ids[at::2],)) for at in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    present = PresentIndex(made.out, made.trust)
    listed = {t for name in present.bins for t in present.targets(name)}
    assert {f"extensions/{id}.json" for id in ids} <= listed
    assert sorted(floor.generation for floor in seen) == list(range(2, 10))
    assert sorted(floor.timestamp for floor in seen) == list(range(2, 10))


def test_versions_never_fall_below_what_was_published_once(made):
    made.floor = Floor(generation=41, timestamp=99)
    report = made.add("acme.ink", "1.0.0")
    assert report.floor == Floor(42, 100)
    made.floor = Floor(generation=50, timestamp=100)
    assert made.rebuild().floor == Floor(51, 101)


def test_signatures_are_renewed_in_time_and_only_then(made):
    def run(days: float):
        made.clock = NOW + timedelta(days=days)
        freshness = resign(made.out, made.policy, made.signing)
        made.floor = freshness.floor
        return freshness

    assert run(0.9).written == ()
    assert run(1.1).written == ("metadata/timestamp.json",)
    renewed = run(10.5)
    assert len(renewed.written) == 4 + 2 + 1 + 1 + 1  # bins, lists, snapshot, timestamp
    assert renewed.expires[0][0] == "timestamp"
    assert list(renewed.alarms(made.policy.publishing.signing, made.clock)) == []


def test_a_renewal_gives_nobody_news_to_read(made):
    made.add("acme.ink", "1.0.0")
    before = PresentIndex(made.out, made.trust).timestamp
    made.clock += timedelta(days=12)
    resign(made.out, made.policy, made.signing)
    after = PresentIndex(made.out, made.trust).timestamp

    assert before is not None
    assert after is not None
    assert after.signed["meta"] != before.signed["meta"]
    assert after.signed["x-changes"] == before.signed["x-changes"]


def test_a_schedule_that_stopped_and_keys_that_must_be_taken_out_are_told_in_words(made, golden):
    rules = made.policy.publishing.signing
    freshness = resign(made.out, made.policy, made.signing)
    said = []
    for days in (1, 5, 8, 28, 310, 366):
        said.append(f"after {days} days")
        said += sorted(freshness.alarms(rules, NOW + timedelta(days=days)))
    golden("index_alarms.txt", "\n".join(said) + "\n")


def _with_other_offline_metadata(made: SignedIndex, *, online=ONLINE, bits: int = 2) -> Signing:
    """Have the offline keys sign version 2 of everything."""
    config, expires = small_config(bits=bits), expiry(NOW, 365)
    whom, content = holders(online=online.public_key), config_bytes(config)
    root = draft_root(whom, version=2, expires=expires)
    targets = draft_targets(whom, content, version=2, expires=expires)
    bins = {
        name: draft_bins(name, size, online.public_key, version=2, expires=expires)
        for name, size in (("extensions", bits), ("packages", config.package_bits))
    }
    for one in ROOT[1:]:
        root.sign(one, append=True)
    for one in TARGETS[1:]:
        for metadata in (targets, *bins.values()):
            metadata.sign(one, append=True)
    folder = made.out.parent / f"{made.out.name}-trust"
    for name, metadata in {"root": root, "targets": targets, **bins}.items():
        (folder / f"metadata/2.{name}.json").write_bytes(file_of(metadata))
    (folder / layout.target_file("config.json", layout.pointer(content).sha256)).write_bytes(
        content
    )
    return Signing(read_trust(folder), online, made.clock, made.floor)


def test_another_online_key_signs_everything_anew_and_clients_follow(made, client):
    made.add("acme.ink", "1.0.0")
    assert client(made, "acme.ink") == {"acme.ink": ["1.0.0"]}
    stolen, fresh = made.signing, signer("online 2")
    by = _with_other_offline_metadata(made, online=fresh)

    with pytest.raises(BadInput, match="signed by an earlier online key; build it whole"):
        update_index([], made.out, made.policy, by)
    resign(made.out, made.policy, by)

    assert client(made, "acme.ink") == {"acme.ink": ["1.0.0"]}
    present = PresentIndex(made.out, by.trust)
    assert all(present.role(n).keyids == {fresh.public_key.keyid} for n in [*present.bins, "lists"])
    with pytest.raises(BadInput, match="is not the one that root 2 names"):
        Signing(by.trust, stolen.online, NOW)


def test_finer_bins_keep_clients_of_the_coarser_ones(made, client):
    made.add("acme.ink", "1.0.0")
    assert client(made, "acme.ink") == {"acme.ink": ["1.0.0"]}
    by = _with_other_offline_metadata(made, bits=5)
    build_index(made.shelf.values(), made.out, made.policy, by)

    assert client(made, "acme.ink", "jane.gone") == {"acme.ink": ["1.0.0"], "jane.gone": None}
    assert len([name for name in PresentIndex(made.out, by.trust).bins if len(name) == 4]) == 32


def test_offline_metadata_that_too_few_signed_is_never_published(made, tmp_path):
    folder = made.out.parent / f"{made.out.name}-trust"
    whom = holders()
    for name, draft, by in (
        ("root", draft_root(whom, version=2, expires=expiry(NOW, 9)), ROOT[0]),
        ("targets", draft_targets(whom, b"{}", version=2, expires=expiry(NOW, 9)), TARGETS[0]),
    ):
        draft.sign(by, append=True)
        path = folder / f"metadata/2.{name}.json"
        path.write_bytes(file_of(draft))
        with pytest.raises(BadInput, match=rf"2.{name}.json: .*signed by 1/2.*devforge keys"):
            read_trust(folder)
        path.unlink()
    with pytest.raises(BadInput, match=r"holds no metadata/1\.root\.json"):
        read_trust(tmp_path / "nowhere")
