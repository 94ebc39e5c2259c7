"""Prove with fixed randomness and say what the kernels ran with: `python -m tests.oracle.proof_digest`.

The same numbers everywhere: on any processor, from the checkout or from a wheel.
"""

import json
from hashlib import sha256

import numpy as np

from tests.oracle.production import make_case, prove_case
from zkinfer.graph.convolution import Convolution
from zkinfer.graph.flatten import Flatten
from zkinfer.graph.fully_connected import FullyConnected
from zkinfer.graph.max_pool import MaxPool
from zkinfer.graph.relu import Relu
from zkinfer.kernels import native


def main() -> None:
    """Prove a network of every kind of layer, wide enough to fill every kernel's lanes."""
    draw = np.random.RandomState(11).randint
    layers = [
        Convolution(draw(-3, 4, (8, 3, 3, 1)), draw(-3, 4, 8)),
        MaxPool((2, 2)),
        Relu(),
        Flatten(),
        FullyConnected(draw(-3, 4, (40, 200)), draw(-3, 4, 40)),
    ]
    case = make_case((12, 12, 1), layers, draw(-5, 5, (12, 12, 1)).astype(np.int64), native)
    proof = prove_case(case, b"context", b"seed", native)
    print(json.dumps({"instructions": native.instructions(), "sha256": sha256(proof).hexdigest()}))


if __name__ == "__main__":
    main()
