"""Random general networks, those of the campaign `general`: no committed value can change, whatever the plan."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from campaigns.campaign import Tally
from campaigns.drawn.networks import KINDS, LABELS, draw_case, draw_network
from campaigns.networks import draw_input
from tests.network.lowered import every_change_is_refused, lowered
from zkinfer.artifacts.model_document import describe, restore
from zkinfer.network.registry import OPERATIONS
from zkinfer.program.from_network import NetworkProgram
from zkinfer.program.identity import model_id
from zkinfer.program.lower import Plan
from zkinfer.program.widen import widest
from zkinfer_verify.errors import UsageError

FITTING = 40
"""Seeds whose networks are lowered; those that reach p/2 are left out."""


@pytest.mark.parametrize("seed", range(FITTING))
def test_no_committed_value_of_a_drawn_network_can_change(seed):
    draw = Random(f"drawn network {seed}")
    network = draw_network(draw, Tally())
    x = {port.name: draw_input(draw, port.shape, port.lo, port.hi, Tally()) for port in network.inputs}
    given = {
        port.name: x[port.name] * port.scale if port.quantised else x[port.name] + port.zero_point
        for port in network.inputs
    }
    plan = Plan(draw.randint(10, 12), draw.randint(2, 10), frozenset(), draw.randrange(2) == 1)
    try:
        case = lowered(network, given, plan=plan)
    except UsageError as error:
        assert "under p/2" in str(error)
        return
    every_change_is_refused(case, np.random.default_rng(seed), each=1)
    wide = lowered(network, given, plan=replace(plan, wide=widest(case.lowered)))
    every_change_is_refused(wide, np.random.default_rng(seed), each=1)


@pytest.mark.parametrize("seed", range(20))
def test_a_drawn_network_is_kept_and_read_again(seed):
    network = draw_network(Random(f"kept network {seed}"), Tally())
    document, arrays = describe(NetworkProgram(network))
    again = restore(json.loads(json.dumps(document)), iter(arrays))
    assert model_id(again.model) == model_id(network)
    assert again.model.specs == network.specs


def test_every_kind_of_network_is_drawn():
    tally, refused = Tally(), Counter()
    for number in range(400):
        try:
            draw_case(Random(f"kinds {number}"), tally)
        except UsageError as error:
            refused[str(error)] += 1
    assert set(tally.counts["layer"]) == set(KINDS)
    assert set(tally.counts["operation"]) == set(OPERATIONS)
    assert set(LABELS) | {"shown", "hidden"} == set(tally.counts["output"])
    assert {"1 public, 0 hidden", "0 public, 1 hidden", "0 public, 3 hidden"} <= set(tally.counts["inputs"])
    assert set(tally.counts["inputs proved together"]) == {"1", "2", "3"}
    assert sum(refused.values()) < 40, "labels of outputs that have none"
