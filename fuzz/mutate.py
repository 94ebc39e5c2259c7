"""Mutations that know the form: frozen dataclasses by their type hints, bytes by words."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import IntEnum
from functools import cache
from random import Random
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from zkinfer_verify.field.prime import P

EDGES = (0, 1, 2, 3, 8, 9, 16, 17, 32, 33, 255, 2**16, 2**18, 2**22, 2**24, 2**32, 2**38, 2**62, 2**63 - 1, P // 2)
WORD = 8


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def mutate_value(draw: Random, kind: Any, value: Any) -> Any:
    """Return a value of this type hint with one thing in it changed: at random depth, each field as likely."""
    origin = get_origin(kind)
    if origin is UnionType:
        inner = next(arg for arg in get_args(kind) if arg is not NoneType)
        return None if value is None or draw.randrange(8) == 0 else mutate_value(draw, inner, value)
    if origin is tuple:
        args = get_args(kind)
        return _mutate_list(draw, args[0], value) if args[-1] is Ellipsis else _mutate_one(draw, args, value)
    if is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]
        weights = [_weight(getattr(value, name)) for name in hints]
        (name,) = draw.choices(list(hints), weights)
        changed = {field: getattr(value, field) for field in hints}
        changed[name] = mutate_value(draw, hints[name], changed[name])
        return kind(**changed)  # type: ignore[operator]
    return _mutate_leaf(draw, kind, value)


def _weight(value: Any) -> int:
    """Return how often a field is chosen: the lists, where most of a statement is, more often than single values."""
    return 1 + min(8, len(value)) if isinstance(value, tuple) else 1


def _mutate_leaf(draw: Random, kind: Any, value: Any) -> Any:
    if kind is str:
        return draw.choice(["", value + "x", value[:-1], "\0", "\x1b[31m", "toy", "standard", "none", "x" * 300])
    if kind is bytes:
        return draw.choice([value[:-1], value + b"\0", bytes(len(value)), draw.randbytes(len(value))])
    if kind is float:
        return draw.choice([0.0, -0.0, 1e308, -1.5, float("inf"), float("nan"), 5e-324])
    if issubclass(kind, IntEnum):
        return draw.choice(list(kind))
    near = draw.choice([value + 1, value - 1, -value, 2 * value, value // 2, value + (1 << draw.randrange(40))])
    far = draw.choice([draw.choice(EDGES), -draw.choice(EDGES), draw.randrange(20)])
    return max(-(2**63), min(2**63 - 1, draw.choice([near, near, far])))


def _mutate_list(draw: Random, item: Any, values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Change an item, or drop, double, move or exchange some."""
    if not values:
        return values
    at = draw.randrange(len(values))
    match draw.randrange(9):
        case 0:
            return values[:at] + values[at + 1 :]
        case 1:
            return (*values, draw.choice(values))
        case 2:
            return (*values[:at], draw.choice(values), *values[at + 1 :])
        case 3 if len(values) < 1000:
            return values * draw.choice([2, 3, 9])
        case 4:
            return tuple(draw.sample(values, len(values)))
        case _:
            return (*values[:at], mutate_value(draw, item, values[at]), *values[at + 1 :])


def _mutate_one(draw: Random, kinds: Sequence[Any], values: tuple[Any, ...]) -> tuple[Any, ...]:
    at = draw.randrange(len(values))
    return (*values[:at], mutate_value(draw, kinds[at], values[at]), *values[at + 1 :])


def mutate_bytes(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Return bytes with bits, bytes, words or runs changed, cut off, put in, or taken from another input."""
    for _ in range(draw.choice([1, 1, 1, 2, 4])):
        at = draw.randrange(len(data) + 1)
        word = at - at % WORD
        size = draw.choice([1, 2, WORD, WORD, 32, 100])
        match draw.randrange(8):
            case 0:
                data = data[:at] + draw.randbytes(1) + data[at + 1 :]
            case 1:
                edge = draw.choice(EDGES) * draw.choice([1, -1]) % 2**64
                data = data[:word] + edge.to_bytes(WORD, "little") + data[word + WORD :]
            case 2:
                data = data[:at] + data[at + size :]
            case 3:
                data = data[:at] + draw.choice([bytes(size), draw.randbytes(size), data[at : at + size]]) + data[at:]
            case 4:
                data = data[:at]
            case 5:
                data = data[:word] + draw.choice(others)[word:]
            case 6 if at < len(data):
                data = data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]
            case _:
                other = draw.choice(others)
                data = data[:at] + other[at : at + size] + data[at + size :]
    return data
