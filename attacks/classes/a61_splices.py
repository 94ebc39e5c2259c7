"""Two honest proofs of one statement are spliced: every part in turn, everything from a part on, and groups."""

from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache, partial

import numpy as np

from attacks.attack import CONSTRAINT, Attack, Forged
from attacks.networks import mixed, tiny
from zkinfer_verify.proof.proof import Proof

PARTS = tuple(field.name for field in fields(Proof))
"""Every part, in the order in which they are sent."""
OF_W = "opened columns of W do not belong to its root"
# What a part is stopped by, if it is not a constraint: it comes too late for one, or belongs to the statement.
STOPPED_BY = {
    "statement_digest": "proof is of another statement",
    "proximity": OF_W,
    "columns_weights": OF_W,
    "columns_witness": "opened columns of A do not belong to its root",
    "salts_witness": "opened columns of A do not belong to its root",
    "columns_pads": "opened columns of Q do not belong to its root",
    "salts_pads": "opened columns of Q do not belong to its root",
    "siblings": OF_W,
}
GROUPS = {
    "all of A": ("root_witness", "columns_witness", "salts_witness"),
    "all of Q": ("root_pads", "columns_pads", "salts_pads", "proximity", "linear"),
    "scalars and reveals": ("scalars", "reveals"),
    "all but the outputs": tuple(part for part in PARTS if part != "outputs"),
    "all but the roots": tuple(part for part in PARTS if not part.startswith("root")),
}


@cache
def proofs() -> dict[str, Proof]:
    """Return proofs: two of one input and context, one of another input and context."""
    made, x = mixed()
    honest, other = made.witness(x), made.witness(np.where(x > 0, x - 1, x + 1))
    return {
        "first": made.prove(honest, b"first"),
        "the same input": made.prove(honest, b"second"),
        "another input": made.prove(other, b"third", b"another context"),
    }


@cache
def of_another_statement() -> Proof:
    """Return a proof of another statement: only its digest can be exchanged."""
    made, x = tiny()
    return made.prove(made.witness(x), b"fourth")


def spliced(source: str, *parts: str) -> Forged:
    """Replace parts of the first proof."""
    donor = of_another_statement() if parts == ("statement_digest",) else proofs()[source]
    taken = replace(proofs()["first"], **{part: getattr(donor, part) for part in parts})
    return Forged(mixed()[0].statement, taken.to_bytes())


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    # A second proof of the same input differs in all but what names what is proved.
    same = PARTS[PARTS.index("root_witness") :]
    for source, parts in (("another input", PARTS), ("the same input", same)):
        for part in parts:
            stopped_by = STOPPED_BY.get(part, CONSTRAINT)
            yield Attack(f"{part} of {source}", partial(spliced, source, part), stopped_by)
        for cut in range(2, len(parts) - 1):
            stopped_by = OF_W if parts[cut] in STOPPED_BY and parts[cut] != "proximity" else CONSTRAINT
            yield Attack(f"{parts[cut]} and on of {source}", partial(spliced, source, *parts[cut:]), stopped_by)
    for name, group in GROUPS.items():
        yield Attack(f"{name} of another input", partial(spliced, "another input", *group))
