"""OnnxModel -> Network: node by node, each by the family of its operator; what cannot be proved is collected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zkinfer.frontend.onnx.codes import as_integers, require_integers
from zkinfer.frontend.onnx.families.catalogue import FAMILIES
from zkinfer.frontend.onnx.meaning import Real
from zkinfer.frontend.onnx.model import OnnxModel, Unsupported
from zkinfer.frontend.onnx.qoperator import expanded
from zkinfer.frontend.onnx.read import read_onnx
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.frontend.onnx.unknown import unknown
from zkinfer.graph.operator import Shape
from zkinfer.network.network import Network, Node, Port
from zkinfer_verify.errors import UsageError

SHOWN = 3


@dataclass(frozen=True)
class Translation:
    """A network, or what keeps the model from being one.

    tensors: what the model's tensors are in the network; problems: in the nodes' order. network: None if there are any.
    """

    network: Network | None
    tensors: Mapping[str, Real]
    problems: tuple[Unsupported, ...]


def translate(model: OnnxModel) -> Translation:
    """Translate every node that can be; errors are collected in the result."""
    model = expanded(model)
    translator, problems = Translator(model), list[Unsupported]()
    broken: set[str] = set()
    for node in model.nodes:
        if broken & set(node.inputs):
            # Its own verdict waits for the nodes before it, unless nothing knows its operator.
            broken |= set(node.outputs)
            if node.op_type not in FAMILIES:
                problems.append(unknown(node))
            continue
        try:
            if translator.computed(node):
                continue
            family = FAMILIES.get(node.op_type)
            if family is None:
                raise unknown(node)
            try:
                with as_integers(node, translator):
                    family(node, translator)
                require_integers(node, translator)
            except Unsupported:
                raise
            except UsageError as error:
                raise Unsupported.of(node, error) from None
        except Unsupported as problem:
            problems.append(problem)
            broken |= set(node.outputs)
    if problems:
        return Translation(None, {}, tuple(problems))
    outputs = translator.outputs()
    network = Network(tuple(translator.ports), tuple(pruned(translator.nodes, outputs)), outputs)
    tensors = {name: meaning for name, meaning in translator.meanings.items() if isinstance(meaning, Real)}
    return Translation(network, tensors, ())


def pruned(nodes: Sequence[Node], outputs: Sequence[Port]) -> list[Node]:
    """Return the nodes that an output depends on."""
    needed, kept = {port.tensor for port in outputs}, list[Node]()
    for node in reversed(nodes):
        if node.name in needed:
            needed |= set(node.inputs)
            kept.append(node)
    return kept[::-1]


def load_onnx(path: Path, shapes: Mapping[str, Shape] | None = None) -> Network:
    """Return the integer network of an ONNX file.

    Errors: UsageError naming the first nodes that cannot be proved, why, and what to do.
    """
    return load_with_tensors(path, shapes)[0]


def load_with_tensors(path: Path, shapes: Mapping[str, Shape] | None = None) -> tuple[Network, Mapping[str, Real]]:
    """Return the integer network of an ONNX file, and what the file's tensors are in it.

    Errors: as `load_onnx`.
    """
    translation = translate(read_onnx(path, shapes))
    if translation.network is None:
        listed = " ".join(str(problem) for problem in translation.problems[:SHOWN])
        more = len(translation.problems) - SHOWN
        rest = f" And {more} more: see zkinfer inspect." if more > 0 else ""
        raise UsageError(f"{path}: cannot be proved yet. {listed}{rest}")
    return translation.network, translation.tensors
