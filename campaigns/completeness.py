"""Completeness: random chains of layers prove, the proof verifies, and the outputs are those of the plain executor."""

import re
from random import Random

import numpy as np

from attacks.networks import Setup, setup_of
from campaigns.campaign import Campaign, Tally
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
from campaigns.plans import DISTRIBUTION, draw_lowered
from campaigns.proving import PROFILES, prove_honestly
from zkinfer.execute import plain
from zkinfer.graph.graph import Graph, Normalize
from zkinfer.program.from_graph import program_of
from zkinfer_verify.check.run import prepare
from zkinfer_verify.errors import UsageError

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
    evidence = {"statement.zks": made.statement.to_bytes(), "input.txt": str(case.x.tolist()).encode()}
    prove_honestly(made, lambda: made.witness(case.x), [_integers(case.graph, case.x)], evidence, tally)


def _setup(draw: Random, case: Case, tally: Tally) -> Setup:
    (profile,) = draw.choices(list(PROFILES), list(PROFILES.values()))
    program = program_of(case.graph, case.input_range)
    made = setup_of(case.graph, program, draw_lowered(draw, program, profile, bytes(32), tally))
    prepare(made.statement, True)
    return made


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
        "plans": DISTRIBUTION,
        "verifier": "verify of zkinfer_verify in plain Python, the statement prepared anew",
        "redrawn": "a network that setup refuses is counted under 'refused by setup' only, and another one is drawn",
    },
    run_case,
)
