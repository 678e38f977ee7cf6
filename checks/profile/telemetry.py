"""Where code brings in a package that reports on its users. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from devforge.model.observed import SourceFile
from devforge.model.profile import Place

# Services that are told what users do, by the packages that tell them.
_MODULES = (
    r"(?:sentry_sdk|raven|posthog|mixpanel|amplitude|analytics\.segment|segment\.analytics|segment"
    r"|universal_analytics|applicationinsights|azure\.monitor|bugsnag|rollbar|raygun4py|newrelic"
    r"|ddtrace|datadog|statsd|statsig|rudder_analytics|rudderstack|opentelemetry\.exporter)"
)
_PYTHON = re.compile(rf"{_MODULES}(?:\.|$)")
_ANY_MODULE = re.compile(_MODULES)  # where none is named, no statement need be looked at
_JAVASCRIPT = re.compile(
    r"(?:@sentry/[\w-]+|raven-js|posthog-(?:node|js)|mixpanel(?:-browser)?|amplitude(?:-js)?"
    r"|@amplitude/[\w-]+|@segment/[\w-]+|analytics-node|universal-analytics|ga4-[\w-]+"
    r"|applicationinsights|@microsoft/applicationinsights[\w-]*|@vscode/extension-telemetry"
    r"|vscode-extension-telemetry|@bugsnag/[\w-]+|bugsnag|rollbar|newrelic|dd-trace|@datadog/[\w-]+"
    r"|statsig-(?:node|js)|@rudderstack/[\w-]+|rudder-sdk-[\w-]+|logrocket|keen-tracking"
    r"|@opentelemetry/exporter-[\w-]+)(?:/|$)"
)
_STATEMENT = re.compile(
    r"^[^#\n\"']{0,200}?\b(?:from[ \t]+(?P<module>[\w.]+)[ \t]+import\b"
    r"|import[ \t]+(?P<names>\w[\w.]*(?:[ \t]+as[ \t]+\w+)?(?:[ \t]*,[ \t]*\w[\w.]*(?:[ \t]+as[ \t]+\w+)?)*)"
    r"[ \t]*(?:$|[;#]))"
    r"|\b(?:__import__|import_module)[ \t]*\([ \t]*[\"'](?P<asked>[\w.]+)[\"']",
    re.MULTILINE,
)
_SPECIFIER = re.compile(
    r"(?:\bfrom|\brequire[ \t]*\(|\bimport[ \t]*\(?)\s*[\"'`](?P<name>[\w@][\w@./-]{1,100})[\"'`]"
)


def telemetry_in(file: SourceFile) -> Iterator[Place]:
    """Yield each import of such a package, with the name that the code calls it by."""
    text = file.text
    python = file.path.lower().endswith((".py", ".pyw", ".pyi"))
    for name, position in _of_python(text) if python else _of_javascript(text):
        line = text.count("\n", 0, position) + 1
        yield Place(path=file.path[:300], line=line, what=name)


def _of_python(text: str) -> Iterator[tuple[str, int]]:
    for match in _STATEMENT.finditer(text) if _ANY_MODULE.search(text) else ():
        kind = match.lastgroup or ""
        for name in match[kind].split(","):
            module = name.split()[0]
            if found := _PYTHON.match(module):
                yield found[0].rstrip("."), match.start(kind)


def _of_javascript(text: str) -> Iterator[tuple[str, int]]:
    for match in _SPECIFIER.finditer(text):
        if found := _JAVASCRIPT.match(match["name"]):
            yield found[0].rstrip("/"), match.start("name")
