"""protocol.md, 7.4: a form equals a sum of products of two tensors, by one sumcheck over the axes both read.

    out(r) = sum over shared axes k of  L(k) R(k)
    L(k) = sum_u left[u] prod M_axis(u),   R(k) = sum_u right[u] prod M_axis(u)

with r a fresh random point of the output. Source: [Tha13] for the matrix product; the sliding access is described in
docs/protocol.md.
"""

from collections.abc import Sequence

from zkinfer_verify.check.access import OperandAxis, Weights, access_vector, plan_contraction
from zkinfer_verify.check.claims import Claim
from zkinfer_verify.check.column_claims import Reduction
from zkinfer_verify.check.sumcheck import check_sumcheck
from zkinfer_verify.field.extension import MINUS_ONE, ONE, ZERO, Ext
from zkinfer_verify.poly.eq import num_bits
from zkinfer_verify.poly.multilinear import axis_points
from zkinfer_verify.statement.relations import Contraction, Form


def check_contraction(red: Reduction, index: int, relation: Contraction) -> None:
    """Reduce one contraction to claims on the columns of its forms.

    Reduces: the output at a random point; one sumcheck over the shared axes; a second, short one for an operand with a
    sliding axis. Still to check: the claims on columns; the products of pads. Error: num_vars / |E|, and the rounds.
    """
    ch, name = red.ch, f"contraction {index}"
    plan = plan_contraction(relation)
    out_point = ch.point(f"{name} point", sum(map(num_bits, relation.out.dims)))
    out_points = axis_points(relation.out.dims, out_point)
    out = red.open_form(f"{name} out", relation.out, out_point)
    if relation.left is None:
        weights = Weights(relation, out_points, {})
        check_operand(red, f"{name} right", relation.right, plan.right, weights, out)
        return
    shared_dims = [relation.extents[axis] for axis in plan.shared]
    shared_point, final = check_sumcheck(ch, out, sum(map(num_bits, shared_dims)), 2, f"{name} round")
    shared_points = dict(zip(plan.shared, axis_points(shared_dims, shared_point), strict=True))
    weights = Weights(relation, out_points, shared_points)
    left = receive_operand(red, f"{name} left", relation.left, plan.left, weights)
    right = receive_operand(red, f"{name} right", relation.right, plan.right, weights)
    ch.zero(f"{name}, end", ch.combine(ZERO, (ONE, ch.product(left, right)), (MINUS_ONE, final)))


def receive_operand(red: Reduction, name: str, form: Form, axes: Sequence[OperandAxis], weights: Weights) -> Claim:
    """Receive an operand's value; where an axis slides, reduce it at once."""
    if all(axis.plain is not None for axis in axes):
        return red.open_factor(name, form, [r for axis in axes for r in weights.plain_point(axis)])
    value = red.ch.scalar(name)
    check_operand(red, name, form, axes, weights, value)
    return value


def check_operand(
    red: Reduction, name: str, form: Form, axes: Sequence[OperandAxis], weights: Weights, claim: Claim
) -> None:
    """Reduce sum_u T[u] prod M(u) = claim to the form at a point: a sumcheck over the variables of the sliding axes.

    The verifier evaluates each M itself, from the indices alone. Error: the rounds.
    """
    ch = red.ch
    sliding = [(k, axis) for k, axis in enumerate(axes) if axis.plain is None]
    dims = [form.dims[k] for k, _ in sliding]
    slide_point, final = check_sumcheck(ch, claim, sum(map(num_bits, dims)), 2, f"{name} slide")
    slide_points = dict(zip((k for k, _ in sliding), axis_points(dims, slide_point), strict=True))
    point = [
        r for k, axis in enumerate(axes) for r in (slide_points[k] if k in slide_points else weights.plain_point(axis))
    ]

    def evaluate() -> Ext:
        out = ONE
        for k, axis in sliding:
            out = out * ch.vectors.dot(access_vector(weights, axis, ch.vectors), ch.vectors.eq_table(slide_points[k]))
        return out

    value = red.open_form(f"{name} form", form, point)
    ch.zero(f"{name}, slide", ch.combine(ZERO, (ch.evaluate(evaluate, ONE), value), (MINUS_ONE, final)))
