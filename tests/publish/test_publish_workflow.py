"""publish.yml itself, run by the local GitHub from the commit to the page people open."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import boto3
import github as pygithub
import pytest
import requests
import yaml
from published import MALICIOUS, manifest_of
from signed_index import ONLINE

from devforge.local import LocalGitHub
from devforge.updates.opening import open_index

ROOT = Path(__file__).parents[2]
REGISTRY = "operator/registry"


def runs(github: LocalGitHub, token: str) -> list[tuple[str, str]]:
    answer = requests.get(
        f"{github.api_url}/repos/{REGISTRY}/actions/runs",
        headers={"Authorization": f"token {token}"},
        timeout=10,
    )
    return [(run["event"], run["conclusion"]) for run in answer.json()["workflow_runs"]]


def keep_the_online_key(market):
    """Make the environment and its secret, as the operator does after the ceremony."""
    keep_secrets(market, "index", {"SIGNING_KEY": ONLINE.private_bytes.decode()})


def keep_secrets(market, name, secrets):
    """Make an environment with these secrets."""
    client = pygithub.Github(
        base_url=market.github.api_url, auth=pygithub.Auth.Token(market.operator.token),
        seconds_between_requests=None, seconds_between_writes=None,
    )  # fmt: skip
    environment = client.get_repo(REGISTRY).create_environment(name)
    for secret, value in secrets.items():
        environment.create_secret(secret, value)


def switch_on(market, *workflows: str, schedules: bool = True) -> None:
    """Push the code and these workflows, without their schedules if so told, and have Pages deployed by them."""
    files = [f".github/workflows/{name}.yml" for name in workflows]
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--", "devforge", "checks", "scripts", "site", "requirements",
         "pyproject.toml", "README.md", ".github/actions", *files],
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    for name in filter(None, tracked.stdout.split("\0")):
        target = market.checkout / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
        if name in files and not schedules:
            target.write_text(re.sub(r"  schedule:\n    - cron: .*\n", "", target.read_text()))
    pages = requests.post(
        f"{market.github.api_url}/repos/{REGISTRY}/pages",
        json={"build_type": "workflow"},
        headers={"Authorization": f"token {market.operator.token}"},
        timeout=10,
    )
    assert pages.status_code == 201, pages.text


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_workflow_releases_deploys_and_converges_after_being_killed(market):
    switch_on(market, "publish")
    token = market.operator.token
    keep_the_online_key(market)
    manifest = manifest_of()
    market.submit(manifest, reviewed=False)
    market.github.wait_until_idle(timeout=240)
    assert market.releases() == []
    market.review(manifest, market.recorded_commit(manifest))
    killed = market.github.faults.add("kill run", workflow="publish", job="release", step="Release")
    started = requests.post(
        f"{market.github.api_url}/repos/{REGISTRY}/actions/workflows/publish.yml/dispatches",
        json={"ref": "main"},
        headers={"Authorization": f"token {token}"},
        timeout=10,
    )
    assert started.status_code == 204, started.text
    market.github.wait_until_idle(timeout=240)
    assert killed.struck == 1
    market.github.faults.clear()
    market.github.advance(hours=1)
    market.github.wait_until_idle(timeout=240)

    told = runs(market.github, token)
    # One by the clock at least; the real one may have struck meanwhile, too.
    [killed_run] = [result for event, result in told if event == "workflow_dispatch"]
    assert (told[0], killed_run == "success") == (("schedule", "success"), False), told
    assert [tag for tag, draft, _ in market.releases() if not draft] == ["acme.todo-tree-v1.4.0"]
    page = requests.get(
        f"{market.github.url}/pages/{REGISTRY}/extensions/acme/todo-tree/index.html", timeout=10
    )
    assert "devforge install acme.todo-tree" in page.text
    root = market.checkout / "registry/root.json"
    site = f"{market.github.url}/pages/{REGISTRY}/"
    with open_index(site, home=market.data / "home", root=root) as index:
        assert [str(entry.id) for entry in index.search()] == ["acme.todo-tree"]
    log = market.git(market.checkout, "ls-remote", "origin", "refs/heads/index")
    assert log


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_yank_reaches_a_mirror_without_waiting_for_any_schedule(market, s3):
    policy = market.checkout / "registry/policy.yaml"
    mirror = (
        f"mirrors: [{{name: eu, bucket: extensions, region: eu-central-1, endpoint: '{s3}'}}]\n"
    )
    policy.write_text(policy.read_text().replace("mirrors: []\n", mirror))
    switch_on(market, "publish", "mirrors", schedules=False)
    keep_the_online_key(market)
    secrets = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
    keep_secrets(market, "mirrors", secrets)
    manifest = manifest_of()
    market.submit(manifest)
    market.github.wait_until_idle(timeout=240)
    record = market.checkout / "registry/extensions/acme/todo-tree/versions/1.4.0.yaml"
    record.write_text(record.read_text() + "yanked: {reason: it loses data}\n")
    market.push("Yank acme.todo-tree 1.4.0")  # as merging what `devforge operator yank` proposes
    market.github.wait_until_idle(timeout=240)

    told = runs(market.github, market.operator.token)
    assert {event for event, _ in told} == {"push", "workflow_dispatch"}, told
    assert told[0] == ("workflow_dispatch", "success"), told
    market.fetch_index()
    timestamp = (market.data / "index/metadata/timestamp.json").read_bytes()
    bucket = boto3.client("s3", endpoint_url=s3)
    mirrored = bucket.get_object(Bucket="extensions", Key="metadata/timestamp.json")
    assert mirrored["Body"].read() == timestamp
    with market.client() as index:
        [version] = index.document(manifest.id).versions
    assert version.yanked is not None


@pytest.mark.long
@pytest.mark.timeout(900)
def test_what_is_called_malicious_leaves_a_channel_without_waiting_for_any_schedule(market, s3):
    policy = market.checkout / "registry/policy.yaml"
    rules = yaml.safe_load(policy.read_text())
    rules["channels"] |= {"every": ["s3"], "s3": {"bucket": "extensions", "region": "eu-central-1", "endpoint": s3}}  # fmt: skip
    policy.write_text(yaml.safe_dump(rules))
    switch_on(market, "publish", "channels", schedules=False)
    keep_the_online_key(market)
    keep_secrets(market, "channels", {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"})  # fmt: skip
    market.submit(manifest_of())
    market.github.wait_until_idle(timeout=240)
    client = boto3.client("s3", endpoint_url=s3)
    [package] = client.list_objects_v2(Bucket="extensions")["Contents"]
    assert package["Key"].endswith(".acme.todo-tree-1.4.0.zip")
    advisory = market.checkout / "registry/advisories/DEVFORGE-2026-1.yaml"
    advisory.parent.mkdir(exist_ok=True)
    advisory.write_text(MALICIOUS)
    market.push("Call it malicious")  # as merging what `devforge operator malicious` proposes
    market.github.wait_until_idle(timeout=240)

    told = runs(market.github, market.operator.token)
    assert {event for event, _ in told} == {"push", "workflow_dispatch"}, told
    assert {result for _, result in told} == {"success"}, told
    assert "Contents" not in client.list_objects_v2(Bucket="extensions")
