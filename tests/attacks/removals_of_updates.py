"""The defences of what is installed, rows B7 to B17 and B21 of the attack table, and how to take each away."""

from __future__ import annotations

from attacks.removals import Edit, Removal

_KILLED = "tests/updates/test_killed_commands.py::"
_BACK = "tests/updates/test_going_back.py::"
_ROLLOUT = "tests/updates/test_rollout.py::"
_UPDATING = "tests/updates/test_updating.py::"


def _removal(row: str, defence: str, path: str, old: str, new: str, *tests: str) -> Removal:
    return Removal(row, defence, (Edit(f"devforge/updates/{path}", old, new),), tests)


REMOVALS_OF_UPDATES = (
    _removal(
        "B7", "what the registry calls malicious is disabled, pinned or offline",
        "back.py", "        if listed and entry.enabled:", "        if listed and not entry.enabled:",
        f"{_BACK}test_what_is_called_malicious_is_disabled_even_pinned",
        f"{_BACK}test_offline_the_last_known_list_holds",
    ),
    _removal(
        "B8", "a roll-out that is odd, or of an odd time, reaches nobody",
        "rollout.py", "not _is_number(hours, most=720):\n        return 0", "not _is_number(hours, most=720):\n        return 100",
        f"{_ROLLOUT}test_a_malformed_roll_out_reaches_nobody",
        f"{_ROLLOUT}test_a_date_that_is_absent_odd_or_still_to_come_reaches_nobody",
        f"{_ROLLOUT}test_a_clock_that_cannot_be_right_reaches_nobody",
    ),
    _removal(
        "B9", "who is first is drawn anew for each version",
        "rollout.py", 'seed = f"{install}\\0{extension}\\0{version}".encode()', 'seed = f"{install}".encode()',
        f"{_ROLLOUT}test_the_buckets_of_two_versions_have_nothing_to_do_with_one_another",
    ),
    _removal(
        "B9", "a damaged name of its own is none",
        "identity.py", "if content and _NAME.fullmatch(content) else None", "if content else None",
        "tests/updates/test_damage.py::test_a_damaged_name_of_its_own_is_replaced_in_one_step",
    ),
    _removal(
        "B10", "whoever is outside is offered the newest version that admits them",
        "standing.py", "        if found is None:", "        if found is None and version is newest:",
        f"{_UPDATING}test_whoever_is_outside_a_roll_out_gets_the_newest_that_admits_them",
    ),
    _removal(
        "B11", "what was gone back from is not offered again",
        "admission.py", "    if skipped is None or version > skipped.version:", "    if skipped is None or version >= skipped.version:",
        f"{_BACK}test_one_command_goes_back_without_a_download_and_stays_back",
    ),
    _removal(
        "B12", "an interrupted change is finished by the next",
        "home.py", "            if self.state().change >= journal.change:\n                self._finish", "            if self.state().change > journal.change:\n                self._finish",
        "tests/updates/test_stopping.py::test_killed_at_every_step_of_an_update_it_is_the_old_or_the_new",
    ),
    _removal(
        "B12", "only one at a time changes a home",
        "home.py", "            if not take_lock(handle):", "            if take_lock(handle) is None:",
        "tests/updates/test_stopping.py::test_of_two_clients_at_once_one_is_refused_and_says_so",
    ),
    _removal(
        "B12", "what is damaged is copied before it is replaced",
        "doctor.py", "                _keep(home, home.config_file)\n", "                _aside(home, home.config_file)()\n",
        f"{_KILLED}test_killed_at_every_step_of_mending_it_is_as_damaged_as_before_or_mended",
    ),
    _removal(
        "B12", "what was being written is swept by whatever changes the home next",
        "home.py", "                sweep_unfinished(folder)", "                pass",
        f"{_KILLED}test_killed_at_every_step_of_a_change_it_is_as_before_or_done",
    ),
    _removal(
        "B13", "no failure brings a known hole back",
        "back.py", "        against = _unsafe(extension, target, past)", "        against = None",
        f"{_BACK}test_a_security_fix_made_to_look_failing_never_brings_the_hole_back",
        f"{_BACK}test_a_malicious_version_is_no_way_back",
        f"{_BACK}test_with_what_is_known_damaged_nothing_is_gone_back_to",
    ),
    _removal(
        "B13", "an automatic way back leads only to what ran here",
        "history.py", 'e.act == "ran" and e.after != but', "e.after != but",
        f"{_BACK}test_what_never_ran_here_is_no_way_back",
    ),
    _removal(
        "B21", "no withdrawal leads behind a release that mended a hole",
        "standing.py", "    return None if any(version.security for version in left) else good", "    return good",
        f"{_BACK}test_no_withdrawal_leads_behind_a_release_that_mended_a_hole",
    ),
    _removal(
        "B12", "what a killed client worked in is swept",
        "store.py", "            sweep_unfinished(folder)", "            pass",
        "tests/client/test_memory.py::test_what_a_killed_client_worked_in_is_in_the_home_and_swept",
    ),
    _removal(
        "B15", "a file is never called what an address ends in, unless that is plain",
        "provenance.py", "name if _PLAIN.fullmatch(name) else", "name if name else",
        "tests/updates/test_provenance.py::test_a_name_that_leads_elsewhere_is_not_taken_and_nothing_is_left",
    ),
    _removal(
        "B15", "a bill of materials that the index does not vouch for is not read",
        "provenance.py", "        if found != self._package.evidence:", "        if not found:",
        "tests/updates/test_provenance.py::test_what_the_index_does_not_vouch_for_is_not_even_read",
    ),
    Removal(
        "B16", "no IPv6 form of a private address is posted to",
        (Edit("devforge/adapters/webhooks.py", "        return address in _UNICAST and address.is_global", "        return address.is_global"),),
        ("tests/announcing/test_webhooks.py::test_no_address_inside_a_network_is_public",),
    ),
    Removal(
        "B17", "what was taken back goes to no channel",
        (Edit("devforge/publish/channels/plan.py", "        if one.against:\n", "        if not one.note:\n"),),
        ("tests/channels/test_taking_back.py::test_what_was_taken_back_before_it_came_there_never_goes_there",),
    ),
    Removal(
        "B17", "copies of what was called malicious are deleted, also those that no delivery is known of",
        (Edit("devforge/publish/channels/plan.py", "if one.is_malicious and channel in _DELETING:", "if one.is_malicious and channel in _DELETING and one.is_on(channel):"),),
        ("tests/channels/test_condemned.py::test_every_copy_that_may_be_there_is_looked_for_and_no_other_channel_is_touched",),
    ),
    Removal(
        "B17", "a tag that leads to another package is left",
        (Edit("devforge/adapters/channels/oci.py", "if _is_ours(answer.content, copy):", "if copy.name:"),),
        ("tests/channels/test_condemned.py::test_another_package_that_somebody_put_under_the_same_name_is_left",),
    ),
    Removal(
        "B16", "the words of the index are read as lines",
        (Edit("devforge/model/fields.py", "if len(text) <= self.width and not _UNTOLD.search(text):", "if text:"),),
        ("tests/client/test_told_words.py::test_words_of_the_index_stay_on_one_line_that_a_terminal_shows_as_it_is",),
    ),
)  # fmt: skip
