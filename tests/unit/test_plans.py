"""A statement is derived again from its model by following its own plan, whatever plan would be chosen today."""

from dataclasses import replace

import numpy as np
import pytest

from zkinfer.frontend.reference import reference_network
from zkinfer.graph.graph import Convolution, Flatten, FullyConnected, MaxPool, Relu, sequential
from zkinfer.graph.integers import to_integers
from zkinfer.program.cost import count_claims, plan_cost
from zkinfer.program.from_graph import program_of
from zkinfer.program.lower import Plan, lower
from zkinfer.program.planner import follow_plan, plan_program
from zkinfer.program.program import Program
from zkinfer.report.proof_size import expected_proof_bytes
from zkinfer_verify.check.run import Prepared, prepare
from zkinfer_verify.errors import UsageError
from zkinfer_verify.params.profile import PROFILES
from zkinfer_verify.statement.layout import Layout

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
@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.parametrize("wide", [False, True])
def test_a_statement_leads_back_to_itself(name: str, limb_bits: int, wide: bool, merged: bool) -> None:
    program = program_of(NETWORKS[name], (-128, 127))
    plan = Plan(10, limb_bits, frozenset(), merged)
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


def chosen(program: Program, minimise: str, profile: str = "standard") -> Prepared:
    """Prepare the statement of the plan that is chosen."""
    return prepare(plan_program(program, PROFILES[profile], bytes(32), minimise).statement)


@pytest.fixture(scope="module")
def reference() -> Program:
    """The reference network's program."""
    return program_of(to_integers(reference_network()[0]), (-128, 127))


@pytest.mark.parametrize(("profile", "limit"), [("standard", 1_400_000), ("small", 1_210_000)])
def test_the_proof_of_the_reference_network_is_short(reference: Program, profile: str, limit: int) -> None:
    prepared = chosen(reference, "both", profile)
    assert expected_proof_bytes(prepared) < limit
    assert prepared.schedule.parameters.soundness_bits >= 100


def test_each_objective_is_cheapest_in_what_it_minimises(reference: Program) -> None:
    of_time, of_both, of_bytes = (
        plan_cost(chosen(reference, minimise).statement, PROFILES["standard"]) for minimise in ("time", "both", "bytes")
    )
    assert of_time.nanoseconds < of_both.nanoseconds <= of_bytes.nanoseconds
    assert of_bytes.bytes <= of_both.bytes < of_time.bytes


def test_refuses_to_minimise_what_it_does_not_know() -> None:
    with pytest.raises(UsageError, match="'memory' cannot be minimised; choose both, time, bytes"):
        plan_program(program_of(NETWORKS["pooled"], (-128, 127)), PROFILES["standard"], bytes(32), "memory")


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("merged", [False, True])
def test_the_claims_that_a_plan_pays_for_are_those_that_are_folded(name: str, merged: bool) -> None:
    program = program_of(NETWORKS[name], (-128, 127))
    statement = lower(program, Plan(10, 4, frozenset(), merged), "standard", bytes(32)).statement
    folded = [message for message in prepare(statement).schedule.messages if message.label == "folding value"]
    assert count_claims(statement, Layout(statement)) == len(folded)


def test_values_that_share_rows_need_fewer_of_them() -> None:
    program = program_of(NETWORKS["pooled"], (-128, 127))
    parallel, merged = (
        lower(program, Plan(10, 7, frozenset(), merged), "standard", bytes(32)).statement for merged in (False, True)
    )
    assert merged.witness_rows < parallel.witness_rows
