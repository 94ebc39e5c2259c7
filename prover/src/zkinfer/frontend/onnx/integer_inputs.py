"""The ranges of inputs that are integers: a type does not tell them, and the verifier sees them in the statement.

    codes and bool      all of their type
    indices             the rows of the tables that they index
    others              0 and 1, those of an attention mask

A file may say otherwise: `zkinfer quantize --integers NAME=LO..HI` writes the range into its metadata.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from zkinfer.graph.operator import Shape
from zkinfer_verify.errors import UsageError

Range = tuple[int, int]
DECLARED = "zkinfer.range."
"""What a key of the file's metadata begins with that tells an input's range; the input's name follows."""
CODES = ("int8", "uint8", "int16", "uint16")
"""Types that activations are quantised to."""
INTEGERS = ("bool", *CODES, "int32", "uint32", "int64", "uint64")
MASK: Range = (0, 1)
# fmt: off
MOVES = frozenset((
    "Cast", "Expand", "Flatten", "Identity", "Reshape", "Slice", "Split", "Squeeze", "Tile", "Transpose", "Unsqueeze",
))
# fmt: on
"""Operators whose outputs hold integers of their first input."""


def limits(kind: str) -> Range:
    """Return the least and the largest integer of a type, as numpy names it."""
    return MASK if kind == "bool" else (int(np.iinfo(kind).min), int(np.iinfo(kind).max))


def input_ranges(
    inputs: Mapping[str, str],
    nodes: Iterable[tuple[str, Sequence[str], Sequence[str]]],
    constants: Mapping[str, Shape],
    declared: Mapping[str, Range],
) -> tuple[dict[str, Range], tuple[str, ...]]:
    """Return the range of each input that is integers, and the names of those that are taken as masks.

    inputs: types by name; nodes: operator, inputs, outputs, in order of computation; constants: their shapes;
    declared: what the file says.
    """
    source = {name: name for name, kind in inputs.items() if kind in INTEGERS}
    # A table may be quantised: then its codes are the constant.
    shapes = dict(constants)
    rows: dict[str, int] = {}
    for op_type, read, given in nodes:
        if op_type == "Gather" and shapes.get(read[0]) and read[1] in source:
            name, count = source[read[1]], shapes[read[0]][0]
            rows[name] = min(rows.get(name, count), count)
        elif op_type in MOVES and read and read[0] in source:
            source |= dict.fromkeys(given, source[read[0]])
        elif op_type == "DequantizeLinear" and read[0] in shapes:
            shapes[given[0]] = shapes[read[0]]
    ranges: dict[str, Range] = {}
    masks: list[str] = []
    for name, kind in inputs.items():
        if name in declared:
            ranges[name] = declared[name]
        elif name in rows:
            ranges[name] = 0, rows[name] - 1
        elif kind in ("bool", *CODES):
            ranges[name] = limits(kind)
        elif kind in INTEGERS:
            ranges[name] = MASK
            masks.append(name)
    return ranges, tuple(masks)


def declared_ranges(metadata: Mapping[str, str], inputs: Mapping[str, str], path: str) -> dict[str, Range]:
    """Return what a file's metadata say of the ranges of its inputs, whose types are given by name.

    Errors: UsageError naming the entry: for another form, an input that is not there or no integers, and a range that
    is empty or wider than the type.
    """
    found: dict[str, Range] = {}
    for key, text in metadata.items():
        if not key.startswith(DECLARED):
            continue
        name = key.removeprefix(DECLARED)
        match = re.fullmatch(r"(-?\d{1,18})\.\.(-?\d{1,18})", text)
        kind = inputs.get(name)
        if match is None or kind not in INTEGERS:
            what = f"is no range LO..HI: {text!r}" if match is None else "is of no input that holds integers"
            raise UsageError(f"{path}: the metadata's {key!r} {what}; correct or remove it.")
        lo, hi = int(match[1]), int(match[2])
        least, largest = limits(kind)
        if not least <= lo <= hi <= largest:
            raise UsageError(f"{path}: the metadata's {key!r} is {text}, no range within {kind}; correct or remove it.")
        found[name] = lo, hi
    return found


def masks_noted(masks: Iterable[str], types: Mapping[str, str]) -> Iterable[str]:
    """Yield a sentence for each input that is taken as a mask although its type holds more."""
    for name in masks:
        yield (
            f"Input {name!r} ({types[name]}) indexes no table: it is taken as a mask of 0 and 1. "
            f"If it holds other integers, declare them: zkinfer quantize --integers {name}=LO..HI."
        )
