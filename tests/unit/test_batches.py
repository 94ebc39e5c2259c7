"""Several inputs in one proof: each output is its input's, and one wrong entry of any image is caught."""

from dataclasses import replace

import numpy as np
import pytest

import zkinfer as zk
from attacks.networks import integers
from zkinfer import api
from zkinfer.execute.plain import execute
from zkinfer.frontend.reference import reference_network
from zkinfer.graph.graph import Convolution, Flatten, FullyConnected, Graph, MaxPool, Operator, Relu, sequential
from zkinfer.program.check import RelationFails, check_witness
from zkinfer.program.lower import MAX_IMAGES, Lowered, lower
from zkinfer.program.values import Layout
from zkinfer.program.witness import Witness, compute_witness
from zkinfer_verify.check.run import prepare
from zkinfer_verify.statement.column import Oracle
from zkinfer_verify.statement.relations import Index

IMAGES = 3


def graph(shape: tuple[int, ...], *ops: Operator) -> Graph:
    return sequential(shape, list(ops))


CONVOLUTION = Convolution(integers(1, 3, 3, 2, 2), integers(2, 3), (2, 1))
PADDED = Convolution(integers(3, 3, 3, 3, 2), integers(4, 3), padding=(1, 1, 1, 1))
GROUPED = Convolution(integers(5, 4, 2, 2, 1), None, (1, 1), (1, 0, 0, 1), (2, 1), 2)
GRAPHS = {
    "flat": graph((5,), FullyConnected(integers(6, 4, 5), integers(7, 4)), Relu(), FullyConnected(integers(8, 2, 4))),
    "a grid": graph((9, 5, 2), CONVOLUTION, MaxPool((2, 2)), Relu(), Flatten(), FullyConnected(integers(9, 3, 12))),
    "pooled twice": graph(
        (8, 8, 2), Relu(), MaxPool((2, 2)), MaxPool((2, 1)), Flatten(), FullyConnected(integers(1, 2, 16))
    ),
    "padding": graph((4, 6, 2), PADDED, MaxPool((2, 3)), Relu(), Flatten(), FullyConnected(integers(1, 2, 12))),
    "padding, pooled apart": graph((4, 4, 2), PADDED, Relu(), MaxPool((2, 2)), MaxPool((1, 2))),
    "groups and dilation": graph((5, 4, 2), GROUPED, Relu(), Flatten(), FullyConnected(integers(2, 2, 64))),
    "a public grid": graph((5, 5, 2), CONVOLUTION),
    "a committed output": graph((4,), FullyConnected(integers(3, 3, 4)), Relu()),
}


@pytest.fixture(scope="module", params=GRAPHS)
def made(request):
    network = GRAPHS[request.param]
    keys = zk.setup(network, input_range=(-5, 4), profile="toy", allow_toy=True)
    return network, keys, zk.batch(keys, IMAGES), integers(11, IMAGES, *network.input_shape, low=-5, high=5)


def test_each_output_is_that_of_its_input(made):
    network, _, keys, inputs = made
    proof = zk.prove(keys, inputs, b"a context", allow_toy=True).to_bytes()
    outputs = zk.verify(keys.statement, proof, context=b"a context", model=network, allow_toy=True)
    found = np.concatenate([tensor.integers for tensor in outputs.tensors])
    expected = np.concatenate([execute(network, x)[network.output].reshape(-1) for x in inputs])
    np.testing.assert_array_equal(found, expected)


def test_a_wrong_cell_of_any_image_breaks_a_relation(made):
    _, _, keys, inputs = made
    honest = compute_witness(keys.program, keys.lowered, inputs)
    check_witness(keys.statement, honest, keys.weights.blocks)
    column = keys.statement.columns[keys.statement.inputs[0].column]
    per_image = column.padded_size // IMAGES
    for image in range(IMAGES):
        rows = honest.rows.copy()
        cells = rows.reshape(-1)[(column.row << keys.statement.row_vars) + column.offset :]
        at = image * per_image
        cells[at] = 0 if cells[at] else 1
        with pytest.raises(RelationFails):
            check_witness(keys.statement, Witness(rows, honest.outputs), keys.weights.blocks)


def test_the_weights_are_committed_once_for_all(made):
    _, single, keys, _ = made
    assert keys.weights is single.weights
    assert keys.statement.weight_root == single.statement.weight_root
    assert keys.statement.digest != single.statement.digest
    assert zk.batch(single, 1) is single


@pytest.mark.parametrize("name", ["a grid", "pooled twice", "a public grid"])
def test_a_power_of_two_of_images_lie_apart(name):
    network, count = GRAPHS[name], 4
    keys = zk.batch(zk.setup(network, input_range=(-5, 4), profile="toy", allow_toy=True), count)
    inputs = integers(11, count, *network.input_shape, low=-5, high=5)
    outputs = zk.verify(keys.statement, zk.prove(keys, inputs, allow_toy=True).to_bytes(), allow_toy=True)
    found = np.concatenate([tensor.integers for tensor in outputs.tensors])
    expected = np.concatenate([execute(network, x)[network.output].reshape(-1) for x in inputs])
    np.testing.assert_array_equal(found, expected)
    positions = {column.dims[:2] for column in keys.statement.columns if column.name.startswith(network.input)}
    assert positions == {(count, network.input_shape[0] * network.input_shape[1])}


def test_sixteen_inputs_of_the_reference_network_are_within_the_limits():
    planned = api.plan(reference_network()[0])
    single, sixteen = (
        planned.lowered,
        lower(planned.program, planned.lowered.plan, "standard", planned.lowered.statement.model_id, 16),
    )
    assert prepare(sixteen.statement).sizes.weight_width == planned.prepared.sizes.weight_width
    assert sixteen.statement.witness_rows <= 16 * single.statement.witness_rows


def test_a_statement_of_another_number_is_rejected(made):
    _, single, keys, inputs = made
    proof = zk.prove(keys, inputs, allow_toy=True).to_bytes()
    for other in (single, zk.batch(single, IMAGES + 1)):
        with pytest.raises(zk.ProofError, match="another statement"):
            zk.verify(other.statement, proof, allow_toy=True)


def test_inputs_of_another_number_or_shape_are_refused(made):
    _, _, keys, inputs = made
    for wrong in (inputs[:-1], inputs[0], np.concatenate([inputs, inputs])):
        with pytest.raises(zk.UsageError, match="the keys take 3 of"):
            zk.prove(keys, wrong, allow_toy=True)


@pytest.mark.parametrize("count", [0, -1, MAX_IMAGES + 1])
def test_refuses_a_number_of_inputs_that_is_none(made, count):
    with pytest.raises(zk.UsageError, match="A proof is about 1 to"):
        zk.batch(made[1], count)


def test_images_that_follow_one_another_are_never_read_over_their_edge():
    padded, columns = Index(3, ((1, 1),), 1), Index(3, ((2, 1),), 0)
    with pytest.raises(zk.InternalError, match="no padding between them"):
        Layout((3, 3), 1, images=2).position(padded, columns)
    image, position = Layout((3, 3), 1, images=2, apart=True).position(padded, columns)
    assert image == (Index(2, ((0, 1),), 0),) and position == (padded, columns)


def test_refuses_a_batch_whose_weights_would_lie_elsewhere(made, monkeypatch):
    _, single, _, _ = made

    def elsewhere(*arguments: object) -> Lowered:
        lowered = lower(*arguments)
        columns = tuple(replace(c, row=c.row + (c.oracle is Oracle.WEIGHTS)) for c in lowered.statement.columns)
        return replace(lowered, statement=replace(lowered.statement, columns=columns))

    monkeypatch.setattr(api, "lower", elsewhere)
    with pytest.raises(zk.InternalError, match="the weights lie elsewhere for 2 inputs"):
        zk.batch(single, 2)
