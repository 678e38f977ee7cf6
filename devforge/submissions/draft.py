"""The first manifest of a project that is there already, from what it says of itself. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args

import yaml
from pydantic import TypeAdapter, ValidationError

from checks.documentation import readme_of
from checks.licence import licence_files
from checks.licence_texts import recognise
from checks.places import place_of
from devforge.model.manifest import Manifest
from devforge.model.names import Category, ExtensionId, Language
from devforge.model.observed import SourceTree
from devforge.model.versions import Version
from devforge.submissions.project import Project, read_python_project, read_script_project

_BUILT = re.compile(r"^(?:\./)?(?:dist|out|lib|build|bundle)/")
_SCRIPT = (".ts", ".tsx", ".mts", ".js", ".mjs", ".cjs", ".jsx")
_STEMS = ("src/extension", "src/main", "src/index", "extension", "main", "index", "src/plugin")
# What editors that have a shop already call their shelves.
_SHELVES: dict[str, Category] = {
    "programming languages": "languages", "language packs": "languages", "snippets": "languages",
    "linters": "linters", "formatters": "formatters", "debuggers": "debuggers", "testing": "testing",
    "scm providers": "version-control", "data science": "data", "visualization": "data", "notebooks": "data",
    "machine learning": "ai", "ai": "ai", "chat": "ai", "themes": "themes", "education": "education",
    "keymaps": "editors",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """A `devforge.yaml`, and what of it a person should look at."""

    text: str
    version: str
    language: Language
    sources: tuple[str, ...]  # the files it was read from
    guessed: tuple[tuple[str, str], ...]  # field → what was put there
    missing: tuple[str, ...]  # fields that only a person can write


def draft_manifest(tree: SourceTree, extension: ExtensionId, engines: str) -> Draft:
    """Return the manifest `tree` would have as `extension`, for Dev Forge `engines`.

    What cannot be read is guessed and named; what cannot be guessed is left out and named.
    """
    python, script = read_python_project(tree), read_script_project(tree)
    is_python = _is_python(tree, python, script)
    project = python if is_python else script
    entry = _python_entry(tree, project, extension) if is_python else _script_entry(tree, project)
    language = _language(entry, is_python=is_python)
    licence, licence_file = _licence(tree, project)
    described = _of("description", project.description) or _first_words(tree)
    version = _version(project)
    read: dict[str, Any] = {
        "id": str(extension),
        "version": version or "0.1.0",
        "display_name": _of("display_name", project.title)
        or extension.name.replace("-", " ").title().ljust(2, "."),
        "description": described,
        "license": licence,
        "language": language,
        "entry": entry,
        "engines": {"devforge": engines},
        "categories": _categories(project) or ["other"],
        "keywords": _keywords(project),
        "icon": _icon(tree, project),
        "permissions": [],
    }
    guessed = [
        *(["version"] if version is None else []),
        *(["entry"] if entry and entry != project.main else []),
        *([] if _categories(project) else ["categories"]),
    ]
    needed = ("description", "license", "entry")
    return Draft(
        text=_written(read, guessed),
        version=read["version"],
        language=language,
        sources=tuple(dict.fromkeys((*project.files, *licence_file))),
        guessed=tuple((name, _shown(read[name])) for name in guessed),
        missing=tuple(name for name in needed if not read[name]),
    )


def _written(read: dict[str, Any], guessed: Iterable[str]) -> str:
    lines = ["# yaml-language-server: $schema=.devforge/devforge.schema.json\n"]
    for name, value in read.items():
        if value or name == "permissions":
            flow = None if isinstance(value, list) else False  # a list stands in its line
            line = yaml.safe_dump(
                {name: value}, default_flow_style=flow, allow_unicode=True, width=10_000
            )
            lines.append(line.replace("\n", "  # guessed\n", 1) if name in guessed else line)
        elif name in ("description", "license", "entry"):
            lines.append(f"# {name}:  to be written\n")
    return "".join(lines)


def _shown(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _is_python(tree: SourceTree, python: Project, script: Project) -> bool:
    """Whether one of the two alone is a project with a name; else whether more of the source is Python."""
    if bool(python.name) != bool(script.main):
        return bool(python.name)
    return _size(tree, (".py",)) > _size(tree, _SCRIPT)


def _size(tree: SourceTree, endings: tuple[str, ...]) -> int:
    return sum(len(tree.files[path].content) for path in _sources(tree, endings))


def _sources(tree: SourceTree, endings: tuple[str, ...]) -> list[str]:
    return [
        path
        for path, file in tree.files.items()
        if path.endswith(endings) and file.is_plain and place_of(path) == "source"
    ]


def _language(entry: str | None, *, is_python: bool) -> Language:
    if is_python:
        return "python"
    return "typescript" if entry and entry.endswith((".ts", ".tsx", ".mts")) else "javascript"


def _script_entry(tree: SourceTree, project: Project) -> str | None:
    """The file package.json names, or the source it is built from."""
    main = (project.main or "").removeprefix("./")
    stem = re.sub(r"\.[cm]?[jt]sx?$", "", main)
    stems = [stem, _BUILT.sub("src/", stem), _BUILT.sub("", stem)] if main else []
    wanted = [main, *(f"{one}{end}" for one in [*stems, *_STEMS] for end in _SCRIPT)]
    return next((path for path in wanted if _is_file(tree, path)), None)


def _python_entry(tree: SourceTree, project: Project, extension: ExtensionId) -> str | None:
    """The package or module called as the project or the extension, or the only one there is."""
    names = [re.sub(r"[-.]", "_", one).lower() for one in (project.name, extension.name) if one]
    tops = {"": "", "src/": "src/"} | {path: path for path in _tops(tree)}
    ends = [f"{name}{end}" for name in names for end in ("/extension.py", "/__init__.py", ".py")]
    named = (f"{top}{end}" for top in tops for end in ends)
    rooted = ("__init__.py", "plugin.py", "main.py", "extension.py")
    return next((p for p in (*named, *rooted) if _is_file(tree, p)), None) or _only(tree)


def _tops(tree: SourceTree) -> list[str]:
    return sorted({f"{path.split('/', 1)[0]}/" for path in tree.files if "/" in path})


def _only(tree: SourceTree) -> str | None:
    """The one package or module that ships: the shallowest, and of those the only one."""
    modules = _sources(tree, (".py",))
    packages = [path for path in modules if path.endswith("/__init__.py")]
    for found in (packages, modules):
        depth = min((path.count("/") for path in found), default=0)
        shallow = [path for path in found if path.count("/") == depth]
        if len(shallow) == 1:
            return shallow[0]
    return None


def _is_file(tree: SourceTree, path: str) -> bool:
    file = tree.get(path)
    return file is not None and file.is_plain


def _licence(tree: SourceTree, project: Project) -> tuple[str | None, tuple[str, ...]]:
    """The licence whose text is there, as the project spells it where both agree; then the project's word."""
    for file in licence_files(tree):
        known = recognise(file.text)
        if known:
            chosen = project.license if project.license in known else known[-1]
            return chosen, (file.path,)
    return _of("license", project.license), ()


def _version(project: Project) -> str | None:
    said = project.version or ""
    for spelling in (said, *Version.spellings(said)):
        if found := _of("version", spelling):
            return str(found)
    return None


def _categories(project: Project) -> list[str]:
    known = (_SHELVES.get(shelf.lower(), shelf.lower()) for shelf in project.categories)
    return list(dict.fromkeys(one for one in known if one in get_args(Category)))[:3]


def _keywords(project: Project) -> list[str]:
    lowered = dict.fromkeys(word.lower() for word in project.keywords)
    return [word for word in lowered if _of("keywords", [word])][:12]


def _icon(tree: SourceTree, project: Project) -> str | None:
    path = (project.icon or "").removeprefix("./")
    return path if path.lower().endswith((".png", ".svg")) and _is_file(tree, path) else None


def _first_words(tree: SourceTree) -> str | None:
    """The README's first sentence that is neither a heading, a badge nor a list."""
    readme = readme_of(tree)
    for part in re.split(r"\n\s*\n", readme.text[:20_000]) if readme else ():
        plain = " ".join(part.split())
        is_heading = bool(re.search(r"\n(?:={3,}|-{3,})\s*$", part))
        if (
            plain[:1].isalnum()
            and not is_heading
            and not re.match(r"[\w-]+\s*[:=]\S", plain)
            and "](" not in plain
        ):
            sentence = re.split(r"(?<=[.!?])\s", plain, maxsplit=1)[0].replace("`", "")
            if found := _of("description", sentence):
                return str(found)
    return None


def _of(name: str, value: object) -> Any:
    """Return `value` as the manifest's field takes it; None where it does not."""
    kind: TypeAdapter[Any] = TypeAdapter(Manifest.model_fields[name].rebuild_annotation())
    try:
        return kind.validate_python(value) if value else None
    except ValidationError:
        return None
