"""The defences against each row of the threat model's attack table, and how to take each away.

A removal edits the sources of a copy of this repository the way a careless change would. The tests
it names must then fail: so they are known to hold the defence, and not only to pass beside it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """`old`, which must stand in `path` exactly once, becomes `new`."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Removal:
    """One defence of one row: the edits that remove it and the tests that must notice."""

    row: str
    defence: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"{self.row} {self.defence}"


def _removal(row: str, defence: str, path: str, old: str, new: str, *tests: str) -> Removal:
    return Removal(row, defence, (Edit(path, old, new),), tests)


_GIT = "devforge/adapters/git.py"
_ARCHIVE = "devforge/adapters/archive.py"
_REVIEW = ".github/workflows/review.yml"
_PUBLISH = ".github/workflows/publish.yml"
_LINTS = "tests/attacks/test_workflow_lints.py::"
_CHANGE = "tests/review/test_change.py::"
_CONTROL = "tests/review/test_control.py::"
_COMMANDS = "tests/review/test_commands.py::"
_PEOPLE = "tests/review/test_people.py::"
_WAIVING = "tests/review/test_waiving.py::"
_SUBMIT = "tests/submissions/test_submit_job.py::"

REMOVALS = (
    _removal(
        "A1", "paths outside the submission's own directory are refused",
        "checks/decision/scope.py", "misplaced = change.subject.misplaced", "misplaced = ()",
        f"{_CHANGE}test_what_goes_beyond_its_own_directory_never_passes",
    ),
    _removal(
        "A1", "modes are compared, not only contents",
        "checks/decision/scope.py", "elif touched.new_mode != _PLAIN:", "elif touched.new_mode == '':",
        f"{_CHANGE}test_what_goes_beyond_its_own_directory_never_passes",
    ),
    _removal(
        "A2", "no command passes through a shell",
        "devforge/adapters/git_program.py", '["git", *arguments],', '["sh", "-c", " ".join(["git", *arguments])],',
        "tests/review/test_git.py::test_no_field_that_reaches_a_command_is_more_than_data",
    ),
    _removal(
        "A3", "the job that runs a stranger's code has no permission",
        _REVIEW, "permissions: {} # a stranger's code runs here",
        "permissions:\n      contents: write # convenient",
        f"{_LINTS}test_a_strangers_code_runs_where_there_is_nothing_to_lose",
    ),
    _removal(
        "A3", "jobs install what a lock with hashes names",
        ".github/actions/prepare/action.yml", "--require-hashes --requirement", "--requirement",
        f"{_LINTS}test_every_installation_is_of_a_lock_with_hashes",
    ),
    _removal(
        "A4", "no condition compares a boolean input with a string",
        _PUBLISH, "workflow_dispatch:\n",
        "workflow_dispatch:\n    inputs:\n      skip:\n        description: Release nothing.\n"
        "        type: boolean\n",
        f"{_LINTS}test_every_input_is_of_a_type_that_conditions_compare_rightly",
    ),
    _removal(
        "A5", "a check without a verdict blocks",
        "devforge/review/decide.py", "    if silent:\n", "    if silent and not reports:\n",
        "tests/review/test_plan.py::test_nothing_is_merged_that_did_not_wholly_pass",
    ),
    _removal(
        "A6", "no workflow restores a cache",
        _PUBLISH, "      - name: Pack what has no release yet, twice, and compare",
        "      - uses: actions/cache@0057852bfaa89a56745cba8c7296529d2fc39830 # v4.3.0\n"
        "        with: {path: ~/.cache, key: all}\n"
        "      - name: Pack what has no release yet, twice, and compare",
        f"{_LINTS}test_no_workflow_restores_what_another_run_left",
    ),
    _removal(
        "A6", "no word of an event stands in a command",
        _REVIEW, 'run: python scripts/review.py static --out "$RUNNER_TEMP/static"',
        'run: python scripts/review.py static --out "$RUNNER_TEMP/${{ github.event.pull_request.head.ref }}"',
        f"{_LINTS}test_no_expression_stands_in_a_command",
    ),
    _removal(
        "A7", "the default token is read-only",
        "devforge/settings/wanted.py", '"default_workflow_permissions": "read"',
        '"default_workflow_permissions": "write"',
        "tests/settings/test_setup.py::test_drift_is_reported_and_mended",
    ),
    _removal(
        "A7", "every workflow begins without permissions",
        _PUBLISH, "\npermissions: {}\n", "\npermissions: write-all\n",
        f"{_LINTS}test_every_workflow_begins_without_permissions",
    ),
    _removal(
        "A8", "actions are named by full commit ids",
        _PUBLISH,
        "actions/deploy-pages@d6db90164ac5ed86f2b6aed7e0febac5b3c0c03e # v4.0.5",
        "actions/deploy-pages@v4",
        f"{_LINTS}test_every_action_is_named_by_a_full_commit_id",
    ),
    _removal(
        "A9", "a branch or tag must lead to the commit",
        _GIT, "        if commit in heads.values():\n            return True",
        "        if commit:\n            return True",
        "tests/review/test_git.py::test_a_commit_that_only_a_fork_or_nobody_holds_is_not_reachable",
        "tests/review/test_job.py::test_a_commit_that_only_a_fork_holds_is_refused",
    ),
    _removal(
        "A10", "characters that show nothing are looked for in every text that ships",
        "checks/security/invisible.py", "    yield from _selectors(text, strict=strict)\n", "",
        "tests/checks/test_unseen_characters.py::test_a_text_spelt_in_any_such_character_is_stopped",
    ),
    _removal(
        "A12", "a repository is known by its number",
        "checks/decision/records.py", "elif found.id != wanted.id:", "elif found.id == 0:",
        "tests/review/test_job.py::test_a_repository_that_was_deleted_and_taken_by_another_is_refused",
    ),
    _removal(
        "A13", "names that could land elsewhere are refused",
        _ARCHIVE, '        if part in ("", ".", ".."):', '        if part in ("", "."):',
        "tests/updates/test_archive.py::test_a_name_that_could_land_elsewhere_is_refused",
    ),
    _removal(
        "A13", "links and devices are refused",
        _ARCHIVE, "if kind not in (0, stat.S_IFREG, stat.S_IFDIR):", "if kind == stat.S_IFSOCK:",
        "tests/updates/test_archive.py::test_links_and_devices_are_refused",
    ),
    _removal(
        "A13", "a bomb is refused before it is unpacked",
        _ARCHIVE,
        "if total > limits.total_bytes or total > limits.ratio * max(packed, 4096):",
        "if total < 0:",
        "tests/updates/test_archive.py::test_a_bomb_is_refused_before_it_is_unpacked",
    ),
    _removal(
        "A13", "two readers see the same archive",
        _ARCHIVE, "            _refuse_disagreeing_headers(infos, content, name)\n", "",
        "tests/updates/test_archive.py::test_an_entry_that_is_packed_in_two_ways_is_refused",
    ),
    _removal(
        "A13", "nothing hides before an entry",
        _ARCHIVE, "        if info.header_offset > most:", "        if info.header_offset < 0:",
        "tests/updates/test_archive.py::test_nothing_hides_in_an_archive_from_who_reads_it_from_the_other_end",
    ),
    _removal(
        "A13", "an archive ends where it says",
        _ARCHIVE, "    _refuse_bad_end(content, name, limits)\n", "",
        "tests/updates/test_archive.py::test_a_directory_of_twenty_thousand_entries_is_refused_before_it_is_read",
    ),
    _removal(
        "A14", "names that collide on some disk are refused",
        "devforge/model/filenames.py",
        'return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())',
        "return path",
        "tests/updates/test_archive.py::test_a_name_that_could_land_elsewhere_is_refused",
    ),
    _removal(
        "A14", "directories that are one on some disk are refused",
        "devforge/model/filenames.py", "for name in (*above, path):", "for name in (path,):",
        "tests/updates/test_archive.py::test_a_name_that_could_land_elsewhere_is_refused",
    ),
    _removal(
        "A14", "what means a device on Windows is refused",
        _ARCHIVE, "if is_device(part) or part", "if part",
        "tests/updates/test_archive.py::test_a_name_that_could_land_elsewhere_is_refused",
    ),
    _removal(
        "A15", "only owners touch an extension's directory",
        "checks/decision/ownership.py",
        "return author is not None and author.id in developer.member_ids",
        "return author is not None",
        f"{_CHANGE}test_a_stranger_changes_nothing_of_another",
    ),
    _removal(
        "A15", "what is published never changes under its number",
        "checks/decision/records.py", "return record.commit, record.subdirectory",
        'return "", record.subdirectory',
        f"{_CHANGE}test_a_version_resubmitted_with_another_commit_is_refused",
    ),
    _removal(
        "A15", "a form changes nothing of another's either",
        "devforge/submissions/plan.py", "if listed.developer and account.id not in", "if listed.developer is None and account.id not in",
        f"{_SUBMIT}test_a_text_that_says_it_comes_from_another_changes_nothing",
    ),
    _removal(
        "A16", "a repository of others is shown to a person",
        "checks/decision/ownership.py", "if fact.owner in developer.member_ids or is_claimed(",
        "if fact.owner or is_claimed(",
        f"{_CONTROL}test_somebody_elses_repository_is_not_submitted_unseen",
    ),
    _removal(
        "A16", "a claim speaks for the account it names and no other",
        "checks/decision/ownership.py",
        "claim.developer == name and claim.account in developer.member_ids for claim in claims",
        "claim.developer == name for claim in claims",
        f"{_CONTROL}test_a_claim_that_does_not_say_exactly_this_says_nothing",
    ),
    _removal(
        "A16", "no redirect is followed to what a name stood for before",
        "devforge/adapters/git_program.py", '"http.followRedirects": "false"', '"http.followRedirects": "true"',
        f"{_CONTROL}test_only_what_stands_at_the_address_today_speaks_and_no_redirect_is_followed",
    ),
    _removal(
        "A17", "what is handed over is bound to one head and one source",
        "devforge/review/judge.py",
        "if found.head != head or found.tree_sha256 != tree:", "if found.head == tree:",
        "tests/review/test_job.py::test_what_other_jobs_hand_over_is_believed_for_one_source_or_not_at_all",
    ),
    _removal(
        "A17", "what is handed over is never larger than it may be",
        "devforge/review/handover.py",
        "if header.bytes < 0 or left < 0 or len(files) >= limits.files:", "if header.bytes < 0:",
        "tests/review/test_handover.py::test_a_source_past_the_limits_is_refused_before_it_is_in_memory",
    ),
    _removal(
        "A18", "the author is who opened it, by numeric id",
        "checks/decision/ownership.py",
        "return author is not None and author.id in developer.member_ids",
        "return author is not None and author.login in {member.login for member in developer.members}",
        "tests/review/test_job.py::test_a_login_that_was_given_up_and_taken_gains_nothing",
    ),
    _removal(
        "A18", "a push to a form's branch is not its submitter's",
        "devforge/submissions/desk.py", "and pull.head == before.head == before.reviewed", "",
        f"{_SUBMIT}test_a_push_by_somebody_else_to_its_branch_is_replaced",
    ),
    _removal(
        "A19", "exactly the reviewed head is merged",
        "devforge/adapters/github.py", '            "sha": head,\n', "",
        "tests/review/test_job.py::test_a_push_between_deciding_and_merging_is_never_merged",
    ),
    _removal(
        "A11", "one account's submissions of a day are counted",
        "checks/decision/pace.py", "others >= limit", "False",
        f"{_PEOPLE}test_what_was_merged_today_counts_and_what_was_merged_yesterday_does_not",
    ),
    _removal(
        "A18", "a command is its giver's by numeric id",
        "devforge/review/listening.py", "any(member.id == id for", "any(member.id for",
        f"{_COMMANDS}test_a_strangers_command_is_answered_and_changes_nothing",
    ),
    _removal(
        "A18", "nobody approves their own",
        "devforge/review/listening.py", 'if "author" in roles and name in', "if name in () and name in",
        f"{_COMMANDS}test_a_maintainers_command_that_is_not_obeyed_says_why",
    ),
    _removal(
        "A19", "a command is of the head whose review was there to read",
        "devforge/review/listening.py",
        "return bench.posted is not None and comment.created_at > bench.posted", "return True",
        f"{_PEOPLE}test_a_push_after_the_approval_voids_it",
        f"{_COMMANDS}test_a_maintainers_command_that_is_not_obeyed_says_why",
    ),
    _removal(
        "A19", "an edited comment is no command",
        "devforge/review/listening.py",
        "if comment.updated_at != comment.created_at and name != \"hold\":", "if False:",
        f"{_PEOPLE}test_an_edited_comment_is_no_command",
    ),
    _removal(
        "A19", "an approval is of one commit",
        "devforge/review/standing.py", "order.head == head:", "order.head:",
        f"{_WAIVING}test_the_later_word_counts_and_an_approval_is_of_one_commit",
    ),
    _removal(
        "A15", "what was accepted is accepted for that code alone",
        "devforge/review/waiving.py", "if accepted.code_sha256 == name", "if name",
        f"{_WAIVING}test_what_was_accepted_stays_so_for_its_rule_place_and_code",
    ),
    _removal(
        "A20", "a job that was overtaken begins again on top of the other's work",
        "devforge/adapters/state.py", "if made is None or self._push(made):",
        "if self._push(made or self._tip or '') or True:",
        "tests/publish/test_state_branch.py::test_a_job_that_pushed_first_loses_nothing_to_the_second",
    ),
    _removal(
        "A20", "an index that lost what is published is refused",
        "devforge/publish/guard.py",
        "    if (released - listed) * 100 > (100 - keep_percent) * released:", "    if listed < 0:",
        "tests/publish/test_publish_job.py::test_lost_records_are_noticed_before_the_site_forgets_them",
    ),
    _removal(
        "A21", "secrets are looked for in what ships",
        "checks/security/__init__.py", "    yield from secrets.check(submission)\n", "",
        "tests/checks/test_rule_examples.py::test_what_is_bad_breaks_the_rule_it_shows",
    ),
    _removal(
        "A21", "checkouts keep no token",
        _REVIEW,
        "          persist-credentials: false\n      - uses: ./.github/actions/prepare\n"
        "      - name: Read what is to be reviewed",
        "      - uses: ./.github/actions/prepare\n      - name: Read what is to be reviewed",
        f"{_LINTS}test_no_checkout_keeps_its_token",
    ),
)  # fmt: skip
