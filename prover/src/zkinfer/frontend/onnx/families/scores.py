"""What a softmax reads where nothing quantises it: scores, biases of positions, and masks, which cost no codes.

Entries far enough below the others of their row have exponentials that are zero: masks are bounded there. A row that is
masked as a whole may get other weights than in float32.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil, floor

import numpy as np

from zkinfer.frontend.onnx.meaning import Chosen, Fixed, Linear, Mapped, Real
from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.frontend.onnx.narrow import narrow
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Array
from zkinfer.network.combine import Combine
from zkinfer.network.operation import ignore

CODE_BITS = 16
MOST_CODES = 1 << CODE_BITS
"""Of arguments that no node quantises."""
FINE_CODES = 1 << 12
BESIDE = 18.0
"""e^-18 is less than half of 2^-24."""
MASKED = -500.0
"""What is added to scores and may be as low is a mask."""


def argument(node: OnnxNode, t: Translator) -> Real:
    """Return what the exponentials are of; a sum that nothing quantised, of scores and a mask, gets few codes.

    The finest scale of what it adds is exact where masks are whole multiples. What is added otherwise, such as biases
    of positions, makes steps finer, from as far down as an exponential is not zero beside the largest of its row.
    """
    meaning = t.meaning(node)
    if isinstance(meaning, Chosen) and not meaning.after:
        return _chosen(node, t, meaning)
    if not isinstance(meaning, Linear) or meaning.functions:
        return narrow(node, t, t.real(node), CODE_BITS + 1)
    return _summed(node, t, _bounded(node, t, meaning))


def _chosen(node: OnnxNode, t: Translator, meaning: Chosen) -> Real:
    """Choose between scores and constants, those bounded a little below the least of the scores."""
    constants = [part for part in meaning.parts if isinstance(part, np.ndarray)]
    others = [part for part in meaning.parts if not isinstance(part, np.ndarray)]
    if len(constants) != 1 or len(others) != 1 or constants[0].max() > 0:
        return narrow(node, t, t.held(node, meaning), CODE_BITS + 1)
    (scores,) = others
    own = scores if isinstance(scores, Real) else None
    if isinstance(scores, Linear) and not scores.functions:
        own = _summed(node, t, _bounded(node, t, scores))
    if own is None:
        own = narrow(node, t, t.held(node, scores), CODE_BITS + 1)  # type: ignore[arg-type]  # no Real, as above
    least = (own.lo - ceil(BESIDE / own.scale)) * own.scale
    bounded = np.asarray(np.maximum(constants[0], least))
    parts = tuple(bounded if isinstance(part, np.ndarray) else own for part in meaning.parts)
    return t.held(node, replace(meaning, parts=parts))


def _bounded(node: OnnxNode, t: Translator, linear: Linear) -> Linear:
    """Return a sum with its masks bounded where exponentials are zero, on the scale of the other terms."""
    op = linear.operation(linear.finest())
    if not isinstance(op, Combine) or len(linear.weights) != 1 or linear.weights[0].shape != (len(linear.inputs),):
        return linear
    terms = [t.as_real(name, scale) for name, scale in zip(linear.inputs, linear.weights[0].tolist(), strict=True)]
    ends = [sorted((term.lo * term.scale, term.hi * term.scale)) for term in terms]
    masks = [lo <= MASKED and hi <= 0 for lo, hi in ends]
    bias = _offsets(t, linear) if linear.offsets and not linear.after else np.zeros(1)
    if all(masks) or not (any(masks) or np.any(bias <= MASKED)):
        return linear
    scores = [end for end, mask in zip(ends, masks, strict=True) if not mask]
    reach = sum(hi for _, hi in scores) - sum(lo for lo, _ in scores) + BESIDE
    scale = min(abs(term.scale) for term, mask in zip(terms, masks, strict=True) if not mask)
    least, offsets = -ceil(reach / scale), linear.offsets
    if np.any(bias <= MASKED):
        # A number that is added to a whole row changes nothing.
        bias = bias - bias.max(axis=int(node.attributes.get("axis", -1)), keepdims=True)
        offsets = (np.where(bias <= -reach, least * scale, bias),)
    own = [
        t.quantised(node, Mapped(term, (_same,)), scale, least, 0) if mask else term
        for term, mask in zip(terms, masks, strict=True)
    ]
    scales = [term.scale for term in own]

    def operation(fixed: Fixed) -> Combine:
        added = fixed.integers(sum(offsets, np.zeros(1))) if offsets else None
        return Combine(tuple(map(fixed.integer, scales)), added)

    inputs = tuple(term.tensor for term in own)
    return replace(linear, weights=(np.array(scales),), operation=operation, inputs=inputs, offsets=offsets)


def _same(x: Array) -> Array:
    """No clamp, so that a table has it."""
    return x


def _summed(node: OnnxNode, t: Translator, meaning: Linear) -> Real:
    """Quantise a sum to few codes."""
    lo, hi = t.bounds(meaning)
    if hi - lo < MOST_CODES * meaning.finest().scale:
        return t.held(node, meaning)
    weights = np.concatenate([np.abs(np.ravel(array)) for array in meaning.weights])
    scale = max(float(weights[weights > 0].min(initial=hi - lo)), (hi - lo) / MOST_CODES)
    offsets = _offsets(t, meaning)
    rows = offsets.max(axis=int(node.attributes.get("axis", -1)), keepdims=True)
    seen = offsets[offsets > rows - BESIDE]
    if not np.array_equal(np.rint(seen / scale) * scale, seen):
        lo = max(lo, lo - float(offsets.min()) + float(rows.min()) - BESIDE)
        if (hi - lo) / FINE_CODES < scale:
            scale = (hi - lo) / FINE_CODES
    return t.quantised(node, meaning, scale, floor(lo / scale), ceil(hi / scale))


def _offsets(t: Translator, linear: Linear) -> Array:
    """Return the real numbers that a sum adds, in its shape."""
    op = linear.operation(linear.finest())
    shape = op.spec([t.specs[name] for name in linear.inputs], linear.name).shape
    offsets = np.broadcast_to(sum(linear.offsets, np.zeros(1)), shape)
    for moved in linear.after:
        offsets = moved.execute([offsets], ignore)
    return offsets
