"""A pad is not the product that it stands for, and its sacrifice is bent to hide it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from attacks.attack import Attack, Forged
from attacks.networks import tiny
from attacks.prover import Hooks, deleted, forge, sending, with_outputs
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.field.prime import P

HALF = Ext((P + 1) // 2)
REVEAL, SACRIFICE = "product, reveal", "product, sacrifice"
BOTH, MASK, MASKED = 2, 3, 4


def pad_changed(which: int, delta: Ext) -> Hooks:
    """Draw the pads of the last product, and add to one: d12, a or c."""

    def draw_pads(original: Callable[..., Any], entropy: Any, schedule: Any) -> Any:
        drawn = original(entropy, schedule)
        pad = schedule.products[-1][which]
        drawn[pad] = Ext(*map(int, drawn[pad])) + delta
        return drawn

    return {"draw_pads": draw_pads}


def revealed(index: int) -> Hooks:
    """Reveal an e that is one too large."""

    def changed(original: Callable[..., Any], *args: Any) -> Any:
        found = original(*args)
        found[index] = found[index] + 1
        return found

    return {"reveal_products": changed}


def forged(hooks: Hooks) -> Forged:
    """Follow the protocol but for some steps of the prover."""
    made, x = tiny()
    return forge(made, made.witness(x), hooks).sent()


def false_output(*, guessed: bool) -> Forged:
    """Let a false output be carried by the rounds, and absorbed by the pad of a product.

    guessed: let c take what the sacrifice is wrong by, for a rho that is guessed to be one.
    """
    made, x = tiny()
    last = made.prepared.schedule.products[-1]

    def draw_pads(original: Callable[..., Any], *args: Any) -> Any:
        drawn = original(*args)
        for pad, delta in ((last[BOTH], HALF), (last[MASKED], -HALF)):
            if pad == last[BOTH] or guessed:
                drawn[pad] = Ext(*map(int, drawn[pad])) + delta
        return drawn

    with sending("contraction 0 round", lambda k, value: value + HALF):
        forgery = forge(made, with_outputs(made.witness(x), 0, 1), {"draw_pads": draw_pads})
    return forgery.sent(about_witness=True)


def sacrifice_solved() -> Forged:
    """Let a false output be absorbed by a product, and reveal the e that makes its sacrifice hold."""
    made, x = tiny()
    last = made.prepared.schedule.products[-1]

    def draw_pads(original: Callable[..., Any], *args: Any) -> Any:
        drawn = original(*args)
        drawn[last[BOTH]] = Ext(*map(int, drawn[last[BOTH]])) + HALF
        return drawn

    def reveal(original: Callable[..., Any], ch: Any, pads: Any, rho: Ext) -> Any:
        found = original(ch, pads, rho)
        # e d2 = rho d12 + c
        second = Ext(*map(int, pads[last[1]]))
        found[-1] = found[-1] + rho * HALF * second.inverse()
        return found

    with sending("contraction 0 round", lambda k, value: value + HALF):
        hooks = {"draw_pads": draw_pads, "reveal_products": reveal}
        forgery = forge(made, with_outputs(made.witness(x), 0, 1), hooks)
    return forgery.sent(about_witness=True)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    end = "contraction 0, end"
    wrong_c = partial(forged, pad_changed(MASKED, Ext(1)))
    yield Attack("a wrong product d12", partial(forged, pad_changed(BOTH, Ext(1))), broken=(end, SACRIFICE))
    yield Attack("a sacrifice with a wrong c", wrong_c, broken=(SACRIFICE,), without=partial(deleted, SACRIFICE))
    # The mask a may be anything, but c = a d2 was made for the other one.
    yield Attack("a sacrifice of another a", partial(forged, pad_changed(MASK, Ext(1))), broken=(SACRIFICE,))
    for name, index in (("the first revealed e", 0), ("the last revealed e", -1)):
        yield Attack(name, partial(forged, revealed(index)), broken=(REVEAL, SACRIFICE))
    for name, forge_it, check in (
        ("a false output in a product", partial(false_output, guessed=False), SACRIFICE),
        ("a false output in a product and c", partial(false_output, guessed=True), SACRIFICE),
        ("a false output in a product and e", sacrifice_solved, REVEAL),
    ):
        yield Attack(name, forge_it, broken=(check,), relation="contraction 0", without=partial(deleted, check))
