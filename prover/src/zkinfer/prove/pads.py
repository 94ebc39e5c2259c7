"""One-time pads, and the oracle Q that proves what must hold of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels.kernels import Kernels
from zkinfer.program.hidden import Hidden
from zkinfer.prove.commit import Committed, commit_rows
from zkinfer.prove.entropy import Entropy
from zkinfer.prove.forms import ext_add
from zkinfer_verify.check.claims import Channel
from zkinfer_verify.check.pads import MASK_ROWS, PadTest
from zkinfer_verify.check.steps import Schedule
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.hashing.digest import LEAF_PADS

Array = NDArray[np.uint64]


def draw_pads(entropy: Entropy, schedule: Schedule) -> Array:
    """Draw every pad, (num_pads, 2); a product's pads as in protocol.md, 6.3: d12 = d1 d2, c = a d2."""
    pads = entropy.elements(schedule.num_pads, 2)
    for first, second, both, mask, masked in schedule.products:
        d1, d2, a = (Ext(int(pads[k, 0]), int(pads[k, 1])) for k in (first, second, mask))
        pads[both] = d1 * d2
        pads[masked] = a * d2
    return pads


@dataclass(frozen=True, repr=False)
class PadOracle(Hidden):
    """Q: its rows (pad_rows, K' + b), the masks P, M0 and M1 over E, (K' + b, 2) each, and the committed code."""

    rows: Array
    proximity_mask: Array
    low_mask: Array
    high_mask: Array
    committed: Committed


def commit_pads(kernels: Kernels, entropy: Entropy, schedule: Schedule, pads: Array) -> PadOracle:
    """Lay the pads out in rows, draw the masks, and commit."""
    parameters, length = schedule.parameters, schedule.parameters.pad_row_length
    queries = parameters.num_queries
    committed_rows = entropy.keep(np.zeros((schedule.pad_rows + MASK_ROWS, length + queries), dtype=np.uint64))
    rows, mask_rows = committed_rows[: schedule.pad_rows], committed_rows[schedule.pad_rows :]
    flat = entropy.keep(np.zeros(schedule.pad_rows * length, dtype=np.uint64))
    flat[: pads.size] = pads.reshape(-1)
    rows[:, :length] = flat.reshape(-1, length)
    rows[:, length:] = entropy.elements(schedule.pad_rows, queries)
    masks = [entropy.elements(length + queries, 2) for _ in range(3)]
    masks[1][length - 1] = 0
    mask_rows[:] = [mask[:, half] for mask in masks for half in (0, 1)]
    salts = entropy.salts(parameters.pad_code_length)
    committed = commit_rows(kernels, LEAF_PADS, committed_rows, parameters.pad_code_length, salts)
    entropy.keep(committed.code)
    return PadOracle(rows, masks[0], masks[1], masks[2], committed)


def reveal_products(ch: Channel, pads: Array, rho: Ext) -> list[Ext]:
    """Return e = rho d1 + a for each product: protocol.md, 7.9."""
    return [rho * _ext(pads[product.first]) + _ext(pads[product.mask]) for product in ch.products]


def _ext(value: Array) -> Ext:
    return Ext(int(value[0]), int(value[1]))


def pad_vectors(kernels: Kernels, oracle: PadOracle, schedule: Schedule, test: PadTest) -> tuple[Array, Array]:
    """Return the proximity vector (K' + b, 2) and the linear vector (2 K' + b, 2): protocol.md, 7.10."""
    length, rows = schedule.parameters.pad_row_length, schedule.pad_rows
    mixes = np.array(test.mixes[:rows], dtype=np.uint64)
    proximity = ext_add(kernels, oracle.proximity_mask, kernels.combine_rows(oracle.rows, mixes))
    for mask, mix in ((oracle.low_mask, test.mixes[rows]), (oracle.high_mask, test.mixes[rows + 1])):
        proximity = ext_add(kernels, proximity, kernels.ext_scale(mask, mix))
    linear = np.zeros((2 * length + schedule.parameters.num_queries, 2), dtype=np.uint64)
    linear[: len(oracle.low_mask)] = oracle.low_mask
    linear[length:] = ext_add(kernels, np.ascontiguousarray(linear[length:]), oracle.high_mask)
    for weights, row in zip(test.row_weights, oracle.rows, strict=True):
        kernels.multiply_add_into(linear, np.frombuffer(weights, dtype="<u8").reshape(-1, 2), row)
    return proximity, linear
