"""Nodes on constants are computed, as long as that takes little; codes and scales stay what they are."""

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests.onnx.models import graph, model, node, read

FLOATS = np.random.default_rng(seed=2).standard_normal(64).astype(np.float32)


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


@pytest.mark.parametrize(
    ("form", "expected", "kind"),
    [
        ({"value_float": 0.5}, 0.5, "float32"),
        ({"value_floats": [0.5, 1.5]}, [0.5, 1.5], "float32"),
        ({"value_int": 7}, 7, "int64"),
        ({"value_ints": [7, -8]}, [7, -8], "int64"),
        ({"value": numpy_helper.from_array(np.uint8(3))}, 3, "uint8"),
        ({"value_string": "word"}, b"word", "object"),
        ({"value_strings": ["a", "b"]}, [b"a", b"b"], "object"),
    ],
)
def test_a_constant_in_a_node_has_one_of_these_forms(form, expected, kind, tmp_path):
    nodes = [helper.make_node("Constant", [], ["c"], **form), node("Relu", "x", "y")]
    found = read(tmp_path, model(graph(nodes, {"x": [2]}, "y c")))
    assert (found.constants["c"].tolist(), found.types["c"]) == (expected, kind)


def test_what_cannot_be_computed_stays(tmp_path):
    # More entries than the reference takes out of the constant; a size that the data tells.
    nodes = [node("Gather", "c far", "a"), node("Add", "x a", "y"), node("Size", "b", "z"), node("NonZero", "x", "b")]
    found = read(tmp_path, model(graph(nodes, {"x": [2]}, "y z", {"c": FLOATS[:2], "far": ints(9)})))
    assert [one.op_type for one in found.nodes] == ["Gather", "Add", "NonZero", "Size"]


def test_the_number_of_entries_and_where_they_are_not_zero_are_constants(tmp_path):
    nodes = [node("Size", "x", "s"), node("NonZero", "c", "n"), node("Shape", "x", "t", start=-1)]
    found = read(tmp_path, model(graph(nodes, {"x": [2, 3]}, "s n t", {"c": ints(0, 5, 0, 7)})))
    assert [found.constants[name].tolist() for name in "snt"] == [6, [[1, 3]], [3]]


def test_a_quantised_constant_stays_a_code_and_its_scale(tmp_path):
    nodes = [
        node("QuantizeLinear", "w scale zero", "q"),
        node("DequantizeLinear", "q scale zero", "d"),
        node("MatMul", "x d", "y"),
    ]
    constants = {"w": FLOATS[:12].reshape(4, 3), "scale": np.float32(0.05), "zero": np.int8(0)}
    found = read(tmp_path, model(graph(nodes, {"x": [2, 4]}, "y", constants)))
    assert [one.op_type for one in found.nodes] == ["DequantizeLinear", "MatMul"]
    assert found.types["q"] == "int8"
    expected = np.clip(np.rint(constants["w"] / constants["scale"]), -128, 127)
    assert found.constants["q"].tolist() == expected.tolist()


@pytest.mark.parametrize("raw", [True, False])
def test_codes_of_four_bits_are_read(raw, tmp_path):
    codes = [-8, 7, 1, 0, -3]
    proto = model(graph([node("DequantizeLinear", "q s", "d"), node("Add", "x d", "y")], {"x": [5]}, "y"), 21)
    packed = bytes([0x78, 0x01, 0x0D]) if raw else codes
    proto.graph.initializer.append(helper.make_tensor("q", TensorProto.INT4, [5], packed, raw))
    proto.graph.initializer.append(numpy_helper.from_array(np.float32(0.5), "s"))
    found = read(tmp_path, proto)
    assert found.constants["q"].astype(int).tolist() == codes
    assert (found.types["q"], found.types["d"]) == ("int4", "float32")


def test_random_numbers_are_not_constants(tmp_path):
    nodes = [node("RandomNormal", "", "noise", shape=[2, 3]), node("Add", "x noise", "y")]
    found = read(tmp_path, model(graph(nodes, {"x": [2, 3]}, "y")))
    assert [one.op_type for one in found.nodes] == ["RandomNormal", "Add"]


def test_a_large_constant_is_not_computed(tmp_path):
    nodes = [node("ConstantOfShape", "size", "zeros"), node("Add", "x zeros", "y")]
    found = read(tmp_path, model(graph(nodes, {"x": [1]}, "y", {"size": ints(1 << 27)})))
    assert [one.op_type for one in found.nodes] == ["ConstantOfShape", "Add"]
    assert found.shapes["y"] == (1 << 27,)


def test_a_matrix_product_of_constants_counts_its_multiplications(tmp_path):
    def left(extent):
        nodes = [
            node("ConstantOfShape", "size", "ones"),
            *(node("MatMul", f"{a} ones", b) for a, b in (("ones", "p0"), ("p0", "p1"), ("p1", "p2"), ("p2", "p3"))),
            node("Add", "x p3", "y"),
        ]
        return len(read(tmp_path, model(graph(nodes, {"x": [1]}, "y", {"size": ints(extent, extent)}))).nodes)

    assert left(64) == 1
    assert left(1500) == 4


def test_an_operator_that_is_computed_slowly_is_computed_on_few_entries(tmp_path):
    for extent, left in ((1 << 10, 1), (1 << 20, 2)):
        nodes = [node("ConstantOfShape", "size", "a"), node("Erf", "a", "b"), node("Add", "x b", "y")]
        found = read(tmp_path, model(graph(nodes, {"x": [1]}, "y", {"size": ints(extent)})))
        assert len(found.nodes) == left


def test_what_is_computed_warns_nobody(tmp_path, recwarn):
    nodes = [node("Gather", "c at", "a"), node("Add", "x a", "y")]
    read(tmp_path, model(graph(nodes, {"x": [2]}, "y", {"c": FLOATS[:2], "at": np.array([1j])})))
    assert not recwarn.list
