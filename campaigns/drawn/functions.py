"""Kinds of layers that are no sums: functions of codes, roundings, maxima, orders, softmax and normalisation."""

from math import ceil, log2

import numpy as np

from campaigns.drawn.draft import Draft, Kind, Unfit
from campaigns.drawn.linear import image
from zkinfer.network.apply import Apply
from zkinfer.network.combine import Combine
from zkinfer.network.einsum import Einsum, stretched
from zkinfer.network.inverse_root import BITS, MANTISSA, InverseRoot
from zkinfer.network.largest import Largest
from zkinfer.network.max_pool import MaxPool
from zkinfer.network.quotient import Quotient
from zkinfer.network.ranking import Ranking
from zkinfer.network.rearrange import Reshape
from zkinfer.network.reduce_max import ReduceMax
from zkinfer.network.rounded import Rounded
from zkinfer.network.saturate import Saturate
from zkinfer.network.slopes import Slopes

SQUARES_BITS = 44
"""Sums of squares are scaled to stay under 2^44, or a little more."""


def codes(d: Draft, x: str) -> str:
    """Rounded to few codes."""
    return d.coded(x, 2)


def table(d: Draft, x: str) -> str:
    """A function of each code: an activation."""
    x = d.coded(x)
    spec = d.specs[x]
    lo = d.draw.randint(spec.lo - 3, spec.hi)
    values = d.integers((d.draw.randint(1, 40),), -50, 50)
    return d.add(Apply(lo, lo + len(values) - 1, values), x)


def clamp(d: Draft, x: str) -> str:
    """ReLU and its kin."""
    spec, lo = d.specs[x], d.draw.choice([0, 0, -1, 2])
    hi = lo + d.draw.choice([1, 6, 127, 255, 5000])
    if spec.hi - spec.lo >= 5000 or d.chance(20):
        return d.add(Saturate(0, lo, hi), x)
    return d.add(Apply(lo, hi), x)


def slopes(d: Draft, x: str) -> str:
    """Another factor for negative entries than for positive ones."""
    x = d.coded(x)
    return d.add(Slopes(d.weights(*d.stretched(d.shape(x))), d.weights(*d.stretched(d.shape(x)))), x)


def rounded(d: Draft, x: str) -> str:
    """Divided by a power of two; the results may be many."""
    shift = d.draw.randint(1, 12)
    return d.add(Rounded(shift, max(1, (d.specs[x].peak >> shift) + 1)), x)


def threshold(d: Draft, x: str) -> str:
    """1 where an entry reaches a number, else 0."""
    x = d.coded(x)
    spec = d.specs[x]
    reached = np.arange(spec.lo, spec.hi + 1) >= d.draw.randint(spec.lo, spec.hi)
    return d.add(Apply(spec.lo, spec.hi, reached.astype(np.int8)), x)


def chosen(d: Draft, x: str) -> str:
    """Of two tensors of one shape the one that a mask tells: no + mask (yes - no)."""
    shape = d.shape(x)
    no = d.others(lambda spec: spec.shape == shape)
    mask = threshold(d, d.others(lambda spec: spec.shape == shape))
    moved = d.add(Einsum(*stretched(shape, shape)), d.coded(d.add(Combine((1, -1)), x, no)), mask)
    return d.add(Combine((1, 1)), no, moved)


def max_pool(d: Draft, x: str) -> str:
    """The largest of each window."""
    x = image(d, x)
    axes = len(d.shape(x)) - 2
    window, stride, dilation = d.tuple_of(axes, 1, 3), d.tuple_of(axes, 1, 2), d.tuple_of(axes, 1, 2)
    before, after = (tuple(d.draw.randrange(extent) for extent in window) for _ in range(2))
    least = d.specs[x].lo - d.draw.choice([0, 0, 5])
    return d.add(MaxPool(window, stride, dilation, before, after, least), x)


def extreme(d: Draft, x: str) -> str:
    """The largest or the smallest along some axes."""
    x = d.coded(x)
    rank = len(d.shape(x))
    axes = tuple(sorted(d.draw.sample(range(rank), d.draw.randint(min(1, rank), rank))))
    return d.add(ReduceMax(axes, smallest=d.chance(40)), x)


def place(d: Draft, x: str) -> str:
    """Where the largest is, as a row of zeros and a single one."""
    axis = d.axis(x)
    return d.add(Largest(axis, d.shape(x)[axis], last=d.chance(40)), x)


def ranked(d: Draft, x: str) -> str:
    """The largest entries along an axis, or their indices: ArgMax and TopK."""
    axis = d.axis(x)
    count = min(d.draw.randint(1, 3), d.shape(x)[axis])
    ranking = Ranking(d.add, d.specs, x, axis, count, last=d.chance(40))
    return ranking.indices() if d.chance(50) else ranking.values()


def softmax(d: Draft, x: str) -> str:
    """Exponentials of the distances from the maximum, divided by their sums along an axis."""
    x, axis = d.coded(x), d.axis(x)
    spec, labels = d.specs[x], d.labels(x)
    one = 1 << d.draw.choice([6, 12, 24])
    largest = d.add(ReduceMax((axis,)), x)
    distance = d.add(Combine((1, -1)), largest, x)
    reach = spec.hi - spec.lo
    values = np.rint(one * np.exp(-np.arange(reach + 1) / d.draw.choice([1, 8, 40]))).astype(np.int64)
    powers = d.add(Apply(0, reach, values, 0), distance)
    sums = d.add(Einsum((labels, ""), labels.replace(labels[axis], "")), powers)
    rows = d.add(Reshape(d.shape(largest)), sums)
    return d.add(Quotient(one << d.draw.randint(0, 12), one), powers, rows)


def divided(d: Draft, x: str) -> str:
    """Divided by the sum of the magnitudes along an axis."""
    x, axis = d.coded(x), d.axis(x)
    spec, labels = d.specs[x], d.labels(x)
    magnitudes = d.add(Apply(spec.lo, spec.hi, np.abs(np.arange(spec.lo, spec.hi + 1))), x)
    sums = d.add(Einsum((labels, ""), labels.replace(labels[axis], "")), magnitudes)
    rows = d.add(Reshape(tuple(1 if k == axis else n for k, n in enumerate(spec.shape))), sums)
    divisor = d.add(Saturate(0, 1, max(2, d.specs[rows].hi)), rows)
    bits, fraction = d.draw.randint(20, 30), d.draw.randint(4, 12)
    return d.add(Rounded(bits - fraction, (1 << fraction) + 1), d.add(Quotient(1 << bits, 1), x, divisor))


def normalised(d: Draft, x: str) -> str:
    """Less its mean or not, divided by the root of the sum of squares, along an axis: the parts of LayerNorm."""
    x, axis = d.coded(x), d.axis(x)
    labels, shape = d.labels(x), d.shape(x)
    kept, row = labels.replace(labels[axis], ""), tuple(1 if k == axis else n for k, n in enumerate(shape))
    if d.chance(70):
        sums = d.add(Reshape(row), d.add(Einsum((labels, ""), kept), x))
        x = d.add(Combine((shape[axis], -1)), x, sums)
    squared = d.add(Reshape(row), d.add(Einsum((labels, labels), kept, square=True), x, x))
    largest = d.specs[squared].hi
    scale = d.draw.randint(0, max(0, (SQUARES_BITS - largest.bit_length()) // 2))
    offset = d.draw.choice([0, 1, 1000, 1 << 26])
    last = max(0, ceil((log2((largest << 2 * scale) + offset + 1) - MANTISSA - 2) / 2))
    octaves = d.draw.randint(0, last)
    root = d.add(InverseRoot(scale, offset, last - octaves, octaves), squared)
    # An entry is at most the root of its row's squares.
    bits = BITS + last - scale
    shift = max(1, bits - d.draw.randint(3, 14))
    whole = d.add(Einsum(*stretched(shape, row)), x, root)
    if bits - shift > 40:
        raise Unfit
    return d.add(Rounded(shift, ceil(2.0 ** (bits - shift) * (1 + 2.0**-10)) + 1), whole)


def attention(d: Draft, x: str) -> str:
    """Queries, keys and values of a sequence; scores, masked or not, through a softmax; a product with the values."""
    size = d.specs[x].size
    words = d.draw.choice([n for n in range(1, 7) if size % n == 0])
    rows = d.add(Reshape((words, size // words)), d.coded(x))
    inner = d.draw.randint(1, 3)
    weights = (d.integers((size // words, inner), -4, 4) for _ in range(3))
    queries, keys, values = (d.coded(d.add(Einsum(("ab", "bc"), "ac", own), rows), 40) for own in weights)
    scores = d.coded(d.add(Einsum(("ac", "bc"), "ab"), queries, keys), 40)
    if d.chance(50):
        scores = d.add(Combine((1,), (np.tri(words, dtype=np.int64) - 1) * 50), scores)
    shares = d.coded(_along_last(d, scores), 40)
    return d.add(Einsum(("ab", "bc"), "ac"), shares, values)


def _along_last(d: Draft, x: str) -> str:
    """Softmax along the last axis of a matrix."""
    spec = d.specs[x]
    largest = d.add(ReduceMax((1,)), x)
    reach = spec.hi - spec.lo
    values = np.rint(256 * np.exp(-np.arange(reach + 1) / 8)).astype(np.int64)
    powers = d.add(Apply(0, reach, values, 0), d.add(Combine((1, -1)), largest, x))
    rows = d.add(Reshape((spec.shape[0], 1)), d.add(Einsum(("ab", ""), "a"), powers))
    return d.add(Quotient(1 << 16, 256), powers, rows)


KINDS: dict[str, Kind] = {
    "codes": codes,
    "table": table,
    "clamp": clamp,
    "slopes": slopes,
    "rounded": rounded,
    "threshold": threshold,
    "chosen by a mask": chosen,
    "max-pool": max_pool,
    "extreme": extreme,
    "place of the largest": place,
    "largest entries": ranked,
    "softmax": softmax,
    "divided by magnitudes": divided,
    "normalised": normalised,
    "attention": attention,
}
