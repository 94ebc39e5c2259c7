"""The kernels on machine integers and numbers by their definitions."""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray


def matvec(weights: NDArray[Any], x: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return weights @ x; the caller knows that no sum leaves the range of int64.

    Shapes: weights (o, k) of int8, int16, int32 or int64, x (k,), to (o,).
    """
    return weights.astype(np.int64) @ x


def convolve(
    x: NDArray[np.int32], kernel: NDArray[np.int32], stride: tuple[int, int], dilation: tuple[int, int]
) -> NDArray[np.int64]:
    """Return out[i, j, o] = sum_abc x[stride i + dilation a, stride j + dilation b, c] kernel[o, a, b, c].

    The caller knows that no sum leaves the range of int32.
    Shapes: x (h, w, c), kernel (o, a, b, c), to (h', w', o).
    """
    rows, columns = (
        (size - step * (extent - 1) - 1) // jump + 1
        for size, extent, jump, step in zip(x.shape, kernel.shape[1:3], stride, dilation, strict=False)
    )
    out = np.zeros((rows, columns, len(kernel)), dtype=np.int64)
    for a, b in np.ndindex(*kernel.shape[1:3]):
        read = x[dilation[0] * a :: stride[0], dilation[1] * b :: stride[1]][:rows, :columns]
        out += read.astype(np.int64) @ kernel[:, a, b].T.astype(np.int64)
    return out


def count_into(values: NDArray[np.int64], scale: int, first: int, counts: NDArray[np.int64]) -> None:
    """Add one to counts[scale * value - first] for each value.

    Shapes: values (n,), counts (m,). Errors: ValueError for a value without a place.
    """
    places = [int(value) * scale - first for value in values]
    if any(not 0 <= place < len(counts) for place in places):
        raise ValueError("values: one has no place among the counts")
    np.add.at(counts, np.array(places, dtype=np.int64), 1)


def number_lists(text: bytes, least: int) -> list[tuple[int, int, NDArray[np.float64]]]:
    """Return (start, end, numbers) of each list in a JSON text that holds at least `least` numbers and nothing else.

    text[start:end] is the list with its brackets; brackets in strings are none. Left out, for a whole parser to judge:
    lists with an integer of 19 digits or more, or with a number beyond float64.
    """
    found = []
    for token in _STRING_OR_LIST.finditer(text):
        items = token["items"]
        if items is None or not all(map(_NUMBER.fullmatch, items.split(b","))):
            continue
        numbers = np.array([float(item) if _is_float(item) else int(item) for item in items.split(b",")], dtype=float)
        if len(numbers) >= least and np.isfinite(numbers).all():
            found.append((token.start(), token.end(), numbers))
    return found


_STRING_OR_LIST = re.compile(rb'"(?:[^"\\]|\\(?:.|\Z))*+(?:"|\Z)|\[(?P<items>[^\[\]"]*)\]', re.DOTALL)
_NUMBER = re.compile(rb"[ \t\n\r]*-?(?:0|[1-9]\d{0,17}(?!\d)|[1-9]\d*(?=[.eE]))(?:\.\d+)?(?:[eE][+-]?\d+)?[ \t\n\r]*")


def _is_float(item: bytes) -> bool:
    return any(mark in item for mark in b".eE")
