"""What every record shares: frozen, strict, and a way to make a type out of a parsed string."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

P = TypeVar("P", bound="Parsed")


class Strict(BaseModel):
    """A frozen record; a key we do not know is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Foreign(BaseModel):
    """A frozen view of somebody else's payload; what we do not use is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Parsed:
    """A value written as a string in records: subclasses give `parse`, `__str__` and `PATTERN`."""

    __slots__ = ()
    PATTERN = ""
    EXAMPLE = ""

    @classmethod
    def parse(cls: type[P], text: str) -> P:
        """Return the value `text` spells. Raises ValueError saying what is allowed."""
        raise ValueError(f"{cls.__name__} cannot be read from {text!r}")  # pragma: no cover

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _from(cls), serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        shape: JsonSchemaValue = {"type": "string"}
        if cls.PATTERN:
            shape["pattern"] = cls.PATTERN
        if cls.EXAMPLE:
            shape["examples"] = [cls.EXAMPLE]
        return shape


def _from(kind: type[P]) -> Callable[[object], P]:
    def validate(value: object) -> P:
        if isinstance(value, kind):
            return value
        if not isinstance(value, str):
            raise ValueError(f"must be text, not {type(value).__name__}; put it in quotes")
        return kind.parse(value)

    return validate
