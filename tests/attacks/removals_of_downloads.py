"""The defences of the counted downloads, row B20 of the attack table, and how to take each away."""

from __future__ import annotations

from attacks.removals import Edit, Removal

_JOB = "tests/analytics/test_downloads_job.py::"


def _removal(defence: str, old: str, new: str, *tests: str) -> Removal:
    return Removal("B20", defence, (Edit("devforge/analytics/plan.py", old, new),), tests)


REMOVALS_OF_DOWNLOADS = (
    _removal(
        "versions that are not out count for nothing",
        "if package is not None and package in known and more > 0", "if package is not None and more > 0",
        f"{_JOB}test_what_is_no_package_of_a_version_that_is_out_counts_for_nothing",
    ),
    _removal(
        "a counter counts only above its highest",
        "counter.count - highest.get(counter.asset, 0)", "counter.count",
        f"{_JOB}test_a_counter_that_fell_adds_nothing_until_it_is_higher_than_ever",
    ),
    _removal(
        "a log with fewer lines than before replaces nothing",
        "is not None and old.lines > found.lines:", "is not None and old.lines < 0:",
        f"{_JOB}test_a_log_that_is_read_again_grows_or_is_deleted_counts_each_line_once",
    ),
)  # fmt: skip
