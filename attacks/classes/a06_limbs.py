"""Limbs that add up to another value than they may: overlapping ranges, a limb that is a fraction, sums beyond p."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from attacks.attack import Attack, Forged
from attacks.cells import Cells
from attacks.handmade import handmade, publish, written
from attacks.networks import rectified
from attacks.prover import forge
from attacks.unsound import lenient, stated
from attacks.witnesses import LOOKUP, edited
from zkinfer.program.builder import Builder
from zkinfer.program.values import scaled
from zkinfer_verify.field.prime import P, inverse
from zkinfer_verify.statement.relations import Affine, Form

REFUSED = "in no lookup of scale 1"
UNBOUNDED = partial(lenient, "check_bounds")


def top_limb_of_four(cells: Cells) -> None:
    """The value 23 stays: (7, 1) becomes (7 - 48, 4): 4 is in the table, 4 * 4 is not."""
    cells.add("relu1.limb0", (1,), -48)
    cells.set("relu1.limb1", (1,), 4)


def top_limb_scaled_only(cells: Cells) -> None:
    """The value 23 stays: (7, 1) becomes (11, 3/4), where 3/4 is no row of the table, but 4 * 3/4 = 3 is."""
    cells.add("relu1.limb0", (1,), 4)
    cells.set("relu1.limb1", (1,), 3 * inverse(4))


def fraction_of_a_table() -> Forged:
    """State that 4 times a value is in 0..15, and not that the value is: 1/4 mod p will do."""
    builder = Builder(4)
    value = builder.ranged("value", (4,), 0, 3, "value")
    publish(builder, scaled(value, 4), 12)
    honest = handmade(builder)
    unscaled = tuple(one for one in honest.statement.lookups if one.components[0][1] != 1)
    made = stated(honest, replace(honest.statement, lookups=unscaled))

    def fill(cells: Cells) -> None:
        cells.set_all("value.limb0", inverse(4))

    return forge(made, written(made, (1,) * 4, fill)).sent(about_witness=True)


def sum_beyond_p(bits: int, count: int) -> Forged:
    """State that a value is a sum of limbs that reach beyond p, and publish the top limb: v + p has another one."""
    builder = Builder(bits)
    value = builder.in_table("value", (4,), 0, 15)
    limbs = [builder.in_table(f"limb{k}", (4,), 0, (1 << bits) - 1) for k in range(count)]
    terms = [scaled(limb, 1 << (bits * k)).terms[0] for k, limb in enumerate(limbs)]
    builder.affines.append(("value", Affine(Form((4,), (*scaled(value, -1).terms, *terms), 0))))
    publish(builder, limbs[-1], (1 << bits) - 1)
    honest = handmade(builder)
    made = stated(honest, honest.statement)
    top = (3 + P) >> (bits * (count - 1))

    def fill(cells: Cells) -> None:
        cells.set_all("value", 3)
        for k in range(count):
            cells.set_all(f"limb{k}", ((3 + P) >> (bits * k)) & ((1 << bits) - 1))

    return forge(made, written(made, (top,) * 4, fill)).sent(about_witness=True)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    yield edited("a top limb beyond its bits", top_limb_of_four, LOOKUP, relation="lookup 1", network=rectified)
    yield edited("a top limb of 3/4 mod p", top_limb_scaled_only, LOOKUP, relation="lookup 2", network=rectified)
    yield Attack("limbs looked up scaled only", fraction_of_a_table, REFUSED, relation="lookup 0", without=UNBOUNDED)
    yield Attack(
        "limbs of 64 bits that add up to v + p",
        partial(sum_beyond_p, 4, 16),
        "affine 0 can reach",
        relation="affine 0",
        without=UNBOUNDED,
    )
    yield Attack(
        "limbs of 65 bits that add up to v + p",
        partial(sum_beyond_p, 13, 5),
        "affine 0 can reach",
        relation="affine 0",
        without=UNBOUNDED,
    )
