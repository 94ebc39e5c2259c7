"""Constants that are added to a tensor: weights along those of its axes on which they differ."""

from __future__ import annotations

import numpy as np

from zkinfer.graph.operator import Array
from zkinfer.network.lowering import Lowering, Terms
from zkinfer.network.view import View
from zkinfer_verify.statement.relations import ALONG, BROADCAST, Term


def bias_terms(lowering: Lowering, name: str, array: Array | None, view: View) -> Terms:
    """Commit a constant of the view's rank, with axes of full extent or 1; return its terms over the view's axes."""
    if array is None:
        return ()
    varying = {atom for axis, atoms in enumerate(view.logical) if array.shape[axis] > 1 for atom in atoms}
    kinds = [bool(varying & set(axis)) for axis in view.axes]
    full = view.arrange(np.broadcast_to(array, view.shape))
    if not any(kinds):
        # A single number still is a weight: it is part of the model, not of the relations.
        kinds[0] = True
        full = full.reshape(len(full), -1)[:, 0]
    cut: list[slice | int] = [slice(None) if kind else 0 for kind in kinds]
    cut = cut[: full.ndim]
    full = full[tuple(cut)]
    column = lowering.weight(name, lambda: full)
    return (Term(1, column, tuple(ALONG if kind else BROADCAST for kind in kinds)),)
