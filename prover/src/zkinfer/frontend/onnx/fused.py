"""Operators that onnxruntime's optimiser joins, of its own domain, as the standard ones that they stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.graph.operator import Array, Shape

Step = tuple[str, tuple[str, ...], Mapping[str, Any]]
"""An operator, what it reads beside the step before it, and its attributes."""
BATCH = "abcdefgh"
PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "HardSigmoid": ("alpha", "beta"),
    "LeakyRelu": ("alpha",),
}
"""The names of the numbers that an activation takes, in order."""


def steps_of(node: OnnxNode, shapes: Mapping[str, Shape], constants: dict[str, Array]) -> list[Step] | None:
    """Return what a node does in standard operators, one after the other, or None for one that is not known.

    Constants that the steps need are added.
    """
    steps = KNOWN.get(node.op_type)
    return None if steps is None else steps(node, shapes, constants)


def _activation(node: OnnxNode, names: tuple[str, ...]) -> list[Step] | None:
    """The step of an activation; its numbers are one attribute, or several whose names begin alike."""
    kind = node.attributes.get("activation", "")
    given = node.attributes.get("activation_params")
    alone = [f"activation_{name}" for name in names]
    values = given or [node.attributes[name] for name in alone if name in node.attributes]
    if not kind:
        return []
    if kind == "Clip":
        return None
    return [(kind, (), dict(zip(PARAMETERS.get(kind, ()), map(float, values), strict=False)))]


def _without(node: OnnxNode) -> dict[str, Any]:
    return {name: value for name, value in node.attributes.items() if not name.startswith("activation")}


def _fused_conv(node: OnnxNode, shapes: Mapping[str, Shape], constants: dict[str, Array]) -> list[Step] | None:
    """act(Conv(x, w, b) + z)."""
    activation = _activation(node, ())
    if activation is None:
        return None
    added: list[Step] = [("Add", (node.input(3),), {})] if node.input(3) else []
    return [("Conv", node.inputs[:3], _without(node)), *added, *activation]


def _fused_gemm(node: OnnxNode, shapes: Mapping[str, Shape], constants: dict[str, Array]) -> list[Step] | None:
    """act(Gemm(a, b, c))."""
    activation = _activation(node, ("alpha", "beta"))
    return None if activation is None else [("Gemm", node.inputs[:3], _without(node)), *activation]


def _bias_gelu(node: OnnxNode, shapes: Mapping[str, Shape], constants: dict[str, Array]) -> list[Step]:
    """Gelu(x + b)."""
    return [("Add", node.inputs[:2], {}), ("Gelu", (), {})]


def _fused_matmul(node: OnnxNode, shapes: Mapping[str, Shape], constants: dict[str, Array]) -> list[Step] | None:
    """alpha A B, with the last axes of A or B transposed: as an equation of labels."""
    ranks = [len(shapes[name]) if name in shapes else 0 for name in node.inputs]
    if min(ranks) < 2 or any(node.attributes.get(name, 0) for name in ("transBatchA", "transBatchB")):
        return None
    left = "kx" if node.attributes.get("transA", 0) else "xk"
    right = "yk" if node.attributes.get("transB", 0) else "ky"
    batches = [BATCH[len(BATCH) - rank + 2 :] for rank in ranks]
    text = f"{batches[0]}{left},{batches[1]}{right}->{max(batches, key=len)}xy"
    steps: list[Step] = [("Einsum", node.inputs, {"equation": text})]
    alpha = float(node.attributes.get("alpha", 1.0))
    if alpha != 1.0:
        name = f"{node.name}/alpha"
        constants[name] = np.array(alpha)
        steps.append(("Mul", (name,), {}))
    return steps


KNOWN: Mapping[str, Callable[[OnnxNode, Mapping[str, Shape], dict[str, Array]], list[Step] | None]] = {
    "com.microsoft.BiasGelu": _bias_gelu,
    "com.microsoft.FusedConv": _fused_conv,
    "com.microsoft.FusedGemm": _fused_gemm,
    "com.microsoft.FusedMatMul": _fused_matmul,
}
