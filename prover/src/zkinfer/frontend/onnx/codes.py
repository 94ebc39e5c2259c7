"""Codes that no DequantizeLinear turns into real numbers: what computes with them computes with integers.

A tensor of codes is held as v = code - zero point, and stands for scale * v. What only moves or compares codes goes on
so; whatever else reads them reads the whole numbers that they are, which have the scale 1 and no zero point.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from zkinfer.frontend.onnx.families.elementwise import scaled
from zkinfer.frontend.onnx.integer_inputs import INTEGERS, limits
from zkinfer.frontend.onnx.meaning import (
    MOST_SEEN,
    WEIGHT_BITS,
    Input,
    Joined,
    Linear,
    Mapped,
    Meaning,
    Real,
    clamp_of,
    composed,
)
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Array

TAKES_CODES = frozenset({"Cast", "ConvInteger", "DequantizeLinear", "MatMulInteger"})
"""Operators that know what codes are."""
REARRANGES = frozenset({"Flatten", "Reshape", "Squeeze", "Transpose", "Unsqueeze"})
MOVES = frozenset({"DepthToSpace", "Expand", "Gather", "Slice", "SpaceToDepth", "Split", "Tile"})
COMPARES = frozenset({"ArgMax", "ArgMin", "GlobalMaxPool", "MaxPool", "ReduceMax", "ReduceMin", "TopK"})


GIVES_CODES = frozenset({"Concat", "Max", "Min", "QuantizeLinear"}) | REARRANGES | MOVES | COMPARES
JOINS = frozenset({"Concat", "Max", "Min"})
"""Operators that join or compare codes of one scale and zero point."""
WIDER = "cast to a wider type before it, or to float"


@contextmanager
def as_integers(node: OnnxNode, t: Translator) -> Iterator[None]:
    """While a node is translated, let the codes that it computes with mean the whole numbers that they are."""
    own: dict[str, Meaning] = {}
    shared = _shared(node, t)
    if node.op_type not in TAKES_CODES | REARRANGES and shared is None:
        keeps = node.op_type in MOVES | COMPARES
        for index, name in enumerate(node.inputs):
            meaning = t.meanings.get(name)
            codes = isinstance(meaning, Real) and name in t.integers and not keeps
            if meaning is not None and (codes or (isinstance(meaning, Input) and meaning.kind in INTEGERS)):
                own[name], t.meanings[name] = meaning, whole_numbers(node, t, index)
    try:
        yield
    finally:
        t.meanings.update(own)
    joined = t.meanings.get(node.outputs[0])
    if shared is not None and isinstance(joined, Joined):
        t.give(node, replace(t.held(node, joined), zero_point=shared))


def _shared(node: OnnxNode, t: Translator) -> int | None:
    """Return the zero point of the codes that a node joins, if they have one scale and one zero point."""
    meanings = [t.meanings.get(name) for name in node.inputs]
    kinds = {(m.scale, m.zero_point) for m in meanings if isinstance(m, Real)}
    if node.op_type not in JOINS or len(kinds) != 1 or not all(isinstance(m, Real) for m in meanings):
        return None
    return kinds.pop()[1] if t.integers.issuperset(node.inputs) else None


def whole_numbers(node: OnnxNode, t: Translator, index: int, zero: int = 0) -> Real | Linear | Mapped | Joined:
    """Return an input's integers less `zero`; a caller's integers range as the model says."""
    meaning = t.meaning(node, index)
    if isinstance(meaning, Input):
        lo, hi = t.model.ranges[meaning.name]
        meaning = t.input_port(meaning, 1.0, zero, lo - zero, hi - zero, quantised=False)
    offset = -zero
    if isinstance(meaning, Real):
        offset += meaning.zero_point
        meaning = t.as_real(meaning.tensor, 1.0)
    if offset == 0:
        return meaning
    own = meaning if isinstance(meaning, Real) else t.held(node, meaning)
    return scaled(node, t, own, np.array(1.0), np.full((1,) * len(own.shape), float(offset)))


def is_whole(meaning: Meaning | Array) -> bool:
    """Whether real numbers can be seen to be whole, and held as what they are."""
    match meaning:
        case Linear():
            clamp, unit = clamp_of(meaning.functions), meaning.whole()
            return clamp is not None and clamp.within(1.0) and unit is not None and unit.scale == 1
        case Mapped(real, functions):
            clamp = clamp_of(functions)
            return meaning.whole() if clamp is None else real.scale == 1 and clamp.within(1.0)
        case Joined():
            return all(map(is_whole, meaning.parts))
        case Real():
            return meaning.scale == 1
        case Input():
            return meaning.kind in INTEGERS
    return bool(np.array_equal(meaning, np.rint(meaning)) and np.all(np.abs(meaning) <= 1 << WEIGHT_BITS))


def require_integers(node: OnnxNode, t: Translator) -> None:
    """Require that what a node gives as integers is whole, and stays in their type: nothing wraps around here.

    Errors: Unsupported naming the range, or where ONNX would round or cut off.
    """
    for name in node.outputs:
        meaning = t.meanings.get(name)
        if name not in t.integers or meaning is None or isinstance(meaning, Input):
            continue
        if not (isinstance(meaning, Real) and node.op_type in GIVES_CODES) and not is_whole(meaning):
            raise Unsupported(node, "it divides or rounds integers", "cast them to float before it")
        kind, (lo, hi) = t.model.types[name], _range(t, meaning)
        least, largest = limits(kind)
        if lo < least or hi > largest:
            raise Unsupported(node, f"its integers range in {lo}..{hi}, which {kind} does not hold", WIDER)


def _range(t: Translator, meaning: Real | Linear | Mapped | Joined | Array) -> tuple[int, int]:
    """Return the least and the largest of whole numbers."""
    match meaning:
        case Real():
            return meaning.lo + meaning.zero_point, meaning.hi + meaning.zero_point
        case Linear():
            bounds = composed(meaning.functions, np.array(t.bounds(meaning)))
        case Mapped(real, functions):
            few = real.hi - real.lo < MOST_SEEN
            bounds = meaning.values() if few else composed(functions, np.array([real.lo, real.hi], dtype=np.float64))
        case Joined():
            bounds = np.array([_range(t, part) for part in meaning.parts])
        case _:
            bounds = meaning
    return int(bounds.min()), int(bounds.max())
