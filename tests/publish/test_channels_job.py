"""The job on a local GitHub and real channels: one that fails, one that is killed, a second run."""

from __future__ import annotations

from datetime import UTC, datetime

import boto3
import pytest
import yaml
from channels.parcels import free_port
from published import MALICIOUS

from devforge.adapters.issues import Issues
from devforge.model import inbox
from devforge.model.channels import Deliveries, Delivery
from devforge.model.names import ExtensionId
from devforge.model.recall import Recall
from devforge.model.records import Yank
from devforge.model.versions import Version
from scripts import channels, mirrors

REGISTRY = "operator/registry"
ID, VERSION = ExtensionId.parse("acme.todo-tree"), Version.parse("1.4.0")


@pytest.fixture
def released(market, s3, pypi, monkeypatch):
    """A market whose one extension is released and asks for three channels; two of them work."""
    policy = market.checkout / "registry/policy.yaml"
    offered = {
        "every": [],
        "npm": {"scope": "@market", "registry": f"http://127.0.0.1:{free_port()}/"},
        "pypi": {"prefix": "market-", "upload": pypi, "simple": f"{pypi}simple/"},
        "oci": None,
        "s3": {"bucket": "extensions", "region": "eu-central-1", "endpoint": s3},
    }
    rules = yaml.safe_load(policy.read_text()) | {"channels": offered}
    policy.write_text(yaml.safe_dump(rules))
    id = market.submit()
    record = market.checkout / f"registry/extensions/{id.path}/extension.yaml"
    record.write_text(record.read_text() + "channels: [npm, pypi, oci, s3]\n")
    market.push("Ask for channels")
    code, printed = market.publish()
    assert code == 0, printed
    monkeypatch.setenv("NPM_TOKEN", "token")
    monkeypatch.setenv("PYPI_TOKEN", "token")
    return market


def run(market, capsys, *arguments):
    code = channels.main(["--checkout", str(market.checkout), *arguments])
    return code, "".join(capsys.readouterr())


def test_a_dry_run_shows_the_plan_and_publishes_nothing(released, capsys):
    code, printed = run(released, capsys, "deliver")

    assert code == 2
    assert "deliver  pypi  acme.todo-tree 1.4.0  as market-acme-todo-tree==1.4.0" in printed
    assert "channels.oci is null in the policy: it is not offered" in printed
    assert released.state.fetch()
    assert released.state.files("channels") == {}


@pytest.mark.long
def test_a_channel_that_is_away_holds_up_no_other_and_a_second_run_does_nothing(released, capsys):
    first, printed = run(released, capsys, "deliver", "--apply")
    again, said = run(released, capsys, "deliver", "--apply")

    assert (first, again) == (1, 0)
    assert "2 done, 1 not" in printed
    assert "keep     pypi  acme.todo-tree 1.4.0  market-acme-todo-tree==1.4.0" in said
    assert "wait     npm   acme.todo-tree 1.4.0  tried 1 times, again from" in said
    assert "0 to apply" in said


@pytest.mark.long
def test_what_was_published_before_the_run_was_killed_is_found(released, capsys):
    assert run(released, capsys, "deliver", "--apply")[0] == 1
    released.forget_last_note()  # as if the run had died between publishing to s3 and noting it
    code, printed = run(released, capsys, "deliver", "--apply")

    assert code == 0, printed
    assert "deliver  s3" in printed
    assert "1 done, 0 not" in printed


@pytest.mark.long
def test_the_operator_is_told_after_some_failures_and_can_have_it_tried_again(released, capsys):
    tried = Delivery(state="failed", when=datetime(2026, 11, 1, tzinfo=UTC), attempts=3, reason="npm view: away")  # fmt: skip
    known = Deliveries(id=ID, version=VERSION, channels={"npm": tried})
    released.state.commit(
        {Deliveries.path_of(ID, VERSION): known.model_dump_json().encode()}, "Note"
    )

    assert run(released, capsys, "deliver", "--apply")[0] == 1
    told = inbox_of(released)
    assert "`acme.todo-tree` 1.4.0 did not get to npm after 4 tries: npm view" in told
    assert run(released, capsys, "deliver", "--apply")[0] == 0
    assert inbox_of(released) == told

    retry = ("retry", "acme.todo-tree", "1.4.0", "npm")
    assert run(released, capsys, *retry)[0] == 2
    assert run(released, capsys, *retry, "--apply")[0] == 0
    code, printed = run(released, capsys, "deliver")
    assert (code, "deliver  npm" in printed) == (2, True)


def test_a_version_that_is_none_is_an_error_in_one_line(released, capsys):
    code, printed = run(released, capsys, "retry", "acme", "one", "npm")

    assert code == 1
    assert printed.startswith("channels: acme one: ")
    assert printed.count("\n") == 1


def inbox_of(market):
    issues = Issues(REGISTRY, market.operator.token, api_url=market.github.api_url)
    found = [issue.text for issue in issues.labelled(inbox.LABEL)]
    issues.close()
    return "".join(found)


YANK = "yanked: {reason: It deletes the cache it should only read.}\n"


def taken_back(market, how):
    if how == "yanked":
        record = market.checkout / f"registry/extensions/{ID.path}/versions/1.4.0.yaml"
        record.write_text(record.read_text() + YANK)
    elif how == "malicious":
        advisory = market.checkout / "registry/advisories/DEVFORGE-2026-1.yaml"
        advisory.parent.mkdir(exist_ok=True)
        advisory.write_text(MALICIOUS)
    else:
        recall = Recall(id=ID, version=VERSION, advisories=("CVE-2026-1",), yanked=Yank(reason="It uses a library with a hole."))  # fmt: skip
        market.state.commit({recall.path: recall.model_dump_json().encode()}, "Recall")
    if how != "recalled":
        market.push("Take it back")


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("yanked", "It deletes the cache it should only read."),
        ("malicious", "Malicious, remove it: It sends your keys away."),
        ("recalled", "It uses a library with a hole."),
    ],
)
def test_what_was_taken_back_goes_to_no_channel_whoever_took_it_back(released, capsys, how, why):
    taken_back(released, how)
    _, printed = run(released, capsys, "deliver")

    assert "deliver" not in printed
    assert f"left     pypi  acme.todo-tree 1.4.0  it is not offered any more: {why}" in printed


@pytest.mark.long
def test_copies_of_what_was_called_malicious_are_deleted_and_a_mirrors_too(
    released, capsys, s3, monkeypatch
):
    monkeypatch.delenv("PYPI_TOKEN")  # s3 is what is looked at here
    policy = released.checkout / "registry/policy.yaml"
    mirror = {"name": "eu", "bucket": "extensions", "prefix": "copy/", "region": "eu-central-1", "endpoint": s3}  # fmt: skip
    policy.write_text(yaml.safe_dump(yaml.safe_load(policy.read_text()) | {"mirrors": [mirror]}))
    released.push("Name a mirror")
    released.index()
    run(released, capsys, "deliver", "--apply")
    client = boto3.client("s3", endpoint_url=s3)
    [package] = packages_in(client)
    client.copy_object(Bucket="extensions", Key=f"copy/{package}", CopySource=f"extensions/{package}")  # fmt: skip
    where = ["--checkout", str(released.checkout), "--apply"]
    assert mirrors.main(where) == 0
    assert packages_in(client) == [f"copy/{package}", package]
    taken_back(released, "malicious")

    code, printed = run(released, capsys, "deliver", "--apply")
    again, said = run(released, capsys, "deliver", "--apply")

    assert (code, again) == (0, 0)
    assert "remove   s3    acme.todo-tree 1.4.0  Malicious, remove it" in printed
    assert "gone     s3    acme.todo-tree 1.4.0" in said
    assert packages_in(client) == [f"copy/{package}"]
    assert mirrors.main(where) == 0
    assert f"delete   {package}: called malicious" in capsys.readouterr().out
    assert packages_in(client) == []


def packages_in(client):
    listed = client.list_objects_v2(Bucket="extensions").get("Contents", ())
    return [found["Key"] for found in listed if found["Key"].endswith(".zip")]


@pytest.mark.long
def test_a_yank_of_what_is_on_pypi_waits_in_the_inbox_and_a_killed_run_tells_it_once(
    released, capsys
):
    run(released, capsys, "deliver", "--apply")
    taken_back(released, "yanked")
    first, printed = run(released, capsys, "deliver", "--apply")
    said = inbox_of(released)
    released.forget_last_note()  # as if it had been killed before it noted what a person has to do
    again, _ = run(released, capsys, "deliver", "--apply")

    assert (first, again) == (0, 0)
    assert (
        "withdraw pypi  acme.todo-tree 1.4.0  It deletes the cache it should only read." in printed
    )
    assert "keep     s3    acme.todo-tree 1.4.0" in printed
    assert "/manage/project/market-acme-todo-tree/release/1.4.0/): *Options → Yank*" in said
    assert inbox_of(released) == said
    record = released.checkout / f"registry/extensions/{ID.path}/versions/1.4.0.yaml"
    record.write_text(record.read_text().replace(YANK, ""))
    released.push("Offer it again")
    assert run(released, capsys, "deliver", "--apply")[0] == 0
    assert "Options" not in inbox_of(released)
