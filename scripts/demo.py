"""Show the whole road on this machine: pull requests become extensions that a person installs.

Starts a local GitHub, makes the registry from this very tree, lets developers submit good and bad
extensions, runs the repository's own workflows, and installs what was published.
"""

from __future__ import annotations

import argparse
import html
import os
import re
import shutil
import signal
import sys
import textwrap
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import github
import github.PullRequest

from devforge.errors import DevForgeError
from devforge.local import LocalGitHub
from scripts.demo_projects import PROJECTS, Project, raise_version, write_project
from scripts.demo_stage import REGISTRY, ROOT, Stage

MARK = ".devforge-demo"
_LISTING = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
VERDICTS = ("merge", "wait", "person", "mend", "no verdict")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=ROOT / "demo", help="where everything goes (default: ./demo)"
    )
    parser.add_argument(
        "--offline",
        action="store_true",
        help="leave out the two projects fetched from PyPI and npm",
    )
    arguments = parser.parse_args(argv)
    data: Path = arguments.data.resolve()
    if data.exists() and any(data.iterdir()) and not (data / MARK).exists():
        print(
            f"demo: {data} is not empty and not a demo's; choose another with --data",
            file=sys.stderr,
        )
        return 1
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    (data / MARK).touch()
    try:
        with LocalGitHub(data=data / "github") as server:
            tell(Stage(server, data), offline=arguments.offline)
    except KeyboardInterrupt:
        shutil.rmtree(data, ignore_errors=True)
        print("\ndemo: stopped; nothing was left behind", file=sys.stderr)
        return 130
    except (DevForgeError, github.GithubException) as error:
        print(f"\ndemo: {error}\ndemo: what it made is in {data}", file=sys.stderr)
        return 1
    return 0


def tell(stage: Stage, *, offline: bool) -> None:
    """Tell the story from the opening to the summary."""
    open_registry(stage)
    wanted = [project for project in PROJECTS if project.source == "ours" or not offline]
    projects = [
        project for project in wanted if write_project(project, stage.data / "work" / project.name)
    ]
    introduce_developers(stage, projects)
    submit_extensions(stage, projects)
    show_verdicts(stage)
    approve_as_operator(stage)
    show_site(stage)
    use_as_a_person(stage)
    summarise(stage)


def open_registry(stage: Stage) -> None:
    stage.chapter("A marketplace opens")
    directory = stage.data / "work" / "registry"
    files = stage.run("operator", *_LISTING, cwd=ROOT, quiet=True).split("\0")
    for name in filter(None, files):
        if (ROOT / name).is_file():
            target = directory / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
    policy = directory / "registry/policy.yaml"
    operator = stage.accounts["operator"]
    mine = f"maintainers: [{{login: {operator.login}, id: {operator.id}}}]"
    policy.write_text(re.sub(r"^maintainers: \[\]$", mine, policy.read_text(), flags=re.MULTILINE))
    hold_ceremony(stage, directory)
    # Exit code 2: what no API offers is left, which on GitHub is a person's click.
    stage.run(
        "operator", sys.executable, "scripts/setup.py", "--apply", cwd=directory, codes=(0, 2)
    )
    keep_online_key(stage)
    stage.push("operator", directory, REGISTRY, "Open the registry")
    print(
        f"\n  {REGISTRY} is this very tree, with the operator as its maintainer\n  at {stage.server.url}/{REGISTRY}\n"
    )
    stage.wait("the first publication: an empty index and site")


def hold_ceremony(stage: Stage, directory: Path) -> None:
    """Make the keys of the index, and let two of the three offline ones sign the first root."""
    keys = stage.data / "keys"
    for name in ("usb-stick", "safe", "paper"):
        stage.run("operator", "devforge", "keys", "new", name, "--dir", str(keys))
    stage.run("operator", "devforge", "keys", "new", "online", "--online", "--dir", str(keys))
    named = [word for name in ("usb-stick", "safe", "paper") for word in ("--key", str(keys / f"{name}.key.json"))]  # fmt: skip
    online = ("--online", str(keys / "online.key.json"))
    stage.run("operator", "devforge", "keys", "init", *named, *online, "--apply", cwd=directory)
    for name in ("usb-stick", "paper"):
        reference = str(keys / f"{name}.key.json")
        stage.run("operator", "devforge", "keys", "sign", reference, "--apply", cwd=directory)
    shutil.copy(directory / "registry/root.json", stage.root)


def keep_online_key(stage: Stage) -> None:
    """Do what `gh secret set` does."""
    private = (stage.data / "keys/online.pem").read_text()
    stage.registry().get_environment("index").create_secret("SIGNING_KEY", private)
    print("\n  the online key is the secret SIGNING_KEY of the environment index")


def introduce_developers(stage: Stage, projects: list[Project]) -> None:
    stage.chapter("Developers arrive with repositories of their own")
    for login in dict.fromkeys(project.developer for project in projects):
        stage.accounts[login] = stage.server.create_account(login)
    for project in projects:
        repository = f"{project.developer}/{project.name}"
        stage.server.create_repository(repository)
        stage.push(
            project.developer, stage.data / "work" / project.name, repository, "First version"
        )
        print(f"  {repository:<24} {project.what}")
    print()
    for project in {project.developer: project for project in projects}.values():
        stage.run(project.developer, "devforge", "submit", cwd=stage.data / "work" / project.name)
    stage.wait("the review reads the developers' records")
    a_day_passes(stage)


def a_day_passes(stage: Stage) -> None:
    """Let the time go by in which anybody may object to a new name."""
    waiting = [pull for pull in pulls(stage) if verdict(pull).startswith("wait")]
    if not waiting:
        return
    for pull in waiting:
        print(
            f"  #{pull.number} {pull.title}: a new name, which stays open to objections for a day"
        )
    stage.server.advance(hours=24, minutes=16)
    stage.wait("a day later nobody has objected, and the review merges what was fine all along")


def submit_extensions(stage: Stage, projects: list[Project]) -> None:
    stage.chapter("Extensions are submitted, good and bad")
    for project in projects:
        stage.run(project.developer, "devforge", "submit", cwd=stage.data / "work" / project.name)
    print("\nmallory also tries to make herself a member of acme:")
    edit_a_strangers_record(stage)
    stage.wait("three jobs look at each: static reads, dynamic runs in the sandbox, decide decides")


def edit_a_strangers_record(stage: Stage) -> None:
    mallory = stage.accounts["mallory"]
    fork = stage.client("mallory").get_repo(f"mallory/{REGISTRY.split('/')[1]}")
    path = "registry/developers/acme.yaml"
    upstream = stage.registry("mallory")
    fork.create_git_ref("refs/heads/tidy-up", upstream.get_branch("main").commit.sha)
    record = upstream.get_contents(path)
    assert not isinstance(record, list)  # noqa: S101  a path of a file is one file
    text = record.decoded_content.decode() + f"- login: mallory\n  id: {mallory.id}\n"
    fork.update_file(path, "Tidy up", text, record.sha, branch="tidy-up")
    pull = upstream.create_pull(
        "main", "mallory:tidy-up", title="Tidy up a record", body="Just whitespace."
    )
    print(f"  pull request: {pull.html_url}")


def show_verdicts(stage: Stage) -> None:
    stage.chapter("What became of them")
    for pull in pulls(stage):
        print(f"  #{pull.number:<3} {pull.title:<40} by {pull.user.login:<9} {verdict(pull)}")
    for pull in pulls(stage):
        if verdict(pull).startswith("mend"):
            print(f"\n  What {pull.user.login} reads below #{pull.number}, {pull.title}:\n")
            for comment in pull.get_issue_comments():
                print("".join(f"    │ {line}\n" for line in readable(comment.body)), end="")


def approve_as_operator(stage: Stage) -> None:
    waiting = [
        pull for pull in pulls(stage) if pull.state == "open" and verdict(pull).startswith("person")
    ]
    if not waiting:
        return
    stage.chapter("The operator looks at what waits for a person")
    for pull in waiting:
        comments = [line for c in pull.get_issue_comments() for line in readable(c.body)]
        asked = [line.strip("- ") for line in comments if line.startswith("- ")]
        print(f"  #{pull.number} {pull.title}: {'; '.join(asked)}")
        head = pull.base.repo.get_commit(pull.head.sha)
        pull.create_review(commit=head, body="Looked at it: fine.", event="APPROVE")
        print("     approved, at exactly the reviewed commit")
    stage.server.advance(minutes=16)
    stage.wait("a quarter of an hour later the schedule wakes the review")
    a_day_passes(stage)


def show_site(stage: Stage) -> None:
    stage.chapter("Published")
    for release in stage.registry().get_releases():
        assets = ", ".join(asset.name for asset in release.assets)
        print(f"  {release.tag_name:<32} {assets}")
    print(f"\n  the site: {site(stage)}")


def use_as_a_person(stage: Stage) -> None:
    stage.chapter("A person finds and installs one, and a new version follows")
    user = ("--index", site(stage))
    home = ("--home", str(stage.data / "home"))
    stage.accounts["ursula"] = stage.server.create_account("ursula")
    stage.run("ursula", "devforge", "search", "words", *user)
    # Named exactly: a new version is offered to a tenth of the users first, and the demo's clock runs ahead.
    exactly = ("--version", "1.0.0")
    stage.run("ursula", "devforge", "install", "acme.word-count", *exactly, *user, *home)
    project = next(project for project in PROJECTS if project.name == "word-count")
    directory = stage.data / "work" / project.name
    raise_version(directory, "1.1.0")
    stage.push("acme", directory, "acme/word-count", "Count faster")
    stage.run("acme", "devforge", "submit", cwd=directory)
    stage.wait("reviewed, merged and published without anybody's help")
    stage.run("ursula", "devforge", "update", "--now", "acme.word-count", *user, *home)
    stage.run("ursula", "devforge", "list", *home)


def summarise(stage: Stage) -> None:
    stage.chapter("Summary")
    everything = pulls(stage)
    merged = sum(pull.merged for pull in everything)
    kinds = [verdict(pull).split(":")[0] for pull in everything if not pull.merged]
    print(
        f"  {len(everything)} submitted, {merged} merged, {kinds.count('person')} waiting for a person, {kinds.count('mend')} refused"
    )
    took = time.monotonic() - stage.started
    requests = sum(n for who, n in stage.server.request_counts().items() if who == "workflow")
    print(
        f"  {took:.0f} s in all, {took / len(everything):.0f} s and {requests / len(everything):.1f} API requests of the workflows for each submission"
    )
    port = stage.server.url.rpartition(":")[2]
    data = os.path.relpath(stage.data / "github")
    print(f"  the site lies at {site(stage)} while this command serves it:\n")
    print(
        f"    {os.path.relpath(Path(sys.executable).parent / 'devforge')} local up --data {data} --port {port}\n"
    )


def pulls(stage: Stage) -> list[github.PullRequest.PullRequest]:
    """Return every pull request, the oldest first."""
    return sorted(stage.registry().get_pulls(state="all"), key=lambda pull: pull.number)


def verdict(pull: github.PullRequest.PullRequest) -> str:
    """Return what the label says, and whether it was merged."""
    labels = [
        label.name.removeprefix("review: ")
        for label in pull.labels
        if label.name.startswith("review: ")
    ]
    said = next((name for name in VERDICTS if name in labels), "not reviewed")
    return (
        "merged"
        if pull.merged
        else {
            "mend": "mend: refused, the author's turn",
            "wait": "wait: its name stays open to objections",
            "person": "person: waits for the operator",
        }.get(said, said)
    )


def readable(markdown: str) -> list[str]:
    """Return a comment's lines as a person sees them on a page: links by their text, nothing folded."""
    text = re.sub(r"<!--.*?-->|<details>.*?</details>|</?sub>", "", markdown, flags=re.DOTALL)
    text = re.sub(r"\[([^\]]*)\]\(https?://[^)\s]*\)", r"\1", text).replace("**", "")
    text = html.unescape(re.sub(r"\\([^A-Za-z0-9\s])", r"\1", text))
    lines = (line for line in text.splitlines() if line.strip())
    return [part for line in lines for part in textwrap.wrap(line, 92, subsequent_indent="  ")]


def site(stage: Stage) -> str:
    return f"{stage.server.url}/pages/{REGISTRY}/"


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    # Set even where a shell started us in the background, which has SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    sys.exit(main())
