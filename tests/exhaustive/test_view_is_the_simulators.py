"""Zero knowledge of the definition itself, over a field of five elements: whole distributions, counted exactly.

For fixed challenges and positions, fix also the messages of those scalars that are factors of products, and every e.
Their pads follow, and all else that the prover shows is affine in the rest of its randomness: uniform on a translate of
one space, so the distribution is known when the space and one point are. The space does not depend on the witness; the
point may, and must not, whichever messages were fixed. Adding up dimensions gives the simulator's distribution. The
fixed messages are uniform for every witness, since their pads are; they are drawn here, not all tried.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from random import Random
from typing import Any

import numpy as np
import pytest

from tests.exhaustive.small_spec import (
    DRAWS,
    ONE_OF_TWO,
    PAD_LENGTH,
    QUERIES,
    Ext,
    P,
    Place,
    Randomness,
    proof_words,
    schedule,
)

Free = Callable[[Place], bool]
FIRST, SECOND = ONE_OF_TWO
SEEDS = (1, 2)


def everything(_: Place) -> bool:
    """All randomness is random."""
    return True


@dataclass(frozen=True)
class Prover:
    """The definition's prover for fixed challenges. free: which randomness it draws; masks: pads that repeat others."""

    seed: int
    free: Free = everything
    masks: tuple[tuple[int, int], ...] = ()

    def words(self, witness: Any, chosen: dict[Place, int]) -> list[int]:
        """Return all that is shown, siblings last."""
        return proof_words(witness, self.seed, Randomness(chosen, dict(self.masks)))[0]

    def view(self, witness: Any, chosen: dict[Place, int]) -> np.ndarray:
        """Return all that is shown but for digests."""
        return np.array(self.words(witness, chosen)[: shown_words()])

    def factors(self, witness: Any, messages: dict[int, Any], reveals: list[Any]) -> dict[Place, int]:
        """Return the pads that make these messages of factors, and these e."""
        pads, scalars, products = schedule(witness, self.seed)
        true = dict(zip(pads, scalars, strict=True))
        _, challenges = proof_words(witness, self.seed, Randomness({}, {}))
        (rho,) = challenges["pads rho"]
        chosen = {pad: true[pad] - message for pad, message in messages.items()}
        for (first, _, _, mask, _), e in zip(products, reveals, strict=True):
            chosen[mask] = e - rho * chosen[first]
        return {Place("pads", pad, half): value[half] for pad, value in chosen.items() for half in (0, 1)}

    def linear_places(self) -> list[Place]:
        """Return the places of the randomness that all else is affine in."""
        draw = Randomness({}, {})
        proof_words(FIRST, self.seed, draw)
        _, _, products = schedule(FIRST, self.seed)
        settled = {pad for product in products for pad in product}
        # Coefficient K' - 1 of M0 is no randomness: it is zero.
        return [
            place
            for place in draw.places
            if not (place.draw == "pads" and place.row in settled) and place[:2] != ("M0", PAD_LENGTH - 1)
        ]


@cache
def shown_words() -> int:
    """How many words stand before the siblings."""
    pads, _, products = schedule(FIRST, 1)
    pad_rows = -(-2 * (len(pads) + 3 * len(products) + 1) // PAD_LENGTH)
    vectors = (2 + QUERIES) + (PAD_LENGTH + QUERIES) + (2 * PAD_LENGTH + QUERIES)
    salts, columns = 2 * 4, (2 + 2) + (pad_rows + 6)
    return 2 * (len(pads) + 1 + len(products) + vectors) + QUERIES * (salts + columns)


def simulated_dimension() -> int:
    """Count what the simulator draws: steps 1, 3, 4 and 5 of its page."""
    pads, _, products = schedule(FIRST, 1)
    pad_rows = -(-2 * (len(pads) + 3 * len(products) + 1) // PAD_LENGTH)
    step_1 = 2 * (len(pads) + 1 + len(products) + 2 + QUERIES)
    step_3 = 2 * QUERIES
    step_4 = 2 * (PAD_LENGTH + QUERIES) + 2 * (2 * PAD_LENGTH + QUERIES - 1)
    step_5 = (pad_rows + 2) * QUERIES
    return step_1 + step_3 + step_4 + step_5


class Space:
    """The span of vectors modulo P, and how to write an element by them."""

    def __init__(self, vectors: np.ndarray) -> None:
        self._count, self._size = vectors.shape
        rows = np.concatenate([vectors % P, np.eye(self._count, dtype=np.int64)], axis=1)
        self._pivots: list[tuple[int, np.ndarray]] = []
        for row in rows:
            row = self._reduced(row)
            lead = np.flatnonzero(row[: self._size])
            if len(lead):
                self._pivots.append((int(lead[0]), row * pow(int(row[lead[0]]), -1, P) % P))

    @property
    def dimension(self) -> int:
        """The rank."""
        return len(self._pivots)

    def combination(self, target: np.ndarray) -> np.ndarray | None:
        """Return coefficients that give the target, or nothing if it lies outside."""
        left = self._reduced(np.concatenate([target % P, np.zeros(self._count, dtype=np.int64)]))
        return None if left[: self._size].any() else -left[self._size :] % P

    def _reduced(self, row: np.ndarray) -> np.ndarray:
        for place, pivot in self._pivots:
            row = (row - row[place] * pivot) % P
        return row


@cache
def fixed_messages(seed: int) -> tuple[dict[int, Any], list[Any]]:
    """Draw messages for the factors of products, and e for each product."""
    draw = Random(seed)
    _, _, products = schedule(FIRST, seed)
    factors = sorted({pad for product in products for pad in product[:2]})
    drawn = [Ext(draw.randrange(P), draw.randrange(P)) for _ in range(len(factors) + len(products))]
    return dict(zip(factors, drawn, strict=False)), drawn[len(factors) :]


@cache
def directions(seed: int, masks: tuple[tuple[int, int], ...]) -> dict[Place, np.ndarray]:
    """Return the change in the view that each linear place makes."""
    prover = Prover(seed, masks=masks)
    origin = prover.factors(FIRST, *fixed_messages(seed))
    shown = prover.view(FIRST, origin)
    return {place: prover.view(FIRST, origin | {place: 1}) - shown for place in prover.linear_places()}


def space(prover: Prover) -> tuple[list[Place], Space]:
    """Return the linear places that the prover draws, and the space that they span in the view."""
    changes = {place: change for place, change in directions(prover.seed, prover.masks).items() if prover.free(place)}
    return list(changes), Space(np.array(list(changes.values())))


def explanations(prover: Prover, count: int) -> Iterator[tuple[dict[Place, int], dict[Place, int] | None]]:
    """Draw randomness for the first witness; find randomness for the second one that shows the same."""
    draw = Random(prover.seed)
    places, span = space(prover)
    for _ in range(count):
        rest = {place: draw.randrange(P) for place in places}
        first = prover.factors(FIRST, *fixed_messages(prover.seed)) | rest
        second = prover.factors(SECOND, *fixed_messages(prover.seed)) | rest
        found = span.combination(prover.view(FIRST, first) - prover.view(SECOND, second))
        if found is None:
            yield first, None
        else:
            moved = {place: int(rest[place] + change) % P for place, change in zip(places, found, strict=True)}
            yield first, second | moved


@pytest.mark.parametrize("seed", SEEDS)
def test_two_witnesses_show_the_same_distribution(seed: int) -> None:
    """Each proof of one witness is, word for word, a proof of the other by other randomness, in a one-to-one way."""
    prover = Prover(seed)
    for first, second in explanations(prover, 4):
        assert second is not None
        assert (prover.view(FIRST, first) == prover.view(SECOND, second)).all()
        assert first != second


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_the_simulators_distribution(seed: int) -> None:
    """Both are uniform on what the verifier's equations allow: they have as many dimensions."""
    _, _, products = schedule(FIRST, seed)
    factors = {pad for product in products for pad in product[:2]}
    _, span = space(Prover(seed))
    assert 2 * len(factors) + 2 * len(products) + span.dimension == simulated_dimension()


def test_unsalted_leaves_would_tell() -> None:
    """Salts are zeros here. What two witnesses show alike, the siblings, which are hashes of data, tell apart."""
    prover = Prover(1)
    ((first, second),) = explanations(prover, 1)
    assert second is not None
    ours, theirs = prover.words(FIRST, first), prover.words(SECOND, second)
    assert ours[: shown_words()] == theirs[: shown_words()]
    assert len(ours) == len(theirs) > shown_words() and ours != theirs


LAST = QUERIES - 1
BROKEN: dict[str, Free] = {
    "no mask N": lambda place: place.draw != "N",
    "no mask P": lambda place: place.draw != "P",
    "no mask M1": lambda place: place.draw != "M1",
    "halves of the mask that do not overlap": lambda place: place.draw != "M0" or place.row < PAD_LENGTH,
    "a random coefficient too few in A": lambda place: place.draw != "noise of A" or place.entry != LAST,
    "a random coefficient too few in Q": lambda place: place.draw != "noise of Q" or place.entry != LAST,
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_prover_shows_which_witness_it_has(what: str) -> None:
    broken = Prover(1, BROKEN[what])
    assert any(second is None for _, second in explanations(broken, 2))


def test_one_mask_for_two_products_shows_which_witness_it_has() -> None:
    """e - e' = rho (d1 - d1') then: the difference of two factors, here one that the witnesses do not share."""
    pads, first, products = schedule(FIRST, 1)
    _, second, _ = schedule(SECOND, 1)
    differs = {pad: a - b for pad, a, b in zip(pads, first, second, strict=True)}
    one, other = next(pair for pair in combinations(products, 2) if differs[pair[0][0]] != differs[pair[1][0]])
    assert any(second is None for _, second in explanations(Prover(1, masks=((other[3], one[3]),)), 2))


def test_a_scalar_without_a_pad_shows_which_witness_it_has() -> None:
    pads, first, products = schedule(FIRST, 1)
    _, second, _ = schedule(SECOND, 1)
    factors = {pad for product in products for pad in product}
    differs = next(pad for pad, a, b in zip(pads, first, second, strict=True) if a != b and pad not in factors)
    bare = Prover(1, lambda place: (place.draw, place.row) != ("pads", differs))
    assert any(explained is None for _, explained in explanations(bare, 2))


def test_every_draw_of_the_prover_is_in_the_count() -> None:
    places = Prover(1).linear_places()
    assert {place.draw for place in places} == set(DRAWS)
