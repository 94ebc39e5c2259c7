"""A sliding axis read by one correlation gives what gathering its entries gives, for any access that it takes."""

import random
from math import prod

import numpy as np
import pytest

from tests.oracle.test_accesses_agree import draw_contraction, draw_ext
from zkinfer.kernels import native
from zkinfer.prove import access
from zkinfer.prove.access import OperandReader
from zkinfer.prove.sliding import Direction, directions
from zkinfer_verify.check.access import plan_contraction
from zkinfer_verify.field.prime import P
from zkinfer_verify.poly.eq import num_bits
from zkinfer_verify.statement.relations import Contraction, Index


class Stored:
    """What a reader needs of the prover's tables: kernels, and combinations of rows."""

    kernels = native
    combine_block = staticmethod(native.combine_rows)


def reader_of(relation: Contraction, rng: random.Random) -> OperandReader:
    points = [[draw_ext(rng) for _ in range(num_bits(dim))] for dim in relation.out.dims]
    return OperandReader(Stored(), relation, points, plan_contraction(relation).shared)  # type: ignore[arg-type]


@pytest.mark.parametrize("part", range(8))
def test_a_correlation_reads_what_gathering_reads(part, monkeypatch):
    rng, slid = random.Random(part), 0
    for _ in range(60):
        relation = draw_contraction(rng)
        plan, reader = plan_contraction(relation), reader_of(relation, rng)
        for form, axes in ((relation.left, plan.left), (relation.right, plan.right)):
            if form is None:
                continue
            shape = (*form.dims[:1], *(1 << num_bits(dim) for dim in form.dims[1:]))
            cells = np.random.default_rng(rng.getrandbits(32)).integers(0, P, shape, dtype=np.uint64)
            whole = reader.shared_table(cells, form.dims, axes)
            with monkeypatch.context() as patch:
                patch.setattr(access, "directions", lambda *_: None)
                np.testing.assert_array_equal(whole, reader.shared_table(cells, form.dims, axes))
            slid += any(directions(axis.coordinates, relation.extents, plan.shared) is not None for axis in axes)
    assert slid > 20


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (Index(9, ((0, 4), (1, 2), (2, 3)), 1), Direction(9, 8, 2, 3, 3, 1, 2, ((0, 2), (1, 1)))),
        (Index(3, ((2, 1),), 0), Direction(3, 1, 1, 3, 1, 0, 2, ())),
        (Index(3, ((0, 1),), -1), None),  # reads from the second entry on
        (Index(9, ((0, 1), (1, 1)), 0), None),  # two positions in one place
        (Index(9, ((2, 1), (3, 1)), 0), None),  # two shared axes
    ],
)
def test_coordinates_that_are_a_window(index, expected):
    extents, shared = (4, 2, 3, 3), (2, 3)
    found = directions((index,), extents, shared)
    assert found == expected if expected is None else found is not None and found[1] == expected
    assert prod(extents) == 72


def test_sparse_places_are_gathered():
    assert directions((Index(99, ((0, 33), (1, 1)), 0),), (3, 3), ()) is None
