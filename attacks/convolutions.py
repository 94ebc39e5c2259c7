"""The network `convolving` with another convolution: what a prover computes in place of the one that is stated."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np

from attacks.attack import Attack, Forged
from attacks.networks import convolving
from attacks.prover import forge
from attacks.witnesses import stopped
from zkinfer.execute.fast import convolution
from zkinfer.graph.convolution import Convolution
from zkinfer.program import convolution as step

Sums = Callable[[np.ndarray, Convolution], np.ndarray]
"""From the input (5, 4, 3) and the stated convolution to the sums (3, 3, 3) that are proved instead."""


def changed(**fields: Any) -> Sums:
    """Return the sums of the convolution with some of its fields changed."""
    return lambda x, op: convolution(x, replace(op, **fields))


def bordered(border: Callable[[np.ndarray], np.ndarray]) -> Sums:
    """Return the sums of an input with another border: one row above it, and one column right of it."""
    return lambda x, op: convolution(border(x), replace(op, padding=(0, 0, 0, 0)))


def convolved(sums: Sums) -> Forged:
    """Prove the network with other sums; they are the public output."""
    made, x = convolving()
    with patch.object(step, "convolution", lambda x, op, *_: sums(x, op)):
        witness = made.witness(x)
    return forge(made, witness).sent(about_witness=True)


def another(name: str, sums: Sums) -> Attack:
    """Return the attack that proves another convolution."""
    return stopped(name, partial(convolved, sums), "contraction 0, end", relation="contraction 0")
