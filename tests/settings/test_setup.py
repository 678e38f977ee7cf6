"""Settings as code, driven through the real script against the local GitHub."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import github as pygithub
import pytest
import requests

from checks import CHECKS
from devforge.local import LocalGitHub
from devforge.local.tokens import create_workflow_token
from devforge.review.plan import CONTEXT, LABELS
from devforge.settings import wanted
from scripts import setup

ROOT = Path(__file__).parents[2]


@pytest.fixture
def gh(tmp_path):
    with LocalGitHub(tmp_path / "github") as server:
        yield server


@pytest.fixture
def owner(gh):
    account = gh.create_account("olga")
    gh.create_repository("olga/registry", auto_init=True)
    keep_the_online_key(gh, account.token)
    return account


def keep_the_online_key(gh, token):
    """Do the one thing that is not in the script: the key is the operator's."""
    client = pygithub.Github(
        base_url=gh.api_url, auth=pygithub.Auth.Token(token),
        seconds_between_requests=None, seconds_between_writes=None,
    )  # fmt: skip
    environment = client.get_repo("olga/registry").create_environment("index")
    environment.create_secret("SIGNING_KEY", "-----BEGIN")


@pytest.fixture
def checkout(tmp_path):
    """Return a checkout of this very registry, as far as its settings are concerned."""
    target = tmp_path / "checkout"
    shutil.copytree(ROOT / ".github", target / ".github")
    (target / "registry").mkdir()
    policy = (ROOT / "registry/policy.yaml").read_text(encoding="utf-8")
    mine = policy.replace("maintainers: []", "maintainers: [{login: olga, id: 1}]")
    (target / "registry/policy.yaml").write_text(mine, encoding="utf-8")
    return target


@pytest.fixture
def run(gh, owner, checkout, monkeypatch, capsys):
    """Run the script as the owner or with another token; return its exit code and what it said."""

    def run(*arguments, token=owner.token):
        for name, value in {
            "GITHUB_API_URL": gh.api_url,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_TOKEN": token,
            "GITHUB_STEP_SUMMARY": "",
        }.items():
            monkeypatch.setenv(name, value)
        code = setup.main(["olga/registry", "--checkout", str(checkout), *arguments])
        return code, "".join(capsys.readouterr())

    return run


@pytest.fixture
def rest(gh, owner):
    def rest(method, path, json=None):
        answer = requests.request(
            method,
            f"{gh.api_url}/repos/olga/registry{path}",
            json=json,
            headers={"Authorization": f"token {owner.token}"},
            timeout=10,
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None

    return rest


def digest(said):
    return said.split("digest ")[1].split()[0]


def test_a_dry_run_says_what_it_would_do_and_does_nothing(run, rest, golden):
    before = rest("GET", "")
    code, said = run()

    assert code == 2
    golden("settings/fresh.txt", said)
    assert rest("GET", "") == before
    assert run() == (code, said)


def test_applying_leaves_nothing_to_do(run, golden):
    first, said = run("--apply")

    assert first == 0
    golden("settings/applied.txt", said.split("settings of", 2)[2])
    assert run()[0] == 0


def test_what_was_applied_is_what_is_needed(run, rest):
    run("--apply")

    assert rest("GET", "/actions/permissions/workflow")["default_workflow_permissions"] == "read"
    assert rest("GET", "/actions/permissions")["sha_pinning_required"]
    assert rest("GET", "/pages")["build_type"] == "workflow"
    assert rest("GET", "")["has_discussions"]
    [policy] = rest("GET", "/environments/github-pages/deployment-branch-policies")[
        "branch_policies"
    ]
    assert policy["name"] == "main"
    assert {"review: merge", "report"} <= {label["name"] for label in rest("GET", "/labels")}


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        (
            "PUT",
            "/actions/permissions/workflow",
            {"default_workflow_permissions": "write"},
            "workflow",
        ),
        ("PUT", "/actions/permissions", {"enabled": True, "allowed_actions": "all"}, "permissions"),
        (
            "PATCH",
            "",
            {"has_discussions": False, "allow_rebase_merge": True},
            "has_discussions=off",
        ),
        ("PATCH", "/labels/report", {"new_name": "Report", "color": "000000"}, "Report #000000"),
        ("DELETE", "/immutable-releases", None, "immutable releases"),
        ("DELETE", "/environments/github-pages", None, "environment github-pages"),
        (
            "POST",
            "/environments/github-pages/deployment-branch-policies",
            {"name": "*"},
            "from branch * → not from it",
        ),
    ],
)
def test_drift_is_reported_and_mended(run, rest, method, path, body, said):
    run("--apply")
    rest(method, path, body)
    code, told = run()

    assert code == 2
    assert said in told
    assert run("--apply")[0] == 0
    assert run()[0] == 0


def test_a_weakened_ruleset_is_drift(run, rest):
    run("--apply")
    held = {each["name"]: each["id"] for each in rest("GET", "/rulesets")}
    place = f"/rulesets/{held['devforge: default branch']}"
    rest("PUT", place, {"enforcement": "disabled"})
    code, said = run()

    assert code == 2
    assert "another enforcement" in said
    rest("PUT", place, {"enforcement": "active", "rules": [{"type": "deletion"}]})
    assert "another rules" in run()[1]
    assert run("--apply")[0] == 0


def test_rules_of_the_operators_own_are_left_alone(run, rest):
    mine = {"name": "mine", "target": "branch", "enforcement": "disabled", "rules": []}
    rest("POST", "/rulesets", mine)
    code, said = run("--apply")

    assert code == 0
    assert "ruleset 'mine': not ours, left as it is" in said
    assert "mine" in {each["name"] for each in rest("GET", "/rulesets")}


def test_only_the_approved_plan_is_applied(run, rest):
    _, said = run()
    rest("PATCH", "", {"has_issues": False})
    code, refused = run("--approve", digest(said))

    assert code == 1
    assert "look at it again" in refused
    assert not rest("GET", "")["has_discussions"]
    assert run("--approve", digest(run()[1]))[0] == 0


def test_a_stranger_is_told_what_the_token_needs(gh, run):
    stranger = gh.create_account("sam")
    code, said = run("--apply", token=stranger.token)

    assert code == 1
    assert said.startswith("setup: GET /repos/olga/registry/actions/permissions: 403")
    assert "use a token of an administrator of the repository" in said


def test_a_workflows_own_token_is_told_the_same(gh, run, rest):
    token = create_workflow_token(gh.hub.store, rest("GET", "")["id"], 1, {"contents": "write"})
    code, said = run(token=token)

    assert code == 1
    assert "Administration" in said


def test_no_such_repository_is_said_so(run, rest):
    rest("DELETE", "")
    code, said = run()

    assert code == 1
    assert said.startswith("setup: GET /repos/olga/registry: nothing there")


def test_the_online_key_is_asked_for_where_it_alone_may_be(run, rest, gh, owner):
    run("--apply")
    rest("DELETE", "/environments/index/secrets/SIGNING_KEY")
    client = pygithub.Github(base_url=gh.api_url, auth=pygithub.Auth.Token(owner.token))
    client.get_repo("olga/registry").create_secret("SIGNING_KEY", "-----BEGIN")

    code, said = run()

    assert code == 2
    assert "gh secret set SIGNING_KEY --env index --repo olga/registry" in said
    assert "the secret SIGNING_KEY can be asked for by every workflow" in said


def test_a_secret_that_a_workflow_names_is_asked_for_by_name(run, rest, checkout):
    workflow = checkout / ".github/workflows/payouts.yml"
    workflow.write_text(
        "on: schedule\njobs:\n  pay:\n    environment: payouts\n    steps:\n"
        "      - run: ./pay\n        env: {KEY: '${{ secrets.STRIPE_KEY }}'}\n"
        "      - uses: stripe/setup-cli@v1\n",
        encoding="utf-8",
    )
    code, said = run("--apply")

    assert code == 2
    assert "by hand: the secret STRIPE_KEY is missing: gh secret set STRIPE_KEY" in said
    environment = rest("GET", "/environments/payouts")
    [rule] = [r for r in environment["protection_rules"] if r["type"] == "required_reviewers"]
    assert [entry["reviewer"]["login"] for entry in rule["reviewers"]] == ["olga"]
    patterns = rest("GET", "/actions/permissions/selected-actions")["patterns_allowed"]
    assert patterns == ["stripe/setup-cli@*"]


def test_a_registry_without_maintainers_is_told_who_to_name(run, checkout):
    shutil.copy(ROOT / "registry/policy.yaml", checkout / "registry/policy.yaml")
    code, said = run("--apply")

    assert code == 2
    assert "by hand: nobody can approve a submission: set maintainers: [{login: olga, id: " in said


def test_a_rule_that_does_not_exist_is_found_in_the_policy(run, checkout):
    path = checkout / "registry/policy.yaml"
    text = path.read_text(encoding="utf-8")
    rule = CHECKS[0].RULES[0].id
    path.write_text(
        text.replace("severities: {", f"severities: {{{rule}x: warn, "), encoding="utf-8"
    )
    code, said = run()

    assert code == 2
    assert f"the review has no rule {rule}x: write {rule} in review.severities" in said


def test_a_private_repository_is_refused_until_it_is_public(run, rest):
    rest("PATCH", "", {"private": True})
    code, said = run("--apply")

    assert code == 1
    assert "Danger Zone → Change visibility → Make public" in said
    assert not rest("GET", "")["has_discussions"]


def test_a_checkout_of_something_else_is_said_so(run, checkout):
    shutil.rmtree(checkout / ".github")
    code, said = run()

    assert code == 1
    assert "has no .github/" in said


def test_a_forgotten_token_is_said_so(run):
    code, said = run(token="")

    assert code == 1
    assert "GITHUB_TOKEN is not set: docs/operator.md says which token to make" in said


def test_a_plan_can_be_read_by_a_program(run):
    _, said = run("--json")

    assert len(json.loads(said)["changes"]) > 5
    assert json.loads(said)["by_hand"] == []


def test_a_lost_answer_is_made_good_by_the_next_run(gh, run):
    gh.faults.add("lost answer", method="POST", path="/labels", times=1)
    first, said = run("--apply")
    second, _ = run("--apply")

    assert (first, second) == (1, 0)
    assert "setup: POST /repos/olga/registry/labels: ConnectionError, no answer" in said


def test_the_review_and_the_settings_speak_of_the_same_things():
    assert wanted.STATUS == CONTEXT
    assert set(LABELS.values()) <= set(wanted.LABELS)
