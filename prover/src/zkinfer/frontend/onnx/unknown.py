"""Why an operator that no family translates cannot be proved, and what to do: by kinds of operators."""

from __future__ import annotations

from zkinfer.frontend.onnx.model import OnnxNode, Unsupported

KINDS: tuple[tuple[frozenset[str], str, str], ...] = (
    (
        frozenset({"If", "Loop", "Scan", "SequenceMap"}),
        "which nodes run depends on the data, and a proof is of fixed ones",
        "export the model for one case, with its loops unrolled",
    ),
    (
        frozenset({"LSTM", "GRU", "RNN", "com.microsoft.DynamicQuantizeLSTM"}),
        "recurrent operators are not supported",
        "export the recurrence unrolled, as matrix products and activations",
    ),
    (
        frozenset(
            {
                "Bernoulli",
                "Multinomial",
                "RandomNormal",
                "RandomNormalLike",
                "RandomUniform",
                "RandomUniformLike",
            }
        ),
        "it draws random numbers, so that its outputs are no function of the inputs",
        "give the numbers as an input or as a constant",
    ),
    (
        frozenset({"Compress", "NonMaxSuppression", "NonZero", "Unique"}),
        "the shape of its output depends on the data, and a proof is of fixed shapes",
        "cut the model before it and do this step on the proved outputs",
    ),
    (
        frozenset({"DynamicQuantizeLinear", "com.microsoft.DynamicQuantizeMatMul"}),
        "its scales are computed from the data",
        "quantise the float model with fixed scales: zkinfer quantize",
    ),
)
TRAINING = "Dropout"
"""What is left of it is in training: otherwise it changes nothing."""
LEARNED = "ai.onnx.ml"
VALUES = ("ConcatFromSequence", "Optional", "RegexFullMatch", "Sequence", "SplitToSequence", "String", "TfIdf")
"""How the names begin of operators on values that are no tensors of numbers."""


def unknown(node: OnnxNode) -> Unsupported:
    """Return the problem of a node whose operator no family knows."""
    for operators, reason, remedy in KINDS:
        if node.op_type in operators:
            return Unsupported(node, reason, remedy)
    if node.op_type.startswith(VALUES):
        return Unsupported(node, "its values are no tensors of numbers", "do this step before or after the model")
    if node.op_type == TRAINING:
        reason = "it drops entries at random, as in training"
        return Unsupported(node, reason, "export the model for inference, by model.eval() in PyTorch")
    if node.op_type.startswith(f"{LEARNED}."):
        reason = f"it is an operator of the domain {LEARNED}, of classical learning and not of networks"
        return Unsupported(node, reason, "cut the model around it, or write it as MatMul, Add and activations")
    if "." in node.op_type:
        domain = node.op_type.rpartition(".")[0]
        reason = f"it is an operator of the domain {domain}, not one of ONNX's own that are supported"
        return Unsupported(node, reason, "export the model with standard operators, those of docs/operators.md")
    return Unsupported(node, "this operator is not supported", "replace it by operators of docs/operators.md")
