"""What a plan costs: counts that follow from a statement alone, times fitted nanoseconds, and the proof's bytes.

    cost = prover's nanoseconds * time + bytes of the proof * nanoseconds a byte is worth

The counts that a plan changes: leaves of the lookup tree, cells of A's code, cells of the folding's vectors (a row for
each claim on columns), bytes. What every plan pays alike is left out. docs/performance.md, "The model of the cost".
"""

from dataclasses import dataclass
from itertools import chain

from zkinfer.program.cost_constants import PROVE
from zkinfer_verify.check.column_claims import group_terms
from zkinfer_verify.check.opening import MASK_ROWS
from zkinfer_verify.errors import UsageError
from zkinfer_verify.params.profile import Profile
from zkinfer_verify.statement.layout import Layout
from zkinfer_verify.statement.relations import Form
from zkinfer_verify.statement.statement import Statement

# A byte is worth its time on a line of 8 Mbit/s: a proof is made once and sent at least once.
BYTE_NS = 1000.0
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
    layout, row = Layout(statement), 1 << statement.row_vars
    queries = profile.fixed_queries or QUERIES
    rows = statement.witness_rows + MASK_ROWS
    size = 8 * queries * (statement.weight_rows + rows) + 16 * row
    counts = {
        "leaf": len(layout.leaf_rows) * row,
        "witness code cell": (row << profile.log_inv_rate) * rows,
        "claim cell": count_claims(statement, layout) * row,
        "proof byte": size,
    }
    return PlanCost(sum(PROVE[name] * count for name, count in counts.items()), size)


def count_claims(statement: Statement, layout: Layout) -> int:
    """Return how many claims on columns are folded: two of the lookups, a form's groups, the patterns of padding."""
    factors: chain[Form] = chain.from_iterable(vanish.factors for vanish in statement.vanishes)
    of_contractions = (
        form for relation in statement.contractions for form in (relation.out, relation.left, relation.right) if form
    )
    forms = chain(factors, of_contractions, (affine.form for affine in statement.affines))
    return 2 + sum(len(group_terms(statement, form)) for form in forms) + len(layout.padding_groups)
