"""`devforge submit` against a real server: fork, commit, pull request, and every reason to refuse."""

from __future__ import annotations

import subprocess

import github as pygithub
import pytest
import yaml

from devforge.cli import main

REGISTRY = "operator/registry"


def git(directory, *arguments):
    who = ["-c", "user.name=ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=directory, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


class Developer:
    """Ada, her extension in a repository of hers, and a registry that knows nobody yet."""

    def __init__(self, github, tmp_path, monkeypatch, capsys):
        self.github, self.capsys = github, capsys
        operator, self.ada = github.create_account("operator"), github.create_account("ada")
        github.create_repository(REGISTRY)
        github.create_repository("ada/ink")
        self.operator = self.client(operator)
        self.registry = self.operator.get_repo(REGISTRY)
        self.registry.create_file("registry/policy.yaml", "Open", "{}\n")
        for name, value in {
            "GITHUB_SERVER_URL": github.url, "GITHUB_API_URL": github.api_url,
            "GITHUB_TOKEN": self.ada.token, "DEVFORGE_REGISTRY": REGISTRY,
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        self.directory = tmp_path / "ink"
        assert main(["new", "ada.ink", "--into", str(self.directory)]) == 0
        git(self.directory, "init", "-q", "--template=", "-b", "main")
        git(self.directory, "remote", "add", "origin", f"{github.url}/ada/ink.git")
        self.commit("First version")

    def client(self, account):
        return pygithub.Github(
            base_url=self.github.api_url, auth=pygithub.Auth.Token(account.token),
            seconds_between_requests=None, seconds_between_writes=None,
        )  # fmt: skip

    def commit(self, message, *, push=True):
        git(self.directory, "add", "-A")
        git(self.directory, "commit", "-q", "--allow-empty", "-m", message)
        if push:
            url = f"{self.github.url}/ada/ink.git".replace("://", f"://ada:{self.ada.token}@")
            git(self.directory, "push", "-q", url, "HEAD:refs/heads/main")

    def submit(self, *options):
        self.capsys.readouterr()
        code = main(["submit", str(self.directory), *options])
        said = self.capsys.readouterr()
        return code, said.out, said.err

    def pulls(self):
        return sorted(self.registry.get_pulls(), key=lambda pull: pull.number)

    def introduce(self):
        self.submit()
        [pull] = self.pulls()
        pull.merge()

    def record(self, pull, path):
        fork = self.client(self.ada).get_repo("ada/registry")
        return yaml.safe_load(fork.get_contents(path, ref=pull.head.sha).decoded_content)


@pytest.fixture
def developer(github, tmp_path, monkeypatch, capsys):
    return Developer(github, tmp_path, monkeypatch, capsys)


def test_a_stranger_is_introduced_first_and_with_their_own_numeric_id(developer):
    code, out, _ = developer.submit()

    [pull] = developer.pulls()
    assert code == 0
    assert pull.html_url in out
    assert [file.filename for file in pull.get_files()] == ["registry/developers/ada.yaml"]
    record = developer.record(pull, "registry/developers/ada.yaml")
    assert record["members"] == [{"login": "ada", "id": developer.ada.id}]


def test_then_the_version_is_proposed_at_its_commit(developer):
    developer.introduce()

    code, _, _ = developer.submit()

    [pull] = developer.pulls()
    root = "registry/extensions/ada/ink"
    assert code == 0
    assert [f.filename for f in pull.get_files()] == [
        f"{root}/extension.yaml",
        f"{root}/versions/0.1.0.yaml",
    ]
    version = developer.record(pull, f"{root}/versions/0.1.0.yaml")
    assert version == {"commit": git(developer.directory, "rev-parse", "HEAD")}
    extension = developer.record(pull, f"{root}/extension.yaml")
    assert extension["repository"]["url"] == "https://github.com/ada/ink"
    assert extension["repository"]["id"] == developer.client(developer.ada).get_repo("ada/ink").id


def test_a_second_run_changes_nothing_and_a_new_commit_updates_the_same_pull_request(developer):
    developer.introduce()
    developer.submit()
    [first] = developer.pulls()

    assert developer.submit()[0] == 0
    assert [(p.number, p.head.sha) for p in developer.pulls()] == [(first.number, first.head.sha)]
    developer.commit("Better")
    assert developer.submit()[0] == 0
    [second] = developer.pulls()
    assert second.number == first.number
    assert second.head.sha != first.head.sha


def test_the_registry_may_have_moved_on_since_the_fork_was_made(developer):
    developer.introduce()
    developer.registry.create_file("registry/knowledge/hello.md", "More", "x\n")

    code, _, err = developer.submit()

    [pull] = developer.pulls()
    assert (code, err) == (0, "")
    assert pull.get_files().totalCount == 2


def test_a_commit_that_was_not_pushed_is_refused_with_the_command_that_helps(developer):
    developer.commit("Only here", push=False)

    code, out, err = developer.submit()

    assert code == 1
    assert "git push" in out + err
    assert developer.pulls() == []


def test_a_repository_nothing_was_pushed_to_yet_is_told_to_push(developer):
    developer.github.create_repository("ada/empty")
    origin = f"{developer.github.url}/ada/empty.git"
    git(developer.directory, "remote", "set-url", "origin", origin)

    code, out, err = developer.submit()

    assert code == 1
    assert "git push" in out + err


def test_changes_that_are_not_committed_are_left_out_and_said(developer):
    (developer.directory / "README.md").write_text("later\n")

    code, out, _ = developer.submit("--dry-run")

    assert code == 0
    assert "changes that are not committed" in out
    assert developer.pulls() == []


def test_a_name_that_belongs_to_others_is_refused(developer):
    others = yaml.safe_dump({"name": "Others", "members": [{"login": "bob", "id": 99}]})
    developer.registry.create_file("registry/developers/ada.yaml", "Taken", others)

    code, out, err = developer.submit()

    assert code == 1
    assert "belongs to others" in out + err


def test_a_published_version_is_never_submitted_from_another_commit(developer):
    developer.introduce()
    developer.submit()
    [pull] = developer.pulls()
    pull.merge()
    assert "already in the registry" in developer.submit()[1]
    developer.commit("Changed after all")

    code, out, err = developer.submit()

    assert code == 1
    assert "raise `version`" in out + err


def test_without_a_token_it_says_how_to_get_one(developer, monkeypatch):
    monkeypatch.delenv("GITHUB_TOKEN")
    monkeypatch.delenv("GH_TOKEN", raising=False)

    code, _, err = developer.submit()

    assert code == 64
    assert "GITHUB_TOKEN is not set" in err


def test_a_wrong_token_is_refused_without_being_shown(developer, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_wrongwrongwrong")

    code, out, err = developer.submit()

    assert code == 1
    assert "the token is wrong or has expired" in err
    assert "ghp_wrong" not in out + err


def test_a_registry_that_does_not_exist_is_said(developer):
    code, _, err = developer.submit("--registry", "operator/gone")

    assert code == 1
    assert "no such repository" in err
