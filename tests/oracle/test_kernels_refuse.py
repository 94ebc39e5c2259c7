"""The native kernels refuse what does not fit, with a ValueError that names the argument."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from zkinfer.kernels import native


def u64(*shape: int) -> np.ndarray:
    return np.zeros(shape, dtype=np.uint64)


def i32(*shape: int) -> np.ndarray:
    return np.zeros(shape, dtype=np.int32)


DIGEST = np.zeros((1, 32), dtype=np.uint8)


def test_the_stub_tells_the_truth() -> None:
    source = Path(native.__file__).parents[2]
    checked = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "zkinfer._native"],
        capture_output=True,
        text=True,
        env={"MYPYPATH": str(source), "PYTHONPATH": str(source), "PATH": ""},
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


REFUSED = {
    "another type": (lambda: native.halve_eq(np.zeros((2, 2))), "eq: expected a C-contiguous uint64 array"),
    "no array": (lambda: native.halve_eq([[1, 0], [2, 0]]), "eq: expected a C-contiguous uint64 array"),
    "signed words": (lambda: native.add(u64(2), u64(2).astype(np.int64)), "b: expected"),
    "another byte order": (lambda: native.add(u64(2), u64(2).astype(">u8")), "b: expected"),
    "too few axes": (lambda: native.halve_eq(u64(4)), "shape (2h, 2), got uint64 of shape [4]"),
    "a last axis of three": (lambda: native.halve_eq(u64(4, 3)), "shape (2h, 2)"),
    "strides": (lambda: native.add(u64(8)[::2], u64(4)), "a: expected a C-contiguous uint64 array"),
    "another order of axes": (lambda: native.columns_combine(u64(4, 3).T, u64(4, 2)), "strided"),
    "unaligned words": (
        lambda: native.add(np.zeros(17, np.uint8)[1:].view(np.uint64), u64(2)),
        "a: expected a C-contiguous uint64 array",
    ),
    "an equality factor of zero": (lambda: native.round_weights([(1, 1)], 2, [(0, 0)]), "elements that are not zero"),
    "an equality factor too few": (lambda: native.round_weights([(1, 1)], 2, []), "eq_point: expected length 1, got 0"),
    "rounds of no degree": (lambda: native.round_weights([(1, 1)], 0, None), "degree: expected 1 to 64, got 0"),
    "an odd eq table": (lambda: native.halve_eq(u64(3, 2)), "even number of rows, got 3"),
    "different lengths": (lambda: native.dot(u64(3, 2), u64(4, 2)), "b: expected length 3, got 4"),
    "a table beyond 2 * half": (lambda: native.fold(u64(1, 5, 2), (0, 0), 2), "at most 2 * half"),
    "half zero": (lambda: native.fold_nodes(u64(0, 4, 2), (0, 0), 0), "half: expected at least 1"),
    "an eq table below half": (lambda: native.logup_round(u64(1, 2), u64(3, 4, 2), 2, (1, 0)), "eq: expected"),
    "a round after the last": (
        lambda: native.logup_next_round_into(u64(1, 2), u64(2, 4, 2), (0, 0), 1, (0, 0)),
        "half: expected an even number, got 1",
    ),
    "other columns": (lambda: native.product_round(u64(2, 4, 2), u64(3, 4), 2), "axes (c, m)"),
    "no factor": (lambda: native.vanish_round(u64(4, 2), u64(0, 4), 2), "factors: expected at least one"),
    "coefficients for other columns": (
        lambda: native.logup_leaves_into(u64(3), u64(3), u64(2, 3), (0, 0), [(1, 0)], u64(3, 2, 2)),
        "columns: expected shape (1, 3)",
    ),
    "rows of floats": (lambda: native.combine_rows(np.zeros((2, 2)), u64(2, 2)), "rows: expected an array of i8, i16"),
    "unsigned bytes": (lambda: native.combine_rows(np.zeros((2, 2), np.uint8), u64(2, 2)), "got uint8"),
    "too many coefficients": (lambda: native.encode_rows_into(u64(1, 9), u64(8, 1), 0), "at most n = 8"),
    "too few columns": (lambda: native.encode_rows_into(u64(2, 4), u64(8, 2), 1), "at least 1 + 2 columns, got 2"),
    "a length that is no power of two": (lambda: native.encode_rows_into(u64(1, 4), u64(6, 1), 0), "power of two"),
    "salts of another length": (lambda: native.hash_leaves(b"", u64(2, 1), np.zeros((2, 16), np.uint8)), "0 or 32"),
    "a position too many": (
        lambda: native.hash_leaves(b"", u64(2, 1), np.zeros((2, 0), np.uint8), u64(3)),
        "positions: expected a C-contiguous uint64 array of shape (2)",
    ),
    "three leaves": (lambda: native.merkle_levels(b"", np.zeros((3, 32), np.uint8)), "power of two"),
    "no leaves": (lambda: native.merkle_levels(b"", np.zeros((0, 32), np.uint8)), "power of two"),
    "a leaf beyond the tree": (
        lambda: native.multiproof_root(b"", 1, u64(1) + np.uint64(2), DIGEST, DIGEST),
        "below 2^1",
    ),
    "no sibling": (lambda: native.multiproof_root(b"", 2, u64(1), DIGEST, DIGEST), "siblings: expected more"),
    "a sibling too many": (
        lambda: native.multiproof_root(b"", 0, u64(1), DIGEST, DIGEST),
        "siblings: expected 1 fewer",
    ),
    "an out that is too short": (lambda: native.multiply_add_into(u64(3, 2), u64(2, 2), u64(3)), "at least 4"),
    "step zero": (lambda: native.spread(u64(2, 2, 2), 0, u64(2, 2), 0), "step: expected at least 1"),
    "an endless step": (lambda: native.spread(u64(2, 2, 2), 0, u64(3, 2), 1 << 63), "entries in all"),
    "a step that asks for terabytes": (lambda: native.spread(u64(2, 2, 2), 1, u64(2, 2), 1 << 40), "entries in all"),
    "a window that does not fit": (lambda: native.convolve(i32(2, 2, 1), i32(1, 3, 1, 1), (1, 1), (1, 1)), "that fits"),
    "a window that stands still": (lambda: native.convolve(i32(2, 2, 1), i32(1, 1, 1, 1), (0, 1), (1, 1)), "that fits"),
    "other channels": (lambda: native.convolve(i32(2, 2, 1), i32(1, 1, 1, 2), (1, 1), (1, 1)), "o, a, b, 1"),
    "a correlation that stands still": (
        lambda: native.correlate(u64(2, 2, 1), u64(1, 1, 2), (1, 1), (0, 1), (1, 1), (0, 0)),
        "steps of at least one",
    ),
    "a correlation of terabytes": (
        lambda: native.correlate(u64(2, 2, 1), u64(1, 1, 2), (1 << 20, 1 << 20), (1, 1), (1, 1), (0, 0)),
        "at most",
    ),
    "a value without a place": (
        lambda: native.count_into(np.array([3]), 1, 0, np.zeros(3, np.int64)),
        "values: one has no place",
    ),
    "eq tables of another length": (lambda: native.eq_sums(u64(1, 6, 2), u64(1, 2, 2), u64(1, 2, 2)), "tables"),
    "parents in another shape": (lambda: native.logup_parents(u64(4, 2, 2), u64(3, 2, 2)), "out: expected"),
    "a half of another length": (
        lambda: native.eq_sums_next_into(u64(1, 8, 2), (0, 0), 2, u64(1, 2, 2), u64(1, 1, 2)),
        "half: expected twice",
    ),
    "axis two": (lambda: native.spread(u64(2, 2, 2), 2, u64(2, 2), 1), "axis 0 or 1"),
    "too many variables": (lambda: native.eq_table([(0, 0)] * 41), "at most 40 variables"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case: str) -> None:
    call, text = REFUSED[case]
    with pytest.raises(ValueError, match=re.escape(text)):
        call()


def test_refuses_to_read_what_it_writes() -> None:
    shared = u64(4, 2)
    with pytest.raises(ValueError, match="pass a copy"):
        native.multiply_add_into(shared, shared[:2], u64(2))


def test_refuses_to_write_into_a_read_only_array() -> None:
    out = u64(8, 1)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="out: the array is read-only"):
        native.encode_rows_into(u64(1, 4), out, 0)
