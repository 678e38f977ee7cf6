"""Install, list and remove, through the real command and a real directory or server."""

from __future__ import annotations

import functools
import http.server
import json
import threading

import pytest

from devforge.errors import Refused
from devforge.updates.home import Home


@pytest.fixture
def server(shelf):
    """Serve the shelf over HTTP; return its address."""
    handler = functools.partial(_Quiet, directory=str(shelf.root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        if self.path.startswith("/away"):
            self.send_response(302)
            self.send_header("Location", "http://example.invalid/index.json")
            self.end_headers()
        else:
            super().do_GET()


def installed(tmp_path):
    return json.loads((tmp_path / "home/installed.json").read_text())["extensions"]


def test_the_newest_version_is_installed_and_listed(shelf, devforge, tmp_path):
    shelf.add("acme.ink", "1.0.0").add("acme.ink", "1.1.0")

    code, out, _ = devforge("install", "acme.ink")

    assert code == 0
    assert "install  acme.ink 1.1.0" in out
    [entry] = installed(tmp_path)
    path = next((tmp_path / "home/extensions/acme.ink").iterdir())
    assert (path / "extension.py").read_text() == "VERSION = '1.1.0'\n"
    assert devforge("list")[1].split() == ["acme.ink", "1.1.0"]
    assert entry["requested"] is True


def test_a_second_install_changes_nothing(shelf, devforge):
    shelf.add("acme.ink", "1.0.0")
    devforge("install", "acme.ink")

    code, out, _ = devforge("install", "acme.ink")

    assert code == 0
    assert "already installed" in out
    assert "0 to apply" in out


def test_it_works_over_http_as_well(shelf, server, devforge):
    shelf.add("acme.ink", "1.0.0")

    assert devforge("install", "acme.ink", index=server)[0] == 0
    assert "acme.ink" in devforge("search", "ink", index=server + "/index/index.json")[1]


def test_a_new_version_takes_the_old_ones_place(shelf, devforge, tmp_path):
    shelf.add("acme.ink", "1.0.0")
    devforge("install", "acme.ink")
    shelf.add("acme.ink", "2.0.0")

    code, out, _ = devforge("install", "acme.ink")

    assert code == 0
    assert "instead of 1.0.0" in out
    assert len(list((tmp_path / "home/extensions/acme.ink").iterdir())) == 1


def test_what_it_depends_on_comes_first(shelf, devforge, tmp_path):
    shelf.add("acme.base", "1.2.0").add("acme.base", "2.0.0")
    shelf.add("acme.ink", "1.0.0", extension_dependencies={"acme.base": "^1.0.0"})

    code, out, _ = devforge("install", "acme.ink")

    assert code == 0
    lines = [line for line in out.splitlines() if "install  " in line]
    assert "acme.base 1.2.0" in lines[0]
    assert [(e["id"], e["requested"]) for e in installed(tmp_path)] == [
        ("acme.base", False),
        ("acme.ink", True),
    ]
    code, _, err = devforge("remove", "acme.base")
    assert code == 1
    assert "acme.base is needed by acme.ink" in err
    assert devforge("remove", "acme.base", "acme.ink")[0] == 0
    assert list((tmp_path / "home/extensions").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["install", "acme.gone"], "this index does not have it"),
        (["install", "acme.ink", "--version", "9.0.0"], "no version 9.0.0 to install"),
        (["install", "acme.ink", "--version", "nine"], "major.minor.patch"),
        (["install", "Acme.Ink"], "lower-case letters"),
        (["install", "acme.ink", "--devforge", "0.9.0"], "needs Dev Forge >=1.0.0, this is 0.9.0"),
        (["install", "../../etc"], "is not an extension"),
    ],
)
def test_what_cannot_be_installed_says_why(shelf, devforge, tmp_path, arguments, says):
    shelf.add("acme.ink", "1.0.0")

    code, _, err = devforge(*arguments)

    assert code == 64
    assert says in err
    assert not (tmp_path / "home/installed.json").exists()


def test_a_withdrawn_version_is_passed_over_but_can_be_asked_for(shelf, devforge):
    shelf.add("acme.ink", "1.0.0")
    shelf.add("acme.ink", "1.1.0", yanked={"reason": "loses notes", "replacement": "1.0.0"})

    assert "acme.ink 1.0.0" in devforge("install", "acme.ink")[1]
    code, out, _ = devforge("install", "acme.ink", "--version", "1.1.0")
    assert code == 0
    assert "was withdrawn: loses notes" in out


def test_a_swapped_package_changes_nothing(shelf, devforge, tmp_path):
    shelf.add("acme.ink", "1.0.0")
    package = shelf.root / "packages/acme.ink-1.0.0.zip"
    package.write_bytes(package.read_bytes().replace(b"extension", b"extEnsion"))

    code, _, err = devforge("install", "acme.ink")

    assert code == 1
    assert "not what the index promises" in err
    assert not (tmp_path / "home/installed.json").exists()


@pytest.mark.parametrize("folder", ["bins", "extensions"])
def test_a_tampered_or_missing_document_is_refused(shelf, devforge, folder):
    shelf.add("acme.ink", "1.0.0")
    [path] = (shelf.index / folder).iterdir()
    path.write_bytes(path.read_bytes() + b" ")
    assert devforge("install", "acme.ink")[0] == 1
    path.unlink()

    code, _, err = devforge("install", "acme.ink")

    assert code == 1
    assert "is not there" in err


def test_a_file_the_package_has_beyond_the_review_is_refused(shelf, devforge, tmp_path):
    shelf.add("acme.ink", "1.0.0")
    shelf.versions["acme.ink"][0]["tree_sha256"] = "0" * 64
    shelf.write()

    code, _, err = devforge("install", "acme.ink")

    assert code == 1
    assert "not the ones that were reviewed" in err
    assert not (tmp_path / "home/extensions").exists()


def test_plain_http_is_only_for_this_machine(devforge, server):
    code, _, err = devforge("search", index="http://example.com")
    assert (code, "only https" in err) == (64, True)

    code, _, err = devforge("search", index=server + "/away")
    assert (code, "only https" in err) == (1, True)


def test_no_answer_is_said_plainly(devforge):
    code, _, err = devforge("search", index="http://127.0.0.1:9")

    assert code == 1
    assert err.startswith("devforge: GET http://127.0.0.1:9/index.json")


def test_a_damaged_list_names_the_file_and_loses_nothing(shelf, devforge, tmp_path):
    shelf.add("acme.ink", "1.0.0")
    devforge("install", "acme.ink")
    (tmp_path / "home/installed.json").write_text("{}]")

    code, _, err = devforge("list")

    assert code == 64
    assert "installed.json: damaged" in err
    assert any((tmp_path / "home/extensions/acme.ink").iterdir())


def test_two_commands_do_not_change_one_home_at_once(shelf, devforge, tmp_path):
    shelf.add("acme.ink", "1.0.0")
    home = Home(tmp_path / "home")

    with home.changing():
        code, _, err = devforge("install", "acme.ink")
        assert code == 1
        assert "another devforge command" in err
        with pytest.raises(Refused), home.changing():
            pass


def test_what_an_interruption_left_is_swept(shelf, devforge, tmp_path):
    shelf.add("acme.ink", "1.0.0")
    left = tmp_path / "home/incoming/extensions~acme.ink~1.0.0-x"
    left.mkdir(parents=True)

    assert devforge("install", "acme.ink")[0] == 0
    assert not left.exists()


def test_show_and_search_speak_json_and_plain(shelf, devforge):
    shelf.add("acme.ink", "1.0.0", permissions=["network:example.com"])

    assert "may use   network:example.com" in devforge("show", "acme.ink")[1]
    assert json.loads(devforge("show", "acme.ink", "--json")[1])["id"] == "acme.ink"
    assert json.loads(devforge("search", "--json")[1])[0]["version"] == "1.0.0"
    code, out, err = devforge("search", "nonsense")
    assert (code, out) == (0, "")
    assert "nothing matches 'nonsense'" in err


def test_a_dry_run_does_nothing(shelf, devforge, tmp_path):
    shelf.add("acme.ink", "1.0.0")

    assert devforge("install", "acme.ink", "--dry-run")[0] == 0
    assert not (tmp_path / "home").exists()


def test_a_server_that_is_not_there_is_said_in_one_line(devforge):
    code, out, err = devforge("search", index="http://127.0.0.1:9/")

    assert (code, out) == (1, "")
    assert err == (
        "devforge: GET http://127.0.0.1:9/index.json: no answer (Connection refused); "
        "try again later\n"
    )


def test_an_index_that_is_no_json_is_named(devforge, tmp_path):
    (tmp_path / "index.json").write_text("{")

    code, _, err = devforge("search", index=tmp_path)

    assert code == 1
    assert "index.json cannot be read (Invalid JSON" in err
