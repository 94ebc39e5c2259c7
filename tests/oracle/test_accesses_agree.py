"""Random accesses of contractions: what the verifier evaluates is the sum over all tuples, as 3.8 defines it.

Axes merge, slide, run out of range, are shared or summed, in any combination that `plan_contraction` takes.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product
from math import prod

import pytest

from zkinfer.kernels import native
from zkinfer.kernels.vectors import KernelVectors
from zkinfer_verify.check.access import (
    AccessError,
    OperandAxis,
    Weights,
    access_vector,
    axes_of_access,
    plan_contraction,
)
from zkinfer_verify.errors import UsageError
from zkinfer_verify.field.extension import ONE, ZERO, Ext
from zkinfer_verify.poly.eq import eq_index, eq_table, index_point, num_bits
from zkinfer_verify.poly.vectors import Vectors
from zkinfer_verify.statement.relations import Access, Contraction, Form, Index
from zkinfer_verify.statement.wellformed import _check_contraction

Place = tuple[int, ...]
Tensor = dict[Place, int]
PROVIDERS = (Vectors(), KernelVectors(native))


def draw_coordinate(rng: random.Random, axes: Sequence[int], extents: Sequence[int]) -> Index:
    """Draw a coordinate that reads these axes: sometimes as a grid, sometimes cut off at either end."""
    steps = [rng.choice((1, 1, 1, 2, 3)) for _ in axes]
    if len(axes) == 2 and rng.random() < 0.5:
        steps = [extents[axes[1]] + rng.choice((0, 0, 1)), 1]
    terms = tuple(zip(axes, steps, strict=True))
    reach = 1 + sum(step * (extents[axis] - 1) for axis, step in terms)
    if rng.random() < 0.5:
        return Index(reach, terms, 0)
    return Index(rng.randint(1, reach + 1), terms, rng.choice((0, 0, 1, -1, 2)))


def draw_access(rng: random.Random, axes: Sequence[int], extents: Sequence[int]) -> Access:
    """Draw how a tensor reads these axes: one to three by one of its own axes, as one coordinate or two."""
    left, access = rng.sample(axes, len(axes)), []
    while left:
        mine = [left.pop() for _ in range(min(len(left), rng.choice((1, 1, 2, 2, 3))))]
        if len(mine) == 2 and rng.random() < 0.5:
            access.append(tuple(Index(extents[axis], ((axis, 1),), 0) for axis in sorted(mine)))  # a plain grid
            continue
        cut = rng.randrange(len(mine))
        groups = (mine[:cut], mine[cut:]) if cut else (mine,)
        access.append(tuple(draw_coordinate(rng, group, extents) for group in groups))
    return tuple(access)


def dims_of(access: Access) -> Place:
    """Return the extents of the tensor that is read."""
    return tuple(prod(index.extent for index in coordinates) for coordinates in access)


def place_of(access: Access, at: Sequence[int]) -> Place | None:
    """Return the entry that a tuple reads, or None where a coordinate is out of range."""
    place = []
    for coordinates in access:
        merged = 0
        for index in coordinates:
            value = sum(step * at[axis] for axis, step in index.terms) - index.offset
            if not 0 <= value < index.extent:
                return None
            merged = merged * index.extent + value
        place.append(merged)
    return tuple(place)


def draw_contraction(rng: random.Random) -> Contraction:
    """Draw a contraction that the verifier takes, small enough to be summed tuple by tuple."""
    while True:
        extents = tuple(rng.choice((1, 2, 2, 3, 3, 4)) for _ in range(rng.randint(1, 5)))
        of_out, of_left, of_right = ([a for a in range(len(extents)) if rng.random() < 0.6] for _ in range(3))
        out, left, right = (draw_access(rng, axes, extents) for axes in (of_out, of_left, of_right))
        if rng.random() < 0.3:
            left = out  # a merged axis of the output is then one of the operand, and shared where right reads it
        forms = [Form(dims_of(access), (), 0) for access in (out, left, right)]
        drawn = Contraction(extents, forms[0], out, forms[1] if left else None, left, forms[2], right, 1)
        try:
            _check_contraction(drawn)
            plan_contraction(drawn)
        except (UsageError, AccessError):
            continue
        if max(prod(extents), *(prod(form.dims) for form in forms)) <= 200:
            return drawn


def draw_ext(rng: random.Random) -> Ext:
    """Draw an element of E."""
    return Ext(rng.getrandbits(64), rng.getrandbits(64))


def read_by_vectors(axes: Sequence[OperandAxis], tensor: Tensor, weights: Weights) -> Ext:
    """Return sum over u of T[u] prod M_axis(u_axis), M as the verifier evaluates it, by either provider of loops."""
    lines = []
    for axis in axes:
        if axis.plain is not None:
            lines.append(eq_table(weights.plain_point(axis)))
            continue
        plain, fast = (vectors.elements(access_vector(weights, axis, vectors)) for vectors in PROVIDERS)
        assert plain == fast
        lines.append(plain)
    total = []
    for place, value in tensor.items():
        weight = Ext(value)
        for line, index in zip(lines, place, strict=True):
            weight = weight * line[index]
        total.append(weight)
    return sum(total, ZERO)


def eq_of(points: Mapping[int, Sequence[Ext]], at: Mapping[int, int]) -> Ext:
    """Return eq of a point over several axes and an index of each."""
    out = ONE
    for axis, value in at.items():
        out = out * eq_index(points[axis], value)
    return out


@pytest.mark.parametrize("seed", range(8))
def test_a_contraction_is_the_sum_over_its_tuples(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(40):
        relation = draw_contraction(rng)
        tensors = [
            {place: rng.randint(-9, 9) for place in product(*map(range, dims_of(access)))}
            for access in (relation.left_access, relation.right_access)
        ]
        if relation.left is None:
            tensors[0] = {(): 1}
        points = [[draw_ext(rng) for _ in range(num_bits(dim))] for dim in relation.out.dims]
        expected, met = ZERO, Counter[Place]()
        for at in product(*map(range, relation.extents)):
            entry, *read = (place_of(a, at) for a in (relation.out_access, relation.left_access, relation.right_access))
            if entry is not None and None not in read:
                met[entry] += 1
                value = prod(tensor[place] for tensor, place in zip(tensors, read, strict=True) if place is not None)
                expected = expected + eq_of(dict(enumerate(points)), dict(enumerate(entry))) * value
        kept = axes_of_access(relation.out_access)
        summed = prod(extent for axis, extent in enumerate(relation.extents) if axis not in kept)
        assert max(met.values(), default=0) <= summed  # what the bound of a contraction counts

        plan, sides = plan_contraction(relation), dict[Place, tuple[Ext, Ext]]()
        for shared in product(*(range(relation.extents[axis]) for axis in plan.shared)):
            corner = {
                axis: index_point(value, num_bits(relation.extents[axis]))
                for axis, value in zip(plan.shared, shared, strict=True)
            }
            weights = Weights(relation, points, corner)
            left, right = (
                read_by_vectors(axes, tensor, weights)
                for axes, tensor in zip((plan.left, plan.right), tensors, strict=True)
            )
            sides[shared] = left, right
        assert sum((left * right for left, right in sides.values()), ZERO) == expected

        anywhere = {axis: [draw_ext(rng) for _ in range(num_bits(relation.extents[axis]))] for axis in plan.shared}
        for side, (axes, tensor) in enumerate(zip((plan.left, plan.right), tensors, strict=True)):
            parts = (
                eq_of(anywhere, dict(zip(plan.shared, shared, strict=True))) * values[side]
                for shared, values in sides.items()
            )
            extended = sum(parts, ZERO)
            assert read_by_vectors(axes, tensor, Weights(relation, points, anywhere)) == extended
