"""A relation of the statement is another one: it reads elsewhere, or adds up with another sign or constant."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from unittest.mock import patch

import numpy as np

from attacks.attack import Attack
from attacks.convolutions import Sums, changed
from attacks.networks import Made, convolving
from attacks.statements import Pair, another_statement
from zkinfer.execute.fast import convolution
from zkinfer.graph.convolution import Convolution
from zkinfer.program import convolution as step
from zkinfer_verify.statement.relations import Contraction

Change = Callable[[Contraction], Contraction]


def computed(change: Change, sums: Sums) -> Pair:
    """State another contraction in place of the convolution, and compute what it says."""
    made, x = convolving()
    (relation,) = made.statement.contractions
    with patch.object(step, "convolution", lambda x, op, *_: sums(x, op)):
        witness = made.witness(x)
    return made, Made(replace(made.statement, contractions=(change(relation),)), made.weights), witness


def reading(axis: int, relation: Contraction, **fields: object) -> Contraction:
    """Read the input's rows (0) or columns (1) otherwise."""
    positions, channels = relation.right_access
    places = list(positions)
    places[axis] = replace(places[axis], **fields)  # type: ignore[arg-type]
    return replace(relation, right_access=(tuple(places), channels))


def with_constant(relation: Contraction) -> Contraction:
    """Let every output be one more."""
    return replace(relation, out=replace(relation.out, constant=-1))


def one_more(x: np.ndarray, op: Convolution) -> np.ndarray:
    """Compute the sums, each one more."""
    return convolution(x, op) + 1


def with_negated_bias(relation: Contraction) -> Contraction:
    """Subtract the bias."""
    output, bias = relation.out.terms
    return replace(relation, out=replace(relation.out, terms=(output, replace(bias, coefficient=-bias.coefficient))))


def negated_bias(x: np.ndarray, op: Convolution) -> np.ndarray:
    """Compute the sums with the bias subtracted."""
    assert op.bias is not None
    return convolution(x, replace(op, bias=-op.bias))


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    cases: tuple[tuple[str, Change, Sums], ...] = (
        ("another offset", partial(reading, 0, offset=0), changed(padding=(0, 0, 1, 1))),
        ("another stride", partial(reading, 0, terms=((0, 3), (4, 1))), changed(stride=(3, 1), padding=(1, 0, 2, 1))),
        ("no dilation", partial(reading, 1, terms=((1, 1), (5, 1))), changed(dilation=(1, 1), padding=(1, 0, 0, 0))),
        ("a constant", with_constant, one_more),
        ("a bias of the other sign", with_negated_bias, negated_bias),
    )
    for name, change, sums in cases:
        yield from another_statement(name, partial(computed, change, sums), "contraction 0")
