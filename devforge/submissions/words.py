"""What people read of a submission by form: the answer in the issue, and the pull request. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from devforge.model import escape
from devforge.model.claim import FILE
from devforge.model.manifest import Manifest
from devforge.submissions.claims import Proof
from devforge.submissions.form import Mistake
from devforge.submissions.plan import Account, Propose, Work

MARKER = "<!-- devforge:submit -->"
PULL = "<!-- pull -->"  # stands for the pull request's number; nobody's text can hold it, escaped as it is
_SHOWN = 12
_ADDRESS = re.compile(r"(https://github\.com/[A-Za-z0-9._/-]{1,200})", re.ASCII)
_EDIT = (
    "To correct it, edit the form: **⋯** at the top right of your first post, then **Edit**. It is looked "
    "at again by itself within minutes. If you changed something in your repository instead, write "
    "any comment here."
)
_WITHDRAW = "To take it back, close this issue."


def to_correct(mistakes: Iterable[Mistake], pull: int | None) -> str:
    """Return the answer to a form that cannot be used yet; `pull` is what an earlier one led to."""
    found = tuple(mistakes)
    lines = ["## ✏️ Something to correct before this can be submitted", ""]
    for mistake in found[:_SHOWN]:
        remedy = f" → {_linked(mistake.remedy)}" if mistake.remedy else ""
        lines.append(f"- **{escape.markdown(mistake.field)}**: {_linked(mistake.problem)}{remedy}")
    if len(found) > _SHOWN:
        lines.append(f"- and {len(found) - _SHOWN} more")
    if pull is not None:
        lines += ["", f"Until then, #{pull} stays as you asked for it before."]
    return _text(*lines, "", _EDIT, _WITHDRAW)


def proposed(work: Work, *, introduces: bool) -> str:
    """Return the answer to a form that led to a pull request."""
    manifest = work.manifest
    what = f"{manifest.id} {manifest.version}"
    commit = (
        f"commit {escape.code(work.commit[:12])} of {escape.markdown(work.repository.full_name)}"
    )
    if introduces:
        name = manifest.id.developer
        return _text(
            f"## 👋 Introducing {name}", "",
            f"{PULL} adds the developer {name}, with you as its member. Once it is merged, {what} "
            f"({commit}) follows by itself within a quarter of an hour: there is nothing more for you to do here.",
            "", _EDIT, _WITHDRAW,
        )  # fmt: skip
    return _text(
        f"## 📬 {what} is submitted", "",
        f"{PULL} proposes {what} from {commit}. The review answers there within minutes. If "
        "all is well, it is published, and this issue closes by itself.",
        "", _EDIT, _WITHDRAW,
    )  # fmt: skip


def published(manifest: Manifest) -> str:
    """Return the answer once the version is in the registry."""
    return _text(
        f"## ✅ {manifest.id} {manifest.version} is in the registry", "",
        f"It reaches people in steps: `devforge install {manifest.id}`. For the next version, fill in a new form.",
    )  # fmt: skip


def turned_down(pull: int) -> str:
    """Return the answer once a person closed the pull request."""
    return _text(
        "## Closed without being published", "",
        f"#{pull} was closed by a maintainer; the reason is said there. If that has been settled, reopen this "
        "issue, and it is submitted again.",
    )  # fmt: skip


def claimed(proof: Proof) -> str:
    """Return the answer to a claim: what was found, and that a person decides."""
    wanted = proof.wanted
    where = f"https://github.com/{wanted.repository.full_name}"
    held = ", ".join(f"{escape.markdown(login)} (id {id})" for login, id in proof.holders)
    now = (
        f"In the registry, {wanted.developer} has these members: {held}."
        if held
        else f"Nobody in the registry is called {wanted.developer}: you may simply take the name."
    )
    if proof.is_proven and proof.owner is not None:
        return _text(
            f"## 🔎 {wanted.name}: proof found", "",
            f"{escape.code(FILE)} of {where} names the developer {wanted.developer} and your account (id "
            f"{proof.account}); the repository belongs to {escape.markdown(proof.owner[0])} (id {proof.owner[1]}). {now}",
            "", "A maintainer decides. If the name is passed on, that is a change of `members` in "
            f"`registry/developers/{wanted.developer}.yaml`.",
        )  # fmt: skip
    if proof.owner is None:
        found = f"There is no public repository at {where}."
    elif proof.is_named:
        owner = escape.markdown(proof.owner[0])
        found = f"{where} belongs to {owner}, not to an account called {wanted.developer}."
    else:
        found = (
            f"{where} has no {escape.code(FILE)} that names {wanted.developer} and your account."
        )
    return _text(
        f"## 🔎 {wanted.name}: no proof found yet", "",
        f"{found} {now}", "",
        f"Put these two lines into {escape.code(FILE)} on the default branch of a repository of the account or "
        f"organisation {wanted.developer}, correct the form if need be, and write any comment here:", "",
        "```yaml", f"developer: {wanted.developer}", f"account: {proof.account}", "```", "",
        "If you cannot, a maintainer still reads this.",
    )  # fmt: skip


def pull_request(issue: int, account: Account, manifest: Manifest, propose: Propose) -> str:
    """Return the text of the pull request. It decides nothing: who asked is written down elsewhere."""
    about = f"{manifest.display_name}: {manifest.description}"
    if not any("/versions/" in path for path, _ in propose.files):
        about = propose.body
    return (
        f"{escape.markdown(about)}\n\nAsked for in #{issue} by {escape.markdown(account.login)} "
        f"(id {account.id}), who answers for it. To correct it, edit the form there.\n"
    )


def _linked(text: str) -> str:
    """A stranger's text, shown as it is; an address within can be copied, which escaping would spoil."""
    parts = enumerate(_ADDRESS.split(text))
    shown = (escape.code(part) if at % 2 else escape.markdown(part) for at, part in parts)
    return " ".join(filter(None, shown)).replace("“ ", "“").replace(" ”", "”")


def _text(*lines: str) -> str:
    return "\n".join([MARKER, *lines]).rstrip() + "\n"
