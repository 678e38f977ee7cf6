"""What people are told of a release, and that the extension's own words can do nothing there."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from published import built_of, manifest_of, note_of

from devforge.errors import Refused
from devforge.model.announcements import Announcement, Telling
from devforge.model.changelog import changes_of
from devforge.model.names import ExtensionId
from devforge.model.outlets import Announcements, Webhook
from devforge.model.versions import Version
from devforge.publish.announcing.plan import Out, failed, plan_announcements
from devforge.publish.announcing.words import News, discussion_text, mark, message

CHANGELOG = """# Changelog

## Unreleased
- not yet

## [1.4.0] - 2026-11-20

Thanks to everybody.

### Added
- Trees can be
  folded (#12).
* `x` marks as done

## 1.3.0
- older
"""
EVIL = "@octocat @everyone <!channel> ![x](http://e/i.png) <img src=x> [y](http://e) ``` <!-- devforge:release a.b 1.0.0 -->"  # fmt: skip
NOW = datetime(2026, 11, 21, tzinfo=UTC)
POLICY = Announcements(
    discussions=True,
    category="announcements",
    days=7,
    webhooks=(Webhook(name="team", kind="discord"),),
)


def news_of(*changes, **manifest):
    note = note_of(built_of(manifest_of(**manifest)))
    page = "https://operator.github.io/registry/extensions/acme/todo-tree/"
    release = "https://github.com/operator/registry/releases/tag/acme.todo-tree-v1.4.0"
    return News(note, changes, page, release)


def test_the_changelog_of_a_version_ends_where_the_next_one_begins():
    assert changes_of(CHANGELOG, "1.4.0") == (
        "Thanks to everybody.",
        "Trees can be folded (#12).",
        "`x` marks as done",
    )


@pytest.mark.parametrize("version", ["1.4", "4.0", "1.4.01", "11.4.0", "9.9.9"])
def test_another_version_s_changes_are_not_taken_for_this_one_s(version):
    assert changes_of(CHANGELOG, version) == ()


@given(st.text(max_size=400), st.sampled_from(["1.4.0", "2.0.0-rc.1"]))
def test_no_changelog_breaks_an_announcement(text, version):
    changes = changes_of(f"## {version}\n{text}", version)

    assert len(changes) <= 21
    assert all("\n" not in line and len(line) <= 300 for line in changes)


def test_a_discussion_says_what_is_new_and_how_to_get_it(golden):
    golden("announcing/discussion.md", discussion_text(news_of(*changes_of(CHANGELOG, "1.4.0"))))
    golden("announcing/discussion-silent.md", discussion_text(news_of()))


def test_hostile_words_do_nothing_in_any_place(golden):
    news = news_of(EVIL, display_name=EVIL[:60], description=EVIL)
    told = {kind: message(news, kind) for kind in ("discord", "slack", "generic")}
    text = json.dumps(told, indent=1, ensure_ascii=False)
    golden("announcing/hostile.md", discussion_text(news))
    golden("announcing/hostile.json", text + "\n")

    assert discussion_text(news).count("<!--") == 1
    assert "<!channel>" not in str(told["slack"])
    assert told["discord"]["allowed_mentions"] == {"parse": []}


@given(st.lists(st.text(st.sampled_from("*_`<&>@😀a "), min_size=1, max_size=300), max_size=8))
def test_a_chat_gets_whole_lines_within_its_limit_and_always_the_page(changes):
    news = news_of(*changes)
    discord, slack = message(news, "discord")["content"], message(news, "slack")["text"]

    assert len(discord.encode("utf-16-le")) <= 2 * 2000
    assert len(slack.encode("utf-16-le")) <= 2 * 4000
    for text in (discord, slack):
        assert text.splitlines()[-1] == news.page
    assert "&" not in re.sub("&(amp|lt|gt);", "", slack)


def out(version="1.4.0", published="2026-11-20T10:00:00Z", **places):
    note = note_of(built_of(manifest_of(version=version)), published)
    return Out(note, Announcement(id=note.id, version=note.version, places=places))


def plan(*versions, known=frozenset({"team"}), now=NOW, policy=POLICY):
    return plan_announcements(versions, policy=policy, known=known, now=now)


def test_each_place_is_told_of_each_fresh_release_and_of_no_old_one(golden):
    told = Telling(state="told", when=NOW)
    later = failed(None, "team: answered 503", now=NOW)
    made = plan(
        out(), out("1.5.0", "2026-11-20T12:00:00Z", discussion=told, team=later),
        out("1.2.0", "2026-10-01T10:00:00Z"), out("1.6.0", "2026-11-20T13:00:00Z", discussion=told, team=told),
    )  # fmt: skip
    golden("announcing/plan.txt", made.render().rpartition(". digest")[0] + "\n")


def test_who_may_have_been_told_is_not_told_twice_and_who_was_not_reached_is():
    unsure = Telling(state="unsure", when=NOW, reason="team: took the message and did not answer")
    missed = failed(None, "team: could not be reached", now=NOW)
    later = NOW + timedelta(minutes=11)

    assert [c.place for c in plan(out(team=unsure), now=later).changes] == ["discussion"]
    assert [c.place for c in plan(out(team=missed), now=later).changes] == ["discussion", "team"]


def test_a_webhook_without_an_address_is_said_and_stops_nobody():
    made = plan(out(), known=frozenset())

    assert [change.place for change in made.changes] == ["discussion"]
    assert made.notes == ("wait     team  the secret WEBHOOKS has no address for it",)


@pytest.mark.parametrize("content", [b"{", b'{"id": "a.b", "version": "1.0.0"}'])
def test_a_file_on_the_state_branch_that_is_not_ours_stops_the_job(content):
    with pytest.raises(Refused, match="look who wrote it"):
        Announcement.read(content, ExtensionId.parse("acme.todo-tree"), Version.parse("1.4.0"))


def test_the_mark_names_one_release():
    assert mark(news_of()) == "<!-- devforge:release acme.todo-tree 1.4.0 -->"
