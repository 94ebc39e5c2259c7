"""A caller's real numbers that are moved before the model quantises them: their codes are known from further on.

Rounding to codes commutes with moving entries, so that the codes can be taken of the input itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zkinfer.frontend.onnx.integer_inputs import CODES
from zkinfer.frontend.onnx.meaning import Input, Real
from zkinfer.frontend.onnx.model import OnnxNode

if TYPE_CHECKING:
    from zkinfer.frontend.onnx.translator import Translator

MOVES = frozenset(
    (
        "DepthToSpace",
        "Expand",
        "Flatten",
        "Gather",
        "MaxPool",
        "Pad",
        "Reshape",
        "Slice",
        "SpaceToDepth",
        "Split",
        "Squeeze",
        "Tile",
        "Transpose",
        "Unsqueeze",
    )
)


def codes_ahead(t: Translator, source: Input) -> Real | None:
    """Make an input of the codes that all that is moved of it gets, None if it gets none or several kinds."""
    found, names = set[tuple[float, int, str]](), [source.name]
    while names:
        name = names.pop()
        for node in t.model.nodes:
            if name not in node.inputs:
                continue
            if node.op_type == "QuantizeLinear" and node.inputs[0] == name:
                parameters = _parameters(t, node)
                if parameters is None:
                    return None
                found.add(parameters)
            elif node.op_type in MOVES and node.inputs[0] == name and name not in node.inputs[1:]:
                names.extend(output for output in node.outputs if output)
            else:
                return None
        if name in t.model.outputs:
            return None
    if len(found) != 1:
        return None
    ((scale, zero_point, kind),) = found
    limits = np.iinfo(kind)
    lo, hi = int(limits.min) - zero_point, int(limits.max) - zero_point
    return t.input_port(source, scale, zero_point, lo, hi, quantised=True)


def _parameters(t: Translator, node: OnnxNode) -> tuple[float, int, str] | None:
    """Return the scale, the zero point and the type of codes, if they are constants of a whole tensor."""
    scale, zero, kind = t.constant(node, 1), t.constant(node, 2), t.model.type(node, node.outputs[0])
    if scale is None or scale.size != 1 or (node.input(2) and (zero is None or zero.size != 1)) or kind not in CODES:
        return None
    return float(scale.reshape(-1)[0]), 0 if zero is None else int(zero.reshape(-1)[0]), kind
