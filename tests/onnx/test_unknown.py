"""An operator that is not supported is refused with the reason and the remedy of its kind."""

import pytest

from tests.onnx.models import graph, model, node, read
from zkinfer.frontend.onnx.families.catalogue import FAMILIES
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.translate import translate
from zkinfer.frontend.onnx.unknown import KINDS, unknown
from zkinfer_verify.errors import UsageError


@pytest.mark.parametrize(
    ("op_type", "reason", "remedy"),
    [
        ("Loop", "which nodes run depends on the data", "loops unrolled"),
        ("LSTM", "recurrent", "unrolled"),
        ("RandomNormalLike", "random numbers", "as a constant"),
        ("NonZero", "the shape of its output depends on the data", "cut the model before it"),
        ("DynamicQuantizeLinear", "its scales are computed from the data", "zkinfer quantize"),
        ("SequenceAt", "no tensors of numbers", "before or after the model"),
        ("StringNormalizer", "no tensors of numbers", "before or after the model"),
        ("com.example.Fancy", "an operator of the domain com.example", "standard operators"),
        ("ai.onnx.ml.TreeEnsembleClassifier", "classical learning", "cut the model around it"),
        ("Dropout", "as in training", "for inference"),
        ("Det", "this operator is not supported", "docs/operators.md"),
    ],
)
def test_the_reason_is_that_of_its_kind(op_type, reason, remedy):
    problem = unknown(OnnxNode("n", op_type, ("x",), ("y",)))
    assert reason in problem.reason
    assert remedy in problem.remedy
    assert str(problem) == f"Node n ({op_type}): {problem.reason}; {problem.remedy}."


def test_the_message_of_an_operation_is_the_problem_of_its_node():
    one = OnnxNode("n", "Conv", ("x",), ("y",))
    problem = Unsupported.of(one, UsageError("Node n (convolution): it is large; very; make it small."))
    assert (problem.reason, problem.remedy) == ("it is large; very", "make it small")
    problem = Unsupported.of(one, UsageError("It is large."))
    assert str(problem) == "Node n (Conv): It is large; change the model there."


def test_no_family_translates_what_is_said_not_to_be_provable():
    assert not [name for operators, _, _ in KINDS for name in operators if name in FAMILIES]


def test_a_loop_is_read_and_refused(tmp_path):
    nodes = [node("Identity", "going", "still"), node("Relu", "v", "out")]
    body = graph(nodes, {"i": [], "going": [], "v": [2]}, "still out")
    found = read(tmp_path, model(graph([node("Loop", "- - x", "y", body=body)], {"x": [2]}, "y")))
    (problem,) = translate(found).problems
    assert str(problem).startswith("Node y_node (Loop): which nodes run depends on the data")


def test_a_choice_that_the_data_makes_is_read_and_refused(tmp_path):
    branch = graph([node("Relu", "x", "out")], {}, "out")
    nodes = [
        node("ReduceMax", "x", "most", keepdims=0),
        node("Cast", "most", "is_there", to=9),
        node("If", "is_there", "y", then_branch=branch, else_branch=branch),
    ]
    found = read(tmp_path, model(graph(nodes, {"x": [2]}, "y")))
    assert "Node y_node (If): which nodes run depends on the data" in " ".join(map(str, translate(found).problems))
