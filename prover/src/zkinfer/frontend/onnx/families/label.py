"""ArgMax, ArgMin and TopK: where the largest entries are, and which; of equal ones the first counts."""

from __future__ import annotations

from dataclasses import replace

from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.meaning import Real
from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.frontend.onnx.narrow import compared
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.network.combine import Combine
from zkinfer.network.operation import Operation
from zkinfer.network.ranking import Ranking
from zkinfer.network.rearrange import Reshape


@family("ArgMax", "ArgMin")
def arg_max(node: OnnxNode, t: Translator) -> None:
    """The index of the largest, or smallest, entry along an axis."""
    last, smallest = bool(node.attributes.get("select_last_index", 0)), node.op_type == "ArgMin"
    axis = int(node.attributes.get("axis", 0))
    indices = _ranking(node, t, compared(node, t), axis, 1, smallest=smallest, last=last).indices()
    shape = t.model.shape(node, node.outputs[0])
    t.give(node, t.as_real(t.add(node.name, Reshape(shape), [indices]), 1.0))


@family("TopK")
def top_k(node: OnnxNode, t: Translator) -> None:
    """The k largest, or smallest, entries along an axis and their indices, in order."""
    x, count = compared(node, t), int(t.required(node, 1, "count").reshape(-1)[0])
    smallest = not node.attributes.get("largest", 1)
    ranking = _ranking(node, t, x, int(node.attributes.get("axis", -1)), count, smallest=smallest)
    if node.outputs[0]:
        values = ranking.values()
        if smallest:
            values = t.add(node.name, Combine((-1,)), [values])
        t.give(node, replace(t.as_real(values, x.scale), zero_point=x.zero_point))
    if len(node.outputs) > 1 and node.outputs[1]:
        t.give(node, t.as_real(ranking.indices(), 1.0), 1)


def _ranking(
    node: OnnxNode, t: Translator, x: Real, axis: int, count: int, *, smallest: bool, last: bool = False
) -> Ranking:
    """Rank the entries of x along an axis, or of -x."""

    def add(op: Operation, *inputs: str) -> str:
        return t.add(node.name, op, inputs)

    tensor = add(Combine((-1,)), x.tensor) if smallest else x.tensor
    return Ranking(add, t.specs, tensor, axis % len(x.shape), count, last=last)
