"""Kinds of layers that move entries: to other axes, places and shapes, side by side, again and again."""

from math import prod

from campaigns.drawn.draft import Draft, Kind, Unfit
from zkinfer.network.apply import Apply
from zkinfer.network.embedding import Embedding
from zkinfer.network.join import Join
from zkinfer.network.pad import Pad
from zkinfer.network.piece import Piece
from zkinfer.network.rearrange import Reshape, Transpose
from zkinfer.network.repeat import Repeat

MOST_AXES = 5


def transposed(d: Draft, x: str) -> str:
    """The axes in another order."""
    order = list(range(len(d.shape(x))))
    d.draw.shuffle(order)
    return d.add(Transpose(tuple(order)), x)


def reshaped(d: Draft, x: str) -> str:
    """The same entries in another shape, often across the axes."""
    rest, shape = d.specs[x].size, list[int]()
    while len(shape) < MOST_AXES - 1 and d.chance(65):
        shape.append(d.draw.choice([n for n in range(1, rest + 1) if rest % n == 0]))
        rest //= shape[-1]
    shape.insert(d.draw.randint(0, len(shape)), rest)
    return d.add(Reshape(tuple(shape)), x)


def padded(d: Draft, x: str) -> str:
    """A constant around the entries."""
    rank = len(d.shape(x))
    return d.add(Pad(d.tuple_of(rank, 0, 1), d.tuple_of(rank, 0, 2), d.draw.choice([0, 0, 7, -300])), x)


def repeated(d: Draft, x: str) -> str:
    """Every entry several times, or the whole."""
    counts = tuple(d.draw.choice([1, 1, 2, 3]) for _ in d.shape(x))
    return d.add(Repeat(counts, tiled=d.chance(50)), x)


def piece(d: Draft, x: str) -> str:
    """Some entries: from a start on, in steps."""
    start = tuple(d.draw.randrange(extent) for extent in d.shape(x))
    step = d.tuple_of(len(start), 1, 2)
    most = [(extent - 1 - a) // s + 1 for extent, a, s in zip(d.shape(x), start, step, strict=True)]
    return d.add(Piece(start, step, tuple(d.draw.randint(1, n) for n in most)), x)


def split(d: Draft, x: str) -> str:
    """Cut in two along an axis; the parts change places."""
    axis, shape = d.axis(x), d.shape(x)
    if shape[axis] < 2:
        raise Unfit
    cut = d.draw.randint(1, shape[axis] - 1)
    parts = []
    for first, last in ((0, cut), (cut, shape[axis])):
        start = tuple(first if k == axis else 0 for k in range(len(shape)))
        own = tuple(last - first if k == axis else extent for k, extent in enumerate(shape))
        parts.append(d.add(Piece(start, (1,) * len(shape), own), x))
    return d.add(Join(axis), *reversed(parts))


def joined(d: Draft, x: str) -> str:
    """Tensors one after the other along an axis, a constant among them or none."""
    axis, shape = d.axis(x), d.shape(x)

    def fits(own: tuple[int, ...]) -> bool:
        return len(own) == len(shape) and all(
            a == b or k == axis for k, (a, b) in enumerate(zip(own, shape, strict=True))
        )

    parts = [x, *(d.others(lambda spec: fits(spec.shape)) for _ in range(d.draw.randint(0, 2)))]
    if len(parts) == 1 or d.chance(30):
        own = tuple(d.draw.randint(1, 2) if k == axis else extent for k, extent in enumerate(shape))
        return d.add(Join(axis, d.weights(*own), d.draw.randint(0, len(parts))), *parts)
    return d.add(Join(axis), *parts)


def embedded(d: Draft, x: str) -> str:
    """Rows of a table, by codes: Gather."""
    spec, shape = d.specs[x], d.shape(x)
    if spec.lo < 0 or spec.hi > 40:
        x = d.coded(x)
        x = d.add(Apply(0, d.draw.randint(1, 12)), x)
    if len(shape) != 1:
        x = d.add(Reshape((prod(shape),)), x)
    table = d.weights(max(2, d.specs[x].hi + d.draw.randint(1, 3)), d.draw.randint(1, 4))
    rows = d.add(Embedding(table), x)
    return rows if len(shape) == 1 else d.add(Reshape((*shape, table.shape[1])), rows)


KINDS: dict[str, Kind] = {
    "transposed": transposed,
    "reshaped": reshaped,
    "padded": padded,
    "repeated": repeated,
    "piece": piece,
    "split": split,
    "joined": joined,
    "embedded": embedded,
}
