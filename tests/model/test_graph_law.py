"""A Graph that breaks the law cannot be made, and the error names the layer."""

import numpy as np
import pytest

from zkinfer.graph.graph import (
    Convolution,
    Flatten,
    FullyConnected,
    Graph,
    MaxPool,
    Node,
    Normalize,
    Operator,
    Relu,
    sequential,
)
from zkinfer_verify.errors import UsageError

KERNEL = np.ones((4, 3, 3, 2))

# (name, input shape, operators, the layer and the reason that the message must name)
UNLAWFUL: list[tuple[str, tuple[int, ...], list[Operator], tuple[str, ...]]] = [
    ("there are no layers", (3,), [], ("no layers",)),
    ("the input is empty", (0, 3), [Relu()], ("no entries",)),
    ("the input has no axes", (), [Relu()], ("no entries",)),
    ("channels differ", (5, 5, 3), [Relu(), Convolution(KERNEL)], ("Layer conv1", "3 channels", "takes 2")),
    ("groups change the channels", (5, 5, 2), [Convolution(KERNEL, groups=2)], ("conv1", "takes 4")),
    ("groups do not divide", (5, 5, 6), [Convolution(KERNEL, groups=3)], ("conv1", "equal groups")),
    ("a kernel has three axes", (5, 5, 3), [Convolution(np.ones((3, 3, 3)))], ("conv1", "kernel needs 4 axes")),
    ("a kernel is empty", (5, 5, 0), [Convolution(np.ones((3, 3, 3, 0)))], ("no entries",)),
    ("a kernel holds words", (5, 5, 2), [Convolution(KERNEL.astype(str))], ("conv1", "not real numbers")),
    ("a kernel is too large", (2, 5, 2), [Convolution(KERNEL)], ("conv1", "does not fit")),
    ("a dilated kernel is too large", (5, 5, 2), [Convolution(KERNEL, dilation=(1, 3))], ("conv1", "does not fit")),
    ("a stride is zero", (5, 5, 2), [Convolution(KERNEL, stride=(0, 1))], ("conv1", "at least 1")),
    ("a padding is negative", (5, 5, 2), [Convolution(KERNEL, padding=(0, 0, -1, 0))], ("conv1", "at least 0")),
    ("a convolution's biases differ", (5, 5, 2), [Convolution(KERNEL, np.ones(3))], ("conv1", "need 4 biases")),
    ("a convolution's input is flat", (50,), [Convolution(KERNEL)], ("conv1", "height, width and channels")),
    ("a window does not divide", (4, 6, 1), [MaxPool((2, 4))], ("max_pool1", "2x4 does not divide")),
    ("a window is zero", (4, 6, 1), [MaxPool((0, 1))], ("max_pool1", "at least 1x1")),
    ("a pool's input is flat", (4,), [MaxPool((1, 1))], ("max_pool1", "height, width and channels")),
    ("a full layer's input is not flat", (2, 2, 1), [FullyConnected(np.ones((3, 4)))], ("full1", "flatten")),
    ("weights do not fit", (2, 2, 1), [Flatten(), FullyConnected(np.ones((4, 3)))], ("full1", "take 3 inputs, but 4")),
    ("biases do not fit", (4,), [FullyConnected(np.ones((3, 4)), np.ones(4))], ("full1", "need 3 biases")),
    ("normalize's input is not flat", (2, 2), [Normalize()], ("normalize1", "one axis")),
]


@pytest.mark.parametrize(
    ("shape", "ops", "reasons"), [case[1:] for case in UNLAWFUL], ids=[case[0] for case in UNLAWFUL]
)
def test_rejects_a_network_when(shape, ops, reasons):
    with pytest.raises(UsageError) as error:
        sequential(shape, ops)
    for reason in reasons:
        assert reason in str(error.value)


def relu(name: str, source: str, output: str) -> Node:
    return Node(name, Relu(), (source,), output)


# (name, nodes, the network's output, the reason that the message must name)
UNCHAINED: list[tuple[str, tuple[Node, ...], str, str]] = [
    ("an input is unknown", (relu("a", "y", "a"),), "a", "'y' is not computed before it"),
    ("the order is wrong", (relu("a", "b", "a"), relu("b", "x", "b")), "a", "'b' is not computed before it"),
    ("a name is taken", (relu("a", "x", "a"), relu("a", "a", "b")), "b", "another layer has this name"),
    ("a tensor is taken", (relu("a", "x", "a"), relu("b", "a", "a")), "a", "exists already"),
    ("a layer writes the input", (relu("a", "x", "x"),), "x", "exists already"),
    ("a layer has two inputs", (Node("a", Relu(), ("x", "x"), "a"),), "a", "takes one input"),
    ("nothing computes the output", (relu("a", "x", "a"),), "b", "'b'"),
    ("the output is the input", (relu("a", "x", "a"),), "x", "'x'"),
]


@pytest.mark.parametrize(
    ("nodes", "output", "reason"), [case[1:] for case in UNCHAINED], ids=[case[0] for case in UNCHAINED]
)
def test_rejects_nodes_when(nodes, output, reason):
    with pytest.raises(UsageError, match=reason):
        Graph("x", (2,), nodes, output)


def test_names_layers_by_kind_and_count():
    graph = sequential((5, 5, 2), [Convolution(KERNEL), Relu(), MaxPool((3, 3)), Relu(), Flatten(), Normalize()])
    assert [node.name for node in graph.nodes] == ["conv1", "relu1", "max_pool1", "relu2", "flatten1", "normalize1"]
    assert list(graph.shapes().items())[:2] == [("input", (5, 5, 2)), ("conv1", (3, 3, 4))]
    assert graph.output == "normalize1"


def test_shapes_follow_stride_padding_and_dilation():
    op = Convolution(np.ones((2, 3, 5, 1)), stride=(2, 3), padding=(1, 2, 3, 4), dilation=(3, 2), groups=2)
    # Height: (10 + 4 - 7) // 2 + 1; width: (11 + 6 - 9) // 3 + 1.
    assert op.output_shape((10, 11, 2), "here") == (4, 3, 2)


def test_graphs_are_equal_by_value_whatever_the_type_of_the_weights():
    def network(dtype: type) -> Graph:
        return sequential((5, 5, 2), [Convolution(KERNEL.astype(dtype), np.arange(4).astype(dtype))])

    assert network(np.int8) == network(np.float64)
    assert network(np.int8) != sequential((5, 5, 2), [Convolution(KERNEL)])
    assert network(np.int8) != sequential((5, 5, 2), [Convolution(KERNEL, np.arange(4), padding=(1, 0, 0, 0))])
