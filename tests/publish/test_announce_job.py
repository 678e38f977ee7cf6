"""The announcing job on a local GitHub: a Discussion and a webhook for a release, once each."""

from __future__ import annotations

import contextlib
import json

import pytest
import requests
import yaml
from announcing.receivers import receiving

from devforge.adapters.discussions import Discussions
from devforge.adapters.webhooks import Poster
from scripts import announce

REGISTRY = "operator/registry"


@pytest.fixture
def receiver(tmp_path):
    with receiving(tmp_path) as running:
        yield running


@pytest.fixture
def told(market, receiver, monkeypatch, capsys):
    """Return `run(*arguments)`, the job on a market with one release just out and a webhook."""
    policy = market.checkout / "registry/policy.yaml"
    hooks = [{"name": "team", "kind": "generic"}]
    wanted = {"discussions": True, "category": "announcements", "days": 7, "webhooks": hooks}
    rules = yaml.safe_load(policy.read_text()) | {"announcements": wanted}
    policy.write_text(yaml.safe_dump(rules))
    market.submit()
    enable_discussions(market)
    assert market.publish()[0] == 0
    address = {"team": {"url": receiver.url(), "secret": "a secret of theirs"}}
    monkeypatch.setenv("WEBHOOKS", json.dumps(address))

    def run(*arguments, posts=Poster):
        poster = posts(lambda _: True, receiver.trust)
        code = announce.main(["--checkout", str(market.checkout), *arguments], poster=poster)
        return code, "".join(capsys.readouterr())

    return run


def enable_discussions(market):
    answer = requests.patch(
        f"{market.github.api_url}/repos/{REGISTRY}",
        json={"has_discussions": True},
        headers={"Authorization": f"token {market.operator.token}"},
        timeout=10,
    )
    assert answer.ok, answer.text


def opened(market):
    adapter = Discussions(REGISTRY, market.operator.token, category="announcements", api_url=market.github.api_url)  # fmt: skip
    found = list(adapter.newest())
    adapter.close()
    return found


def test_a_dry_run_tells_nobody(told, market, receiver):
    code, printed = told()

    assert code == 2
    assert "tell     discussion  acme.todo-tree 1.4.0" in printed
    assert (opened(market), receiver.got) == ([], [])


def test_each_is_told_once_and_the_second_run_has_nothing_to_do(told, market, receiver):
    assert told("--apply")[0] == 0
    code, printed = told("--apply")

    assert (code, "0 to apply" in printed) == (0, True)
    [discussion] = opened(market)
    assert discussion.body.startswith("<!-- devforge:release acme.todo-tree 1.4.0 -->")
    assert f"{market.github.url}/pages/{REGISTRY}/extensions/acme/todo-tree/" in discussion.body
    [(_, headers, body)] = receiver.got
    assert headers["X-DevForge-Delivery"] == "acme.todo-tree-v1.4.0/team"
    assert json.loads(body)["version"] == "1.4.0"


def test_a_run_killed_after_the_discussion_finds_it_again(told, market, receiver):
    receiver.answers = [503]
    assert told("--apply")[0] == 1
    for _ in range(2):  # as if neither note had been written
        market.forget_last_note()
    assert told("--apply")[0] == 0

    assert len(opened(market)) == 1
    assert len(receiver.got) == 2


class Killed(Poster):
    """Posts, and then the machine is gone."""

    def post(self, *arguments, **more):
        super().post(*arguments, **more)
        raise KeyboardInterrupt


@pytest.mark.parametrize(("kind", "posts"), [("discord", 1), ("slack", 1), ("generic", 2)])
def test_a_run_killed_while_it_told_a_chat_tells_it_once(told, market, receiver, kind, posts):
    policy = market.checkout / "registry/policy.yaml"
    text = policy.read_text().replace("kind: generic", f"kind: {kind}")
    policy.write_text(f"{text}# for {kind}\n")
    market.push("Name a kind")
    with contextlib.suppress(KeyboardInterrupt):
        told("--apply", posts=Killed)
    assert len(receiver.got) == 1
    told("--apply")
    told("--apply")

    assert len(receiver.got) == posts
    named = {headers.get("X-DevForge-Delivery") for _, headers, _ in receiver.got}
    assert named == {"acme.todo-tree-v1.4.0/team" if kind == "generic" else None}


def test_a_category_that_is_not_there_is_named_and_nothing_is_remembered(told, market):
    policy = market.checkout / "registry/policy.yaml"
    policy.write_text(policy.read_text().replace("category: announcements", "category: news"))
    market.push("Name another category")
    code, printed = told("--apply")

    assert code == 1
    assert (
        "announce: there is no category news in the Discussions (announcements, general" in printed
    )
    market.state.fetch()
    assert market.state.files("announcements") == {}


@pytest.mark.parametrize(
    "secret", ["{", '{"team": "https://x"}', '{"team": {"url": "https://x", "secret": "short"}}']
)
def test_a_wrong_secret_is_explained_and_not_shown(told, monkeypatch, secret):
    monkeypatch.setenv("WEBHOOKS", secret)
    code, printed = told()

    assert code == 1
    assert printed.startswith("announce: the secret WEBHOOKS")
    assert "https://x" not in printed
