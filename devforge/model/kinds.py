"""Which type a record's model wants at a path, so that a message can name what is allowed. Pure."""

from __future__ import annotations

import ast
import inspect
import textwrap
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel


def keys_at(kind: object, path: tuple[str | int, ...]) -> list[str]:
    """Return the keys a mapping at `path` may have; empty where any key may stand."""
    wanted = required_type(kind, path)
    return list(wanted.model_fields) if _is_model(wanted) else []


def required_type(kind: object, path: tuple[str | int, ...]) -> Any:
    """Return the type wanted at `path`, without its constraints; None where there is none."""
    wanted = _bare(kind)
    for part in path:
        wanted = _bare(_inside(wanted, part))
    return wanted


def meaning_at(kind: object, path: tuple[str | int, ...]) -> str:
    """Return what stands at `path`, in the model's words; empty where it does not say."""
    parent, name = required_type(kind, path[:-1]), str(path[-1])
    field = parent.model_fields.get(name) if _is_model(parent) else None
    return meanings_of(parent).get(name) or field.description or "" if field else ""


def meanings_of(kind: type[BaseModel]) -> dict[str, str]:
    """Return field → the text that follows it in the class's source."""
    [body] = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    meanings: dict[str, str] = {}
    previous: ast.stmt | None = None
    for statement in getattr(body, "body", ()):
        if isinstance(previous, ast.AnnAssign) and isinstance(statement, ast.Expr):
            field, said = previous.target, statement.value
            if isinstance(field, ast.Name) and isinstance(said, ast.Constant):
                meanings[field.id] = inspect.cleandoc(str(said.value))
        previous = statement
    return meanings


def example_of(kind: object) -> str:
    """Return what could stand for a value of this type, in YAML; … where anything may."""
    wanted = _bare(kind)
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin is Literal:
        return str(arguments[0])
    if origin is tuple:
        return f"[{example_of(arguments[0])}]"
    if _is_model(wanted):
        needed = {n: f.annotation for n, f in wanted.model_fields.items() if f.is_required()}
        return f"{{{', '.join(f'{name}: {example_of(kind)}' for name, kind in needed.items())}}}"
    example = str(getattr(wanted, "EXAMPLE", _PLAIN.get(wanted, "…")))
    return example if example[0].isalnum() or example == "…" else f'"{example}"'


_PLAIN: dict[object, str] = {bool: "true", int: "1", dict: "{}"}


def _inside(wanted: Any, part: str | int) -> Any:
    if _is_model(wanted):
        described = wanted.model_fields.get(str(part))
        return described.annotation if described else None
    arguments = get_args(wanted)
    if isinstance(part, int) and arguments:
        return arguments[0]
    return arguments[1] if get_origin(wanted) is dict and len(arguments) == 2 else None


def _bare(wanted: Any) -> Any:
    """Strip `Annotated` and `| None`: what is left is what a person has to write."""
    while True:
        origin, arguments = get_origin(wanted), get_args(wanted)
        if origin is Annotated:
            wanted = arguments[0]
        elif origin in (Union, UnionType):
            wanted = next((a for a in arguments if a is not NoneType), None)
        else:
            return wanted


def _is_model(wanted: Any) -> bool:
    return isinstance(wanted, type) and issubclass(wanted, BaseModel)
