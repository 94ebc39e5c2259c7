"""A rounded quotient is off by one: at ties, with a remainder of 2^s, or with a negative one."""

from collections.abc import Iterator
from functools import cache, partial

from attacks.attack import Attack, Forged
from attacks.cells import Cells
from attacks.handmade import handmade, publish, written
from attacks.networks import Made
from attacks.prover import forge
from attacks.witnesses import AFFINE, LOOKUP, stopped
from zkinfer.program.builder import Builder
from zkinfer.program.values import scaled
from zkinfer_verify.field.prime import inverse
from zkinfer_verify.statement.relations import Affine, Form

SHIFT = 2
VALUES = (2, -2, 7, -8)
"""2 and -2 are ties: 2/4 rounds up to 1, and -2/4 up to 0."""


@cache
def rounding() -> Made:
    """State y = x / 4 rounded, ties upwards: x + 2 = 4 y + r with 0 <= r < 4; y is public."""
    builder = Builder(4)
    x = builder.in_table("x", (4,), -8, 7)
    y = builder.in_table("y", (4,), -2, 2)
    r = builder.in_table("r", (4,), 0, (1 << SHIFT) - 1)
    terms = (*x.terms, *scaled(y, -(1 << SHIFT)).terms, *scaled(r, -1).terms)
    builder.affines.append(("rounding", Affine(Form((4,), terms, 1 << (SHIFT - 1)))))
    publish(builder, y, 2)
    return handmade(builder)


def rounded(index: int, quotient: int, remainder: int) -> Forged:
    """Prove the honest quotients but for one, whose quotient and remainder change by so much."""
    pairs = [list(divmod(x + (1 << (SHIFT - 1)), 1 << SHIFT)) for x in VALUES]
    pairs[index][0] += quotient
    pairs[index][1] += remainder

    def fill(cells: Cells) -> None:
        for k, (x, (y, r)) in enumerate(zip(VALUES, pairs, strict=True)):
            for name, value in (("x", x), ("y", y), ("r", r)):
                cells.set(name, (k,), value)

    made = rounding()
    return forge(made, written(made, tuple(y for y, _ in pairs), fill)).sent(about_witness=True)


def fraction() -> Forged:
    """Prove a quotient of 2 - 1/4 mod p with the remainder 1 + 1; the public output can only be an integer."""
    made = rounding()

    def fill(cells: Cells) -> None:
        for k, x in enumerate(VALUES):
            y, r = divmod(x + 2, 4)
            for name, value in (("x", x), ("y", y), ("r", r)):
                cells.set(name, (k,), value)
        cells.add("y", (2,), -inverse(4))
        cells.add("r", (2,), 1)

    outputs = tuple((x + 2) // 4 for x in VALUES)
    return forge(made, written(made, outputs, fill)).sent(about_witness=True)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    lookup = partial(stopped, relation="lookup 2")
    yield lookup("a tie rounded down, remainder 2^s", partial(rounded, 0, -1, 4), LOOKUP)
    yield lookup("a negative tie rounded away from zero", partial(rounded, 1, -1, 4), LOOKUP)
    yield lookup("rounded up, remainder under zero", partial(rounded, 1, 1, -4), LOOKUP)
    yield stopped("floor in place of rounding", partial(rounded, 0, -1, 0), AFFINE, relation="affine 0")
    yield stopped("remainder off by one", partial(rounded, 3, 0, 1), AFFINE, relation="affine 0")
    yield stopped("a quotient with a fraction", fraction, LOOKUP, "affine 1", relation="lookup 1")
