"""Prove in zero knowledge that a neural network gave an output, without showing the input.

model = load("model.json"); keys = setup(model)
proof = prove(keys, x, context=b"..")
outputs = verify(keys.statement, proof.to_bytes(), context=b"..")
"""

from zkinfer.api import Disclosure, Keys, batch, check, infer, load, load_keys, prove, setup, verify
from zkinfer_verify.errors import InternalError, ProofError, UsageError
from zkinfer_verify.proof.outputs import Outputs
from zkinfer_verify.proof.proof import Proof
from zkinfer_verify.statement.statement import Statement

__all__ = [
    "Disclosure",
    "InternalError",
    "Keys",
    "Outputs",
    "Proof",
    "ProofError",
    "Statement",
    "UsageError",
    "batch",
    "check",
    "infer",
    "load",
    "load_keys",
    "prove",
    "setup",
    "verify",
]
