"""Statements of JavaScript and TypeScript in the words of Python's syntax tree. Pure."""

from __future__ import annotations

import ast

from tree_sitter import Node

from checks.security.flows.script import syntax as s
from checks.security.flows.script.expressions import Expressions, key_of, text_of

_NO_CODE = {
    "comment", "html_comment", "hash_bang_line", "empty_statement", "break_statement", "continue_statement",
    "debugger_statement", "interface_declaration", "type_alias_declaration", "ambient_declaration",
    "statement_identifier", "function_signature", "import_alias", "type_annotation", "abstract_method_signature",
}  # fmt: skip
_BLOCKS = {
    "program", "statement_block", "if_statement", "else_clause", "while_statement", "do_statement", "for_statement",
    "try_statement", "finally_clause", "switch_statement", "switch_body", "switch_case", "switch_default",
    "labeled_statement", "with_statement", "class_static_block", "internal_module", "module", "expression_statement",
}  # fmt: skip
# Each returns the blocks that are left to be read.
_STATEMENTS = {
    "lexical_declaration": "_declarations",
    "variable_declaration": "_declarations",
    "function_declaration": "_declared",
    "generator_function_declaration": "_declared",
    "class_declaration": "_classes",
    "abstract_class_declaration": "_classes",
    "return_statement": "_returned",
    "for_in_statement": "_loop",
    "catch_clause": "_caught",
    "import_statement": "_import",
    "export_statement": "_export",
    "enum_declaration": "_enumeration",
}


class Statements(Expressions):
    """Turns a body into one list of Python's statements."""

    def body(self, node: Node) -> list[ast.stmt]:
        """Return all statements in a block, whatever blocks they stand in; those that declare first."""
        waiting = [node]
        while waiting:
            part = waiting.pop()
            if part.type in _BLOCKS:
                waiting += reversed(part.named_children)
            elif part.type in _STATEMENTS:
                waiting += reversed(getattr(self, _STATEMENTS[part.type])(part))
            elif part.type not in _NO_CODE:
                line = part.start_point[0] + 1
                self.out.append(s.at(ast.Expr(self.expression(part)), line))
        return [*self.first, *self.out]

    def _declarations(self, node: Node) -> list[Node]:
        for part in node.named_children:
            pattern = part.child_by_field_name("name")
            value = part.child_by_field_name("value")
            if part.type != "variable_declarator" or pattern is None:
                continue
            if value is None:
                if pattern.type == "identifier":
                    self.scope.bound.add(text_of(pattern))
                continue
            held = self.known_as(pattern, value)
            self.bind(pattern, held, declared=True)
        return []

    def _declared(self, node: Node) -> list[Node]:
        line, word = node.start_point[0] + 1, text_of(node.child_by_field_name("name"))
        self.scope.bound.add(word)
        function = self._add(self.scope, node, word, False)
        self.first.append(s.assigned(s.name(word, line), function, line))
        return []

    def _classes(self, node: Node) -> list[Node]:
        self._class(node, node.start_point[0] + 1)
        return []

    def _returned(self, node: Node) -> list[Node]:
        for part in node.named_children:
            if part.type != "comment":
                held = self.expression(part)
                self.out.append(s.at(ast.Return(held), node.start_point[0] + 1))
        return []

    def _loop(self, node: Node) -> list[Node]:
        line = node.start_point[0] + 1
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        body = node.child_by_field_name("body")
        each = s.call(s.name("each", line), [self.expression(right)], line)
        if left is not None:
            self.bind(left, each, declared=node.child_by_field_name("kind") is not None)
        return [body] if body is not None else []

    def _caught(self, node: Node) -> list[Node]:
        parameter = node.child_by_field_name("parameter")
        if parameter is not None:
            self.bind(parameter, s.constant(None, node.start_point[0] + 1), declared=True)
        body = node.child_by_field_name("body")
        return [body] if body is not None else []

    def _enumeration(self, node: Node) -> list[Node]:
        line, body = node.start_point[0] + 1, node.child_by_field_name("body")
        parts = (
            [] if body is None else [p for p in body.named_children if p.type == "enum_assignment"]
        )
        keys = [self._key(part.child_by_field_name("name"), line) for part in parts]
        values = [self.expression(part.child_by_field_name("value")) for part in parts]
        word = text_of(node.child_by_field_name("name"))
        self._bound_to(word, s.at(ast.Dict([*keys], values), line), line)
        return []

    def _bound_to(self, word: str, value: ast.expr, line: int) -> None:
        self.scope.bound.add(word)
        self.out.append(s.assigned(s.name(word, line), value, line))

    def _import(self, node: Node) -> list[Node]:
        line = node.start_point[0] + 1
        clause = next((p for p in node.named_children if p.type.endswith("_clause")), None)
        holder = clause if clause is not None and clause.type == "import_require_clause" else node
        whole = self._module(holder.child_by_field_name("source"), line)
        if any(part.type == "type" for part in node.children):
            return []
        if clause is None:
            self.out.append(s.at(ast.Expr(whole), line))
        for part in clause.named_children if clause is not None else ():
            if part.type == "identifier":
                held = whole if holder is clause else s.attribute(whole, s.DEFAULT, line)
                self._bound_to(text_of(part), held, line)
            elif part.type == "namespace_import":
                self._bound_to(text_of(part.named_children[-1]), whole, line)
            elif part.type == "named_imports":
                self._named(part, whole, line)
        return []

    def _named(self, node: Node, whole: ast.expr, line: int) -> None:
        """`a` and `b as c` of a module, imported or handed on."""
        for part in node.named_children:
            word = part.child_by_field_name("name")
            if word is not None:
                known = part.child_by_field_name("alias") or word
                self._bound_to(key_of(known), s.attribute(whole, key_of(word), line), line)

    def _module(self, source: Node | None, line: int) -> ast.expr:
        return s.imported(key_of(source) if source is not None else "", line)

    def _export(self, node: Node) -> list[Node]:
        """Bind what a module hands out under other names; return the declarations that it hands out."""
        line = node.start_point[0] + 1
        clause = next((p for p in node.named_children if p.type == "export_clause"), None)
        if (source := node.child_by_field_name("source")) is not None:
            self._handed_on(node, clause, self._module(source, line), line)
            return []
        for part in clause.named_children if clause is not None else ():
            word, alias = part.child_by_field_name("name"), part.child_by_field_name("alias")
            if word is not None and alias is not None:
                self._bound_to(key_of(alias), s.name(key_of(word), line), line)
        value = node.child_by_field_name("value")
        declaration = node.child_by_field_name("declaration")
        if clause is None and value is None and declaration is None:  # `export = a`
            value = node.named_children[-1] if node.named_children else None
        if value is not None:
            self._bound_to(s.DEFAULT, self.expression(value), line)
        if declaration is None:
            return []
        if any(part.type == "default" for part in node.children):
            return self._default(declaration, line)
        return [declaration]

    def _handed_on(self, node: Node, clause: Node | None, whole: ast.expr, line: int) -> None:
        space = next((p for p in node.named_children if p.type == "namespace_export"), None)
        if clause is not None:
            self._named(clause, whole, line)
        elif space is not None:
            self._bound_to(text_of(space.named_children[-1]), whole, line)
        else:
            self._bound_to(s.EVERYTHING_OF, whole, line)

    def _default(self, node: Node, line: int) -> list[Node]:
        word = text_of(node.child_by_field_name("name"))
        held = self.expression(node) if not word else s.name(word, line)
        self._bound_to(s.DEFAULT, held, line)
        return [node] if word else []

    def _class(self, node: Node, line: int) -> ast.expr:
        """A class is the function that makes its objects; its methods are known by their names."""
        word, body = text_of(node.child_by_field_name("name")), node.child_by_field_name("body")
        heritage = next((p for p in node.named_children if p.type == "class_heritage"), None)
        made = self.expression(heritage) if heritage is not None else s.at(ast.Dict([], []), line)
        made = made.elts[0] if isinstance(made, ast.Tuple) else made
        for part in body.named_children if body is not None else ():
            key = part.child_by_field_name("name") or part.child_by_field_name("property")
            if part.type == "class_static_block":
                self.out += type(self)(self.scope, self._add).body(part)
            elif key is not None and part.type == "method_definition":
                function = self.method(part)
                if key_of(key) == "constructor":
                    made = function
                elif isinstance(function, ast.Call):
                    self._field(key, function)
            elif key is not None and (value := part.child_by_field_name("value")) is not None:
                self._field(key, self.known_as(key, value))
        if word:
            self._bound_to(word, made, line)
        return made

    def _field(self, key: Node, value: ast.expr) -> None:
        line = key.start_point[0] + 1
        target = s.attribute(s.name("this", line), key_of(key), line)
        self.out.append(s.assigned(target, value, line))

    def parameters(self, node: Node) -> tuple[list[str], str]:
        """Bind what a function takes; return the names it takes by place, and of what takes the rest."""
        names: list[str] = []
        alone = node.child_by_field_name("parameter")
        among = node.child_by_field_name("parameters")
        for part in [alone] if alone is not None else among.named_children if among else ():
            pattern, default = _parameter(part)
            if pattern.type == "rest_pattern" and pattern.named_children:
                rest = text_of(pattern.named_children[0])
                self.scope.bound.add(rest)
                return names, rest
            if pattern.type not in ("this", "comment", "decorator"):
                names.append(self._taken(part, pattern, default, len(names)))
        return names, ""

    def _taken(self, part: Node, pattern: Node, default: Node | None, place: int) -> str:
        """Bind one parameter, and return the name under which it is given."""
        line, plain = part.start_point[0] + 1, pattern.type == "identifier"
        word = text_of(pattern) if plain else f"{place} given"
        self.scope.bound.add(word)
        if default is not None:
            self.out.append(s.assigned(s.name(word, line), self.expression(default), line))
        if not plain:
            self.bind(pattern, s.name(word, line), declared=True)
        elif any(mark.type == "accessibility_modifier" for mark in part.children):
            target = s.attribute(s.name("this", line), word, line)
            self.out.append(s.assigned(target, s.name(word, line), line))
        return word


def _parameter(part: Node) -> tuple[Node, Node | None]:
    """The pattern of a parameter, and what it is where nothing is given."""
    pattern, default = part, None
    if part.type in ("required_parameter", "optional_parameter"):
        pattern = part.child_by_field_name("pattern") or part
        default = part.child_by_field_name("value")
    if pattern.type == "assignment_pattern":
        default = pattern.child_by_field_name("right")
        pattern = pattern.child_by_field_name("left") or pattern
    return pattern, default
