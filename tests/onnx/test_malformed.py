"""Every way in which an ONNX file can be wrong is one sentence that names the file, the place and a remedy."""

import sys
from collections.abc import Callable

import numpy as np
import pytest
from onnx import GraphProto, ModelProto, StringStringEntryProto, TensorProto, helper, numpy_helper

from tests.onnx.models import graph, model, node
from zkinfer.frontend.onnx.read import read_onnx
from zkinfer_verify.errors import UsageError

W = np.ones((4, 3), dtype=np.float32)


def dense() -> ModelProto:
    """A matrix product, which is right."""
    return model(graph([node("MatMul", "x w", "y")], {"x": [1, 4]}, "y", {"w": W}))


def changed(change: Callable[[ModelProto], object]) -> bytes:
    """The matrix product's file after a change."""
    proto = dense()
    change(proto)
    return proto.SerializeToString()


def of(*nodes, x=(1, 4), outputs="y", opset=17, **constants) -> bytes:
    """The file of nodes with the input x."""
    return model(graph(nodes, {"x": x}, outputs, constants), opset).SerializeToString()


def external(**entries: object) -> bytes:
    """The matrix product's file with its weights in another one."""

    def change(proto: ModelProto) -> None:
        weights = proto.graph.initializer[0]
        weights.ClearField("raw_data")
        weights.data_location = TensorProto.EXTERNAL
        weights.external_data.extend(StringStringEntryProto(key=k, value=str(v)) for k, v in entries.items())

    return changed(change)


def chosen(branch: GraphProto) -> bytes:
    """An If that always takes this branch."""
    return of(node("If", "c", "y", then_branch=branch, else_branch=branch), c=np.True_)


def with_input_type(kind) -> bytes:
    return changed(lambda proto: proto.graph.input[0].type.CopyFrom(kind))


def recursive() -> bytes:
    again = helper.make_function(
        "f", "F", ["a"], ["b"], [node("F", "a", "b", domain="f")], [helper.make_opsetid("f", 1)]
    )
    proto = model(graph([node("F", "x", "y", domain="f")], {"x": [2]}, "y"), f=1)
    proto.functions.append(again)
    return proto.SerializeToString()


def calls(levels: int) -> bytes:
    """Functions each of which calls the next one twice."""
    functions = [
        helper.make_function(
            "f",
            f"F{k}",
            ["a"],
            ["c"],
            [node(f"F{k + 1}", "a", "b", domain="f"), node(f"F{k + 1}", "b", "c", domain="f")],
            [helper.make_opsetid("f", 1)],
        )
        for k in range(levels)
    ]
    relu = [node("Relu", "a", "c")]
    last = helper.make_function("f", f"F{levels}", ["a"], ["c"], relu, [helper.make_opsetid("", 17)])
    proto = model(graph([node("F0", "x", "y", domain="f")], {"x": [2]}, "y"), f=1)
    proto.functions.extend([*functions, last])
    return proto.SerializeToString()


SPARSE = helper.make_sparse_tensor(
    helper.make_tensor("sparse", TensorProto.FLOAT, [1], [1.0]),
    helper.make_tensor("at", TensorProto.INT64, [1], [0]),
    [9],
)
MALFORMED = {
    "a file that is cut short": (dense().SerializeToString()[:-20], "this is not an ONNX file, or it is cut short"),
    "a file of another format": (b"\x89PNG\r\n\x1a\n" + bytes(40), "this is not an ONNX file, or it is cut short"),
    "an empty file": (b"", "the file holds no network"),
    "no opset": (changed(lambda p: p.ClearField("opset_import")), "the file holds no network"),
    "no input": (
        changed(lambda p: p.graph.ClearField("input")),
        "the network has no input, so there is nothing to prove",
    ),
    "only constants": (
        model(graph([node("Relu", "w", "y")], {}, "y", {"w": W})).SerializeToString(),
        "the network has no input, so there is nothing to prove",
    ),
    "no output": (changed(lambda p: p.graph.ClearField("output")), "the network has no output"),
    "an output that nothing computes": (of(node("Relu", "x", "y"), outputs="z"), "nothing computes the output 'z'"),
    "a cycle": (
        of(node("Add", "x b", "a"), node("Relu", "a", "b"), outputs="b"),
        r"node a_node \(Add\) reads 'b', which a cycle of nodes computes; export",
    ),
    "a node that reads what it gives": (
        of(node("Add", "x y", "y")),
        "reads 'y', which a cycle of nodes computes",
    ),
    "a constant that is missing": (of(node("MatMul", "x w", "y")), "reads 'w', which is no input, no constant"),
    "a name that is given twice": (
        of(node("Relu", "x", "y"), node("Abs", "x", "y")),
        "gives 'y', which is there already",
    ),
    "shapes that do not fit": (
        of(node("MatMul", "x w", "y"), x=[1, 5], w=W),
        r"node y_node \(MatMul\): it does not fit what it reads: Incompatible dimensions",
    ),
    "an operator with too few inputs": (
        of(node("Conv", "x", "y")),
        r"node y_node \(Conv\): it does not fit.*input size 1",
    ),
    "an attribute that is missing": (
        of(node("Concat", "x x", "y")),
        r"node y_node \(Concat\): .*attribute 'axis' is missing",
    ),
    "a Constant without a value": (of(node("Constant", "", "c"), node("Add", "x c", "y")), "its value cannot be read"),
    "an If without the branch": (of(node("If", "c", "y"), c=np.True_), r"node y_node \(If\).*'else_branch' is missing"),
    "a branch of other outputs": (
        chosen(graph([node("Relu", "x", "a"), node("Relu", "x", "b")], {}, "a b")),
        r"node y_node \(If\) has 1 outputs, its branch 2",
    ),
    "a branch that does not compute its output": (
        chosen(graph([node("Relu", "x", "a")], {}, "b")),
        r"node y_node \(If\): its branch does not compute its output 'b'",
    ),
    "external data of no place that exists": (external(location="a\0b"), "names no file"),
    "functions that make very many nodes": (calls(40), "its functions make 1099511627776 nodes, more than 1048576"),
    "a function that calls itself": (recursive(), "function F is called by itself, or through 64 others"),
    "a version below zero": (of(node("Relu", "x", "y"), opset=-2), "-2 is no version of operators"),
    "a version of another domain that no machine holds": (
        changed(lambda p: p.opset_import.append(helper.make_opsetid("com.example", 1 << 40))),
        "1099511627776 is no version of operators",
    ),
    "a version that is too new": (of(node("Relu", "x", "y"), opset=999), r"of opset 999, .* upgrade the package"),
    "a version from which nothing leads": (
        of(node("Scan", "x", "y"), opset=8),
        "opset 8 cannot be converted to 13: Unsupported conversion",
    ),
    "an operator that an older version does not have": (
        of(node("Strange", "x", "y"), opset=11),
        r"node y_node \(Strange\): opset 11 has no such operator, so that it cannot be converted",
    ),
    "open dimensions": (
        of(node("Relu", "x", "y"), x=("batch", 3, "height", 5)),
        r"input 'x' are open on axis 0 \(batch\), 2 \(height\); give the shape by --shape x=batch,3,height,5 with",
    ),
    "no shape": (of(node("Relu", "x", "y"), x=None), "input 'x' has no shape in the file; give --shape x=1,.."),
    "an input of very many entries": (
        of(node("Relu", "x", "y"), x=[1 << 40]),
        "input 'x' has 1099511627776 entries, more than",
    ),
    "a tensor of very many entries": (
        of(node("Expand", "x shape", "y"), x=[1], shape=np.array([1 << 20, 1 << 20])),
        r"node y_node \(Expand\): its output 'y' has 1048576 x 1048576 entries, more than 4294967296",
    ),
    "a constant that claims very many entries": (
        changed(lambda p: p.graph.initializer[0].dims.__setitem__(0, 1 << 40)),
        "constant 'w' has 1099511627776 x 3 entries, more than 4294967296",
    ),
    "a constant that claims more than it holds": (
        changed(lambda p: p.graph.initializer[0].dims.__setitem__(0, 1 << 20)),
        "constant 'w' claims 1048576 x 3 entries, which are 12582912 bytes, but the file holds 48",
    ),
    "a list that claims more than it holds": (
        changed(
            lambda p: p.graph.initializer[0].CopyFrom(TensorProto(name="w", data_type=1, dims=[4], float_data=[1]))
        ),
        "constant 'w' claims 4 entries, which are 4 numbers, but the file holds 1",
    ),
    "a constant of very many axes": (
        changed(lambda p: p.graph.initializer[0].dims.extend([1] * 40)),
        "constant 'w' has 42 axes, more than 32",
    ),
    "an input of very many axes": (of(node("Relu", "x", "y"), x=[1] * 33), "input 'x' has 33 axes, more than 32"),
    "a tensor of very many axes": (
        of(node("Unsqueeze", "x axes", "y"), axes=np.arange(40)),
        "its output 'y' has 42 axes, more than 32",
    ),
    "a dimension below zero": (
        changed(lambda p: p.graph.initializer[0].dims.__setitem__(0, -4)),
        r"constant 'w' has a negative dimension \(-4 x 3\)",
    ),
    "a type that does not exist": (
        changed(lambda p: setattr(p.graph.initializer[0], "data_type", 99)),
        "constant 'w' is of the type number 99, which is not known",
    ),
    "strings as bytes": (
        changed(lambda p: setattr(p.graph.initializer[0], "data_type", TensorProto.STRING)),
        "constant 'w' holds strings as raw bytes",
    ),
    "a sparse constant": (changed(lambda p: p.graph.sparse_initializer.append(SPARSE)), "'sparse' is sparse, .* dense"),
    "weights that are no numbers": (
        of(node("MatMul", "x w", "y"), w=np.where(W > 0, np.float32("nan"), W)),
        r"constant 'w' has entries that are no numbers \(NaN\)",
    ),
    "external data outside of the folder": (
        external(location="../w.bin"),
        r"'../w.bin', outside of the model's folder",
    ),
    "external data at an absolute path": (external(location="/etc/hostname"), "outside of the model's folder; move it"),
    "external data behind a link": (external(location="link/w.bin"), "outside of the model's folder; move it"),
    "external data that is missing": (
        external(location="none.bin"),
        "'none.bin', which is missing; put the file beside",
    ),
    "external data without a place": (external(), "names no file"),
    "external data that is too short": (external(location="w.bin", offset=8), "has 40 bytes, its dimensions take 48"),
    "external data behind the end": (
        external(location="w.bin", offset=8, length=48),
        "ends at byte 56 of 'w.bin', which has 48",
    ),
    "external data at no number": (external(location="w.bin", offset="x"), "an offset or length that is no number"),
    "a node's name that is no text": (
        dense().SerializeToString().replace(b"y_node", b"y_\xff\xfede"),
        r"a name in the file is no text \(UTF-8\); it is damaged",
    ),
    "a constant's name that is no text": (
        changed(lambda p: p.graph.ClearField("node")).replace(b"B\x01w", b"B\x01\xff"),
        r"a name in the file is no text \(UTF-8\); it is damaged",
    ),
    "a name that is no text": (
        of(node("MatMul", "x weights", "y"), weights=W).replace(b"weights", b"weigh\xff\xfe"),
        r"a name in the file is no text \(UTF-8\); it is damaged",
    ),
    "an input that is a sequence": (
        with_input_type(helper.make_sequence_type_proto(helper.make_tensor_type_proto(TensorProto.FLOAT, [1, 4]))),
        "input 'x' is a sequence of no type that is read",
    ),
    "an input of a type that does not exist": (
        with_input_type(helper.make_tensor_type_proto(12345, [1, 4])),
        "input 'x' is a tensor of no type that is read",
    ),
    "an input of no type": (
        with_input_type(helper.make_tensor_type_proto(0, [1, 4])),
        "input 'x' is a tensor of no type that is read",
    ),
}


@pytest.fixture
def folder(tmp_path):
    """The model's folder, with weights in it, outside of it, and a link from one to the other."""
    (tmp_path / "w.bin").write_bytes(W.tobytes())
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "w.bin").write_bytes(W.tobytes())
    (tmp_path / "inside" / "link").symlink_to(tmp_path)
    return tmp_path / "inside"


@pytest.mark.parametrize("name", MALFORMED)
def test_rejects(name, folder):
    data, message = MALFORMED[name]
    (folder / "model.onnx").write_bytes(data)
    with pytest.raises(UsageError, match=message) as caught:
        read_onnx(folder / "model.onnx")
    text = str(caught.value)
    assert text.startswith(f"{folder / 'model.onnx'}: ")
    assert "\n" not in text


def test_what_the_malformed_files_were_made_of_is_read(folder):
    (folder / "model.onnx").write_bytes(dense().SerializeToString())
    assert len(read_onnx(folder / "model.onnx").nodes) == 1
    (folder / "model.onnx").write_bytes(external(location="w.bin", offset=0, length=48))
    np.testing.assert_array_equal(read_onnx(folder / "model.onnx").constants["w"], W)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ({"z": (1,)}, "there is no input 'z'; its inputs are x, mask"),
        ({"x": (1, 3)}, r"input 'x' has 3 axes \(n,length,3\), --shape gives 2"),
        ({"x": (0, 5, 3)}, r"input 'x': --shape gives \(0, 5, 3\); every axis has at least one entry"),
    ],
)
def test_rejects_shapes_that_do_not_fit(shapes, message, tmp_path):
    proto = model(graph([node("Mul", "x mask", "y")], {"x": ["n", "length", 3], "mask": ["n", "length", 1]}, "y"))
    (tmp_path / "model.onnx").write_bytes(proto.SerializeToString())
    with pytest.raises(UsageError, match=message):
        read_onnx(tmp_path / "model.onnx", shapes)


def test_rejects_reading_without_the_package(tmp_path, monkeypatch):
    (tmp_path / "model.onnx").write_bytes(dense().SerializeToString())
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(UsageError, match=r"needs the package onnx; install it with `pip install 'zkinfer\[onnx\]'`"):
        read_onnx(tmp_path / "model.onnx")


def test_rejects_a_folder_and_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_onnx(tmp_path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_onnx(tmp_path / "none.onnx")


def test_strings_are_read_and_left_to_the_nodes(tmp_path):
    proto = model(graph([node("Identity", "x", "y")], {"x": [2]}, "y", element=TensorProto.STRING))
    proto.graph.initializer.append(numpy_helper.from_array(np.array(["a", "b"], dtype=object), "unused"))
    (tmp_path / "model.onnx").write_bytes(proto.SerializeToString())
    assert read_onnx(tmp_path / "model.onnx").types["x"] == "object"
