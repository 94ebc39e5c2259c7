"""The fast executor gives what the plain one defines: exactly for integers, up to rounding for floats."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from zkinfer.execute import fast, plain
from zkinfer.execute.bounds import INT64_EXACT, sum_bound
from zkinfer.graph.graph import Convolution, Flatten, FullyConnected, MaxPool, Normalize, Relu, sequential
from zkinfer_verify.errors import UsageError

# Magnitudes on each side of what float32, float64 and int64 hold exactly.
MAGNITUDES = [1, 7, 1 << 11, 1 << 12, 1 << 25, 1 << 27, (1 << 30) - 1]


def integers(shape: tuple[int, ...], magnitude: int) -> st.SearchStrategy[np.ndarray]:
    few = st.sampled_from([-magnitude, -1, 0, 1, magnitude - 1, magnitude])
    return arrays.arrays(np.int64, shape, elements=few | st.integers(-magnitude, magnitude))


@st.composite
def convolutions(draw: st.DrawFn) -> tuple[np.ndarray, Convolution]:
    groups, channels, per_group = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    kernel = (groups * per_group, draw(st.integers(1, 4)), draw(st.integers(1, 4)), channels)
    shape = (draw(st.integers(1, 7)), draw(st.integers(1, 7)), groups * channels)
    pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
    op = Convolution(
        draw(integers(kernel, draw(st.sampled_from(MAGNITUDES)))),
        draw(st.none() | integers(kernel[:1], 1 << 40)),
        stride=draw(pairs),
        padding=draw(st.tuples(*[st.integers(0, 3)] * 4)),
        dilation=draw(pairs),
        groups=groups,
    )
    try:
        op.output_shape(shape, "here")
    except UsageError:
        assume(False)
    x = draw(integers(shape, draw(st.sampled_from(MAGNITUDES))))
    return x, op


def both_refuse(run, slow_run, x: np.ndarray, op: Convolution | FullyConnected) -> bool:
    """Whether sums could leave int64; then both executors must say so."""
    weights = op.kernel if isinstance(op, Convolution) else op.weights
    norm = max(sum(abs(int(w)) for w in row.reshape(-1)) for row in weights)
    reach = norm * max(abs(int(v)) for v in x.reshape(-1))
    reach += 0 if op.bias is None else max(abs(int(v)) for v in op.bias)
    # The executors' own bound may be a part in 2^20 coarser; between the two nothing is claimed.
    assume(reach >= INT64_EXACT or reach + (reach >> 19) < INT64_EXACT)
    if reach < INT64_EXACT:
        return False
    for execute in (run, slow_run):
        with pytest.raises(UsageError, match="64 are exact"):
            execute(x, op)
    return True


@example(
    (
        np.full((3, 3, 1), 1 - (1 << 30), dtype=np.int64),
        Convolution(np.full((1, 3, 3, 1), 1 - (1 << 30), dtype=np.int64)),
    )
)
@given(convolutions())
def test_convolutions_of_integers_agree_exactly(case):
    x, op = case
    if both_refuse(fast.convolution, plain.convolution, x, op):
        return
    quick, slow = fast.convolution(x, op), plain.convolution(x, op)
    assert quick.dtype == slow.dtype == np.int64
    assert np.array_equal(quick, slow)


@given(convolutions(), st.sampled_from([np.float32, np.float64]))
def test_convolutions_of_floats_agree_up_to_rounding(case, dtype):
    x, op = case[0].astype(dtype) / 3, replace(case[1], kernel=case[1].kernel.astype(dtype) / 7)
    quick, slow = fast.convolution(x, op), plain.convolution(x, op)
    assert quick.dtype == slow.dtype
    # Sums may cancel: the error is relative to the sum of absolute values.
    size = float(np.abs(x).max() * np.abs(op.kernel).max()) * op.kernel[0].size
    size += 0.0 if op.bias is None else float(np.abs(op.bias).max())
    assert np.allclose(quick, slow, rtol=0, atol=size * 100 * np.finfo(dtype).eps)


@given(st.data(), st.integers(1, 9), st.integers(1, 9), st.sampled_from(MAGNITUDES), st.sampled_from(MAGNITUDES))
def test_full_layers_of_integers_agree_exactly(data, out, size, large_weight, large_input):
    op = FullyConnected(
        data.draw(integers((out, size), large_weight)), data.draw(st.none() | integers((out,), 1 << 40))
    )
    x = data.draw(integers((size,), large_input))
    if both_refuse(fast.fully_connected, plain.fully_connected, x, op):
        return
    quick = fast.fully_connected(x, op)
    assert quick.dtype == np.int64
    assert np.array_equal(quick, plain.fully_connected(x, op))
    exact = [sum(int(w) * int(v) for w, v in zip(row, x, strict=True)) for row in op.weights]
    assert (quick - (0 if op.bias is None else op.bias)).tolist() == exact


@given(st.data(), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_max_pools_agree_also_on_ties(data, h, w, rows, columns, channels):
    x = data.draw(arrays.arrays(np.int64, (h * rows, w * columns, channels), elements=st.integers(-2, 2)))
    op = MaxPool((h, w))
    assert np.array_equal(fast.max_pool(x, op), plain.max_pool(x, op))


@given(st.data(), st.sampled_from([np.int8, np.int16, np.int64, np.float64]))
def test_whole_networks_agree_on_every_tensor(data, dtype):
    draw = data.draw
    ops = [
        Convolution(draw(integers((3, 3, 2, 1), 9)).astype(dtype), padding=(1, 0, 1, 1)),
        Relu(),
        MaxPool((2, 1)),
        Flatten(),
        FullyConnected(draw(integers((2, 18), 9)).astype(dtype), draw(integers((2,), 9)).astype(dtype)),
        Normalize(),
    ]
    graph = sequential((4, 3, 1), ops)
    x = draw(integers((4, 3, 1), 100)).astype(dtype)
    quick, slow = fast.execute(graph, x), plain.execute(graph, x)
    assert list(quick) == list(slow) == list(graph.shapes())
    for name, shape in graph.shapes().items():
        assert quick[name].shape == shape
        assert np.array_equal(quick[name], slow[name])


@given(st.data(), st.integers(1, 5), st.integers(1, 5), st.sampled_from(MAGNITUDES))
def test_the_bound_covers_every_sum(data, out, size, magnitude):
    weights, x = data.draw(integers((out, size), magnitude)), data.draw(integers((size,), magnitude))
    largest = max(sum(abs(int(w)) for w in row) for row in weights) * max(abs(int(v)) for v in x)
    assert sum_bound(x, weights) >= largest


def test_chunks_do_not_show(monkeypatch):
    generator = np.random.default_rng(2)
    op = Convolution(generator.integers(-9, 9, (4, 3, 3, 2)), groups=2)
    full = FullyConnected(generator.integers(-9, 9, (7, 5)))
    x, flat = generator.integers(-9, 9, (9, 8, 4)), generator.integers(-9, 9, 5)
    whole = fast.convolution(x, op), fast.fully_connected(flat, full)
    for entries in (1, 17, 300):
        monkeypatch.setattr(fast, "CHUNK_ENTRIES", entries)
        assert np.array_equal(fast.convolution(x, op), whole[0])
        assert np.array_equal(fast.fully_connected(flat, full), whole[1])


@pytest.mark.parametrize("executor", [plain, fast], ids=["plain", "fast"])
def test_rejects_a_layer_when_its_sums_can_leave_int64(executor):
    graph = sequential((2,), [FullyConnected(np.array([[1 << 31, 1 << 31]]))])
    assert executor.execute(graph, [1 << 30, (1 << 30) - 1])[graph.output].tolist() == [(1 << 62) - (1 << 31)]
    with pytest.raises(UsageError, match=r"Layer full1 \(fully_connected\): its sums can take"):
        executor.execute(graph, [1 << 31, -(1 << 31)])
    with pytest.raises(UsageError, match="full1"):
        executor.execute(graph, np.array([INT64_EXACT, 0], dtype=np.uint64))


@pytest.mark.parametrize("executor", [plain, fast], ids=["plain", "fast"])
def test_rejects_an_input_when_it_does_not_fit(executor):
    graph = sequential((2,), [Relu()])
    with pytest.raises(UsageError, match=r"shape \(3\), but the network takes \(2\)"):
        executor.execute(graph, [1, 2, 3])
    with pytest.raises(UsageError, match="not real numbers"):
        executor.execute(graph, [True, False])


def test_a_zero_vector_stays_zero():
    graph = sequential((3,), [Normalize()])
    assert plain.execute(graph, [0, 0, 0])[graph.output].tolist() == [0.0, 0.0, 0.0]
