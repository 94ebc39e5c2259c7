"""Kinds of layers that are sums of products: convolutions, matrices, products and sums of tensors."""

from itertools import chain
from math import prod

import numpy as np

from campaigns.drawn.draft import MOST_PRODUCTS, Draft, Kind, Unfit
from zkinfer.network.combine import Combine
from zkinfer.network.convolution import Convolution
from zkinfer.network.einsum import Einsum, stretched
from zkinfer.network.piece import Piece
from zkinfer.network.rearrange import Reshape, Transpose

SUMMED = "klmnopqr"
"""Letters of axes that only the second tensor of a product has."""


def image(d: Draft, x: str) -> str:
    """Return a tensor of (images, channels, places..), the entries of this one."""
    if len(d.shape(x)) in (3, 4, 5):
        return x
    size = d.specs[x].size
    channels = d.draw.choice([n for n in range(1, 9) if size % n == 0])
    height = d.draw.choice([n for n in range(1, 9) if size // channels % n == 0])
    return d.add(Reshape((1, channels, height, size // channels // height)), x)


def convolution(d: Draft, x: str) -> str:
    """A window that slides: strides, dilation, padding, groups; along one axis, two, or three."""
    x = image(d, x)
    _, channels, *places = d.shape(x)
    axes = len(places)
    groups = d.draw.choice([1, 1, *(g for g in range(1, channels + 1) if channels % g == 0)])
    out = groups * d.draw.randint(1, 3)
    kernel = d.weights(out, channels // groups, *d.tuple_of(axes, 1, 3))
    bias = d.weights(out) if d.chance(50) else None
    stride, dilation = d.tuple_of(axes, 1, d.draw.choice([1, 3])), d.tuple_of(axes, 1, d.draw.choice([1, 2]))
    before, after = d.tuple_of(axes, 0, d.draw.choice([0, 2])), d.tuple_of(axes, 0, d.draw.choice([0, 2]))
    return d.add(Convolution(stride, dilation, before, after, groups, (), kernel, bias), x)


def transposed_convolution(d: Draft, x: str) -> str:
    """A convolution to every phase of a stride; the phases are interleaved, and what is too much is cut off."""
    x = image(d, x)
    images, channels, *places = d.shape(x)
    axes = len(places)
    steps, out = d.tuple_of(axes, 1, 2), d.draw.randint(1, 2)
    kernel = d.weights(out * prod(steps), channels, *d.tuple_of(axes, 1, 2))
    bias = np.repeat(d.weights(out), prod(steps)) if d.chance(50) else None
    ones, before, after = (1,) * axes, d.tuple_of(axes, 0, 1), d.tuple_of(axes, 0, 1)
    phases = d.add(Convolution(ones, ones, before, after, 1, (), kernel, bias), x)
    rows = d.shape(phases)[2:]
    apart = d.add(Reshape((images, out, *steps, *rows)), phases)
    order = chain.from_iterable((2 + axes + axis, 2 + axis) for axis in range(axes))
    whole = (images, out, *(row * step for row, step in zip(rows, steps, strict=True)))
    joined = d.add(Reshape(whole), d.add(Transpose((0, 1, *order)), apart))
    less = tuple(extent - d.draw.randint(0, min(1, extent - 1)) for extent in whole[2:])
    return d.add(Piece((0,) * len(whole), (1,) * len(whole), (*whole[:2], *less)), joined)


def window_sum(d: Draft, x: str) -> str:
    """Sums of windows, channel by channel: what an average is made of."""
    x = image(d, x)
    axes = len(d.shape(x)) - 2
    window, stride = d.tuple_of(axes, 1, 3), d.tuple_of(axes, 1, 2)
    before, after = (tuple(d.draw.randrange(extent) for extent in window) for _ in range(2))
    factor = d.draw.choice([1, 1, 3, -2])
    return d.add(Convolution(stride, (1,) * axes, before, after, 1, window, factor=factor), x)


def matrix(d: Draft, x: str) -> str:
    """Weights times an axis, which gets another extent; the axes may be put into another order."""
    labels, axis = d.labels(x), d.axis(x)
    own = labels.replace(labels[axis], "z")
    if d.chance(30):
        own = "".join(d.draw.sample(own, len(own)))
    extents = dict(zip(labels, d.shape(x), strict=True)) | {"z": d.draw.randint(1, 5)}
    weights = d.weights(extents["z"], d.shape(x)[axis])
    return d.add(Einsum((labels, "z" + labels[axis]), own, weights, d.bias(tuple(extents[a] for a in own))), x)


def scaling(d: Draft, x: str) -> str:
    """Weights times the entries, stretched along some axes."""
    labels = d.labels(x)
    kept = "".join(d.draw.sample(labels, d.draw.randint(1, len(labels)))) if labels else ""
    weights = d.weights(*(d.shape(x)[labels.index(letter)] for letter in kept))
    return d.add(Einsum((labels, kept), labels, weights, d.bias(d.shape(x))), x)


def running_sum(d: Draft, x: str) -> str:
    """Sums of the entries up to each one, along an axis."""
    labels, axis = d.labels(x), d.axis(x)
    extent = d.shape(x)[axis]
    triangle = np.tri(extent, k=-d.draw.randrange(2), dtype=np.int64)
    triangle = triangle[:, ::-1] if d.chance(30) else triangle
    return d.add(Einsum((labels, "z" + labels[axis]), labels.replace(labels[axis], "z"), triangle), x)


def total(d: Draft, x: str) -> str:
    """Sums along some axes."""
    labels = d.labels(x)
    out = "".join(letter for letter in labels if d.chance(50))
    return d.add(Einsum((labels, ""), out, factor=d.draw.choice([1, 1, 2, -3])), x)


def product(d: Draft, x: str) -> str:
    """The product of two tensors along axes of equal extents: some are summed, the others kept in any order."""
    x = d.coded(x)
    y = d.coded(d.others(lambda spec: len(spec.shape) <= 4))
    labels, extents = d.labels(x), dict(zip(d.labels(x), d.shape(x), strict=True))
    second = ""
    for extent, own in zip(d.shape(y), SUMMED, strict=False):
        fits = [letter for letter in labels if extents[letter] == extent and letter not in second]
        letter = d.draw.choice(fits) if fits and d.chance(80) else own
        extents[letter] = extent
        second += letter
    kept = [letter for letter in extents if d.chance(65)]
    if prod(extents.values()) > MOST_PRODUCTS or len(kept) > 4:
        raise Unfit
    return d.add(Einsum((labels, second), "".join(d.draw.sample(kept, len(kept)))), x, y)


def product_of_entries(d: Draft, x: str) -> str:
    """The product of two tensors, entry by entry; one may be stretched."""
    x = d.coded(x)
    y = d.coded(_stretchable(d, x))
    return d.add(Einsum(*stretched(d.shape(x), d.shape(y)), factor=d.draw.choice([1, 1, 7])), x, y)


def squares(d: Draft, x: str) -> str:
    """Sums of squares along some axes."""
    x, labels = d.coded(x), d.labels(x)
    out = "".join(letter for letter in labels if d.chance(60))
    return d.add(Einsum((labels, labels), out, square=True), x, x)


def residual(d: Draft, x: str) -> str:
    """Multiples of two tensors added: what is added at two scales. One may be stretched."""
    y = _stretchable(d, x)
    factors = d.draw.choice([(1, 1), (1, -1), (3, 5), (-2, 1), (171, 64), (0, 1)])
    pair = (x, y) if d.chance(50) else (y, x)
    return d.add(Combine(factors, d.bias(d.shape(x))), *pair)


def several(d: Draft, x: str) -> str:
    """Multiples of three tensors added, some of which may be one and the same."""
    others = [_stretchable(d, x) for _ in range(2)]
    factors = tuple(d.draw.choice([1, 1, -1, 4]) for _ in range(3))
    return d.add(Combine(factors, d.bias(d.shape(x))), x, *others)


def shift(d: Draft, x: str) -> str:
    """A multiple of a tensor and a constant."""
    return d.add(Combine((d.draw.choice([1, 1, -1, 5, 300]),), d.weights(*d.stretched(d.shape(x)))), x)


def _stretchable(d: Draft, x: str) -> str:
    shape = d.shape(x)
    return d.others(
        lambda spec: (
            len(spec.shape) == len(shape)
            and all(own in (1, extent) for own, extent in zip(spec.shape, shape, strict=True))
        )
    )


KINDS: dict[str, Kind] = {
    "convolution": convolution,
    "transposed convolution": transposed_convolution,
    "window sum": window_sum,
    "matrix": matrix,
    "scaling": scaling,
    "running sum": running_sum,
    "sum along axes": total,
    "product along axes": product,
    "product of entries": product_of_entries,
    "sum of squares": squares,
    "residual": residual,
    "sum of three": several,
    "constant added": shift,
}
