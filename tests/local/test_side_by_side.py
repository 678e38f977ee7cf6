"""Many at once: numbers stay unique, one of two writers wins, nobody waits for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from github import GithubException


def test_issues_opened_at_once_get_numbers_of_their_own(alice, tool, through):
    def open_one(number: int) -> int:
        return through(alice.token).get_repo("alice/tool").create_issue(f"{number}").number

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(open_one, range(24)))
    assert sorted(numbers) == list(range(1, 25))


def test_of_writers_to_one_file_one_wins(alice, tool, through):
    old = tool.get_contents("README.md").sha

    def write(number: int) -> int:
        try:
            repository = through(alice.token).get_repo("alice/tool")
            repository.update_file("README.md", "race", f"{number}\n", old)
        except GithubException as refused:
            return refused.status
        return 200

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(write, range(6)))
    assert statuses == [200] + [409] * 5


def test_pushes_to_forks_and_merges_into_their_parent_do_not_wait_for_each_other(
    github, tool, through
):
    """The fork's push moves refs of its parent while the parent's merge announces its own."""
    people = {name: github.create_account(name) for name in ("ann", "ben", "cyd")}
    for name, person in people.items():
        client = through(person.token)
        fork = client.get_repo("alice/tool").create_fork()
        fork.create_file(f"{name}/0.txt", "first", "0\n")
        client.get_repo("alice/tool").create_pull(title=name, head=f"{name}:main", base="main")

    def push(name: str) -> None:
        fork = through(people[name].token).get_repo(f"{name}/tool")
        for number in range(1, 4):
            fork.create_file(f"{name}/{number}.txt", "more", f"{number}\n")

    def change_the_base(_: object) -> None:
        for number in range(4):
            tool.create_file(f"base/{number}.txt", "base", f"{number}\n")

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(push, name) for name in people] + [pool.submit(change_the_base, None)]
        for each in work:
            each.result(timeout=60)
    for pull in tool.get_pulls():
        assert tool.get_pull(pull.number).merge(merge_method="squash").merged
    names = {entry.path for entry in tool.get_git_tree("main", recursive=True).tree}
    assert {f"{name}/{number}.txt" for name in people for number in range(4)} <= names


def test_of_two_merges_of_one_pull_request_one_happens(alice, tool, through):
    tool.create_git_ref("refs/heads/topic", tool.get_branch("main").commit.sha)
    tool.create_file("a", "a", "a", branch="topic")
    tool.create_pull(title="T", head="topic", base="main")

    def merge(_: int) -> int:
        try:
            through(alice.token).get_repo("alice/tool").get_pull(1).merge()
        except GithubException as refused:
            return refused.status
        return 200

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(merge, range(4))) == [200, 405, 405, 405]
    assert tool.get_commits().totalCount == 3
