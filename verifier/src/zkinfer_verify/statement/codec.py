"""One canonical binary form for frozen dataclasses, driven by their type hints.

int: i64; float: IEEE double; str and bytes: length, then data; an enumeration: its value; tuple[T, ...]: count, then
items; a fixed tuple: its items; X | None: one byte 0 or 1, then X; a dataclass: its fields in order. All
little-endian.
"""

import struct
from dataclasses import fields, is_dataclass
from enum import IntEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from zkinfer_verify.errors import UsageError

T = TypeVar("T")


def encode(value: Any) -> bytes:
    """Encode a frozen dataclass."""
    parts: list[bytes] = []
    _write(type(value), value, parts)
    return b"".join(parts)


def decode(kind: type[T], data: bytes) -> T:
    """Decode a value of this dataclass.

    Errors: UsageError when bytes are missing, left over, or not canonical.
    """
    reader = _Reader(data)
    try:
        value: T = _read(kind, reader)
    except (UnicodeDecodeError, ValueError) as error:
        raise UsageError(f"statement is damaged near byte {reader.cursor}: {error}") from None
    if reader.cursor != len(data):
        raise UsageError(f"statement has {len(data) - reader.cursor} bytes after its end")
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.cursor = data, 0

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.cursor:
            raise ValueError(f"{count} bytes announced, {len(self.data) - self.cursor} left")
        piece = self.data[self.cursor : self.cursor + count]
        self.cursor += count
        return piece

    def count(self) -> int:
        value = int.from_bytes(self.take(8), "little")
        if value > len(self.data) - self.cursor:
            raise ValueError(f"{value} items announced, {len(self.data) - self.cursor} bytes left")
        return value


@cache
def _hints(kind: type) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(kind)
    return tuple((field.name, hints[field.name]) for field in fields(kind))


def _optional(kind: Any) -> Any:
    return next(arg for arg in get_args(kind) if arg is not NoneType)


def _write(kind: Any, value: Any, parts: list[bytes]) -> None:
    origin = get_origin(kind)
    if origin is UnionType:
        parts.append(b"\0" if value is None else b"\1")
        if value is not None:
            _write(_optional(kind), value, parts)
    elif origin is tuple:
        args = get_args(kind)
        if args[-1] is Ellipsis:
            parts.append(len(value).to_bytes(8, "little"))
            args = (args[0],) * len(value)
        for arg, item in zip(args, value, strict=True):
            _write(arg, item, parts)
    elif is_dataclass(kind):
        for name, hint in _hints(kind):  # type: ignore[arg-type]
            _write(hint, getattr(value, name), parts)
    elif kind is str or kind is bytes:
        data = value.encode() if kind is str else value
        parts += (len(data).to_bytes(8, "little"), data)
    elif kind is float:
        parts.append(struct.pack("<d", value))
    else:
        parts.append(struct.pack("<q", int(value)))


def _read(kind: Any, reader: _Reader) -> Any:
    origin = get_origin(kind)
    if origin is UnionType:
        flag = reader.take(1)
        if flag not in (b"\0", b"\1"):
            raise ValueError("a flag is neither 0 nor 1")
        return _read(_optional(kind), reader) if flag == b"\1" else None
    if origin is tuple:
        args = get_args(kind)
        if args[-1] is Ellipsis:
            # The count is only announced: memory is taken item by item.
            return tuple(_read(args[0], reader) for _ in range(reader.count()))
        return tuple(_read(arg, reader) for arg in args)
    if is_dataclass(kind):
        return kind(*(_read(hint, reader) for _, hint in _hints(kind)))  # type: ignore[operator,arg-type]
    if kind is str or kind is bytes:
        data = reader.take(reader.count())
        return data.decode() if kind is str else data
    if kind is float:
        return struct.unpack("<d", reader.take(8))[0]
    value = struct.unpack("<q", reader.take(8))[0]
    return kind(value) if issubclass(kind, IntEnum) else value
