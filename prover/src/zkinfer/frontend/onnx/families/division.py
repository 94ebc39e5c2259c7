"""Div: by constants, and by what the network computes.

Of few codes, or of codes of one size, the reciprocals are a table. By codes of 16 bits that come next to zero:

    x / d = sign(d) x * floor(N / |d|) / N
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zkinfer.frontend.onnx.families.elementwise import product, ranked, scaled
from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.families.remainder import whole_quotient
from zkinfer.frontend.onnx.meaning import HELD_BITS, MOST_SEEN, Fixed, Linear, Mapped, Real
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.narrow import narrow
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Array
from zkinfer.network.apply import Apply
from zkinfer.network.einsum import Einsum, stretched
from zkinfer.network.quotient import Quotient

RECIPROCAL_BITS = 24
"""Of few codes, those of the largest keep as many significant bits as they have."""
DIVISOR_BITS = 17
FEW_CODES = 1 << 9
MOST_APART = 1 << 8
"""Reciprocals that are held in 16 bits keep 7 of them at least."""


@family("Div")
def div(node: OnnxNode, t: Translator) -> None:
    """A constant divisor is a factor; of one that the network computes the reciprocal is one, if a table has it."""
    constant = t.constant(node, 1)
    if node.outputs[0] in t.integers and constant is not None:
        whole_quotient(node, t)
        return
    if constant is not None:
        if not np.all(constant):
            raise Unsupported(node, "its divisor has a zero", "export it with a divisor that is not zero")
        t.give(node, scaled(node, t, t.real(node), 1.0 / constant.astype(np.float64)))
        return
    dividend = t.constant(node, 0)
    root = t.inverses.get(t.real(node, 1).tensor)
    if root is not None:
        t.give(node, _by_root(node, t, root, dividend))
        return
    divisor = narrow(node, t, t.real(node, 1), DIVISOR_BITS)
    over = _reciprocal(node, t, divisor)
    if over is None:
        t.give(node, _quotient(node, t, divisor, dividend))
        return
    t.give(node, product(node, t, t.real(node), over) if dividend is None else scaled(node, t, over, dividend))


def _by_root(node: OnnxNode, t: Translator, root: Real, dividend: Array | None) -> Linear | Real:
    """Return what is divided by the root of a sum: one over it is held to as many bits whatever its size."""
    if dividend is None:
        return product(node, t, t.real(node), root)
    if dividend.size == 1 and dividend.ndim <= len(root.shape) and dividend.min() > 0:
        return replace(root, scale=root.scale * float(dividend.reshape(-1)[0]))
    return scaled(node, t, root, dividend)


def _reciprocal(node: OnnxNode, t: Translator, divisor: Real) -> Real | None:
    """Return 1 / x, in more bits than x where its codes are few.

    None where so many codes reach to zero that the reciprocals of most are next to nothing.
    """
    if divisor.hi - divisor.lo >= MOST_SEEN:
        raise Unsupported(node, f"its divisor takes {divisor.hi - divisor.lo + 1} values", "quantise the divisor")
    inverse = Mapped(divisor, (lambda x: 1.0 / x,))
    values = np.abs(inverse.values())
    finite = values[np.isfinite(values)]
    if not finite.size:
        raise Unsupported(node, "its divisor is always zero", "export it with a divisor that is not zero")
    few = divisor.hi - divisor.lo < FEW_CODES
    if not few and finite.max() > MOST_APART * finite.min():
        return None
    limit = (1 << RECIPROCAL_BITS if few else 1 << HELD_BITS - 1) - 1
    return t.quantised(node, inverse, float(finite.max()) / limit, -limit, limit)


def _quotient(node: OnnxNode, t: Translator, divisor: Real, dividend: Array | None) -> Linear:
    """Return x / divisor by magnitudes and signs; a divisor of zero counts as half a code above it.

    Errors: Unsupported for dividends that are several constants.
    """
    codes = np.arange(divisor.lo, divisor.hi + 1)
    # In halves of a code, so that zero has a magnitude.
    halves, signs = np.maximum(2 * np.abs(codes), 1), np.where(codes < 0, -1, 1)
    magnitude, sign = (
        t.with_op(node, Apply(divisor.lo, divisor.hi, values.astype(np.int32)), divisor) for values in (halves, signs)
    )
    if dividend is None:
        x = narrow(node, t, t.real(node))
        rank = max(len(x.shape), len(divisor.shape))
        own, sign, magnitude = (ranked(node, t, one, rank) for one in (x, sign, magnitude))
        signed = t.with_op(node, Einsum(*stretched(own.shape, sign.shape)), own, sign)
    elif dividend.size == 1:
        rank = max(dividend.ndim, len(divisor.shape))
        sign, magnitude = (ranked(node, t, one, rank) for one in (sign, magnitude))
        signed = replace(sign, scale=float(dividend.reshape(-1)[0]))
    else:
        raise Unsupported(node, "it divides several constants by codes of 16 bits", "quantise the divisor to 8 bits")
    least, largest = int(halves.min()), int(halves.max())
    unit = 2.0 * signed.scale / divisor.scale  # the result of one by one half of a code

    def operation(fixed: Fixed) -> Quotient:
        return Quotient(fixed.integer(unit), least)

    inputs = signed.tensor, magnitude.tensor
    weights = (np.array(unit / largest),)
    return Linear(node.name, signed.shape, weights, operation, inputs, rounded=True, room=abs(unit) * largest)
