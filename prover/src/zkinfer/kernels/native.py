"""The kernels in Rust: the signatures of plain.py and the same results, with a ValueError for whatever does not fit.

Arrays are C-contiguous. The interpreter lock is released while a kernel runs, on as many threads as RAYON_NUM_THREADS
said when the first one started; nobody may write to its arrays meanwhile.

Which instructions they use is chosen then too, and `instructions` says it: the widest of the machine, or what
ZKINFER_INSTRUCTIONS in the environment allows, `avx2` or `baseline`. Results depend on neither.
"""

from zkinfer._native import (
    add,
    columns_combine,
    combine_rows,
    convolve,
    dot,
    dot_base,
    encode_rows_into,
    eq_table,
    evaluate_many,
    ext_scale,
    fold,
    fold_nodes,
    halve_eq,
    hash_leaves,
    keystream,
    logup_leaves_into,
    logup_next_round_into,
    logup_parents,
    logup_round,
    matvec,
    merkle_levels,
    mul,
    multiply_add_into,
    multiproof_root,
    number_lists,
    product_round,
    spread,
    to_field,
    vanish_round,
)
from zkinfer._native import instructions as instructions  # no kernel, so not in __all__

__all__ = [
    "add",
    "columns_combine",
    "combine_rows",
    "convolve",
    "dot",
    "dot_base",
    "encode_rows_into",
    "eq_table",
    "evaluate_many",
    "ext_scale",
    "fold",
    "fold_nodes",
    "halve_eq",
    "hash_leaves",
    "keystream",
    "logup_leaves_into",
    "logup_next_round_into",
    "logup_parents",
    "logup_round",
    "matvec",
    "merkle_levels",
    "mul",
    "multiply_add_into",
    "multiproof_root",
    "number_lists",
    "product_round",
    "spread",
    "to_field",
    "vanish_round",
]
