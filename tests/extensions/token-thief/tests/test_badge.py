from branch_badge.badge import badge


def test_the_badge_shows_branch_and_state():
    assert badge("main", "passed") == "main ✓"
    assert badge("main", "unknown") == "main …"
