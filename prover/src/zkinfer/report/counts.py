"""What the cost of setup, proofs and verification is stated in: counts that follow from a statement alone.

Each group of counts is a step that the benchmarks time, so that a step's constants are fitted to its own seconds.
"""

from zkinfer.artifacts.code_file import file_size
from zkinfer.program.cost import plan_counts
from zkinfer_verify.check.run import Prepared
from zkinfer_verify.statement.column import Oracle

Counts = dict[str, dict[str, float]]
"""For each step, how many there are of what its cost is stated in; `once` counts 1."""


def setup_counts(prepared: Prepared) -> Counts:
    """Count what the steps of setup do."""
    statement, length = prepared.statement, prepared.schedule.parameters.code_length
    cells = length * statement.weight_rows
    return {
        "read": {"once": 1, "weight": count_weights(prepared)},
        "plan": {
            "once": 1,
            "message": len(prepared.schedule.messages),
            "column": len(statement.columns),
            "weight": count_weights(prepared),
        },
        "encode": {"once": 1, "weight code cell": cells},
        "hash": {"weight code cell": cells, "position": length},
        "write": {"once": 1, "weight code cell": cells},
    }


def prove_counts(prepared: Prepared) -> Counts:
    """Count what the steps of a proof do, from the input in memory to the proof's bytes; `rest` is all other steps."""
    statement = prepared.statement
    counts = plan_counts(statement, prepared.profile, prepared.layout)
    return {
        "commit": {**counts["commit"], "once": 1},
        "lookups": {**counts["lookups"], "round": prepared.layout.leaf_vars**2},
        "folding": {**counts["folding"], "once": 1},
        "rest": {
            **counts["rest"],
            "message": len(prepared.schedule.messages),
            "relation": len(statement.contractions) + len(statement.vanishes) + len(statement.affines),
            "weight": count_weights(prepared),
            "witness cell": statement.witness_rows << statement.row_vars,
        },
    }


def verify_counts(prepared: Prepared) -> Counts:
    """Count what verification with native kernels does."""
    sizes, statement = prepared.sizes, prepared.statement
    width = sizes.weight_width + sizes.witness_width + sizes.pad_width
    return {
        "verify": {
            "once": 1,
            "message": len(prepared.schedule.messages),
            "opened element": sizes.num_queries * width,
            "element of y": 1 << statement.row_vars,
        }
    }


def memory_counts(prepared: Prepared) -> Counts:
    """Count what is in memory at the peak of setup and of a proof; their constants are bytes."""
    statement, length = prepared.statement, prepared.schedule.parameters.code_length
    row = 1 << statement.row_vars
    return {
        "setup": {
            "once": 1,
            "byte of weights.code": file_size(length, statement.weight_rows),
            "weight": count_weights(prepared),
        },
        "prove": {
            "once": 1,
            "witness code cell": length * prepared.sizes.witness_width,
            "leaf": len(prepared.layout.leaf_rows) * row,
            "weight": count_weights(prepared),
        },
    }


def count_weights(prepared: Prepared) -> int:
    """Return how many numbers the model has."""
    return sum(column.size for column in prepared.statement.columns if column.oracle is Oracle.WEIGHTS)
