"""Every kernel gives the same on plain and native, on edge values and random ones, stored in full or in part."""

import inspect
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest

from zkinfer.kernels import native, plain
from zkinfer.kernels.kernels import Kernels
from zkinfer_verify.field.prime import P
from zkinfer_verify.hashing.merkle import sibling_count
from zkinfer_verify.poly.reed_solomon import coset_points

EDGES = np.array([0, 1, P - 1, 2**32 - 1, 2**64 - 2**32, 2**32, 2**63, P - 2**32], dtype=np.uint64)
Case = Callable[[np.random.Generator], tuple[Any, ...]]


def words(rng: np.random.Generator, *shape: int) -> Any:
    """Random canonical words, a third of them edge values."""
    drawn = rng.integers(0, P, shape, dtype=np.uint64)
    return np.where(rng.random(shape) < 1 / 3, rng.choice(EDGES, shape), drawn)


def scalar(rng: np.random.Generator) -> tuple[int, int]:
    c0, c1 = words(rng, 2).tolist()
    return c0, c1


def integers(rng: np.random.Generator, dtype: type[np.signedinteger[Any]], *shape: int) -> Any:
    """Random integers with the extreme ones."""
    info = np.iinfo(dtype)
    drawn = rng.integers(info.min, info.max, shape, dtype=dtype, endpoint=True)
    return np.where(
        rng.random(shape) < 0.2, rng.choice(np.array([info.min, info.max, 0, -1], dtype=dtype), shape), drawn
    )


def leaves(r: np.random.Generator, n: int, k: int) -> tuple[Any, ...]:
    """Draw n leaves of k columns, and what they are written into."""
    return words(r, n), words(r, n), words(r, k, n), scalar(r), [scalar(r) for _ in range(k)], words(r, n, 2, 2)


JSON_TEXTS = {
    "a document": b'{"dim": [2, 3], "data": [1, -2.0, 3.5e2 ,\t4E-1,\r\n0.0, -0.0], "nested": [[7, 8, 9], [1, [2]]]}',
    "brackets in strings": rb'["[1, 2, 3]", "\"[4, 5, 6]", [7, 8, 9], "\\", [1, 2, 3]]',
    "an open string": b'[1, 2, 3], "[4, 5, 6], [7, 8, 9]',
    "an open string that ends in an escape": b'[1, 2, 3], "[4, 5, 6]\\',
    "an open list": b"[[1, 2, 3], [4, 5, 6",
    "other values": b"[1, 2, 3, true] [1, 2, 3, null] [1, 2, 3, {}] [1, 2, 3, NaN] []",
    "no JSON numbers": b"[1, 2, 03] [1, 2, +3] [1, 2, .3] [1, 2, 3.] [1, 2, 3e] [1, 2,] [1 2] [1, 2, 0x3] [1, 2, --3]",
    "long numbers": b"[999999999999999999, 12345678901234567.5, 1.7976931348623157e308, 5e-324, 1234567890123456789e0]",
    "numbers left to others": b"[1, 2, 1234567890123456789] [1, 2, 1e400] [1, 2, -1e309]",
    "nothing": b"",
}


def cases() -> Iterator[tuple[str, str, Case]]:
    for n in (0, 1, 2, 5, 12):
        yield "eq_table", f"{n} variables", lambda r, n=n: ([scalar(r) for _ in range(n)],)
    for c, h, m in ((1, 1, 1), (3, 1, 16), (2, 8, 1), (5, 16, 128), (0, 1, 1)):
        yield (
            "eq_sums",
            f"{c} tables, {h} times {m}",
            lambda r, c=c, h=h, m=m: (words(r, c, 2 * h * m, 2), words(r, c, h, 2), words(r, c, m, 2)),
        )
        yield (
            "eq_sums_next_into",
            f"{c} tables, {h} times {m}",
            lambda r, c=c, h=h, m=m: (
                words(r, c, 4 * h * m + h, 2),
                scalar(r),
                2 * h * m,
                words(r, c, h, 2),
                words(r, c, m, 2),
            ),
        )
    for n, degree in product((0, 1, 12), (1, 2, 3, 32)):
        for eq in (False, True):
            yield (
                "round_weights",
                f"{n} rounds of degree {degree}, {'' if eq else 'no '}equality factor",
                lambda r, n=n, degree=degree, eq=eq: (
                    [scalar(r) for _ in range(n)],
                    degree,
                    [scalar(r) for _ in range(n)] if eq else None,
                ),
            )
    for h in (0, 1, 8, 3000):
        yield "halve_eq", f"h = {h}", lambda r, h=h: (words(r, 2 * h, 2),)

    # Stored rows and half: full, one row, odd, fewer than half, exactly half, more than half, large enough for threads.
    for m, half in ((2, 1), (1, 1), (1, 4), (3, 4), (4, 4), (5, 4), (8, 4), (2501, 2048), (1500, 2048), (4096, 2048)):
        name = f"m = {m}, half = {half}"
        yield "fold_nodes", name, lambda r, m=m, h=half: (words(r, m, 4, 2), scalar(r), h)
        yield (
            "fold_nodes",
            f"{name}, in out",
            lambda r, m=m, h=half: (words(r, m, 4, 2), scalar(r), h, words(r, min(m, h), 4, 2)),
        )
        yield "logup_round", name, lambda r, m=m, h=half: (words(r, h + m % 3, 2), words(r, m, 4, 2), h, scalar(r))
        if half > 1:
            yield (
                "logup_next_round_into",
                name,
                lambda r, m=m, h=half: (words(r, h + m % 3, 2), words(r, m, 4, 2), scalar(r), h, scalar(r)),
            )
        for c in (1, 3):
            for base in (False, True):
                shape = (c, m) if base else (c, m, 2)
                what = f"{name}, {c} columns of {'F' if base else 'E'}"
                yield "fold", what, lambda r, s=shape, h=half: (words(r, *s), scalar(r), h)
                for other in ((c, m), (c, m, 2)):
                    yield (
                        "product_round",
                        f"{what}, {len(other)} axes",
                        lambda r, s=shape, o=other, h=half: (words(r, *s), words(r, *o), h),
                    )
        for f in (1, 2, 3, 5):
            for tail in ((), (2,)):
                yield (
                    "vanish_round",
                    f"{name}, {f} factors, tail {tail}",
                    lambda r, f=f, m=m, t=tail, h=half: (words(r, h + 1, 2), words(r, f, m, *t), h),
                )

    for n, k in ((0, 1), (1, 0), (5, 1), (7, 3), (3000, 2)):
        yield (
            "logup_leaves_into",
            f"n = {n}, k = {k}",
            lambda r, n=n, k=k: leaves(r, n, k),
        )
    for m in (0, 1, 2, 3, 8, 2047):
        yield "logup_parents", f"m = {m}", lambda r, m=m: (words(r, m, 2, 2),)
        yield "logup_parents", f"m = {m}, in out", lambda r, m=m: (words(r, m, 2, 2), words(r, -(-m // 2), 2, 2))

    for m, k in ((0, 3), (1, 1), (2, 7), (3, 8), (255, 65), (1006, 130), (2500, 9)):
        for dtype in (np.int8, np.int16, np.int32, np.int64):
            yield (
                "combine_rows",
                f"{m} x {k} {dtype.__name__}",
                lambda r, m=m, k=k, t=dtype: (integers(r, t, m, k), words(r, m, 2)),
            )
        yield "combine_rows", f"{m} x {k} uint64", lambda r, m=m, k=k: (words(r, m, k), words(r, m, 2))
        yield "columns_combine", f"{m} x {k}", lambda r, m=m, k=k: (words(r, m, k), words(r, k, 2))
        yield (
            "combine_rows_into",
            f"{m} x {k}",
            lambda r, m=m, k=k: (words(r, m, k), words(r, m, 2), words(r, k, 2)),
        )
    yield (
        "combine_rows",
        "extreme bytes and coefficients",
        lambda r: (np.full((3000, 16), -128, np.int8), np.full((3000, 2), 2**64 - 2**32, np.uint64)),
    )

    for n in (0, 1, 5, 4001):
        yield "dot", f"n = {n}", lambda r, n=n: (words(r, n, 2), words(r, n, 2))
        yield "dot_base", f"n = {n}", lambda r, n=n: (words(r, n), words(r, n, 2))
        yield "add", f"n = {n}", lambda r, n=n: (words(r, n), words(r, n))
        yield "ext_mul", f"n = {n}", lambda r, n=n: (words(r, n, 2), words(r, n, 2))
        yield "ext_scale", f"n = {n}", lambda r, n=n: (words(r, n, 2), scalar(r))
        yield "to_field", f"n = {n}", lambda r, n=n: (integers(r, np.int64, n),)

    for m, length, n, width, first in (
        (1, 1, 1, 1, 0),
        (1, 2, 2, 1, 0),
        (3, 5, 8, 4, 1),
        (2, 8, 8, 2, 0),
        (9, 13, 64, 12, 2),
        (33, 300, 1024, 35, 1),
        (8, 257, 2048, 8, 0),
        (5, 16, 64, 5, 0),
        (5, 17, 64, 5, 0),
        (0, 4, 8, 2, 1),
    ):
        yield (
            "encode_rows_into",
            f"{m} rows of {length} to {n}",
            lambda r, m=m, k=length, n=n, w=width, f=first: (words(r, m, k), words(r, n, w), f),
        )
    for n, m, s in ((1, 1, 0), (2, 1, 32), (8, 63, 32), (16, 64, 0), (64, 65, 32), (4, 300, 0)):
        yield (
            "hash_leaves",
            f"{n} leaves of {m}, salt {s}",
            lambda r, n=n, m=m, s=s: (b"tag", words(r, n, m), r.integers(0, 256, (n, s), dtype=np.uint8)),
        )
    for n, s in ((1, 32), (3, 0), (35, 32)):
        yield (
            "hash_leaves",
            f"{n} leaves at positions of their own, salt {s}",
            lambda r, n=n, s=s: (b"tag", words(r, n, 5), r.integers(0, 256, (n, s), dtype=np.uint8), words(r, n)),
        )
    for n in (1, 2, 8, 512):
        yield "merkle_levels", f"{n} leaves", lambda r, n=n: (b"node", r.integers(0, 256, (n, 32), dtype=np.uint8))
    for depth, opened in ((0, (0,)), (1, (1,)), (3, (0, 1, 6)), (3, tuple(range(8))), (20, (5, 1000, 1001, 2**20 - 1))):
        yield (
            "multiproof_root",
            f"{len(opened)} of 2^{depth} leaves",
            lambda r, d=depth, p=opened: (
                b"node",
                d,
                np.array(p, dtype=np.uint64),
                r.integers(0, 256, (len(p), 32), dtype=np.uint8),
                r.integers(0, 256, (sibling_count(d, p), 32), dtype=np.uint8),
            ),
        )

    for blocks in (0, 1, 2, 300):
        yield "keystream", f"{blocks} blocks", lambda r, n=blocks: (r.bytes(64), int(r.integers(2**63)), n)

    for d, t in ((0, 2), (1, 1), (127, 3), (128, 5), (129, 4), (1000, 9)):
        yield "evaluate_many", f"{d} coefficients, {t} points", lambda r, d=d, t=t: (words(r, d, 2), words(r, t))
    for d, positions in ((2, range(8)), (1000, range(0, 4096, 7)), (2049, (3, 3, 4099, 8195, 77))):
        points = np.array(coset_points(1 << 14, positions), dtype=np.uint64)
        yield (
            "evaluate_many",
            f"{d} coefficients, {len(points)} points of a code",
            lambda r, d=d, x=points: (
                words(r, d, 2),
                x,
            ),
        )
    for d, e, more in ((1, 1, 0), (0, 3, 5), (3, 0, 5), (5, 3, 0), (3, 5, 2), (150, 200, 7)):
        yield (
            "multiply_add_into",
            f"{d} times {e}",
            lambda r, d=d, e=e, k=more: (words(r, max(d + e - 1, 0) + k, 2), words(r, d, 2), words(r, e)),
        )
    for rows, cols, n, step in ((1, 1, 1, 1), (3, 4, 2, 1), (3, 4, 3, 2), (2, 2, 3, 5), (40, 30, 5, 1), (0, 2, 2, 1)):
        for axis in (0, 1):
            yield (
                "spread",
                f"{rows} x {cols}, {n} weights, step {step}, axis {axis}",
                lambda r, s=(rows, cols, 2), n=n, k=step, a=axis: (words(r, *s), a, words(r, n, 2), k),
            )
    for o, k in ((1, 1), (3, 5), (0, 4), (4, 0), (70, 300)):
        for dtype in (np.int8, np.int16, np.int32, np.int64):
            yield (
                "matvec",
                f"{o} x {k} {dtype.__name__}",
                lambda r, o=o, k=k, t=dtype: (
                    integers(r, np.int32, o, k).astype(t),
                    r.integers(-(2**20), 2**20, k, dtype=np.int64),
                ),
            )
    for x, kernel, stride, dilation in (
        ((1, 1, 1), (1, 1, 1, 1), (1, 1), (1, 1)),
        ((9, 12, 3), (5, 3, 2, 3), (1, 1), (1, 1)),
        ((10, 7, 2), (33, 2, 3, 2), (3, 2), (2, 1)),
    ):
        yield (
            "convolve",
            f"{x} by {kernel}",
            lambda r, x=x, k=kernel, s=stride, d=dilation: (
                r.integers(-300, 300, x, dtype=np.int32),
                r.integers(-300, 300, k, dtype=np.int32),
                s,
                d,
            ),
        )
    for x, places, taps, stride, dilation, padding in (
        ((1, 1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (0, 0)),
        ((9, 12, 4), (7, 11), (3, 2), (1, 1), (1, 1), (0, 0)),
        ((10, 7, 5), (4, 5), (2, 3), (3, 2), (2, 1), (1, 2)),
        ((3, 2, 9), (2, 2), (4, 5), (1, 1), (1, 3), (5, 0)),
        ((4, 4, 0), (2, 2), (2, 2), (1, 1), (1, 1), (0, 0)),
    ):
        yield (
            "correlate",
            f"{x} with {places}, padding {padding}",
            lambda r, x=x, p=places, t=taps, s=stride, d=dilation, o=padding: (
                words(r, *x),
                words(r, *p, 2),
                t,
                s,
                d,
                o,
            ),
        )
    for n, scale, first in ((0, 1, 0), (1000, 1, -20), (1000, 3, -60)):
        yield (
            "count_into",
            f"{n} values, scale {scale}",
            lambda r, n=n, s=scale, f=first: (
                r.integers(-20, 20, n),
                s,
                f,
                integers(r, np.int32, 130).astype(np.int64),
            ),
        )
    for name, text in JSON_TEXTS.items():
        for least in (1, 3):
            yield "number_lists", f"{name}, at least {least}", lambda _, t=text, m=least: (t, m)


# What a kernel leaves behind its results, by argument: how many rows of it are results, given all arguments.
SCRATCH: dict[str, Callable[[tuple[Any, ...]], dict[int, int]]] = {
    "logup_next_round_into": lambda a: {0: a[3] // 2, 1: min(len(a[1]), a[3])},
}


def call(kernels: Any, name: str, arguments: tuple[Any, ...]) -> tuple[Any, list[Any]]:
    """Return a kernel's result, and its arguments as it left them."""
    copies = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
    result = getattr(kernels, name)(*copies)
    for argument, rows in SCRATCH.get(name, lambda _: {})(arguments).items():
        copies[argument] = copies[argument][:rows]
    return result, copies


def assert_same(left: Any, right: Any) -> None:
    assert type(left) is type(right)
    if isinstance(left, np.ndarray):
        assert left.dtype == right.dtype
        assert left.shape == right.shape
        assert left.flags.c_contiguous and right.flags.c_contiguous
        np.testing.assert_array_equal(left, right)
    elif isinstance(left, (tuple, list)):
        assert len(left) == len(right)
        for a, b in zip(left, right, strict=True):
            assert_same(a, b)
    else:
        assert left == right


@pytest.mark.parametrize(
    ("name", "case"), [pytest.param(name, case, id=f"{name}: {what}") for name, what, case in cases()]
)
def test_native_gives_what_plain_gives(name: str, case: Case) -> None:
    arguments = case(np.random.default_rng(20260101))
    for left, right in zip(call(native, name, arguments), call(plain, name, arguments), strict=True):
        assert_same(left, right)


def test_every_kernel_is_compared() -> None:
    compared = {name for name, _, _ in cases()}
    offered = {name for name, value in vars(Kernels).items() if inspect.isfunction(value) and not name.startswith("_")}
    assert set(native.__all__) == compared
    assert offered <= compared


@pytest.mark.parametrize("name", sorted(native.__all__))
def test_both_have_the_same_parameters(name: str) -> None:
    assert list(inspect.signature(getattr(native, name)).parameters) == list(
        inspect.signature(getattr(plain, name)).parameters
    )


def test_words_at_or_above_p_are_read_modulo_p() -> None:
    high = np.array([P, P + 1, 2**64 - 1, 2**64 - 1], dtype=np.uint64)
    np.testing.assert_array_equal(native.add(high, high), plain.add(high, high))
    np.testing.assert_array_equal(*(k.ext_mul(high.reshape(2, 2), high.reshape(2, 2)) for k in (native, plain)))
    table = np.tile(high, 2).reshape(1, 4, 2)
    for kernels in (native, plain):
        np.testing.assert_array_equal(
            kernels.fold(table, (2**64 - 1, P), 2), kernels.fold(table % np.uint64(P), (2**32 - 2, 0), 2)
        )
    assert native.product_round(table, table, 2) == plain.product_round(table, table, 2)
    columns = [np.zeros((4, 1), dtype=np.uint64) for _ in range(4)]
    for kernels, rows, column in zip(
        (native, plain, native, plain), (high, high, high % np.uint64(P), high % np.uint64(P)), columns, strict=True
    ):
        kernels.encode_rows_into(rows.reshape(1, 4), column, 0)
        np.testing.assert_array_equal(column, columns[0])
