"""Entries in other places: the codes are onnxruntime's."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests.network.lowered import lowered
from tests.onnx.agreement import compare, quantised
from tests.onnx.test_linear_families import agree, node, normal
from zkinfer.frontend.onnx.read import read_onnx
from zkinfer.frontend.onnx.translate import translate

INT = np.int64
MOVES = {
    "reshape": ("Reshape", (1, 6, 4), {"c": np.array([2, -1], INT)}, {}),
    "flatten": ("Flatten", (1, 3, 4, 5), {}, {"axis": 1}),
    "squeeze": ("Squeeze", (1, 3, 1, 5), {"c": np.array([2], INT)}, {}),
    "unsqueeze": ("Unsqueeze", (3, 5), {"c": np.array([0, 3], INT)}, {}),
    "transpose": ("Transpose", (1, 3, 4, 5), {}, {"perm": [0, 2, 3, 1]}),
    "reversed transpose": ("Transpose", (2, 3, 4), {}, {}),
    "slice": (
        "Slice",
        (1, 3, 8, 5),
        {"c": np.array([1, -4], INT), "d": np.array([9, -1], INT), "e": np.array([1, 3], INT)},
        {},
    ),
    "slice with steps": (
        "Slice",
        (1, 3, 8, 5),
        {"c": np.array([1], INT), "d": np.array([8], INT), "e": np.array([2], INT), "f": np.array([3], INT)},
        {},
    ),
    "slice backwards": (
        "Slice",
        (1, 3, 8, 5),
        {"c": np.array([-1], INT), "d": np.array([-9], INT), "e": np.array([2], INT), "f": np.array([-2], INT)},
        {},
    ),
    "pad": ("Pad", (1, 3, 4, 5), {"c": np.array([0, 0, 1, 2, 0, 0, 0, 1], INT)}, {}),
    "pad with a number": (
        "Pad",
        (1, 3, 4, 5),
        {"c": np.array([0, 1, 1, 2, 0, 0, 0, 1], INT), "d": np.float32(0.5)},
        {},
    ),
    "pad by the edge": ("Pad", (1, 3, 4, 5), {"c": np.array([0, 0, 1, 2, 0, 0, 0, 1], INT)}, {"mode": "edge"}),
    "pad by reflection": ("Pad", (1, 3, 4, 5), {"c": np.array([0, 0, 1, 2, 0, 0, 0, 1], INT)}, {"mode": "reflect"}),
    "gather": ("Gather", (1, 6, 4), {"c": np.array([4, 0, -1, 2], INT)}, {"axis": 1}),
    "gather one": ("Gather", (1, 6, 4), {"c": np.array(2, INT)}, {"axis": 1}),
    "gather a run": ("Gather", (1, 6, 4), {"c": np.array([[1, 3], [5, 5]], INT)}, {"axis": 1}),
    "expand": ("Expand", (1, 3, 1), {"c": np.array([2, 3, 4], INT)}, {}),
    "tile": ("Tile", (1, 3, 2), {"c": np.array([1, 2, 3], INT)}, {}),
    "depth to space": ("DepthToSpace", (1, 12, 3, 2), {}, {"blocksize": 2}),
    "depth to space by columns": ("DepthToSpace", (1, 12, 3, 2), {}, {"blocksize": 2, "mode": "CRD"}),
    "space to depth": ("SpaceToDepth", (1, 3, 6, 4), {}, {"blocksize": 2}),
    "largest along axes": ("ReduceMax", (1, 3, 6, 8), {"c": np.array([2, 3], INT)}, {}),
    "largest along the last": ("ReduceMax", (1, 3, 6, 50), {"c": np.array([-1], INT)}, {"keepdims": 0}),
    "largest of channels": ("GlobalMaxPool", (1, 3, 6, 8), {}, {}),
    "upsampled": (
        "Resize",
        (1, 3, 4, 5),
        {"-": None, "d": np.array([1, 1, 2, 3], np.float32)},
        {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
    ),
    "nearest to sizes": (
        "Resize",
        (1, 3, 4, 5),
        {"-": None, "--": None, "e": np.array([1, 3, 7, 9], INT)},
        {"mode": "nearest"},
    ),
    "linear": ("Resize", (1, 3, 4, 5), {"-": None, "d": np.array([1, 1, 2, 2], np.float32)}, {"mode": "linear"}),
    "linear down": (
        "Resize",
        (1, 3, 8, 6),
        {"-": None, "d": np.array([1, 1, 0.5, 0.5], np.float32)},
        {"mode": "linear", "coordinate_transformation_mode": "align_corners"},
    ),
}


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("kind", ["int8", "uint8"])
def test_moves(tmp_path, name, kind):
    op_type, shape, constants, attributes = MOVES[name]
    one = node(op_type, "x", **attributes)
    one.input.extend("" if key.startswith("-") else key for key in constants)
    given = {key: value for key, value in constants.items() if value is not None}
    # Mixes by halves and quarters tie often, and onnxruntime's float32 decides as it happens to round.
    agree(tmp_path, [one], {"x": normal(*shape)}, given, kind, share=0.05 if "linear" in name else 0.002)


@pytest.mark.parametrize("kind", ["int8", "uint8"])
def test_joined_tensors_of_different_scales(tmp_path, kind):
    feeds = {"x": normal(1, 3, 4, 5), "z": normal(1, 2, 4, 5, scale=3.0)}
    agree(tmp_path, [node("Concat", "x z", axis=1)], feeds, {}, kind)


@pytest.mark.parametrize("kind", ["int8", "uint8"])
def test_joined_tensors_are_rounded_once(tmp_path, kind):
    # The result's scale is that of neither: the negative entries of one, and the positive ones of the other, widen it.
    feeds = {"x": np.abs(normal(1, 30, 40)), "z": -1.3 * np.abs(normal(1, 30, 40, seed=2)), "w": normal(1, 30, 2)}
    agree(tmp_path, [node("Concat", "x z w", axis=-1)], feeds, {}, kind)


@pytest.mark.parametrize("inputs", ["k x", "x k l", "k x l z", "x k z l"])
def test_constants_among_joined_tensors(tmp_path, inputs):
    feeds = {name: normal(1, 4, 8, seed=5) for name in ("x", "z") if name in inputs.split()}
    constants = {name: normal(1, 1, 8, seed=6, scale=2.0) for name in ("k", "l") if name in inputs.split()}
    nodes = [node("Concat", inputs, "c", axis=1), node("Relu", "c")]
    agree(tmp_path, nodes, feeds, constants)


def test_what_joined_tensors_wait_for_without_a_scale(tmp_path):
    # Nothing quantises between the two nodes, which are seen as real numbers only.
    feeds = {"x": normal(1, 4, 8), "z": normal(1, 4, 8, seed=2, scale=3.0)}
    nodes = [node("Concat", "x z k", "c", axis=1), node("Reshape", "c s")]
    model = quantised(nodes, feeds, ["y"], {"k": normal(1, 1, 8, scale=7.0), "s": np.array([1, 8, 9], INT)})
    (reshape,) = (one for one in model.graph.node if one.op_type == "Reshape")
    reshape.input[0] = "c"
    agreement = compare(tmp_path, model, feeds)
    agreement.require(0.5)
    lowered(agreement.network, feeds).check()


def test_split(tmp_path):
    nodes = [node("Split", "x", "a", axis=1, num_outputs=3), node("Concat", "c a b", axis=1)]
    nodes[0].output.extend(["b", "c"])
    agree(tmp_path, nodes, {"x": normal(1, 7, 4)})


def test_rows_of_a_table_by_hidden_indices(tmp_path):
    constants = {"t": normal(30, 8), "w": normal(8, 5)}
    feeds = {"x": np.array([[3, 29, 0, 7]], INT)}
    agreement = compare(
        tmp_path, quantised([node("Gather", "t x", "e"), node("MatMul", "e w")], feeds, ["y"], constants), feeds
    )
    agreement.require(0.002)
    (port,) = agreement.network.inputs
    assert (port.lo, port.hi, port.quantised) == (0, 29, False)
    lowered(agreement.network, feeds).check()


@pytest.mark.parametrize("shape", [(9, 1), (1, 4), (9, 4)])
@pytest.mark.parametrize("indices", [(), (1, 4), (2, 6)])
def test_small_tables(tmp_path, shape, indices):
    feeds = {"x": np.random.default_rng(3).integers(0, shape[0], indices)}
    agree(tmp_path, [node("Gather", "t x")], feeds, {"t": normal(*shape)})


def problem(folder, one, constants, shape=(1, 2, 6, 5)):
    """Why a node on quantised numbers cannot be proved."""
    parameters = [numpy_helper.from_array(np.float32(0.1), "s"), helper.make_tensor("z", TensorProto.INT8, [], [0])]
    initializers = [*parameters, *(numpy_helper.from_array(np.asarray(a), name) for name, a in constants.items())]
    nodes = [
        helper.make_node("QuantizeLinear", ["given", "s", "z"], ["codes"]),
        helper.make_node("DequantizeLinear", ["codes", "s", "z"], ["x"]),
        one,
    ]
    given = helper.make_tensor_value_info("given", TensorProto.FLOAT, shape)
    graph = helper.make_graph(nodes, "one", [given], [helper.make_empty_tensor_value_info("y")], initializers)
    path = folder / "one.onnx"
    path.write_bytes(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10).SerializeToString()
    )
    translation = translate(read_onnx(path, {}))
    return "" if translation.network is not None else str(translation.problems[0])


WRONG = {
    "pads with infinity": ("Pad", {"c": np.array([0, 0, 0, 1, 0, 0, 0, 0], INT), "d": np.float32(-np.inf)}, {}, "-inf"),
    "unknown padding": ("Pad", {"c": np.array([0, 0, 0, 1, 0, 0, 0, 0], INT)}, {"mode": "zigzag"}, "its mode is"),
    "cuts everything off": ("Pad", {"c": np.array([0, 0, -6, 1, 0, 0, 6, 0], INT)}, {}, "cuts every entry off"),
    "beyond an axis": ("Gather", {"c": np.array([6], INT)}, {"axis": 2}, "an axis of 6 does not have"),
    "gathers nothing": ("Gather", {"c": np.array([], INT)}, {"axis": 2}, "has no entries"),
    "slices nothing": ("Slice", {"c": np.array([3], INT), "d": np.array([3], INT)}, {}, "has no entries"),
    "too many places": ("Pad", {"c": np.array([0, 0, 0, 0, 0, 0, 0, 1 << 25], INT)}, {"mode": "wrap"}, "take fewer"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_moved_is_told(tmp_path, name):
    op_type, constants, attributes, message = WRONG[name]
    one = node(op_type, " ".join(["x", *constants]), **attributes)
    assert message in problem(tmp_path, one, constants)


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect"])
def test_padding_that_cuts(tmp_path, mode):
    constants = {"p": np.array([0, 0, -1, 2, 0, 0, 1, -2], INT)}
    agree(tmp_path, [node("Pad", "x p", mode=mode)], {"x": normal(1, 2, 6, 5)}, constants)


def test_blocks_of_several_images(tmp_path):
    agree(tmp_path, [node("DepthToSpace", "x", blocksize=2)], {"x": normal(2, 8, 3, 3)})
