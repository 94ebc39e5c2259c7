"""Choose the plan by its cost: row length, table width, whether values share rows, and which limbs may be wide."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import product

from zkinfer.program.builder import Builder
from zkinfer.program.cost import plan_cost
from zkinfer.program.lower import MAX_IMAGES, Lowered, Plan, gather, in_rows, lower
from zkinfer.program.program import Program
from zkinfer.program.widen import widest
from zkinfer_verify.params.profile import Profile
from zkinfer_verify.statement.statement import Statement

LEAST_TABLE_BITS = 4
TABLE_ROWS_BITS = 4
COARSE = 2
"""Widths of the table are tried in steps of 2 before the rows are chosen, and each of them afterwards."""


def plan_program(program: Program, profile: Profile, model_id: bytes, minimise: str = "both") -> Lowered:
    """Lower a program with the cheapest plan found: table width, rows and table width again, one after the other.

    minimise: "time" of the prover, "bytes" of the proof, or "both" (`cost.OBJECTIVES`).
    Errors: UsageError when no plan keeps every layer under p/2, or for another objective.
    """

    @cache
    def gathered(plan: Plan) -> Builder:
        return gather(program, plan)

    @cache
    def cost(plan: Plan) -> tuple[float, float]:
        builder = gathered(replace(plan, row_vars=0))
        return plan_cost(in_rows(builder, plan, profile.name, model_id).statement, profile).key(minimise)

    def with_best_table(plan: Plan, widths: Iterable[int]) -> Plan:
        return min((replace(plan, limb_bits=bits) for bits in widths if LEAST_TABLE_BITS <= bits <= most), key=cost)

    # A table of more than 2^4 of the longest rows costs more than the limbs that it saves.
    most = profile.row_vars[-1] + TABLE_ROWS_BITS
    rows = product(profile.row_vars, (False, True))
    plan = Plan(profile.row_vars[len(profile.row_vars) // 2], 0, frozenset())
    plan = with_best_table(plan, range(LEAST_TABLE_BITS, most + 1, COARSE))
    plan = min((replace(plan, row_vars=row_vars, merged=merged) for row_vars, merged in rows), key=cost)
    plan = with_best_table(plan, range(LEAST_TABLE_BITS, most + 1))
    wide = widest(lower(program, plan, profile.name, model_id))
    return lower(program, replace(plan, wide=wide), profile.name, model_id)


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
    """Return how many inputs a statement's proofs are about, from the shape of its input; 1 where it has another.

    The input is the first hidden one; where none is, the first of the public ones, which stand before the outputs.
    """
    shapes = [hidden.shape for hidden in statement.inputs] or [shown.dims for shown in statement.outputs]
    count = program.images_in(shapes[0]) if shapes else 1
    return count if 1 < count <= MAX_IMAGES else 1
