"""Which axes of an operand are one iteration axis: protocol.md, 7.4. All others slide, each condition alone."""

import pytest

from zkinfer_verify.check.access import plan_contraction
from zkinfer_verify.statement.relations import Contraction, Form, Index

PLAIN = Index(4, ((0, 1),), 0)
OTHER = Index(2, ((1, 1),), 0)


def plain_axis(out: tuple[Index, ...], read: tuple[Index, ...], *, shared: bool = False) -> int | None:
    """Return what the first axis of the right operand is; iteration axes of 4 and of 2 values, the second read too."""
    extents = (4, 2)
    rest = () if any(axis == 1 for index in read for axis, _ in index.terms) else ((OTHER,),)
    left = (read,) if shared else ((OTHER,),)
    forms = [Form((4,) * len(access), (), 0) for access in ((out,), left, (read, *rest))]
    relation = Contraction(extents, forms[0], (out,) if out else (), forms[1], left, forms[2], (read, *rest), 1)
    return plan_contraction(relation).right[0].plain


def test_an_axis_with_one_weight_is_plain():
    assert plain_axis((PLAIN,), (PLAIN,)) == 0


def test_a_shared_axis_without_a_weight_is_plain():
    assert plain_axis((), (PLAIN,), shared=True) == 0


SLIDING = {
    "merges two coordinates": (PLAIN, OTHER),
    "reads two iteration axes": (Index(4, ((0, 1), (1, 1)), 0),),
    "has an offset": (Index(4, ((0, 1),), 1),),
    "has a step": (Index(4, ((0, 2),), 0),),
    "is longer": (Index(5, ((0, 1),), 0),),
}


@pytest.mark.parametrize("reason", SLIDING)
def test_an_axis_slides_when_it(reason):
    assert plain_axis((PLAIN,), SLIDING[reason]) is None


def test_an_axis_slides_when_nothing_weighs_it():
    assert plain_axis((), (PLAIN,)) is None


def test_an_axis_slides_when_its_output_axis_is_not_whole():
    assert plain_axis((Index(5, ((0, 1),), 0),), (PLAIN,)) is None


def test_an_axis_slides_when_it_is_weighed_and_shared():
    form = Form((4,), (), 0)
    read = ((PLAIN,),)
    plan = plan_contraction(Contraction((4,), form, read, form, read, form, read, 1))
    assert (plan.left[0].out_axes, plan.left[0].plain, plan.right[0].plain) == ((0,), None, 0)
