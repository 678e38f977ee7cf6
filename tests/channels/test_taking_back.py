"""What becomes on channels of a version that was taken back, and of one that is offered again."""

from __future__ import annotations

import http.server
import json
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from channels.parcels import free_port, parcel_of
from channels.test_delivering import ALL, NOW, plan
from channels.test_delivering import out as released
from channels.test_real_channels import npm

from devforge.adapters.channels.npm import Npm
from devforge.adapters.channels.pypi import Pypi
from devforge.adapters.node import npm_command
from devforge.errors import Refused, Unavailable
from devforge.model.channels import Delivery, Notice
from devforge.model.outlets import NpmChannel
from devforge.publish.channels.act import tell
from devforge.publish.channels.carriers import npm_carrier
from devforge.publish.channels.plan import worries
from devforge.publish.channels.wheel import pypi_carrier

NAME = "@market/acme.todo-tree"
WHY = "It deletes the cache it should only read."


def on_npm(version, against="", **said):
    there = Delivery(state="published", when=NOW, reference=f"{NAME}@{version}", **said)
    return replace(released(version=version, asked=("npm",), npm=there), against=against)


def test_what_was_taken_back_is_told_and_the_newest_good_version_becomes_the_latest():
    [change] = plan(on_npm("1.3.0"), on_npm("1.4.0", WHY), on_npm("1.5.0-beta.1")).changes

    assert change.line == (
        f"withdraw npm   acme.todo-tree 1.4.0  latest is 1.3.0  next is 1.5.0-beta.1  {WHY}"
    )
    assert change.notice == Notice(NAME, "1.4.0", WHY, {"latest": "1.3.0", "next": "1.5.0-beta.1"})


def test_what_is_offered_again_is_told_too_and_told_once():
    known = on_npm("1.4.0")
    told = known.deliveries.channels["npm"].model_copy(update={"against": WHY})
    again = replace(known, deliveries=known.deliveries.with_one("npm", told))

    [change] = plan(on_npm("1.3.0"), again).changes
    assert change.line == "restore  npm   acme.todo-tree 1.4.0  latest is 1.4.0"
    assert plan(on_npm("1.3.0"), replace(again, against=WHY)).changes == ()


def test_what_was_taken_back_before_it_came_there_never_goes_there():
    made = plan(replace(released(), against=WHY))

    assert made.changes == ()
    assert f"left     oci   acme.todo-tree 1.4.0  it is not offered any more: {WHY}" in made.notes


def test_where_only_a_prerelease_is_good_it_is_the_latest_and_where_nothing_is_none_is():
    [one] = plan(on_npm("1.3.0", WHY), on_npm("1.5.0-beta.1")).changes
    assert one.notice.tags == {"latest": "1.5.0-beta.1", "next": "1.5.0-beta.1"}
    [alone] = plan(on_npm("1.3.0", WHY)).changes
    assert alone.notice.tags == {}


def test_a_version_whose_successor_never_arrived_is_the_latest():
    lost = replace(released(version="1.5.0", asked=("npm",)), asked=())
    [change] = plan(released(version="1.4.0", asked=("npm",)), lost).changes
    assert change.newest
    [late] = plan(released(version="1.2.0", asked=("npm",)), on_npm("1.4.0")).changes
    assert not late.newest


def test_an_extension_that_left_a_channel_is_still_told_of_there():
    gone = replace(on_npm("1.4.0", WHY), asked=())
    assert [change.line.split()[0] for change in plan(gone).changes] == ["withdraw"]


def test_a_copy_in_a_bucket_is_left_as_it_is_and_the_plan_says_so():
    there = Delivery(state="published", when=NOW, reference="s3://extensions/…a.zip")
    made = plan(replace(released(asked=("s3",), s3=there), against=WHY))

    assert (made.changes, len(made.notes)) == ((), 1)
    assert "a copy that nothing points to says no more" in made.notes[0]


@dataclass
class FakeOutlet:
    """Says what it was told; `away` and `lag` are the two ways real ones have surprised us."""

    against: str = ""
    away: bool = False
    lag: int = 0  # how many looks still miss what was told
    told: list[str] = field(default_factory=list)

    def heeds(self, notice):
        if self.away:
            raise Unavailable("503")
        self.lag -= 1
        return self.lag < 0 and self.against == notice.against

    def heed(self, notice):
        self.told.append(notice.against)
        self.against, self.lag = notice.against, self.lag + 1


def brought(outlet, one):
    [change] = plan(one).changes
    return tell(change, outlet, now=NOW, pause=lambda _: None)


def test_a_channel_that_is_away_is_asked_again_later_and_nobody_calls_it_told():
    before = on_npm("1.4.0", WHY)
    missed = brought(FakeOutlet(away=True), before)
    waiting = replace(before, deliveries=before.deliveries.with_one("npm", missed))

    assert (missed.state, missed.against, missed.attempts) == ("published", "", 1)
    assert "again from 2026-11-30T12:30Z: 503" in plan(waiting).notes[0]
    assert list(worries([waiting])) == []
    [change] = plan(waiting, now=NOW + timedelta(hours=1)).changes
    outlet = FakeOutlet()
    done = tell(change, outlet, now=NOW, pause=lambda _: None)
    assert (done.against, done.reason, done.due, outlet.told) == (WHY, "", None, [WHY])


@pytest.mark.long
def test_npm_warns_of_it_gives_the_good_one_and_forgets_it_when_it_is_offered_again(
    verdaccio, tmp_path
):
    url, token = verdaccio
    channel = Npm(url, token)
    for version in ("1.3.0", "1.4.0", "1.5.0-beta.1"):
        carrier = npm_carrier(parcel_of(version), NpmChannel(scope="@market"))
        channel.publish(carrier, newest=True)
    against = "--registry=http://127.0.0.1:1/ is no option here"
    notice = Notice(NAME, "1.4.0", against, {"latest": "1.3.0", "next": "1.5.0-beta.1"})

    assert not channel.heeds(notice)
    with pytest.raises(Refused, match="do it by hand: `npm deprecate @market/acme") as by_hand:
        Npm(url, None).heed(notice)
    assert f"'{against}'; npm dist-tag add {NAME}@1.3.0 latest`" in str(by_hand.value)
    assert not channel.heeds(notice)
    npm_as_operator(tmp_path, url, token, "deprecate", f"{NAME}@1.4.0", "--", "by half")  # killed
    for _ in range(3):
        channel.heed(notice)
    assert channel.heeds(notice)
    assert shown(tmp_path, url, "1.4.0") == (against, notice.tags)
    assert shown(tmp_path, url, "1.3.0")[0] is None
    npm(tmp_path, url, "install", NAME, "--no-save", "--prefix", str(tmp_path / "app"))
    installed = tmp_path / "app/node_modules" / NAME / "package.json"
    assert json.loads(installed.read_text())["version"] == "1.3.0"

    back = replace(notice, against="", tags={"latest": "1.4.0", "next": "1.5.0-beta.1"})
    channel.heed(back)
    channel.heed(back)
    assert shown(tmp_path, url, "1.4.0") == (None, back.tags)
    gone = Notice(NAME, "1.5.0-beta.1", WHY, {"latest": "1.4.0"})
    channel.heed(gone)
    assert shown(tmp_path, url, "1.5.0-beta.1") == (WHY, {"latest": "1.4.0"})
    assert channel.heeds(Notice("@market/acme.none", "1.0.0", WHY, {}))
    assert channel.heeds(Notice(NAME, "9.0.0", WHY, {}))
    with pytest.raises(Unavailable):
        Npm(f"http://127.0.0.1:{free_port()}/", "t").heeds(notice)


def shown(tmp_path, url, version):
    """What a person's npm says of a version: its deprecation, and the package's tags."""
    said = json.loads(npm(tmp_path, url, "view", f"{NAME}@{version}", "name", "deprecated", "dist-tags", "--json", "--prefer-online"))  # fmt: skip
    return said.get("deprecated"), said["dist-tags"]


def npm_as_operator(tmp_path, url, token, *arguments):
    settings = tmp_path / "operator.npmrc"
    settings.write_text(f"//{url.removeprefix('http://')}:_authToken={token}\n")
    command = [*npm_command(), "--registry", url, "--userconfig", str(settings), *arguments]
    subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=True)


def test_an_index_that_lets_no_program_yank_is_looked_at_and_its_person_told_what_to_click():
    notice = Notice("market-acme-todo-tree", "1.4.0", "Wrong, see `notes`.")
    with simple_index(yanked=False) as url:
        channel = Pypi(None, f"{url}/simple/", None)
        assert not channel.heeds(notice)
        with pytest.raises(Refused) as told:
            channel.heed(notice)
        assert channel.heeds(replace(notice, against=""))
        assert channel.heeds(replace(notice, version="9.9.9"))
    with simple_index(yanked=True) as yanked:
        channel = Pypi(None, f"{yanked}/simple/", None)
        assert channel.heeds(notice)
        assert not channel.heeds(replace(notice, against=""))
    with pytest.raises(Unavailable):
        channel.heeds(notice)

    assert str(told.value) == (
        "no program may do it; on the index, *Your projects → market-acme-todo-tree → Manage → 1.4.0* "
        f"({url}/manage/project/market-acme-todo-tree/release/1.4.0/): *Options → Yank*, with the "
        "reason `` Wrong, see `notes`. ``"
    )


def test_what_a_person_has_to_do_stays_in_the_inbox_until_it_was_done():
    there = Delivery(state="published", when=NOW, reference="market-acme-todo-tree==1.4.0")
    before = replace(released(asked=("pypi",), pypi=there), against=WHY)
    with simple_index(yanked=False) as url:
        [change] = plan(before).changes
        made = tell(change, Pypi(None, f"{url}/simple/", None), now=NOW, pause=lambda _: None)
    waiting = replace(before, deliveries=before.deliveries.with_one("pypi", made))
    with simple_index(yanked=True) as url:
        [again] = plan(waiting).changes
        done = tell(again, Pypi(None, f"{url}/simple/", None), now=NOW, pause=lambda _: None)

    [line] = worries([waiting])
    assert line.startswith("`acme.todo-tree` 1.4.0 on pypi: no program may do it; on the index,")
    assert (done.against, done.reason) == (WHY, "")
    assert (
        list(worries([replace(before, deliveries=before.deliveries.with_one("pypi", done))])) == []
    )


@contextmanager
def simple_index(*, yanked):
    """An index of one wheel, as PEP 503 and PEP 592 have it. pypiserver cannot yank."""
    wheel = pypi_carrier(parcel_of(), ALL.pypi)
    mark = ' data-yanked="why"' if yanked else ""
    page = f'<!DOCTYPE html><html><body><a href="/files/{wheel.file}#sha256={wheel.sha256}"{mark}>{wheel.file}</a></body></html>'

    class Index(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            found = {
                f"/simple/{wheel.name}/": ("text/html", page.encode()),
                f"/files/{wheel.file}": ("application/octet-stream", wheel.content),
            }.get(self.path)
            kind, content = found or ("text/plain", b"no")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
