"""The step `index` of publish: signed, incremental, and never behind, whatever happened to a run before."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from published import manifest_of
from signed_index import ONLINE, ROOT, TARGETS, holders, serve, signer

from devforge.adapters.git import Objects
from devforge.adapters.index_branch import IndexBranch, OvertakenError
from devforge.adapters.issues import Issues
from devforge.model.names import ExtensionId
from devforge.publish.ceremony import draft_bins, draft_root, draft_targets, file_of
from devforge.publish.trust import read_trust

TODO = ExtensionId.parse("acme.todo-tree")
NOTES = manifest_of("jane.notes", "2.0.0", display_name="Notes")
RECORD = "registry/extensions/acme/todo-tree/versions/1.4.0.yaml"


def versions(market, home="client"):
    with market.client(home) as index:
        document = index.document(TODO)
    return [str(version.version) for version in document.versions] if document else None


def document(market, id=TODO, home="client"):
    with market.client(home) as index:
        return index.document(id)


def in_days(days):
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def generation(printed):
    return int(printed.split("generation ")[1].split(":")[0])


def test_what_was_released_is_signed_and_a_client_reads_it(market):
    market.submit()
    market.publish()

    code, printed = market.index()

    assert code == 0, printed
    assert "1 extension, all of it built" in printed
    found = document(market)
    assert [str(v.version) for v in found.versions] == ["1.4.0"]
    with market.client() as index:
        package = index.download(TODO, found.versions[0])
    assert package == (market.packages / "acme.todo-tree-1.4.0/acme.todo-tree-1.4.0.zip").read_bytes()  # fmt: skip


def test_a_second_run_pushes_nothing(market):
    market.submit()
    market.publish()
    market.index()
    before = market.tip, market.git(market.checkout, "ls-remote", "origin")

    code, printed = market.index()

    assert code == 0
    assert "nothing it says has changed" in printed
    assert (market.tip, market.git(market.checkout, "ls-remote", "origin")) == before


def test_one_changed_record_is_all_that_is_written_anew(market):
    market.submit()
    market.submit(NOTES)
    market.publish()
    _, first = market.index()
    (market.checkout / RECORD).write_text((market.checkout / RECORD).read_text() + "halted: true\n")
    market.push("Halt it")

    code, printed = market.index()

    assert code == 0, printed
    assert "1 extension looked at: acme.todo-tree" in printed
    written = int(printed.split(" files new")[0].rpartition(" ")[2])
    assert written <= 10, printed
    assert generation(printed) == generation(first) + 1
    assert document(market).versions[0].halted


@pytest.mark.parametrize(
    "change",
    [
        {RECORD: "commit: {commit}\nyanked: {{reason: it loses data}}\n"},
        {RECORD: "commit: {commit}\nsecurity: true\n"},
        {
            "registry/extensions/acme/todo-tree/extension.yaml": (
                "owners: [acme]\nrepository: {{url: https://github.com/acme/todo-tree, id: 7}}\n"
                "deprecated: {{reason: nobody cares for it, when: 2026-11-01T00:00:00Z}}\n"
            )
        },
        {
            "registry/developers/acme.yaml": "name: Another Name\nmembers: [{{login: acme, id: 7}}]\n"
        },
        {RECORD: None},
        {
            "registry/advisories/DEVFORGE-2026-1.yaml": (
                "id: DEVFORGE-2026-1\nmodified: 2026-11-23T09:00:00Z\nsummary: It steals\n"
                "affected:\n- package: {{ecosystem: DevForge, name: acme.todo-tree}}\n"
                "  versions: [1.4.0]\ndatabase_specific: {{malicious: true}}\n"
            )
        },
    ],
    ids=["yank", "security", "deprecate", "rename", "delete", "malicious"],
)
def test_what_a_change_leads_to_is_what_building_everything_gives(market, change, tmp_path):
    manifest = manifest_of()
    market.submit(manifest)
    market.submit(manifest_of(version="1.5.0"))
    market.submit(NOTES)
    market.publish()
    market.index()
    commit = market.recorded_commit(manifest)
    for path, text in change.items():
        if text is None:
            (market.checkout / path).unlink()
            market.job("remove", "acme.todo-tree", "1.4.0", "--reason", "a court asked for it")
            plan = market.job("remove", "acme.todo-tree", "1.4.0", "--reason", "a court asked for it")[1]  # fmt: skip
            digest = plan.split("digest ")[1].split()[0]
            market.job("remove", "acme.todo-tree", "1.4.0", "--reason", "a court asked for it", "--approve", digest)  # fmt: skip
        else:
            (market.checkout / path).parent.mkdir(exist_ok=True)
            (market.checkout / path).write_text(text.format(commit=commit))
    market.push("Change it")

    code, printed = market.index()
    assert code == 0, printed
    assert "1 extension looked at: acme.todo-tree" in printed
    with market.client() as index:
        step = index.document(TODO), index.document(NOTES.id), index.lists(), index.search()
    market.git(market.checkout, "push", "-q", "origin", ":refs/heads/index")
    code, printed = market.index()

    assert code == 0, printed
    assert "all of it built" in printed
    with market.client("another") as index:
        assert (index.document(TODO), index.document(NOTES.id), index.lists(), index.search()) == step  # fmt: skip


def test_an_advisory_that_is_taken_back_is_one_extension_more_to_look_at(market):
    market.submit()
    market.submit(NOTES)
    market.publish()
    market.index()
    advisory = market.checkout / "registry/advisories/DEVFORGE-2026-1.yaml"
    advisory.parent.mkdir()
    advisory.write_text(
        "id: DEVFORGE-2026-1\nmodified: 2026-11-23T09:00:00Z\nsummary: It steals\n"
        "affected:\n- package: {ecosystem: DevForge, name: acme.todo-tree}\n"
        "  versions: [1.4.0]\ndatabase_specific: {malicious: true}\n"
    )
    market.push("Condemn it")
    assert "1 extension looked at: acme.todo-tree" in market.index()[1]
    assert document(market) is None
    advisory.unlink()
    market.push("Take that back")

    code, printed = market.index()

    assert code == 0, printed
    assert "1 extension looked at: acme.todo-tree" in printed
    assert document(market) is not None
    with market.client() as index:
        assert not index.lists().malicious


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("", "the secret SIGNING_KEY is not set in the environment `index`"),
        (signer("a thief").private_bytes.decode(), "the secret SIGNING_KEY is not "),
        ("garbage", "nothing here signs by garbage:"),
    ],
    ids=["none", "another", "garbage"],
)
def test_without_the_right_key_nothing_is_published(market, monkeypatch, key, told):
    market.submit()
    market.publish()
    monkeypatch.setenv("SIGNING_KEY", key)

    code, printed = market.index()

    assert (code, told in printed) == (1, True), printed
    assert market.tip is None
    code, printed = market.job("site", "--out", str(market.data / "site"))
    assert code == 1
    assert "no index was signed yet" in printed


def test_before_the_ceremony_it_says_what_to_do(market):
    shutil.rmtree(market.checkout / "registry/trust")

    code, printed = market.index()

    assert code == 1
    assert "nobody has said yet which keys sign this index" in printed
    assert "docs/operator.md" in printed


def test_of_two_runs_at_once_the_second_is_overtaken_and_pushes_nothing(market, tmp_path):
    market.submit()
    market.publish()
    market.index()
    with Objects(
        market.checkout, market.github.url, origin="operator/registry", token=market.operator.token
    ) as objects:
        branch = IndexBranch(objects)
        with branch.opened(tmp_path / "one") as one, branch.opened(tmp_path / "other") as other:
            for files in (one, other):
                files.writer().write("metadata/timestamp.json", str(id(files)).encode())
            said = {"made_from": one.made_from, "signed_until": {}, "message": "Race"}
            first = branch.push(one, **said)
            with pytest.raises(OvertakenError, match="the branch index moved meanwhile"):
                branch.push(other, **said)

    assert market.tip == first


def test_a_push_whose_answer_was_lost_counts_once(market):
    market.submit()
    market.publish()
    market.github.faults.add("502 after", method="POST", path="git-receive-pack", times=1)

    code, printed = market.index()
    again, said = market.index()

    assert (code, again) == (0, 0), printed + said
    assert generation(printed) == generation(said)
    assert versions(market) == ["1.4.0"]


def test_versions_never_fall_even_where_the_branch_was_lost(market):
    market.submit()
    market.publish()
    _, before = market.index()
    assert versions(market) == ["1.4.0"]  # this client remembers
    market.git(market.checkout, "push", "-q", "origin", ":refs/heads/index")

    code, printed = market.index()

    assert code == 0, printed
    assert generation(printed) > generation(before)
    assert versions(market) == ["1.4.0"]


def test_a_run_killed_before_its_last_note_is_made_up_by_the_next(market):
    market.submit()
    market.publish()
    _, before = market.index()
    noted = json.loads(market.state.read("index/floor.json")) if market.state.fetch() else None
    market.forget_last_note()

    code, printed = market.index()

    assert code == 0, printed
    assert generation(printed) == generation(before)
    market.state.fetch()
    assert json.loads(market.state.read("index/floor.json")) == noted
    assert noted["generation"] == generation(before)


def test_a_branch_that_somebody_put_back_is_overtaken_by_the_next_run(market):
    market.submit()
    market.publish()
    market.index()
    old = market.tip
    market.submit(NOTES)
    market.publish()
    _, newest = market.index()
    assert document(market, NOTES.id) is not None  # this client remembers
    market.git(market.checkout, "push", "-q", "-f", "origin", f"{old}:refs/heads/index")

    code, printed = market.index()

    assert code == 0, printed
    assert generation(printed) > generation(newest)
    assert document(market, NOTES.id) is not None


def test_signatures_are_renewed_in_time_and_before_that_left_alone(market):
    market.submit()
    market.publish()
    _, first = market.index()

    _, same = market.index("--at", in_days(0.5))
    _, daily = market.index("--at", in_days(1.5))
    _, monthly = market.index("--at", in_days(15))

    assert generation(same) == generation(daily) == generation(first)
    assert " 1 file new or changed" in daily  # the timestamp alone
    assert generation(monthly) == generation(first) + 1


def test_the_operator_is_told_before_signatures_expire_and_no_longer_when_they_are_renewed(market):
    market.submit()
    market.publish()
    market.index()
    issues = Issues("operator/registry", market.operator.token, api_url=market.github.api_url)

    assert market.job("watch", "--apply")[0] == 0
    assert issues.labelled("inbox") == ()
    code, printed = market.job("watch", "--at", in_days(5))
    assert code == 2
    assert "timestamp expires on" in printed
    assert "look why the schedule of `publish` has stopped" in printed
    assert "sign anew with your offline keys" in market.job("watch", "--at", in_days(320))[1]
    market.job("watch", "--apply", "--at", in_days(5))
    market.job("watch", "--apply", "--at", in_days(5))
    [told] = issues.labelled("inbox")
    assert told.state == "open"
    assert "The index's signatures" in told.text
    market.index("--at", in_days(5))
    assert market.job("watch", "--apply", "--at", in_days(5))[0] == 0

    [told] = issues.labelled("inbox")
    assert told.state == "closed"
    issues.close()


def rotate(market):
    """Put another online key in the place of the first, as `devforge keys rotate` does."""
    fresh = signer("online again")
    trust = read_trust(market.checkout / "registry/trust")
    new, expires = holders(online=fresh.public_key), datetime.now(UTC) + timedelta(days=365)
    config = next(c for path, c in trust.files.items() if path.endswith("config.json"))
    expires = expires.replace(microsecond=0)
    drafts = {
        "root": draft_root(new, version=2, expires=expires),
        "targets": draft_targets(new, config, version=2, expires=expires),
        "extensions": draft_bins("extensions", 4, new.online, version=2, expires=expires),
        "packages": draft_bins("packages", 2, new.online, version=2, expires=expires),
    }
    for name, metadata in drafts.items():
        for key in ROOT if name == "root" else TARGETS:
            metadata.sign(key, append=True)
        path = market.checkout / f"registry/trust/metadata/2.{name}.json"
        path.write_bytes(file_of(metadata))
    market.push("Change the online key")
    return fresh


def test_after_the_online_key_was_changed_everything_is_signed_by_the_new_one(market, monkeypatch):
    market.submit()
    market.publish()
    _, before = market.index()
    assert versions(market) == ["1.4.0"]
    fresh = rotate(market)
    code, printed = market.index()
    assert code == 1
    assert "which the metadata names: use that one" in printed

    monkeypatch.setenv("SIGNING_KEY", fresh.private_bytes.decode())
    code, printed = market.index()

    assert code == 0, printed
    assert generation(printed) > generation(before)
    assert versions(market) == ["1.4.0"]
    timestamp = json.loads((market.data / "index/metadata/timestamp.json").read_text())
    assert [one["keyid"] for one in timestamp["signatures"]] == [fresh.public_key.keyid]
    assert ONLINE.public_key.keyid not in {one["keyid"] for one in timestamp["signatures"]}


def test_what_is_published_is_asked_for_as_clients_do(market):
    market.submit()
    market.publish()
    market.index()
    market.submit(NOTES)
    market.publish()
    market.index()
    with serve(market.data) as server:
        address = server.url.rstrip("/") + "/"
        code, printed = market.job("confirm", "--url", address, "--patience", "0")
        assert code == 0, printed
        assert "clients read generation 2, from the root of the first day" in printed
        timestamp = market.data / "index/metadata/timestamp.json"
        timestamp.write_bytes(timestamp.read_bytes().replace(b'"version":2', b'"version":3', 1))
        code, printed = market.job("confirm", "--url", address, "--patience", "0")

    assert code == 1
    assert "a client does not believe it" in printed or "sign" in printed


def test_an_index_that_would_lose_what_is_out_is_refused_and_the_old_one_stays(market):
    market.submit()
    market.submit(NOTES)
    market.publish()
    market.index()
    tip = market.tip
    shutil.rmtree(market.checkout / "registry/extensions/acme")
    market.push("Lose half of it")

    code, printed = market.index()

    assert code == 1
    assert "acme.todo-tree" in printed
    assert market.tip == tip


def test_a_dry_run_shows_what_would_be_and_pushes_nothing(market):
    market.submit()
    market.publish()

    code, printed = market.job("index", "--out", str(market.data / "index"))

    assert code == 2, printed
    assert market.tip is None
