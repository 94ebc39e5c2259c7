"""What a plan costs: counts that follow from a statement alone, times fitted nanoseconds, and the proof's bytes.

    cost = prover's nanoseconds + bytes of the proof * nanoseconds that a byte is worth

Counted is what a plan changes; what every plan pays alike is left out. docs/performance.md, "The model of the cost".
"""

from dataclasses import dataclass
from itertools import chain

from zkinfer.program.cost_constants import CALIBRATION_NS, PROVE
from zkinfer_verify.check.column_claims import group_terms
from zkinfer_verify.check.opening import MASK_ROWS
from zkinfer_verify.errors import UsageError
from zkinfer_verify.params.profile import Profile
from zkinfer_verify.statement.layout import Layout
from zkinfer_verify.statement.relations import Form
from zkinfer_verify.statement.statement import Statement

# A byte is worth its time on a line of 8 Mbit/s: a proof is made once and sent at least once.
BYTE_NS = 1000.0
# Plans are made for one machine, whose calibration takes this long, wherever the constants were fitted.
PLANNED_CALIBRATION_NS = 2e6
OBJECTIVES = ("both", "time", "bytes")
QUERIES = 150  # of `standard`; the exact number follows from the whole schedule, and differs by a few


@dataclass(frozen=True)
class PlanCost:
    """The prover's time, as far as the plan decides it, and the part of the proof's bytes that it decides."""

    nanoseconds: float
    bytes: int

    def key(self, objective: str) -> tuple[float, float]:
        """What is minimised, then what decides a tie.

        Errors: UsageError for an unknown objective.
        """
        match objective:
            case "both":
                return self.nanoseconds + self.bytes * BYTE_NS, self.bytes
            case "time":
                return self.nanoseconds, self.bytes
            case "bytes":
                return self.bytes, self.nanoseconds
        raise UsageError(f"{objective!r} cannot be minimised; choose {', '.join(OBJECTIVES)}")


def plan_cost(statement: Statement, profile: Profile) -> PlanCost:
    """Return what the plan of a statement costs."""
    counts = plan_counts(statement, profile, Layout(statement))
    fitted = sum(PROVE[step][name] * count for step, group in counts.items() for name, count in group.items())
    nanoseconds = fitted * PLANNED_CALIBRATION_NS / CALIBRATION_NS
    queries = profile.fixed_queries or QUERIES
    size = 8 * queries * (statement.weight_rows + statement.witness_rows + MASK_ROWS) + (16 << statement.row_vars)
    return PlanCost(nanoseconds, size)


def plan_counts(statement: Statement, profile: Profile, layout: Layout) -> dict[str, dict[str, float]]:
    """Count, by step of a proof, what its plan decides."""
    row, leaf_rows, weight_rows = 1 << statement.row_vars, len(layout.leaf_rows), statement.weight_rows
    claims = count_claims(statement, layout)
    code_cells = (row << profile.log_inv_rate) * (statement.witness_rows + MASK_ROWS)
    return {
        "commit": {"witness code cell": code_cells},
        "lookups": {"leaf": leaf_rows * row, "leaf row": leaf_rows},
        "folding": {"claim cell": claims * row, "claim round": claims * statement.row_vars, "weight row": weight_rows},
        "rest": {"weight row": weight_rows},
    }


def count_claims(statement: Statement, layout: Layout) -> int:
    """Return how many claims on columns are folded: two of the lookups, a form's groups, the patterns of padding."""
    factors: chain[Form] = chain.from_iterable(vanish.factors for vanish in statement.vanishes)
    of_contractions = (
        form for relation in statement.contractions for form in (relation.out, relation.left, relation.right) if form
    )
    forms = chain(factors, of_contractions, (affine.form for affine in statement.affines))
    return 2 + sum(len(group_terms(statement, form)) for form in forms) + len(layout.padding_groups)
