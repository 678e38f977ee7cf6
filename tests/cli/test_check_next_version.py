"""`devforge check --records`: what is new since the version that is out, as a pull request would be told it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from devforge.cli import main

SAMPLES = Path(__file__).parents[1] / "extensions"
REGISTRY = Path(__file__).parents[2] / "registry"
PEEK = """export async function peek(context) {
  const answer = await fetch('https://peek.acme.example/notes');
  context.output.write(await answer.text());
}
"""


def git(directory, *arguments):
    done = subprocess.run(
        ["git", "-c", "user.name=j", "-c", "user.email=j@acme.example", *arguments],
        cwd=directory, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture
def work(tmp_path):
    """An extension of which 2.1.0 was committed, and 2.2.0 is being written, which talks to a host."""
    place = tmp_path / "quick-note"
    shutil.copytree(SAMPLES / "quick-note", place)
    git(place, "init", "-q")
    git(place, "add", "-A")
    git(place, "commit", "-qm", "2.1.0")
    manifest = place / "devforge.yaml"
    text = manifest.read_text().replace("version: 2.1.0", "version: 2.2.0")
    manifest.write_text(
        text.replace("filesystem:write]", "filesystem:write, 'network:peek.acme.example']")
    )
    (place / "src/peek.js").write_text(PEEK)
    return place


@pytest.fixture
def records(tmp_path, work):
    """A clone of a registry in which 2.1.0 is out, at the first commit of `work`."""
    root = tmp_path / "records/registry"
    folder = root / "extensions/jane/quick-note/versions"
    folder.mkdir(parents=True)
    (root / "developers").mkdir()
    (root / "developers/jane.yaml").write_text("name: Jane\nmembers: [{login: jane, id: 7}]\n")
    shutil.copy(REGISTRY / "policy.yaml", root)
    (folder.parent / "extension.yaml").write_text(
        "owners: [jane]\nrepository: {url: https://github.com/jane/quick-note, id: 9}\n"
    )
    (folder / "2.1.0.yaml").write_text(f"commit: {git(work, 'rev-parse', 'HEAD')}\n")
    return tmp_path / "records"


@pytest.fixture
def check(capsys, records, monkeypatch):
    """Run `devforge check --records` where no server answers; return its code, stdout and stderr."""
    monkeypatch.setenv("GITHUB_SERVER_URL", "http://127.0.0.1:9")

    def run(*arguments):
        code = main(["check", "--records", str(records), *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def rules(out):
    found = json.loads(out)["checks"]
    return {f["rule"] for c in found if c["name"] == "decision" for f in c["findings"]}


def test_a_new_power_is_told_before_the_pull_request_is_opened(check, work):
    code, out, err = check(work, "--json")

    assert (code, err) == (2, "")
    assert rules(out) == {"person-new-permission", "person-new-power", "person-new-host"}


def test_what_is_new_is_said_in_plain_lines(check, work):
    _, out, _ = check(work)

    assert "What is new since 2.1.0: it\n" in out
    assert "the code reaches the network here; 2.1.0 did not" in out


def test_an_update_that_can_do_no_more_is_told_so_and_would_be_merged(check, work):
    manifest = work / "devforge.yaml"
    manifest.write_text(manifest.read_text().replace(", 'network:peek.acme.example'", ""))
    (work / "src/peek.js").unlink()
    changes = work / "CHANGELOG.md"
    changes.write_text(
        changes.read_text().replace("# Changelog", "# Changelog\n\n## 2.2.0\n\n- Mended.", 1)
    )

    code, out, _ = check(work)

    assert code == 0
    assert "What is new since 2.1.0: nothing but other code" in out


def test_where_the_version_before_cannot_be_had_it_is_said_and_nothing_is_compared(
    check, work, caplog
):
    shutil.rmtree(work / ".git")
    code, out, _ = check(work, "--json")

    assert code == 0
    assert "what is new since the version before is first told in the pull request" in caplog.text
    assert "is not in your clone" in caplog.text
    assert not rules(out)
