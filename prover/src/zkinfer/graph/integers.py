"""Models and inputs whose numbers are integers already, stored in the smallest type that holds them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from zkinfer.graph.graph import Array, Convolution, FullyConnected, Graph, Node, Operator
from zkinfer_verify.errors import UsageError

LIMIT = 1 << 53  # from here on a float64 may stand for several integers
BLOCK = 1 << 18  # entries compared at a time, to keep temporaries small


def to_integers(graph: Graph) -> Graph:
    """The same network with every weight array in the smallest of int8, int16, int32 and int64.

    Errors: UsageError that names the layer and the entry, for a value that is not an integer or not under 2^53.
    """
    nodes = tuple(replace(node, op=_integer_op(node)) for node in graph.nodes)
    return replace(graph, nodes=nodes)


def input_to_integers(x: npt.ArrayLike) -> Array:
    """The same input in the smallest integer type; the error names the entry's place and never its value."""
    try:
        array = np.asarray(x)
    except ValueError:
        raise UsageError("The input has lists of different lengths; make them agree.") from None
    if not array.size:
        raise UsageError("The input holds no numbers; pass an array of the network's input shape.")
    return _smallest(array, "The input", "scale and round it first")


def _integer_op(node: Node) -> Operator:
    where = f"Layer {node.name} ({node.op.layer_type})"
    remedy = "round the weights to integers (quantisation comes with a later release)"

    def convert(array: Array, name: str) -> Array:
        return _smallest(array, f"{where}: {name}", remedy)

    match node.op:
        case Convolution(kernel=kernel, bias=bias):
            return replace(
                node.op, kernel=convert(kernel, "kernel"), bias=None if bias is None else convert(bias, "bias")
            )
        case FullyConnected(weights=weights, bias=bias):
            return replace(
                node.op, weights=convert(weights, "weights"), bias=None if bias is None else convert(bias, "biases")
            )
    return node.op


def _smallest(array: Array, what: str, remedy: str) -> Array:
    if array.dtype.kind not in "iuf":
        raise UsageError(f"{what} holds {array.dtype}, not real numbers; pass integers or floats.")
    low, high = array.min(), array.max()
    if not (low > -LIMIT and high < LIMIT):  # also true for a NaN
        place = _index(array, ~(np.abs(array.astype(np.float64)) < LIMIT))
        raise UsageError(f"{what}{place} is not a number under 2^53 in absolute value; {remedy}.")
    out = array.astype(_type_for(int(low), int(high)))
    if array.dtype.kind == "f":
        # Flat views of the two arrays, a block at a time.
        before, after = array.reshape(-1), out.reshape(-1)
        for first in range(0, array.size, BLOCK):
            if not np.array_equal(before[first : first + BLOCK], after[first : first + BLOCK]):
                raise UsageError(f"{what}{_index(array, array != out)} is not an integer; {remedy}.")
    return out


def _type_for(low: int, high: int) -> npt.DTypeLike:
    for candidate in (np.int8, np.int16, np.int32):
        info = np.iinfo(candidate)
        if info.min <= low and high <= info.max:
            return candidate
    return np.int64


def _index(array: Array, bad: Array) -> str:
    first = np.unravel_index(int(np.argmax(bad)), array.shape)
    return f"[{', '.join(str(int(axis)) for axis in first)}]"
