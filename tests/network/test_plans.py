"""Plans of networks: which limbs a planner may let range further."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.network.lowered import PLAN, inputs_of, lowered, single
from zkinfer.network.apply import Apply
from zkinfer.network.combine import Combine
from zkinfer.network.convolution import Convolution
from zkinfer.network.rearrange import Reshape
from zkinfer.network.rescale import Rescale
from zkinfer.network.slopes import Slopes
from zkinfer.program.check import RelationFails
from zkinfer.program.from_network import NetworkProgram
from zkinfer.program.planner import plan_program
from zkinfer_verify.errors import UsageError
from zkinfer_verify.field.prime import P
from zkinfer_verify.params.profile import profile_named

SHIFT = 5
LATER = Rescale(SHIFT, -900, 900, np.zeros(1801, dtype=np.int8))
"""Its function is constant, so that another quotient changes no output."""


def test_remainders_keep_their_range_whatever_the_table_of_limbs():
    before = (Combine((70000,)), Rescale(12, -900, 900), Combine((5,)))
    program = NetworkProgram(single(LATER, (1, 16, 40, 40), before=before))
    made = plan_program(program, profile_named("standard"), bytes(32))
    limbs, columns = made.limbs["out.remainder"], made.statement.columns
    assert made.plan.limb_bits % SHIFT, "the top limb of a remainder fills the table"
    assert sum(columns[c].hi << k * limbs.bits for k, (c, _) in enumerate(limbs.columns)) == (1 << SHIFT) - 1


def test_rejects_another_quotient_when_every_limb_may_be_wide():
    network = single(LATER, (3, 4), before=(Combine((5,)),))
    names = frozenset({"out.remainder", "before0", "x0"})
    case = lowered(network, inputs_of(network, np.random.default_rng(0)), plan=replace(PLAN, wide=names))
    case.check()
    columns = {column.name: column for column in case.ranged}
    moved = replace(case, witness=case.corrupted(columns["out.codes.argument"], 0, -1))
    with pytest.raises(RelationFails):
        moved.check(moved.corrupted(columns["out.remainder.limb0"], 0, 1 << SHIFT))


@pytest.mark.parametrize("later", [Slopes(np.array([[2]]), np.array([[3]])), Apply(0, 5), Rescale(70, -5, 5)])
@pytest.mark.parametrize("channels", [1, 3])
def test_refuses_what_leaves_64_bits_before_it_is_laid_out(later, channels):
    kernel = np.full((2, channels, 1), 1 << 53)
    wide = Convolution((1,), (1,), (0,), (0,), 1, (), kernel)
    network = single(later, (1, channels, 4), lo=1 << 40, hi=1 << 40, before=(wide, Reshape((2, 4))))
    assert network.specs["before0"].hi == channels << 93
    with pytest.raises(UsageError, match=r"before0: its values can reach \d+ \(about 2\^9\d\), .* under p/2"):
        lowered(network, {})


@pytest.mark.parametrize("x", [10, 6])
def test_rejects_the_odd_neighbour_of_a_tie(x):
    network = single(Rescale(0, -900, 900, np.zeros(1801, dtype=np.int8), divisor=4), (3, 4))
    case = lowered(network, {"x0": np.full((3, 4), x)})
    columns = {column.name: column for column in case.ranged}
    case.check()

    def moved(**by):
        other = case
        for name, step in by.items():
            other = replace(other, witness=other.corrupted(columns[f"out.{name.replace('_', '.')}"], 0, step))
        return other

    towards = 1 if x == 10 else -1
    odd = {"codes_argument": towards}
    for cheat in (
        odd | {"carry": towards},
        odd | {"pair": towards * (P + 1) // 2},
        odd | {"pair": towards, "carry": -towards, "carry_argument": -8 * towards},
    ):
        with pytest.raises(RelationFails):
            moved(**cheat).check()
