"""Embeddings: a product with a one-hot encoding is a Gather, and what follows a Gather of constants is one too.

MatMul(Cast(Equal(x, [0 .. n-1])), W) = Gather(W, x)        f(Gather(W, x)) = Gather(f(W), x)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zkinfer.graph.graph import Array
from zkinfer.quantize.onnx.network import Network
from zkinfer.quantize.onnx.regions import ELEMENTWISE, Region, evaluator

if TYPE_CHECKING:
    from onnx import NodeProto


def gather_embeddings(network: Network) -> int:
    """Rewrite both until nothing changes; how often something did."""
    changes = 0
    while any(_one_hot(network, node) or _pull(network, node) for node in list(network.nodes)):
        changes += 1
    return changes


def _one_hot(network: Network, product: NodeProto) -> bool:
    from onnx import helper

    if product.op_type != "MatMul" or product.input[1] not in network.constants:
        return False
    cast = network.producer.get(product.input[0])
    equal = network.producer.get(cast.input[0]) if cast is not None and cast.op_type == "Cast" else None
    if equal is None or equal.op_type != "Equal":
        return False
    table = network.constants[product.input[1]]
    columns = [name for name in equal.input if _counts(network.constants.get(name), len(table))]
    computed = network.computed(equal)
    if not columns or len(computed) != 1 or network.shapes[computed[0]][-1:] != (1,):
        return False
    codes, axes = f"{product.output[0]}.codes", network.add_constant(f"{product.output[0]}.axes", np.array([-1]))
    network.replace(
        product,
        [
            helper.make_node("Squeeze", [computed[0], axes], [codes], name=codes),
            helper.make_node("Gather", [product.input[1], codes], list(product.output), name=product.output[0], axis=0),
        ],
    )
    return True


def _counts(array: Array | None, length: int) -> bool:
    """Whether an array holds 0 .. length - 1 along its last axis."""
    return array is not None and array.shape[-1:] == (array.size,) and np.array_equal(array.reshape(-1), range(length))


def _pull(network: Network, node: NodeProto) -> bool:
    """Apply a node to the rows of the table, where it reads nothing but rows and constants over a row."""
    from onnx import helper

    computed = network.computed(node)
    gather = network.producer.get(computed[0]) if len(computed) == 1 else None
    if node.op_type not in ELEMENTWISE or gather is None or gather.op_type != "Gather":
        return False
    table = network.constants.get(gather.input[0])
    if table is None or next((entry.i for entry in gather.attribute if entry.name == "axis"), 0):
        return False
    others = [network.constants[name] for name in node.input if name in network.constants]
    if not all(_within_rows(array, table.ndim - 1) for array in others):
        return False
    rows = evaluator(network, _on_rows(network, node, gather))(table).astype(np.float32)
    if rows.shape != table.shape:
        return False
    name = network.add_constant(f"{node.output[0]}.table", rows)
    network.replace(node, [helper.make_node("Gather", [name, gather.input[1]], list(node.output), name=node.output[0])])
    return True


def _within_rows(array: Array, axes: int) -> bool:
    """Whether an array has one entry on all but the last axes, so that each row of a table meets the same entries."""
    return all(extent == 1 for extent in array.shape[: max(0, array.ndim - axes)])


def _on_rows(network: Network, node: NodeProto, gather: NodeProto) -> Region:
    """The node alone, its constants without the axes of the indices."""
    from onnx import helper

    axes = network.constants[gather.input[0]].ndim - 1
    inputs: list[str] = []
    for name in node.input:
        array = network.constants.get(name)
        if array is not None and array.ndim > axes:
            name = network.add_constant(f"{name}.row", array.reshape(array.shape[array.ndim - axes :]))
        inputs.append(name)
    alone = helper.make_node(node.op_type, inputs, list(node.output))
    alone.attribute.extend(node.attribute)
    return Region(gather.output[0], node.output[0], (alone,))
