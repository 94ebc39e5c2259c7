"""How a contraction reads an operand: the public vectors that remain when iteration axes are summed out.

Fix random weights on the output's axes and a point on the shared axes. An operand then enters as

    sum over its indices u of  T[u] * prod over its axes of M_axis(u_axis)

where M_axis(u) sums the weights of all iteration tuples that read u. Where an axis of the tensor is one iteration axis,
M is eq at that axis's point and nothing is left to do; a sliding axis needs the vector.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import prod

from zkinfer_verify.field.extension import ONE, ZERO, Ext
from zkinfer_verify.poly.vectors import Vector, Vectors
from zkinfer_verify.statement.relations import Access, Contraction, Index


def axes_of(coordinates: Sequence[Index]) -> tuple[int, ...]:
    """Return the iteration axes that a tensor's axis reads, ascending."""
    return tuple(sorted({axis for index in coordinates for axis, _ in index.terms}))


def axes_of_access(access: Access) -> set[int]:
    """Return the iteration axes that a tensor reads."""
    return {axis for coordinates in access for axis in axes_of(coordinates)}


@dataclass(frozen=True)
class OperandAxis:
    """One axis of an operand: the coordinates it merges, the output axes whose weights fall to it, its shared axes.

    plain: the one iteration axis that it is, or None; out_axes: indices of the output's axes.
    """

    coordinates: tuple[Index, ...]
    out_axes: tuple[int, ...]
    plain: int | None


@dataclass(frozen=True)
class Plan:
    """How a contraction is reduced: its shared axes (both operands read them), and the axes of each operand."""

    shared: tuple[int, ...]
    left: tuple[OperandAxis, ...]
    right: tuple[OperandAxis, ...]


class AccessError(ValueError):
    """A contraction whose axes do not separate: the statement is refused."""


@lru_cache(maxsize=1 << 10)
def plan_contraction(relation: Contraction) -> Plan:
    """Give every output axis to one axis of one operand, left before right.

    Errors: AccessError when an output axis mixes iteration axes of several operand axes, when an iteration axis is
    read by two axes of one tensor, or is read by none.
    """
    reads = [relation.left_access if relation.left else (), relation.right_access]
    for access in (*reads, relation.out_access):
        used = [axis for coordinates in access for axis in axes_of(coordinates)]
        if len(used) != len(set(used)):
            raise AccessError("an iteration axis is read by two axes of one tensor")
    left_axes, right_axes = map(axes_of_access, reads)
    if left_axes | right_axes != set(range(len(relation.extents))):
        raise AccessError("an iteration axis is read by no operand")
    taken: dict[tuple[int, int], list[int]] = {}
    for out_axis, coordinates in enumerate(relation.out_access):
        wanted = set(axes_of(coordinates))
        homes = [(s, a) for s in (0, 1) for a, c in enumerate(reads[s]) if wanted <= set(axes_of(c))]
        if not homes:
            raise AccessError(f"output axis {out_axis} is not read by one axis of an operand")
        taken.setdefault(homes[0], []).append(out_axis)
    shared = tuple(sorted(left_axes & right_axes))

    def operand(side: int) -> tuple[OperandAxis, ...]:
        axes = []
        for a, coordinates in enumerate(reads[side]):
            out_axes = tuple(taken.get((side, a), ()))
            merged = [o for o in out_axes if len(axes_of(relation.out_access[o])) > 1]
            if len(merged) > 1:
                raise AccessError("an operand's axis is read by two merged output axes")
            axes.append(OperandAxis(coordinates, out_axes, _plain_axis(relation, coordinates, out_axes, shared)))
        return tuple(axes)

    return Plan(shared, operand(0), operand(1))


def _plain_axis(
    relation: Contraction, coordinates: Sequence[Index], out_axes: Sequence[int], shared: Sequence[int]
) -> int | None:
    """Return the iteration axis that a tensor's axis is, if it is just one, with exactly one weight on it."""
    if len(coordinates) != 1 or len(coordinates[0].terms) != 1 or coordinates[0].offset:
        return None
    (axis, step), extent = coordinates[0].terms[0], coordinates[0].extent
    if step != 1 or extent != relation.extents[axis]:
        return None
    if not out_axes:
        return axis if axis in shared else None
    (out,) = out_axes
    same = relation.out_access[out] == (Index(extent, ((axis, 1),), 0),)
    return axis if same and axis not in shared else None


@dataclass(frozen=True)
class Weights:
    """The random weights of one reduction: points of the output's axes, and of the shared axes."""

    relation: Contraction
    out_points: Sequence[Sequence[Ext]]
    shared_points: Mapping[int, Sequence[Ext]]

    def plain_point(self, axis: OperandAxis) -> Sequence[Ext]:
        """Return the point of an axis that is one iteration axis."""
        if axis.plain is None:
            raise AccessError("a sliding axis has no point")
        return self.out_points[axis.out_axes[0]] if axis.out_axes else self.shared_points[axis.plain]

    def shared_weights(self, vectors: Vectors, axis: int) -> list[Ext] | None:
        """Return the weights of an iteration axis's values, or None where all are one."""
        if axis not in self.shared_points:
            return None
        return vectors.elements(vectors.eq_table(self.shared_points[axis]))[: self.relation.extents[axis]]


def access_vector(weights: Weights, axis: OperandAxis, vectors: Vectors) -> Vector:
    """Compute M over one axis of an operand: prod of its coordinates' extents entries.

    Starts from the merged output axis, if there is one, placed on a grid of positions; each further iteration axis
    spreads the grid by its steps; positions out of range are cut off at the end.
    """
    relation = weights.relation
    *upper, cols = axis.coordinates
    (rows,) = upper or [Index(1, (), 0)]
    steps = {a: (0, step) for a, step in rows.terms} | {a: (1, step) for a, step in cols.terms}
    merged = [o for o in axis.out_axes if len(axes_of(relation.out_access[o])) > 1]
    grid, shape = vectors.from_elements([ONE]), (1, 1)
    done: set[int] = set()
    if merged:
        grid, shape = _place_merged(weights, merged[0], steps, vectors)
        done = set(axes_of(relation.out_access[merged[0]]))
    single = {axes_of(relation.out_access[o])[0]: o for o in axis.out_axes if o not in merged}
    for iteration_axis in sorted(set(steps) - done):
        direction, step = steps[iteration_axis]
        line = _line(weights, iteration_axis, single.get(iteration_axis), vectors)
        grid, *grown = vectors.spread(grid, shape, direction, line, step)
        shape = (grown[0], grown[1])
    return vectors.crop(grid, shape, (rows.offset, cols.offset), (rows.extent, cols.extent))


def _line(weights: Weights, axis: int, out_axis: int | None, vectors: Vectors) -> Vector:
    """Return the weights of one iteration axis: of its output axis, times of its shared point."""
    extent = weights.relation.extents[axis]
    line = weights.shared_weights(vectors, axis) or [ONE] * extent
    if out_axis is not None:
        coordinates = weights.relation.out_access[out_axis]
        table = vectors.elements(vectors.eq_table(weights.out_points[out_axis]))
        line = [line[v] * _entry(table, coordinates, {axis: v}) for v in range(extent)]
    return vectors.from_elements(line)


def _place_merged(
    weights: Weights, out_axis: int, steps: dict[int, tuple[int, int]], vectors: Vectors
) -> tuple[Vector, tuple[int, int]]:
    """Place the weights of a merged output axis at the positions its iteration axes reach."""
    relation = weights.relation
    coordinates = relation.out_access[out_axis]
    axes = axes_of(coordinates)
    table = vectors.eq_table(weights.out_points[out_axis])
    extents = [relation.extents[a] for a in axes]
    if _is_grid(coordinates, extents, axes, steps) and not any(a in weights.shared_points for a in axes):
        first, second = (steps[a][1] for a in axes)
        grid, height, width = vectors.place(table[: prod(extents)], (extents[0], extents[1]), (first, second))
        return grid, (height, width)
    reach = [
        1 + sum(s * (relation.extents[a] - 1) for a, (d, s) in steps.items() if a in axes and d == way)
        for way in (0, 1)
    ]
    out = [ZERO] * (reach[0] * reach[1])
    elements = vectors.elements(table)
    lines = {a: weights.shared_weights(vectors, a) for a in axes}
    for values in product(*map(range, extents)):
        at = dict(zip(axes, values, strict=True))
        weight = _entry(elements, coordinates, at)
        place = [0, 0]
        for a, value in at.items():
            line = lines[a]
            weight = weight * line[value] if line else weight
            place[steps[a][0]] += steps[a][1] * value
        cell = place[0] * reach[1] + place[1]
        out[cell] = out[cell] + weight
    return vectors.from_elements(out), (reach[0], reach[1])


def _is_grid(
    coordinates: Sequence[Index], extents: Sequence[int], axes: Sequence[int], steps: dict[int, tuple[int, int]]
) -> bool:
    """Whether a merged axis is just the grid of two axes, the first moving rows and the second columns."""
    plain = tuple(Index(extent, ((axis, 1),), 0) for extent, axis in zip(extents, axes, strict=True))
    return len(axes) == 2 and tuple(coordinates) == plain and [steps[a][0] for a in axes] == [0, 1]


def _entry(table: Sequence[Ext], coordinates: Sequence[Index], at: dict[int, int]) -> Ext:
    position = 0
    for index in coordinates:
        value = sum(step * at[axis] for axis, step in index.terms) - index.offset
        if not 0 <= value < index.extent:
            return ZERO
        position = position * index.extent + value
    return table[position]
