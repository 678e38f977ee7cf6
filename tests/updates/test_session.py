"""A person's session from search to rollback, through the real command and a signed index over HTTP."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from signed_index import SignedIndex, serve

from devforge.cli import main


class Terminal:
    """Types command lines and keeps what was shown, with times and addresses made the same each day."""

    def __init__(self, registry, server, home, root, capsys, monkeypatch):
        self.registry, self.server, self.home, self._capsys = registry, server, home, capsys
        monkeypatch.setenv("DEVFORGE_INDEX", server.url)
        monkeypatch.setenv("DEVFORGE_ROOT", str(root))
        monkeypatch.setenv("DEVFORGE_HOME", str(home))
        monkeypatch.setenv("DEVFORGE_VERSION", "2.0.0")
        self.shown = ""

    def type(self, line):
        code = main(line.split())
        said = self._capsys.readouterr()
        text = said.out + "".join(f"(stderr) {row}\n" for row in said.err.splitlines())
        self.shown += f"$ devforge {line}\n{self._plain(text)}" + (f"[exit {code}]\n" if code else "")  # fmt: skip
        self.shown += "\n"
        return code, said.out, said.err

    def note(self, text):
        self.shown += f"# {text}\n\n"

    def _plain(self, text):
        text = text.replace(self.server.url, "https://registry.example/").replace(str(self.home), "~/home")  # fmt: skip
        text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?", "YYYY-MM-DD HH:MM", text)  # fmt: skip
        text = re.sub(r"\d{4}-\d\d-\d\d", "YYYY-MM-DD", text)
        text = re.sub(r"digest [0-9a-f]{12}", "digest 0123456789ab", text)
        return re.sub(r"[\d,]+ bytes", "1,234 bytes", text)


@pytest.fixture
def terminal(tmp_path, capsys, monkeypatch):
    registry = SignedIndex(tmp_path / "index", clock=datetime.now(UTC))
    root = tmp_path / "root.json"
    root.write_bytes(registry.root)
    with serve(registry.out) as server:
        yield Terminal(registry, server, tmp_path / "home", root, capsys, monkeypatch)


def days_ago(days):
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_from_search_to_rollback(terminal, golden):
    registry = terminal.registry
    registry.add("acme.base", "1.2.0", published=days_ago(90))
    registry.add(
        "acme.ink", "1.0.0", published=days_ago(60), permissions=["clipboard"],
        extension_dependencies={"acme.base": "^1"}, document={"description": "Writes in ink."},
    )  # fmt: skip
    terminal.type("search ink")
    terminal.type("show acme.ink")
    terminal.type("install acme.ink --dry-run")
    terminal.type("install acme.ink")
    terminal.type("list")
    terminal.type("outdated")
    terminal.note("a version of last week, and one of this hour")
    fields = {"extension_dependencies": {"acme.base": "^1"}, "document": {"description": "Writes in ink."}}  # fmt: skip
    log = {"CHANGELOG.md": "# Changes\n\n## 1.1.0\n\n- Looks up how ink dries.\n"}
    registry.add("acme.ink", "1.1.0", log, published=days_ago(7), permissions=["clipboard", "network:ink.example.com"], **fields)  # fmt: skip
    registry.add("acme.ink", "1.2.0", published=days_ago(0.05), permissions=["clipboard"], **fields)
    terminal.type("outdated")
    terminal.type("update --unasked")
    terminal.type("changes acme.ink --version 1.1.0")
    terminal.type("update")
    terminal.type("why acme.base")
    terminal.type("why acme.ink")
    terminal.type("rollback acme.ink")
    terminal.type("update")
    terminal.type("update --now acme.ink")
    terminal.type("pin acme.ink")
    terminal.type("update")
    terminal.type("unpin acme.ink")
    terminal.type("hold acme.base --days 14")
    terminal.type("verify")
    terminal.type("remove acme.base")
    terminal.type("config cooldown_hours 72")
    terminal.type("config")
    terminal.note("the registry calls it malicious")
    registry.list_as("malicious", "acme.ink", reason="sends what you write to a stranger")
    terminal.type("outdated")
    terminal.type("enable acme.ink")
    terminal.type("list")
    terminal.type("remove acme.ink acme.base")
    terminal.type("history")
    terminal.type("doctor")

    golden("updates/session.txt", terminal.shown)


def test_what_a_program_reads_is_json(terminal):
    terminal.registry.add("acme.ink", "1.0.0", published=days_ago(9))
    installed = json.loads(terminal.type("install acme.ink --json")[1])
    terminal.registry.add("acme.ink", "1.1.0", published=days_ago(0))

    assert installed["done"] == installed["changes"]
    assert installed["changes"][0] | {"line": ""} == {
        "act": "install", "id": "acme.ink", "before": None, "after": "1.0.0", "platform": None,
            "line": "",
    }  # fmt: skip
    outdated = json.loads(terminal.type("outdated --json")[1])
    assert outdated["extensions"][0]["not_yet_kind"] == "cooldown"
    assert outdated["stale"] is None
    for line in ("list", "history", "config", "verify", "doctor", "search", "show acme.ink", "why acme.ink", "pin acme.ink", "hold acme.ink", "unpin acme.ink", "disable acme.ink", "enable acme.ink", f"rollback --to {datetime.now(UTC).isoformat()}", "update", "remove acme.ink"):  # fmt: skip
        assert json.loads(terminal.type(f"{line} --json")[1]) is not None


def test_a_package_that_was_swapped_changes_nothing(terminal):
    terminal.registry.add("acme.ink", "1.0.0")
    [package] = (terminal.registry.out / "targets/packages").iterdir()
    package.write_bytes(package.read_bytes().replace(b"VERSION", b"version"))

    code, _, err = terminal.type("install acme.ink")

    assert code == 1
    assert "acme.ink-1.0.0.zip" in err
    assert not (terminal.home / "installed.json").exists()


def test_without_a_network_what_is_known_still_serves(terminal):
    terminal.registry.add("acme.ink", "1.0.0", published=days_ago(9))
    terminal.type("install acme.ink")
    terminal.registry.add("acme.ink", "1.1.0", published=days_ago(8))
    terminal.type("outdated")
    terminal.server.misbehave("", "error")

    code, out, err = terminal.type("outdated")
    assert code == 1
    assert "→ 1.1.0" in out
    assert "offline" in err
    assert terminal.type("update")[0] == 1  # a package has to be fetched
    assert terminal.type("remove acme.ink")[0] == 0
    assert terminal.type("rollback acme.ink")[0] == 0
    assert terminal.type("list")[0] == 0


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("install acme.gone", "this registry does not have acme.gone; `devforge search`"),
        ("install acme.inc", "this registry does not have acme.inc; did you mean acme.ink?"),
        ("show acmee.ink", "did you mean acme.ink?"),
        ("why acm.ink", "did you mean acme.ink?"),
        ("install acme.ink@1.0.0", "did you mean acme.ink --version 1.0.0?"),
        ("install acme.ink==1.0.0", "did you mean acme.ink --version 1.0.0?"),
        ("install acme.ink --version 9.0.0", "9.0.0 is not in the registry, which has 1.0.0"),
        ("install acme.ink --version nine", "major.minor.patch"),
        ("install Acme.Ink", "did you mean acme.ink?"),
        ("instal acme.ink", "No such command 'instal'; did you mean install?"),
        ("frobnicate", "No such command 'frobnicate'"),
        ("install ../../etc", "is not an extension"),
        ("install acme.con", "con is a device on Windows"),
        ("install nul.ink", "nul is a device on Windows"),
        ("install ink", "`devforge search ink` finds its whole name"),
        ("install acme.ink --devforge 0.9.0", "1.0.0 needs Dev Forge >=1.0.0, this is 0.9.0"),
        ("install acme.ink acme.pen --version 1.0.0", "--version goes with one extension"),
        ("install acme.ink --root /nowhere/root.json", "/nowhere/root.json"),
        ("update --now", "--now is for extensions you name"),
        ("rollback", "back to what?"),
        ("rollback acme.ink", "acme.ink is not installed"),
        ("rollback --to yesterday", "must be a time such as"),
        ("pin acme.ink", "acme.ink is not installed"),
        ("hold acme.ink --until soon", "must be a time such as"),
        ("hold acme.ink --until 2020-01-01", "is over; name a time to come"),
        ("hold acme.ink --until 2026-12-01 --days 3", "give one"),
        ("enable acme.ink", "acme.ink is not installed"),
        ("verify acme.ink", "acme.ink is not installed"),
        ("config colour red", "is no setting; there are policy"),
        ("config cooldown_hours soon", "cooldown_hours 'soon'"),
        ("config windows night", "must be a window such as"),
        ("config policy pinned", "policy 'pinned'"),
        ("config policy never --for acme.ink", "there are auto, notify, pinned and default"),
        ("config cooldown_hours 3 --for acme.ink", "--for goes with `policy` alone"),
    ],
)
def test_a_wrong_line_says_what_is_wrong(terminal, line, says):
    terminal.registry.add("acme.ink", "1.0.0")

    code, _, err = terminal.type(line)

    assert code == 64
    assert says in err
    assert "Traceback" not in err
    assert "our fault" not in err


def test_a_terminal_that_lacks_an_alphabet_is_shown_its_numbers(terminal):
    terminal.registry.add("acme.ink", "1.0.0", document={"description": "Schreibt für 猫."})

    done = subprocess.run(
        [sys.executable, "-c", "import sys; from devforge.cli import main; sys.exit(main())", "search", "ink"],
        env=os.environ | {"PYTHONIOENCODING": "cp1252"}, capture_output=True, check=False, timeout=60,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "Schreibt für \\u732b." in done.stdout.decode("cp1252")


@pytest.mark.parametrize(
    "line", ["update acme.inc", "remove acme.inc", "pin acme.inc", "rollback acme.inc", "disable acme.inc", "verify acme.inc"]
)  # fmt: skip
def test_a_mistyped_name_is_answered_with_what_is_installed(terminal, line):
    terminal.registry.add("acme.ink", "1.0.0")
    terminal.type("install acme.ink")

    _, out, err = terminal.type(line)

    assert "not installed; did you mean acme.ink?" in out + err


def test_an_update_that_could_ask_nobody_is_not_one_that_found_nothing_to_do(terminal):
    terminal.registry.add("acme.ink", "1.0.0", published=days_ago(9))
    terminal.type("install acme.ink")
    assert terminal.type("update")[0] == 0
    terminal.server.misbehave("", "error")

    code, _, err = terminal.type("update")

    assert code == 1
    assert "offline" in err
    assert terminal.type("update --offline")[0] == 0


def test_an_update_of_what_is_not_installed_is_a_wrong_word_as_it_is_everywhere(terminal):
    terminal.registry.add("acme.ink", "1.0.0")

    code, _, err = terminal.type("update acme.ink")

    assert code == 64
    assert "acme.ink is not installed; `devforge install acme.ink` does that" in err


def test_what_another_holds_back_is_said_by_all_who_speak_of_updates(terminal):
    for version in ("1.0.0", "2.0.0"):
        terminal.registry.add("acme.base", version, published=days_ago(7))
    terminal.registry.add("jane.lens", "1.0.0", extension_dependencies={"acme.base": "^1"})
    assert terminal.type("install jane.lens")[0] == 0

    listed = terminal.type("outdated")[1]
    planned = terminal.type("update --dry-run")[1]
    [row] = [one for one in json.loads(terminal.type("outdated --json")[1])["extensions"] if one["id"] == "acme.base"]  # fmt: skip

    why = "jane.lens 1.0.0 needs acme.base ^1"
    assert f"newer     2.0.0 cannot be had: {why}\n" in terminal.type("why acme.base")[1]
    assert f"acme.base                    1.0.0      stays: {why}; 2.0.0 is out" in listed
    assert f"  . keep     acme.base 1.0.0   {why}\n" in planned
    assert (row["stays"], row["newest"]) == (why, "2.0.0")


@pytest.mark.parametrize("stay", ["disable", "hold"])
def test_what_stays_is_not_told_that_a_withdrawn_version_is_to_be_had(terminal, stay):
    for version in ("1.0.0", "1.1.0"):
        terminal.registry.add("joe.old", version, published=days_ago(7))
    terminal.registry.change("joe.old", "1.1.0", yanked={"reason": "It loses data."})
    terminal.type("install joe.old")
    terminal.type(f"{stay} joe.old")

    word = {"disable": "disabled", "hold": "held"}[stay]
    why = f"{word}; 1.1.0 was withdrawn: It loses data."
    assert f"joe.old                      1.0.0      stays: {why}\n" in terminal.type("outdated")[1]
    assert f"  . keep     joe.old 1.0.0   {why}\n" in terminal.type("update")[1]


@pytest.mark.parametrize(
    ("typed", "ours"), [("uninstall", "remove"), ("unistall", "remove"), ("upgrade", "update"), ("unhold", "unpin"), ("instal", "install")]
)  # fmt: skip
def test_who_types_another_programs_word_is_told_ours(terminal, typed, ours):
    code, _, err = terminal.type(f"{typed} acme.ink")

    assert code == 64
    assert err.endswith(f"No such command '{typed}'; did you mean {ours}?\n")


def test_what_is_held_without_an_end_is_held_until_it_is_let_go(terminal):
    terminal.registry.add("acme.ink", "1.0.0")
    terminal.type("install acme.ink")
    terminal.type("hold acme.ink")

    assert "held until `devforge unpin`\n" in terminal.type("config")[1]


def test_looking_for_updates_costs_two_small_requests_whatever_is_installed(terminal):
    for number in range(12):
        terminal.registry.add(f"acme.x{number}", "1.0.0", published=days_ago(9))
    terminal.type("install " + " ".join(f"acme.x{number}" for number in range(12)))
    terminal.type("outdated")
    terminal.server.forget()

    for line in ("outdated", "update", "update --unasked"):
        assert terminal.type(line)[0] == 0
        assert len(terminal.server.requests) <= 2, terminal.server.paths
        assert terminal.server.bytes <= 1024
        terminal.server.forget()


def test_a_search_that_nobody_answers_is_not_one_that_finds_nothing(terminal):
    terminal.registry.add("acme.ink", "1.0.0")
    terminal.server.misbehave("", "error")

    code, out, err = terminal.type("search ink")

    assert (code, out) == (1, "")
    assert "nothing matches" not in err
    terminal.server.behave()
    assert terminal.type("search ink")[0] == 0
    terminal.server.misbehave("", "error")
    assert "acme.ink" in terminal.type("search ink")[1]


def test_an_update_that_nobody_answers_says_so_once(terminal):
    terminal.registry.add("acme.ink", "1.0.0", published=days_ago(9))
    terminal.type("install acme.ink")
    terminal.registry.add("acme.ink", "1.1.0", published=days_ago(3))
    terminal.type("outdated")

    code, _, err = terminal.type("update --index http://127.0.0.1:9/")

    assert code == 1
    assert err.count("no answer (Connection refused)") == 1


def test_where_two_places_failed_what_was_known_has_a_line_of_its_own(terminal, monkeypatch):
    monkeypatch.setenv("DEVFORGE_INDEX", "http://127.0.0.1:9/ http://127.0.0.1:19/")

    code, _, err = terminal.type("outdated")

    _, one, other, last = err.splitlines()
    assert (one.strip(), other.strip(), last) == (
        "http://127.0.0.1:9/: metadata/2.root.json: no answer (Connection refused)",
        "http://127.0.0.1:19/: metadata/2.root.json: no answer (Connection refused)",
        "nothing was learned of it before",
    )
    assert code == 1


def test_the_list_says_what_is_pinned_and_what_is_held(terminal):
    for name in ("ink", "pen"):
        terminal.registry.add(f"acme.{name}", "1.0.0")
    terminal.type("install acme.ink acme.pen")
    terminal.type("pin acme.ink")
    terminal.type("hold acme.pen")

    lines = {line.split()[0]: line for line in terminal.type("list")[1].splitlines()}

    assert "pinned" in lines["acme.ink"]
    assert "held until `devforge unpin`" in lines["acme.pen"]
