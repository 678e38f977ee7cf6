"""Code that would run at installation, on opening, or at every start of Python. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from checks.places import milder
from checks.security.commands import DOWNLOADS
from checks.security.rules import DOWNLOAD, HOOK, PERSISTENCE, REMEDIES
from devforge.model.observed import SourceFile
from devforge.model.python_source import parse_python
from devforge.model.reviewing import Severity
from devforge.model.submission import Submission
from devforge.model.tables import below, json_table
from devforge.model.verdict import Finding

_NPM_HOOKS = ("preinstall", "install", "postinstall")
# What such hooks honestly do: build what ships, patch, or set up the author's own machine.
_HONEST = re.compile(
    r"(?:\s*(?:&&|;)?\s*(?:npx\s+|yarn\s+|pnpm\s+|npm\s+run\s+|node\s+\./node_modules/)?(?:husky(?:\s+install)?|patch-package"
    r"|electron-builder\s+install-app-deps|opencollective(?:-postinstall)?|is-ci|lerna\s+bootstrap(?:\s+--?[\w-]+(?:[= ]\w+)?)*"
    r"|simple-git-hooks|lefthook\s+install|only-allow\s+\w+|vscode/bin/install|tsc(?:\s+-\S+)*|exit\s+0|echo\s[\w\s.!-]*"
    r"|(?:npm|yarn|pnpm)\s+(?:run\s+)?(?:build|compile|prepare|bootstrap)[\w:]*))+\s*",
    re.IGNORECASE,
)  # fmt: skip
_WELL_KNOWN = {
    "node",
    "npm",
    "npx",
    "yarn",
    "pnpm",
    "git",
    "python",
    "python3",
    "pip",
    "sh",
    "bash",
    "tsc",
}
_INLINE = re.compile(r"\b(?:node|python3?|deno|perl)\s+(?:-e|-c|--eval|-p)\s", re.IGNORECASE)
_DOES_MORE = re.compile(r"https?|child_process|urllib|requests|eval|exec|socket|base64|\bfs\b")
_HONEST_COMMANDS = {
    "versioneer",
    "get_cmdclass",
    "build_ext",
    "BuildExtension",
    "build_sphinx",
    "test",
}


def check(submission: Submission) -> Iterator[Finding]:
    """Yield hooks of npm, setup.py, .pth files and editors' tasks."""
    for path, file in submission.tree.files.items():
        if file.mode not in ("file", "executable") or "node_modules/" in path:
            continue
        name = path.rpartition("/")[2]
        if name == "package.json":
            yield from _npm(submission, file)
        elif name == "setup.py":
            yield from _setup_py(submission, file)
        elif name.endswith(".pth"):
            yield from _pth(file)
        elif path.endswith(".vscode/tasks.json"):
            yield from _tasks(submission, file)
        elif name in ("sitecustomize.py", "usercustomize.py"):
            yield _hook(submission, file, 1, f"{name} runs at every start of Python")
        elif name == "binding.gyp":
            yield from _gyp(submission, file)
        elif path.endswith((".claude/settings.json", ".cursor/hooks.json")):
            yield from _assistant(submission, file)


def _npm(submission: Submission, file: SourceFile) -> Iterator[Finding]:
    package = json_table(file)
    for taken in sorted(_WELL_KNOWN.intersection(below(package, "bin"))):
        words = f"`bin` takes the name of {taken}, so that others' scripts start this instead"
        yield _hook(submission, file, _line_of(file, '"bin"'), words)
    for hook, command in below(package, "scripts").items():
        if not isinstance(command, str):
            continue
        line = _line_of(file, f'"{hook}"')
        if DOWNLOADS.search(command) and hook in (*_NPM_HOOKS, "prepare", "preprepare"):
            yield DOWNLOAD.finding(
                at=file.path,
                line=line,
                problem=f"`{hook}` downloads a program and runs it",
                remedy=REMEDIES[DOWNLOAD.id],
                severity=milder("block", file.path, submission),
            )
        elif _is_odd(hook, command):
            yield _hook(submission, file, line, f"`{hook}` runs `{command[:120]}`")


def _is_odd(hook: str, command: str) -> bool:
    """Whether no honest package needs it: `prepare` runs on its author's machine, the others do not."""
    if hook == "prepare":
        return bool(_INLINE.search(command) and _DOES_MORE.search(command))
    return hook in _NPM_HOOKS and not _HONEST.fullmatch(command)


def _setup_py(submission: Submission, file: SourceFile) -> Iterator[Finding]:
    module = parse_python(file.content)
    for node in ast.walk(module) if module else ():
        if isinstance(node, ast.keyword) and node.arg == "cmdclass":
            words = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
            words |= {n.attr for n in ast.walk(node.value) if isinstance(n, ast.Attribute)}
            keys = {k.value for k in ast.walk(node.value) if isinstance(k, ast.Constant)}
            if words & _HONEST_COMMANDS or not keys & {
                "install",
                "develop",
                "egg_info",
                "build_py",
            }:
                continue
            yield _hook(
                submission, file, node.value.lineno, "setup.py replaces a step of installation"
            )


def _pth(file: SourceFile) -> Iterator[Finding]:
    for number, line in enumerate(file.text.split("\n"), 1):
        if line.startswith(("import ", "import\t")):
            yield PERSISTENCE.finding(
                at=file.path,
                line=number,
                problem="a .pth file with an import runs at every start of Python",
                remedy="remove the file",
            )
            return


def _tasks(submission: Submission, file: SourceFile) -> Iterator[Finding]:
    if re.search(r'"runOn"\s*:\s*"folderOpen"', file.text):
        line = _line_of(file, '"runOn"')
        yield _hook(submission, file, line, "a task runs as soon as the folder is opened")


def _gyp(submission: Submission, file: SourceFile) -> Iterator[Finding]:
    """npm builds what binding.gyp says, though no script asks for it; `<!(…)` in it is a command."""
    if DOWNLOADS.search(file.text) or re.search(r"<!@?\([^)]*\b(?:curl|wget)\b", file.text):
        yield DOWNLOAD.finding(
            at=file.path,
            line=_line_of(file, "<!"),
            problem="`binding.gyp` downloads something when it is built",
            remedy=REMEDIES[DOWNLOAD.id],
        )
    else:
        yield _hook(submission, file, 1, "`binding.gyp` makes npm compile native code")


def _assistant(submission: Submission, file: SourceFile) -> Iterator[Finding]:
    if re.search(r'"(?:SessionStart|sessionStart)"', file.text):
        line = _line_of(file, "essionStart")
        yield _hook(
            submission, file, line, "a command runs as soon as an assistant opens the folder"
        )


def _hook(submission: Submission, file: SourceFile, line: int, problem: str) -> Finding:
    severity: Severity = "block" if _INLINE.search(problem) else "person"
    return HOOK.finding(
        at=file.path,
        line=line,
        problem=problem,
        remedy="remove the hook; what it makes belongs into the package",
        severity=milder(severity, file.path, submission) if file.path != "setup.py" else "warn",
    )


def _line_of(file: SourceFile, text: str) -> int:
    return file.text.count("\n", 0, max(0, file.text.find(text))) + 1
