"""A rounded quotient is off by one: at ties, with a remainder of 2^s, or with a negative one."""

from collections.abc import Callable, Iterator, Sequence
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
def rounding(least: int = 0) -> Made:
    """State y = x / 4 rounded, ties upwards: x + 2 = 4 y + r with 0 <= r < 4; y is public. Ties go down from r = 1."""
    builder = Builder(4)
    x = builder.in_table("x", (4,), -8, 7)
    y = builder.in_table("y", (4,), -2, 2)
    r = builder.in_table("r", (4,), least, least + (1 << SHIFT) - 1)
    terms = (*x.terms, *scaled(y, -(1 << SHIFT)).terms, *scaled(r, -1).terms)
    builder.affines.append(("rounding", Affine(Form((4,), terms, 1 << (SHIFT - 1)))))
    publish(builder, y, 2)
    return handmade(builder)


def filled(pairs: Sequence[tuple[int, int]]) -> Callable[[Cells], None]:
    """Write the values, each with a quotient and a remainder."""

    def fill(cells: Cells) -> None:
        for k, (x, (y, r)) in enumerate(zip(VALUES, pairs, strict=True)):
            for name, value in (("x", x), ("y", y), ("r", r)):
                cells.set(name, (k,), value)

    return fill


def rounded(index: int, quotient: int, remainder: int) -> Forged:
    """Prove the honest quotients but for one, whose quotient and remainder change by so much."""
    pairs = honest()
    y, r = pairs[index]
    pairs[index] = y + quotient, r + remainder
    return forge(rounding(), written(rounding(), tuple(y for y, _ in pairs), filled(pairs))).sent(about_witness=True)


def fraction() -> Forged:
    """Prove a quotient of 2 - 1/4 mod p with the remainder 1 + 1; the public output can only be an integer."""
    pairs = honest()
    outputs = tuple(y for y, _ in pairs)
    pairs[2] = 2 - inverse(4), 1 + 1
    return forge(rounding(), written(rounding(), outputs, filled(pairs))).sent(about_witness=True)


def honest() -> list[tuple[int, int]]:
    """Return the quotients and remainders as they should be."""
    return [divmod(x + (1 << (SHIFT - 1)), 1 << SHIFT) for x in VALUES]


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    lookup = partial(stopped, relation="lookup 2")
    yield lookup("a tie rounded down, remainder 2^s", partial(rounded, 0, -1, 4), LOOKUP)
    yield lookup("a negative tie rounded away from zero", partial(rounded, 1, -1, 4), LOOKUP)
    yield lookup("rounded up, remainder under zero", partial(rounded, 1, 1, -4), LOOKUP)
    yield stopped("floor in place of rounding", partial(rounded, 0, -1, 0), AFFINE, relation="affine 0")
    yield stopped("remainder off by one", partial(rounded, 3, 0, 1), AFFINE, relation="affine 0")
    yield stopped("a quotient with a fraction", fraction, LOOKUP, "affine 1", relation="lookup 1")
