"""Completeness: random networks prove, the proof verifies, and the outputs are those of the plain executor."""

import re
from collections.abc import Sequence
from random import Random

import numpy as np

from attacks.networks import Setup, setup
from campaigns.campaign import Campaign, CaseFailed, Tally
from campaigns.networks import (
    CHANNELS,
    INPUT_RANGES,
    MOST_FLAT,
    MOST_LAYERS,
    SIDES,
    WEIGHTS,
    WIDE_RANGES,
    Case,
    draw_case,
)
from zkinfer.execute import plain
from zkinfer.graph.graph import Graph, Normalize
from zkinfer.program.from_graph import program_of
from zkinfer.program.lower import Plan, lower
from zkinfer_verify.api import verify
from zkinfer_verify.check.run import prepare
from zkinfer_verify.errors import UsageError

PROFILES = {"toy": 95, "standard": 4, "small": 1}
FORCED_ROW_VARS = {"toy": (4,), "standard": (10, 11, 12), "small": (10, 11)}
PLANS = ("chosen by the planner", "forced", "forced, every top limb wide", "forced, some top limbs wide")
LAYER_NAME = re.compile(r"\b(Layer )?[a-z]+\d+( \([a-z_]+\))?:")
NUMBERS = re.compile(r"(?<=\^)\d+|(?<![\w/^])-?\d{2,}")


def run_case(draw: Random, tally: Tally) -> None:
    """Draw a network, prove its outputs on an input, and verify.

    A network that setup refuses is counted with its reason, and another one is drawn.
    Errors: CaseFailed when prover or verifier refuse an honest case, or the outputs are not the network's.
    """
    while True:
        drawn = Tally()
        case = draw_case(draw, drawn)
        try:
            made = _setup(draw, case, drawn)
        except UsageError as error:
            tally.count("refused by setup", NUMBERS.sub("N", LAYER_NAME.sub("Layer ..:", str(error))))
            continue
        break
    tally.merge(drawn)
    _prove(case, made, tally)


def _setup(draw: Random, case: Case, tally: Tally) -> Setup:
    (profile,) = draw.choices(list(PROFILES), list(PROFILES.values()))
    plan = _plan(draw, case, profile, tally)
    made = setup(case.graph, profile=profile, plan=plan, input_range=case.input_range)
    prepare(made.statement, True)
    tally.count("profile", profile)
    return made


def _plan(draw: Random, case: Case, profile: str, tally: Tally) -> Plan | None:
    """Draw how the network is lowered; None leaves it to the planner."""
    kind = draw.choice(PLANS)
    tally.count("plan", kind)
    if kind == PLANS[0]:
        return None
    row_vars, bits = draw.choice(FORCED_ROW_VARS[profile]), draw.randint(2, 10)
    exact = Plan(row_vars, bits, frozenset())
    if kind == PLANS[1]:
        return exact
    names = sorted(lower(program_of(case.graph, case.input_range), exact, profile, bytes(32)).limbs)
    wide = names if kind == PLANS[2] else [name for name in names if draw.randrange(2)]
    return Plan(row_vars, bits, frozenset(wide))


def _prove(case: Case, made: Setup, tally: Tally) -> None:
    statement = made.statement
    evidence = {"statement.zks": statement.to_bytes(), "input.txt": str(case.x.tolist()).encode()}
    try:
        data = made.prove(made.witness(case.x)).to_bytes()
        evidence["proof.zkp"] = data
        found = verify(statement, data, allow_toy=True)
        expected = _integers(case.graph, case.x)
    except Exception as error:
        raise CaseFailed(f"an honest case ended in {type(error).__name__}: {error}", evidence) from error
    if list(found.integers) != expected:
        raise CaseFailed(f"outputs {list(found.integers)} are proved, the network gives {expected}", evidence)
    prepared = prepare(statement, True)
    tally.count("outcome", "proved and accepted, outputs as executed")
    tally.measure("products of all contractions", prepared.layout.num_products)
    tally.measure("rows of W", statement.weight_rows)
    tally.measure("rows of A", statement.witness_rows)
    tally.measure("bytes of the proof", len(data))
    _count_relations(tally, statement.vanishes, statement.contractions, statement.affines)


def _count_relations(tally: Tally, *relations: Sequence[object]) -> None:
    for found in relations:
        for relation in found:
            tally.count("relation", type(relation).__name__)


def _integers(graph: Graph, x: np.ndarray) -> list[int]:
    """Return the integers that a network publishes: before normalize, which is a display."""
    node = graph.nodes[-1]
    name = node.inputs[0] if isinstance(node.op, Normalize) else graph.output
    return [int(value) for value in np.asarray(plain.execute(graph, x)[name]).reshape(-1)]


CAMPAIGN = Campaign(
    "completeness",
    "each network was proved and accepted, with the outputs of the plain executor",
    10_000,
    10,
    {
        "networks": f"chains of 1 to {MOST_LAYERS} layers, each drawn until one fits; one in four flat ends displayed "
        "by normalize",
        "input shapes": f"three in four grids of sides {SIDES[0]} to {SIDES[-1]} and {sorted(set(CHANNELS))} channels, "
        f"else flat of 1 to {MOST_FLAT}",
        "input ranges": f"evenly of {list(INPUT_RANGES)}, but {sorted(WIDE_RANGES)} four times less often",
        "weights": ", ".join(f"{percent} % {kind}" for kind, percent in WEIGHTS.items()),
        "profiles": ", ".join(f"{percent} % {profile}" for profile, percent in PROFILES.items()),
        "plans": f"evenly: {', '.join(PLANS)}; forced ones have limbs of 2 to 10 bits",
        "verifier": "verify of zkinfer_verify in plain Python, the statement prepared anew",
        "redrawn": "a network that setup refuses is counted under 'refused by setup' only, and another one is drawn",
    },
    run_case,
)
