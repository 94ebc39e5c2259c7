"""An ONNX file is read as plain values: what remains computes the same, and nothing that a proof needs not remains."""

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests.onnx.models import again, graph, model, node, read, run
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported

X = np.random.default_rng(seed=1).standard_normal((2, 3, 4)).astype(np.float32)
FLOATS = np.random.default_rng(seed=2).standard_normal(64).astype(np.float32)


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def shape_arithmetic():
    """x flattened to (its first dimension, -1) by what exporters write for x.view(x.shape[0], -1)."""
    return [
        node("Shape", "x", "shape"),
        node("Gather", "shape zero", "first", axis=0),
        node("Unsqueeze", "first zeros", "batch"),
        node("Concat", "batch rest", "target", axis=0),
        node("Reshape", "x target", "y"),
    ], {"zero": np.int64(0), "zeros": ints(0), "rest": ints(-1)}


GRAPHS = {
    "shape arithmetic": (*shape_arithmetic(), ["Reshape"]),
    "a shape that is sliced, cast, and expanded to": (
        [
            node("Shape", "x", "shape"),
            node("Slice", "shape one three", "tail"),
            node("Cast", "tail", "as_float", to=TensorProto.FLOAT),
            node("Cast", "as_float", "as_int", to=TensorProto.INT64),
            node("ConstantOfShape", "as_int", "ones", value=numpy_helper.from_array(np.ones(1, dtype=np.float32))),
            node("Mul", "x ones", "y"),
        ],
        {"one": ints(1), "three": ints(3)},
        ["Mul"],
    ),
    "a mask made of a range": (
        [
            node("Range", "zero four one", "range"),
            node("Equal", "range two", "is_two"),
            node("Where", "is_two low high", "mask"),
            node("Expand", "mask shape", "masks"),
            node("Add", "x masks", "y"),
        ],
        {
            "zero": np.int64(0),
            "four": np.int64(4),
            "one": np.int64(1),
            "two": ints(2),
            "low": np.float32(-9),
            "high": np.float32(0),
            "shape": ints(2, 3, 4),
        },
        ["Add"],
    ),
    "what changes nothing": (
        [
            node("Identity", "x", "a"),
            node("Dropout", "a", "b mask"),
            node("Cast", "b", "c", to=TensorProto.FLOAT),
            node("Reshape", "c same", "d"),
            node("Transpose", "d", "e", perm=[0, 1, 2]),
            node("Pad", "e none", "f"),
            node("Slice", "f starts ends", "g"),
            node("Concat", "g", "h", axis=1),
            node("Clip", "h", "i"),
            node("Expand", "i one", "j"),
            node("Relu", "j", "y"),
        ],
        {"same": ints(2, -1, 4), "none": ints(*[0] * 6), "starts": ints(0, 0), "ends": ints(2, 99), "one": ints(1)},
        ["Relu"],
    ),
    "what changes something": (
        [
            node("Reshape", "x other", "a"),
            node("Transpose", "a", "b", perm=[1, 0]),
            node("Pad", "b around", "c"),
            node("Slice", "c starts ends axes steps", "d"),
            node("Clip", "d low", "e"),
            node("Cast", "e", "f", to=TensorProto.INT32),
            node("Cast", "f", "y", to=TensorProto.FLOAT),
        ],
        {
            "other": ints(4, 6),
            "around": ints(1, -1, -1, 1),
            "starts": ints(-1, -1),
            "ends": ints(-99, -99),
            "axes": ints(0, 1),
            "steps": ints(-1, -1),
            "low": np.float32(-0.5),
        },
        ["Reshape", "Transpose", "Pad", "Slice", "Clip", "Cast", "Cast"],
    ),
    "nodes that nobody reads": (
        [node("Exp", "x", "unread"), node("Relu", "unread", "too"), node("Relu", "x", "y")],
        {},
        ["Relu"],
    ),
    "constants in nodes": (
        [
            helper.make_node("Constant", [], ["a"], value_float=2.5),
            helper.make_node("Constant", [], ["b"], value=numpy_helper.from_array(FLOATS[:4])),
            helper.make_node("Constant", [], ["axes"], value_ints=[0]),
            node("Unsqueeze", "b axes", "c"),
            node("Mul", "a c", "d"),
            node("Add", "x d", "y"),
        ],
        {},
        ["Add"],
    ),
    "weights that are computed": (
        [node("Transpose", "w", "v", perm=[1, 0]), node("MatMul", "x v", "y")],
        {"w": FLOATS[:20].reshape(5, 4)},
        ["MatMul"],
    ),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_what_is_left_computes_the_same(name, tmp_path):
    nodes, constants, left = GRAPHS[name]
    proto = model(graph(nodes, {"x": [2, 3, 4]}, "y", constants))
    found = read(tmp_path, proto)
    assert [one.op_type for one in found.nodes] == left
    (expected,) = run(proto, {"x": X})
    (computed,) = run(again(found), {"x": X})
    np.testing.assert_array_equal(computed, expected)
    assert found.shapes[found.outputs[0]] == expected.shape
    gone = len(nodes) - len(left)
    assert found.notes == (
        (f"{gone} of {len(nodes)} nodes compute with constants or change nothing; they are left out.",) if gone else ()
    )


def test_names_shapes_and_types_of_everything_that_is_left(tmp_path):
    nodes, constants, _ = GRAPHS["weights that are computed"]
    found = read(tmp_path, model(graph(nodes, {"x": [2, 3, 4]}, "y", constants)))
    (one,) = found.nodes
    assert (one.name, one.inputs, one.outputs, one.input(1), one.input(2)) == ("y_node", ("x", "v"), ("y",), "v", "")
    assert found.shapes == {"x": (2, 3, 4), "v": (4, 5), "y": (2, 3, 5)}
    assert found.types == {"x": "float32", "v": "float32", "y": "float32"}
    assert list(found.constants) == ["v"]
    assert (found.inputs, found.outputs, found.output_names, found.opset) == (("x",), ("y",), ("y",), 17)


def test_an_output_may_be_an_input_or_a_constant_or_twice_the_same(tmp_path):
    nodes = [node("Identity", "x", "y"), node("Shape", "x", "z"), node("Relu", "x", "r"), node("Identity", "r", "s")]
    found = read(tmp_path, model(graph(nodes, {"x": [2, 3]}, "y z r s")))
    assert found.output_names == ("y", "z", "r", "s")
    assert found.outputs == ("x", "z", "r", "r")
    assert found.constants["z"].tolist() == [2, 3]


def test_dropout_stays_where_its_mask_is_read_or_it_trains(tmp_path):
    masked = [node("Dropout", "x", "a mask"), node("Where", "mask a x", "y")]
    assert [one.op_type for one in read(tmp_path, model(graph(masked, {"x": [2]}, "y"))).nodes] == ["Dropout", "Where"]
    training = [node("Dropout", "x ratio train", "y")]
    constants = {"ratio": np.float32(0.5), "train": np.True_}
    assert len(read(tmp_path, model(graph(training, {"x": [2]}, "y", constants))).nodes) == 1
    constants["train"] = np.False_
    assert len(read(tmp_path, model(graph(training, {"x": [2]}, "y", constants))).nodes) == 0


def test_a_branch_may_give_a_constant(tmp_path):
    branch = graph([node("Shape", "x", "out")], {}, "out")
    found = read(
        tmp_path,
        model(
            graph([node("If", "c", "y", then_branch=branch, else_branch=branch)], {"x": [2, 3]}, "y", {"c": np.True_})
        ),
    )
    assert (found.nodes, found.constants["y"].tolist()) == ((), [2, 3])


def test_a_condition_of_several_entries_chooses_nothing(tmp_path):
    branch = graph([node("Relu", "x", "out")], {}, "out")
    nodes = [node("If", "c", "y", then_branch=branch, else_branch=branch)]
    found = read(tmp_path, model(graph(nodes, {"x": [2]}, "y", {"c": np.array([True, False])})))
    assert [one.op_type for one in found.nodes] == ["If"]
    assert dict(found.nodes[0].attributes) == {"then_branch": "graph", "else_branch": "graph"}


def test_large_weights_are_read_and_have_their_shape(tmp_path):
    weights = np.arange(5000, dtype=np.float32).reshape(50, 100)
    found = read(tmp_path, model(graph([node("Gemm", "x w", "y")], {"x": [1, 50]}, "y", {"w": weights})))
    np.testing.assert_array_equal(found.constants["w"], weights)
    assert found.shapes == {"x": (1, 50), "w": (50, 100), "y": (1, 100)}


@pytest.mark.parametrize("taken", [True, False])
def test_the_branch_that_is_always_taken_stands_in_the_place_of_its_if(taken, tmp_path):
    branches = {
        "then_branch": graph([node("Mul", "x two", "t"), node("Relu", "t", "out")], {}, "out", {"two": np.float32(2)}),
        "else_branch": graph([node("Identity", "x", "out")], {}, "out"),
    }
    nodes = [node("If", "condition", name, **branches) for name in "ab"] + [node("Add", "a b", "y")]
    proto = model(graph(nodes, {"x": [2, 3, 4]}, "y", {"condition": np.array(taken)}))
    found = read(tmp_path, proto)
    assert [one.op_type for one in found.nodes] == (["Mul", "Relu"] * 2 if taken else []) + ["Add"]
    assert len({one.name for one in found.nodes}) == len(found.nodes)
    np.testing.assert_array_equal(run(again(found), {"x": X})[0], run(proto, {"x": X})[0])


def test_functions_are_inlined(tmp_path):
    twice = helper.make_function(
        "local", "Twice", ["a"], ["b"], [node("Add", "a a", "b")], [helper.make_opsetid("", 17)]
    )
    proto = model(graph([node("Twice", "x", "y", domain="local")], {"x": [2]}, "y"), local=1)
    proto.functions.append(twice)
    assert [one.op_type for one in read(tmp_path, proto).nodes] == ["Add"]


def test_older_opsets_are_converted(tmp_path):
    nodes = [
        node("Upsample", "x scales", "a", mode="nearest"),
        node("Squeeze", "a", "b", axes=[0]),
        node("Pad", "b", "c", pads=[0, 0, 1, 0, 0, 0]),
        node("Softmax", "c", "y", axis=1),
    ]
    scales = np.array([1, 1, 2, 2], dtype=np.float32)
    proto = model(graph(nodes, {"x": [1, 2, 2, 3]}, "y", {"scales": scales}), 9)
    found = read(tmp_path, proto)
    assert found.opset == 13
    x = FLOATS[:12].reshape(1, 2, 2, 3)
    np.testing.assert_allclose(run(again(found), {"x": x})[0], run(proto, {"x": x})[0], rtol=1e-6)


def test_operators_of_other_domains_keep_their_domain_and_have_shapes(tmp_path):
    nodes = [
        node("QLinearAdd", "x s z x s z s z", "a", domain="com.microsoft"),
        node("QLinearGlobalAveragePool", "a s z s z", "b", domain="com.microsoft", channels_last=0),
        node("QLinearConcat", "s z a s z b s z", "y", domain="com.microsoft", axis=2),
    ]
    constants = {"s": np.float32(0.5), "z": np.uint8(0)}
    proto = model(graph(nodes[:2], {"x": [1, 2, 3, 1]}, "b", constants, TensorProto.UINT8), com_microsoft=1)
    found = read(tmp_path, proto)
    assert [one.op_type for one in found.nodes] == [
        "com.microsoft.QLinearAdd",
        "com.microsoft.QLinearGlobalAveragePool",
    ]
    assert (found.shapes["a"], found.types["a"], found.shapes["b"]) == ((1, 2, 3, 1), "uint8", (1, 2, 1, 1))
    proto = model(graph(nodes, {"x": [1, 2, 3, 1]}, "y", constants, TensorProto.UINT8), com_microsoft=1)
    assert read(tmp_path, proto).shapes["y"] == (1, 2, 4, 1)


def test_what_an_operator_that_is_not_known_gives_has_no_shape(tmp_path):
    nodes = [node("Strange", "x", "a", domain="elsewhere", level=3), node("Relu", "a", "y")]
    found = read(tmp_path, model(graph(nodes, {"x": [2]}, "y"), elsewhere=1))
    strange, relu = found.nodes
    assert (strange.op_type, dict(strange.attributes)) == ("elsewhere.Strange", {"level": 3})
    assert "y" not in found.shapes
    with pytest.raises(Unsupported, match=r"^Node y_node \(Relu\): the shape of 'a' is not known .*; export"):
        found.shape(relu, "a")


def test_a_constant_that_the_network_computes_is_refused(tmp_path):
    found = read(tmp_path, model(graph([node("MatMul", "x x", "y")], {"x": [2, 2]}, "y")))
    with pytest.raises(Unsupported, match=r"^Node y_node \(MatMul\): its weights are computed by the network; export"):
        found.constant(found.nodes[0], 1, "weights")


def test_attributes_are_plain_values(tmp_path):
    conv = node("Conv", "x w", "y", auto_pad="SAME_UPPER", strides=[1, 2])
    found = read(tmp_path, model(graph([conv], {"x": [1, 1, 4, 4]}, "y", {"w": FLOATS[:9].reshape(1, 1, 3, 3)})))
    assert dict(found.nodes[0].attributes) == {"auto_pad": "SAME_UPPER", "strides": (1, 2)}


def test_nodes_are_put_in_order_and_stay_as_they_are_where_they_are(tmp_path):
    ends = (("x", "a"), ("c", "d"), ("b", "c"), ("a", "b"), ("x", "e"))
    found = read(tmp_path, model(graph([node("Relu", *names) for names in ends], {"x": [2]}, "d e")))
    assert [one.outputs[0] for one in found.nodes] == ["a", "b", "c", "d", "e"]
    chains = [("x", "a"), ("x", "b"), ("a", "c"), ("b", "d"), ("c", "e"), ("x", "f")]
    found = read(tmp_path, model(graph([node("Relu", *names) for names in chains], {"x": [2]}, "d e f")))
    assert [one.outputs[0] for one in found.nodes] == ["a", "b", "c", "d", "e", "f"]


def test_nodes_without_a_name_or_with_the_same_one_are_told_apart(tmp_path):
    ends = (("x", "a", ""), ("a", "b", "n"), ("b", "y", "n"))
    nodes = [helper.make_node("Relu", [source], [target], name) for source, target, name in ends]
    found = read(tmp_path, model(graph(nodes, {"x": [2]}, "y")))
    assert [one.name for one in found.nodes] == ["#1", "n", "n#3"]
    assert OnnxNode("n", "Relu", (), ()).where == "Node n (Relu)"
