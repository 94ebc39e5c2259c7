"""What is proved is true, but the statement says other things of it: names, shapes, bounds, how it is displayed."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from attacks.attack import Attack
from attacks.networks import Made, tiny
from attacks.statements import Pair, another_statement
from attacks.worlds import not_absorbed


def said(kind: str, **fields: Any) -> Pair:
    """Say something else of the input or the output."""
    made, x = tiny()
    (fact,) = getattr(made.statement, kind)
    changed: dict[str, Any] = {kind: (replace(fact, **fields),)}
    return made, Made(replace(made.statement, **changed), made.weights), made.witness(x)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    cases: dict[str, tuple[str, dict[str, Any]]] = {
        "an output of another name": ("outputs", {"name": "score"}),
        "an output of another scale": ("outputs", {"scale": 100.0}),
        "an output of another zero point": ("outputs", {"zero_point": -3}),
        "an output displayed otherwise": ("outputs", {"epilogue": "l2_normalize"}),
        "an output of a larger bound": ("outputs", {"bound": 1 << 40}),
        "an input of another name": ("inputs", {"name": "photograph"}),
        "an input of another shape": ("inputs", {"shape": (2, 1)}),
        "an input of a wider range": ("inputs", {"lo": -100}),
    }
    for name, (kind, fields) in cases.items():
        shown, passed_off, renamed = another_statement(name, partial(said, kind, **fields), "")
        yield from (shown, passed_off)
        # The digest in the transcript is all that ties such a proof to its statement.
        yield replace(renamed, without=partial(not_absorbed, "statement"))
