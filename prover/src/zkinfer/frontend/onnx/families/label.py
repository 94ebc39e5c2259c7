"""ArgMax, ArgMin and TopK: where the largest entries are; of equal ones the first counts."""

from __future__ import annotations

from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.meaning import Real
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.network.combine import Combine
from zkinfer.network.label import largest
from zkinfer.network.operation import Operation
from zkinfer.network.rearrange import Reshape


@family("ArgMax", "ArgMin")
def arg_max(node: OnnxNode, t: Translator) -> None:
    """The index of the largest, or smallest, entry along an axis."""
    if node.attributes.get("select_last_index", 0):
        raise Unsupported(node, "of equal entries it takes the last one", "export it with select_last_index 0")
    x = t.real(node)
    indices = _indices(node, t, x, int(node.attributes.get("axis", 0)), 1, smallest=node.op_type == "ArgMin")
    shape = t.model.shape(node, node.outputs[0])
    t.give(node, t.as_real(t.add(node.name, Reshape(shape), [indices]), 1.0))


@family("TopK")
def top_k(node: OnnxNode, t: Translator) -> None:
    """The indices of the k largest, or smallest, entries along an axis, in order."""
    values = node.outputs[0]
    if values and (values in t.model.outputs or any(values in other.inputs for other in t.model.nodes)):
        raise Unsupported(node, "it gives the largest entries as well", "use its indices alone")
    count = int(t.required(node, 1, "count").reshape(-1)[0])
    smallest = not node.attributes.get("largest", 1)
    indices = _indices(node, t, t.real(node), int(node.attributes.get("axis", -1)), count, smallest=smallest)
    t.give(node, t.as_real(indices, 1.0), 1)


def _indices(node: OnnxNode, t: Translator, x: Real, axis: int, count: int, *, smallest: bool) -> str:
    """Add the operations; returns the tensor of indices, which keeps the axis."""

    def add(op: Operation, *inputs: str) -> str:
        return t.add(node.name, op, inputs)

    tensor = add(Combine((-1,)), x.tensor) if smallest else x.tensor
    return largest(add, t.specs, tensor, axis % len(x.shape), count)
