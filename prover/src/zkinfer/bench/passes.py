"""How often a proof passes over the weights, counted: their entries that kernels are given, over all there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from zkinfer import api
from zkinfer.artifacts.key_folder import load_keys
from zkinfer.bench.steps import KEYS
from zkinfer.frontend.inputs import read_inputs
from zkinfer.kernels import native
from zkinfer.kernels.kernels import Kernels
from zkinfer.kernels.vectors import KernelVectors
from zkinfer.program.witness import compute_witness
from zkinfer.prove.entropy import Entropy
from zkinfer.prove.prover import no_steps, prove
from zkinfer_verify.check.run import prepare


class Counting:
    """Kernels that count the entries of some arrays that they are given."""

    def __init__(self, kernels: object, arrays: Sequence[np.ndarray[Any, Any]]) -> None:
        self.kernels = kernels
        self.arrays = arrays
        self.entries = 0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        kernel = getattr(self.kernels, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            for given in [*args, *kwargs.values()]:
                if isinstance(given, np.ndarray) and any(np.may_share_memory(given, array) for array in self.arrays):
                    self.entries += given.size
            return kernel(*args, **kwargs)

        return counted


def weight_passes(folder: Path, inputs: Sequence[str]) -> float:
    """Prove some inputs of a folder at once; returns the entries of weights that were read, over all there are."""
    keys = api.batch(load_keys(folder / KEYS), len(inputs))
    blocks = [rows for _, rows in keys.weights.blocks]
    counting = Counting(native, blocks)
    witness = compute_witness(keys.program, keys.lowered, read_inputs([folder / name for name in inputs]))
    prove(
        prepare(keys.statement),
        keys.weights,
        witness,
        b"",
        kernels=cast(Kernels, counting),
        vectors=KernelVectors(cast(Kernels, counting)),
        entropy=Entropy.fresh(),
        step=no_steps,
    )
    return counting.entries / sum(block.size for block in blocks)
