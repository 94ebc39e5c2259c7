"""Softmax and normalizations that exporters write out with reductions, found again by what they compute."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zkinfer.graph.graph import Array, Shape
from zkinfer.quantize.onnx.network import Network

if TYPE_CHECKING:
    from onnx import NodeProto

TOLERANCE = 1e-3
"""Of a float32 sum of squares against a float64 one; an eight bit code is four times coarser."""
SCALES = (3.0, 1.0, 0.5, 2.0, 0.03, 0.001)
"""Spreads of the inputs that are tried: the smallest show the constant that keeps a division from zero."""

LARGEST_EPSILON = 0.1


@dataclass(frozen=True)
class OverAxis:
    """Softmax or LpNormalization, over one axis."""

    op_type: str
    axis: int

    def nodes(self, network: Network, source: str, target: str) -> Sequence[NodeProto]:
        """Return the operator as a node."""
        from onnx import helper

        return [helper.make_node(self.op_type, [source], [target], name=target, axis=self.axis)]


@dataclass(frozen=True)
class LayerNormalization:
    """(x - mean) / sqrt(variance + epsilon) over some axes, times scale, plus bias: arrays over these axes."""

    axes: tuple[int, ...]
    epsilon: float
    scale: Array
    bias: Array

    def nodes(self, network: Network, source: str, target: str) -> Sequence[NodeProto]:
        """Return the operator as nodes; axes that are not the last are moved there and back."""
        from onnx import helper

        rank = len(network.shapes[source])
        order = [k for k in range(rank) if k not in self.axes] + list(self.axes)
        moved = order != list(range(rank))
        entering, leaving = (f"{target}.turned", f"{target}.normalized") if moved else (source, target)
        weights = [
            network.add_constant(f"{target}.{name}", array.astype(np.float32))
            for name, array in (("scale", self.scale), ("bias", self.bias))
        ]
        nodes = [
            helper.make_node(
                "LayerNormalization",
                [entering, *weights],
                [leaving],
                name=leaving,
                axis=rank - len(self.axes),
                epsilon=self.epsilon,
            )
        ]
        if moved:
            back = [order.index(k) for k in range(rank)]
            nodes.insert(0, helper.make_node("Transpose", [source], [entering], name=entering, perm=order))
            nodes.append(helper.make_node("Transpose", [leaving], [target], name=target, perm=back))
        return nodes


def known_normalization(
    function: Callable[[Array], Array], shape: Shape, constants: Sequence[Array]
) -> OverAxis | LayerNormalization | None:
    """The operator that gives what the function gives on tensors of this shape.

    constants: those of the region, where the epsilon, scale and bias of a layer normalization are looked for.
    """
    rng = np.random.default_rng(0)
    inputs = [scale * rng.standard_normal(shape) for scale in SCALES]
    outputs = [function(x) for x in inputs]
    if any(y.shape != shape or not np.all(np.isfinite(y)) for y in outputs):
        return None
    for axis in range(len(shape)):
        if shape[axis] > 1:
            if _same(_softmax, axis, inputs, outputs):
                return OverAxis("Softmax", axis)
            if _same(_l2, axis, inputs[:4], outputs[:4]):
                return OverAxis("LpNormalization", axis)
    epsilons = sorted(
        {float(c.reshape(-1)[0]) for c in constants if c.size == 1 and 0 <= c.reshape(-1)[0] < 0.1} | {0.0}
    )
    for axes in _axes_sets(shape):
        for epsilon in epsilons:
            found = _layer_normalization(axes, epsilon, inputs, outputs, constants)
            if found is not None:
                return found
    return None


def _axes_sets(shape: Shape) -> Iterator[tuple[int, ...]]:
    """Each single axis, then the last two, three and so on, as far as they have more than one entry."""
    yield from ((axis,) for axis in range(len(shape)) if shape[axis] > 1)
    for first in range(len(shape) - 2, 0, -1):
        yield tuple(range(first, len(shape)))


def _same(
    operator: Callable[[Array, int], Array], axis: int, inputs: Sequence[Array], outputs: Sequence[Array]
) -> bool:
    return all(_close(operator(x, axis), y) for x, y in zip(inputs, outputs, strict=True))


def _close(expected: Array, found: Array) -> bool:
    return bool(np.max(np.abs(expected - found)) <= TOLERANCE * np.max(np.abs(expected)))


def _softmax(x: Array, axis: int) -> Array:
    powers = np.exp(x - x.max(axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis, keepdims=True))


def _l2(x: Array, axis: int) -> Array:
    return np.asarray(x / np.sqrt(np.sum(x * x, axis, keepdims=True)))


def _layer_normalization(
    axes: tuple[int, ...], epsilon: float, inputs: Sequence[Array], outputs: Sequence[Array], constants: Sequence[Array]
) -> LayerNormalization | None:
    """Scale and bias by least squares over all but the normalized axes, then checked on every input."""
    shape = inputs[0].shape
    others = tuple(k + 1 for k in range(len(shape)) if k not in axes)
    n = np.stack([_normalized(x, axes, epsilon) for x in inputs])
    y = np.stack(outputs)
    mean_n, mean_y = n.mean((0, *others), keepdims=True), y.mean((0, *others), keepdims=True)
    spread = ((n - mean_n) ** 2).mean((0, *others), keepdims=True)
    scale = ((n - mean_n) * (y - mean_y)).mean((0, *others), keepdims=True) / np.maximum(spread, 1e-30)
    bias = mean_y - scale * mean_n
    if not all(_close(scale[0] * a + bias[0], b) for a, b in zip(n, y, strict=True)):
        return None
    normalized = tuple(shape[k] for k in axes)
    return LayerNormalization(
        axes,
        epsilon,
        _exact(scale.reshape(normalized), constants),
        _exact(bias.reshape(normalized), constants),
    )


def _normalized(x: Array, axes: tuple[int, ...], epsilon: float) -> Array:
    centred = x - x.mean(axes, keepdims=True)
    return np.asarray(centred / np.sqrt(np.mean(centred**2, axes, keepdims=True) + epsilon))


def _exact(fitted: Array, constants: Sequence[Array]) -> Array:
    """The constant that a fitted array is up to rounding, one or zero among them; else the fitted one."""
    for array in (np.ones(1), np.zeros(1), *constants):
        if array.size in (1, fitted.size):
            known = np.broadcast_to(array.reshape(fitted.shape if array.size == fitted.size else 1), fitted.shape)
            if np.max(np.abs(known - fitted)) <= TOLERANCE * max(1e-3, float(np.max(np.abs(known)))):
                return np.array(known)
    return fitted
