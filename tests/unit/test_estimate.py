"""Estimates: proof sizes against their definition, constants against the records that they are fitted to."""

import json
from itertools import combinations

import numpy as np
import pytest

from benches import fit
from zkinfer import api
from zkinfer.bench.networks import layer
from zkinfer.program import cost_constants
from zkinfer.report.counts import memory_counts, prove_counts, setup_counts, verify_counts
from zkinfer.report.estimate import estimate_prove, estimate_setup, estimate_verify
from zkinfer.report.proof_size import expected_proof_bytes, expected_siblings

TABLES = ("SETUP", "PROVE", "VERIFY", "MEMORY")


@pytest.fixture(scope="module")
def planned():
    return api.plan(layer(30, 10, 3, 8)[0])


def siblings_of(length, positions):
    """The number of siblings in a multiproof, level by level."""
    count, level = 0, set(positions)
    while length > 1:
        count += sum(index ^ 1 not in level for index in level)
        level, length = {index >> 1 for index in level}, length // 2
    return count


@pytest.mark.parametrize(("length", "queries"), [(2, 1), (8, 1), (8, 2), (16, 3), (8, 7), (8, 8)])
def test_the_expected_siblings_are_the_mean_over_all_positions(length, queries):
    every = [siblings_of(length, positions) for positions in combinations(range(length), queries)]
    assert expected_siblings(length, queries) == pytest.approx(sum(every) / len(every))


def test_a_proof_has_the_expected_size(planned):
    keys = api.build_keys(planned)
    proof = api.prove(keys, layer(30, 10, 3, 8)[1], b"seven b").to_bytes()
    # Random positions decide a few siblings; all else is exact.
    assert len(proof) == pytest.approx(expected_proof_bytes(planned.prepared, context=7), rel=0.02)


def test_a_slower_machine_takes_longer_and_no_more_memory(planned):
    unit = cost_constants.CALIBRATION_NS * 1e-9
    for estimate in (estimate_setup, estimate_prove):
        once, twice = estimate(planned.prepared, unit), estimate(planned.prepared, 2 * unit)
        assert once.seconds == pytest.approx(estimate(planned.prepared).seconds)
        assert twice.seconds == pytest.approx(2 * once.seconds) and twice.memory_bytes == once.memory_bytes
    assert estimate_verify(planned.prepared, 2 * unit) == pytest.approx(2 * estimate_verify(planned.prepared))


def test_every_count_has_a_constant(planned):
    counts = (setup_counts, prove_counts, verify_counts, memory_counts)
    for table, count in zip(TABLES, counts, strict=True):
        named = {step: set(group) for step, group in getattr(cost_constants, table).items()}
        assert named == {step: set(group) for step, group in count(planned.prepared).items()}


def test_the_constants_are_those_of_the_records():
    points = json.loads(fit.POINTS.read_text())["points"]
    for table, steps in fit.fit(points, cost_constants.CALIBRATION_NS).items():
        for step, group in steps.items():
            assert getattr(cost_constants, table)[step] == pytest.approx(group, rel=0.02), (table, step)


def test_the_forecast_of_memory_holds_for_the_records():
    for point in json.loads(fit.POINTS.read_text())["points"]:
        for command, counts in point["counts"]["memory"].items():
            told = sum(cost_constants.MEMORY[command][name] * count for name, count in counts.items())
            assert told == pytest.approx(point[f"{command}_peak_memory_bytes"], rel=0.5), point["name"]


def test_a_fit_finds_the_constants_that_made_the_values():
    matrix = np.random.default_rng(0).random((20, 4))
    constants = np.array([2.0, 0.0, 1e-3, 7.0])
    assert fit.nonnegative_least_squares(matrix, matrix @ constants) == pytest.approx(constants)


def test_a_fit_takes_no_constant_below_zero():
    matrix = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    fitted = fit.nonnegative_least_squares(matrix, np.array([3.0, 2.0, 1.0]))
    assert fitted == pytest.approx([2.0, 0.0])
