"""Sqrt: of codes a table; of a sum that nothing quantises S / sqrt(S), to as many bits however small it is."""

from __future__ import annotations

from math import ceil, log2, sqrt

import numpy as np

from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.meaning import Linear, Real
from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.frontend.onnx.narrow import narrow
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.network.einsum import Einsum, stretched
from zkinfer.network.inverse_root import BITS, MANTISSA, InverseRoot
from zkinfer.network.rounded import Rounded

SUM_BITS = 24
ROOT_BITS = 26
FEW_CODES = 1 << 16


@family("Sqrt")
def root(node: OnnxNode, t: Translator) -> None:
    """The square root; of a negative number there is none."""
    meaning = t.meaning(node)
    if isinstance(meaning, Linear) and not meaning.functions and t.of_codes(node, meaning) is None:
        meaning = t.real(node)
    if not isinstance(meaning, Real) or meaning.lo < 0 or meaning.hi < FEW_CODES:
        t.map(node, np.sqrt)
        return
    t.give(node, root_of(node, t, meaning))


def root_of(node: OnnxNode, t: Translator, total: Real) -> Real:
    """Return the root of what is not negative; one over it is noted for those who divide by it."""
    x = narrow(node, t, total, SUM_BITS)
    # From 1 on, 4^12 v has all bits of a mantissa.
    half = MANTISSA // 2
    octaves = max(0, ceil((log2(x.hi + 1) + 2 * half - MANTISSA - 2) / 2))
    inverse = t.add(f"{node.name}/inverse", InverseRoot(half, 0, 0, octaves), [x.tensor])
    product = t.add(f"{node.name}/product", Einsum(*stretched(x.shape, x.shape)), [x.tensor, inverse])
    exponent = BITS + octaves - half
    shift = max(1, exponent + ceil(log2(x.hi + 1) / 2) - ROOT_BITS)
    bound = ceil(sqrt(x.hi) * 2.0 ** (exponent - shift) * (1 + 2.0**-10)) + 1
    rounded = t.add(f"{node.name}/root", Rounded(shift, bound), [product])
    own = t.as_real(rounded, sqrt(x.scale) * 2.0 ** (shift - exponent))
    t.floating.add(inverse)
    t.inverses[own.tensor] = t.as_real(inverse, 1.0 / (sqrt(x.scale) * 2.0**exponent))
    return own
