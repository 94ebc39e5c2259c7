"""The verifier's view depends on no functional of the hidden data but the public ones: counted by ranks, exactly.

For fixed challenges and positions, everything that the prover sends in clear is linear in (data, randomness). The view
hides the data iff every change of data that keeps the public values can be made up for by a change of randomness: iff
the ranks of (randomness) and of (randomness and data) are equal, up to the public values. The shapes and the code are
those of a toy proof; the maps are probed entry by entry through the product's own functions.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from attacks.networks import integers, tiny
from zkinfer.kernels import native
from zkinfer.prove.commit import Committed
from zkinfer.prove.pads import PadOracle, pad_vectors
from zkinfer_verify.check.pads import PadTest
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.field.prime import P
from zkinfer_verify.hashing.digest import encode_ext

T = 4
VIEW = Iterator[tuple[str, list[int]]]


def rank(rows: list[list[int]]) -> int:
    """Return the rank of a matrix over F, by elimination on rows of Python integers."""
    pivots: dict[int, list[int]] = {}
    for row in rows:
        row = [value % P for value in row]
        for column, pivot in pivots.items():
            if row[column]:
                factor = row[column]
                row = [(a - factor * b) % P for a, b in zip(row, pivot, strict=True)]
        lead = next((k for k, value in enumerate(row) if value), None)
        if lead is not None:
            inverse = pow(row[lead], -1, P)
            pivots[lead] = [value * inverse % P for value in row]
    return len(pivots)


def leaked(randomness: list[list[int]], data: list[list[int]]) -> int:
    """Return how many independent functionals of the data the view shows."""
    return rank(randomness + data) - rank(randomness)


def codewords(rows: np.ndarray, length: int) -> np.ndarray:
    """Return the codewords of rows of coefficients, (rows, length)."""
    out = np.empty((length, len(rows)), dtype=np.uint64)
    native.encode_rows_into(np.ascontiguousarray(rows), out, 0)
    return out.T


def random_ext(seed: int, count: int) -> list[Ext]:
    """Return fixed elements of E for challenges."""
    return [Ext(int(a), int(b)) for a, b in integers(seed, count, 2, low=1, high=2**62)]


def distinct(seed: int, length: int) -> list[int]:
    """Return T distinct positions."""
    return sorted(np.random.default_rng(seed).choice(length, T, replace=False).tolist())


# -- the opening: columns of A and of the mask row N, and y ------------------------------------------------------------


def opening_view(rows: np.ndarray, mask: np.ndarray, coefficients: list[Ext], positions: list[int]) -> list[int]:
    """Return t columns of all rows and of N, and y = N + sum_i coefficients_i row_i, as elements of F."""
    whole = np.concatenate([rows, np.ascontiguousarray(mask.T)])
    columns = codewords(whole, 64)[:, positions]
    combined = native.combine_rows(rows, np.array(coefficients, dtype=np.uint64))
    y = native.add(np.ascontiguousarray(mask).reshape(-1), combined.reshape(-1))
    return [int(value) for value in (*columns.reshape(-1), *y)]


def opening_map(count: int, extra: int) -> tuple[list[list[int]], list[list[int]]]:
    """Probe the opening's view: returns the images of each unit of randomness, and of each unit of data."""
    length, positions, coefficients = 16, distinct(1, 64), random_ext(2, count)
    randomness, data = [], []
    for row in range(count):
        for cell in range(length + extra):
            rows, mask = np.zeros((count, length + extra), np.uint64), np.zeros((length + extra, 2), np.uint64)
            rows[row, cell] = 1
            (data if cell < length else randomness).append(opening_view(rows, mask, coefficients, positions))
    for cell in range(length + extra):
        for half in (0, 1):
            rows, mask = np.zeros((count, length + extra), np.uint64), np.zeros((length + extra, 2), np.uint64)
            mask[cell, half] = 1
            randomness.append(opening_view(rows, mask, coefficients, positions))
    return randomness, data


def test_the_opening_shows_nothing_of_the_data():
    assert leaked(*opening_map(3, T)) == 0


def test_the_opening_would_show_data_with_less_randomness():
    """The count can fail: with one random coefficient fewer than opened positions, each row shows one functional."""
    assert leaked(*opening_map(3, T - 1)) == 3


# -- the pad oracle: columns of Q and of its masks, the proximity and the linear vector --------------------------------

Q_ROWS, Q_LENGTH = 2, 64


def pad_view(oracle: PadOracle, schedule: Any, test: PadTest, positions: list[int]) -> list[int]:
    """Return t columns of Q's rows and masks, and both vectors, computed by the product."""
    masks = [np.ascontiguousarray(m[:, half]) for m in masks_of(oracle) for half in (0, 1)]
    columns = codewords(np.stack([*oracle.rows, *masks]), 512)[:, positions]
    proximity, linear = pad_vectors(native, oracle, schedule, test)
    return [int(value) for part in (columns, proximity, linear) for value in np.asarray(part).reshape(-1)]


def masks_of(oracle: PadOracle) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return oracle.proximity_mask, oracle.low_mask, oracle.high_mask


def pad_map(extra: int, free: Callable[[str, int], bool]) -> tuple[list[list[int]], list[list[int]]]:
    """Probe the view of Q; `free` says which coefficients of the masks are random."""
    made, _ = tiny()
    schedule = made.prepared.schedule
    parameters = replace(schedule.parameters, num_queries=extra)
    schedule = replace(schedule, parameters=parameters, pad_rows=Q_ROWS)
    weights = [encode_ext(random_ext(3 + k, Q_LENGTH)) for k in range(Q_ROWS)]
    test = PadTest(weights, Ext(0), random_ext(7, Q_ROWS + 2))
    positions, width = distinct(4, 512), Q_LENGTH + extra
    nothing = Committed(np.zeros((1, 1), np.uint64), np.zeros((1, 0), np.uint8), np.zeros((1, 32), np.uint8))

    def blank() -> PadOracle:
        rows = np.zeros((Q_ROWS, width), np.uint64)
        return PadOracle(rows, *(np.zeros((width, 2), np.uint64) for _ in range(3)), nothing)

    randomness, data = [], []
    for row in range(Q_ROWS):
        for cell in range(width):
            oracle = blank()
            oracle.rows[row, cell] = 1
            (data if cell < Q_LENGTH else randomness).append(pad_view(oracle, schedule, test, positions))
    for name in ("proximity_mask", "low_mask", "high_mask"):
        for cell in range(width):
            for half in (0, 1):
                if free(name, cell):
                    oracle = blank()
                    getattr(oracle, name)[cell, half] = 1
                    randomness.append(pad_view(oracle, schedule, test, positions))
    return randomness, data


def honest(name: str, cell: int) -> bool:
    """The masks as committed: all coefficients random, but K' - 1 of M0."""
    return not (name == "low_mask" and cell == Q_LENGTH - 1)


@pytest.mark.slow
def test_the_pad_oracle_shows_only_the_public_sum():
    """The combined constraints' value is public: one element of E, so two functionals over F. Nothing else shows."""
    assert leaked(*pad_map(T, honest)) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "extra", "free"),
    [
        ("one random coefficient fewer than positions", T - 1, honest),
        ("no proximity mask", T, lambda name, cell: honest(name, cell) and name != "proximity_mask"),
        ("a linear mask of low degree only", T, lambda name, cell: honest(name, cell) and name != "high_mask"),
        (
            "halves of the linear mask that do not overlap",
            T,
            lambda name, cell: honest(name, cell) and not (name == "low_mask" and cell >= Q_LENGTH),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_pad_oracle_would_show_more(what, extra, free):
    """The count can fail: each of these masks shows more than the public sum."""
    assert leaked(*pad_map(extra, free)) > 2
