"""Every target by name."""

from fuzz.kernel_target import KERNELS
from fuzz.onnx_target import ONNX
from fuzz.prover_targets import INPUT_JSON, INPUT_NPY, KEYS, MODEL
from fuzz.target import Target
from fuzz.verifier_targets import PROOF, STATEMENT

TARGETS: dict[str, Target] = {
    target.name: target for target in (STATEMENT, PROOF, MODEL, INPUT_NPY, INPUT_JSON, KEYS, KERNELS, ONNX)
}
