"""A statement is derived again from its model by following its own plan, whatever plan would be chosen today."""

from dataclasses import replace

import numpy as np
import pytest

from zkinfer.graph.graph import Convolution, Flatten, FullyConnected, MaxPool, Relu, sequential
from zkinfer.program.from_graph import program_of
from zkinfer.program.lower import Plan, lower
from zkinfer.program.planner import follow_plan, plan_program
from zkinfer_verify.params.profile import PROFILES

RANDOM = np.random.default_rng(5)
NETWORKS = {
    "pooled": sequential(
        (8, 8, 2),
        [
            Convolution(RANDOM.integers(-9, 9, (3, 3, 3, 2))),
            MaxPool((2, 2)),
            Relu(),
            Flatten(),
            FullyConnected(RANDOM.integers(-9, 9, (4, 27)), RANDOM.integers(-9, 9, 4)),
        ],
    ),
    "no limbs": sequential((5,), [FullyConnected(RANDOM.integers(-9, 9, (3, 5)))]),
    "linear after linear": sequential(
        (5,), [FullyConnected(RANDOM.integers(-9, 9, (6, 5))), FullyConnected(RANDOM.integers(-9, 9, (2, 6)))]
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("limb_bits", [4, 7, 12])
@pytest.mark.parametrize("wide", [False, True])
def test_a_statement_leads_back_to_itself(name: str, limb_bits: int, wide: bool) -> None:
    program = program_of(NETWORKS[name], (-128, 127))
    plan = Plan(10, limb_bits, frozenset())
    made = lower(program, plan, "standard", bytes(32))
    if wide:
        made = lower(program, replace(plan, wide=frozenset(made.limbs)), "standard", bytes(32))
    assert follow_plan(program, made.statement, bytes(32)).statement.digest == made.statement.digest


def test_the_chosen_plan_is_followed() -> None:
    program = program_of(NETWORKS["pooled"], (-128, 127))
    chosen = plan_program(program, PROFILES["standard"], bytes(32))
    assert follow_plan(program, chosen.statement, bytes(32)).plan == chosen.plan


def test_a_hostile_statement_leads_to_some_plan() -> None:
    """A table of one row holds no limbs; the caller finds that the digests differ."""
    program = program_of(NETWORKS["pooled"], (-128, 127))
    made = lower(program, Plan(10, 4, frozenset()), "standard", bytes(32)).statement
    hostile = replace(made, tables=tuple(replace(table, size=1) for table in made.tables))
    assert follow_plan(program, hostile, bytes(32)).statement.digest != hostile.digest
