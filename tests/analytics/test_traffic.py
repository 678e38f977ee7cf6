"""Downloads and caches counted from access logs, through the operator's command on real files."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from devforge.analytics.logs.line import LogLine
from devforge.analytics.logs.reading import read_log
from devforge.analytics.traffic import Traffic, count, is_bot, package_of
from devforge.cli import main
from devforge.model.mirrors import TIMESTAMP

PACKAGE = f"/index/targets/packages/{'a' * 64}.acme.todo-tree-1.4.0.zip"
YESTERDAY = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(
    days=1
)
CLIENT = "devforge/0.1.0"


def hit(
    path=PACKAGE,
    *,
    agent=CLIENT,
    method="GET",
    status=200,
    more=" cache=HIT",
    when=YESTERDAY,
    sent=1000,
):
    stamp = when.strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'203.0.113.9 - - [{stamp}] "{method} {path} HTTP/1.1" {status} {sent} "-" "{agent}"{more}\n'


@pytest.fixture
def told(tmp_path, capsys):
    """Write log files and say what `devforge operator traffic` answers about them."""
    with Path("registry/policy.yaml").open() as file:
        policy = yaml.safe_load(file)
    logs = tmp_path / "logs"
    logs.mkdir()
    policy["analytics"]["logs"] = [{"name": "eu", "kind": "combined", "directory": "logs"}]
    versions = tmp_path / "registry/extensions/acme/todo-tree/versions"
    versions.mkdir(parents=True)
    (versions / "1.4.0.yaml").write_text(f"commit: {'9b1e2c7d' * 5}\n")
    (versions.parent / "extension.yaml").write_text(
        "owners: [acme]\nrepository: {url: https://github.com/acme/todo-tree, id: 7}\n"
    )
    (tmp_path / "registry/policy.yaml").write_text(yaml.safe_dump(policy))

    def run(files, *options):
        for name, content in files.items():
            (logs / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        code = main(["operator", "traffic", "--checkout", str(tmp_path), *options])
        said = capsys.readouterr()
        assert code == 0, said.err
        return json.loads(said.out)["sources"]["eu"] if "--json" in options else said.out

    return run


def downloads(answer):
    return [(d["id"], d["version"], d["people"], d["bots"]) for d in answer["downloads"]]


def test_a_download_is_the_beginning_of_a_package_and_nothing_else(told):
    log = "".join([
        hit(), hit(status=206, more=' range="bytes=0-"'),
        hit(status=206, more=' range="bytes=500-"'), hit(status=206, more=""), hit(method="HEAD"),
        hit(status=304), hit(status=404), hit("/index/" + TIMESTAMP), hit(f"{PACKAGE}.sig"),
    ])  # fmt: skip

    assert downloads(told({"access.log": log}, "--json")) == [("acme.todo-tree", "1.4.0", 2, 0)]


def test_bots_are_counted_apart(told):
    log = (
        hit()
        + hit(agent="curl/8.5.0")
        + hit(agent="Mozilla/5.0 (compatible; Googlebot/2.1)")
        + hit(agent="-")
    )

    assert downloads(told({"access.log": log}, "--json")) == [("acme.todo-tree", "1.4.0", 1, 3)]


def test_what_was_never_out_is_not_taken_for_a_download(told):
    log = hit() + hit(PACKAGE.replace("1.4.0", "9.9.9")) + hit(PACKAGE.replace("todo", "dodo"))

    answer = told({"access.log": log}, "--json")
    assert (downloads(answer), answer["made_up"]) == ([("acme.todo-tree", "1.4.0", 1, 0)], 2)
    assert "  2 of versions that are not in the registry" in told({})


def test_a_rotated_or_packed_copy_is_not_counted_twice(told):
    log = hit() * 3
    files = {
        "access.log": hit(),
        "access.log.1": log,
        "access.log.2.gz": gzip.compress(log.encode()),
    }

    assert downloads(told(files, "--json")) == [("acme.todo-tree", "1.4.0", 4, 0)]
    assert downloads(told({}, "--json")) == [("acme.todo-tree", "1.4.0", 4, 0)]


def test_a_day_without_any_line_is_a_gap_and_not_a_zero(told):
    said = told({"access.log": hit(when=YESTERDAY - timedelta(days=1))}, "--days", "2")

    assert f"{YESTERDAY.date()}  no request in any log: a gap, not a zero" in said
    assert (
        f"{YESTERDAY.date() - timedelta(days=1)}  acme.todo-tree 1.4.0  1 downloads, 0 by bots"
        in said
    )


def test_the_share_that_caches_serve_of_what_never_changes_is_told_beside_the_goal(told):
    log = hit(sent=9500) + hit(sent=200, more=" cache=MISS") + hit("/index/" + TIMESTAMP, sent=300)
    good, bad = (
        told({"access.log": log}),
        told({"access.log": log + hit(sent=5000, more=" cache=MISS")}),
    )

    assert (
        "97 % of the index's bytes never change; caches served 95 % as such (goal 90 %): as wanted"
        in good
    )
    assert "caches served 63 % as such (goal 90 %): too little" in bad


def test_a_log_that_does_not_say_what_caches_did_gets_no_share(told):
    assert "the logs do not say what caches answered" in told({"access.log": hit(more="")})


def test_a_file_that_is_damaged_is_told_and_not_counted_in_part(told):
    damaged = gzip.compress((hit() * 5000).encode())[:-20]
    answer = told({"access.log": hit() + "half a line\n", "access.log.1.gz": damaged}, "--json")

    assert downloads(answer) == [("acme.todo-tree", "1.4.0", 1, 0)]
    assert answer["unreadable_lines"] == 1
    assert "cut off" in answer["problems"][0]


def test_no_address_is_told(told):
    assert "203.0.113.9" not in told({"access.log": hit()}) + json.dumps(told({}, "--json"))


@pytest.mark.parametrize(
    ("path", "package"),
    [
        ("/acme.todo-tree-1.4.0.zip", ("acme.todo-tree", "1.4.0")),
        ("/p/acme.foo-1-2.0.0-beta.1.zip", ("acme.foo-1", "2.0.0-beta.1")),
        (f"/t/{'0' * 64}.acme.foo-2.0.0-win32-x64.zip", ("acme.foo", "2.0.0")),
        ("/acme.todo-tree-1.4.zip", None),
        ("/acme.todo-tree-1.4.0.cdx.json", None),
        ("/<script>-1.4.0.zip", None),
    ],
)
def test_packages_are_known_by_their_names(path, package):
    assert package_of(path) == package


@pytest.mark.parametrize(
    "agent", ["", "curl/8.5.0", "python-requests/2.32", "Bingbot/2.0", "UptimeRobot/2.0 monitor"]
)
def test_programs_that_fetch_for_nobody_are_bots(agent):
    assert is_bot(agent)


@pytest.mark.parametrize(
    "agent", [CLIENT, "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "Robotics Studio/1"]
)
def test_clients_and_browsers_are_people(agent):
    assert not is_bot(agent)


@given(path=st.text(), agent=st.text())
def test_no_path_or_agent_stops_the_count(path, agent):
    line = LogLine(YESTERDAY, "", "GET", path, "", 200, 1, agent, 0, None)

    assert count([line], index="/index/", days=frozenset({YESTERDAY.date()})).days.total() == 1


FILES = st.lists(
    st.lists(st.sampled_from([hit(), hit(agent="curl/8"), hit(method="HEAD"), "half a line\n"])),
    min_size=1, max_size=5,
)  # fmt: skip


@given(files=FILES, data=st.data())
def test_the_order_of_files_changes_no_count(files, data):
    def counted(order):
        total = Traffic()
        for lines in order:
            log = read_log("".join(lines).encode(), "combined")
            total.add(count(log, index="/index/", days=frozenset({YESTERDAY.date()})))
        return total

    assert counted(files) == counted(data.draw(st.permutations(files)))


def test_logs_are_read_from_a_bucket(told, tmp_path, s3):
    client = boto3.client("s3", endpoint_url=s3)
    for key, log in (("eu/a.gz", hit() * 2), ("us/b.gz", hit())):
        client.put_object(Bucket="extensions", Key=key, Body=gzip.compress(log.encode()))
    client.close()
    place = {"bucket": "extensions", "prefix": "eu/", "region": "eu-central-1", "endpoint": s3}
    path = tmp_path / "registry/policy.yaml"
    policy = yaml.safe_load(path.read_text())
    policy["analytics"]["logs"] = [{"name": "eu", "kind": "combined", **place}]
    path.write_text(yaml.safe_dump(policy))

    assert downloads(told({}, "--json")) == [("acme.todo-tree", "1.4.0", 2, 0)]
