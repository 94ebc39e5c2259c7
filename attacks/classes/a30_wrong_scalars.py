"""One scalar is not what it should be, and everything after it is honest."""

from collections.abc import Iterator
from functools import partial

from attacks.attack import Attack, Forged
from attacks.networks import mixed
from attacks.prover import deleted, forge, sending

# A label, the number of the scalar under it, and every constraint that breaks: the scalar's own, and the next one that
# it goes into; a claim on columns shows in the folding.
SCALARS = (
    ("lookup root denominator", 0, ("lookups, layer 0",)),
    ("lookup node", 0, ("lookups, layer 0", "lookups, layer 1")),
    ("lookup node", 39, ("lookups, layer 9", "folding, end")),
    ("lookup round", 0, ("lookups, layer 1",)),
    ("lookup round", 89, ("lookups, layer 9",)),
    ("vanish 0 round", 0, ("vanish 0, end",)),
    ("vanish 0 round", 19, ("vanish 0, end",)),
    ("vanish 0 factor", 0, ("vanish 0, partial product 0", "folding, end")),
    ("vanish 0 factor", 4, ("vanish 0, end", "folding, end")),
    ("vanish 0 partial product", 0, ("vanish 0, partial product 0", "vanish 0, partial product 1")),
    ("vanish 0 partial product", 2, ("vanish 0, partial product 2", "vanish 0, end")),
    ("vanish 1 round", 0, ("vanish 1, end",)),
    ("vanish 1 factor", 0, ("vanish 1, end", "folding, end")),
    ("vanish 2 round", 0, ("vanish 2, end",)),
    ("vanish 2 factor", 0, ("vanish 2, end", "folding, end")),
    ("contraction 0 out", 0, ("contraction 0, end", "folding, end")),
    ("contraction 0 out", 1, ("contraction 0, end", "folding, end")),
    ("contraction 0 round", 0, ("contraction 0, end",)),
    ("contraction 0 round", 9, ("contraction 0, end",)),
    ("contraction 0 left", 0, ("contraction 0 left, slide", "contraction 0, end")),
    ("contraction 0 left slide", 3, ("contraction 0 left, slide",)),
    ("contraction 0 left form", 0, ("contraction 0 left, slide", "folding, end")),
    ("contraction 0 right", 0, ("contraction 0 right, slide", "contraction 0, end")),
    ("contraction 0 right slide", 0, ("contraction 0 right, slide",)),
    ("contraction 0 right form", 0, ("contraction 0 right, slide", "folding, end")),
    ("contraction 1 out", 0, ("contraction 1 right, slide", "folding, end")),
    ("contraction 1 right slide", 0, ("contraction 1 right, slide",)),
    ("contraction 1 right form", 0, ("contraction 1 right, slide", "folding, end")),
    ("contraction 2 out", 0, ("contraction 2, end", "folding, end")),
    ("contraction 2 round", 0, ("contraction 2, end",)),
    ("contraction 2 left", 0, ("contraction 2, end", "folding, end")),
    ("contraction 2 right", 0, ("contraction 2, end", "folding, end")),
    ("affine 0 form", 0, ("affine 0", "folding, end")),
    ("folding round", 0, ("folding, end",)),
    ("folding round", 7, ("folding, end",)),
    ("folding value", 0, ("folding, end", "opening")),
    ("folding value", 24, ("folding, end", "opening")),
    ("opening sigma", 0, ("opening",)),
)


def forged(label: str, number: int) -> Forged:
    """Send one more than the scalar."""
    made, x = mixed()
    with sending(label, lambda k, value: value + 1 if k == number else value):
        return forge(made, made.witness(x)).sent()


def attacks() -> Iterator[Attack]:
    """Yield an attack a label, on its first scalar or its last, which sits in another step."""
    for label, number, broken in SCALARS:
        without = partial(deleted, *broken) if len(broken) == 1 else None
        yield Attack(f"{label} {number}", partial(forged, label, number), broken=broken, without=without)
