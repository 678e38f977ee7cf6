"""The job `downloads` on a real branch: GitHub's counters, real logs, and what the page says of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from analytics.conftest import ID, REGISTRY, YESTERDAY
from hypothesis import given
from hypothesis import strategies as st

from devforge.adapters.releases import MOST_COUNTED, Releases
from devforge.analytics.kept import Kept
from devforge.analytics.plan import Counter, plan_downloads
from devforge.analytics.shown import shown_downloads
from devforge.errors import Refused
from devforge.model.downloads import Counters, Day, Reading

NAME = f"{ID}-1.4.0.zip"
KNOWN = {(ID, "1.4.0")}


def total(kept: Kept) -> int:
    shown = shown_downloads(kept)
    return shown.of(ID).total if shown else 0


def after(kept: Kept, counters, now: str) -> Kept:
    """What is kept once the plan's files are written."""
    plan = plan_downloads(kept=kept, counters=counters, logs={}, known=KNOWN, now=now)
    highest, days, read = dict(kept.highest), dict(kept.days), kept.read
    for change in plan.changes:
        folder, _, name = change.path.removesuffix(".json").rpartition("/")
        if folder == "days":
            days[date.fromisoformat(name)] = Day.model_validate_json(change.content)
        elif folder == "assets":
            highest |= Counters.model_validate_json(change.content).highest
        else:
            read = Reading.model_validate_json(change.content).releases
    return Kept(read, highest, days)


def test_what_github_counted_is_kept_once_however_often_the_job_runs(counting):
    before = counting.asset().download_count
    counting.fetch(3)
    for _ in range(3):
        code, printed = counting.count()
        assert code == 0, printed
    assert total(counting.kept()) == before + 3

    counting.fetch(2)
    counting.count()
    assert total(counting.kept()) == before + 5


def test_releases_are_asked_for_by_name_fifty_at_a_time_and_one_that_is_not_there_is_none(counting):
    counting.fetch(2)
    asset = counting.asset()
    client = Releases(REGISTRY, counting.operator.token, api_url=counting.github.api_url)
    tags = [*(f"acme.gone-v{number}.0.0" for number in range(60)), f"{ID}-v1.4.0"]
    counted = {name: count for _, name, count in client.counts(tags)}
    requests = client.requests
    with pytest.raises(Refused, match="more than can be asked for"):
        list(client.counts([""] * (MOST_COUNTED + 1)))
    client.close()

    assert (counted[asset.name], len(counted), requests) == (asset.download_count, 3, 2)


def test_a_dry_run_keeps_nothing(counting):
    counting.fetch()
    code, printed = counting.count("--checkout", str(counting.checkout))

    assert code == 2
    assert "keep  reading.json" in printed
    assert counting.branch().tip is None


def test_a_run_that_ends_before_or_after_its_push_counts_nothing_twice(counting):
    counting.fetch(4)
    before = counting.asset().download_count
    counting.before_push("exit 1")
    assert counting.count()[0] == 1
    assert counting.branch().tip is None

    counting.before_push("exit 0")
    fault = counting.github.faults.add("502", path="/issues", times=None)
    assert counting.count()[0] == 1
    assert fault.struck
    assert total(counting.kept()) == before

    counting.github.faults.clear()
    assert counting.count()[0] == 0
    assert total(counting.kept()) == before


def test_of_two_runs_at_once_the_slower_keeps_nothing(counting):
    counting.fetch(2)
    slow = counting.branch()
    read = counting.asset().download_count
    assert counting.count()[0] == 0

    assert slow.commit_on_top({"reading.json": b"{}"}, "Too late") is False
    assert total(counting.kept()) == read


def test_a_job_that_was_overtaken_says_so_and_the_next_run_counts_it(counting):
    counting.fetch(2)
    read = counting.asset().download_count
    counting.before_push("git push -q --no-verify -f origin HEAD:refs/heads/downloads")
    code, printed = counting.count()
    assert code == 1
    assert "moved meanwhile" in printed

    counting.before_push("exit 0")
    assert counting.count()[0] == 0
    assert total(counting.kept()) == read


def test_a_counter_that_fell_adds_nothing_until_it_is_higher_than_ever():
    kept = after(Kept(), [Counter("1", NAME, 9)], "2026-11-01T02:00:00Z")
    kept = after(kept, [Counter("1", NAME, 4)], "2026-11-02T02:00:00Z")
    assert total(kept) == 9
    kept = after(kept, [Counter("1", NAME, 11)], "2026-11-03T02:00:00Z")
    assert total(kept) == 11


def test_an_asset_that_was_replaced_begins_at_zero_and_the_old_ones_count_stays():
    kept = after(Kept(), [Counter("1", NAME, 9)], "2026-11-01T02:00:00Z")
    kept = after(kept, [Counter("2", NAME, 3)], "2026-11-02T02:00:00Z")

    assert total(kept) == 12


def test_three_days_without_a_run_are_one_span_and_shown_as_a_gap():
    kept = after(Kept(), [Counter("1", NAME, 9)], "2026-11-01T02:00:00Z")
    kept = after(kept, [Counter("1", NAME, 15)], "2026-11-04T02:00:00Z")

    assert sorted(map(str, kept.days)) == ["2026-11-01", "2026-11-04"]
    [span] = kept.days[date(2026, 11, 4)].spans
    assert (span.since, span.counted) == ("2026-11-01T02:00:00Z", {ID: {"1.4.0": 6}})
    shown = shown_downloads(kept)
    assert shown is not None
    assert shown.of(ID).gaps == (("2026-11-01", "2026-11-04"),)
    assert (shown.of(ID).total, shown.of(ID).lately) == (15, 6)


@pytest.mark.parametrize(
    "name", ["acme.todo-tree-9.9.9.zip", "acme.todo-tree-1.4.0.cdx.json", "other.thing-1.4.0.zip"]
)
def test_what_is_no_package_of_a_version_that_is_out_counts_for_nothing(name):
    assert total(after(Kept(), [Counter("1", name, 9)], "2026-11-01T02:00:00Z")) == 0


@given(readings=st.lists(st.dictionaries(st.integers(1, 600), st.integers(0, 99)), min_size=1))
def test_whatever_is_read_the_total_is_the_highest_count_of_each_asset(readings):
    kept, highest = Kept(), dict[int, int]()
    for at, reading in enumerate(readings):
        counters = [Counter(f"RA_{asset}", NAME, count) for asset, count in reading.items()]
        kept = after(kept, counters, f"2026-11-01T02:00:{at % 60:02}Z")
        kept = after(kept, counters, f"2026-11-01T02:00:{at % 60:02}Z")
        for asset, count in reading.items():
            highest[asset] = max(highest.get(asset, 0), count)

    assert total(kept) == sum(highest.values())


def test_a_log_that_is_read_again_grows_or_is_deleted_counts_each_line_once(counting):
    counting.name_log()
    counting.log("access.log", times=3)
    counting.log("access.log", agent="curl/8.5.0")
    counting.log("access.log", version="9.9.9", times=50)
    for _ in range(2):
        code, printed = counting.count()
        assert code == 0, printed
    day = YESTERDAY.date()
    assert counting.kept().days[day].logs["eu"].people == {ID: {"1.4.0": 3}}
    assert counting.kept().days[day].logs["eu"].bots == {ID: {"1.4.0": 1}}

    counting.log("access.log", times=2)
    counting.count()
    assert counting.kept().days[day].logs["eu"].people == {ID: {"1.4.0": 5}}

    (counting.logs / "access.log").unlink()
    counting.log("access.log", times=1)
    _, printed = counting.count()
    assert "1 lines are left of 56" in printed
    assert counting.kept().days[day].logs["eu"].people == {ID: {"1.4.0": 5}}


def test_days_without_a_log_are_a_gap_and_not_a_zero(counting):
    counting.name_log()
    counting.log("access.log", days=4)
    counting.log("access.log")
    counting.count()

    shown = shown_downloads(counting.kept())
    assert shown is not None
    missing = [str(YESTERDAY.date() - timedelta(days=back)) for back in (3, 1)]
    assert shown.of(ID).gaps == (tuple(missing),)


def test_the_operator_is_told_of_caches_below_the_goal_until_they_are_not(counting):
    counting.name_log()
    counting.log("access.log", cache="MISS")
    code, printed = counting.count()
    assert code == 0, printed
    assert "caches served 0 % as such (goal 90 %): too little" in printed
    assert "too little" in counting.inbox()

    counting.log("access.log", times=99)
    counting.count()
    assert counting.inbox() == ""


def test_a_log_that_cannot_be_read_is_told_and_the_releases_still_count(counting):
    counting.name_log()
    counting.logs.rmdir()
    counting.fetch()
    code, printed = counting.count()

    assert code == 1
    assert "the log eu could not be read" in printed
    assert "the log eu could not be read" in counting.inbox()
    assert total(counting.kept()) == counting.asset().download_count


def test_the_page_shows_what_was_counted_and_nothing_before(counting):
    page = counting.site() / "extensions" / ID.replace(".", "/") / "index.html"
    assert "<dt>Downloads</dt>" not in page.read_text()
    counting.name_log()
    counting.log("access.log", days=4, times=2)
    counting.log("access.log", times=3)
    counting.count()
    site = counting.site()

    text = (site / "extensions" / ID.replace(".", "/") / "index.html").read_text()
    count = total(counting.kept())
    assert f"<dd>{count} times; 5 in the 30 days up to" in text
    assert "no counts from" in text


def test_a_branch_that_is_not_ours_keeps_no_site_from_being_published(counting):
    counting.branch().commit({"reading.json": b"[]"}, "Scribble")

    assert counting.site().is_dir()
    code, printed = counting.count()
    assert code == 1
    assert "reading.json is not ours" in printed
