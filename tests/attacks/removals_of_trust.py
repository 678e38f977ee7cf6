"""The defences of what a client believes, rows B1 to B6, B14, B15, B18 and B19, and how to take each away."""

from __future__ import annotations

from attacks.removals import Edit, Removal

_MIRRORS = "tests/client/test_mirrors.py::"
_ANSWERS = "tests/client/test_hostile_answers.py::"
_MEMORY = "tests/client/test_memory.py::"
_SIGNATURES = "tests/client/test_signatures.py::"
_CHANGE = "tests/review/test_change.py::"
_CLOCKS = "tests/client/test_clocks.py::"


def _removal(row: str, defence: str, path: str, old: str, new: str, *tests: str) -> Removal:
    return Removal(row, defence, (Edit(path, old, new),), tests)


REMOVALS_OF_TRUST = (
    _removal(
        "B1", "a floor beside the metadata keeps versions from falling",
        "devforge/updates/session.py", "timestamp.version < state.timestamp_version:", "timestamp.version < 0:",
        f"{_MIRRORS}test_yesterdays_index_is_not_taken_even_where_the_memory_of_todays_was_lost",
    ),
    _removal(
        "B2", "an update check asks whether the timestamp has expired",
        "devforge/updates/client.py", "if self.timestamp.is_expired(self._trusted_set.reference_time):", "if not self.timestamp:",
        f"{_MIRRORS}test_a_frozen_timestamp_is_no_answer_to_an_update_check",
    ),
    _removal(
        "B2", "nothing new is installed by what has expired",
        "devforge/updates/index.py", "if self._sessions.mirror is None and self.freshness.is_expired:", "if self._store is None:",
        f"{_MIRRORS}test_a_registry_that_is_frozen_is_believed_until_it_expires_and_no_longer",
    ),
    _removal(
        "B3", "a mirror that fails amid an answer is left for one that is whole",
        "devforge/updates/sessions.py",
        "                    self._note(session.mirror, error, session, reasons)\n                    continue\n",
        "                    self._note(session.mirror, error, session, reasons)\n                    break\n",
        f"{_MIRRORS}test_a_mirror_that_serves_a_mixture_is_left_for_one_that_is_whole",
    ),
    _removal(
        "B3", "a mirror that was not renewed for days is compared with another",
        "devforge/updates/sessions.py", "            if session.is_stale:", "            if session is None:",
        f"{_MIRRORS}test_a_mirror_that_lags_is_left_for_one_that_does_not",
    ),
    _removal(
        "B4", "a clock ends the wait for whoever is slow",
        "devforge/adapters/web_cutting.py", "        self._handles.cut()\n", "",
        f"{_ANSWERS}test_whoever_is_slow_is_left_after_the_time_we_have",
    ),
    _removal(
        "B4", "redirects are counted",
        "devforge/adapters/web.py", "for _ in range(self.patience.redirects + 1):", "while True:",
        f"{_ANSWERS}test_redirects_without_end_are_refused",
    ),
    _removal(
        "B4", "no redirect leads from https to plain http",
        "devforge/adapters/web_addresses.py", 'if urlsplit(url).scheme == "https" and', 'if urlsplit(url).scheme == "" and',
        f"{_ANSWERS}test_from_https_nothing_leads_back_to_plain_http_even_on_this_machine",
    ),
    _removal(
        "B4", "what is packed is unpacked in pieces",
        "devforge/adapters/web_answer.py", "machine.decompress(waiting, _CHUNK)", "machine.decompress(waiting)",
        f"{_ANSWERS}test_no_piece_of_what_is_unpacked_is_larger_than_a_piece_of_the_plain",
    ),
    _removal(
        "B4", "many slow answers are one slow server",
        "devforge/updates/fetcher.py", "if (left := allowed - self._waited_seconds) <= 0:", "if (left := allowed) <= 0:",
        f"{_ANSWERS}test_many_slow_answers_are_one_slow_server",
    ),
    Removal(
        "B4", "what is told of an answer is printable",
        (
            Edit("devforge/adapters/web.py", "if isinstance(cause, BadStatusLine | ValueError) and not", "if cause is None and not"),
            Edit("devforge/adapters/web.py", "{shorten(text, 200)}", "{text[:200]}"),
        ),
        (f"{_ANSWERS}test_nothing_a_server_says_rings_bells_or_colours_a_terminal",),
    ),
    _removal(
        "B5", "a timestamp is small or not read",
        "devforge/updates/client.py", "timestamp_max_length=16 * 1024,", "timestamp_max_length=16 * 1024 * 1024,",
        "tests/client/test_signatures.py::test_thousands_of_signatures_are_not_even_read",
    ),
    _removal(
        "B5", "what is no text is no signature",
        "devforge/updates/signatures.py", "if isinstance(signature.signature, str):", "if signature:",
        f"{_SIGNATURES}test_a_signature_that_was_right_says_nothing_of_other_bytes_or_of_what_is_no_signature",
    ),
    _removal(
        "B6", "under another root the versions that a thief drove up are forgotten",
        "devforge/updates/session.py", "is_same_root = self.client.root_version == state.root_version", "is_same_root = True",
        f"{_SIGNATURES}test_after_a_stolen_online_key_is_taken_away_what_it_signed_is_nothing",
    ),
    _removal(
        "B14", "a new name is compared with those of others",
        "checks/decision/naming.py", "        yield from _like_an_extension(identity, change, policy)\n", "",
        f"{_CHANGE}test_names_that_mislead_wait_for_a_person",
        f"{_CHANGE}test_a_misspelt_well_known_name_is_asked_about_and_the_name_itself_is_not",
    ),
    _removal(
        "B14", "a reserved name is nobody's",
        "checks/decision/naming.py",
        "        yield from _reserved(identity.name, policy.review.reserved_names, str(identity))\n", "",
        f"{_CHANGE}test_reserved_names_are_refused_whatever_their_hyphens",
    ),
    _removal(
        "B15", "a package is what its signed hash says",
        "devforge/updates/packages.py", "if len(content) != pointer.length or found != pointer.sha256:", "if len(content) != pointer.length:",
        "tests/client/test_packages.py::test_an_asset_that_was_swapped_is_refused_whatever_its_address",
    ),
    _removal(
        "B18", "a clock before what was seen here is said to be wrong",
        "devforge/updates/freshness.py", "if signed is not None and now + _SLACK < signed:", "if signed is not None and now + _LONGEST < signed:",
        f"{_MEMORY}test_a_clock_that_went_back_past_what_was_seen_is_said",
    ),
    _removal(
        "B18", "a clock long before a signed date is said to be wrong",
        "devforge/updates/freshness.py", "if expires is not None and now + _LONGEST < expires:", "if expires is not None and now == expires:",
        f"{_CLOCKS}test_a_timestamp_good_for_decades_freezes_nobody",
    ),
    _removal(
        "B18", "what was refused for its date is no floor for what comes later",
        "devforge/updates/sessions.py", "            tried.remove(session)\n            _leave(session)\n", "",
        f"{_CLOCKS}test_what_a_registry_signed_with_a_clock_ahead_is_refused_and_forgotten",
    ),
    _removal(
        "B18", "a new root takes back what the clocks of both sides got wrong",
        "devforge/updates/session.py", "before = state.signed if self.client.root_version == state.root_version else None", "before = state.signed",
        f"{_CLOCKS}test_where_both_clocks_were_ahead_a_new_root_takes_the_client_back",
    ),
    _removal(
        "B18", "what was signed by a clock ahead is signed anew by the next run",
        "devforge/publish/revision.py", " or left > timedelta(days=days) + _CLOCKS_DIFFER", "",
        f"{_CLOCKS}test_the_registrys_next_run_with_a_right_clock_signs_anew_what_was_signed_ahead",
    ),
    _removal(
        "B19", "a 304 counts for the version that was asked about",
        "devforge/updates/fetcher.py", "if etag and known.etag and etag", "if etag and not known.etag and etag",
        f"{_ANSWERS}test_unchanged_counts_only_for_the_version_that_was_asked_about",
    ),
    _removal(
        "B19", "a name that no server would take back is not kept",
        "devforge/updates/fetcher.py", "0 < len(name) <= _LONGEST_NAME", "0 < len(name)",
        f"{_ANSWERS}test_a_name_that_no_server_would_take_back_is_not_kept",
    ),
    _removal(
        "B19", "a 304 is believed for a day",
        "devforge/updates/session.py", "_BELIEVED_UNCHANGED = timedelta(days=1)", "_BELIEVED_UNCHANGED = timedelta(days=9)",
        f"{_MEMORY}test_whoever_says_unchanged_is_believed_for_a_day",
    ),
)  # fmt: skip
