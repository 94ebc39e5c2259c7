"""LayerNormalization and its kin: exact sums of squares, and one inverse root a row.

    (x - mean) / sqrt(variance + epsilon) = c sqrt(n) / sqrt(sum c^2 + epsilon n k^2 / scale^2),   c = k (v - mean v)

with v the integers of x, n entries a row, and k = n as a rule. Without the mean c = v, and k is 1.
"""

from __future__ import annotations

from math import ceil, floor, log2, prod, sqrt

import numpy as np

from zkinfer.frontend.onnx.families.elementwise import add, scaled
from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.meaning import Real
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.narrow import narrow
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Array
from zkinfer.network.apply import Apply
from zkinfer.network.combine import Combine
from zkinfer.network.einsum import Einsum, stretched
from zkinfer.network.inverse_root import BITS, MANTISSA, OUT_BITS, InverseRoot
from zkinfer.network.operation import Operation
from zkinfer.network.quotient import Quotient
from zkinfer.network.rearrange import Reshape
from zkinfer.network.rounded import Rounded
from zkinfer.network.saturate import Saturate

LETTERS = "abcdefgh"
FRACTION_BITS, LONG_FRACTION_BITS = 18, 24
"""Normalised numbers are held to a multiple of about 2^-18, those of codes of more than twelve bits of 2^-24."""
FEW_CODES = 1 << 12
SUM_BITS = 60
"""Scaled sums of squares stay under 2^60."""
ROOM = 61
"""Products of entries and roots stay under 2^61, by their bounds."""
LEAST_MEAN_BITS = 4
"""A mean that is rounded is held to a multiple of 2^-4 of a code, or finer."""
LEAST_BITS, MOST_BITS = 17, 20
"""Of sums that nothing quantises: what their squares have room for."""


@family("LayerNormalization")
def layer_normalization(node: OnnxNode, t: Translator) -> None:
    """Over the last axes, with gains and biases along them."""
    x = t.real(node)
    first = int(node.attributes.get("axis", -1)) % len(x.shape)
    rows = normalised(node, t, x, tuple(range(first, len(x.shape))), _epsilon(node))
    _scaled(node, t, rows, _constant(node, t, 1, "gains"), _constant(node, t, 2, "biases"))


@family("RMSNormalization", "SimplifiedLayerNormalization", "com.microsoft.SimplifiedLayerNormalization")
def rms_normalization(node: OnnxNode, t: Translator) -> None:
    """Over the last axes, without a mean."""
    x = t.real(node)
    first = int(node.attributes.get("axis", -1)) % len(x.shape)
    rows = normalised(node, t, x, tuple(range(first, len(x.shape))), _epsilon(node), centred=False)
    _scaled(node, t, rows, _constant(node, t, 1, "gains"), None)


@family("com.microsoft.SkipLayerNormalization")
def skip_layer_normalization(node: OnnxNode, t: Translator) -> None:
    """LayerNormalization of the sum of two tensors, and of a bias."""
    read = {name for other in t.model.nodes for name in other.inputs} | set(t.model.outputs)
    if read.intersection(node.outputs[1:3]):
        raise Unsupported(node, "it gives means or variances", "use Add and LayerNormalization nodes")
    parts = tuple(name for name in (node.inputs[0], node.inputs[1], node.input(4)) if name)
    total = OnnxNode(f"{node.name}/sum", "Add", parts, (f"{node.outputs[0]}/sum",))
    t.model.shapes[total.outputs[0]] = t.model.shape(node, node.inputs[0])  # type: ignore[index]
    add(total, t)
    x = t.coded(node, t.meanings[total.outputs[0]])
    if node.outputs[3:] and node.outputs[3]:
        t.give(node, t.meanings[total.outputs[0]], 3)
    rows = normalised(node, t, x, (len(x.shape) - 1,), _epsilon(node, 1e-12))
    _scaled(node, t, rows, _constant(node, t, 2, "gains"), _constant(node, t, 3, "biases"))


@family("InstanceNormalization")
def instance_normalization(node: OnnxNode, t: Translator) -> None:
    """Over the places of each channel."""
    x = t.real(node)
    rows = normalised(node, t, x, tuple(range(2, len(x.shape))), _epsilon(node))
    gain, bias = _constant(node, t, 1, "gains"), _constant(node, t, 2, "biases")
    _scaled(node, t, rows, _by_channel(gain, len(x.shape)), _by_channel(bias, len(x.shape)))


@family("GroupNormalization")
def group_normalization(node: OnnxNode, t: Translator) -> None:
    """Over the places and channels of each group."""
    x = t.real(node)
    groups = int(node.attributes["num_groups"])
    rows = t.with_op(node, Reshape((x.shape[0], groups, prod(x.shape[1:]) // groups)), x)
    whole = t.with_op(node, Reshape(x.shape), normalised(node, t, rows, (2,), _epsilon(node)))
    gain, bias = _constant(node, t, 1, "gains"), _constant(node, t, 2, "biases")
    if len(gain) != x.shape[1]:
        gain, bias = (np.repeat(values, x.shape[1] // groups) for values in (gain, bias))
    _scaled(node, t, whole, _by_channel(gain, len(x.shape)), _by_channel(bias, len(x.shape)))


@family("LpNormalization")
def lp_normalization(node: OnnxNode, t: Translator) -> None:
    """Each row divided by its length, or by the sum of its magnitudes."""
    x = t.real(node)
    axis = int(node.attributes.get("axis", -1)) % len(x.shape)
    squares = int(node.attributes.get("p", 2)) == 2
    if squares and _displays(node, t):
        t.displayed.add(node.outputs[0])
        t.give(node, x)
    elif squares:
        t.give(node, normalised(node, t, x, (axis,), 0.0, centred=False, mean=False))
    else:
        t.give(node, _by_magnitudes(node, t, x, axis))


def _displays(node: OnnxNode, t: Translator) -> bool:
    """Whether the model says of a node that it displays what is before it: the whole of an output, that none reads."""
    model, (tensor,) = t.model, node.outputs
    names = {name for name, own in zip(model.output_names, model.outputs, strict=True) if own == tensor}
    read = any(tensor in other.inputs for other in model.nodes)
    return bool(names) and not read and names <= model.displayed and len(model.shape(node, tensor)) == 1


def _by_magnitudes(node: OnnxNode, t: Translator, x: Real, axis: int) -> Real:
    """Return x / sum |x| along an axis: x * floor(N / sum) / N. A row of zeros stays one.

    Errors: Unsupported for rows whose magnitudes add up to too much.
    """
    x = narrow(node, t, x, LEAST_BITS)
    rows = _Rows(node, t, x, (axis,))
    values = np.abs(np.arange(x.lo, x.hi + 1)).astype(np.int32)
    magnitudes = t.add(f"{node.name}/magnitude", Apply(x.lo, x.hi, values), [x.tensor])
    total = rows.each("sum", Einsum((rows.labels, ""), rows.kept), magnitudes)
    largest = max(2, t.specs[total].hi)
    divisor = t.add(f"{node.name}/divisor", Saturate(0, 1, largest), [total])
    # An entry by N and a sum by floor(N / sum) stay below 2^60; floor(N / sum) has an error of sum / N, relatively.
    bits = SUM_BITS - max(largest.bit_length(), t.specs[x.tensor].peak.bit_length())
    needed, fraction = (9, FRACTION_BITS) if x.hi - x.lo < FEW_CODES else (17, LONG_FRACTION_BITS)
    if bits - largest.bit_length() < needed:
        raise Unsupported(node, f"its magnitudes add up to {largest}", "quantise its input to fewer bits")
    # Entries are about 1 / n, and more fractions of them are kept.
    fraction = min(fraction + x.shape[axis].bit_length(), bits - 1)
    product = t.add(f"{node.name}/product", Quotient(1 << bits, 1), [x.tensor, divisor])
    bound = (1 << fraction) + 1
    return t.as_real(t.add(f"{node.name}/normalised", Rounded(bits - fraction, bound), [product]), 2.0**-fraction)


def normalised(
    node: OnnxNode,
    t: Translator,
    x: Real,
    axes: tuple[int, ...],
    epsilon: float,
    *,
    centred: bool = True,
    mean: bool = True,
) -> Real:
    """Return x less its mean, divided by the root of the mean of squares, along axes.

    centred: whether the mean is taken off; mean: whether squares are averaged, or only added up.
    Errors: Unsupported for rows whose squares add up to too much.
    """
    count = prod(x.shape[axis] for axis in axes)
    x = narrow(node, t, x, min(MOST_BITS, max(LEAST_BITS, floor((SUM_BITS - log2(count)) / 2) - LEAST_MEAN_BITS - 2)))
    rows = _Rows(node, t, x, axes)
    c, factor = rows.centred() if centred else (x.tensor, 1)
    squares = rows.each("square", Einsum((rows.labels, rows.labels), rows.kept, square=True), c, c)
    largest = t.specs[squares].hi
    scale = min(MANTISSA, floor((SUM_BITS - log2(max(largest, 1))) / 2))
    if scale < 0:
        raise Unsupported(node, f"its squares add up to {largest}", "quantise its input to fewer bits")
    # Epsilon in units of the sum of squares.
    own = epsilon * (count if mean else 0) * (factor / x.scale) ** 2
    offset = int(min(round(own * 4.0**scale), 1 << SUM_BITS))
    last = max(0, ceil((log2((largest << 2 * scale) + offset + 1) - MANTISSA - 2) / 2))
    # The bounds of c and of the root are multiplied: small sums are raised to what leaves room for both.
    octaves = min(last, ROOM - OUT_BITS - t.specs[c].peak.bit_length())
    if octaves < 0:
        raise Unsupported(node, f"its entries range up to {t.specs[c].peak}", "quantise its input to fewer bits")
    root = t.add(f"{node.name}/root", InverseRoot(scale, offset, last - octaves, octaves), [squares])
    # c times the root is the result in units of 2^(scale - BITS - last) sqrt(n).
    length = sqrt(count) if mean else 1.0
    typical = length / sqrt(count)
    fraction = FRACTION_BITS if x.hi - x.lo < FEW_CODES else LONG_FRACTION_BITS
    shift = max(1, BITS + last - scale - fraction - ceil(log2(length / typical)))
    unit = length * 2.0 ** (scale - BITS - last + shift)
    bound = ceil(length / unit * (1 + 2.0**-10)) + 1
    product = t.add(f"{node.name}/product", Einsum(*stretched(x.shape, t.specs[root].shape)), [c, root])
    return t.as_real(t.add(f"{node.name}/normalised", Rounded(shift, bound), [product]), unit)


class _Rows:
    """The rows of a tensor along axes, which stay with extent 1 where there is one entry a row."""

    def __init__(self, node: OnnxNode, t: Translator, x: Real, axes: tuple[int, ...]) -> None:
        self._node, self._t, self._x = node, t, x
        self._shape = tuple(1 if axis in axes else extent for axis, extent in enumerate(x.shape))
        self._count = prod(x.shape[axis] for axis in axes)
        self.labels = LETTERS[: len(x.shape)]
        self.kept = "".join(letter for axis, letter in enumerate(self.labels) if axis not in axes)

    def each(self, name: str, op: Einsum, *inputs: str) -> str:
        """Add an operation with one entry a row."""
        return self._add(f"{name}s", Reshape(self._shape), self._add(name, op, *inputs))

    def centred(self) -> tuple[str, int]:
        """Return a multiple of x less its mean, and which: n, or what the sum of its squares has room for.

        n (x - mean) = n x - sum x is exact. A smaller multiple has its mean rounded.
        """
        n, peak = self._count, max(1, self._x.hi, -self._x.lo)
        x = self._x.tensor
        if n * (2 * n * peak) ** 2 < 1 << SUM_BITS:
            total = self.each("sum", Einsum((self.labels, ""), self.kept), x)
            return self._add("centred", Combine((n, -1)), x, total), n
        fraction = floor((SUM_BITS - 1 - log2(n)) / 2 - log2(2 * peak + 1))
        if fraction < LEAST_MEAN_BITS:
            raise Unsupported(self._node, f"its rows have {n} entries", "quantise its input to fewer bits")
        # sum x * factor / 2^shift is 2^fraction times the mean, to less than half of what it is rounded to.
        shift = ceil(log2(n)) + peak.bit_length() + 1
        factor = round(2.0 ** (fraction + shift) / n)
        total = self.each("sum", Einsum((self.labels, ""), self.kept, factor=factor), x)
        mean = self._add("mean", Rounded(shift, (peak << fraction) + 1), total)
        return self._add("centred", Combine((1 << fraction, -1)), x, mean), 1 << fraction

    def _add(self, name: str, op: Operation, *inputs: str) -> str:
        return self._t.add(f"{self._node.name}/{name}", op, inputs)


def _scaled(node: OnnxNode, t: Translator, rows: Real, gain: Array, bias: Array | None) -> None:
    """Give gain * rows + bias."""
    rank = len(rows.shape)
    wide = None if bias is None else bias.reshape((1,) * (rank - bias.ndim) + bias.shape)
    t.give(node, scaled(node, t, rows, gain.reshape((1,) * (rank - gain.ndim) + gain.shape), wide))


def _by_channel(values: Array, rank: int) -> Array:
    """Return numbers of the channels, stretched over places."""
    return values.reshape(1, -1, *(1 for _ in range(rank - 2)))


def _constant(node: OnnxNode, t: Translator, index: int, what: str) -> Array:
    """Return a constant input in float64; gains are one and biases zero where they are left out."""
    if not node.input(index):
        return np.array([1.0 if what == "gains" else 0.0])
    return t.required(node, index, what).astype(np.float64)


def _epsilon(node: OnnxNode, default: float = 1e-5) -> float:
    """Return what is added to the variance."""
    return float(node.attributes.get("epsilon", default))
