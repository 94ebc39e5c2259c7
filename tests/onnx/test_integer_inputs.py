"""Inputs that are integers: their ranges, which a statement shows, by what reads them or what the file says."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from typer.testing import CliRunner

import zkinfer as zk
from tests.onnx.agreement import compare, run_model
from tests.onnx.models import node, read
from zkinfer.cli.main import app
from zkinfer.frontend.onnx.integer_inputs import DECLARED
from zkinfer.frontend.onnx.translate import load_onnx
from zkinfer.quantize.onnx.quantizer import quantize_onnx
from zkinfer.quantize.onnx.samples import random_samples
from zkinfer.quantize.onnx.settings import Settings
from zkinfer.report.import_report import import_report, report_record
from zkinfer_verify.errors import UsageError

TOY = {"profile": "toy", "allow_toy": True}


def masked(kind=TensorProto.INT64, declared=None, rows=7):
    """Words of a table of 9 rows and of one of 7 or fewer, by one input; those that a mask tells are summed."""
    nodes = [
        node("Unsqueeze", "ids last", "column"),
        node("Squeeze", "column last", "line"),
        node("Gather", "words ids", "e"),
        node("Gather", "others line", "f"),
        node("Add", "e f", "g"),
        node("Cast", "mask", "real", to=TensorProto.FLOAT),
        node("Unsqueeze", "real last", "weights"),
        node("Mul", "g weights", "kept"),
        node("ReduceSum", "kept one", "y", keepdims=0),
    ]
    rng = np.random.default_rng(3)
    constants = {
        "last": np.int64([2]),
        "one": np.int64([1]),
        "words": rng.integers(-5, 6, (9, 2)).astype(np.float32),
        "others": rng.integers(-5, 6, (rows, 2)).astype(np.float32),
    }
    inputs = [
        helper.make_tensor_value_info("ids", TensorProto.INT64, [1, 4]),
        helper.make_tensor_value_info("mask", kind, [1, 4]),
    ]
    held = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    made = helper.make_graph(nodes, "masked", inputs, [helper.make_empty_tensor_value_info("y")], held)
    proto = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    for name, text in (declared or {}).items():
        proto.metadata_props.add(key=DECLARED + name, value=text)
    return proto


def saved(folder, proto):
    path = folder / "model.onnx"
    path.write_bytes(proto.SerializeToString())
    return path


def ranges(network):
    return {port.name: (port.lo, port.hi) for port in network.inputs}


@pytest.mark.parametrize("kind", [TensorProto.INT64, TensorProto.INT32, TensorProto.BOOL])
def test_indices_range_over_the_smallest_table_and_others_are_masks(tmp_path, kind):
    assert ranges(load_onnx(saved(tmp_path, masked(kind)))) == {"ids": (0, 6), "mask": (0, 1)}


def test_a_file_can_say_what_an_input_holds(tmp_path):
    path = saved(tmp_path, masked(declared={"mask": "-3..120", "ids": "2..5"}))
    assert ranges(load_onnx(path)) == {"ids": (2, 5), "mask": (-3, 120)}


def test_a_mask_is_noted_unless_the_file_says_so(tmp_path):
    assert any("'mask' (int64) indexes no table" in note for note in read(tmp_path, masked()).notes)
    assert not any("'ids'" in note for rows in (7, 2) for note in read(tmp_path, masked(rows=rows)).notes)
    for proto in (masked(TensorProto.BOOL), masked(declared={"mask": "0..1"})):
        assert not any("'mask'" in note for note in read(tmp_path, proto).notes)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("mask", "0-1", "is no range LO..HI"),
        ("mask", "1..0", "no range within int64"),
        ("none", "0..1", "is of no input that holds integers"),
    ],
)
def test_refuses_a_declared_range_that_is_none(tmp_path, name, text, sentence):
    with pytest.raises(UsageError, match=sentence):
        load_onnx(saved(tmp_path, masked(declared={name: text})))


def test_a_masked_sum_is_proved_and_its_statement_shows_the_ranges(tmp_path):
    keys = zk.setup(saved(tmp_path, masked()), **TOY)
    assert {hidden.name: (hidden.lo, hidden.hi) for hidden in keys.statement.inputs} == {"ids": (0, 6), "mask": (0, 1)}
    x = {"ids": np.array([[0, 6, 3, 3]]), "mask": np.array([[1, 1, 0, 1]])}
    outputs = zk.verify(keys.statement, zk.prove(keys, x, allow_toy=True).to_bytes(), allow_toy=True)
    words, others = (numpy_helper.to_array(t) for t in masked().graph.initializer if t.name in ("words", "others"))
    expected = ((words[x["ids"]] + others[x["ids"]]) * x["mask"][..., None]).sum(axis=1)
    np.testing.assert_array_equal(np.reshape(outputs.display, (1, 2)), expected)
    given = {**x, "mask": x["mask"].astype(bool)}
    np.testing.assert_array_equal(zk.infer(tmp_path / "model.onnx", given)[0].values, expected)


def test_refuses_an_entry_outside_the_range_by_its_place(tmp_path):
    path = saved(tmp_path, masked())
    with pytest.raises(UsageError, match=r"Input 'mask': the entry at index \(0, 2\) is outside .* 0..1"):
        zk.infer(path, {"ids": np.zeros((1, 4)), "mask": np.array([[1, 1, 2, 1]])})


def features():
    """Two ages, scaled; and a table's row."""
    nodes = [
        node("Cast", "age", "real", to=TensorProto.FLOAT),
        node("MatMul", "real w", "a"),
        node("Gather", "words ids", "e"),
        node("Add", "a e", "y"),
    ]
    constants = {"w": np.float32([[0.1, -0.2], [0.05, 0.1]]), "words": np.float32([[1, 2], [3, -4], [0, 5]])}
    inputs = [
        helper.make_tensor_value_info("age", TensorProto.INT32, [1, 2]),
        helper.make_tensor_value_info("ids", TensorProto.INT64, [1]),
    ]
    held = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    made = helper.make_graph(nodes, "features", inputs, [helper.make_empty_tensor_value_info("y")], held)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


AGES = [{"age": np.array([[k, 90 - k]], dtype=np.int32), "ids": np.array([k % 3])} for k in range(1, 80, 7)]


def test_quantising_asks_what_an_input_holds_and_writes_it_down(tmp_path):
    with pytest.raises(UsageError, match=r"'age' holds 1..89 .* may hold 0..1.* --integers age=LO..HI"):
        quantize_onnx(features(), AGES, Settings())
    proto = quantize_onnx(features(), AGES, Settings(), {"age": (0, 120)}).quantised
    path = saved(tmp_path, proto)
    assert ranges(load_onnx(path)) == {"age": (0, 120), "ids": (0, 2)}
    agreement = compare(tmp_path, proto, AGES[3])
    agreement.require(0.0)
    keys = zk.setup(path, **TOY)
    for age in (0, 120):
        given = {"age": np.full((1, 2), age), "ids": np.array([2])}
        outputs = zk.verify(keys.statement, zk.prove(keys, given, allow_toy=True).to_bytes(), allow_toy=True)
        typed = {"age": given["age"].astype(np.int32), "ids": given["ids"]}
        (theirs,) = run_model(proto, ["y"], typed)
        np.testing.assert_allclose(outputs.display, theirs.reshape(-1), rtol=1e-6)


@pytest.mark.parametrize("name", ["w", "nobody"])
def test_refuses_a_declaration_of_no_input(name):
    with pytest.raises(UsageError, match="is of no input that holds integers"):
        quantize_onnx(features(), AGES, Settings(), {name: (0, 1)})


def test_random_samples_keep_to_what_is_declared():
    drawn = random_samples(features(), {"age": (5, 7)})
    assert {int(age) for sample in drawn for age in sample["age"].reshape(-1)} == {5, 6, 7}


@pytest.mark.parametrize("attributes", [{}, {"exclusive": 1}, {"reverse": 1}, {"exclusive": 1, "reverse": 1}], ids=str)
def test_places_of_words_are_counted_as_roberta_does(tmp_path, attributes):
    nodes = [
        node("Equal", "ids pad", "padded"),
        node("Not", "padded", "word"),
        node("Cast", "word", "ones", to=TensorProto.INT32),
        node("CumSum", "ones axis", "count", **attributes),
        node("Mul", "count ones", "kept"),
        node("Cast", "kept", "wide", to=TensorProto.INT64),
        node("Add", "wide pad", "places"),
        node("Gather", "positions places", "p"),
        node("Gather", "words ids", "e"),
        node("Add", "e p", "y"),
    ]
    rng = np.random.default_rng(3)
    constants = {
        "pad": np.int64(1),
        "axis": np.int64(1),
        "positions": rng.integers(-5, 6, (9, 2)).astype(np.float32),
        "words": rng.integers(-5, 6, (7, 2)).astype(np.float32),
    }
    held = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    inputs = [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, 5])]
    made = helper.make_graph(nodes, "roberta", inputs, [helper.make_empty_tensor_value_info("y")], held)
    proto = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    data = [{"ids": np.array([[0, 4, 2, 1, 1]])}, {"ids": np.array([[3, 1, 6, 1, 0]])}]
    path = saved(tmp_path, quantize_onnx(proto, data, Settings()).quantised)
    keys = zk.setup(path, **TOY)
    for x in data:
        outputs = zk.verify(keys.statement, zk.prove(keys, x["ids"], allow_toy=True).to_bytes(), allow_toy=True)
        (theirs,) = run_model(onnx.load(path), ["y"], x)
        np.testing.assert_allclose(outputs.display, theirs.reshape(-1), rtol=1e-6)


def test_inspect_shows_the_range(tmp_path):
    record = report_record(import_report(read(tmp_path, masked()), []))
    assert [(one["name"], one["range"]) for one in record["inputs"]] == [("ids", (0, 6)), ("mask", (0, 1))]
    ran = CliRunner().invoke(app, ["inspect", str(saved(tmp_path, masked()))])
    assert "input   mask  int64  (1, 4)  in 0..1" in ran.output


def test_the_command_takes_declarations(tmp_path):
    np.savez(tmp_path / "data.npz", **{name: np.concatenate([one[name] for one in AGES]) for name in AGES[0]})
    files = [str(saved(tmp_path, features())), "--calibration", str(tmp_path / "data.npz")]
    out = ["-o", str(tmp_path / "q.onnx")]
    assert CliRunner().invoke(app, ["quantize", *files, *out, "--integers", "age=0..120"]).exit_code == 0
    assert ranges(load_onnx(tmp_path / "q.onnx"))["age"] == (0, 120)
    for wrong in (["--integers", "age"], ["--integers", "age=0..9", "--integers", "age=0..9"]):
        ran = CliRunner().invoke(app, ["quantize", *files, *out, *wrong])
        assert ran.exit_code == 2 and "declared once, by NAME=LO..HI" in " ".join(ran.output.split())
