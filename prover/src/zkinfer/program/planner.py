"""Choose the plan by its cost: row length, table width, whether values share rows, and which limbs may be wide."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import product

from zkinfer.program.cost import PlanCost, plan_cost
from zkinfer.program.lower import MAX_IMAGES, Lowered, Plan, fits, lower
from zkinfer.program.program import Program
from zkinfer_verify.params.profile import Profile
from zkinfer_verify.statement.statement import Statement

LEAST_TABLE_BITS = 4
TABLE_ROWS_BITS = 4


def plan_program(program: Program, profile: Profile, model_id: bytes, minimise: str = "both") -> Lowered:
    """Lower a program with the cheapest plan found: table width, rows and table width again, one after the other.

    minimise: "time" of the prover, "bytes" of the proof, or "both" (`cost.OBJECTIVES`).
    Errors: UsageError when no plan keeps every layer under p/2, or for another objective.
    """

    def cheapest(plans: Iterable[Plan]) -> Plan:
        return min(plans, key=lambda plan: _cost(program, plan, profile, model_id).key(minimise))

    # A table of more than 2^4 of the longest rows costs more than the limbs that it saves.
    table_bits = range(LEAST_TABLE_BITS, profile.row_vars[-1] + TABLE_ROWS_BITS + 1)
    rows = list(product(profile.row_vars, (False, True)))
    plan = Plan(profile.row_vars[len(profile.row_vars) // 2], 0, frozenset())
    plan = cheapest(replace(plan, limb_bits=bits) for bits in table_bits)
    plan = cheapest(replace(plan, row_vars=row_vars, merged=merged) for row_vars, merged in rows)
    plan = cheapest(replace(plan, limb_bits=bits) for bits in table_bits)
    return _widen(program, lower(program, plan, profile.name, model_id), profile, model_id)


def _cost(program: Program, plan: Plan, profile: Profile, model_id: bytes) -> PlanCost:
    return plan_cost(lower(program, plan, profile.name, model_id).statement, profile)


def follow_plan(program: Program, statement: Statement, model_id: bytes) -> Lowered:
    """Lower a program with the plan that a statement shows: its rows, their sharing, its limb table, its wide limbs.

    So a statement is derived again from its model whatever plan another release would choose. A statement of another
    program leads to any plan: the caller compares digests.
    """
    limbs = {column.name: column for column in statement.columns if ".limb" in column.name}
    sizes = [
        statement.tables[lookup.table].size
        for lookup in statement.lookups
        if statement.columns[lookup.components[0][0]].name in limbs
    ]
    # A hostile statement may look limbs up in a table of one row: no width at all.
    plan = Plan(statement.row_vars, max([2, *sizes]).bit_length() - 1, frozenset())
    images = images_of(program, statement)
    places = _places(statement)
    for merged in (False, True):
        exact = lower(program, replace(plan, merged=merged), statement.profile, model_id, images)
        tops = {name: exact.statement.columns[limb.columns[-1][0]] for name, limb in exact.limbs.items() if limb.bits}
        wide = frozenset(name for name, top in tops.items() if top.name in limbs and limbs[top.name].hi > top.hi)
        followed = lower(program, replace(exact.plan, wide=wide), statement.profile, model_id, images)
        if _places(followed.statement) == places:
            break
    return followed


def _places(statement: Statement) -> list[tuple[str, int, int]]:
    """Return where each column lies."""
    return [(column.name, column.row, column.offset) for column in statement.columns]


def images_of(program: Program, statement: Statement) -> int:
    """Return how many inputs a statement's proofs are about, from the shape of its input; 1 where it has another."""
    count = program.images_in(statement.inputs[0].shape) if statement.inputs else 1
    return count if 1 < count <= MAX_IMAGES else 1


def _widen(program: Program, lowered: Lowered, profile: Profile, model_id: bytes) -> Lowered:
    """Let the top limb of each value fill the table where the bounds allow it, the largest values first."""
    statement = lowered.statement
    sizes = {
        name: statement.columns[limbs.columns[-1][0]].size
        for name, limbs in lowered.limbs.items()
        if limbs.bits and limbs.columns[-1][1] < limbs.bits and not limbs.exact
    }
    names = sorted(sizes, key=lambda name: (-sizes[name], name))
    return _widened(program, lowered, names, profile, model_id)


def _widened(program: Program, lowered: Lowered, names: list[str], profile: Profile, model_id: bytes) -> Lowered:
    """Widen values one after the other where it fits, starting with all of them at once.

    Every wider limb raises bounds: where all of them fit, so does each step on the way there.
    """
    if not names:
        return lowered
    plan = replace(lowered.plan, wide=lowered.plan.wide | set(names))
    wider = fits(lambda: lower(program, plan, profile.name, model_id))
    if wider is not None:
        return wider
    if len(names) == 1:
        return lowered
    half = len(names) // 2
    lowered = _widened(program, lowered, names[:half], profile, model_id)
    return _widened(program, lowered, names[half:], profile, model_id)
