"""The operator's one-line changes, through the command line, on a checkout and as pull requests."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from devforge.adapters.registry import read_registry
from devforge.advisories.known import read_own
from devforge.cli import main
from devforge.errors import BadInput
from devforge.local import LocalGitHub
from devforge.model.names import ExtensionId
from devforge.model.records import VersionRecord
from devforge.model.versions import Version
from devforge.operator.editing import with_field
from devforge.operator.plan import Shelf, plan_halt, plan_resume, plan_unyank, plan_yank

SHA = "9b1e2c7d" * 5
TODO = ExtensionId.parse("acme.todo")
WHY = ("--reason", "It deletes the cache it should only read.")
VERSIONS = "registry/extensions/acme/todo/versions"
RECORDS = {
    "registry/developers/acme.yaml": "name: Acme Tools\nmembers: [{login: alice, id: 101}]\n",
    "registry/extensions/acme/todo/extension.yaml": (
        "# ours\nowners: [acme]\nrepository: {url: https://github.com/acme/todo, id: 7}\n"
    ),
    **{
        f"{VERSIONS}/{version}.yaml": f"# pinned by hand\ncommit: {SHA}\nsubdirectory: .\n"
        for version in ("1.0.0", "1.1.0", "1.2.0", "2.0.0-beta.1")
    },
    "registry/extensions/acme/notes/extension.yaml": (
        "owners: [acme]\nrepository: {url: https://github.com/acme/notes, id: 8}\n"
    ),
    "registry/extensions/acme/notes/versions/1.0.0.yaml": f"commit: {SHA}\n",
}


@pytest.fixture
def clone(tmp_path):
    """A checkout of a small registry."""
    for path, text in RECORDS.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "registry/advisories").mkdir()
    return tmp_path


@pytest.fixture
def run(clone, capsys):
    """Type `devforge operator …` on it; return the exit code and what was printed."""

    def run(*words):
        code = main(["operator", *words, "--checkout", str(clone)])
        return code, "".join(capsys.readouterr())

    return run


def record(clone, version="1.2.0"):
    return read_registry(clone).extensions[TODO].versions[Version.parse(version)]


def test_a_yank_is_one_line_and_a_second_finds_nothing_to_do(run, clone):
    yank = ("yank", "acme.todo", "1.2.0", *WHY, "--replacement", "1.1.0")
    code, said = run(*yank)
    assert (code, record(clone).yanked) == (2, None)
    assert "+ yank     acme.todo 1.2.0" in said
    assert "offer    acme.todo 2.0.0-beta.1 from now on" in said

    assert run(*yank, "--apply")[0] == 0

    text = (clone / f"{VERSIONS}/1.2.0.yaml").read_text()
    assert text == RECORDS[f"{VERSIONS}/1.2.0.yaml"] + (
        "yanked: {reason: It deletes the cache it should only read., replacement: 1.1.0}\n"
    )
    code, said = run(*yank)
    assert (code, "is taken back already" in said) == (0, True)
    assert run("unyank", "acme.todo", "1.2.0", "--apply")[0] == 0
    assert (clone / f"{VERSIONS}/1.2.0.yaml").read_text() == RECORDS[f"{VERSIONS}/1.2.0.yaml"]


def test_halting_and_resuming_leave_the_record_as_it_was(run, clone):
    assert run("halt", "acme.todo", "1.2.0", "--apply")[0] == 0
    assert record(clone).halted
    assert "is halted already" in run("halt", "acme.todo", "1.2.0")[1]

    assert run("resume", "acme.todo", "1.2.0", "--apply")[0] == 0

    assert (clone / f"{VERSIONS}/1.2.0.yaml").read_text() == RECORDS[f"{VERSIONS}/1.2.0.yaml"]
    assert "is not halted" in run("resume", "acme.todo", "1.2.0")[1]


def test_a_rollback_takes_back_all_that_is_newer_in_favour_of_the_good_one(run, clone):
    code, said = run("rollback", "acme.todo", *WHY, "--to", "1.1.0", "--apply")

    assert code == 0
    assert "offer    acme.todo 1.1.0 in their place" in said
    for version in ("1.2.0", "2.0.0-beta.1"):
        yanked = record(clone, version).yanked
        assert yanked is not None
        assert yanked.replacement == "1.1.0"
    assert record(clone, "1.1.0").yanked is None
    assert "1.1.0 is what clients run already" in run("rollback", "acme.todo", *WHY, "--to", "1.1.0")[1]  # fmt: skip
    run("rollback", "acme.todo", *WHY, "--apply")
    for version in (
        "1.1.0",
        "1.2.0",
        "2.0.0-beta.1",
    ):  # what named 1.1.0 names what takes its place
        assert record(clone, version).yanked.replacement == "1.0.0"
    code, said = run("rollback", "acme.todo", *WHY)
    assert code == 1
    assert "has no good version before 1.0.0: yank it, or halt it" in said


def test_what_leads_behind_a_release_that_mended_a_hole_is_said_to_reach_nobody_who_has_it(
    run, clone
):
    path = clone / f"{VERSIONS}/1.2.0.yaml"
    path.write_text(path.read_text() + "security: true\n")
    says = "careful  1.2.0 mended a hole: who has it or a newer one keeps that"

    for words in (
        ("rollback", "acme.todo", "--to", "1.1.0"),
        ("yank", "acme.todo", "1.2.0", "--replacement", "1.1.0"),
    ):
        assert says in run(*words, *WHY)[1]
    assert "careful" not in run("yank", "acme.todo", "1.1.0", *WHY, "--replacement", "1.0.0")[1]


def test_an_extension_is_deprecated_in_favour_of_another(run, clone):
    words = ("deprecate", "acme.todo", "--reason", "Merged into notes.", "--replacement", "acme.notes")  # fmt: skip

    assert run(*words, "--apply")[0] == 0

    said = read_registry(clone).extensions[TODO].extension.deprecated
    assert said is not None
    assert str(said.replacement) == "acme.notes"
    assert (clone / "registry/extensions/acme/todo/extension.yaml").read_text().startswith("# ours\n")  # fmt: skip
    assert "is deprecated already" in run(*words)[1]


def test_what_is_malicious_becomes_an_advisory_of_the_next_number(run, clone):
    year = datetime.now(UTC).year
    (clone / f"registry/advisories/DEVFORGE-{year}-7.yaml").write_text("{}")
    code, said = run("malicious", "acme.todo", "1.1.0", "1.2.0", "--reason", "It sends keys away.", "--apply")  # fmt: skip

    assert code == 0, said
    assert "disable  acme.todo 1.1.0 1.2.0 wherever they are installed" in said
    body = yaml.safe_load((clone / f"registry/advisories/DEVFORGE-{year}-8.yaml").read_text())
    assert body["affected"][0]["versions"] == ["1.1.0", "1.2.0"]
    assert body["database_specific"] == {"malicious": True}
    code, said = run("malicious", "acme.todo", "1.2.0", "--reason", "Once more.", "--apply")
    assert (code, "same     acme.todo 1.2.0 is called malicious already" in said) == (0, True)
    assert run("malicious", "acme.todo", "--reason", "All of it.", "--apply")[0] == 0
    assert (
        "is called malicious already" in run("malicious", "acme.todo", "--reason", "All of it.")[1]
    )
    every = yaml.safe_load((clone / f"registry/advisories/DEVFORGE-{year}-9.yaml").read_text())
    assert "versions" not in every["affected"][0]


def test_who_was_condemned_in_error_is_acquitted_by_one_command_and_once(run, clone):
    condemn = ("malicious", "acme.todo", "--reason", "It sends keys away.", "--apply")
    assert "nothing of acme.todo is called malicious" in run("acquit", "acme.todo")[1]
    run("malicious", "acme.todo", "1.1.0", "--reason", "It sends keys away.", "--apply")
    run(*condemn)
    code, said = run("acquit", "acme.todo", "--apply")

    assert (code, said.count("  + withdraw DEVFORGE-")) == (0, 2), said
    assert "offer    acme.todo again, but for what is yanked" in said
    advisories = read_registry(clone).advisories
    assert [len(list(read_own(one))) for one in advisories] == [0, 0]
    assert "nothing of acme.todo is called malicious" in run("acquit", "acme.todo", "--apply")[1]
    assert run(*condemn)[0] == 0
    [standing] = [one for one in read_registry(clone).advisories if list(read_own(one))]
    assert standing.id.endswith("-3")


def test_an_advisory_about_several_extensions_is_not_withdrawn_for_one(run, clone):
    run("malicious", "acme.todo", "--reason", "It sends keys away.", "--apply")
    [path] = (clone / "registry/advisories").glob("*.yaml")
    other = "- package: {ecosystem: DevForge, name: acme.notes}\ndatabase_specific:"
    path.write_text(path.read_text().replace("database_specific:", other))
    code, said = run("acquit", "acme.todo", "--apply")

    assert code == 1
    assert f"{path.stem} is about other extensions, too: take acme.todo out of it by hand" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("yank", "acme.todo", "9.0.0", *WHY), "acme.todo has no version 9.0.0; there are 2.0.0-"),
        (("yank", "acme.nothing", "1.0.0", *WHY), "the registry has no extension acme.nothing"),
        (
            ("yank", "acme.todo", "1.2.0", *WHY, "--replacement", "1.2.0"),
            "cannot take its own place",
        ),
        (("yank", "acme.todo", "1.2.0", *WHY, "--replacement", "3.0.0"), "has no version 3.0.0"),
        (("yank", "acme.todo", "1.2.0", *WHY, "--replacement", "me.no"), "is neither a version of"),
        (("yank", "acme.todo", "1.2.0", "--reason", "bad"), "at least 5 characters"),
        (("yank", "acme.todo", "latest", *WHY), "VERSION 'latest'"),
        (("halt", "todo", "1.0.0"), "'todo' is not an extension"),
        (
            ("deprecate", "acme.todo", *WHY, "--replacement", "acme.todo"),
            "cannot take its own place",
        ),
        (("deprecate", "acme.todo", *WHY, "--replacement", "me.no"), "has no extension me.no"),
        (("malicious", "acme.todo", "7.0.0", *WHY), "acme.todo has no version 7.0.0"),
        (("rollback", "acme.todo", *WHY, "--to", "7.0.0"), "acme.todo has no version 7.0.0"),
        (("halt", "acme.todo", "1.0.0", "--apply", "--propose", "a/b"), "choose one"),
    ],
)
def test_nonsense_is_refused_in_a_sentence_and_nothing_is_written(run, clone, words, told):
    before = {path: (clone / path).read_text() for path in RECORDS}

    code, said = run(*words, *(() if "--apply" in words else ("--apply",)))

    assert code in (1, 64)
    assert told in said
    assert len(said.strip().splitlines()) <= 6
    assert {path: (clone / path).read_text() for path in RECORDS} == before


def test_a_proposal_is_one_pull_request_however_often_it_is_made(run, clone, tmp_path, monkeypatch):
    with LocalGitHub(tmp_path / "github") as github:
        operator = github.create_account("operator")
        github.create_repository("operator/registry")
        url = f"{github.url}/operator/registry.git".replace("://", f"://x:{operator.token}@")
        for words in (
            ("init", "-q", "-b", "main"), ("add", "registry"),
            ("-c", "user.name=o", "-c", "user.email=o@x.invalid", "commit", "-qm", "Open"),
            ("push", "-q", url, "HEAD:refs/heads/main"),
        ):  # fmt: skip
            subprocess.run(["git", "-C", str(clone), *words], check=True, capture_output=True)
        monkeypatch.setenv("GITHUB_API_URL", github.api_url)
        monkeypatch.setenv("GITHUB_TOKEN", operator.token)
        halt = ("halt", "acme.todo", "1.2.0", "--propose", "operator/registry", "--json")

        code, said = run(*halt)
        again, once_more = run(*halt)

        assert (code, again) == (0, 0), said + once_more
        link = json.loads(said)["pull_request"]
        assert json.loads(once_more)["pull_request"] == link
        assert link.endswith("/pull/1")
        assert not record(clone).halted  # the checkout is left alone
        path = clone / f"{VERSIONS}/1.2.0.yaml"
        path.write_text(path.read_text() + "security: true\n")
        code, said = run(*halt)
        assert code == 64
        assert "pull first, then again" in said


LAYOUTS = st.sampled_from(
    [
        f"commit: {SHA}\n",
        f"commit: {SHA}",
        f"# a comment\ncommit: {SHA} # pinned\nyanked:\n  reason: it was bad\n  replacement: 1.0.0\n\nsubdirectory: .\n",
        f"yanked: {{reason: it was bad}}\ncommit: {SHA}\nhalted: true\n",
        f"commit: {SHA}\nrollout:\n  stages:\n  - 10\n  - 100\n  hours: 24\n",
        f"commit: {SHA}\r\nhalted: true\r\n",
    ]
)


@given(text=LAYOUTS, reason=st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs", "S")), min_size=5, max_size=60))  # fmt: skip
def test_applying_a_plan_leaves_an_empty_plan_and_all_else_as_it_was(text, reason):
    version = Version.parse("1.0.0")

    def shelf(text):
        try:
            held = VersionRecord.model_validate(yaml.safe_load(text))
        except ValueError:
            return None
        return Shelf(TODO, "owners: [acme]", {version: text}, {version: held})

    for planned in (
        lambda s: plan_yank(s, version, reason=reason),
        lambda s: plan_halt(s, version),
        lambda s: plan_resume(s, version),
        lambda s: plan_unyank(s, version),
    ):
        before = shelf(text)
        assert before is not None
        try:
            plan = planned(before)
        except Exception as error:
            assert type(error).__name__ in ("BadInput", "BadRecord")  # noqa: PT017
            continue
        for edit in plan.changes:
            assert yaml.safe_load(edit.text)["commit"] == SHA
            assert edit.text.count("\n") <= text.count("\n") + 2
            assert planned(shelf(edit.text)).changes == ()


def test_a_record_in_one_line_is_left_for_a_person():
    with pytest.raises(BadInput, match="change it by hand"):
        with_field(f"{{commit: {SHA}}}\n", "halted", True, VersionRecord, file="x.yaml")
