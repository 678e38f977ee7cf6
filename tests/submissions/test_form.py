"""The text of a form is a stranger's: it is what it should be, or is refused field by field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devforge.submissions.claims import Wanted, read_wanted
from devforge.submissions.form import FIELDS, Form, Mistake, read_form

GOOD = """### Repository

https://github.com/acme/todo-tree

### Version or tag

v1.4.0

### Directory

_No response_

### Ownership

- [X] This extension is mine to publish.
"""
pieces = st.lists(
    st.one_of(
        st.sampled_from([f"### {field}" for field in (*FIELDS, "Name", "Reason")]),
        st.sampled_from(
            ["https://github.com/acme/x", "v1", "_No response_", "- [x] yes", "a.b", ""]
        ),
        st.text(max_size=40),
    ),
    max_size=16,
).map("\n\n".join)


def test_a_form_as_github_writes_it_is_read():
    form = read_form(GOOD)

    assert isinstance(form, Form)
    assert (str(form.repository), form.version, form.directory) == (
        "https://github.com/acme/todo-tree", "v1.4.0", ".",
    )  # fmt: skip
    assert read_form(GOOD.replace("\n", "\r\n")) == form
    assert read_form(GOOD.replace("todo-tree", "todo-tree/")) == form


@pytest.mark.parametrize(
    ("old", "new", "field", "said"),
    [
        ("https://github.com/acme", "github.com/acme", "Repository", "write https://github.com/"),
        ("https://github.com/acme/todo-tree", "_No response_", "Repository", "nothing is not"),
        ("v1.4.0", "v1.4.0 --force", "Version or tag", "not a tag"),
        ("v1.4.0", "a..b", "Version or tag", "not a tag"),
        ("v1.4.0", "-x", "Version or tag", "not a tag"),
        ("v1.4.0", "refs/*", "Version or tag", "not a tag"),
        ("v1.4.0", "one\ntwo", "Version or tag", "more than one line"),
        ("_No response_", "../up", "Directory", "not a directory inside"),
        ("_No response_", "/etc", "Directory", "not a directory inside"),
        ("[X]", "[ ]", "Ownership", "not ticked"),
        ("### Directory", "### Folder", "Directory", "is missing"),
        ("_No response_", "x\n\n### Version or tag\n\nv2", "Version or tag", "is there twice"),
    ],
)
def test_a_mistake_is_told_by_its_field_and_how_to_correct_it(old, new, field, said):
    found = read_form(GOOD.replace(old, new, 1))

    assert isinstance(found, tuple)
    told = {mistake.field: f"{mistake.problem} {mistake.remedy}" for mistake in found}
    assert said in told[field]
    assert all(mistake.remedy for mistake in found)


def test_a_text_without_end_is_not_read_to_its_end():
    [found] = read_form(GOOD + "x" * 1_000_000)  # type: ignore[misc]

    assert "1,000," in found.problem


@given(pieces)
def test_whatever_the_text_says_it_is_a_form_or_mistakes_and_never_an_error(text):
    form = read_form(text)
    wanted = read_wanted(text)

    if isinstance(form, Form):
        assert ".." not in form.version
        assert not form.version.startswith("-")
        assert not form.directory.startswith(("/", "-", ".."))
    else:
        assert form
        assert all(isinstance(mistake, Mistake) for mistake in form)
    assert isinstance(wanted, Wanted) or wanted
