"""Random general networks, what is shown of them, and inputs: graphs of the operations that ONNX models come to.

A hidden tensor of codes, others beside it that may be public, kinds of layers on any tensor that is there, several
outputs, labels in their place: whatever a statement can be about.
"""

from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np

from campaigns.campaign import Tally
from campaigns.drawn import functions, linear, movement
from campaigns.drawn.draft import FEW_CODES, Draft, Kind
from campaigns.networks import INPUT_RANGES, Ints, Shape, draw_input
from zkinfer.network.disclosure import Disclosure
from zkinfer.network.network import Network, Port
from zkinfer_verify.statement.limits import MAX_TABLE_ROWS

KINDS: dict[str, Kind] = linear.KINDS | functions.KINDS | movement.KINDS
MOST_LAYERS = 7
TRIES = 40
RANGES = {name: span for name, span in INPUT_RANGES.items() if name != "16 bits"}
"""On toy a table of 16 bits takes thousands of rows."""
SCALES = (1.0, 0.25, 2.0**-7, 3.0)
WIDE = 1 << 18
"""Tensors of less values than this, and more than a few, are held in tables that take seconds on toy: they are rare."""
LABELS = ("argmax", "top2", "threshold:0.5", "threshold:-3")
IMAGES = (1, 1, 1, 1, 2, 3)


@dataclass(frozen=True)
class GeneralCase:
    """A network as it is proved, for how many inputs at once, and the inputs: the integers, and as a caller has them.

    given: what the prover is given by port name, codes or real numbers; of several inputs along a first axis.
    whole: the network before a choice was made of what is shown; disclosure, ranges: that choice.
    """

    network: Network
    images: int
    integers: list[dict[str, Ints]]
    given: dict[str, Any]
    whole: Network
    disclosure: Disclosure
    ranges: dict[str, tuple[int, int]]


def draw_network(draw: Random, tally: Tally) -> Network:
    """Draw a network of general shape; every output is shown, and no input. What it is made of is counted."""
    while True:
        drawn = Tally()
        draft = Draft(draw, drawn)
        _draw_inputs(draft)
        names = _draw_layers(draft)
        if not names:
            continue
        network = Network(tuple(draft.ports), tuple(draft.nodes), _draw_outputs(draft)).pruned()
        break
    tally.merge(drawn)
    for name in names:
        tally.count("layer", name)
    for node in network.nodes:
        tally.count("operation", node.op.kind)
    tally.count("outputs of a network", str(len(network.outputs)))
    tally.measure("operations of a network", len(network.nodes))
    return network


def draw_case(draw: Random, tally: Tally) -> GeneralCase:
    """Draw a network, what is shown of it, the ranges of its inputs, and inputs.

    Errors: UsageError where labels of its outputs, or the choice of what is shown, do not fit it.
    """
    whole = draw_network(draw, tally)
    disclosure = _draw_disclosure(draw, whole, tally)
    ranges = _draw_ranges(draw, whole, disclosure, tally)
    network = disclosure.applied(whole).within(ranges)
    images = draw.choice(IMAGES)
    tally.count("inputs proved together", str(images))
    integers = [
        {port.tensor: draw_input(draw, port.shape, port.lo, port.hi, tally) for port in network.inputs}
        for _ in range(images)
    ]
    given = {port.name: _given(port, [values[port.tensor] for values in integers]) for port in network.inputs}
    return GeneralCase(network, images, integers, given, whole, disclosure, ranges)


# -- ports -------------------------------------------------------------------------------------------------------------


def _draw_inputs(draft: Draft) -> None:
    """A tensor of one to five axes; often a second one that may be stretched to it; sometimes a mask, or indices."""
    draw = draft.draw
    rank = draw.choice([1, 2, 2, 3, 4, 4, 4, 5])
    shape = tuple(draw.choice([1, 2, 3, 4, 5] if rank > 2 else [1, 2, 4, 6, 7]) for _ in range(rank))
    if rank > 2 and draft.chance(70):
        shape = (1, *shape[1:])
    _add_input(draft, shape, *_range(draft))
    if draft.chance(40):
        _add_input(draft, draft.stretched(shape), *_range(draft))
    if draft.chance(20):
        _add_input(draft, shape, 0, 1)
    if draft.chance(20):
        _add_input(draft, (draw.randint(1, 5),), 0, draw.choice([1, 6, 20]))


def _range(draft: Draft) -> tuple[int, int]:
    name = draft.draw.choice(list(RANGES))
    draft.tally.count("input range", name)
    return RANGES[name]


def _add_input(draft: Draft, shape: Shape, lo: int, hi: int) -> None:
    name = f"x{len(draft.ports)}"
    port = replace(_port(draft, name, name, shape, lo, hi), public=False)
    draft.ports.append(port)
    draft.specs[name] = port.spec
    draft.tally.count("input port", "real numbers" if port.quantised else "codes")


def _port(draft: Draft, name: str, tensor: str, shape: Shape, lo: int, hi: int) -> Port:
    zero = draft.draw.choice([0, 0, 0, 3, -128])
    return Port(name, tensor, shape, lo, hi, draft.draw.choice(SCALES), zero, quantised=draft.chance(40), public=True)


def _draw_outputs(draft: Draft) -> tuple[Port, ...]:
    """The last tensor, and often others."""
    tensors = [draft.nodes[-1].name]
    while draft.chance(30):
        tensors.append(draft.draw.choice(list(draft.specs)))
    ports = []
    for number, tensor in enumerate(dict.fromkeys(tensors)):
        spec = draft.specs[tensor]
        ports.append(_port(draft, f"y{number}", tensor, spec.shape, spec.lo, spec.hi))
    return tuple(ports)


def _given(port: Port, images: list[Ints]) -> Any:
    """Return a port's integers as a caller has them: real numbers that are quantised to them, or the model's codes."""
    values = images[0] if len(images) == 1 else np.stack(images)
    if not port.quantised:
        return values + port.zero_point
    return values * port.scale


# -- layers ------------------------------------------------------------------------------------------------------------


def _draw_layers(draft: Draft) -> list[str]:
    """Draw layers, mostly one after the other; returns their kinds."""
    draw, names, x = draft.draw, list[str](), draft.ports[0].tensor
    goal = draw.randint(1, MOST_LAYERS)
    for _ in range(TRIES):
        if len(names) == goal:
            break
        if draft.chance(25):
            x = draw.choice(list(draft.specs))
        name = draw.choice(list(KINDS))
        result = draft.grow(KINDS[name], x)
        if result is None:
            draft.tally.count("drawn again", f"{name} that does not fit")
            continue
        names.append(name)
        x = result
        spec = draft.specs[x]
        if draft.chance(97 if FEW_CODES <= spec.hi - spec.lo < WIDE else 50):
            x = draft.grow(Draft.coded, x) or x
    return names if draft.nodes else []


# -- what is shown -----------------------------------------------------------------------------------------------------


def _draw_disclosure(draw: Random, network: Network, tally: Tally) -> Disclosure:
    """Some inputs public, some outputs hidden or replaced by a label."""
    public = tuple(port.name for port in network.inputs if draw.randrange(5) == 0)
    ways = {port.name: draw.choice(["shown", "shown", "shown", "hidden", "label"]) for port in network.outputs}
    if all(way == "hidden" for way in ways.values()):
        ways = dict.fromkeys(ways, "shown")
    few = {port.name for port in network.outputs if not FEW_CODES <= port.hi - port.lo < MAX_TABLE_ROWS}
    labels = tuple((n, draw.choice(LABELS if n in few else LABELS[:2])) for n, way in ways.items() if way == "label")
    tally.count("inputs", f"{len(public)} public, {len(network.inputs) - len(public)} hidden")
    for name, way in ways.items():
        tally.count("output", dict(labels).get(name, way))
    return Disclosure(public, tuple(name for name, way in ways.items() if way == "hidden"), labels)


def _draw_ranges(draw: Random, network: Network, disclosure: Disclosure, tally: Tally) -> dict[str, tuple[int, int]]:
    """Narrower ranges of some hidden inputs."""
    ranges = {}
    for port in network.inputs:
        if port.name not in disclosure.public_inputs and draw.randrange(6) == 0:
            lo, hi = sorted((draw.randint(port.lo, port.hi), draw.randint(port.lo, port.hi)))
            ranges[port.name] = lo, hi
            tally.count("input range", "narrowed")
    return ranges
