"""Files of TypeScript that declare and run nothing, whatever imports them. Pure.

A name alone says nothing: Node strips the types of `x.d.ts` and runs what is left. So each statement must be
one of which nothing is left, or that hands on what other files of the extension hold, which are read for
themselves. Everything else counts as code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from tree_sitter import Node

from checks.script_trees import tree_of
from checks.types_alone import without_import_types
from devforge.model.observed import SourceFile

_NAMED = re.compile(r".*\.d\.[cm]?ts", re.IGNORECASE)
_GONE = frozenset({
    "comment", "empty_statement", "ambient_declaration", "interface_declaration", "type_alias_declaration",
    "function_signature",
})  # fmt: skip
_CLASSES = ("class_declaration", "abstract_class_declaration")
_SPACES = ("module", "internal_module")
# What a class has of which nothing is left; a field must have no value either.
_MEMBERS = frozenset({
    "comment", "method_signature", "abstract_method_signature", "public_field_definition", "index_signature",
})  # fmt: skip
# What stands in no declaration, and would run if our parser and theirs read one differently.
_RUNS = frozenset({
    "call_expression", "new_expression", "await_expression", "yield_expression", "expression_statement",
    "assignment_expression", "augmented_assignment_expression", "update_expression", "arrow_function",
    "function_expression", "function_declaration", "generator_function", "generator_function_declaration",
    "method_definition", "class_static_block", "decorator", "html_comment", "hash_bang_line",
})  # fmt: skip
# `declare const eval: X; export default eval` hands on the platform's own, for the first half is gone.
_OWN_DEFAULT = re.compile(
    rb"_\w+|(?!(?:Function|Reflect|Proxy|WebAssembly|Worker|SharedWorker|WebSocket|WebTransport|XMLHttpRequest|EventSource"
    rb"|RTCPeerConnection|Request|Response|Image|Audio|Deno|Bun|Buffer|Module|Object|Symbol)$)[A-Z]\w*"
)


@lru_cache(maxsize=2_048)  # a review asks of each file several times
def declares_only(file: SourceFile) -> bool:
    """Return whether nothing of a file is left when its types are gone."""
    if not (file.is_plain and _NAMED.fullmatch(file.path)):
        return False
    root = tree_of(file.path, without_import_types(file.path, file.content))
    if root.has_error or any(node.type in _RUNS for node in _all(root)):
        return False
    return _is_gone(root.named_children, _own_names(root))


def _all(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.named_children


def _is_gone(statements: Iterable[Node], own: frozenset[bytes]) -> bool:
    return all(
        node.type in _GONE
        or node.type == "import_statement"
        or (node.type == "export_statement" and _is_exported(node, own))
        or _is_bare(node, own)
        for node in statements
    )


def _is_bare(node: Node, own: frozenset[bytes]) -> bool:
    """A declaration without `declare`, which is gone too where it has neither bodies nor values."""
    if node.type in _CLASSES:
        body = node.child_by_field_name("body")
        extends = any(child.type == "class_heritage" for child in node.named_children)
        return not extends and body is not None and all(map(_is_member, body.named_children))
    if node.type in ("lexical_declaration", "variable_declaration"):
        return all(one.child_by_field_name("value") is None for one in node.named_children)
    body = node.child_by_field_name("body") if node.type in _SPACES else None
    return body is not None and _is_gone(body.named_children, own)


def _is_member(node: Node) -> bool:
    return node.type in _MEMBERS and node.child_by_field_name("value") is None


def _is_exported(node: Node, own: frozenset[bytes]) -> bool:
    declaration = node.child_by_field_name("declaration")
    if declaration is not None:
        return declaration.type in _GONE or _is_bare(declaration, own)
    source = node.child_by_field_name("source")
    if any(child.type in ("type", "namespace") for child in node.children):
        return True
    if source is not None:
        return _is_near(source)
    clause = next((child for child in node.named_children if child.type == "export_clause"), None)
    if clause is not None:
        names = [one.child_by_field_name("name") for one in clause.named_children]
        return all(name is not None and name.text in own for name in names)
    values = [child for child in node.named_children if child.type != "comment"]
    text = (values[0].text or b"") if [one.type for one in values] == ["identifier"] else b""
    return text in own and bool(_OWN_DEFAULT.fullmatch(text))


def _own_names(root: Node) -> frozenset[bytes]:
    """What the file declares, or has from other files of the extension, and from nowhere else."""
    imports = [node for node in root.named_children if node.type == "import_statement"]
    far = {text for node in imports if not _is_from_near(node) for text in _imported(node)}
    own = {text for node in root.named_children for text in _declared(node)}
    return frozenset(own - far)


def _imported(node: Node) -> Iterator[bytes]:
    yield from (one.text for one in _all(node) if one.type == "identifier" and one.text)


def _is_from_near(node: Node) -> bool:
    source = node.child_by_field_name("source")
    return source is not None and _is_near(source)


def _declared(node: Node) -> Iterator[bytes]:
    if node.type == "import_statement":
        yield from _imported(node) if _is_from_near(node) else ()
    elif node.type in ("ambient_declaration", "export_statement", "lexical_declaration"):
        for inner in node.named_children:
            yield from _declared(inner)
    elif (name := node.child_by_field_name("name")) is not None and name.text:
        yield name.text


def _is_near(source: Node) -> bool:
    return (source.text or b"")[1:].startswith((b"./", b"../"))
