"""Each integer operation proved and verified, alone and for several inputs."""

from __future__ import annotations

import numpy as np
import pytest

from tests.network.lowered import inputs_of
from tests.network.test_operations import CASES, rng, single
from zkinfer import api


@pytest.mark.parametrize("name", CASES)
def test_a_proof_of_an_operation_is_accepted(name):
    op, shapes, before = CASES[name]
    network = single(op, *shapes, before=before)
    keys = api.setup(network, allow_toy=True, profile="toy")
    x = inputs_of(network, rng(5))
    proof = api.prove(keys, x, allow_toy=True)
    outputs = api.verify(keys.statement, proof.to_bytes(), allow_toy=True)
    expected = network.run(x)["out"]
    assert outputs.tensors[0].dims == (expected.shape or (1,))
    assert np.array_equal(outputs.integers, expected.reshape(-1))


@pytest.mark.parametrize(
    "name", ["convolution", "product", "halves to even", "slopes", "largest of overlapping windows"]
)
def test_a_proof_of_several_inputs_is_accepted(name):
    op, shapes, before = CASES[name]
    network = single(op, *shapes, before=before)
    keys = api.batch(api.setup(network, allow_toy=True, profile="toy"), 3)
    xs = inputs_of(network, rng(5), images=3)
    outputs = api.verify(keys.statement, api.prove(keys, xs, allow_toy=True).to_bytes(), allow_toy=True)
    each = [network.run({name: values[k] for name, values in xs.items()})["out"] for k in range(3)]
    assert np.array_equal(outputs.integers, np.stack(each).reshape(-1))
