"""Reads what stands at what a form names: the repository, its tag, the manifest at that commit."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from devforge.adapters.git import Objects
from devforge.adapters.github import GitHub
from devforge.adapters.github_answers import Repository
from devforge.errors import BadInput, Refused
from devforge.model.manifest import FILE, Manifest
from devforge.model.names import RepositoryUrl
from devforge.model.policy import Limits
from devforge.model.reading import BadRecord
from devforge.model.versions import Version
from devforge.submissions.form import DIRECTORY, REPOSITORY, VERSION, Form, Mistake
from devforge.submissions.observe import observe_listed, read_manifest
from devforge.submissions.plan import Listed, Work

_COMMIT = re.compile(r"[0-9a-f]{40}")


_PUSH = "push it to the repository, then write any comment here"
Mistakes = tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The extension that a form names, beside what the registry has of it."""

    work: Work
    listed: Listed


@dataclass(frozen=True, slots=True)
class Source:
    """Looks at one form's repository, by Git as far as that goes.

    `objects` is an empty store; `read` returns a record of the registry.
    """

    github: GitHub
    objects: Objects
    limits: Limits
    read: Callable[[str], bytes | None]

    def look(self, form: Form) -> Found | Mistakes:
        """Return the extension that the form names, or what to correct.

        Costs a request where the registry does not know the repository's numeric id yet.

        Raises:
            Unavailable: a server gave no answer, which is nobody's mistake.
        """
        try:
            return self._looked(form, form.repository, None)
        except (BadInput, Refused):
            pass  # gone, renamed, private, or without that commit: GitHub tells which
        known = self._repository(form)
        if isinstance(known, tuple):
            return known
        try:
            url = RepositoryUrl.parse(f"https://github.com/{known.full_name}")
            return self._looked(form, url, known.id)
        except BadInput as error:
            return (Mistake(VERSION, f"{form.version} cannot be fetched: {error}", _PUSH),)

    def _looked(self, form: Form, url: RepositoryUrl, id: int | None) -> Found | Mistakes:
        commit = _commit(self.objects, url, form.version)
        if commit is None:
            return (_no_such_version(form),)
        self.objects.fetch(url, commit, depth=1)
        manifest = _manifest(self.objects, commit, form, self.limits)
        if isinstance(manifest, tuple):
            return manifest
        listed = observe_listed(self.read, manifest)
        if listed.extension is not None:
            recorded = listed.extension.repository
            if recorded.url.full_name.lower() != url.full_name.lower():
                return (_another_repository(manifest, recorded.url, url),)
            id = recorded.id
        elif id is None:
            known = self._repository(form)
            if isinstance(known, tuple):
                return known
            id = known.id
        work = Work(
            manifest=manifest, commit=commit, subdirectory=form.directory, repository=url,
            repository_id=id, is_pushed=True, is_dirty=False,
        )  # fmt: skip
        return Found(work, listed)

    def _repository(self, form: Form) -> Repository | Mistakes:
        found = self.github.repository_named(form.repository.full_name)
        if found is None or found.private:
            problem = f"there is no public repository at {form.repository}"
            remedy = "check the address; if the repository is private, make it public"
            return (Mistake(REPOSITORY, problem, remedy),)
        return found


def _commit(objects: Objects, url: RepositoryUrl, wanted: str) -> str | None:
    """The commit of a tag, else of a branch, else of its own id; a tag may go without its `v`."""
    names = [f"refs/tags/{wanted}", f"refs/tags/v{wanted}", f"refs/heads/{wanted}"]
    refs = objects.remote_refs(url, *names, *(f"{name}^{{}}" for name in names[:2]))
    found = next((refs[name] for name in names if name in refs), None)
    return found or (wanted if _COMMIT.fullmatch(wanted) else None)


def _no_such_version(form: Form) -> Mistake:
    problem = f"{form.repository} has no tag or branch called {form.version}"
    return Mistake(VERSION, problem, f"check its spelling, or {_PUSH}")


def _another_repository(manifest: Manifest, recorded: RepositoryUrl, url: RepositoryUrl) -> Mistake:
    problem = f"{manifest.id} is published from {recorded}, and the form names {url}"
    remedy = (
        "write that address; to move an extension to another repository, change its record in a pull "
        "request, or ask by a question"
    )
    return Mistake(REPOSITORY, problem, remedy)


def _manifest(
    objects: Objects, commit: str, form: Form, limits: Limits
) -> Manifest | tuple[Mistake, ...]:
    where = FILE if form.directory == "." else f"{form.directory}/{FILE}"
    try:
        manifest = read_manifest(objects, commit, form.directory, limits)
    except BadRecord as error:
        return tuple(Mistake(p.at, p.problem, p.remedy) for p in error.problems)
    except BadInput as error:
        return (Mistake(where, str(error), "put a plain file there"),)
    if manifest is None:
        problem = f"there is no {where} at {form.version}"
        return (
            Mistake(DIRECTORY, problem, "write the directory it is in, or add it and tag anew"),
        )
    said = _version(form.version)
    if said is not None and said != manifest.version.text:
        problem = f"the form says {said}, but {where} says {manifest.version} at that tag"
        return (Mistake(VERSION, problem, "write the version that devforge.yaml has, or tag anew"),)
    return manifest


def _version(text: str) -> str | None:
    """The version a tag is called after, if it is called after one."""
    try:
        return Version.parse(text.removeprefix("v")).text
    except ValueError:
        return None
