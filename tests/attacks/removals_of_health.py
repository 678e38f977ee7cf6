"""The defences of the beacon, rows H1 to H9 of the attack table, and how to take each away."""

from __future__ import annotations

from attacks.removals import Edit, Removal

_COUNTING = "tests/health/test_counting_reports.py::"
_PLAN = "tests/health/test_health_plan.py::"
_JOB = "tests/health/test_health_job.py::"
_REPORTS = "tests/updates/test_health_reports.py::"


def _removal(row: str, defence: str, path: str, old: str, new: str, *tests: str) -> Removal:
    return Removal(row, defence, (Edit(f"devforge/{path}", old, new),), tests)


REMOVALS_OF_HEALTH = (
    _removal(
        "H1", "networks are counted, not addresses",
        "health/tally.py", "    return 4, int(found) >> 8", "    return 4, int(found)",
        f"{_COUNTING}test_a_whole_block_of_one_owner_is_one_voice",
        f"{_COUNTING}test_an_address_written_in_two_ways_is_one",
    ),
    _removal(
        "H1", "a block of IPv6 is one voice",
        "health/tally.py", "int(found) >> 80", "int(found)",
        f"{_COUNTING}test_a_whole_block_of_one_owner_is_one_voice",
        f"{_COUNTING}test_an_address_written_in_two_ways_is_one",
    ),
    _removal(
        "H1", "few failures halt nothing",
        "health/verdict.py", "    if now.failed < least:", "    if now.heard < least:",
        f"{_PLAN}test_few_failures_or_a_small_share_halt_nothing",
    ),
    _removal(
        "H2", "more halts than a day has are none",
        "health/plan.py", "    return wanted if len(wanted) + halted <= rules.halts_a_day else []", "    return wanted[: rules.halts_a_day]",
        f"{_PLAN}test_more_halts_than_a_day_has_are_none_and_all_are_told",
        f"{_PLAN}test_halts_of_the_last_day_count_also_where_a_person_went_on",
    ),
    _removal(
        "H3", "more success than there can be is not believed",
        "health/verdict.py", "or now.ok <= most:", "or now.ok > 0:",
        f"{_PLAN}test_more_success_than_a_version_can_have_had_is_not_believed",
    ),
    _removal(
        "H3", "many failures are told",
        "health/verdict.py", "    if now.failed >= _MANY * least:", "    if now.failed >= _MANY * now.heard:",
        f"{_PLAN}test_many_failures_are_told_whatever_share_of_the_rest_says_ok",
    ),
    _removal(
        "H3", "what is spared by comparison is told",
        "health/verdict.py", 'return Verdict("odd", f"{_failed(now)}; but', 'return Verdict("fine", f"{_failed(now)}; but',
        f"{_PLAN}test_a_version_no_worse_than_the_one_before_is_left_and_told",
    ),
    _removal(
        "H4", "a path counts only to the letter",
        "health/tally.py", "_WORD.fullmatch(line.path[len(self.path) :])", "_WORD.search(line.path)",
        f"{_COUNTING}test_a_path_that_is_not_to_the_letter_what_we_ask_for_counts_for_nothing",
    ),
    _removal(
        "H4", "nobody reports before a version is out, nor from the future",
        "health/tally.py", "network is None or line.when > self.now:", "network is None:",
        f"{_COUNTING}test_nobody_reports_before_a_version_is_out_nor_from_the_future",
    ),
    _removal(
        "H4", "what is said before a version is out counts for nothing",
        "health/tally.py", "word: sum(when >= since for when", "word: sum(bool(when) for when",
        f"{_COUNTING}test_nobody_reports_before_a_version_is_out_nor_from_the_future",
        f"{_COUNTING}test_what_was_said_before_a_person_went_on_does_not_count_again",
    ),
    _removal(
        "H5", "twice is once",
        "health/tally.py", "said[network] = max(when, said.get(network, when))", "said[len(said), network[1]] = when",
        f"{_COUNTING}test_lines_that_come_twice_count_once",
    ),
    _removal(
        "H5", "what a person settled stays settled",
        "health/plan.py", '"since": now, "total": Tally()}', '"since": note.since}',
        f"{_JOB}test_after_a_person_went_on_the_same_evidence_halts_nothing_and_new_does",
    ),
    _removal(
        "H6", "a fix is halted by a person alone",
        "health/plan.py", "[one for one in failing if not one.is_security]", "[*failing]",
        f"{_PLAN}test_a_release_that_mends_a_hole_is_halted_by_a_person_alone",
    ),
    _removal(
        "H7", "a log that breaks off is told",
        "health/reading.py", 'self.troubles.append(f"the log {source}: {stored.name}: {error}")', "del error",
        f"{_JOB}test_a_log_that_cannot_be_read_is_told_and_fails_the_run",
    ),
    _removal(
        "H8", "nothing is reported unless it was asked for",
        "updates/config.py", "health_reports: bool = False", "health_reports: bool = True",
        f"{_REPORTS}test_nobody_is_told_anything_unless_it_is_switched_on",
        f"{_REPORTS}test_config_and_doctor_say_whether_it_is_on",
    ),
    _removal(
        "H8", "a redirect is not followed",
        "updates/beacon.py", "redirects=0", "redirects=5",
        f"{_REPORTS}test_a_redirect_is_not_followed",
    ),
    _removal(
        "H8", "a report is sent once, answered or not",
        "updates/reporting.py", "home.write_reports(as_sent(known, words))", "as_sent(known, words)",
        f"{_REPORTS}test_an_answer_that_was_lost_is_not_asked_for_again",
        f"{_REPORTS}test_each_is_told_once_whatever_is_started_checked_or_installed_again",
        f"{_REPORTS}test_a_beacon_that_is_away_is_no_trouble",
    ),
)  # fmt: skip
