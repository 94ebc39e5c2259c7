"""JSON bytes to simdjson's view of them, with errors that say where, and objects whose keys are exactly as expected."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
import simdjson
from numpy.typing import NDArray

from zkinfer.kernels import native
from zkinfer_verify.errors import UsageError

Lists = dict[str, NDArray[np.float64]]

LONG = 1 << 10  # numbers in a list that is worth reading apart; no shape has so many


def parse_json(raw: bytes, path: Path) -> object:
    """The document as simdjson objects and arrays, or Python scalars; numbers are read only when asked for.

    Errors: UsageError with file, line and column for what is not JSON (NaN and Infinity are not).
    """
    try:
        return simdjson.Parser().parse(raw)
    except (ValueError, RuntimeError) as error:
        # The quick parser says that the text is wrong and the other one where.
        raise UsageError(f"{path}: {_reason(raw, str(error))}.") from error


@dataclass(frozen=True)
class Cut:
    """A document whose long lists of numbers are read already: in place of each stands a string, its key in `lists`.

    Take a list out when its key is met: then a file that holds such a key itself stands for no list, or lacks one.
    """

    document: object
    lists: Lists
    brackets: int  # that open in the text


def parse_with_numbers(raw: bytes, path: Path) -> Cut:
    """The document, its long lists of numbers read in one pass: simdjson would hold 16 bytes more for each number.

    Errors: as `parse_json`.
    """
    pieces: list[bytes] = []
    lists: Lists = {}
    start = 0
    for first, end, numbers in native.number_lists(raw, LONG):
        key = f"numbers {len(lists)}"
        pieces += [raw[start:first], b'"%s"' % key.encode()]
        lists[key], start = numbers, end
    text = b"".join([*pieces, raw[start:]])
    try:
        document = simdjson.Parser().parse(text)
    except (ValueError, RuntimeError):
        return Cut(parse_json(raw, path), {}, raw.count(b"["))  # says where in the file, not in what is left of it
    return Cut(document, lists, text.count(b"[") + len(lists))


def members(value: object, required: Collection[str], optional: Collection[str], where: str) -> dict[str, object]:
    """An object's members, where `required` keys are present, and no others but `optional` ones, each once."""
    if not isinstance(value, simdjson.Object):
        raise UsageError(f"{where}: expected an object with {_keys(required)}; see the interchange format.")
    found = list(value)
    for key in found:
        if key not in required and key not in optional:
            raise UsageError(f"{where}: unknown key {key[:40]!r}; expected {_keys([*required, *optional])}.")
        if found.count(key) > 1:
            raise UsageError(f"{where}: the key {key!r} is given twice; keep one.")
    for key in required:
        if key not in found:
            raise UsageError(f"{where}: the key {key!r} is missing; expected {_keys([*required, *optional])}.")
    return {key: value[key] for key in found}  # not items(), which turns everything inside into Python objects


def sizes(value: object, where: str) -> tuple[int, ...]:
    """A shape: a list of one to eight integers, each at least 1."""
    entries = value.as_list() if isinstance(value, simdjson.Array) and len(value) <= 8 else []
    if not entries or not all(type(entry) is int and entry >= 1 for entry in entries):
        raise UsageError(f"{where} must be a list of one to eight sizes, each an integer of at least 1.")
    return tuple(entry for entry in entries if isinstance(entry, int))


def _reason(raw: bytes, error: str) -> str:
    try:
        raw.decode()
    except UnicodeDecodeError as wrong:
        return f"not UTF-8 at byte {wrong.start}; check that it is a JSON file"
    try:
        orjson.loads(raw)
    except orjson.JSONDecodeError as wrong:
        place = f"line {wrong.lineno}, column {wrong.colno}"
        layers = raw.count(b'"layer_type"', 0, wrong.pos)
        layer = f", in or next to layers[{layers - 1}]" if layers else ""
        return f"not valid JSON at {place}{layer} ({wrong.msg}); check that the file is whole"
    return f"a number is out of range, or the file too large or too deep ({error.split(':')[0]}); use smaller ones"


def _keys(keys: Collection[str]) -> str:
    return "the keys " + ", ".join(keys) if len(keys) > 1 else "the key " + "".join(keys)
