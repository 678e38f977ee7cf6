"""Expressions of JavaScript and TypeScript in the words of Python's syntax tree. Pure."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from tree_sitter import Node

from checks.security.flows.package import Scope
from checks.security.flows.script import syntax as s
from checks.security.flows.script.syntax import Function
from checks.security.hiding.made import unescaped

_DEEPEST = 90  # expressions within one another; hands write a dozen
_LONGEST_CHAIN = 24  # of calls and operators, before the rest of it gets a name
_ASSIGNMENTS = {"assignment_expression", "augmented_assignment_expression"}
_QUIET = {"!", "typeof", "void", "delete"}
_COMPARED = {"==", "===", "!=", "!==", "<", ">", "<=", ">=", "instanceof", "in"}
_INNER = {
    "await_expression", "parenthesized_expression", "as_expression", "satisfies_expression",
    "non_null_expression", "instantiation_expression", "template_substitution", "jsx_expression",
    "computed_property_name",
}  # fmt: skip
_EMPTY = {"null", "undefined", "true", "false", "regex", "comment", "html_comment"}
FUNCTIONS = {
    "arrow_function", "function_expression", "generator_function", "function",
    "function_declaration", "generator_function_declaration", "method_definition",
}  # fmt: skip

_KINDS = {
    "identifier": "_name",
    "shorthand_property_identifier": "_name",
    "string": "_string",
    "number": "_number",
    "template_string": "_template",
    "member_expression": "_chain",
    "call_expression": "_chain",
    "new_expression": "_chain",
    "subscript_expression": "_chain",
    "binary_expression": "_binary",
    "unary_expression": "_unary",
    "update_expression": "_nothing",
    "ternary_expression": "_ternary",
    "assignment_expression": "_assignment",
    "augmented_assignment_expression": "_assignment",
    "object": "_object",
    "array": "_array",
    "sequence_expression": "_sequence",
    "spread_element": "_spread",
    "yield_expression": "_yield",
    "this": "_this",
    "super": "_this",
    "meta_property": "_meta",
    "import": "_name",
    "class": "_class",
    "type_assertion": "_asserted",
    **dict.fromkeys(_INNER, "_inner"),
    **dict.fromkeys(FUNCTIONS, "_function"),
    **dict.fromkeys(_EMPTY, "_nothing"),
}


class Expressions:
    """Turns expressions into Python's; statements that this takes go into `out`."""

    def __init__(self, scope: Scope, add: Callable[[Scope, Node, str, bool], Function]) -> None:
        self.scope = scope
        self.first: list[ast.stmt] = []  # declarations of functions, which count from the start
        self.out: list[ast.stmt] = []
        self.cut = 0  # a line on which something is nested too deeply
        self._add = add
        self._depth = 0
        self._made = 0

    def expression(self, node: Node | None) -> ast.expr:
        """Return what an expression is in Python's words; nothing, where there is none."""
        if node is None:
            return s.constant(None, 1)
        line = node.start_point[0] + 1
        if self._depth > _DEEPEST:
            self.cut = self.cut or line
            return s.constant(None, line)
        self._depth += 1
        found: ast.expr = getattr(self, _KINDS.get(node.type, "_all_of"))(node, line)
        self._depth -= 1
        return found

    def hoisted(self, value: ast.expr, line: int) -> ast.expr:
        """Return a name that stands for a value, which is worked out before."""
        if isinstance(value, ast.Name):
            return value
        self._made += 1
        word = f"{self._made} made"
        self.scope.bound.add(word)
        self.out.append(s.assigned(s.name(word, line), value, line))
        return s.name(word, line)

    def bind(self, pattern: Node, value: ast.expr, *, declared: bool) -> None:
        """Give a value to all that a pattern names."""
        waiting = [(pattern, value)]
        while waiting:
            node, held = waiting.pop()
            line, kind = node.start_point[0] + 1, node.type
            if kind in ("identifier", "shorthand_property_identifier_pattern"):
                word = text_of(node)
                if declared:
                    self.scope.bound.add(word)
                self.out.append(s.assigned(s.name(word, line), held, line))
            elif kind in ("assignment_pattern", "object_assignment_pattern"):
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                if left is not None:
                    waiting.append((left, s.either(held, self.expression(right), line)))
            elif kind == "object_pattern":
                base = self.hoisted(held, line)
                waiting += [*self._members(node, base)]
            elif kind == "array_pattern":
                base = self.hoisted(held, line)
                waiting += [*self._elements(node, base)]
            elif kind == "rest_pattern":
                waiting += [(part, held) for part in node.named_children[:1]]
            else:
                self.out.append(s.assigned(self.expression(node), held, line))

    def _members(self, node: Node, base: ast.expr) -> Iterator[tuple[Node, ast.expr]]:
        for part in node.named_children:
            line = part.start_point[0] + 1
            if part.type == "pair_pattern":
                key, target = part.child_by_field_name("key"), part.child_by_field_name("value")
                if key is not None and target is not None:
                    yield target, self._part_of(base, key, line)
            elif part.type == "rest_pattern":
                yield part, base
            elif part.type == "object_assignment_pattern":
                left = part.child_by_field_name("left")
                yield part, s.attribute(base, text_of(left), line) if left else base
            elif part.type != "comment":
                yield part, s.attribute(base, text_of(part), line)

    def _elements(self, node: Node, base: ast.expr) -> Iterator[tuple[Node, ast.expr]]:
        place = 0
        for part in node.children:
            line = part.start_point[0] + 1
            if part.type == ",":
                place += 1
            elif part.type == "rest_pattern":
                yield part, base
            elif part.is_named and part.type != "comment":
                yield part, s.subscript(base, s.constant(place, line), line)

    def _part_of(self, base: ast.expr, key: Node, line: int) -> ast.expr:
        if key.type == "computed_property_name":
            return self._indexed(base, self.expression(key), line)
        return s.attribute(base, key_of(key), line)

    def _indexed(self, base: ast.expr, part: ast.expr, line: int) -> ast.expr:
        """`a["b"]` is `a.b`."""
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value:
            return s.attribute(base, part.value, line)
        return s.subscript(base, part, line)

    def _all_of(self, node: Node, line: int) -> ast.expr:
        parts = [self.expression(part) for part in node.named_children]
        return s.several(parts, line) if parts else s.constant(None, line)

    def _inner(self, node: Node, line: int) -> ast.expr:
        inner = next((part for part in node.named_children if part.type != "comment"), None)
        return self.expression(inner) if inner is not None else s.constant(None, line)

    def _asserted(self, node: Node, _: int) -> ast.expr:
        return self.expression(node.named_children[-1])

    def _nothing(self, _: Node, line: int) -> ast.expr:
        return s.constant(None, line)

    def _name(self, node: Node, line: int) -> ast.expr:
        return s.name(text_of(node), line)

    def _this(self, _: Node, line: int) -> ast.expr:
        return s.name("this", line)

    def _meta(self, node: Node, line: int) -> ast.expr:
        return s.name(text_of(node), line)

    def _string(self, node: Node, line: int) -> ast.expr:
        return s.constant(unescaped(text_of(node)[1:-1]), line)

    def _number(self, node: Node, line: int) -> ast.expr:
        try:
            return s.constant(int(text_of(node).replace("_", ""), 0), line)
        except ValueError:
            return s.constant(None, line)

    def _template(self, node: Node, line: int) -> ast.expr:
        parts = [
            self.expression(part)
            if part.type == "template_substitution"
            else s.constant(unescaped(text_of(part)), part.start_point[0] + 1)
            for part in node.named_children
        ]
        return s.at(ast.JoinedStr(parts), line)

    def _chain(self, node: Node, line: int) -> ast.expr:
        """Calls and members of one another: `a.b(c).d`, which may go on for hundreds of links."""
        links = []
        first: Node | None = node
        while first is not None and (field := _FIRST.get(first.type)):
            links.append(first)
            first = first.child_by_field_name(field)
            while first is not None and first.type in _INNER and len(first.named_children) == 1:
                first = first.named_children[0]
        held = self.expression(first)
        for number, link in enumerate(reversed(links), 1):
            held = self._linked(link, held)
            if number % _LONGEST_CHAIN == 0:
                held = self.hoisted(held, line)
        return held

    def _linked(self, node: Node, base: ast.expr) -> ast.expr:
        line = node.start_point[0] + 1
        if node.type == "member_expression":
            word = node.child_by_field_name("property")
            line = word.start_point[0] + 1 if word else line
            return s.attribute(base, text_of(word) if word else "", line)
        if node.type == "subscript_expression":
            return self._indexed(base, self.expression(node.child_by_field_name("index")), line)
        if isinstance(base, ast.Attribute):
            line = base.lineno
        given = node.child_by_field_name("arguments")
        if given is None:
            return s.call(base, [], line)
        if given.type == "template_string":
            return s.call(base, [self.expression(given)], line)
        parts = [self.expression(p) for p in given.named_children if p.type != "comment"]
        return s.call(base, parts, line)

    def _binary(self, node: Node, line: int) -> ast.expr:
        links = []
        first: Node | None = node
        while first is not None and first.type == "binary_expression":
            links.append(first)
            first = first.child_by_field_name("left")
        held = self.expression(first)
        for number, link in enumerate(reversed(links), 1):
            right = self.expression(link.child_by_field_name("right"))
            held = _joined(text_of(link.child_by_field_name("operator")), held, right, line)
            if number % _LONGEST_CHAIN == 0 and not isinstance(held, ast.BinOp):
                held = self.hoisted(held, line)
        return held

    def _unary(self, node: Node, line: int) -> ast.expr:
        held = self.expression(node.child_by_field_name("argument"))
        quiet = text_of(node.child_by_field_name("operator")) in _QUIET
        return s.unmarked([held], line) if quiet else held

    def _ternary(self, node: Node, line: int) -> ast.expr:
        tested, one, other = (
            self.expression(node.child_by_field_name(field))
            for field in ("condition", "consequence", "alternative")
        )
        return s.at(ast.IfExp(tested, one, other), line)

    def _assignment(self, node: Node, line: int) -> ast.expr:
        """`a = b = c = …` gives each of them the last, and may go on for hundreds of them."""
        targets = []
        last: Node | None = node
        while last is not None and last.type in _ASSIGNMENTS:
            targets.append(last.child_by_field_name("left"))
            last = last.child_by_field_name("right")
        held = self.known_as(targets[-1], last)
        if len(targets) > 1:
            held = self.hoisted(held, line)
        for left in targets[:0:-1]:
            self.out.append(s.at(ast.Expr(self._set(left, held, line)), line))
        return self._set(targets[0], held, line)

    def _set(self, left: Node | None, held: ast.expr, line: int) -> ast.expr:
        if left is None:
            return held
        if left.type in ("object_pattern", "array_pattern"):
            held = self.hoisted(held, line)
            self.bind(left, held, declared=False)
            return held
        if text_of(left) in ("module.exports", "exports"):
            return self._exported(held, line)
        target = self.expression(left)
        if isinstance(target, ast.Attribute):
            held = self._obeyed(target, held, line)
        return s.at(ast.NamedExpr(target, held), line)  # type: ignore[arg-type]  # any target

    def _exported(self, held: ast.expr, line: int) -> ast.expr:
        module = self.scope
        while module.outer is not None:
            module = module.outer
        module.bound.add(s.DEFAULT)
        return s.at(ast.NamedExpr(s.name(s.DEFAULT, line), held), line)

    def _obeyed(self, target: ast.Attribute, held: ast.expr, line: int) -> ast.expr:
        """What is done with a value by setting it: an address is loaded, a listener is called."""
        if target.attr in ("src", "href", "location"):
            return s.call(s.name("loads", line), [held], line)
        if target.attr.startswith("on") and isinstance(held, Function):
            event = s.constant(target.attr[2:], line)
            return s.call(s.attribute(target.value, "on", line), [event, held], line)
        return held

    def _object(self, node: Node, line: int) -> ast.expr:
        keys: list[ast.expr | None] = []
        values: list[ast.expr] = []
        for part in node.named_children:
            here = part.start_point[0] + 1
            if part.type == "pair":
                key = part.child_by_field_name("key")
                keys.append(self._key(key, here))
                values.append(self.known_as(key, part.child_by_field_name("value")))
            elif part.type == "shorthand_property_identifier":
                keys.append(s.constant(text_of(part), here))
                values.append(s.name(text_of(part), here))
            elif part.type == "spread_element":
                keys.append(None)
                values.append(self._inner(part, here))
            elif part.type == "method_definition":
                keys.append(self._key(part.child_by_field_name("name"), here))
                values.append(self.method(part))
        return s.at(ast.Dict(keys, values), line)

    def _key(self, key: Node | None, line: int) -> ast.expr:
        if key is not None and key.type == "computed_property_name":
            return self.expression(key)
        return s.constant(key_of(key) if key is not None else None, line)

    def _array(self, node: Node, line: int) -> ast.expr:
        parts = [self.expression(part) for part in node.named_children if part.type != "comment"]
        return s.at(ast.List(parts, ast.Load()), line)

    def _sequence(self, node: Node, line: int) -> ast.expr:
        *others, last = [self.expression(part) for part in node.named_children]
        self.out += [s.at(ast.Expr(part), line) for part in others]
        return last

    def _spread(self, node: Node, line: int) -> ast.expr:
        return s.at(ast.Starred(self._inner(node, line), ast.Load()), line)

    def _yield(self, node: Node, line: int) -> ast.expr:
        return s.at(ast.Yield(self._inner(node, line)), line)

    def _function(self, node: Node, _: int) -> ast.expr:
        return self._add(self.scope, node, "", False)

    def known_as(self, key: Node | None, value: Node | None) -> ast.expr:
        """Return what a value is; a function that gets a name at once is known by it."""
        if value is None or value.type not in ("arrow_function", "function_expression"):
            return self.expression(value)
        if key is not None and key.type == "member_expression":
            key = key.child_by_field_name("property")
        return self._add(self.scope, value, key_of(key) if key is not None else "", False)

    def method(self, node: Node) -> ast.expr:
        """Return a function of an object; of what is asked like a variable, what it answers."""
        key = node.child_by_field_name("name")
        word = key_of(key) if key is not None else ""
        function = self._add(self.scope, node, word, True)
        if any(part.type == "get" for part in node.children):
            return s.call(function, [], function.lineno)
        return function

    def _class(self, node: Node, line: int) -> ast.expr:
        raise NotImplementedError


_FIRST = {
    "member_expression": "object",
    "subscript_expression": "object",
    "call_expression": "function",
    "new_expression": "constructor",
}


def _joined(operator: str, left: ast.expr, right: ast.expr, line: int) -> ast.expr:
    if operator == "+":
        return s.at(ast.BinOp(left, ast.Add(), right), line)
    if operator == "^":
        return s.at(ast.BinOp(left, ast.BitXor(), right), line)
    if operator in ("||", "??"):
        return s.either(left, right, line)
    if operator == "&&":
        return s.at(ast.IfExp(left, right, s.constant(None, line)), line)
    if operator in _COMPARED:
        return s.unmarked([left, right], line)
    return s.at(ast.BinOp(left, ast.Sub(), right), line)


def text_of(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def key_of(node: Node) -> str:
    """Return the name that a key of an object spells."""
    text = text_of(node)
    return unescaped(text[1:-1]) if node.type == "string" else text
