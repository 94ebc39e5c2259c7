"""Random plans: how a program is lowered, by the planner with any objective, or forced."""

from dataclasses import replace
from random import Random

from campaigns.campaign import Tally
from zkinfer.program.cost import OBJECTIVES
from zkinfer.program.lower import Lowered, Plan, lower
from zkinfer.program.planner import plan_program
from zkinfer.program.program import Program
from zkinfer_verify.params.profile import PROFILES

FORCED_ROW_VARS = {"toy": (4,), "standard": (10, 11, 12), "small": (10, 11)}
CHOSEN = "chosen by the planner"
FORCED = ("forced", "forced, every top limb wide", "forced, some top limbs wide")
PLANS = (CHOSEN, *FORCED)
DISTRIBUTION = (
    f"evenly: {', '.join(PLANS)}; the planner minimises {', '.join(OBJECTIVES)}, evenly; forced ones have limbs of 2 "
    "to 10 bits, and in half of them values share rows"
)


def draw_lowered(draw: Random, program: Program, profile: str, model_id: bytes, tally: Tally) -> Lowered:
    """Lower a program with a plan that is drawn.

    Errors: UsageError where no such plan keeps every integer under p/2.
    """
    kind = draw.choice(PLANS)
    tally.count("plan", kind)
    if kind == CHOSEN:
        minimise = draw.choice(list(OBJECTIVES))
        tally.count("the planner minimises", minimise)
        lowered = plan_program(program, PROFILES[profile], model_id, minimise)
    else:
        exact = Plan(draw.choice(FORCED_ROW_VARS[profile]), draw.randint(2, 10), frozenset(), draw.randrange(2) == 1)
        lowered = _forced(draw, kind, lower(program, exact, profile, model_id), program)
    tally.count("values share rows", "yes" if lowered.plan.merged else "no")
    return lowered


def _forced(draw: Random, kind: str, exact: Lowered, program: Program) -> Lowered:
    """Lower a program again with all limbs wide, or some, where the kind of plan says so."""
    if kind == FORCED[0]:
        return exact
    names = sorted(exact.limbs)
    wide = names if kind == FORCED[1] else [name for name in names if draw.randrange(2)]
    plan = replace(exact.plan, wide=frozenset(wide))
    return lower(program, plan, exact.statement.profile, exact.statement.model_id)
