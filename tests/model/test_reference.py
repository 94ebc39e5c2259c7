"""The reference network gives the published numbers, bit for bit."""

import numpy as np
import pytest
from rich.console import Console

from zkinfer.execute import fast, plain
from zkinfer.frontend.reference import random_network, reference_network
from zkinfer.graph.graph import Graph
from zkinfer.graph.integers import to_integers
from zkinfer.report.layer_table import layer_rows, layer_table, total_row

INTEGERS = [-9404869, -11033050, -34374361, -20396580, 70483360]
NORMALIZED = [-0.11425511, -0.13403508, -0.41759714, -0.24778798, 0.85626755]

LAYERS = [
    ("conv 32x5x5x3", (116, 76, 32), 2400, 21158400),
    ("max-pool", (58, 38, 32), 0, 0),
    ("relu", (58, 38, 32), 0, 0),
    ("conv 32x5x5x32", (54, 34, 32), 25600, 47001600),
    ("max-pool", (27, 17, 32), 0, 0),
    ("relu", (27, 17, 32), 0, 0),
    ("flatten", (14688,), 0, 0),
    ("full 1000x14688", (1000,), 14689000, 14688000),
    ("relu", (1000,), 0, 0),
    ("full 5x1000", (5,), 5005, 5000),
    ("normalize", (5,), 0, 6),
]


@pytest.fixture(scope="module")
def reference() -> tuple[Graph, np.ndarray]:
    return reference_network()


def test_draws_as_the_global_legacy_generator_does(reference):
    graph, x = reference
    state = np.random.get_state()
    np.random.seed(12345)
    assert np.array_equal(x, np.random.randint(-5, 5, (120, 80, 3)))
    assert np.array_equal(graph.nodes[0].op.kernel, np.random.randint(-10, 10, (32, 5, 5, 3)))
    np.random.set_state(state)


def test_leaves_the_global_generator_alone():
    before = np.random.get_state()[1].copy()
    random_network(7)
    assert np.array_equal(before, np.random.get_state()[1])


@pytest.mark.slow
@pytest.mark.parametrize("executor", [plain, fast], ids=["plain", "fast"])
def test_gives_the_published_output(executor, reference):
    tensors = executor.execute(*reference)
    assert tensors["full2"].tolist() == INTEGERS
    assert tensors["full2"].dtype == np.int64
    assert np.round(tensors["normalize1"], 8).tolist() == NORMALIZED


@pytest.mark.slow
def test_plain_and_fast_agree_on_every_tensor(reference):
    slow, quick = plain.execute(*reference), fast.execute(*reference)
    assert list(slow) == list(quick)
    for name in slow:
        assert np.array_equal(slow[name], quick[name]), name


def test_has_the_published_layer_table(reference):
    rows = layer_rows(reference[0])
    assert [(row.name, row.output_shape, row.parameters, row.multiplications) for row in rows] == LAYERS
    total = total_row(reference[0], rows)
    assert (total.output_shape, total.parameters, total.multiplications) == ((5,), 14722005, 82853006)


def test_the_table_for_people_holds_every_number(reference):
    console = Console(width=120)
    with console.capture() as capture:
        console.print(layer_table(reference[0]))
    lines = capture.get().splitlines()
    for (name, shape, parameters, multiplications), line in zip(LAYERS, lines[1:-1], strict=True):
        assert name in line
        assert f"({', '.join(map(str, shape))})" in line
        assert f"{parameters:,}" in line
        assert f"{multiplications:,}" in line
    assert "82,853,006" in lines[-1]


def test_weights_fit_int8(reference):
    graph = to_integers(reference[0])
    assert graph == reference[0]
    assert {array.dtype for array in (graph.nodes[0].op.kernel, graph.nodes[7].op.weights)} == {np.dtype(np.int8)}
