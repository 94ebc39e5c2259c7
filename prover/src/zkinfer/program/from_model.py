"""Model -> Program: what is proved of a network, as a caller chooses it or as a statement shows it."""

from __future__ import annotations

from collections.abc import Mapping

from zkinfer.graph.graph import Graph
from zkinfer.graph.integers import to_integers
from zkinfer.network.disclosure import ALL_SHOWN, Disclosure, InputRange
from zkinfer.network.network import Network
from zkinfer.program.from_graph import program_of
from zkinfer.program.from_network import NetworkProgram
from zkinfer.program.program import Model, Program
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.statement import Statement

CHAIN_RANGE = (-128, 127)
"""The integers that the input of a chain of layers may hold, unless the caller says otherwise."""


def program_for(model: Model, input_range: InputRange = None, disclosure: Disclosure = ALL_SHOWN) -> Program:
    """Return the program of a model.

    input_range: lo and hi; of a network's inputs, which have ranges of their own, a narrower range, or some by name.
    disclosure: what everyone sees of a network's inputs and outputs.
    Errors: UsageError naming the layer, input or output that cannot be proved so.
    """
    if isinstance(model, Network):
        return NetworkProgram(disclosure.applied(model).within(input_range))
    if disclosure != ALL_SHOWN:
        raise UsageError(
            "A chain of layers hides its input and shows its output; what is hidden and what is shown can be chosen "
            "of an ONNX model."
        )
    if isinstance(input_range, Mapping):
        input_range = input_range.get(model.input)
    return program_of(model, CHAIN_RANGE if input_range is None else input_range)


def program_as_stated(model: Model, statement: Statement) -> Program:
    """Return the program of a model with the ranges that a statement gives its inputs, and what it shows.

    A statement of another model leads to some program: the caller compares digests.
    """
    ranges = {hidden.name: (hidden.lo, hidden.hi) for hidden in statement.inputs}
    if isinstance(model, Network):
        disclosure = Disclosure.stated(model, statement)
        hidden = [port for port in model.inputs if port.name not in disclosure.public_inputs]
        own = {port.name: ranges[port.name] for port in hidden if port.holds(ranges.get(port.name))}
        return program_for(model, own, disclosure)
    return program_for(model, next(iter(ranges.values()), (0, 0)))


def integral(model: Model) -> Model:
    """Return a model whose numbers are integers, in the smallest types that hold them.

    Errors: UsageError naming layer and entry, for weights that are not integers.
    """
    return to_integers(model) if isinstance(model, Graph) else model
