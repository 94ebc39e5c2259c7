"""A malicious prover runs the honest protocol on a wrong witness: one forgery for each relation and each range.

Each row of the table names the constraints on pads that the forgery breaks, all of them. The same forgery is accepted
once these constraints are deleted on both sides: so it is they that catch it, and nothing else would.
"""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from unittest.mock import patch

import numpy as np
import pytest

from attacks.cells import Cells, corrupted
from attacks.networks import Setup, mixed
from attacks.prover import forge, with_outputs
from zkinfer.graph.convolution import Convolution
from zkinfer.program import witness as witness_module
from zkinfer.program.convolution import ConvolutionStep
from zkinfer.program.witness import Witness, compute_witness
from zkinfer_verify.check.claims import Channel
from zkinfer_verify.errors import ProofError
from zkinfer_verify.field.prime import inverse

LOOKUP, VANISH, AFFINE = "lookups, layer 0", "vanish {}, end", "affine 0"
CONVOLUTION, MOVEMENT, FULL = "contraction 0, end", "contraction 1 right, slide", "contraction 2, end"


def value(cells: Cells, name: str, index: tuple[int, ...]) -> int:
    """Read a committed value from its limbs of four bits."""
    limbs = [c.name for c in cells.made.statement.columns if c.name.startswith(f"{name}.limb")]
    return sum(cells.get(limb, index) << (4 * k) for k, limb in enumerate(limbs))


def set_value(cells: Cells, name: str, index: tuple[int, ...], number: int) -> None:
    """Write a committed value to its limbs; the top limb takes what is left."""
    limbs = [c.name for c in cells.made.statement.columns if c.name.startswith(f"{name}.limb")]
    for k, limb in enumerate(limbs):
        cells.set(limb, index, number >> (4 * k) if k == len(limbs) - 1 else (number >> (4 * k)) & 15)


def raise_value(cells: Cells, name: str, index: tuple[int, ...], by: int = 1) -> None:
    """Add to a committed value."""
    set_value(cells, name, index, value(cells, name, index) + by)


def first_where(cells: Cells, name: str, holds: Callable[[int], bool]) -> tuple[int, ...]:
    """Return the first real index of a column whose entry has a property."""
    return next(index for index in np.ndindex(*cells.column(name).dims) if holds(cells.get(name, index)))


# -- ranges ------------------------------------------------------------------------------------------------------------


def limb_off_by_one(cells: Cells) -> None:
    """A limb changes, the value with it: the convolution's output and what max-pooling reads differ."""
    cells.add("relu1.limb0", (0, 0), 1)


def limb_negative(cells: Cells) -> None:
    """The value stays: (l, t) becomes (l - 16, t + 1)."""
    index = first_where(cells, "relu1.limb1", lambda top: top < 3)
    cells.add("relu1.limb0", index, -16)
    cells.add("relu1.limb1", index, 1)


def limb_full(cells: Cells) -> None:
    """The value stays: (l, t) becomes (l + 16, t - 1)."""
    index = first_where(cells, "relu1.limb1", lambda top: top > 0)
    cells.add("relu1.limb0", index, 16)
    cells.add("relu1.limb1", index, -1)


def limb_scaled_only(cells: Cells) -> None:
    """The value stays: the top limb t of two bits becomes 1/4 mod p, which passes the scaled lookup: 4 * 1/4 = 1."""
    names = "relu1.limb0", "relu1.limb1"
    total = {i: cells.get(names[0], i) + 16 * cells.get(names[1], i) for i in np.ndindex(4, 3)}
    index = next(i for i, v in total.items() if 4 <= v < 20)
    cells.set(names[0], index, total[index] - 4)
    cells.set(names[1], index, inverse(4))


def top_limb_too_large(cells: Cells) -> None:
    """The top limb t of three bits becomes 8: in the table, but 2 * 8 is not; the last bits take it back mod p."""
    index = (0, 0)
    total = cells.get("relu1.distance0.limb0", index) + 16 * cells.get("relu1.distance0.limb1", index)
    cells.set("relu1.distance0.limb1", index, 8)
    cells.set("relu1.distance0.limb0", index, total - 128)


def distance_wrapped(cells: Cells) -> None:
    """The maximum is one too small, so the distance from the largest candidate is -1 = p - 1."""
    index = first_where(cells, "max_pool2.limb0", lambda low: low > 1)
    for name in ("max_pool2", "max_pool2.distance0", "max_pool2.distance1"):
        number = value(cells, name, index) - 1
        if number < 0:
            cells.set(f"{name}.limb0", index, -1)
            cells.set(f"{name}.limb1", index, 0)
        else:
            set_value(cells, name, index, number)
    # What reads it follows: the next ReLU and the output.
    set_value(cells, "relu2", index, value(cells, "relu2", index) - 1)
    follow_output(cells, index, -1)


def follow_output(cells: Cells, index: tuple[int, ...], by: int) -> None:
    """Let the output follow a change of what the last layer reads."""
    weights = cells.made.graph.nodes[-1].op.weights.reshape(3, 2, 3)
    (outputs,) = cells.outputs
    cells.outputs = (tuple(int(o + by * w) for o, w in zip(outputs, weights[:, *index], strict=True)),)


# -- relations ---------------------------------------------------------------------------------------------------------


def max_not_attained(cells: Cells) -> None:
    """The maximum and all distances are one larger, and what reads the maximum follows."""
    for name in ("relu1", *(f"relu1.distance{k}" for k in range(4))):
        raise_value(cells, name, (0, 0))
    follow_pool(cells)


def convolution_sum_wrong(cells: Cells) -> None:
    """The maximum and three distances are one larger: one of the sums, maximum - distance, differs."""
    attained = next(k for k in range(4) if value(cells, f"relu1.distance{k}", (0, 0)) == 0)
    for name in ("relu1", *(f"relu1.distance{k}" for k in range(4) if k != attained)):
        raise_value(cells, name, (0, 0))
    follow_pool(cells)


def follow_pool(cells: Cells) -> None:
    """Let the second pooling follow relu1 at (0, 0), one larger but not its window's largest: the distance shrinks."""
    if value(cells, "max_pool2.distance0", (0, 0)) < 1:
        raise ValueError("the network's first window has its maximum in another place than this test expects")
    raise_value(cells, "max_pool2.distance0", (0, 0), -1)


def pooled_value_moved(cells: Cells) -> None:
    """A distance of the second pooling differs from maximum - candidate."""
    index = first_where(cells, "max_pool2.distance0.limb0", lambda low: 0 < low < 15)
    raise_value(cells, "max_pool2.distance0", index)


def relu_not_attained(cells: Cells) -> None:
    """ReLU gives one more than the larger of value and zero; its distance and the output follow."""
    raise_value(cells, "relu2", (0, 0))
    raise_value(cells, "relu2.distance0", (0, 0))
    follow_output(cells, (0, 0), 1)


def relu_other_value(cells: Cells) -> None:
    """ReLU gives another value at distance zero; the output follows."""
    raise_value(cells, "relu2", (0, 0))
    follow_output(cells, (0, 0), 1)


def multiplicity_one_more(cells: Cells) -> None:
    """One table row is counted once too often."""
    cells.add("table2.multiplicities", (3,), 1)


def multiplicity_moved(cells: Cells) -> None:
    """The counts of two table rows are exchanged in part: their sum stays."""
    cells.add("table2.multiplicities", (3,), 1)
    cells.add("table2.multiplicities", (4,), -1)


def multiplicities_scaled(cells: Cells) -> None:
    """All counts are doubled."""
    for name, size in (("table1.multiplicities", 10), ("table2.multiplicities", 16)):
        for k in range(size):
            cells.set(name, (k,), 2 * cells.get(name, (k,)))


def multiplicity_negated(cells: Cells) -> None:
    """A count becomes p - count."""
    cells.set("table2.multiplicities", (0,), -cells.get("table2.multiplicities", (0,)))


@dataclass(frozen=True)
class Case:
    """A forgery, and every constraint that it breaks."""

    edit: Callable[[Cells], None]
    broken: tuple[str, ...]
    recount: bool = True


CASES = (
    Case(limb_off_by_one, (CONVOLUTION, MOVEMENT)),
    Case(limb_negative, (LOOKUP,)),
    Case(limb_full, (LOOKUP,)),
    Case(limb_scaled_only, (LOOKUP,)),
    Case(top_limb_too_large, (LOOKUP,)),
    Case(distance_wrapped, (LOOKUP, VANISH.format(1))),
    Case(max_not_attained, (VANISH.format(0),)),
    Case(convolution_sum_wrong, (CONVOLUTION,)),
    Case(pooled_value_moved, (MOVEMENT,)),
    Case(relu_not_attained, (VANISH.format(2),)),
    Case(relu_other_value, (AFFINE,)),
    Case(multiplicity_one_more, (LOOKUP,), recount=False),
    Case(multiplicity_moved, (LOOKUP,), recount=False),
    Case(multiplicities_scaled, (LOOKUP,), recount=False),
    Case(multiplicity_negated, (LOOKUP,), recount=False),
)


def check_caught(made: Setup, witness: Witness, broken: tuple[str, ...]) -> None:
    """Check that a forgery breaks these constraints, is rejected for them, and would pass without them."""
    forged = forge(made, witness)
    assert forged.broken == broken
    with pytest.raises(ProofError, match="a constraint on pads does not hold"):
        made.check(forged.proof.to_bytes())
    with deleted(broken):
        unguarded = forge(made, witness)
        made.check(unguarded.proof.to_bytes())


@contextmanager
def deleted(names: tuple[str, ...]):
    """Delete constraints by name, for prover and verifier."""
    conclude = Channel.zero

    def zero(ch, name, claim):
        if name not in names:
            conclude(ch, name, claim)

    with patch.object(Channel, "zero", zero):
        yield


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.edit.__name__)
def test_rejects_a_proof_when_the_witness_has(case):
    made, x = mixed()
    check_caught(made, corrupted(made, made.witness(x), case.edit, recount=case.recount), case.broken)


@pytest.mark.parametrize("name", [column.name for column in mixed()[0].statement.columns if column.name.count("limb")])
def test_rejects_a_proof_when_a_limb_is_off_by_one(name):
    made, x = mixed()
    witness = corrupted(made, made.witness(x), lambda cells: cells.add(name, (0,) * len(cells.column(name).dims), 1))
    forged = forge(made, witness)
    assert set(forged.broken) & {CONVOLUTION, MOVEMENT, AFFINE, FULL}
    with pytest.raises(ProofError, match="a constraint on pads does not hold"):
        made.check(forged.proof.to_bytes())


@pytest.mark.parametrize("delta", [1, -1, 1 << 20])
@pytest.mark.parametrize("index", [0, 2])
def test_rejects_a_proof_when_an_output_is_wrong(index, delta):
    made, x = mixed()
    witness = with_outputs(made.witness(x), index, delta)
    if max(map(abs, witness.outputs[0])) > made.statement.outputs[0].bound:
        with pytest.raises(ProofError, match="beyond its declared bound"):
            made.check(forge(made, witness).proof.to_bytes())
    else:
        check_caught(made, witness, (FULL,))


@pytest.mark.parametrize("entry", [-6, 5])
def test_rejects_a_proof_when_an_input_is_out_of_range(entry, monkeypatch):
    """Everything follows the input, and every later value fits its range: the lookup of the input alone is wrong."""
    made, x = mixed()
    x = x.copy()
    x[8, 4, 0] = entry
    monkeypatch.setattr(witness_module, "check_input", lambda program, x: x.reshape(-1, 3))
    monkeypatch.setattr(witness_module, "_count", lambda st, columns: [np.zeros(t.size, np.int64) for t in st.tables])
    forged = forge(made, corrupted(made, made.witness(x), lambda cells: None))
    assert forged.broken == (LOOKUP,)
    with pytest.raises(ProofError, match="a constraint on pads does not hold"):
        made.check(forged.proof.to_bytes())


# Convolutions of the same output shape as the one that the statement is about.
OTHER_CONVOLUTIONS = {
    "padding moved": {"padding": (0, 0, 1, 1)},
    "padding moved sideways": {"padding": (1, 1, 0, 0)},
    "stride of three": {"stride": (3, 1), "padding": (1, 0, 2, 1)},
    "no dilation": {"dilation": (1, 1), "padding": (1, 0, 0, 0)},
}


def other_witness(made: Setup, x: np.ndarray, **changes: object) -> Witness:
    """Return the witness of the network with another convolution."""
    first, convolution, *others = made.program.steps
    assert isinstance(convolution, ConvolutionStep)
    other = replace(convolution, op=replace(convolution.op, **changes))
    assert other.op.output_shape((9, 5, 3), "here") == (4, 4, 3)
    program = replace(made.program, steps=(first, other, *others))
    return compute_witness(program, made.lowered, x)


@pytest.mark.parametrize("name", OTHER_CONVOLUTIONS)
def test_rejects_a_proof_when_the_convolution_has(name):
    made, x = mixed()
    check_caught(made, other_witness(made, x, **OTHER_CONVOLUTIONS[name]), (CONVOLUTION,))


def test_rejects_a_proof_when_the_groups_are_shifted_by_one():
    made, x = mixed()
    shifted = made.witness(np.roll(x, 1, axis=2))
    honest = Cells(made, made.witness(x))

    def original_input(cells: Cells) -> None:
        cells.padded("input")[...] = honest.padded("input")

    check_caught(made, corrupted(made, shifted, original_input), (CONVOLUTION,))


def test_rejects_a_proof_when_the_bias_is_left_out():
    made, x = mixed()
    check_caught(made, other_witness(made, x, bias=None), (CONVOLUTION,))


def test_rejects_a_proof_when_one_weight_is_another():
    made, x = mixed()
    step = made.program.steps[1]
    assert isinstance(step, ConvolutionStep) and isinstance(step.op, Convolution)
    kernel = step.op.kernel.copy()
    kernel[0, 1, 1, 0] += 1
    check_caught(made, other_witness(made, x, kernel=kernel), (CONVOLUTION,))
