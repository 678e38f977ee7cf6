"""Every character by which a text was ever hidden is seen, in code and beside it; honest prose is left alone."""

from __future__ import annotations

import pytest
from example_trees import submission_of

from checks.security import text

# Attack A10: variation selectors, tags, what has no width or turns the line, and private use.
RANGES = {
    "variation selectors": (0xFE00, 0xFE0F),
    "more variation selectors": (0xE0100, 0xE01EF),
    "tags": (0xE0000, 0xE007F),
    "without width": (0x200B, 0x200F),
    "turning the line": (0x202A, 0x202E),
    "isolating": (0x2066, 0x2069),
    "private use": (0xE000, 0xF8FF),
    "private use, plane 15": (0xF0000, 0xF00FF),
    "private use, plane 16": (0x100000, 0x1000FF),
}


def said_of(files: dict[str, str]) -> dict[str, set[str]]:
    """How grave the findings in each file are that hides something."""
    submission = submission_of({"files": {path: {"text": files[path]} for path in files}})
    said: dict[str, set[str]] = {path: set() for path in files}
    for finding in text.check(submission):
        if finding.rule == "invisible-text":
            said[finding.at].add(finding.severity)
    return said


@pytest.mark.parametrize("span", RANGES.values(), ids=RANGES)
@pytest.mark.parametrize("name", ["a.js", "a.py", "page.html", "AGENTS.md"])
def test_a_text_spelt_in_any_such_character_is_stopped(name, span):
    numbers = range(span[0], span[1] + 1)
    said = said_of({f"u{n:x}/{name}": f"let word = a{chr(n) * 24}b\n" for n in numbers})

    assert [path for path, grave in said.items() if not grave & {"block", "person"}] == []


@pytest.mark.parametrize("path", ["README.md", "locales/en.json", "data.txt", "LICENSE"])
@pytest.mark.parametrize(
    "name", ["variation selectors", "more variation selectors", "tags", "without width"]
)
def test_so_it_is_beside_the_code(path, name):
    first, last = RANGES[name]
    hidden = "".join(chr(number) for number in range(first, min(last, first + 15) + 1)) * 2

    assert said_of({path: f"Hello{hidden} there\n"})[path] & {"block", "person"}


def test_a_text_spread_behind_other_letters_is_seen_too():
    spread = "".join(f"{letter}{chr(0xFE00 + n)}" for n, letter in enumerate("counts words"))

    assert said_of({"a.js": f"const a = '{spread}';\n"}) == {"a.js": {"block"}}


@pytest.mark.parametrize(
    "honest",
    [
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f \U0001f3f3\ufe0f\u200d\U0001f308 1\ufe0f\u20e3",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "\u845b\U000e0100 \u8fbb\U000e0101 \u795e\ufe00",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \u0938\u0924\u094d\u200d",
        "\u0e20\u0e32\u0e29\u0e32\u200b\u0e44\u0e17\u0e22\u200b\u0e2a\u0e27\u0e22",
        "\ue0a0 \uf15b \U000f0219",
        "## \ufe0f Usage",
    ],
    ids=["emoji", "a flag", "Japanese", "joined scripts", "Thai", "icons", "a lost selector"],
)
@pytest.mark.parametrize("path", ["a.js", "README.md", "locales/x.json"])
def test_what_people_write_is_left_alone(path, honest):
    assert said_of({path: f"{honest}\n"})[path] <= {"info"}
