"""What a contraction's operand becomes when its unshared axes are summed with the random weights of the output."""

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkinfer.program.hidden import Hidden
from zkinfer.prove.forms import Tables, ext_add
from zkinfer.prove.sliding import directions, lay_out
from zkinfer_verify.check.access import OperandAxis, axes_of
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.poly.eq import num_bits
from zkinfer_verify.statement.relations import Contraction, Index

Array = NDArray[Any]


class OperandReader(Hidden):
    """Reads one operand of a contraction, for fixed points of the output's axes."""

    def __init__(
        self, tables: Tables, relation: Contraction, out_points: Sequence[Sequence[Ext]], shared: Sequence[int]
    ) -> None:
        self.tables, self.kernels, self.relation, self.shared = tables, tables.kernels, relation, shared
        self._out_tables = [self.kernels.eq_table(point) for point in out_points]
        self._weights: dict[tuple[Any, ...], Array] = {}

    def shared_table(self, cells: Array, dims: Sequence[int], axes: Sequence[OperandAxis]) -> Array:
        """Sum an operand's unshared axes away: a table over the shared axes in order, each padded to a power of two.

        cells: (dims[0], 2^n1, ..) elements of F, or integers. Returns (product of the padded extents, 2).
        """
        # A table over E has one more axis, its coefficients; every axis read turns it into one.
        table, is_ext = cells, False
        order: list[int] = []
        for k in reversed(range(len(axes))):
            mine = [axis for axis in axes_of(axes[k].coordinates) if axis in self.shared]
            if axes[k].plain is None or axes[k].plain not in self.shared:
                table, is_ext = self._read_axis(table, is_ext, k, dims[k], axes[k], mine), True
            order = mine + order
        if not is_ext:
            if table.dtype != np.uint64:
                table = self.kernels.to_field(table.astype(np.int64).reshape(-1)).reshape(table.shape)
            table = _embed(table)
        return self._arrange(table, order)

    def _read_axis(self, table: Array, is_ext: bool, k: int, dim: int, axis: OperandAxis, mine: Sequence[int]) -> Array:
        """Replace axis k of a table by the operand's shared axes `mine`; the result is over E."""
        lead = np.moveaxis(table, k, 0)[:dim]
        rest = lead.shape[1:]
        lines = np.ascontiguousarray(lead).reshape(dim, -1)
        read = None if is_ext or lines.dtype != np.uint64 else self._slide(lines, axis, mine)
        if read is None:
            read = self._gather(lines, is_ext, axis, mine)
        extents = tuple(self.relation.extents[a] for a in mine)
        read = read.reshape(*extents, *(rest if is_ext else (*rest, 2)))
        # The new axes stand in front; move them to where axis k was.
        return np.moveaxis(read, list(range(len(mine))), list(range(k, k + len(mine))))

    def _slide(self, lines: Array, axis: OperandAxis, mine: Sequence[int]) -> Array | None:
        """Read an axis by one correlation, (all values of `mine`, width, 2), or return None where it is not one."""
        relation, weigh = self.relation, axis.out_axes
        moved = {a for out_axis in weigh for a in axes_of(relation.out_access[out_axis])} & set(mine)
        sides = directions(axis.coordinates, relation.extents, mine)
        if moved or sides is None:
            return None
        own = [a for a in axes_of(axis.coordinates) if a not in mine]
        at, count = self._tuples(own)
        rows, columns = sides
        sums = self.kernels.correlate(
            lines.reshape(rows.extent, columns.extent, -1),
            lay_out(sides, relation.extents, own, self._weigh(weigh, at, count)),
            (rows.taps, columns.taps),
            (rows.stride, columns.stride),
            (rows.dilation, columns.dilation),
            (rows.padding, columns.padding),
        )
        # Shared axes are read in ascending order, whichever of them moves the rows.
        ordered = rows.tap_axis is None or columns.tap_axis is None or rows.tap_axis < columns.tap_axis
        return sums if ordered else np.swapaxes(sums, 0, 1)

    def _gather(self, lines: Array, is_ext: bool, axis: OperandAxis, mine: Sequence[int]) -> Array:
        """Read an axis value by value of `mine`, combining the entries that each reads."""
        dim, parts = len(lines), []
        for values in product(*(range(self.relation.extents[a]) for a in mine)):
            index, weights = self._reads(axis, dict(zip(mine, values, strict=True)))
            taken = lines if len(index) == dim and np.array_equal(index, np.arange(dim)) else lines[index]
            parts.append(self._combine(taken, weights, is_ext))
        return np.stack(parts)

    def _combine(self, rows: Array, weights: Array, is_ext: bool) -> Array:
        """Return sum_i weights[i] * rows[i] over E, flat."""
        if not len(rows):
            return np.zeros(rows.shape[1] * (1 if is_ext else 2), dtype=np.uint64)
        combined = self.tables.combine_block(rows, weights)
        if not is_ext:
            return combined.reshape(-1)
        # Rows hold c0 and c1 of elements c0 + c1 X, and were combined apart.
        halves = combined.reshape(-1, 2, 2)
        by_x = self.kernels.ext_scale(np.ascontiguousarray(halves[:, 1]), (0, 1))
        return ext_add(self.kernels, np.ascontiguousarray(halves[:, 0]), by_x).reshape(-1)

    def _reads(self, axis: OperandAxis, fixed: Mapping[int, int]) -> tuple[NDArray[np.intp], Array]:
        """Return which entries of a tensor's axis are read for fixed shared axes, and with what weights (n, 2)."""
        own = [a for a in axes_of(axis.coordinates) if a not in fixed]
        at, count = self._tuples(own)
        at |= fixed
        position, inside = _position(axis.coordinates, at, count)
        # Where the output reads none of the fixed axes, all of them meet the same weights.
        read = {a for out_axis in axis.out_axes for a in axes_of(self.relation.out_access[out_axis])}
        key = (axis.out_axes, tuple(own), tuple((a, v) for a, v in fixed.items() if a in read))
        if key not in self._weights:
            self._weights[key] = self._weigh(axis.out_axes, at, count)
        weights = self._weights[key]
        if inside.all():
            return position, weights
        return position[inside], np.ascontiguousarray(weights[inside])

    def _tuples(self, own: Sequence[int]) -> tuple[dict[int, Any], int]:
        """Return the value of each axis in all tuples of values, and how many there are."""
        extents = [self.relation.extents[a] for a in own]
        count = prod(extents)
        return dict(zip(own, np.indices(extents).reshape(len(own), count), strict=True)), count

    def _weigh(self, out_axes: Sequence[int], at: Mapping[int, Any], count: int) -> Array:
        """Return the product of the output axes' weights at iteration indices, (count, 2)."""
        weights: Array | None = None
        for out_axis in out_axes:
            place, within = _position(self.relation.out_access[out_axis], at, count)
            factor = np.where(
                within[:, np.newaxis], self._out_tables[out_axis][np.where(within, place, 0)], np.uint64(0)
            )
            weights = factor if weights is None else self.kernels.ext_mul(weights, factor)
        if weights is None:
            return np.tile(np.array([1, 0], dtype=np.uint64), (count, 1))
        return np.ascontiguousarray(weights)

    def _arrange(self, table: Array, order: Sequence[int]) -> Array:
        """Put the shared axes in order, and pad each to a power of two."""
        places = [order.index(axis) for axis in self.shared]
        table = table.transpose(*places, len(order))
        extents = [self.relation.extents[axis] for axis in self.shared]
        cut = table[tuple(slice(0, extent) for extent in extents)]
        padded = np.zeros((*(1 << num_bits(extent) for extent in extents), 2), dtype=np.uint64)
        padded[tuple(slice(0, extent) for extent in extents)] = cut
        return padded.reshape(-1, 2)


def _embed(table: Array) -> Array:
    """Read a table of elements of F as elements of E."""
    return np.stack([table, np.zeros_like(table)], axis=-1)


def _position(
    coordinates: Sequence[Index], at: Mapping[int, Any], count: int
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the merged index that coordinates reach, and where every coordinate is in range."""
    position = np.zeros(count, dtype=np.intp)
    inside = np.ones(count, dtype=np.bool_)
    for index in coordinates:
        value = np.full(count, -index.offset, dtype=np.intp)
        for axis, step in index.terms:
            value = value + step * at[axis]
        inside &= (value >= 0) & (value < index.extent)
        position = position * index.extent + value
    return position, inside
