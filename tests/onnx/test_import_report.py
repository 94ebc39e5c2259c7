"""zkinfer inspect MODEL.onnx: every node, whether it can be proved, why not, and what to do; never a traceback."""

import json

import numpy as np
import pytest
from onnx import TensorProto
from typer.testing import CliRunner

from tests.onnx.models import graph, model, node, read
from tests.onnx.test_malformed import MALFORMED
from zkinfer.cli.main import app
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.report.import_report import import_report, report_record

CHAIN = graph(
    [
        node("Relu", "x", "a"),
        node("Strange", "a", "b", domain="elsewhere"),
        node("Relu", "b", "c"),
        node("Odd", "c", "d", domain="elsewhere"),
        node("Relu", "d", "e"),
        node("Abs", "a", "f"),
    ],
    {"x": ["n", 3]},
    "e f",
)


@pytest.fixture
def chain(tmp_path):
    """A model with two operators that nobody knows, and nodes before, between, behind and beside them."""
    return read(tmp_path, model(CHAIN, elsewhere=1))


def reported(found, *names):
    """The rows when the nodes of these outputs are not supported."""
    nodes = {one.outputs[0]: one for one in found.nodes}
    return import_report(found, [Unsupported(nodes[name], f"no {name}", f"drop {name}") for name in names])


def test_every_node_has_a_verdict_and_the_waiting_ones_name_their_culprit(chain):
    rows = reported(chain, "b", "d").rows
    assert [(row.name, row.verdict, row.reason, row.remedy) for row in rows] == [
        ("a_node", "yes", "", ""),
        ("b_node", "no", "no b", "drop b"),
        ("c_node", "waits", "it reads what b_node leads to", "see b_node"),
        ("d_node", "no", "no d", "drop d"),
        ("e_node", "waits", "it reads what d_node leads to", "see d_node"),
        ("f_node", "yes", "", ""),
    ]
    assert [row.output_shape for row in rows] == [(1, 3), None, None, None, None, (1, 3)]
    assert reported(chain, "b", "d").counts == {"yes": 2, "no": 2, "waits": 2}


def test_the_record_has_all_of_it(chain):
    record = report_record(reported(chain, "b", "d"))
    assert record["inputs"] == [{"name": "x", "type": "float32", "shape": (1, 3), "range": None}]
    assert record["outputs"] == [
        {"name": "e", "type": None, "shape": None},
        {"name": "f", "type": "float32", "shape": (1, 3)},
    ]
    assert [one["supported"] for one in record["nodes"]] == [True, False, None, False, None, True]
    assert (record["supported"], record["unsupported"], record["waiting"]) == (2, 2, 2)
    assert json.loads(json.dumps(record)) is not None


def test_a_problem_of_a_part_is_that_of_its_node(chain):
    part = OnnxNode("a_node/input0", "DequantizeLinear", ("x",), ("a_node/input0",))
    rows = import_report(chain, [Unsupported(part, "no scale", "give one")]).rows
    assert [row.verdict for row in rows] == ["no", "waits", "waits", "waits", "waits", "waits"]
    assert (rows[0].reason, rows[1].remedy) == ("no scale", "see a_node")


def test_a_model_may_be_refused_whose_nodes_are_not(tmp_path):
    done = inspected(tmp_path, model(graph([node("Shape", "x", "y")], {"x": [2]}, "y")))
    assert done.exit_code == 2
    assert "not supported: " in done.stdout
    assert done.stdout.endswith("0 nodes, 1 parameters: each is supported, the whole is not.\n")
    done = inspected(tmp_path, model(graph([node("Shape", "x", "y")], {"x": [2]}, "y")), "--json")
    assert "'y' does not depend on the network's input" in json.loads(done.stdout)["failure"]


def test_says_so_when_all_are_supported(tmp_path):
    nodes = [node("DequantizeLinear", "x s", "y")]
    proto = model(graph(nodes, {"x": [2]}, "y", {"s": np.float32(0.5)}, TensorProto.INT8))
    done = inspected(tmp_path, proto)
    assert done.exit_code == 0
    assert done.stdout.endswith("1 nodes, 1 parameters: all are supported.\n")


def inspected(folder, proto, *options):
    (folder / "model.onnx").write_bytes(proto if isinstance(proto, bytes) else proto.SerializeToString())
    return CliRunner().invoke(app, ["inspect", str(folder / "model.onnx"), *options])


def test_prints_the_nodes_the_problems_and_the_sums(tmp_path):
    names = [f"b\x1b{k}" for k in range(6)]  # a name that a terminal would take for a command
    nodes = [node("MatMul", "x w", "a"), *(node("Strange", "a", name, domain="elsewhere") for name in names)]
    proto = model(graph(nodes, {"x": [1, 4]}, " ".join(names), {"w": np.ones((4, 3))}), elsewhere=1)
    done = inspected(tmp_path, proto)
    assert done.exit_code == 2
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["node", "operator", "output", "shape", "supported"]
    assert lines[1].split()[:4] == ["a_node", "MatMul", "(1,", "3)"]
    assert "input   x  float32  (1, 4)" in lines
    assert any(line.startswith("not supported: elsewhere.Strange (") and "and 2 more): " in line for line in lines)
    assert lines[-1].startswith("7 nodes, 12 parameters: ")
    assert "\x1b" not in done.stdout


def test_prints_one_json_object_and_says_by_its_code_that_a_node_is_not_supported(tmp_path):
    done = inspected(tmp_path, model(CHAIN, elsewhere=1), "--json")
    record = json.loads(done.stdout)
    assert done.exit_code == 2
    assert len(record["nodes"]) == 6
    assert record["notes"] == ["The batch axis (n) of input 'x' is taken as 1; --shape gives another."]
    assert {"read", "translate"} <= record["seconds"].keys()


def test_the_shape_of_an_input_can_be_given(tmp_path):
    done = inspected(tmp_path, model(CHAIN, elsewhere=1), "--json", "--shape", "x=5,3")
    assert json.loads(done.stdout)["inputs"][0]["shape"] == [5, 3]


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_file_is_one_sentence(name, tmp_path):
    done = inspected(tmp_path, MALFORMED[name][0])
    assert done.exit_code == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"zkinfer: {tmp_path / 'model.onnx'}: ")
    assert line.endswith(".")


def test_shapes_are_not_for_other_files(tmp_path):
    (tmp_path / "model.json").write_text("{}")
    done = CliRunner().invoke(app, ["inspect", str(tmp_path / "model.json"), "--shape", "x=1,3"])
    assert done.exit_code == 2
    assert "--shape is for ONNX files" in done.stderr
