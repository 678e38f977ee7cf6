"""A type made of a parsed string. Imports nothing heavy: a command may need names and no records."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

P = TypeVar("P", bound="Parsed")


class Parsed:
    """A value written as a string in records: subclasses give `parse`, `__str__` and `PATTERN`.

    `PATTERN` is what an editor checks; `parse` decides. `nearest` is offered to whoever wrote
    something that `parse` refused.
    """

    __slots__ = ()
    PATTERN = ""
    EXAMPLE = ""

    @classmethod
    def parse(cls: type[P], text: str) -> P:
        """Return the value `text` spells. Raises ValueError saying what is allowed."""
        raise ValueError(f"{cls.__name__} cannot be read from {text!r}")  # pragma: no cover

    @classmethod
    def spellings(cls, text: str) -> tuple[str, ...]:
        """Return what whoever wrote `text` may have meant, the likeliest first; may be wrong."""
        return (text.strip().lower(),)

    @classmethod
    def nearest(cls, text: str) -> str | None:
        """Return a valid spelling close to the refused `text`, if there is an obvious one."""
        for candidate in cls.spellings(text[:200]):
            try:
                return str(cls.parse(candidate))
            except ValueError:
                continue
        return None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema  # noqa: PLC0415

        return core_schema.no_info_plain_validator_function(
            _from(cls), serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        wanted: JsonSchemaValue = {"type": "string"}
        if cls.__doc__:
            wanted["description"] = cls.__doc__.partition("\n")[0]
        if cls.PATTERN:
            wanted["pattern"] = cls.PATTERN
        if cls.EXAMPLE:
            wanted["examples"] = [cls.EXAMPLE]
        return wanted


def _from(kind: type[P]) -> Callable[[object], P]:
    from pydantic_core import PydanticCustomError  # noqa: PLC0415

    parse, nearest, failed = kind.parse, kind.nearest, "parsed"

    def validate(value: object) -> P:
        if isinstance(value, str):
            try:
                return parse(value)
            except ValueError as error:
                context = {"allowed": str(error), "nearest": nearest(value) or ""}
                raise PydanticCustomError(failed, "{allowed}", context) from None
        if isinstance(value, kind):
            return value
        raise PydanticCustomError("string_type", "must be text", {})

    return validate
