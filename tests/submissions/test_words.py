"""What people read below their form, word for word."""

from __future__ import annotations

import pytest

from devforge.model.manifest import Manifest
from devforge.model.names import RepositoryUrl
from devforge.model.reading import read_record
from devforge.model.records import Developer, Member
from devforge.submissions import words
from devforge.submissions.claims import Proof, Wanted
from devforge.submissions.form import read_form
from devforge.submissions.plan import Account, Listed, Work, plan_submit

MANIFEST = read_record(
    b"id: acme.todo-tree\nversion: 1.4.0\ndisplay_name: Todo Tree\n"
    b"description: Shows what is left @operator <b>to do</b>.\nlicense: MIT\nlanguage: python\n"
    b"entry: todo/extension.py\nengines: {devforge: '>=1.0.0'}\ncategories: [productivity]\n",
    Manifest, file="devforge.yaml",
)  # fmt: skip
URL = RepositoryUrl("acme", "todo-tree")
WORK = Work(MANIFEST, "9b1e2c7d" * 5, ".", URL, 7, is_pushed=True, is_dirty=False)
WANTED = Wanted("acme.todo-tree", "acme", RepositoryUrl("acme", ".github"))
WRONG = (
    "### Repository\n\ngithub.com/acme/todo-tree\n\n### Version or tag\n\nthe newest\n\n"
    "### Directory\n\n../up\n\n### Ownership\n\n- [ ] This extension is mine to publish.\n"
)


def pull_request() -> str:
    account = Account("jane", 583231)
    [propose] = plan_submit(account=account, work=WORK, listed=Listed(None, None, None)).changes
    known = plan_submit(
        account=account, work=WORK, listed=Listed(_developer(), None, None)
    ).changes[0]
    return "\n".join(words.pull_request(12, account, MANIFEST, each) for each in (propose, known))


def _developer():
    return Developer(name="Acme", members=(Member(login="jane", id=583231),))


TEXTS = {
    "to-correct.md": lambda: words.to_correct(read_form(WRONG), None),
    "to-correct-later.md": lambda: words.to_correct(read_form("Hello"), 45),
    "introducing.md": lambda: words.proposed(WORK, introduces=True),
    "proposed.md": lambda: words.proposed(WORK, introduces=False),
    "published.md": lambda: words.published(MANIFEST),
    "turned-down.md": lambda: words.turned_down(45),
    "pull-request.md": pull_request,
    "claim-proven.md": lambda: words.claimed(
        Proof(WANTED, 583231, ("acme", 42), is_named=True, holders=(("mallory", 666),))
    ),
    "claim-unproven.md": lambda: words.claimed(
        Proof(WANTED, 583231, ("mallory", 666), is_named=True, holders=(("mallory", 666),))
    ),
    "claim-free.md": lambda: words.claimed(Proof(WANTED, 583231, None, is_named=False)),
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_words_are_these(name, golden):
    golden(f"submissions/{name}", TEXTS[name]())
