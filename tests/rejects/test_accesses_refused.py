"""Accesses that do not separate are refused before any weight is given to an axis: protocol.md, 7.4."""

import pytest

from zkinfer_verify.check.access import AccessError, OperandAxis, Weights, plan_contraction
from zkinfer_verify.statement.relations import Contraction, Form, Index

PAIR = Index(4, ((0, 2), (1, 1)), 0)
NEXT_PAIR = Index(4, ((2, 2), (3, 1)), 0)


def movement(extents: tuple[int, ...], out: tuple[tuple[Index, ...], ...], right: tuple[tuple[Index, ...], ...]):
    """Return a contraction without a left operand; forms need no terms here."""
    return Contraction(extents, Form((4,) * len(out), (), 0), out, None, (), Form((4,) * len(right), (), 0), right, 1)


def test_rejects_an_output_axis_when_it_mixes_two_axes_of_the_operand():
    rows, columns = Index(2, ((0, 1),), 0), Index(2, ((1, 1),), 0)
    with pytest.raises(AccessError, match="output axis 0 is not read by one axis of an operand"):
        plan_contraction(movement((2, 2), ((rows, columns),), ((rows,), (columns,))))


def test_rejects_two_merged_output_axes_when_they_fall_to_one_axis():
    with pytest.raises(AccessError, match="read by two merged output axes"):
        plan_contraction(movement((2, 2, 2, 2), ((PAIR,), (NEXT_PAIR,)), ((PAIR, NEXT_PAIR),)))


def test_takes_two_merged_output_axes_when_each_has_an_axis():
    plan = plan_contraction(movement((2, 2, 2, 2), ((PAIR,), (NEXT_PAIR,)), ((PAIR,), (NEXT_PAIR,))))
    assert [(axis.out_axes, axis.plain) for axis in plan.right] == [((0,), None), ((1,), None)]


def test_a_sliding_axis_has_no_point():
    relation = movement((2, 2), ((PAIR,),), ((PAIR,),))
    with pytest.raises(AccessError, match="a sliding axis has no point"):
        Weights(relation, [[]], {}).plain_point(OperandAxis((PAIR,), (0,), None))
