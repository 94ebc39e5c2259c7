"""Labels: the index of the largest score, of the k largest, a threshold: those of the definition, and no other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.network.lowered import lowered
from zkinfer.network.combine import Combine
from zkinfer.network.disclosure import Disclosure
from zkinfer.network.network import Network, Node, Port
from zkinfer.network.rearrange import Reshape, Transpose
from zkinfer.program.check import RelationFails
from zkinfer_verify.errors import UsageError

SHAPES = [(1, 5), (5,), (1, 3, 4), (1, 7, 1, 1), (1, 2, 1)]


def network(shape: tuple[int, ...], *nodes: Node, lo: int = -8, hi: int = 7) -> Network:
    """Scores as an input, moved in some ways, and shown."""
    ports = (Port("x", "x", shape, lo, hi, 0.5),)
    tensor = nodes[-1].name if nodes else "x"
    spec = Network(ports, nodes, ()).specs[tensor]
    return Network(ports, nodes, (Port("scores", tensor, spec.shape, spec.lo, spec.hi, 0.5, public=True),))


def told(whole: Network, label: str) -> Network:
    """Show nothing but a label."""
    return Disclosure(labels=(("scores", label),)).applied(whole)


def expected(scores: np.ndarray, label: str) -> np.ndarray:
    """The definition: a stable sort from the largest on."""
    if label.startswith("threshold:"):
        return (0.5 * scores >= float(label.removeprefix("threshold:"))).astype(np.int64)
    axis = max(axis for axis, size in enumerate(scores.shape) if size > 1)
    order = np.argsort(-scores, axis=axis, kind="stable")
    return order.take(range(1 if label == "argmax" else int(label[3:])), axis=axis)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("label", ["argmax", "top2", "threshold:0.75", "threshold:-100"])
def test_labels_are_those_of_the_definition(shape, label):
    made = told(network(shape), label)
    for seed in range(4):
        scores = np.random.default_rng(seed).integers(-8, 8 if seed else -6, shape)
        found = made.run({"x": scores})[made.outputs[0].tensor]
        np.testing.assert_array_equal(found, expected(scores, label))
    lowered(made, {"x": scores}).check()


def test_the_three_largest_after_movements():
    nodes = (Node("cut", Reshape((1, 3, 4)), ("x",)), Node("turned", Transpose((0, 2, 1)), ("cut",)))
    made = told(network((1, 12), *nodes), "top3")
    scores = np.random.default_rng(1).integers(-8, 8, (1, 12))
    found = made.run({"x": scores})[made.outputs[0].tensor]
    np.testing.assert_array_equal(found, expected(scores.reshape(1, 3, 4).transpose(0, 2, 1), "top3"))
    lowered(made, {"x": scores}).check()


@pytest.mark.parametrize("number", ["0.75", "1610612736", "1e30", "-1e30"])
def test_a_threshold_of_scores_of_more_values_than_a_table_has(number):
    made = told(network((1, 5), Node("wide", Combine((1 << 30,)), ("x",))), f"threshold:{number}")
    x = np.array([[2, 3, 4, -8, 0]])
    found = made.run({"x": x})[made.outputs[0].tensor]
    np.testing.assert_array_equal(found, expected(x << 30, f"threshold:{number}"))
    lowered(made, {"x": x}).check()


@pytest.mark.parametrize("label", ["argmax", "top2", "threshold:0"])
def test_no_changed_entry_is_accepted(label):
    made = told(network((1, 4)), label)
    case = lowered(made, {"x": np.array([[3, 5, 5, -1]])})
    case.check()
    for column in case.ranged:
        for index in range(column.size):
            for by in (-1, 1):
                with pytest.raises(RelationFails):
                    case.check(case.corrupted(column, index, by))


def test_no_other_label_is_accepted():
    made = told(network((1, 4)), "top2")
    case = lowered(made, {"x": np.array([[3, 5, 5, -1]])})
    assert case.witness.outputs == ((1, 2),)
    for other in ((2, 1), (1, 0), (1, 1), (0, 2)):
        with pytest.raises(RelationFails):
            case.check(replace(case.witness, outputs=(other,)))


@pytest.mark.parametrize(
    ("shape", "label", "sentence"),
    [
        ((1, 5), "top6", "has 5 entries along axis 1; it has no 6 largest"),
        ((1, 5), "top0", "'top0' is no label of output 'scores'; use argmax, topK"),
        ((1, 1), "argmax", "a single score has no largest one"),
        ((1, 5), "threshold:nan", "A threshold is a number"),
    ],
)
def test_refuses_labels_that_do_not_fit(shape, label, sentence):
    with pytest.raises(UsageError, match=sentence):
        told(network(shape), label)


def test_refuses_scores_that_range_too_far():
    with pytest.raises(UsageError, match="quantise to fewer bits"):
        told(network((1, 5), lo=-(2**58), hi=2**58), "argmax")


def test_refuses_a_threshold_of_scores_beyond_64_bits():
    huge = (Node("wide", Combine((1 << 60,)), ("x",)), Node("wider", Combine((1 << 40,)), ("wide",)))
    made = told(network((1, 5), *huge, lo=7, hi=7), "threshold:0.5")
    with pytest.raises(UsageError, match=r"wider: its values can reach .* under p/2"):
        lowered(made, {})


def test_rejects_a_threshold_of_scores_that_are_displayed_in_another_way():
    (port,) = network((5,)).outputs
    shown = replace(network((5,)), outputs=(replace(port, epilogue="l2_normalize"),))
    with pytest.raises(UsageError, match="displayed by l2_normalize, which a threshold does not see"):
        told(shown, "threshold:0.5")
