"""YAML text to plain values and the line each came from. Pure.

Only what a record needs: mappings with text as keys, lists, text, numbers, true, false and null.
Tags, merge keys and further documents are refused; aliases count as often as they are used.
Everything wrong is collected, as far as the text can be read at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from devforge.model.mistakes import syntax_problem
from devforge.model.plaintext import HIDDEN, shorten
from devforge.model.problem import Problem
from devforge.model.scalars import resolve

Path = tuple[str | int, ...]
DEPTH = 20  # mappings and lists inside each other; records need five
# The parser written in C, where PyYAML was built with it; both speak of events alike.
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: its line, counted from 1, and the text if it was written bare."""

    line: int
    bare: str | None = None


@dataclass(slots=True)
class Document:
    """What was read. With `problems` the value may lack parts."""

    value: object = None
    places: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    is_whole: bool = True  # False: reading stopped before the end of the text


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not been seen yet."""

    value: Any
    path: Path
    line: int
    anchor: str | None
    counted: int  # nodes read before it
    key: str | None = None
    key_line: int = 0
    expects_key: bool = False
    keep: bool = True  # False: the value that follows belongs to a refused key


class _Stop(Exception):
    """Reading further makes no sense."""


def read_document(text: str, *, file: str, limit_nodes: int) -> Document:
    """Return the values of `text`, with every problem found on the way; never raises."""
    reader = _Reader(file, limit_nodes)
    try:
        parser = _PARSER(text)
        while (event := parser.get_event()) is not None:
            reader.read(event)
            if type(event) is yaml.StreamEndEvent:
                break
    except _Stop:
        reader.document.is_whole = False
    except yaml.MarkedYAMLError as error:
        reader.document.is_whole = False
        reader.document.problems.append(syntax_problem(error, text, file=file))
    except (yaml.YAMLError, ValueError) as error:
        reader.document.is_whole = False
        said = shorten(str(error), 120)
        reader.document.problems.append(Problem(file, f"is not YAML: {said}", "see yaml.org/spec"))
    return reader.document


class _Reader:
    """Builds values from the parser's events without recursion, so depth costs no stack."""

    def __init__(self, file: str, limit_nodes: int) -> None:
        self.document = Document()
        self._file, self._limit = file, limit_nodes
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[object, int]] = {}
        self._nodes = self._documents = 0

    def read(self, event: Any) -> None:
        """Take one event of the parser."""
        if act := _ACTS.get(type(event)):
            act(self, event)

    def begin(self, event: Any) -> None:
        """Take the start of a document; a second one ends the reading."""
        self._documents += 1
        if self._documents > 1:
            self._refuse(
                event, "a second document starts here", "keep one; remove the rest and ---"
            )
            raise _Stop

    def scalar(self, event: Any) -> None:
        """Take one text, bare or in quotes."""
        self._count(1, event)
        bare = event.implicit[0]
        text = event.value
        if event.tag is not None:
            self._refuse_tag(event)
        if not bare and HIDDEN.search(text):
            found = f"the text {shorten(text)!r} spells an invisible character"
            self._refuse(event, found, "remove its \\ escape")
        value = resolve(text) if bare else text
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        self._put(value, event.start_mark.line + 1, text if bare else None)

    def start(self, event: Any) -> None:
        """Take the start of a mapping or list."""
        self._count(1, event)
        if event.tag is not None:
            self._refuse_tag(event)
        if len(self._open) >= DEPTH:
            self._refuse(event, f"is nested more than {DEPTH} deep", "make it flatter")
            raise _Stop
        is_mapping = type(event) is yaml.MappingStartEvent
        line, path = event.start_mark.line + 1, self._next_path()
        opened = _Open({} if is_mapping else [], path, line, event.anchor, self._nodes)
        opened.expects_key = is_mapping
        self._anchors.pop(event.anchor, None)  # an alias inside itself is never found
        self._open.append(opened)

    def end(self, _event: Any) -> None:
        """Take the end of the innermost mapping or list."""
        closed = self._open.pop()
        if closed.anchor:
            self._anchors[closed.anchor] = (closed.value, self._nodes - closed.counted + 1)
        self._put(closed.value, closed.line, None)

    def alias(self, event: Any) -> None:
        """Take the value an anchor above named."""
        if event.anchor not in self._anchors:
            self._refuse(event, f"*{event.anchor} names nothing above it", "write the value out")
        value, nodes = self._anchors.get(event.anchor, (None, 1))
        self._count(nodes, event)
        self._put(value, event.start_mark.line + 1, None)

    def _count(self, nodes: int, event: Any) -> None:
        self._nodes += nodes
        if self._nodes > self._limit:
            found = f"holds more than {self._limit:,} values, aliases written out"
            self._refuse(event, found, "split it, or use fewer aliases")
            raise _Stop

    def _put(self, value: object, line: int, bare: str | None) -> None:
        if not self._open:
            self.document.value = value
            self.document.places[()] = Place(line, bare)
        elif self._open[-1].expects_key:
            self._put_key(self._open[-1], value, line, bare)
        else:
            self._put_value(self._open[-1], value, line, bare)

    def _put_value(self, parent: _Open, value: object, line: int, bare: str | None) -> None:
        path = self._next_path()
        if isinstance(parent.value, list):
            parent.value.append(value)
            self.document.places.setdefault(path, Place(line, bare))
        elif parent.keep:
            parent.value[parent.key] = value
            self.document.places.setdefault(path, Place(parent.key_line, bare))
        parent.expects_key = isinstance(parent.value, dict)

    def _put_key(self, parent: _Open, key: object, line: int, bare: str | None) -> None:
        parent.expects_key, parent.keep, parent.key_line = False, False, line
        if not isinstance(key, str):
            parent.key = bare or "?"
            found = f"the key {shorten(bare)} is not text" if bare else "a key is not text"
            remedy = f'put it in quotes: "{shorten(bare)}"' if bare else "write one word as the key"
            self._note(line, found, remedy, parent.path)
        elif key == "<<" and bare:
            parent.key = key
            self._note(line, "<< merges are not read", "write the keys out", parent.path)
        elif key in parent.value:
            parent.key = key
            first = self.document.places[(*parent.path, key)].line
            found = f"is written twice, first in line {first}"
            self._note(line, found, "keep one of the two", (*parent.path, shorten(key)))
        else:
            parent.key, parent.keep = key, True

    def _next_path(self) -> Path:
        if not self._open:
            return ()
        parent = self._open[-1]
        if isinstance(parent.value, list):
            return (*parent.path, len(parent.value))
        return (*parent.path, "?" if parent.expects_key else parent.key or "")

    def _refuse_tag(self, event: Any) -> None:
        tag = shorten(event.tag.replace("tag:yaml.org,2002:", "!!"))
        self._refuse(event, f"the tag {tag} is not read", "remove the tag")

    def _refuse(self, event: Any, found: str, remedy: str) -> None:
        self._note(event.start_mark.line + 1, found, remedy, self._next_path())

    def _note(self, line: int, found: str, remedy: str, path: Path) -> None:
        at = f"{self._file}: {dotted(path)}" if path else self._file
        self.document.problems.append(Problem(at, found, remedy, line))


_ACTS: dict[type, Callable[[_Reader, Any], None]] = {
    yaml.ScalarEvent: _Reader.scalar,
    yaml.MappingStartEvent: _Reader.start,
    yaml.SequenceStartEvent: _Reader.start,
    yaml.MappingEndEvent: _Reader.end,
    yaml.SequenceEndEvent: _Reader.end,
    yaml.AliasEvent: _Reader.alias,
    yaml.DocumentStartEvent: _Reader.begin,
}


def dotted(path: Path) -> str:
    """Return a path as people write it: `members[0].id`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{shorten(part)}" for part in path)
    return text.removeprefix(".")
