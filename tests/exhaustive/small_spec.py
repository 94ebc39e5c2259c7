"""The slow definition over a field of a few elements, with its challenges and its randomness in a test's hands.

`spec/` says P in one place, and 7 is as good a generator and non-residue modulo 5 as it is modulo its own prime. So its
source is imported a second time with P = 5: what is counted here is the definition itself, and not a model of it.
"""

import sys
from importlib import import_module
from random import Random
from types import ModuleType
from typing import Any, NamedTuple

P = 5
MODULES = ("field", "hashing", "statement", "claims", "layout", "prover")
QUERIES, RATE, PAD_LENGTH, PAD_RATE = 2, 2, 4, 1
"""t = b, and codes of four values: with P = 5 there are no more points."""

ONE_OF_TWO = (((0,), (1,)), ((1,), (0,)))
"""The two witnesses of the statement below with output 1: the values of x and y."""


def spec_over(p: int) -> dict[str, ModuleType]:
    """Import the slow definition's modules once more, modulo p."""
    own = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "spec"}
    for name in own:
        del sys.modules[name]
    try:
        import_module("spec.field").P = p  # type: ignore[attr-defined]
        found = {name: import_module(f"spec.{name}") for name in MODULES}
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == "spec"]:
            del sys.modules[name]
        sys.modules.update(own)
    assert {module.P for module in found.values() if hasattr(module, "P")} == {p}
    parameters = {"QUERIES": QUERIES, "RATE": RATE, "PAD_LENGTH": PAD_LENGTH, "PAD_RATE": PAD_RATE}
    vars(found["prover"]).update(parameters)
    return found


SPEC = spec_over(P)
Ext: Any = SPEC["field"].Ext  # type: ignore[attr-defined]


class Transcript:
    """Absorbs nothing, and gives challenges and positions that were fixed before."""

    def __init__(self, seed: int) -> None:
        self._draw = Random(seed)
        self.drawn: dict[str, Any] = {}

    def absorb(self, kind: str, label: str, data: bytes) -> None:
        """Absorb nothing: the challenges are fixed."""

    def challenges(self, label: str, count: int) -> list[Any]:
        """Draw nonzero elements of E."""
        nonzero = [Ext(k // P, k % P) for k in range(1, P * P)]
        self.drawn[label] = [self._draw.choice(nonzero) for _ in range(count)]
        return list(self.drawn[label])

    def challenge(self, label: str) -> Any:
        """Draw one."""
        return self.challenges(label, 1)[0]

    def positions(self, label: str, length: int, count: int) -> list[int]:
        """Draw distinct positions."""
        return sorted(self._draw.sample(range(length), count))


class Place(NamedTuple):
    """Where a random element of F goes: which draw, which row or element, which entry or half."""

    draw: str
    row: int
    entry: int


DRAWS = ("pads", "noise of A", "N", "noise of Q", "P", "M0", "M1")


class Randomness:
    """The prover's randomness, chosen: elements of F by place, zero where nothing is said. Salts are zeros."""

    def __init__(self, chosen: dict[Place, int], masks: dict[int, int]) -> None:
        self.places: list[Place] = []
        self._chosen, self._masks, self._draw = chosen, masks, 0

    def bind(self, *parts: bytes) -> None:
        """Mix nothing in."""

    def bytes(self, count: int) -> Any:
        """Draw salts."""
        return b"\0" * count

    def rows(self, count: int, length: int) -> list[list[int]]:
        """Draw a matrix over F."""
        name = DRAWS[self._draw]
        self._draw += 1
        grid = [[Place(name, i, j) for j in range(length)] for i in range(count)]
        self.places += [place for row in grid for place in row]
        return [[self._chosen.get(place, 0) for place in row] for row in grid]

    def ext(self, count: int) -> list[Any]:
        """Draw elements of E; a pad that stands for another, in a broken prover, is that one."""
        drawn = [Ext(a, b) for a, b in self.rows(count, 2)]
        if self._draw == 1:
            for pad, other in self._masks.items():
                drawn[pad] = drawn[other]
        return drawn


def statement() -> Any:
    """x and y are bits, o = x + y is public, (x + y - 1)(x + y - 2) = 0: lookups, a vanish, an affine relation."""
    st = SPEC["statement"]
    along = (st.ALONG,)
    x, y, o = (st.Term(1, column, along) for column in (0, 1, -1))
    bits = [st.Column(name, st.WITNESS, st.RANGED, (1,), 0, offset, 0, 1) for offset, name in enumerate("xy")]
    counts = st.Column("counts", st.WITNESS, st.MULTIPLICITY, (2,), 1, 0, 0, 2)
    factors = tuple(st.Form((1,), (x, y), -constant) for constant in (1, 2))
    empty = SPEC["hashing"].Tree("W", [[]] * (RATE * 2), [b""] * (RATE * 2))
    return st.Statement(
        body=b"",
        profile="toy",
        model_id=bytes(32),
        row_vars=1,
        weight_root=empty.root,
        weight_rows=0,
        witness_rows=2,
        columns=(*bits, counts),
        tables=(st.Table(0, 2, 2, ()),),
        lookups=(st.Lookup(0, ((0, 1),)), st.Lookup(0, ((1, 1),))),
        vanishes=(factors,),
        contractions=(),
        affines=(st.Form((1,), (x, y, o._replace(coefficient=-1)), 0),),
        inputs=(),
        outputs=(st.Output("o", (1,), 2, bytes(8), 0, "none"),),
    )


def proof_words(witness: Any, seed: int, randomness: Randomness) -> tuple[list[int], dict[str, Any]]:
    """Run the definition's prover; return its proof after the roots as words, and the challenges by label."""
    prover: Any = SPEC["prover"]
    transcripts: list[Transcript] = []

    def begin() -> Transcript:
        transcripts.append(Transcript(seed))
        return transcripts[-1]

    vars(prover).update(Transcript=begin, Entropy=lambda _: randomness)
    data = prover.prove(statement(), (*witness, None), ((1,),), b"", b"")
    start = 16 + 32 + 8 + 8 + 64
    words = [int.from_bytes(data[k : k + 8], "little") for k in range(start, len(data), 8)]
    return words, transcripts[-1].drawn


def schedule(witness: Any, seed: int) -> tuple[list[int], list[Any], list[tuple[int, ...]]]:
    """Run steps 2 to 5 without pads: the pad of each scalar, the scalars themselves, and the products."""
    prover: Any = SPEC["prover"]
    claims: Any = SPEC["claims"]
    pads: list[int] = []

    class Run(claims.Run):  # type: ignore[misc, name-defined]
        def send(self, label: str, value: Any) -> Any:
            claim = super().send(label, value)
            pads.extend(claim.pads)
            return claim

    st = statement()
    tensors = prover.full_tensors(st, (*witness, None))
    run = Run(Transcript(seed), None)
    prover.relations(prover.State(run, st, tensors, prover.lay_out(st, tensors), ((1,),), []))
    return pads, run.sent, run.products
